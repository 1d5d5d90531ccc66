/** One line a case: an expression and the text of its value. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { compileExpression, type Facts, printValue, type Shapes } from "../index.ts";

export const shapes: Shapes = {
  person: {
    age: "number",
    born_on: "date",
    "full name": "string",
    married: "boolean",
    registered_at: "date and time",
    children: [{ name: "string", age: "number" }],
  },
  income: "number",
  "monthly fee": "number",
  list: ["number"],
  words: ["string"],
  x: "any",
  nothing: "any",
};

export const facts: Facts = {
  person: {
    age: 30,
    born_on: "1990-03-15",
    "full name": "Айгүл Токтогулова",
    married: false,
    registered_at: "2026-11-22T09:30:00+06:00",
    children: [
      { name: "Бакыт", age: 3 },
      { name: "Чынара", age: 20 },
    ],
  },
  income: "29999.99",
  "monthly fee": "100.10",
  list: [3, 1, 2],
  words: ["a", "b"],
  x: { a: 1, "b-c": 2, deep: { deeper: [1, { y: 5 }] } },
  nothing: null,
};

export type Case = readonly [expression: string, wanted: string];

/** The text of the value of an expression over the facts above, or the codes of its faults. */
export function outcome(expression: string): string {
  const compiled = compileExpression(expression, { names: shapes });
  if (!compiled.ok) return `fault: ${compiled.faults.map((fault) => fault.code).join(", ")}`;
  return printValue(compiled.evaluate(facts), true);
}

export function checkCases(group: string, cases: readonly Case[]): void {
  for (const [expression, wanted] of cases) {
    test(`${group}: ${expression} is ${wanted}`, () => assert.equal(outcome(expression), wanted));
  }
}
