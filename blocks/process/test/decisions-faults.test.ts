import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { checkDecisions } from "../decisions/check.ts";
import type { Reading } from "../decisions/decisions.ts";
import { fileXml, literalXml, type TableText, tableXml } from "./decisions-files.ts";

const AGE: TableText["inputs"] = [{ text: "age", type: "number" }];

function table(more: Partial<TableText>): string {
  return tableXml({ inputs: AGE, outputs: [{}], rules: [["-", "1", "act:1"]], ...more });
}

function fileOf(logic: string, more = "", types = ""): string {
  return fileXml({ inputs: { age: "number" }, types, more, decisions: { outcome: { needs: ["age"], logic } } });
}

const literal = (text: string): string => fileOf(literalXml(text));
const type = (inside: string): string => fileOf(literalXml("1"), "", inside);

/** What is wrong, and the first fault that is told of it. */
const REFUSED: readonly { name: string; xml: string; code: string; element?: string; reading?: Reading }[] = [
  { name: "no XML", xml: "decision: yes", code: "process.reading.not-xml" },
  { name: "a document type", xml: '<!DOCTYPE a [<!ENTITY b "c">]><a/>', code: "process.reading.doctype" },
  { name: "nesting without end", xml: "<a>".repeat(500), code: "process.reading.too-deep" },
  { name: "another kind of file", xml: "<definitions xmlns='urn:x'/>", code: "process.decisions.not-dmn" },
  {
    name: "a name that is missing",
    xml: fileOf(literalXml("1"), '<decision id="d_x"/>'),
    code: "process.decisions.name-missing",
  },
  {
    name: "a name that stands twice",
    xml: fileOf(literalXml("1"), `<inputData id="i2" name="age"/>`),
    code: "process.decisions.name-twice",
  },
  {
    name: "a type that stands twice",
    xml: type('<itemDefinition name="t"/><itemDefinition name="t"/>'),
    code: "process.decisions.type-twice",
  },
  {
    name: "an unknown type",
    xml: type('<itemDefinition name="t"><typeRef>nmber</typeRef></itemDefinition>'),
    code: "process.decisions.type-unknown",
  },
  {
    name: "a type made of itself",
    xml: type(
      '<itemDefinition name="a"><typeRef>b</typeRef></itemDefinition><itemDefinition name="b"><typeRef>a</typeRef></itemDefinition>',
    ),
    code: "process.decisions.type-circle",
  },
  {
    name: "an import that is not here",
    xml: fileOf(
      literalXml("1"),
      '<import name="law" namespace="urn:nowhere" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>',
    ),
    code: "process.decisions.import-missing",
  },
  {
    name: "an import with faults of its own",
    xml: fileOf(
      literalXml("1"),
      `<import name="law" namespace="urn:test:law" importType="https://www.omg.org/spec/DMN/20230324/MODEL/"/>
      <decision id="d_z" name="z"><informationRequirement><requiredDecision href="urn:test:law#d_rate"/></informationRequirement>${literalXml("law.rate")}</decision>`,
    ),
    code: "process.decisions.import-faulty",
    reading: { imports: [fileXml({ name: "law", decisions: { rate: { needs: [], logic: literalXml("nobody + 1") } } })] },
  },
  {
    name: "a requirement of nothing",
    xml: fileOf(`<informationRequirement><requiredInput href="#nobody"/></informationRequirement>${literalXml("1")}`),
    code: "process.decisions.reference-missing",
    element: "outcome",
  },
  {
    name: "decisions in a circle",
    xml: fileXml({
      decisions: {
        a: { needs: ["b"], logic: literalXml("b") },
        b: { needs: ["c"], logic: literalXml("c") },
        c: { needs: ["a"], logic: literalXml("a") },
      },
    }),
    code: "process.decisions.decisions-circle",
  },
  { name: "no logic", xml: fileOf(""), code: "process.decisions.no-logic", element: "outcome" },
  {
    name: "another language of expressions",
    xml: fileOf(
      '<literalExpression expressionLanguage="http://www.ecma-international.org/js"><text>1</text></literalExpression>',
    ),
    code: "process.decisions.expression-language",
  },
  {
    name: "a function in Java",
    xml: fileOf(
      literalXml("1"),
      '<businessKnowledgeModel id="f" name="f"><encapsulatedLogic kind="Java"><context/></encapsulatedLogic></businessKnowledgeModel>',
    ),
    code: "process.decisions.function-language",
  },
  { name: "an unknown hit policy", xml: fileOf(table({ hitPolicy: "BEST" })), code: "process.decisions.hit-policy" },
  {
    name: "an unknown aggregator",
    xml: fileOf(table({ hitPolicy: "COLLECT", aggregation: "MEAN" })),
    code: "process.decisions.aggregator",
  },
  {
    name: "a sum of several columns",
    xml: fileOf(
      table({ hitPolicy: "COLLECT", aggregation: "SUM", outputs: [{ name: "a" }, { name: "b" }], rules: [["-", "1", "2"]] }),
    ),
    code: "process.decisions.aggregated-columns",
  },
  {
    name: "a result without a name",
    xml: fileOf(table({ outputs: [{ name: "a" }, {}], rules: [["-", "1", "2"]] })),
    code: "process.decisions.output-name",
  },
  { name: "a rule with a cell too few", xml: fileOf(table({ rules: [["-"]] })), code: "process.decisions.cells" },
  {
    name: "an entry twice",
    xml: fileOf(
      `<context><contextEntry><variable name="a"/>${literalXml("1")}</contextEntry><contextEntry><variable name="a"/>${literalXml("2")}</contextEntry></context>`,
    ),
    code: "process.decisions.entry-twice",
  },
  {
    name: "a priority nobody declared",
    xml: fileOf(table({ hitPolicy: "PRIORITY" })),
    code: "process.decisions.priority-values",
  },
  {
    name: "a rule without a norm",
    xml: fileOf(table({ rules: [["-", "1"]] })),
    code: "process.decisions.norm-missing",
    reading: { norms: "required" },
  },
  {
    name: "a norm nobody can read",
    xml: fileOf(table({ rules: [["-", "1", "Article 5"]] })),
    code: "process.decisions.norm-form",
    reading: { norms: "required" },
  },
  {
    name: "inputs without a rule",
    xml: fileOf(
      table({
        rules: [
          ["< 18", "1"],
          ["> 18", "2"],
        ],
      }),
    ),
    code: "process.decisions.gap",
  },
  {
    name: "two rules at once",
    xml: fileOf(
      table({
        rules: [
          ["<= 18", "1"],
          [">= 18", "2"],
        ],
      }),
    ),
    code: "process.decisions.overlap",
  },
  { name: "a name that is nearly known", xml: literal("agge + 1"), code: "feel.faults.name-near", element: "outcome" },
  {
    name: "a name of what is not required",
    xml: fileXml({ inputs: { age: "number" }, decisions: { outcome: { needs: [], logic: literalXml("age") } } }),
    code: "feel.faults.name-unknown",
  },
  { name: "a number compared with a text", xml: literal('age = "ten"'), code: "feel.faults.types-differ" },
  {
    name: "code of another language",
    xml: literal('function(a) external {java: {class: "java.lang.Math", method signature: "cos(double)"}}'),
    code: "feel.faults.function-external",
  },
];

