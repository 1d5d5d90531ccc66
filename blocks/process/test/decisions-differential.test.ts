/** Random tables on the ground where feelin is right (whole numbers, texts, booleans) hold the same rules in both. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { type FeelValue, toPlain } from "@kerege/kernel/feel";
import { unaryTest } from "feelin";
import { readDecisions } from "../decisions/decisions.ts";
import { createDice, type Dice } from "./decisions-dice.ts";
import { fileXml, tableXml } from "./decisions-files.ts";

const TEXT_CELLS = ["-", '"a"', '"a", "b"', 'not("a")', 'not("b", "c")', '? = "c"'];
const TRUTH_CELLS = ["-", "true", "false"];

function numberCell(dice: Dice): string {
  const [low, high] = [dice.roll(10), dice.roll(10) + 10];
  return dice.of([
    "-",
    `< ${low}`,
    `<= ${high}`,
    `> ${low}`,
    `>= ${low}`,
    `[${low}..${high}]`,
    `(${low}..${high})`,
    `${low}, ${high}`,
    `not(${low})`,
    `? > ${low}`,
    `limit, > ${high}`,
  ]);
}

/** What feelin says of a cell. */
function holds(cell: string, value: unknown, limit: number): boolean {
  // The distributed types call the result a boolean; releases since the eighth wrap it together with warnings.
  const answer: unknown = unaryTest(cell, { "?": value, limit });
  return (typeof answer === "object" && answer !== null && "value" in answer ? answer.value : answer) === true;
}

test("rules of 200 random tables hold where feelin says they hold", () => {
  const dice = createDice(4);
  let held = 0;
  for (let round = 0; round < 200; round += 1) {
    const rules = Array.from({ length: 1 + dice.roll(40) }, (_, index) => [
      numberCell(dice),
      dice.of(TEXT_CELLS),
      dice.of(TRUTH_CELLS),
      String(index),
    ]);
    const inputs = { amount: "number", kind: "string", alone: "boolean", limit: "number" };
    const logic = tableXml({
      hitPolicy: "COLLECT",
      inputs: [
        { text: "amount", type: "number" },
        { text: "kind", type: "string" },
        { text: "alone", type: "boolean" },
      ],
      outputs: [{ type: "number" }],
      rules,
    });
    const made = readDecisions(fileXml({ inputs, decisions: { outcome: { needs: Object.keys(inputs), logic } } }));
    assert.ok(made.ok, JSON.stringify(made.ok ? [] : made.faults));
    const facts = { amount: dice.roll(22), kind: dice.of(["a", "b", "c", "d"]), alone: dice.roll(2) === 0, limit: dice.roll(10) };
    const expected = rules.flatMap((rule, index) =>
      [facts.amount, facts.kind, facts.alone].every(
        (value, column) => rule[column] === "-" || holds(rule[column]!, value, facts.limit),
      )
        ? [index]
        : [],
    );
    held += expected.length;
    const got: FeelValue = made.decisions.decision("outcome")!.evaluate(facts);
    assert.deepEqual(toPlain(got), expected, JSON.stringify([facts, rules]));
  }
  assert.ok(held > 300, `${held} rules held`);
});
