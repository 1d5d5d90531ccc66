import assert from "node:assert/strict";
import { bindDecision } from "../decisions/bind.ts";
import { readDecisions } from "../decisions/decisions.ts";
import type { Decide, Model } from "../engine/model.ts";
import { readModel } from "../reading/read.ts";
import type { PastCase } from "../simulation/past.ts";
import { createRandom } from "../simulation/random.ts";
import { fileXml, tableXml } from "./decisions-files.ts";
import { calendar, file, flows } from "./reading-files.ts";

/** A benefit as a file of BPMN with three tables of DMN: ten steps from the application to the payment. */
const PROCESS = file(
  `<startEvent id="start"/>
  <serviceTask id="ask" kerege:call="registers"/>
  <businessRuleTask id="enough" kerege:decision="enough" kerege:result="enough"/>
  <exclusiveGateway id="may" default="f5"/>
  <businessRuleTask id="visit" kerege:decision="visit" kerege:result="visits"/>
  <exclusiveGateway id="whether" default="f8"/>
  <userTask id="inspect" kerege:role="inspector"/>
  <userTask id="review" kerege:role="clerk"/>
  <exclusiveGateway id="agreed" default="f12"/>
  <businessRuleTask id="sum" kerege:decision="amount" kerege:result="amount"/>
  <serviceTask id="pay" kerege:call="treasury"/>
  <endEvent id="granted"/>
  <endEvent id="refused"/>
  ${flows(
    "start ask, ask enough, enough may, may visit: enough, may refused, visit whether, whether inspect: visits, whether review, inspect review, review agreed, agreed sum: approves, agreed refused, sum pay, pay granted",
  )}`,
);

/** Amounts in steps of income and children: 20 rules of two columns and a date. */
function amountRules(): string[][] {
  const steps = [0, 2000, 4000, 6000, 8000];
  return steps.flatMap((from, index) =>
    ["1", "2", "3", "&gt;= 4"].map((children, many) => [
      index === steps.length - 1 ? `>= ${from}` : `[${from}..${steps[index + 1]!})`,
      children.replace("&gt;", ">"),
      ">= 0",
      String(3000 * (many + 1) - 400 * index),
    ]),
  );
}

function decisionsFile(limit: number, only: string): string {
  const number = (text: string) => ({ text, type: "number" });
  const tables = {
    enough: tableXml({
      inputs: [number("income"), number("children"), number("points")],
      outputs: [{ type: "boolean" }],
      hitPolicy: "FIRST",
      rules: [
        [`< ${limit}`, ">= 1", "-", "true"],
        [`< ${limit + 2000}`, ">= 4", ">= 10", "true"],
        ["-", "-", "-", "false"],
      ],
    }),
    visit: tableXml({
      inputs: [number("children"), number("points")],
      outputs: [{ type: "boolean" }],
      hitPolicy: "FIRST",
      rules: [
        [">= 4", "-", "true"],
        ["-", ">= 90", "true"],
        ["-", "-", "false"],
      ],
    }),
    amount: tableXml({
      inputs: [number("income"), number("children"), number("points")],
      outputs: [{ type: "number" }],
      hitPolicy: "FIRST",
      rules: amountRules(),
    }),
  };
  const type = only === "amount" ? "number" : "boolean";
  return fileXml({
    name: only,
    inputs: { income: "number", children: "number", points: "number" },
    decisions: { [only]: { needs: ["income", "children", "points"], logic: tables[only as keyof typeof tables], type } },
  });
}

const compiled = new Map<string, Decide>();

/** A table that did not change is compiled once, as a file that is not touched. */
function decideFrom(limit: number, name: string): Decide {
  const xml = decisionsFile(limit, name);
  let decide = compiled.get(xml);
  if (!decide) {
    const read = readDecisions(xml);
    assert.ok(read.ok, JSON.stringify(read.faults));
    decide = bindDecision(read.decisions, name)!;
    compiled.set(xml, decide);
  }
  return decide;
}

export function drawnBenefit(limit: number): Model {
  const decisions = {
    enough: decideFrom(limit, "enough"),
    visit: decideFrom(limit, "visit"),
    amount: decideFrom(limit, "amount"),
  };
  const variables = {
    place: "string",
    income: "number",
    children: "number",
    points: "number",
    approves: "boolean",
    found: "boolean",
  } as const;
  const read = readModel(PROCESS, { calendar, decisions, variables, bound: `limit ${limit}` });
  assert.ok(read.ok, JSON.stringify(read));
  return read.model;
}

const HOUR_MS = 3_600_000;

/** Invented cases, one after the other. */
export function* drawnCases(count: number, seed = 5): Generator<PastCase> {
  const random = createRandom(seed);
  for (let at = 0; at < count; at++) {
    const children = random.whole(1, 5);
    const income = Math.round(Math.exp(random.normal(Math.log(7000), 0.5)));
    const points = random.whole(0, 99);
    yield {
      at: Date.UTC(2026, 0, 5, 4) + at * 60_000,
      variables: { place: random.pick(["osh", "naryn", "talas"]) },
      answers: [
        { node: "ask", turn: 0, output: { income, children, points }, waited: 2000, worked: 0 },
        ...(children >= 4 || points >= 90
          ? [{ node: "inspect", turn: 0, output: { found: true }, waited: 30 * HOUR_MS, worked: 90 }]
          : []),
        {
          node: "review",
          turn: 0,
          output: { approves: random.next() < 0.95 },
          waited: random.whole(1, 50) * HOUR_MS,
          worked: 20,
        },
        { node: "pay", turn: 0, output: {}, waited: 1000, worked: 0 },
      ],
    };
  }
}

/** The same as files of a pack, with its three tables. */
export function drawnFiles(limit: number): Record<string, string> {
  const tables = ["enough", "visit", "amount"].map((name) => [`decisions/${name}.dmn`, decisionsFile(limit, name)] as const);
  return { "process.bpmn": PROCESS, ...Object.fromEntries(tables) };
}
