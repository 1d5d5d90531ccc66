import assert from "node:assert/strict";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { systemClock } from "@kerege/kernel/clock";
import { silentLog } from "@kerege/kernel/log";
import type { PastCase } from "../simulation/past.ts";
import { simulateHere } from "../simulation/process-source.ts";
import type { SimulationSource, Tried } from "../simulation/source.ts";
import type { Report } from "../simulation/tally.ts";
import { createTrials, type Trial, type Trials } from "../simulation/trials.ts";
import { movedFiles, placesIn } from "../simulation/xml-places.ts";
import { fileXml, tableXml } from "./decisions-files.ts";
import { file, flows } from "./reading-files.ts";

const PROCESS = file(
  `<startEvent id="s"/><serviceTask id="ask" name="Ask" kerege:call="ask"/>
   <businessRuleTask id="fit" name="Fit" kerege:decision="fit" kerege:result="fit"/><exclusiveGateway id="may" default="f4"/>
   <userTask id="look" name="Look" kerege:role="clerk"/><boundaryEvent id="late" name="Late" attachedToRef="look"><timerEventDefinition><timeDuration>P10D</timeDuration></timerEventDefinition></boundaryEvent>
   <endEvent id="granted"/><endEvent id="refused"/><endEvent id="silent"/>
   ${flows("s ask, ask fit, fit may, may refused, may look: fit and income < 90000, look granted, late silent")}`,
);
const TABLE = fileXml({
  inputs: { income: "number", born_on: "date" },
  decisions: {
    fit: {
      needs: ["income", "born_on"],
      type: "boolean",
      logic: tableXml({
        hitPolicy: "FIRST",
        inputs: [
          { text: "income", type: "number" },
          { text: "born_on", type: "date" },
        ],
        outputs: [{ type: "boolean" }],
        rules: [
          ["< 9000", '< date("1990-01-01")', "true"],
          ["[9000..12000)", "-", "true"],
          ["-", "-", "false"],
        ],
      }),
    },
  },
});
const FILES = { "process.bpmn": PROCESS, "decisions/fit.dmn": TABLE };

const cases = Array.from(
  { length: 400 },
  (_, at): PastCase => ({
    at: Date.UTC(2026, 0, 5, 4),
    variables: { born_on: at % 2 === 0 ? "1980-05-05" : "1995-05-05" },
    answers: [
      { node: "ask", turn: 0, output: { income: 100 * (at % 200) }, waited: 1000, worked: 0 },
      { node: "look", turn: 0, waited: (at % 20) * 86_400_000, worked: 15 },
    ],
  }),
);
async function* batches(of: readonly PastCase[] = cases) {
  for (let at = 0; at < of.length; at += 150) yield of.slice(at, at + 150);
}
const given = { files: FILES, before: FILES, zone: "Asia/Bishkek", off: [] };
const tried = (moves: Record<string, string>, more: Partial<Tried> = {}): Tried => ({
  moves,
  over: "past",
  cases: 10_000,
  seed: 1,
  ...more,
});

