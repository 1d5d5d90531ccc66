import assert from "node:assert/strict";
import { test } from "node:test";
import { checkDecisions } from "../decisions/check.ts";
import { readDecisions } from "../decisions/decisions.ts";
import { createDice, type Dice } from "./decisions-dice.ts";
import { fileXml, literalXml, tableXml } from "./decisions-files.ts";

const SOUND = fileXml({
  types:
    '<itemDefinition name="tKind"><typeRef>string</typeRef><allowedValues><text>"a", "b"</text></allowedValues></itemDefinition>',
  inputs: { age: "number", kind: "tKind" },
  more: `<businessKnowledgeModel id="f" name="twice"><encapsulatedLogic><formalParameter name="n" typeRef="number"/>${literalXml("n * 2")}</encapsulatedLogic></businessKnowledgeModel>
  <decisionService id="s" name="all"><outputDecision href="#d_points"/><inputData href="#i_age"/></decisionService>
  <decision id="d_list" name="list"><informationRequirement><requiredInput href="#i_age"/></informationRequirement><filter><in>${literalXml("[1, age]")}</in><match>${literalXml("item > 1")}</match></filter></decision>`,
  decisions: {
    points: {
      needs: ["age", "kind"],
      logic: tableXml({
        inputs: [
          { text: "age", type: "number" },
          { text: "kind", type: "tKind" },
        ],
        outputs: [{ type: "number" }],
        rules: [
          ["< 18", "-", "1"],
          [">= 18", '"a"', "age / 2"],
          [">= 18", 'not("a")', "3"],
        ],
      }),
    },
    doubled: { needs: ["points"], logic: literalXml("for i in 1..3 return points * i") },
  },
});
const TEXTS = [
  "-",
  "null",
  "[1..",
  "for i in 1..99999999 return i",
  "a(a(a(",
  "not(",
  "{a: 1}",
  "? ?",
  "function(a) a(a)",
  '"\\',
  "__proto__",
  "constructor",
  "points",
  "",
];

function spoilt(dice: Dice): string {
  let text = SOUND;
  for (let change = dice.roll(5); change >= 0; change -= 1) {
    const [at, other] = [dice.roll(text.length), dice.roll(text.length)];
    const sign = dice.of([..."<>&\"'()[]{}.,-019a"]);
    const written = dice.of(TEXTS);
    const names = ["age", "kind", "tKind", "twice", "points", "doubled", "list"];
    const [from, to] = [dice.of(names), dice.of(names)];
    text = dice.of([
      () => text.slice(0, at) + text.slice(at + dice.roll(30)),
      () => text.slice(0, at) + text.slice(other, other + dice.roll(90)) + text.slice(at),
      () => text.slice(0, at) + sign + text.slice(at),
      () => text.replaceAll(`"${from}"`, `"${to}"`),
      () => text.replaceAll(`#d_${from}`, `#d_${to}`),
      () =>
        text.replace(
          new RegExp(`(<text>[^<]*</text>[\\s\\S]{${dice.roll(900)}})<text>[^<]*</text>`),
          (_, before: string) => `${before}<text>${written}</text>`,
        ),
    ])();
  }
  return text;
}

test("a spoilt file is refused with a place or answers, and never throws", () => {
  const dice = createDice(99);
  let refused = 0;
  let answered = 0;
  for (let round = 0; round < 600; round += 1) {
    const text = spoilt(dice);
    const lines = text.split("\n").length;
    const faults = checkDecisions(text);
    for (const fault of faults) assert.ok(fault.line >= 1 && fault.line <= lines && fault.column >= 1, JSON.stringify(fault));
    const read = readDecisions(text, { tolerant: round % 2 === 0 });
    if (!read.ok) refused += 1;
    else
      for (const name of read.decisions.names)
        answered += Number(read.decisions.decision(name)!.evaluate({ age: 20, kind: "b" }) !== undefined);
  }
  assert.ok(refused > 100 && answered > 100, `${refused} refused, ${answered} answers`);
});
