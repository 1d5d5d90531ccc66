import { blocksOf } from "./packages.ts";
import { lineAt, type Offence, type Tree } from "./tree.ts";

const headings = ["Does", "Owns", "Offers", "Needs", "Standards"];

/** Every block with code has a README of one page with its five headings, in order, each with something under it. */
export function readmeHeadings(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const block of blocksOf(tree)) {
    const file = `blocks/${block}/README.md`;
    const place = { file, wall: "readme" };
    if (!tree.files.includes(file)) {
      if (tree.files.includes(`blocks/${block}/block.ts`)) {
        offences.push({
          ...place,
          reason: `the block ${block} has no README`,
          remedy: `write one page: ${headings.map((each) => `## ${each}`).join(", ")}`,
        });
      }
      continue;
    }
    const text = tree.read(file) ?? "";
    const found = [...text.matchAll(/^##\s+(.+?)\s*$/gm)];
    let latest = -1;
    for (const heading of headings) {
      const index = found.findIndex((match) => match[1] === heading);
      if (index === -1) {
        offences.push({ ...place, reason: `the heading "${heading}" is missing`, remedy: `add "## ${heading}"` });
        continue;
      }
      const match = found[index]!;
      const line = lineAt(text, match.index);
      if (index < latest)
        offences.push({
          ...place,
          line,
          reason: `"${heading}" stands out of order`,
          remedy: `the order is ${headings.join(" · ")}`,
        });
      latest = Math.max(latest, index);
      const body = text.slice(match.index + match[0].length, found[index + 1]?.index ?? text.length);
      if (body.trim() === "")
        offences.push({ ...place, line, reason: `nothing stands under "${heading}"`, remedy: 'say it, if only "Nothing."' });
    }
  }
  return offences;
}
