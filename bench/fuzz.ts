import { execFileSync, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

/**
 * Readers of bytes that strangers send, each in a process of its own against spoilt inputs: nothing but its own kind of fault may come out,
 * no input may take longer than a second, no process more than 256 MB. `npm run bench -- fuzz [--inputs N] [--seed S] [--reader NAME]`.
 */
export type FuzzPlan = { inputs: number; seed: number; reader?: string; say: (line: string) => void };

type Outcome = {
  reader: string;
  inputs: number;
  accepted: number;
  slowestMs: number;
  memoryMb: number;
  strange: [string, string][];
};

const LIMITS = { slowestMs: 1000, memoryMb: 256 };
const program = fileURLToPath(new URL("../blocks/trust/signing/test/fuzz.ts", import.meta.url));
const loader = new URL("../kernel/tsx.mjs", import.meta.url).href;

/** True when every reader held. */
export async function fuzz({ inputs, seed, reader, say }: FuzzPlan): Promise<boolean> {
  const known: string[] = JSON.parse(execFileSync(process.execPath, ["--import", loader, program], { encoding: "utf8" }));
  const names = reader === undefined ? known : known.filter((name) => name === reader);
  if (names.length === 0) throw new RangeError(`no reader ${reader}; there are ${known.join(", ")}`);
  say(`| reader (seed ${seed}) | inputs | read | slowest, ms of processor | memory, MB | held |`);
  say("| --- | ---: | ---: | ---: | ---: | --- |");
  let held = true;
  for (const name of names) {
    const outcome = await run(name, { inputs, seed });
    const isGood =
      outcome !== undefined &&
      outcome.strange.length === 0 &&
      outcome.slowestMs <= LIMITS.slowestMs &&
      outcome.memoryMb <= LIMITS.memoryMb;
    held &&= isGood;
    if (!outcome) say(`| ${name} | ${inputs} | | | | died |`);
    else {
      const { accepted, slowestMs, memoryMb } = outcome;
      say(`| ${name} | ${outcome.inputs} | ${accepted} | ${slowestMs} | ${memoryMb} | ${isGood ? "yes" : "no"} |`);
      for (const [fault, input] of outcome.strange) say(`  ${fault}\n  ${input}`);
    }
  }
  return held;
}

/** Undefined when the process ended without a word: killed, out of memory, or hung for an hour. */
function run(name: string, { inputs, seed }: { inputs: number; seed: number }): Promise<Outcome | undefined> {
  const args = ["--max-old-space-size=256", "--import", loader, program, name, String(inputs), String(seed)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"], timeout: 3_600_000 });
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  return new Promise((resolve) => child.on("close", (code) => resolve(code === 0 ? JSON.parse(said) : undefined)));
}
