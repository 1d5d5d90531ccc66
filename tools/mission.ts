/** `npm run mission`: every row of the mission with the acceptance tests that carry it; a row with none is open. */

import { describeMission } from "./run/mission.ts";
import { root } from "./run/project.ts";
import { findProofs, readRows } from "./run/rows.ts";
import { projectTree } from "./walls/tree.ts";

const tree = projectTree(root);
const { lines, faults } = describeMission(readRows(tree), findProofs(tree));
process.stdout.write(`${lines.join("\n")}\n`);
if (faults.length > 0) process.stderr.write(`${faults.join("\n")}\n`);
process.exitCode = faults.length > 0 ? 1 : 0;
