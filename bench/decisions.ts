import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

interface Speed {
  /** Evaluations in a second of one processor. */
  table: number;
  three: number;
  explained: number;
  feelin: number;
  /** Seconds that the check of a table of 1,000 rules takes. */
  check: number;
}

const TABLE_TARGET = 500_000;

/** How fast decisions are, in evaluations for each second of one processor, so that neighbours do not count. `npm run bench -- decisions`. */
export function measureDecisions(say: (line: string) => void): boolean {
  const program = fileURLToPath(new URL("../blocks/process/test/decisions-speed.ts", import.meta.url));
  const loader = new URL("../kernel/tsx.mjs", import.meta.url).href;
  const said = execFileSync(process.execPath, ["--import", loader, program], { encoding: "utf8" });
  const speed = JSON.parse(said) as Speed;
  const reached = speed.table >= TABLE_TARGET;
  const each = (figure: number) => Math.round(figure).toLocaleString("en");
  say("| what | each second of one processor |");
  say("| --- | ---: |");
  say(
    `| table of 20 rules by 3 columns with decimals, at least ${each(TABLE_TARGET)}: ${reached ? "reached" : "not reached"} | ${each(speed.table)} |`,
  );
  say(`| the same by feelin | ${each(speed.feelin)} (${each(speed.table / speed.feelin)} times fewer) |`);
  say(`| three decisions, one of them that table | ${each(speed.three)} |`);
  say(`| that table with facts and rules followed | ${each(speed.explained)} |`);
  say(`| check of a table of 1,000 rules | ${speed.check.toFixed(2)} s |`);
  return reached;
}
