import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts, type Language, languages } from "@kerege/kernel/locale";
import { bindDecision } from "../decisions/bind.ts";
import { type Decisions, readDecisions } from "../decisions/decisions.ts";
import { explainDecision } from "../decisions/explain.ts";
import { readNorm } from "../decisions/norm.ts";
import { explanationSentences, type Words } from "../decisions/sentences.ts";
import { fileXml, literalXml, tableXml } from "./decisions-files.ts";

function pension(): Decisions {
  const made = readDecisions(
    fileXml({
      types:
        '<itemDefinition name="tPerson"><itemComponent name="born"><typeRef>date</typeRef></itemComponent><itemComponent name="sex"><typeRef>string</typeRef></itemComponent></itemDefinition>',
      inputs: { person: "tPerson", day: "date" },
      decisions: {
        age: { needs: ["person", "day"], logic: literalXml("years and months duration(person.born, day).years"), type: "number" },
        due: {
          needs: ["person", "age"],
          type: "boolean",
          logic: tableXml({
            inputs: [
              { text: "person.sex", type: "string", values: '"f", "m"' },
              { text: "age", type: "number" },
            ],
            outputs: [{ type: "boolean" }],
            rules: [
              ['"f"', ">= 58", "true", "pensions:9@2024-01-01"],
              ['"m"', ">= 63", "true", "pensions:9@2024-01-01"],
              ['"f"', "< 58", "false", "pensions:9"],
              ['"m"', "< 63", "false", "pensions"],
            ],
          }),
        },
      },
    }),
    { norms: "required" },
  );
  assert.ok(made.ok, JSON.stringify(made.ok ? [] : made.faults));
  return made.decisions;
}

const facts = { person: { born: "1965-05-01", sex: "f" }, day: "2026-11-22" };

test("M-A18: a decision is explained by its rule, its norm, the facts it looked at, their registers and when they were read", () => {
  const readAt = Date.UTC(2026, 10, 22, 6);
  const explanation = explainDecision(pension().decision("due")!, {
    facts,
    sources: { person: { register: "population", readAt } },
  });
  assert.equal(explanation.value, true);
  assert.deepEqual(explanation.rules, [
    {
      table: "due",
      number: 1,
      norm: { act: "pensions", article: "9", edition: "2024-01-01" },
      asked: [
        { label: "person.sex", value: "f" },
        { label: "age", value: 61 },
      ],
    },
  ]);
  assert.deepEqual(explanation.facts, [
    { path: "person.born", value: "1965-05-01", source: { register: "population", readAt } },
    { path: "day", value: "2026-11-22", source: undefined },
    { path: "person.sex", value: "f", source: { register: "population", readAt } },
  ]);
});

test("an explanation is told in four languages", () => {
  const texts = createTexts();
  addLocales(texts, "process", new URL("../locales/", import.meta.url));
  const explanation = explainDecision(pension().decision("due")!, { facts, sources: { person: { register: "population" } } });
  const say = (language: Language): string[] => {
    const words: Words = {
      translate: texts.of(language),
      fact: (path) => path,
      norm: ({ act, article }) => `${act} ${article}`,
      source: ({ register }) => register,
    };
    return explanationSentences(explanation, words);
  };
  assert.deepEqual(say("en"), [
    "Rule 1 of “due” holds: pensions 9.",
    "person.born: 1 May 1965 (population).",
    "day: 22 November 2026.",
    "person.sex: f (population).",
  ]);
  for (const language of languages) assert.equal(say(language).length, 4);
  assert.equal(new Set(languages.map((language) => say(language)[0])).size, 4);
});

test("a case in which no rule holds says so", () => {
  const explanation = explainDecision(pension().decision("due")!, {
    facts: { ...facts, person: { born: "1965-05-01", sex: "x" } },
  });
  assert.equal(explanation.value, null);
  assert.deepEqual(explanation.unanswered, ["due"]);
});

test("a bound decision gives its value and, asked why, what is written into the history", () => {
  const decide = bindDecision(pension(), "due");
  assert.ok(decide);
  const decided = decide({ person: { born: "1970-05-01", sex: "m" }, day: "2026-11-22" }, { at: 0, zone: "Asia/Bishkek" });
  assert.equal(decided.value, false);
  assert.deepEqual(JSON.parse(JSON.stringify(decided.why)), {
    decision: "due",
    rules: [{ table: "due", rule: 4, norm: { act: "pensions" } }],
    facts: { "person.born": "1970-05-01", day: "2026-11-22", "person.sex": "m" },
  });
  assert.equal(bindDecision(pension(), "nobody"), undefined);
});

test("today is the day of the case in its zone, not that of the machine", () => {
  const made = readDecisions(fileXml({ decisions: { outcome: { needs: [], logic: literalXml("string(today())") } } }));
  assert.ok(made.ok);
  const decide = bindDecision(made.decisions, "outcome")!;
  assert.equal(decide({}, { at: Date.UTC(2028, 1, 28, 19), zone: "Asia/Bishkek" }).value, "2028-02-29");
  assert.equal(decide({}, { at: Date.UTC(2028, 1, 28, 19), zone: "Europe/Paris" }).value, "2028-02-28");
});

test("norms are read by act, article and day of the edition", () => {
  assert.deepEqual(readNorm(" electronic-governance:21.1@2025-07-01 "), {
    act: "electronic-governance",
    article: "21.1",
    edition: "2025-07-01",
  });
  assert.deepEqual(readNorm("act:21, part 2"), { act: "act", article: "21, part 2" });
  assert.deepEqual(readNorm("act@2025-07-01"), { act: "act", edition: "2025-07-01" });
  assert.equal(readNorm("Article 5"), undefined);
});
