import type { Plain } from "@kerege/kernel/feel";
import { fieldsOf } from "../figures/decided.ts";
import type { PastAnswer, PastCase, PastDecision, PastEnd } from "./past.ts";
import { type Column, type ColumnKind, openPast, type PastBlock, type PastRow, writePast } from "./past-file.ts";

/** Cases from which the columns of a file are found; what only later ones have goes into a column for the rest. */
const SAMPLE = 2000;
const REST = "rest";

/**
 * Writes past cases of a process into a file of columns. The order in which answers and decisions came is a text of few values, so that
 * a case costs a few bytes for each answer.
 */
export function writePastCases(
  file: string,
  about: Readonly<Record<string, Plain>>,
): { add(one: PastCase): void; close(): number } {
  let sample: PastRow[] | undefined = [];
  let writer: ReturnType<typeof writePast> | undefined;
  let kinds = new Map<string, ColumnKind>();
  const begin = () => {
    kinds = kindsOf(sample!);
    const columns: Column[] = [...kinds].map(([name, kind]) => ({ name, kind }));
    writer = writePast(file, { columns: [...columns, { name: REST, kind: "json" }], about });
    for (const row of sample!) writer.add(fitted(row, kinds));
    sample = undefined;
  };
  return {
    add(one) {
      const row = rowOf(one);
      if (writer) writer.add(fitted(row, kinds));
      else if (sample!.push(row) === SAMPLE) begin();
    },
    close() {
      if (!writer) begin();
      return writer!.close();
    },
  };
}

function kindsOf(rows: readonly PastRow[]): Map<string, ColumnKind> {
  const kinds = new Map<string, ColumnKind>();
  for (const row of rows)
    for (const name in row) {
      const kind = kindOf(row[name]);
      const known = kinds.get(name);
      if (kind !== undefined && kind !== known) kinds.set(name, known === undefined ? kind : "json");
    }
  return kinds;
}

function kindOf(value: Plain | undefined): ColumnKind | undefined {
  if (value === undefined || value === null) return undefined;
  if (typeof value === "string") return "text";
  if (typeof value === "number") return "number";
  return typeof value === "boolean" ? "yes" : "json";
}

/** What has no column of its kind goes into the rest. */
function fitted(row: PastRow, kinds: ReadonlyMap<string, ColumnKind>): PastRow {
  let rest: Record<string, Plain> | undefined;
  const made: Record<string, Plain | undefined> = {};
  for (const name in row) {
    const value = row[name];
    if (value === undefined) continue;
    const kind = kinds.get(name);
    if (kind === "json" || (kind !== undefined && (value === null || kindOf(value) === kind))) made[name] = value;
    else {
      rest ??= {};
      rest[name] = value;
    }
  }
  if (rest) made[REST] = rest;
  return made;
}

/** Columns: `at`, `v.<variable>`, `<n>.w|m|e|o.<field>` for the answer n of the path, `d<n>` and `d<n>.at` for its decisions, `c.*`. */
function rowOf({ at, variables, answers, told, came }: PastCase): PastRow {
  const row: Record<string, Plain | undefined> = { at };
  for (const name in variables) row[`v.${name}`] = variables[name];
  const path: unknown[] = answers.map(({ node, turn, output, error, unasked }) => [
    ...[node, turn, output ? 1 : 0, error === undefined ? 0 : 1],
    ...(unasked ? [1] : []),
  ]);
  answers.forEach(({ output, error, waited, worked }, index) => {
    row[`${index}.w`] = waited;
    if (worked !== 0) row[`${index}.m`] = worked;
    if (error !== undefined) row[`${index}.e`] = error;
    for (const name in output) row[`${index}.o.${name}`] = output[name];
  });
  const decided = came?.decided;
  decided?.forEach(({ at: when, value }, index) => {
    row[`d${index}`] = value;
    row[`d${index}.at`] = when - at;
  });
  row.path = JSON.stringify([path, decided ? decided.map(({ node, after }) => [node, after]) : null]);
  if (told) row.told = told as unknown as Plain;
  if (came) {
    row["c.outcome"] = came.outcome;
    row["c.amount"] = came.amount;
    row["c.days"] = came.days;
    if (came.rules.length > 0) row["c.rules"] = [...came.rules];
  }
  return row;
}

/** Reads them again, one after the other; memory holds one block. */
export function readPastCases(file: string): {
  about: Readonly<Record<string, Plain>>;
  cases(): Generator<PastCase>;
  close(): void;
} {
  const past = openPast(file);
  const names = past.header.columns.map(({ name }) => name);
  return {
    about: past.header.about,
    *cases() {
      for (const block of past.blocks()) {
        const read = blockReader(block, names);
        for (let row = 0; row < block.rows; row++) yield read(row);
      }
    },
    close: past.close,
  };
}

