import assert from "node:assert/strict";
import { test } from "node:test";
import { Decimal, decimal, type FeelValue, orderValues, toPlain } from "@kerege/kernel/feel";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import { type Change, whatWouldChange } from "../decisions/change.ts";
import { type Decision, readDecisions } from "../decisions/decisions.ts";
import { changeSentences, type Words } from "../decisions/sentences.ts";
import { withFact } from "../decisions/thresholds.ts";
import { createDice, type Dice } from "./decisions-dice.ts";
import { type FileText, fileXml, literalXml, tableXml } from "./decisions-files.ts";

function decisionOf(file: FileText, name = "granted"): Decision {
  const made = readDecisions(fileXml(file));
  assert.ok(made.ok, JSON.stringify(made.ok ? [] : made.faults));
  return made.decisions.decision(name)!;
}

/** A benefit as laws have it: income for each member of the family under a threshold, and age or disability. */
const benefit: FileText = {
  inputs: { income: "number", members: "number", age: "number", disabled: "boolean", region: "string" },
  decisions: {
    threshold: {
      needs: ["region"],
      type: "number",
      logic: tableXml({
        inputs: [{ text: "region", type: "string" }],
        outputs: [{ type: "number" }],
        rules: [
          ['"mountain"', "6000.50"],
          ['not("mountain")', "5000"],
        ],
      }),
    },
    granted: {
      needs: ["income", "members", "age", "disabled", "threshold"],
      type: "boolean",
      logic: tableXml({
        inputs: [
          { text: "income / members - threshold", type: "number" },
          { text: "age", type: "number" },
          { text: "disabled", type: "boolean" },
        ],
        outputs: [{ type: "boolean" }],
        rules: [
          [">= 0", "-", "-", "false"],
          ["< 0", ">= 63", "-", "true"],
          ["< 0", "< 63", "true", "true"],
          ["< 0", "< 63", "false", "false"],
        ],
      }),
    },
  },
};

const wanted = (value: FeelValue): boolean => value === true;
const plain = ({ path, to, range }: Change): unknown => ({
  path,
  to: toPlain(to),
  ...(range.low !== undefined && { [range.lowIncluded ? "from" : "above"]: toPlain(range.low) }),
  ...(range.high !== undefined && { [range.highIncluded ? "to" : "below"]: toPlain(range.high) }),
});

test("M-A18: a refusal says which fact would change it, with the exact threshold of a computed column", () => {
  const decision = decisionOf(benefit);
  const facts = { income: 12000, members: 2, age: 70, disabled: false, region: "valley" };
  assert.equal(decision.evaluate(facts), false);
  const ways = whatWouldChange(decision, { facts, wanted, changeable: ["income"] });
  assert.deepEqual(
    ways.map((way) => way.map(plain)),
    [[{ path: "income", to: 9999, below: 10000 }]],
  );
  assert.equal(decision.evaluate({ ...facts, income: decimal("9999.99") }), true);
  assert.equal(decision.evaluate({ ...facts, income: 10000 }), false);
});

test("one fact is preferred to two, and what a person can change to what he cannot", () => {
  const decision = decisionOf(benefit);
  const young = { income: 12000, members: 2, age: 30, disabled: false, region: "valley" };
  const own = whatWouldChange(decision, { facts: young, wanted, changeable: ["income", "members"] });
  assert.ok(
    own.every((way) => way.length === 2 && way.some((change) => !change.changeable)),
    "income alone does not help a person of 30",
  );
  const poor = { ...young, income: 8000 };
  const ways = whatWouldChange(decision, { facts: poor, wanted, changeable: ["income", "members"] });
  assert.deepEqual(ways.flatMap((way) => way.map(({ path }) => path)).sort(), ["age", "disabled"]);
  assert.ok(ways.every((way) => way.length === 1));
  assert.ok(ways.every((way) => way.every((change) => !change.changeable)));
});

test("where the values of a text are listed, none but these are proposed", () => {
  const decision = decisionOf(benefit);
  const facts = { income: 11000, members: 2, age: 70, disabled: false, region: "valley" };
  const ways = (values?: Record<string, string[]>) =>
    whatWouldChange(decision, { facts, wanted, changeable: ["region"], ...(values && { values }) }).map((way) => way.map(plain));
  assert.deepEqual(
    ways({ region: ["valley", "mountain"] }).map((way) => way.length),
    [1],
  );
  assert.match(JSON.stringify(ways({ region: ["valley", "mountain"] })), /"path":"region","to":"mountain"/);
  assert.ok(ways({ region: ["valley", "town"] }).every((way) => JSON.stringify(way).includes("region") === false));
});

test("nothing is proposed where the outcome is wanted already, or nothing leads to it", () => {
  const decision = decisionOf(benefit);
  assert.deepEqual(
    whatWouldChange(decision, {
      facts: { income: 1, members: 1, age: 70, disabled: false, region: "valley" },
      wanted,
      changeable: ["income"],
    }),
    [],
  );
  const never = decisionOf({ inputs: { x: "number" }, decisions: { granted: { needs: ["x"], logic: literalXml("x > x + 1") } } });
  assert.deepEqual(whatWouldChange(never, { facts: { x: 1 }, wanted, changeable: ["x"] }), []);
});

