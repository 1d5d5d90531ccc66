import assert from "node:assert/strict";
import { dirname } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { walls } from "../walls/index.ts";
import { describeOffence, projectTree } from "../walls/tree.ts";

const tree = projectTree(dirname(dirname(dirname(fileURLToPath(import.meta.url)))));

for (const [name, wall] of Object.entries(walls)) {
  test(`the house: ${name}`, () => {
    const offences = wall(tree);
    if (offences.length > 0) assert.fail(`${offences.length} offences:\n${offences.map(describeOffence).join("\n")}`);
  });
}
