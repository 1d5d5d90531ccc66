/** `npm run accept -- M-A9 M-F20`: runs just the acceptance tests that carry these rows. */
import { withCluster } from "./run/cluster.ts";
import { awaitEnd } from "./run/end.ts";
import { root } from "./run/project.ts";
import { exampleRunners, findProofs, readRows, rowPattern } from "./run/rows.ts";
import { type Outcome, runSuite } from "./run/suite.ts";
import { projectTree } from "./walls/tree.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
process.exitCode = await accept(process.argv.slice(2));

async function accept(given: string[]): Promise<number> {
  const tree = projectTree(root);
  const rows = new Map(readRows(tree).map((row) => [row.id, row]));
  const wanted = [...new Set(given)];
  const unknown = wanted.filter((id) => !rows.has(id));
  if (wanted.length === 0 || unknown.length > 0) {
    say(
      unknown.length > 0
        ? `No such row: ${unknown.join(", ")}. npm run mission prints them all.`
        : "Say which rows: npm run accept -- M-A9 M-F20",
    );
    return 2;
  }
  const proofs = findProofs(tree).filter((proof) => wanted.includes(proof.row));
  const open = wanted.filter((id) => !proofs.some((proof) => proof.row === id));
  for (const id of open) say(`${id} ${rows.get(id)?.title}: no acceptance test carries this row`);
  const files = new Set(proofs.filter((proof) => proof.kind === "test").map((proof) => proof.file));
  if (proofs.some((proof) => proof.kind === "example")) for (const file of exampleRunners(tree)) files.add(file);
  const patterns = wanted.map(rowPattern);
  const end = awaitEnd();
  const outcomes =
    files.size === 0
      ? []
      : await withCluster({ say, signal: end.signal }, () =>
          runSuite({ files: [...files].sort(), patterns, signal: end.signal, say }),
        );
  end.release();
  return conclude(outcomes, { wanted, open, stopped: end.exitCode() });
}

function conclude(outcomes: Outcome[], given: { wanted: string[]; open: string[]; stopped: number | undefined }): number {
  for (const outcome of outcomes.filter((each) => each.state === "skipped"))
    say(`skipped: ${outcome.path.join(" › ")}: ${outcome.reason}`);
  const passed = outcomes.filter((outcome) => outcome.state === "passed");
  const failed = outcomes.filter((outcome) => outcome.state === "failed").length;
  // Skipped tests prove nothing: each row needs one that ran and passed.
  const unproved = given.wanted.filter(
    (id) => !given.open.includes(id) && !passed.some((outcome) => rowPattern(id).test(outcome.path.join(" "))),
  );
  for (const id of unproved) say(`${id}: no test that carries this row passed`);
  say(`${passed.length} passed, ${failed} failed`);
  if (given.stopped !== undefined) return given.stopped;
  return failed > 0 || given.open.length > 0 || unproved.length > 0 ? 1 : 0;
}
