import { type Betsy, runBetsy } from "./betsy.ts";
import { reportDmn, runDmn } from "./dmn.ts";
import { type Miwg, runMiwg } from "./miwg.ts";
import type { Recorded } from "./recorded.ts";

/** Suites by the word they are called by on the command line. */
export const reports: Readonly<Record<string, (folder: string) => Recorded>> = {
  bpmn: (folder) => reportBetsy(runBetsy(folder)),
  dmn: (folder) => reportDmn(runDmn(folder)),
  miwg: (folder) => reportMiwg(runMiwg(folder)),
};

const AGAIN =
  "expects an interrupting event on the edge of a repeated step to fire once for each repetition; by BPMN 2.0.2 (13.5.3) it ends the step the first time";
const AD_HOC = "expects SCRIPT_task3 in the log, which no step of the model writes";

/** Why a case comes out otherwise than the suite expects; each was looked at. */
const WHY: Readonly<Record<string, string>> = {
  "activities/CallActivity_GlobalTask":
    "global tasks are refused when the file is read: nothing of ours would draw them, a called process does the same",
  "activities/MultiInstance_NoneBehavior": AGAIN,
  "activities/MultiInstance_OneBehavior": AGAIN,
  "activities/MultiInstance_ComplexBehavior":
    "behavior=Complex is refused when the file is read; the case moreover expects the step after an interrupted one to run",
  "cfpatterns/WCP09_Structured_Discriminator_MultiInstance": AGAIN,
  "cfpatterns/WCP12_MultipleInstancesWithoutSynchronization": AGAIN,
  "activities/AdHocSubProcess_Sequential": AD_HOC,
  "activities/AdHocSubProcess_Parallel": AD_HOC,
};

export function reportBetsy({ groups, misses }: Betsy): Recorded {
  const sum = (of: "tests" | "testsPassed" | "cases" | "casesPassed") => groups.reduce((all, group) => all + group[of], 0);
  const row = (name: string, count: (of: "tests" | "testsPassed" | "cases" | "casesPassed") => number) => [
    name,
    `${count("testsPassed")} of ${count("tests")}`,
    `${count("casesPassed")} of ${count("cases")}`,
  ];
  return {
    suite: "betsy (PEBL), executable BPMN 2.0",
    about:
      "Processes with the trace each must leave, written for no engine in particular. Its Java conditions and named scripts are told in FEEL; one condition with a stray sign is put right; traces are compared as the suite does it, without regard to order. Time is a clock that is told, so that nothing waits.",
    source: "uniba-dsg/betsy fd402415665e914ba7e4d9948de66c4156f08bab",
    licence: "LGPL-3.0",
    head: ["group", "tests", "cases"],
    rows: [...groups.map((group) => row(group.group, (of) => group[of])), row("all", sum)],
    misses: misses.map((miss) => ({
      case: `${miss.test} ${miss.case}`,
      expected: miss.expected.join(", "),
      got: miss.got.join(", ") || "nothing",
      why: WHY[miss.test] ?? "not explained",
    })),
  };
}

export function reportMiwg(found: Miwg): Recorded {
  const count = (what: string, number: number) => [what, String(number)];
  return {
    suite: "BPMN Model Interchange (MIWG)",
    about: `Files saved by ${found.tools} tools. Every one is read with all guards of our reader on. Most are drawings with no word on who does what: of those marked executable our interpreter carries out as they are what says all it needs.`,
    source: "bpmn-miwg/bpmn-miwg-test-suite bc9f858ccbba883ef9fe6c54fa3aafe439b20847",
    licence: "CC-BY-3.0",
    head: ["files", "number"],
    rows: [
      count("all", found.files),
      count("read", found.read),
      count("read, but an id stands for two elements: refused as a process", found.ambiguous),
      count("marked executable", found.executable),
      count("of these carried out as they are", found.carriedOut),
    ],
    misses: found.refused.map(({ file, why }) => ({ case: file, expected: "read", got: why, why: "not explained" })),
  };
}