describe("what may be moved in a process", () => {
  test("M-A18: numbers, days and spans of tables, conditions and timers are found by the names of what they stand in", () => {
    assert.deepEqual(
      placesIn(FILES).map(({ name, kind, value, of }) => `${name} ${kind} ${value} ${of}`),
      [
        "process.1.1 duration P10D Late",
        "process.2.1 number 90000 Late",
        "decisions/fit.1.1 number 9000 fit",
        "decisions/fit.2.1 day 1990-01-01 fit",
        "decisions/fit.4.1 number 9000 fit",
        "decisions/fit.4.2 number 12000 fit",
      ],
    );
  });

  test("a text is changed where it was moved and nowhere else; what is no literal is refused", () => {
    const { files, faults } = movedFiles(FILES, {
      "process.1.1": "P5D",
      "decisions/fit.4.2": "13000",
      "decisions/fit.2.1": "1992-03-04",
    });
    assert.deepEqual(faults, []);
    const back = Object.fromEntries(
      Object.entries(files).map(([name, text]) => [
        name,
        text.replace("P5D", "P10D").replace("13000", "12000").replace("1992-03-04", "1990-01-01").replaceAll('"', "&quot;"),
      ]),
    );
    const quoted = Object.fromEntries(Object.entries(FILES).map(([name, text]) => [name, text.replaceAll('"', "&quot;")]));
    assert.deepEqual(back, quoted);
    assert.deepEqual(movedFiles(FILES, { "decisions/fit.1.1": "1 or true", "none.1.1": "3" }).faults, [
      "none.1.1",
      "decisions/fit.1.1",
    ]);
  });

  test("M-A18: a process with its tables is tried on the cases it had", async () => {
    const run = async (moves: Record<string, string>): Promise<Report> => {
      const result = await simulateHere(given, tried(moves), { batches: batches(), progress: () => true });
      assert.ok("report" in result, JSON.stringify(result));
      return result.report;
    };
    const same = await run({});
    assert.deepEqual([same.cases, same.changed.most], [400, 0]);
    const moved = await run({ "decisions/fit.4.2": "10000" });
    // Incomes of 10,000 to 11,900: ten of each hundred, twice over, two times of which nobody was late for half.
    assert.deepEqual(moved.changed, { least: 40, most: 40 });
    assert.equal(moved.after.outcomes.refused!.most - moved.before.outcomes.refused!.most, 40);
    assert.deepEqual(
      moved.groups.map(({ by, lines }) => [by, lines.map(({ band, cases: count, changed }) => [band, count, changed.most])]),
      [
        [
          "born_on",
          [
            ["1980-05-05", 200, 20],
            ["1995-05-05", 200, 20],
          ],
        ],
      ],
      "a variable of few values",
    );
    const sooner = await run({ "process.1.1": "P5D" });
    assert.ok(sooner.after.outcomes.silent!.most > sooner.before.outcomes.silent!.most);
  });

  test("it is compared with a former edition, of another drawing as well", async () => {
    const former = { ...FILES, "process.bpmn": PROCESS.replace("P10D", "P5D") };
    const result = await simulateHere({ ...given, before: former }, tried({}), { batches: batches(), progress: () => true });
    assert.ok("report" in result);
    const { before: then, after: now } = result.report;
    assert.ok(then.outcomes.silent!.most > now.outcomes.silent!.most, "ten days are waited for now, five were then");
  });

  test("cases go up to the number that was asked for", async () => {
    const result = await simulateHere(given, tried({}, { cases: 170 }), { batches: batches(), progress: () => true });
    assert.ok("report" in result);
    assert.equal(result.report.cases, 170);
  });
});

describe("simulations in threads of their own", () => {
  let folder: string;
  let trials: Trials;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "kerege-trials-"));
    trials = createTrials({ folder, clock: systemClock, log: silentLog });
  });
  after(async () => {
    await trials.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const title = { ky: "Т", ru: "Т", kk: "Т", en: "T" };
  const source = (more: Partial<SimulationSource> = {}): SimulationSource => ({
    ...{ name: "process:p", title, adjustables: [], invents: false, words: () => ({}) },
    module: new URL("../simulation/process-source.ts", import.meta.url),
    given: () => given,
    past: () => batches(),
    ...more,
  });
  const over = async (trial: Trial): Promise<Trial> => {
    for (;;) {
      const now = trials.find(trial.id)!;
      if (now.state !== "waiting" && now.state !== "running") return now;
      await new Promise((resolve) => setImmediate(resolve));
    }
  };

  test("two that are asked for at once run one after the other, and another process of the house sees both", async () => {
    const [first, second] = [tried({}), tried({ "decisions/fit.4.2": "10000" })].map((one) =>
      trials.begin(source(), one, "office/head"),
    );
    assert.equal(trials.find(second!.id)!.state, "waiting");
    const [one, other] = [await over(first!), await over(second!)];
    assert.deepEqual([one.state, one.report?.changed.most, other.state, other.report?.changed.most], ["done", 0, "done", 40]);
    const elsewhere = createTrials({ folder, clock: systemClock, log: silentLog });
    assert.deepEqual(elsewhere.find(second!.id), other);
    assert.deepEqual(
      elsewhere
        .recent()
        .map(({ id }) => id)
        .sort(),
      [first!.id, second!.id].sort(),
    );
  });

  test("a regulation that cannot be so, and a thread that breaks, are said", async () => {
    const faulty = await over(trials.begin(source(), tried({ "none.1.1": "3" }), "office/head"));
    assert.deepEqual([faulty.state, faulty.faults], ["faulty", ["none.1.1"]]);
    const broken = await over(trials.begin(source({ given: () => ({}) }), tried({}), "office/head"));
    assert.equal(broken.state, "broken");
    const lost = await over(
      trials.begin(
        source({ past: () => ({ [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(new RangeError("gone")) }) }) }),
        tried({}),
        "office/head",
      ),
    );
    assert.equal(lost.state, "broken");
    assert.ok(readdirSync(folder).every((name) => name.endsWith(".json")));
  });

  test("one that was not heard of for long died with its process; a name that is none finds nothing", async () => {
    const [last] = trials.recent() as [Trial];
    const late = createTrials({ folder, clock: { now: () => new Date(Date.now() + 3_600_000) }, log: silentLog });
    assert.equal(late.find(last.id)!.state, last.state, "what is over stays so");
    assert.equal(trials.find("../../etc/passwd"), undefined);
    assert.equal(trials.find("00000000-0000-0000-0000-000000000000"), undefined);
  });
});
