import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";

interface Speed {
  cases: number;
  /** Seconds of one processor: writing the file, a moved limit, the same with every case walked whole. */
  making: number;
  moved: number;
  walked: number;
  /** Whether both gave the same report. */
  same: boolean;
  changed: number;
  /** Of a case in the file. */
  bytes: number;
  /** Megabytes that memory grew while cases went by. */
  grown: number;
  rss: number;
}

const SERVICE_SECONDS = 10;

/**
 * A limit that is moved over past cases of a service of ten steps with three decisions, in seconds of one processor, so that neighbours do
 * not count. `npm run bench -- simulation [--cases N]`.
 */
export function measureSimulation(say: (line: string) => void, cases: number): boolean {
  const program = fileURLToPath(new URL("../blocks/process/test/simulation-speed.ts", import.meta.url));
  const loader = new URL("../kernel/tsx.mjs", import.meta.url).href;
  const said = execFileSync(process.execPath, ["--import", loader, program, String(cases)], { encoding: "utf8" });
  const speed = JSON.parse(said) as Speed;
  const each = (seconds: number) => `${seconds.toFixed(2)} s, ${((seconds / cases) * 1e6).toFixed(2)} µs each`;
  const allowed = (SERVICE_SECONDS * cases) / 1_000_000;
  const reached = speed.moved < allowed && speed.same;
  say(`cases: ${cases.toLocaleString("en")}, of which ${speed.changed.toLocaleString("en")} change`);
  say("| what | processor time |");
  say("| --- | ---: |");
  say(`| a limit moved over past cases, under ${allowed} s: ${reached ? "reached" : "not reached"} | ${each(speed.moved)} |`);
  say(`| the same, every case walked whole${speed.same ? ", same report" : ", ANOTHER REPORT"} | ${each(speed.walked)} |`);
  say(`| past cases written with what they came to | ${each(speed.making)} |`);
  say(`| memory grown while cases went by | ${speed.grown.toFixed(0)} MB of ${speed.rss.toFixed(0)} MB |`);
  say(`| a case in the file | ${speed.bytes.toFixed(1)} bytes |`);
  return reached;
}
