/**
 * Prints the pages of `docs/reference/` that are made from code; a test compares them with what stands there.
 *
 *   node --import ./kernel/tsx.mjs tools/reference.ts [--write]
 */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { pages } from "./reference/pages.ts";
import { root } from "./run/project.ts";
import { projectTree } from "./walls/tree.ts";

const tree = projectTree(root);
const write = process.argv.includes("--write");
for (const [file, print] of Object.entries(pages)) {
  const page = print(tree);
  if (write) writeFileSync(join(root, file), page);
  const same = tree.read(file) === page;
  process.stdout.write(`${file}: ${same ? "as the code says" : write ? "written" : "differs from the code"}\n`);
  if (!same && !write) process.exitCode = 1;
}
