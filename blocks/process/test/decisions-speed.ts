import { evaluate, unaryTest } from "feelin";
import { checkDecisions } from "../decisions/check.ts";
import { type Decision, readDecisions } from "../decisions/decisions.ts";
import { fileXml, literalXml, type TableText, tableXml } from "./decisions-files.ts";

/** How fast decisions are, in evaluations for each second of one processor (user and system time). Writes JSON. */
const REGIONS = ["a", "b", "c", "d"];
const rules = Array.from({ length: 20 }, (_, index) => {
  const band = Math.floor(index / 4);
  return [
    `[${band * 1000}.50..${(band + 1) * 1000}.50)`,
    band % 2 === 0 ? "<= 5" : "> 3",
    `"${REGIONS[index % 4]}"`,
    `${band * 10 + index}.25`,
  ];
});
const table: TableText = {
  hitPolicy: "FIRST",
  inputs: [
    { text: "income", type: "number" },
    { text: "members", type: "number" },
    { text: "region", type: "string" },
  ],
  outputs: [{ type: "number" }],
  rules,
};
const inputs = { income: "number", members: "number", region: "string" };
const needs = Object.keys(inputs);
const file = fileXml({
  inputs,
  decisions: {
    amount: { needs, logic: tableXml(table), type: "number" },
    supplement: { needs: ["members"], logic: literalXml("if members > 3 then 100.50 * (members - 3) else 0"), type: "number" },
    total: { needs: ["amount", "supplement"], logic: literalXml("amount + supplement"), type: "number" },
  },
});
const facts = Array.from({ length: 1000 }, (_, index) => ({
  income: ((index * 7919) % 5000) + 0.25,
  members: index % 9,
  region: REGIONS[index % 4]!,
}));
const moment = { now: new Date(Date.UTC(2026, 10, 22)), zone: "Asia/Bishkek" };

function find(name: string): Decision {
  const read = readDecisions(file);
  if (!read.ok) throw new TypeError(JSON.stringify(read.faults));
  return read.decisions.decision(name)!;
}

/** Times a second of one processor, the median of some rounds. */
function rate(times: number, work: (index: number) => void): number {
  const rounds = Array.from({ length: 5 }, () => {
    const before = process.cpuUsage();
    for (let index = 0; index < times; index += 1) work(index);
    const { user, system } = process.cpuUsage(before);
    return (times / (user + system)) * 1e6;
  });
  return rounds.sort((a, b) => a - b)[2]!;
}

const amount = find("amount");
const total = find("total");
const kept: { value: unknown } = { value: null };
const ours = (decision: Decision) => (index: number) => {
  kept.value = decision.evaluate(facts[index % 1000]!, moment);
};
/** The same table cell by cell, each text evaluated as it stands. */
const theirs = (index: number): void => {
  const { income, members, region } = facts[index % 1000]!;
  const row = rules.find(
    ([a, b, c]) => unaryTest(a!, { "?": income }) && unaryTest(b!, { "?": members }) && unaryTest(c!, { "?": region }),
  );
  kept.value = row ? evaluate(row[3]!) : null;
};
const wide = fileXml({
  inputs: { age: "number" },
  decisions: {
    outcome: {
      needs: ["age"],
      logic: tableXml({
        inputs: [{ text: "age", type: "number" }],
        outputs: [{}],
        rules: [
          ["< 0", "0"],
          ...Array.from({ length: 998 }, (_, index) => [`[${index}..${index + 1})`, String(index)]),
          [">= 998", "0"],
        ],
      }),
    },
  },
});
const checking = rate(1, () => {
  kept.value = checkDecisions(wide).length;
});
const figures = {
  table: rate(400_000, ours(amount)),
  three: rate(200_000, ours(total)),
  explained: rate(20_000, (index) => {
    kept.value = amount.follow(facts[index % 1000]!, moment);
  }),
  feelin: rate(30, theirs),
  check: 1 / checking,
};
process.stdout.write(`${JSON.stringify(figures)}\n`);