for (const { name, xml, code, element, reading } of REFUSED) {
  test(`refused with its place: ${name}`, () => {
    const faults = checkDecisions(xml, reading);
    const found = faults.find((fault) => fault.code === code);
    assert.ok(found, `${code} among ${JSON.stringify(faults)}`);
    assert.ok(found.line >= 1 && found.column >= 1 && found.line <= xml.split("\n").length);
    if (element) assert.equal(found.element, element);
  });
}

test("a fault of an expression has its line and column in the file", () => {
  const xml = fileOf("<literalExpression><text>1 +\n  agge</text></literalExpression>");
  const [fault] = checkDecisions(xml);
  assert.ok(fault);
  assert.equal(xml.split("\n")[fault.line - 1]!.slice(fault.column - 1, fault.column + 3), "agge");
  assert.deepEqual(fault.params, { name: "agge", near: "age" });
});

test("all faults of a file are told at once, in the order of the file", () => {
  const faults = checkDecisions(
    fileOf(
      table({
        rules: [
          ["< aa", "1"],
          ["> bb", "cc"],
        ],
      }),
    ),
  );
  assert.deepEqual(
    faults.map(({ params }) => params.name),
    ["aa", "bb", "cc"],
  );
});

test("a gap and an overlap are shown by an example", () => {
  const faults = checkDecisions(
    fileOf(
      table({
        inputs: [{ text: "age", type: "number", values: "[0..120]" }],
        rules: [
          ["[0..18)", "1"],
          ["[20..65]", "2"],
          ["[60..120]", "3"],
        ],
      }),
    ),
  );
  assert.deepEqual(
    faults.map(({ code, params }) => [code, params.example]),
    [
      ["process.decisions.gap", "age = 18"],
      ["process.decisions.overlap", "age = 60"],
    ],
  );
});

