import assert from "node:assert/strict";
import { test } from "node:test";
import type { Decimal, FeelValue } from "@kerege/kernel/feel";
import { checkTable, type Finding } from "../decisions/coverage.ts";
import { readDecisions } from "../decisions/decisions.ts";
import { createDice, type Dice } from "./decisions-dice.ts";
import { fileXml, type TableText, tableXml } from "./decisions-files.ts";

function findingsOf(table: TableText, inputs: Record<string, string>): readonly Finding[] {
  const made = readDecisions(fileXml({ inputs, decisions: { outcome: { needs: Object.keys(inputs), logic: tableXml(table) } } }));
  assert.ok(made.ok, JSON.stringify(made.ok ? [] : made.faults));
  return checkTable(made.decisions.decision("outcome")!.tables[0]!);
}

const NUMBERS = [
  "-",
  "< 2",
  "<= 2",
  "> 2",
  ">= 2",
  "[1..3]",
  "(1..3)",
  "[1..3)",
  "2",
  "1, 3",
  "not(2)",
  "not([1..3])",
  "< 1, > 3",
];
const TEXTS = ["-", '"a"', '"b"', '"a", "b"', 'not("a")', 'not("a", "b")', '"c"'];
const TRUTHS = ["-", "true", "false", "not(true)"];

function randomTable(dice: Dice): TableText {
  const rules = Array.from({ length: 1 + dice.roll(5) }, (_, index) => [
    dice.of(NUMBERS),
    dice.of(TEXTS),
    dice.of(TRUTHS),
    String(index % 2),
  ]);
  return {
    hitPolicy: dice.of(["UNIQUE", "ANY"]),
    inputs: [
      { text: "amount", type: "number" },
      { text: "kind", type: "string", values: '"a", "b", "c"' },
      { text: "alone", type: "boolean" },
    ],
    outputs: [{ type: "number" }],
    rules,
  };
}

/** Every combination that can matter: values between and at all boundaries. */
const AMOUNTS = [0, 1, 1.5, 2, 2.5, 3, 4];

test("gaps and overlaps are exactly those that trying every combination finds", () => {
  const dice = createDice(20261122);
  const inputs = { amount: "number", kind: "string", alone: "boolean" };
  let gaps = 0;
  let overlaps = 0;
  for (let round = 0; round < 150; round += 1) {
    const table = randomTable(dice);
    const collecting = fileXml({
      inputs,
      decisions: {
        outcome: {
          needs: Object.keys(inputs),
          logic: tableXml({
            ...table,
            hitPolicy: "COLLECT",
            rules: table.rules.map((rule, index) => [...rule.slice(0, 3), String(index + 1)]),
          }),
        },
      },
    });
    const made = readDecisions(collecting);
    assert.ok(made.ok);
    const all = made.decisions.decision("outcome")!;
    let gap = false;
    const pairs = new Set<string>();
    for (const amount of AMOUNTS)
      for (const kind of ["a", "b", "c"])
        for (const alone of [true, false]) {
          const held = (all.evaluate({ amount, kind, alone }) as FeelValue[]).map((one) => (one as Decimal).toNumber());
          if (held.length === 0) gap = true;
          for (const first of held)
            for (const second of held) {
              const same = table.hitPolicy === "ANY" && table.rules[first - 1]![3] === table.rules[second - 1]![3];
              if (first < second && !same) pairs.add(`${first} ${second}`);
            }
        }
    const findings = findingsOf(table, inputs);
    assert.equal(
      findings.some((one) => one.kind === "gap"),
      gap,
      JSON.stringify(table.rules),
    );
    const told = findings.flatMap((one) => (one.kind === "overlap" ? [one.rules.join(" ")] : []));
    assert.deepEqual(new Set(told), pairs, JSON.stringify(table.rules));
    gaps += Number(gap);
    overlaps += Number(pairs.size > 0);
  }
  assert.ok(gaps > 20 && gaps < 150 && overlaps > 20 && overlaps < 150, `${gaps} gaps, ${overlaps} overlaps`);
});

const one = (cells: readonly string[], more: Partial<TableText> = {}, type = "number"): readonly Finding[] =>
  findingsOf(
    { inputs: [{ text: "x", type }], outputs: [{}], rules: cells.map((cell, index) => [cell, String(index)]), ...more },
    { x: type },
  );

test("days that follow each other leave no gap, days apart do", () => {
  assert.deepEqual(one(['<= date("2026-01-31")', '>= date("2026-02-01")'], {}, "date"), []);
  const [gap] = one(['<= date("2026-01-31")', '>= @"2026-02-02"'], {}, "date");
  assert.equal(gap?.kind === "gap" && "low" in gap.example[0]!.piece! ? String(gap.example[0]!.piece.low) : "", "2026-01-31");
});

test("a default covers every gap, and lists of results need no cover", () => {
  assert.deepEqual(one(["< 5"], { outputs: [{ otherwise: "0" }] }), []);
  assert.deepEqual(one(["< 5"], { hitPolicy: "COLLECT" }), []);
});

test("a cell that has to be evaluated is said not to be checked, the rules beside it are", () => {
  const findings = one(["< 5", "? * 2 > 20", "<= 7"]);
  assert.deepEqual(
    findings.map((finding) =>
      finding.kind === "unchecked" ? finding.reason : finding.kind === "overlap" ? finding.rules : finding.kind,
    ),
    ["free-cell", [1, 3]],
  );
});

test("two columns that ask the same are said not to be checked", () => {
  const findings = findingsOf(
    {
      inputs: [
        { text: "x", type: "number" },
        { text: "x", type: "number" },
      ],
      outputs: [{}],
      rules: [["< 5", "> 9", "1"]],
    },
    { x: "number" },
  );
  assert.deepEqual(
    findings.map((finding) => finding.kind === "unchecked" && finding.reason),
    ["fact-twice"],
  );
});

test("values of a narrowed type bound what has to be covered", () => {
  const types =
    '<itemDefinition name="tShare"><typeRef>number</typeRef><allowedValues><text>[0..100]</text></allowedValues></itemDefinition>';
  const logic = tableXml({
    inputs: [{ text: "share", type: "tShare" }],
    outputs: [{}],
    rules: [
      ["<= 50", "1"],
      ["(50..100]", "2"],
    ],
  });
  const made = readDecisions(
    fileXml({ types, inputs: { share: "tShare" }, decisions: { outcome: { needs: ["share"], logic } } }),
  );
  assert.ok(made.ok);
  assert.deepEqual(checkTable(made.decisions.decision("outcome")!.tables[0]!), []);
});
