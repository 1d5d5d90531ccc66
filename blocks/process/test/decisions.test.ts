import assert from "node:assert/strict";
import { test } from "node:test";
import { decimal, type FeelValue, printValue, toPlain } from "@kerege/kernel/feel";
import { type Decisions, type Reading, readDecisions } from "../decisions/decisions.ts";
import { type FileText, fileXml, literalXml, type TableText, tableXml } from "./decisions-files.ts";

function read(xml: string, reading?: Reading): Decisions {
  const made = readDecisions(xml, reading);
  assert.ok(made.ok, JSON.stringify(made.ok ? [] : made.faults));
  return made.decisions;
}

function tableOf(table: TableText, inputs: FileText["inputs"]): Decisions {
  return read(fileXml({ inputs, decisions: { outcome: { needs: Object.keys(inputs ?? {}), logic: tableXml(table) } } }));
}

function answer(decisions: Decisions, facts: Record<string, unknown>, name = "outcome"): unknown {
  return toPlain(decisions.decision(name)!.evaluate(facts as Record<string, FeelValue>));
}

const inputs = { income: "number", members: "number" };
const amounts: TableText = {
  inputs: [
    { text: "income / members", type: "number" },
    { text: "members", type: "number" },
  ],
  outputs: [{ type: "number" }],
  rules: [
    ["< 1000.10", "<= 2", "100.10"],
    ["< 1000.10", "> 2", "100.10 * members"],
    ["[1000.10..2000)", "-", "50"],
    [">= 2000", "-", "0"],
  ],
};

test("a table with exact decimals gives the result of the rule that holds", () => {
  const decisions = tableOf(amounts, inputs);
  assert.equal(answer(decisions, { income: 2000, members: 2 }), 100.1);
  assert.equal(answer(decisions, { income: 2000.2, members: 2 }), 50, "1000.10 is in the second band");
  assert.equal(answer(decisions, { income: 1000, members: 3 }), 300.3, "3 × 100.10, no binary fraction");
  assert.equal(answer(decisions, { income: 6000, members: 3 }), 0);
  assert.equal(answer(decisions, { income: 6000, members: 0 }), null, "a division by zero meets no rule");
});

const policies: readonly { policy: string; aggregation?: string; gives: unknown; none: unknown }[] = [
  { policy: "UNIQUE", gives: null, none: null },
  { policy: "FIRST", gives: 3, none: null },
  { policy: "ANY", gives: null, none: null },
  { policy: "PRIORITY", gives: 5, none: null },
  { policy: "RULE ORDER", gives: [3, 5, 4], none: [] },
  { policy: "OUTPUT ORDER", gives: [5, 4, 3], none: [] },
  { policy: "COLLECT", gives: [3, 5, 4], none: [] },
  { policy: "COLLECT", aggregation: "SUM", gives: 12, none: null },
  { policy: "COLLECT", aggregation: "MIN", gives: 3, none: null },
  { policy: "COLLECT", aggregation: "MAX", gives: 5, none: null },
  { policy: "COLLECT", aggregation: "COUNT", gives: 3, none: 0 },
];
for (const { policy, aggregation, gives, none } of policies) {
  test(`hit policy ${policy} ${aggregation ?? ""} of three rules that hold and of none`, () => {
    const decisions = tableOf(
      {
        hitPolicy: policy,
        aggregation,
        inputs: [{ text: "age", type: "number" }],
        outputs: [{ type: "number", values: "5, 4, 3" }],
        rules: [
          ["> 1", "3"],
          ["> 2", "5"],
          ["[3..9]", "4"],
        ],
      },
      { age: "number" },
    );
    assert.deepEqual(answer(decisions, { age: 5 }), gives);
    assert.deepEqual(answer(decisions, { age: 0 }), none);
    assert.deepEqual(answer(decisions, { age: null }), none, "null meets no comparison");
  });
}

