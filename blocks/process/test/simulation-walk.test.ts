import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import type { Plain } from "@kerege/kernel/feel";
import type { Recorded } from "../door.ts";
import { openCase } from "../engine/live.ts";
import type { Command, HistoryEvent } from "../engine/state.ts";
import { createWorkingTime } from "../figures/working-time.ts";
import { createGate, type KeptCase } from "../simulation/gate.ts";
import { type PastCase, pastOf } from "../simulation/past.ts";
import { readPastCases, writePastCases } from "../simulation/past-cases.ts";
import { simulate } from "../simulation/simulate.ts";
import { differOnlyInDecisions, endFinder, movedSide, recordedSide } from "../simulation/unchanged.ts";
import { possibleAnswers, processSide } from "../simulation/walk.ts";
import { calendarOf, draw, END, person, rule, START, service } from "./engine-model.ts";
import { benefit, pastCases } from "./simulation-service.ts";

const time = createWorkingTime(calendarOf(), "Asia/Bishkek");
const reading = {
  outcome: (_: unknown, end: string | undefined) => end ?? "none",
  amount: ({ amount }: Readonly<Record<string, unknown>>) => Number(amount ?? 0),
};
const side = (model: Parameters<typeof processSide>[0]["model"], cases: readonly PastCase[], name = "one") =>
  processSide({ name, model, reading, days: time.days, possible: possibleAnswers(cases).of });

describe("past cases are put to another edition", () => {
  const cases = pastCases(2000);
  const now = benefit({ income: 9000, inspected: 4 });

  test("M-A18: a limit that is moved changes those between and what is paid, and nobody else", () => {
    const report = simulate(cases, {
      before: side(now, cases),
      after: side(benefit({ income: 8000, inspected: 4 }), cases),
      groups: [{ by: "place", band: ({ variables }) => String(variables.place) }],
    });
    const between = cases.filter(({ answers }) => {
      const { income } = answers[0]!.output as { income: number };
      return (
        income >= 8000 && income < 9000 && answers.some(({ node, output }) => node === "review" && output!.approves === true)
      );
    });
    assert.ok(between.length > 100);
    assert.deepEqual(report.changed, { least: between.length, most: between.length });
    assert.deepEqual(report.moves, [{ from: "granted", to: "refused", cases: { least: between.length, most: between.length } }]);
    const lost = between.reduce((sum, { answers }) => sum + 1500 * (answers[0]!.output as { children: number }).children, 0);
    assert.equal(report.before.amount.most - report.after.amount.most, lost);
    assert.deepEqual([Object.keys(report.before.rules), Object.keys(report.after.rules)], [["income-limit"], ["income-limit"]]);
    const clerks = (totals: typeof report.before) => totals.work.find(({ desk }) => desk === "clerk")!.tasks;
    assert.ok(clerks(report.after) < clerks(report.before), "who is refused at once is no work for a clerk");
    assert.equal(report.groups[0]!.lines.length, 3);
  });

  test("M-A18: where a new edition asks what nobody was asked, both branches are counted", () => {
    // Clerks looked only at those under the old limit: for the others nobody knows what they would have said.
    const limited = cases.map((one): PastCase => {
      const { income } = one.answers[0]!.output as { income: number };
      return income < 9000 ? one : { ...one, answers: one.answers.slice(0, 1) };
    });
    const report = simulate(limited, {
      before: side(now, limited),
      after: side(benefit({ income: 10_000, inspected: 4 }), limited),
      groups: [],
    });
    const asked = limited.filter(({ answers }) => {
      const { income } = answers[0]!.output as { income: number };
      return income >= 9000 && income < 10_000;
    }).length;
    assert.deepEqual(report.changed, { least: 0, most: asked });
    assert.deepEqual(report.after.unknown, asked);
    assert.equal(report.missing.review, asked);
    assert.ok(report.missing.inspect! < asked, "only where children are many");
    // The truth, which is known here, lies within.
    const truth = simulate(cases, {
      before: side(now, cases),
      after: side(benefit({ income: 10_000, inspected: 4 }), cases),
      groups: [],
    });
    const { least, most } = report.after.outcomes.granted!;
    const { least: came } = truth.after.outcomes.granted!;
    assert.ok(least < came && came < most, `${least} ${came} ${most}`);
    assert.ok(report.after.amount.least <= truth.after.amount.least && truth.after.amount.most <= report.after.amount.most);
  });

  test("without any answer ever given every end of the process may come", () => {
    const silent = cases.slice(0, 20).map((one): PastCase => ({ ...one, answers: one.answers.slice(0, 1) }));
    const report = simulate(silent, { before: side(now, []), after: side(now, []), groups: [] });
    assert.ok(report.after.unknown > 0);
    assert.equal(report.after.outcomes.granted!.least, 0);
    assert.equal(report.after.outcomes.granted!.most, report.after.unknown);
  });

  test("deadlines of the process run by the virtual clock", () => {
    const model = (hours: number) =>
      draw({
        nodes: {
          s: START,
          look: person(),
          late: { kind: "boundary", on: "look", events: [{ kind: "time", duration: `"PT${hours}H"` }] },
          granted: END,
          silent: END,
        },
        flows: ["s>look", "look>granted", "late>silent"],
      });
    const waiting = [10, 40, 80].map(
      (hours): PastCase => ({ at: 0, variables: {}, answers: [{ node: "look", turn: 0, waited: hours * 3_600_000, worked: 5 }] }),
    );
    const outcomes = (hours: number) => waiting.map((one) => side(model(hours), []).end(one).outcomes[0]);
    assert.deepEqual(outcomes(48), ["granted", "granted", "silent"]);
    assert.deepEqual(outcomes(24), ["granted", "silent", "silent"]);
    assert.equal(side(model(24), []).end(waiting[2]!).days.most, 1, "it ends when the deadline does");
  });

  test("four eyes, errors of calls and messages are answered as they were", () => {
    const model = draw({
      nodes: {
        s: START,
        both: person("board", { fourEyes: true }),
        pay: service("treasury"),
        failed: { kind: "boundary", on: "pay", events: [{ kind: "error", code: "closed" }] },
        wait: { kind: "catch", events: [{ kind: "message", name: "receipt" }] },
        paid: END,
        unpaid: END,
      },
      flows: ["s>both", "both>pay", "pay>wait", "wait>paid", "failed>unpaid"],
    });
    const answers = (error?: string): PastCase["answers"] => [
      { node: "both", turn: 0, waited: 1000, worked: 3 },
      { node: "pay", turn: 0, waited: 1000, worked: 0, ...(error !== undefined && { error }) },
    ];
    const ends = (one: PastCase) => side(model, []).end(one).outcomes;
    const told = [{ name: "receipt", after: 86_400_000 }];
    assert.deepEqual(ends({ at: 0, variables: {}, answers: answers(), told }), ["paid"]);
    assert.deepEqual(ends({ at: 0, variables: {}, answers: answers("closed") }), ["unpaid"]);
    assert.deepEqual(ends({ at: 0, variables: {}, answers: answers() }), ["stuck"]);
  });
});

