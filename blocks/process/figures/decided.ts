import type { Plain } from "@kerege/kernel/feel";

/** The value by names, where it is one of JSON. */
export function fieldsOf(value: Plain | undefined): Readonly<Record<string, Plain>> | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  return Object.getPrototypeOf(value) === Object.prototype ? (value as Readonly<Record<string, Plain>>) : undefined;
}

/** Whether what was decided says no. */
export function isRefusal(value: Plain | undefined): boolean {
  const fields = fieldsOf(value);
  if (fields) return isRefusal(fields.outcome);
  return value === false || value === "refused" || value === "refuse";
}

/**
 * Rules a refusal rests on: by their ids, else their norm, else their number. A plain "no" that names no rule is an answer like any
 * other and refuses nothing.
 */
export function rulesOf(said: Readonly<Record<string, Plain>>): string[] {
  const { why, decision, value } = said;
  const rules = fieldsOf(why)?.rules;
  if (!Array.isArray(rules) || rules.length === 0) return value === false ? [] : [String(decision)];
  return (rules as readonly Plain[]).map((rule) => {
    const named = fieldsOf(rule);
    if (!named) return String(rule);
    // A rule of a table has a number there (decisions/bind.ts).
    if (typeof named.table === "string") return `${named.table} ${String(named.rule)}`;
    return String(named.rule ?? named.id ?? named.norm ?? decision);
  });
}
