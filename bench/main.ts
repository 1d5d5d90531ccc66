import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { measureDecisions } from "./decisions.ts";
import { fuzz } from "./fuzz.ts";
import { type Bench, describeRun, writeDocument } from "./harness.ts";
import { measureInstallation } from "./installation.ts";
import { measureProcess } from "./process.ts";
import { measureScale } from "./scale.ts";
import { measureSigning } from "./signing.ts";
import { measureSimulation } from "./simulation.ts";

/**
 * What is measured and against what; never part of the tests, asserts nothing. `npm run bench [-- --write]` measures an installation,
 * `npm run bench -- scale [--people N] [--folder F] [--write]` registers of 72,000 and 720,000 people, and of N,
 * `npm run bench -- process [--cases N] [--write]` cases that run, `npm run bench -- signing` signatures, `npm run bench -- simulation [--cases N]` a limit moved over past cases,
 * `npm run bench -- decisions` decision tables, `npm run bench -- fuzz [--inputs N] [--seed S] [--reader NAME]` spoilt input.
 */
const say = (line: string) => void process.stdout.write(`${line}\n`);
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    write: { type: "boolean" },
    people: { type: "string" },
    folder: { type: "string" },
    inputs: { type: "string" },
    seed: { type: "string" },
    reader: { type: "string" },
    cases: { type: "string" },
  },
});
if (positionals[0] === "fuzz") {
  const { inputs = "100000", seed = "20261122", reader } = values;
  const held = await fuzz({ inputs: Number(inputs), seed: Number(seed), say, ...(reader !== undefined && { reader }) });
  process.exit(held ? 0 : 1);
}
if (positionals[0] === "signing") {
  measureSigning(say);
  process.exit(0);
}
if (positionals[0] === "decisions") process.exit(measureDecisions(say) ? 0 : 1);
if (positionals[0] === "simulation") process.exit(measureSimulation(say, Number(values.cases ?? 1_000_000)) ? 0 : 1);
if (positionals[0] === "process") {
  const measured = await measureProcess(say, Number(values.cases ?? 10_000));
  say(measured.table());
  if (values.write) write(measured, "process");
  process.exit(measured.figures().every(({ reached }) => reached !== false) ? 0 : 1);
}
const scale = positionals[0] === "scale";
const usual = [72_000, 720_000];
const people = Number(values.people ?? usual.at(-1));
const sizes = [...usual.filter((size) => size < people), people];
const bench = scale
  ? await measureScale({ sizes, say, ...(values.folder !== undefined && { folder: values.folder }) })
  : await measureInstallation(say);
say(bench.table());
say(bench.json());
if (values.write) write(bench, scale ? "scale" : "bench");

/** Puts the table and the machine into its part of the page. */
function write(measured: Bench, part: "bench" | "scale" | "process"): void {
  const file = fileURLToPath(new URL("../docs/reference/performance.md", import.meta.url));
  writeDocument(file, describeRun(measured, { day: new Date().toISOString().slice(0, 10) }), part);
}
