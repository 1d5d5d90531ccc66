import { blocksOf } from "./packages.ts";
import { isProduct, isSource, isTest, type Source, sourceOf } from "./source.ts";
import type { Offence, Tree } from "./tree.ts";

// The neutral fixture of engine tests.
const fixture = "library-card";

function packsOf(tree: Tree): string[] {
  return [...new Set(tree.files.flatMap((path) => /^packs\/([^/]+)\//.exec(path)?.[1] ?? []))];
}

/** No TypeScript file of the product names a pack, nor do the tests of the engine, save the fixture. */
export function packNames(tree: Tree): Offence[] {
  const packs = packsOf(tree);
  const offences: Offence[] = [];
  for (const file of tree.files.filter((path) => isSource(path) && /^(kernel|blocks|apps)\//.test(path))) {
    const refused = packs.filter((pack) => !(isTest(file) && pack === fixture));
    for (const literal of sourceOf(tree, file).literals) {
      const before = lineBefore(sourceOf(tree, file), literal.start);
      const named = refused.find((pack) => names(literal.text, pack, before));
      if (!named) continue;
      const remedy = isTest(file)
        ? `use the fixture ${fixture}, or move the test to journeys/ or into the pack's examples`
        : "let the pack declare it; the engine reads every pack alike";
      offences.push({ file, line: literal.line, wall: "pack-name", reason: `code names the pack ${named}`, remedy });
    }
  }
  return offences;
}

// A pack is named by its folder, by a name of several words, or by one word where packs are spoken of: `residence` alone is also
// the noun of a register, and nobody is meant to avoid it.
function names(text: string, pack: string, before: string): boolean {
  if (text.startsWith(`${pack}/`) || text.includes(`packs/${pack}`)) return true;
  return text === pack && (pack.includes("-") || /packs?\b/i.test(before));
}

function lineBefore({ code }: Source, position: number): string {
  return code.slice(code.lastIndexOf("\n", position - 1) + 1, position);
}

/** The kernel names no block: neither by package nor as a name of its own. */
export function blockNames(tree: Tree): Offence[] {
  const blocks = blocksOf(tree);
  const offences: Offence[] = [];
  for (const file of tree.files.filter((path) => path.startsWith("kernel/") && isProduct(path))) {
    for (const literal of sourceOf(tree, file).literals) {
      // <form method="post"> is HTML, not a block.
      if (/\bmethod\s*[=:]\s*$/.test(lineBefore(sourceOf(tree, file), literal.start))) continue;
      const named = blocks.find(
        (block) =>
          literal.text === block ||
          new RegExp(`^(@kerege/|blocks/)?${block}[./:]`).test(literal.text) ||
          literal.text === `@kerege/${block}`,
      );
      if (!named) continue;
      const remedy = "let the block hand it over in its declaration (block.ts)";
      offences.push({ file, line: literal.line, wall: "block-name", reason: `the kernel names the block ${named}`, remedy });
    }
  }
  return offences;
}

/** Packs and countries are declarations: no program of any kind. */
export function packCode(tree: Tree): Offence[] {
  return tree.files
    .filter((path) => /^(packs|countries)\//.test(path) && /\.(ts|tsx|js|mjs|cjs|jsx|sh|py|sql|wasm)$/.test(path))
    .map((file) => ({
      file,
      wall: "pack-code",
      reason: "a pack holds a program",
      remedy: "declare it (YAML, BPMN, DMN, FEEL); if it cannot be declared, the engine lacks something",
    }));
}