type Get = (row: number) => Plain | undefined;

/** How the cases of one path are read: worked out once for a block. */
interface PathPlan {
  answers: {
    node: string;
    turn: number;
    unasked: boolean;
    waited: Get;
    worked: Get;
    error: Get | undefined;
    output: [string, Get][] | undefined;
  }[];
  decided: { node: string; after: number; at: Get; value: Get }[] | undefined;
}

function blockReader(block: PastBlock, names: readonly string[]): (row: number) => PastCase {
  const rest = block.column(REST);
  const column = (name: string): Get => {
    const own = block.column(name);
    return (row) => own(row) ?? fromRest(rest(row), name, own(row));
  };
  const variables = names
    .filter((name) => name.startsWith("v."))
    .map((name): [string, Get] => [name.slice(2), block.column(name)]);
  const [at, path, told] = [column("at"), column("path"), column("told")];
  const [outcome, amount, days, rules] = ["outcome", "amount", "days", "rules"].map((name) => column(`c.${name}`)) as [
    Get,
    Get,
    Get,
    Get,
  ];
  const plans = new Map<string, PathPlan>();
  return (row) => {
    const text = path(row) as string;
    let plan = plans.get(text);
    if (!plan) {
      plan = planOf(text, names, column);
      plans.set(text, plan);
    }
    const begun = at(row) as number;
    const values: Record<string, Plain> = {};
    for (const [name, get] of variables) {
      const value = get(row);
      if (value !== undefined) values[name] = value;
    }
    const more = fieldsOf(rest(row));
    if (more) for (const name in more) if (name.startsWith("v.")) values[name.slice(2)] = more[name]!;
    const heard = told(row);
    const came = endOf({ outcome, amount, days, rules }, { row, plan, begun });
    return {
      at: begun,
      variables: values,
      answers: answersOf(plan, row, more),
      ...(heard !== undefined && { told: heard as unknown as NonNullable<PastCase["told"]> }),
      ...(came && { came }),
    };
  };
}

function fromRest(rest: Plain | undefined, name: string, own: Plain | undefined): Plain | undefined {
  return own === null ? null : (fieldsOf(rest)?.[name] ?? own);
}

function planOf(text: string, names: readonly string[], column: (name: string) => Get): PathPlan {
  const [answers, decided] = JSON.parse(text) as [[string, number, number, number, 1?][], [string, number][] | null];
  return {
    answers: answers.map(([node, turn, output, error, unasked], index) => {
      const prefix = `${index}.o.`;
      return {
        node,
        turn,
        waited: column(`${index}.w`),
        worked: column(`${index}.m`),
        unasked: unasked === 1,
        error: error === 1 ? column(`${index}.e`) : undefined,
        output:
          output === 1
            ? names
                .filter((name) => name.startsWith(prefix))
                .map((name): [string, Get] => [name.slice(prefix.length), column(name)])
            : undefined,
      };
    }),
    decided: decided?.map(([node, after], index) => ({ node, after, at: column(`d${index}.at`), value: column(`d${index}`) })),
  };
}

function answersOf(plan: PathPlan, row: number, rest: Readonly<Record<string, Plain>> | undefined): PastAnswer[] {
  const made: PastAnswer[] = [];
  for (let index = 0; index < plan.answers.length; index++) {
    const { node, turn, waited, worked, error, output, unasked } = plan.answers[index]!;
    let values: Record<string, Plain> | undefined;
    if (output) {
      values = {};
      for (const [name, get] of output) {
        const value = get(row);
        if (value !== undefined) values[name] = value;
      }
      const prefix = `${index}.o.`;
      if (rest) for (const name in rest) if (name.startsWith(prefix)) values[name.slice(prefix.length)] = rest[name]!;
    }
    const failed = error?.(row) as string | undefined;
    made.push({
      node,
      turn,
      waited: waited(row) as number,
      worked: (worked(row) as number | undefined) ?? 0,
      ...(values && { output: values }),
      ...(failed !== undefined && { error: failed }),
      ...(unasked && { unasked }),
    });
  }
  return made;
}

function endOf(
  columns: { outcome: Get; amount: Get; days: Get; rules: Get },
  { row, plan, begun }: { row: number; plan: PathPlan; begun: number },
): PastEnd | undefined {
  const outcome = columns.outcome(row);
  if (typeof outcome !== "string") return undefined;
  const decided = plan.decided?.map(
    ({ node, after, at, value }): PastDecision => ({
      node,
      after,
      at: begun + (at(row) as number),
      value: value(row)!,
    }),
  );
  return {
    outcome,
    amount: columns.amount(row) as number,
    days: columns.days(row) as number,
    rules: (columns.rules(row) as string[] | undefined) ?? NO_RULES,
    ...(decided && { decided }),
  };
}

const NO_RULES: readonly string[] = [];