test("the pieces of a column and the tests of its cells agree for every value, in tables of more than 32 rules too", () => {
  const cells = [
    "< 5",
    "<= 5",
    "> 5",
    "[1..5]",
    "(1..5)",
    "5",
    "1, 3, > 8",
    "not(5)",
    "not([2..4])",
    "-",
    "? = 5",
    "null",
    "not(null)",
  ];
  for (const copies of [1, 4]) {
    const rows = Array.from({ length: copies }, () => cells).flat();
    const decisions = tableOf(
      {
        hitPolicy: "COLLECT",
        inputs: [{ text: "value" }],
        outputs: [{}],
        rules: rows.map((cell, index) => [cell, String(index)]),
      },
      { value: "number" },
    );
    const alone = rows.map((cell) =>
      read(
        fileXml({
          inputs: { value: "number" },
          decisions: { outcome: { needs: ["value"], logic: literalXml(`value in (${cell === "-" ? "not(9999)" : cell})`) } },
        }),
        { tolerant: true },
      ),
    );
    for (const value of [null, 0, 1, 1.5, 2, 3, 4, 4.999999999999999, 5, 5.01, 8, 9, "9007199254740993", 1e20]) {
      const held = new Set(answer(decisions, { value }) as number[]);
      for (const [index, one] of alone.entries()) {
        if (rows[index] === "-" || rows[index]!.startsWith("not")) continue;
        assert.equal(held.has(index), answer(one, { value }) === true, `${rows[index]} of ${value}`);
      }
      for (const [index, cell] of rows.entries()) {
        if (cell === "-") assert.ok(held.has(index));
        if (cell === "not(null)") assert.equal(held.has(index), value !== null);
        if (cell === "not(5)" && value !== null) assert.equal(held.has(index), value !== 5);
      }
    }
  }
});

test("several results come as a context by the names of their columns, a default where no rule holds", () => {
  const decisions = tableOf(
    {
      inputs: [{ text: "age", type: "number" }],
      outputs: [
        { name: "granted", otherwise: "false" },
        { name: "amount", otherwise: "0" },
      ],
      rules: [[">= 63", "true", "age * 100"]],
    },
    { age: "number" },
  );
  assert.deepEqual(answer(decisions, { age: 65 }), { granted: true, amount: 6500 });
  assert.deepEqual(answer(decisions, { age: 20 }), { granted: false, amount: 0 });
});

test("a decision sees the decisions and inputs it requires, each evaluated once", () => {
  const decisions = read(
    fileXml({
      types: `<itemDefinition name="tPerson"><itemComponent name="born on"><typeRef>date</typeRef></itemComponent><itemComponent name="children"><typeRef>number</typeRef></itemComponent></itemDefinition>`,
      inputs: { person: "tPerson", day: "date" },
      decisions: {
        age: {
          needs: ["person", "day"],
          logic: literalXml("years and months duration(person.born on, day).years"),
          type: "number",
        },
        points: { needs: ["person", "age"], logic: literalXml("age + person.children * 2"), type: "number" },
      },
    }),
  );
  const person = { "born on": "1961-11-23", children: 3 };
  assert.equal(answer(decisions, { person, day: "2026-11-22" }, "points"), 70, "65 years not before the next day");
  assert.equal(answer(decisions, { person, day: "2026-11-23" }, "points"), 71);
  assert.equal(
    answer(decisions, { person: { "born on": "1961-11-23" }, day: "2026-11-23" }, "age"),
    65,
    "a field nobody gave is null",
  );
  assert.deepEqual(decisions.decision("points")!.reads, ["day", "person.born on", "person.children"]);
});

test("business knowledge models recurse, services are called with what they need", () => {
  const more = `<businessKnowledgeModel id="f" name="factorial"><encapsulatedLogic><formalParameter name="n" typeRef="number"/>
    ${literalXml("if n <= 1 then 1 else n * factorial(n - 1)")}</encapsulatedLogic></businessKnowledgeModel>
    <decision id="d_more" name="more"><knowledgeRequirement><requiredKnowledge href="#f"/></knowledgeRequirement>${literalXml("factorial(25)")}</decision>
    <decisionService id="s" name="doubled"><outputDecision href="#d_twice"/><inputData href="#i_value"/></decisionService>
    <decision id="d_calls" name="calls"><knowledgeRequirement><requiredKnowledge href="#s"/></knowledgeRequirement>${literalXml("doubled(21) + 1")}</decision>`;
  const decisions = read(
    fileXml({
      inputs: { value: "number" },
      more,
      decisions: { twice: { needs: ["value"], logic: literalXml("value * 2"), type: "number" } },
    }),
  );
  assert.equal(String(decisions.decision("more")!.evaluate({})), "15511210043330985984000000", "25! to the last digit");
  assert.equal(answer(decisions, {}, "calls"), 43);
  assert.equal(toPlain(decisions.callable("doubled")!.call({ value: 4 })), 8);
  assert.equal(toPlain(decisions.callable("factorial")!.call({ n: 5 })), 120);
});

