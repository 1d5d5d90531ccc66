/** `npm run soak [-- name …]`: the long walks `journeys/*.soak.ts`, one after another; never part of `npm test`. */
import { withCluster } from "./run/cluster.ts";
import { awaitEnd } from "./run/end.ts";
import { root } from "./run/project.ts";
import { runSuite } from "./run/suite.ts";
import { summarise } from "./run/summary.ts";
import { projectTree } from "./walls/tree.ts";

const say = (line: string) => process.stdout.write(`${line}\n`);
process.exitCode = await soak(process.argv.slice(2));

async function soak(names: string[]): Promise<number> {
  const walks = projectTree(root).files.filter((path) => /^journeys\/[^/]+\.soak\.tsx?$/.test(path));
  const files = walks.filter((path) => names.length === 0 || names.some((name) => path.includes(name)));
  if (files.length === 0) {
    say(
      walks.length === 0
        ? "There is no long walk yet: journeys/*.soak.ts"
        : `No long walk is called ${names.join(", ")}; there are ${walks.join(", ")}`,
    );
    return 1;
  }
  const end = awaitEnd();
  const outcomes = await withCluster({ say, signal: end.signal }, () =>
    runSuite({ files, concurrency: 1, signal: end.signal, say }),
  );
  end.release();
  return summarise(outcomes, { say, stopped: end.exitCode() });
}