test("days are found through an age computed from them", () => {
  const decision = decisionOf({
    inputs: { person: "tPerson", day: "date" },
    types: '<itemDefinition name="tPerson"><itemComponent name="born"><typeRef>date</typeRef></itemComponent></itemDefinition>',
    decisions: {
      granted: {
        needs: ["person", "day"],
        logic: tableXml({
          inputs: [{ text: "years and months duration(person.born, day).years", type: "number" }],
          outputs: [{}],
          rules: [
            [">= 63", "true"],
            ["< 63", "false"],
          ],
        }),
      },
    },
  });
  const [way] = whatWouldChange(decision, {
    facts: { person: { born: "1980-02-29" }, day: "2026-11-22" },
    wanted,
    changeable: ["day"],
  });
  // Born on a leap day, a person is 63 on the day after the last of February.
  assert.deepEqual(way!.map(plain), [{ path: "day", to: "2043-03-01", from: "2043-03-01" }]);
});

test("an outcome without tables is searched by itself", () => {
  const decision = decisionOf({
    inputs: { income: "number" },
    decisions: { granted: { needs: ["income"], logic: literalXml("income * 12 < 90000") } },
  });
  const [way] = whatWouldChange(decision, { facts: { income: 9000 }, wanted, changeable: ["income"] });
  assert.deepEqual(way!.map(plain), [{ path: "income", to: 7499.5, below: 7500 }]);
});

function randomFile(dice: Dice): FileText {
  const cut = (): number => dice.roll(40);
  const range = (): string => {
    const low = cut();
    return dice.of(["-", `< ${low}`, `>= ${low}`, `[${low}..${low + dice.roll(9)}]`, `${low}.5`, `not(${low})`]);
  };
  const rules = Array.from({ length: 2 + dice.roll(6) }, () => [
    range(),
    range(),
    dice.of(["-", '"a"', 'not("a")', '"b", "c"']),
    dice.of(["true", "false"]),
  ]);
  return {
    inputs: { income: "number", members: "number", kind: "string" },
    decisions: {
      granted: {
        needs: ["income", "members", "kind"],
        logic: tableXml({
          hitPolicy: "FIRST",
          inputs: [
            { text: dice.of(["income", "income * 2 + 1", "income - members"]), type: "number" },
            { text: "members", type: "number" },
            { text: "kind", type: "string" },
          ],
          outputs: [{ otherwise: "false" }],
          rules,
        }),
      },
    },
  };
}

test("every change that is said really brings the outcome, at its value and all over its range; a way with fewer facts does not exist", () => {
  const dice = createDice(77);
  let said = 0;
  for (let round = 0; round < 120; round += 1) {
    const decision = decisionOf(randomFile(dice));
    const facts = { income: dice.roll(40), members: dice.roll(40), kind: dice.of(["a", "b", "c", "d"]) };
    const ways = whatWouldChange(decision, { facts, wanted, changeable: ["income", "members", "kind"] });
    for (const way of ways) {
      said += 1;
      const changed = way.reduce<Record<string, unknown>>(
        (now, { path, to }) => withFact(now as Record<string, FeelValue>, path, to),
        facts,
      );
      assert.equal(decision.evaluate(changed as Record<string, FeelValue>), true, JSON.stringify(way.map(plain)));
      for (let trial = 0; trial < 8; trial += 1) {
        const sample = way.reduce<Record<string, unknown>>(
          (now, change) => withFact(now as Record<string, FeelValue>, change.path, within(change, dice)),
          facts,
        );
        assert.equal(
          decision.evaluate(sample as Record<string, FeelValue>),
          true,
          `${JSON.stringify(sample)} of ${JSON.stringify(way.map(plain))}`,
        );
      }
    }
    if (ways[0] && ways[0].length > 1) {
      for (let income = -2; income < 60; income += 0.5) assert.notEqual(decision.evaluate({ ...facts, income }), true);
      for (let members = -2; members < 60; members += 0.5) assert.notEqual(decision.evaluate({ ...facts, members }), true);
      for (const kind of ["a", "b", "c"]) assert.notEqual(decision.evaluate({ ...facts, kind }), true);
    }
  }
  assert.ok(said > 60, `${said} ways`);
});

/** Some value of the range of a change. */
function within({ to, range }: Change, dice: Dice): FeelValue {
  if (!(to instanceof Decimal)) return to;
  for (let trial = 0; trial < 30; trial += 1) {
    const value = decimal(to.toNumber() + (dice.roll(2001) - 1000) / 50)!;
    const above =
      range.low === undefined || (range.lowIncluded ? orderValues(value, range.low)! >= 0 : orderValues(value, range.low)! > 0);
    const below =
      range.high === undefined ||
      (range.highIncluded ? orderValues(value, range.high)! <= 0 : orderValues(value, range.high)! < 0);
    if (above && below) return value;
  }
  return to;
}

test("changes are said in four languages", () => {
  const texts = createTexts();
  addLocales(texts, "process", new URL("../locales/", import.meta.url));
  const ways = whatWouldChange(decisionOf(benefit), {
    facts: { income: 12000, members: 2, age: 70, disabled: false, region: "valley" },
    wanted,
    changeable: ["income"],
  });
  const say = (language: "ky" | "ru" | "kk" | "en", fact: string): string[] => {
    const words: Words = {
      translate: texts.of(language),
      fact: () => fact,
      norm: ({ act }) => act,
      source: ({ register }) => register,
    };
    return changeSentences(ways, words);
  };
  assert.deepEqual(say("en", "Income"), ["The decision would be another one if: Income – less than 10,000."]);
  assert.deepEqual(say("ru", "Доход"), ["Решение было бы другим, если: Доход – меньше 10\u00a0000."]);
  assert.deepEqual(say("ky", "Киреше"), ["Чечим башкача болмок, эгерде: Киреше – мындан аз: 10\u00a0000."]);
  assert.deepEqual(say("kk", "Табыс"), ["Шешім басқаша болар еді, егер: Табыс – мынадан аз: 10\u00a0000."]);
});