test("each code has its message and remedy in four languages, and no text is left over", () => {
  const texts = createTexts();
  addLocales(texts, "process", new URL("../locales/", import.meta.url));
  const folder = new URL("../decisions/", import.meta.url);
  const sources = readdirSync(folder)
    .map((file) => readFileSync(new URL(file, folder), "utf8"))
    .join("\n");
  const told = REFUSED.flatMap(({ xml, reading }) => checkDecisions(xml, reading));
  for (const language of languages) {
    for (const { code, params } of told.filter((fault) => fault.code.startsWith("process."))) {
      for (const part of ["message", "remedy"]) {
        const text = texts.translate(language, `${code}.${part}`, params);
        assert.doesNotMatch(text, /process\.|[{}]/, `${language} ${code}`);
      }
    }
    const codes = new Set(texts.keys(language).flatMap((key) => /^process\.decisions\.([a-z-]+)\.message$/.exec(key)?.[1] ?? []));
    for (const code of codes) assert.ok(sources.includes(`"${code}"`), `${code} is told by nobody`);
  }
});

test("a large file and one of a thousand wrong rules are answered, not hung on", () => {
  const rules = Array.from({ length: 1000 }, (_, index) => [`[${index}..${index + 1})`, String(index), "act:1"]);
  assert.deepEqual(checkDecisions(fileOf(table({ rules: [["< 0", "0", "act:1"], ...rules, [">= 1000", "0", "act:1"]] }))), []);
  const wrong = checkDecisions(fileOf(table({ rules: rules.map(([cell]) => [cell!, "nobody", "act:1"]) })));
  assert.equal(wrong.length, 1000);
});

test("cells of thousands of values and tables of many columns are answered, not hung on", () => {
  const list = (from: number): string => Array.from({ length: 600 }, (_, index) => from + index * 7).join(",");
  const cells = Array.from({ length: 60 }, (_, index) => [list(index), String(index), "act:1"]);
  assert.ok(checkDecisions(fileOf(table({ rules: cells }))).length > 0);
  const columns = Array.from({ length: 30 }, () => ({ text: "age", type: "number" }));
  const inputs = Object.fromEntries(columns.map((_, index) => [`x${index}`, "number"]));
  const rules = Array.from({ length: 60 }, (_, rule) => [
    ...columns.map((_, column) => `> ${(rule * 31 + column * 17) % 97}`),
    String(rule),
  ]);
  const wide = tableXml({
    inputs: Object.keys(inputs).map((text) => ({ text, type: "number" })),
    outputs: [{}],
    hitPolicy: "FIRST",
    rules,
  });
  const faults = checkDecisions(fileXml({ inputs, decisions: { outcome: { needs: Object.keys(inputs), logic: wide } } }));
  assert.ok(faults.every((fault) => fault.code === "process.decisions.gap") && faults.length > 0);
});