test("boxed expressions see what stands around them", () => {
  const boxed = `<context><contextEntry><variable name="incomes"/>${literalXml("[100, 250.5, 30]")}</contextEntry>
    <contextEntry><variable name="high"/><filter><in>${literalXml("incomes")}</in><match>${literalXml("item > limit")}</match></filter></contextEntry>
    <contextEntry><variable name="taxed"/><for iteratorVariable="one"><in>${literalXml("high")}</in><return>${literalXml("one * 0.9")}</return></for></contextEntry>
    <contextEntry><variable name="all"/><every iteratorVariable="one"><in>${literalXml("incomes")}</in><satisfies>${literalXml("one > 0")}</satisfies></every></contextEntry>
    <contextEntry><conditional><if>${literalXml("all")}</if><then>${literalXml("sum(taxed)")}</then><else>${literalXml("0")}</else></conditional></contextEntry></context>`;
  const decisions = read(fileXml({ inputs: { limit: "number" }, decisions: { outcome: { needs: ["limit"], logic: boxed } } }));
  assert.equal(answer(decisions, { limit: 50 }), 315.45);
  assert.equal(answer(decisions, { limit: 500 }), null, "a sum of nothing");
});

test("values of another type than declared are null, one item and its list stand for each other", () => {
  const types = `<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues></itemDefinition>
    <itemDefinition name="tKinds" isCollection="true"><typeRef>tKind</typeRef></itemDefinition>`;
  const decisions = read(
    fileXml({
      types,
      inputs: { kind: "tKind", kinds: "tKinds" },
      decisions: {
        one: { needs: ["kind"], logic: literalXml("kind") },
        all: { needs: ["kinds"], logic: literalXml("count(kinds)") },
      },
    }),
  );
  assert.equal(answer(decisions, { kind: "a" }, "one"), "a");
  assert.equal(answer(decisions, { kind: "c" }, "one"), null);
  assert.equal(answer(decisions, { kind: 5 }, "one"), null);
  assert.equal(answer(decisions, { kinds: "b" }, "all"), 1);
});

test("a file that is imported is seen under the name of the import", () => {
  const rates = fileXml({
    name: "rates",
    inputs: { year: "number" },
    decisions: { rate: { needs: ["year"], logic: literalXml("if year >= 2026 then 0.1 else 0.2"), type: "number" } },
  });
  const main = fileXml({
    inputs: { income: "number" },
    decisions: {},
    more: `<import name="law" namespace="urn:test:rates" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
    <decision id="d_tax" name="tax"><informationRequirement><requiredDecision href="urn:test:rates#d_rate"/></informationRequirement>
    <informationRequirement><requiredInput href="#i_income"/></informationRequirement>${literalXml("income * law.rate")}</decision>`,
  });
  const decisions = read(main, { imports: [rates] });
  assert.equal(answer(decisions, { income: 1000, law: { year: 2026 } }, "tax"), 100);
  assert.equal(answer(decisions, { income: 1000, year: 2025 }, "tax"), 200);
});

test("older editions of DMN read the same", () => {
  const xml = fileXml({ inputs: { age: "number" }, decisions: { outcome: { needs: ["age"], logic: literalXml("age + 1") } } });
  for (const edition of ["20180521", "20191111", "20211108", "20230324"])
    assert.equal(answer(read(xml.replace("20230324", edition)), { age: 1 }), 2, edition);
  const older = readDecisions(xml.replace("20230324", "20151101"));
  assert.equal(older.ok ? "" : older.faults[0]!.code, "process.decisions.not-dmn");
});

test("an expression without end has a budget and gives null", () => {
  const decisions = read(
    fileXml({ decisions: { outcome: { needs: [], logic: literalXml("count(for i in 1..1000000000 return i)") } } }),
  );
  assert.equal(answer(decisions, {}), null);
});

test("what is asked of a decision never reaches the objects of JavaScript", () => {
  const decisions = read(
    fileXml({
      inputs: { person: "Any" },
      decisions: { outcome: { needs: ["person"], logic: literalXml("person.constructor") } },
    }),
  );
  assert.equal(answer(decisions, { person: {} }), null);
  assert.equal(answer(decisions, JSON.parse('{"__proto__": {"person": {"constructor": 5}}}')), null);
  assert.equal(printValue(decimal("0.1")!), "0.1");
});