/** Runs a case and writes what happens, as the store does. */
function write(model: ReturnType<typeof benefit>, one: PastCase, instance: string): KeptCase {
  const live = openCase(model);
  const history: Recorded[] = [];
  let at = one.at;
  const give = (command: Command) => {
    const { events } = live.apply(command, at);
    // As JSON: it comes from a database.
    const written = JSON.parse(JSON.stringify({ command, events })) as Pick<Recorded, "command" | "events">;
    history.push({ version: history.length + 1, at: new Date(at), ...written });
    return events;
  };
  let events: readonly HistoryEvent[] = give({ kind: "start", variables: one.variables, by: "person:1" });
  const open: { token: number; node: string }[] = [];
  for (;;) {
    for (const event of events)
      if (event.kind === "entered" && event.token !== undefined) open.push({ token: event.token, node: event.node! });
    const asked = open.shift();
    if (!asked || live.status !== "running") break;
    const answer = one.answers.find(({ node }) => node === asked.node)!;
    const person = answer.worked > 0;
    at += answer.waited - answer.worked * 60_000;
    if (person) give({ kind: "hold", token: asked.token, by: "official:7" });
    at += answer.worked * 60_000;
    events = give({
      kind: "complete",
      token: asked.token,
      by: person ? "official:7" : "system",
      ...(answer.output && { output: answer.output }),
    });
  }
  return { instance, model: model.hash, history, state: live.save() };
}

describe("strict replay", () => {
  const model = benefit({ income: 9000, inspected: 4 });
  const written = pastCases(60).map((one, at) => write(model, one, `case-${at}`));

  const gate = (kept: readonly KeptCase[], found: (hash: string) => typeof model | undefined = () => model) => {
    const opened = createGate(found);
    for (const one of kept) opened.add(one);
    return opened.result();
  };

  test("M-A18: what was recorded comes again, event by event, and the state too", () => {
    const { cases, steps, differing, first } = gate(written);
    assert.deepEqual([cases, differing, first], [60, 0, undefined]);
    assert.ok(steps > 200);
  });

  test("the first difference is said: another edition under the same name", () => {
    const { differing, first } = gate(written, () => benefit({ income: 3000, inspected: 4 }));
    assert.ok(differing > 10);
    assert.ok(first?.why === "other-events");
    assert.deepEqual([first.version, first.written?.kind, first.came?.kind], [2, "decided", "decided"]);
    assert.deepEqual([first.written?.said?.value, first.came?.said?.value], [true, false]);
  });

  test("a record that was touched is found", () => {
    const [one] = written as [KeptCase];
    const touched = (history: Recorded[]) => gate([{ ...one, history }]).first;
    const longer = touched(
      one.history.map((step) => (step.version === 2 ? { ...step, events: [...step.events, { kind: "ended" }] } : step)),
    );
    assert.ok(longer?.why === "other-events");
    assert.deepEqual(longer.written, { kind: "ended" });
    assert.equal(gate([{ ...one, state: { ...one.state, next: one.state.next + 1 } }]).first?.why, "other-state");
    assert.equal(gate([one], () => undefined).first?.why, "no-model");
    assert.equal(
      touched([one.history[0]!, { ...one.history[1]!, command: { kind: "complete", token: 999, by: "x" } }])?.why,
      "refused",
    );
  });

  test("what was recorded can be simulated: the same edition gives the same ends and days", () => {
    const cases = written.map(({ history }) => pastOf(history)!);
    const original = pastCases(60);
    const ends = (some: readonly PastCase[]) => some.map((one) => side(model, some).end(one));
    assert.deepEqual(ends(cases), ends(original));
  });
});

