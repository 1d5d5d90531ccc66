import assert from "node:assert/strict";
import { test } from "node:test";
import type { Fault, PackFile, Packs } from "@kerege/kernel/pack";
import { reporter } from "@kerege/kernel/pack";
import { checkEditions } from "../running/check.ts";
import { file, flows } from "./reading-files.ts";

const one = file(
  `<startEvent id="start"/><userTask id="review" kerege:role="clerk"/><endEvent id="end"/>${flows("start review, review end")}`,
);
const two = file(
  `<startEvent id="start"/><userTask id="check" kerege:role="clerk"/><endEvent id="end"/>${flows("start check, check end")}`,
);
const law = { act: { ky: "М", ru: "З", kk: "З", en: "Act" } };

function packsOf(files: Record<string, [kind: string, value: unknown]>): Packs {
  const all = Object.entries(files).map(
    ([name, [kind, value]]): PackFile => ({
      ...{ pack: "trial", kind, name: name.replace(/\..*$/, ""), file: `packs/trial/${name}`, path: name, value, text: "" },
      at: () => ({ line: 1, column: 1 }),
    }),
  );
  return { list: [], faults: [], files: (kind) => all.filter((each) => each.kind === kind) as never };
}
function codes(files: Record<string, [string, unknown]>): string[] {
  const faults: Fault[] = [];
  checkEditions(packsOf(files), reporter(faults));
  return faults.map(({ file: place, code }) => `${place.replace("packs/trial/", "")} ${code.replace("process.faults.", "")}`);
}
const sound: Record<string, [string, unknown]> = {
  "old.bpmn": ["process", one],
  "old.yaml": ["process-edition", { validFrom: "2026-01-01", validUntil: "2026-12-01", law }],
  "new.bpmn": ["process", two],
  "new.yaml": ["process-edition", { validFrom: "2026-12-01", law }],
  "up.yaml": [
    "upgrade",
    { process: "p", from: { validFrom: "2026-01-01" }, to: { validFrom: "2026-12-01" }, nodes: { review: "check" }, law },
  ],
};
const upgrade = (more: object) => ({
  ...sound,
  "up.yaml": ["upgrade", { ...(sound["up.yaml"]![1] as object), ...more }] as [string, unknown],
});

test("editions and migrations that agree have no faults", () => assert.deepEqual(codes(sound), []));

for (const [what, files, wanted] of [
  ["a term without its file", { "lost.yaml": ["process-edition", { law }] }, "lost.yaml no-process-file"],
  [
    "a term that ends before it begins",
    { ...sound, "new.yaml": ["process-edition", { validFrom: "2026-12-01", validUntil: "2026-12-01", law }] },
    "new.yaml term-reversed",
  ],
  ["two editions that begin on one day", { "old.bpmn": sound["old.bpmn"], "new.bpmn": sound["new.bpmn"] }, "new.bpmn same-day"],
  ["a process nobody has", upgrade({ process: "other" }), "up.yaml no-such-process"],
  ["an edition to go to that is not there", upgrade({ to: { validFrom: "2027-01-01" } }), "up.yaml no-such-edition"],
  ["the same edition twice", upgrade({ from: { validFrom: "2026-12-01" } }), "up.yaml same-edition"],
  ["a step that is not there", upgrade({ nodes: { review: "nothing" } }), "up.yaml no-such-step"],
  ["a step that was not there", upgrade({ nodes: { nothing: "check" } }), "up.yaml no-such-step"],
] as [string, Record<string, [string, unknown]>, string][])
  test(`refused: ${what}`, () => assert.deepEqual(codes(files), [wanted]));
