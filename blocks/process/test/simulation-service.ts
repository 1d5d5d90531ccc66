import type { Plain } from "@kerege/kernel/feel";
import type { Decide, Model } from "../engine/model.ts";
import type { PastCase } from "../simulation/past.ts";
import { createRandom } from "../simulation/random.ts";
import { draw, END, feel, person, rule, START, script, service } from "./engine-model.ts";

const HOUR = 3_600_000;

/** A number as it is found among variables. */
const num = (value: Plain | undefined) => (typeof value === "number" ? value : 0);

export interface Limits {
  income: number;
  inspected: number;
}

/** An invented benefit in ten steps with three decisions: enough for it, how much, whether somebody visits first. */
export function benefit(limits: Limits): Model {
  const enough: Decide = ({ income }) => {
    const under = num(income) < limits.income;
    return { value: under, ...(!under && { why: { rules: ["income-limit"] } }) };
  };
  const visit: Decide = ({ children }) => ({ value: num(children) >= limits.inspected });
  const amount: Decide = ({ children, income }) => ({ value: num(children) * 1500 + (num(income) === 0 ? 500 : 0) });
  return draw({
    nodes: {
      start: START,
      ask: service("registers"),
      enough: rule("enough", "enough", enough),
      may: { kind: "exclusive" },
      visit: rule("visit", "visits", visit),
      whether: { kind: "exclusive" },
      inspect: person("inspector"),
      review: person("clerk"),
      agreed: { kind: "exclusive" },
      amount: rule("amount", "amount", amount),
      pay: service("treasury"),
      granted: { kind: "end" },
      note: script('"no"', "noted"),
      refused: END,
    },
    flows: [
      "start>ask",
      "ask>enough",
      "enough>may",
      "may>visit: enough",
      "may>note: else",
      "visit>whether",
      "whether>inspect: visits",
      "whether>review: else",
      "inspect>review",
      "review>agreed",
      "agreed>amount: approves",
      "agreed>note: else",
      "amount>pay",
      "pay>granted",
      "note>refused",
    ],
  });
}

/** Invented cases with the answers of registers and officials; inspectors are asked only where children are many. */
export function pastCases(count: number, seed = 5): PastCase[] {
  const random = createRandom(seed);
  return Array.from({ length: count }, (_, at): PastCase => {
    const children = random.whole(1, 5);
    const income = Math.round(Math.exp(random.normal(Math.log(9000), 0.5)));
    const inspected = children >= 4;
    return {
      at: Date.UTC(2026, 0, 5, 4) + at * 60_000,
      variables: { place: random.pick(["osh", "naryn", "talas"]) },
      answers: [
        { node: "ask", turn: 0, output: { income, children }, waited: 2000, worked: 0 },
        ...(inspected ? [{ node: "inspect", turn: 0, output: { found: true }, waited: 30 * HOUR, worked: 90 }] : []),
        { node: "review", turn: 0, output: { approves: random.next() < 0.95 }, waited: random.whole(1, 50) * HOUR, worked: 20 },
        { node: "pay", turn: 0, output: {}, waited: 1000, worked: 0 },
      ],
    };
  });
}

export { feel };