test("a rule that refuses is named, by the decision where no rule is; a plain no refuses nothing", () => {
  const decided = (value: Plain, why?: Plain) => {
    const d = rule("fit", "fit", () => ({ value, ...(why !== undefined && { why }) }));
    const model = draw({ nodes: { s: START, d, e: END }, flows: ["s>d", "d>e"] });
    return side(model, []).end({ at: 0, variables: {}, answers: [] }).rules;
  };
  assert.deepEqual(decided("refused"), ["fit"]);
  assert.deepEqual(decided({ outcome: "refused" }, { rules: ["income", { norm: "law:3" }] }), ["income", "law:3"]);
  assert.deepEqual([decided(false), decided(true, { rules: ["income"] })], [[], []]);
});

describe("past cases in a file", () => {
  const now = benefit({ income: 9000, inspected: 4 });
  const cases = pastCases(5000);
  const walking = { name: "now", model: now, reading, days: time.days };
  const withEnd = endFinder(walking);
  let folder: string;
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), "kerege-past-"));
  });
  after(() => rmSync(folder, { recursive: true, force: true }));
  const kept = (some: readonly PastCase[]): PastCase[] => {
    const file = path.join(folder, `${randomUUID()}.past`);
    const writer = writePastCases(file, { process: "p" });
    for (const one of some) writer.add(one);
    assert.equal(writer.close(), some.length);
    const read = readPastCases(file);
    const all = [...read.cases()];
    read.close();
    return all;
  };

  test("each comes back as it was, with what it came to and its decisions", () => {
    const whole = cases.map(withEnd);
    assert.deepEqual(kept(whole), whole);
    assert.ok(whole.every(({ came }) => came?.decided));
  });

  test("values of other kinds than the first have come back too, and messages, errors and nulls", () => {
    const odd: PastCase[] = Array.from({ length: 2500 }, (_, at) => ({
      at,
      variables: at === 2400 ? { n: "text", late: [1, { a: null }] } : { n: at, empty: null },
      answers: [
        {
          node: "a",
          turn: 0,
          waited: 5,
          worked: 0,
          ...(at % 3 === 0 ? { error: "gone" } : { output: { x: at === 2450 ? true : "y", z: null } }),
        },
      ],
      ...(at === 2420 && { told: [{ name: "m", after: 3, variables: { q: 1 } }] }),
    }));
    assert.deepEqual(kept(odd), odd);
  });

  test("M-A18: what no decision changes need not be walked: the answer is the same as if it were", () => {
    const whole = kept(cases.map(withEnd));
    for (const limits of [
      { income: 8000, inspected: 4 },
      { income: 9000, inspected: 3 },
      { income: 20_000, inspected: 5 },
    ]) {
      const moved = { ...walking, name: "then", model: benefit(limits), possible: possibleAnswers(cases).of };
      assert.ok(differOnlyInDecisions(now, moved.model));
      const [quick, slow] = [movedSide(moved, now), processSide(moved)].map((after) =>
        simulate(whole, {
          before: recordedSide(walking),
          after,
          groups: [{ by: "place", band: ({ variables }) => String(variables.place) }],
        }),
      );
      assert.deepEqual(quick, slow);
      assert.notDeepEqual(quick!.after, quick!.before);
    }
    const recorded = simulate(whole, { before: recordedSide(walking), after: processSide(walking), groups: [] });
    assert.deepEqual([recorded.changed.most, recorded.before], [0, recorded.after]);
  });

  test("an edition that is drawn otherwise is walked whole", () => {
    const other = draw({ nodes: { s: START, e: END }, flows: ["s>e"] });
    assert.ok(!differOnlyInDecisions(now, other));
    const [one] = kept([withEnd(cases[0]!)]);
    assert.deepEqual(movedSide({ ...walking, model: other }, now).end(one!).outcomes, ["e"]);
  });
});
