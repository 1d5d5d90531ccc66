import { NO_CELL, stretchesOf } from "./box-cells.ts";
import type { SearchCondition, Value, Values } from "./declaration.ts";
import type { Box } from "./geometry.ts";
import { spellingOf } from "./name-forms.ts";
import { boxColumns, type CompiledRegister, cellColumn, literal, quote, searchOrder, unquote } from "./store-sql.ts";
import { aboutColumn, type ReadShape, selected, visible } from "./store-sql-read.ts";

/** One question to a declared search. */
export interface SearchAsk {
  condition: SearchCondition;
  values: Values;
  own: string | null;
  body: string | null;
  system: string | null;
  today: string;
  limit: number;
  /** Also records in a closed state. */
  closed: boolean;
  /** Place of the last row of the page before, as `placeLength` says. */
  after?: (string | null)[];
  /** Stretches of cells of a search by box that this statement looks into. */
  stretches?: [from: number, until: number][];
  /** Names near to what was typed: for each fuzzy field that was given, a list as long as `distances`. */
  names?: { fields: string[]; lists: string[][]; distances: number[] };
}

/** How many values the place of a row has. */
export function placeLength(register: CompiledRegister, condition: SearchCondition): number {
  return searchOrder(register, condition).length + (condition.fuzzy ? 1 : 0);
}

/**
 * The statement of a page of a declared search. Only what was asked stands in it, every value is a parameter, and what this reader
 * may not see is as good as not there: the page is as long as the limit of what he may see.
 */
export function buildSearch(shape: ReadShape, ask: SearchAsk): { text: string; values: unknown[] } {
  const { register, fields } = shape;
  const { declaration } = register;
  const { condition } = ask;
  const values: unknown[] = [];
  const given = (value: unknown, type: string) => `$${values.push(value)}::${type}`;
  const column = (field: string) => register.columns.find((one) => one.field === field)!;
  const value = (field: string, raw: Value) =>
    given(raw === null ? null : (column(field).encode?.(raw) ?? raw), column(field).sqlType);
  const where = ["t.ended_on is null"];
  const closed = Object.entries(declaration.states ?? {}).filter(([, state]) => state.closed);
  if (closed.length > 0 && !ask.closed)
    where.push(`(t.state is null or t.state not in (${closed.map(([name]) => literal(name)).join(", ")}))`);
  for (const field of condition.exact ?? []) where.push(`t.${quote(field)} = ${value(field, ask.values[field] ?? null)}`);
  if (condition.prefix) {
    const from = spellingOf(String(ask.values[condition.prefix] ?? ""));
    const spelt = `t.${quote(`${condition.prefix}_key`)}`;
    where.push(`${spelt} >= ${given(from, "text")} and ${spelt} < ${given(`${from}\u{10ffff}`, "text")}`);
  }
  const { range } = condition;
  if (range) {
    const [from, until] = [ask.values[`${range}_from`] ?? null, ask.values[`${range}_until`] ?? null];
    if (from !== null) where.push(`t.${quote(range)} >= ${value(range, from)}`);
    if (until !== null) where.push(`t.${quote(range)} < ${value(range, until)}`);
  }
  if (condition.within) {
    const { west, south, east, north } = boxAsked(ask);
    const side = (name: string) => `t.${quote(`${condition.within}_${name}`)}`;
    where.push(`${side("west")} <= ${given(east, "float8")} and ${side("east")} >= ${given(west, "float8")}`);
    where.push(`${side("south")} <= ${given(north, "float8")} and ${side("north")} >= ${given(south, "float8")}`);
  }
  const asked = {
    own: given(ask.own, "text"),
    body: given(ask.body, "text"),
    system: given(ask.system, "text"),
    day: given(ask.today, "date"),
  };
  where.push(...visible(shape, { row: "t", asked }));
  const places = searchOrder(register, condition).map((name) => placeOf(register, condition, unquote(name)));
  let from = `${register.table} t`;
  if (ask.names) {
    const { names } = ask;
    const lists = names.lists.map((list) => given(list, "text[]"));
    const spelt = names.fields.map((field, index) => `t.${quote(`${field}_key`)} = n.n${index}`);
    from = `unnest(${lists.join(", ")}, ${given(names.distances, "int[]")}) as n(${lists.map((_, index) => `n${index}`).join(", ")}, distance)
      join ${register.table} t on ${spelt.join(" and ")}`;
  }
  if (condition.fuzzy) places.unshift({ column: "n.distance", type: "int", nullable: false });
  if (ask.after)
    where.push(
      behind(
        places.map((place, index) => ({
          ...place,
          mark: given(ask.after![index], place.type),
          empty: ask.after![index] === null,
        })),
      ),
    );
  const order = places.map((place) => place.column).join(", ");
  const limit = given(ask.limit, "int");
  if (condition.within) {
    // Each stretch of cells is walked in the order of the result and no farther than a page: however much lies in the box.
    const cell = `t.${cellColumn(condition.within)}`;
    const stretches = ask.stretches ?? stretchesAsked(ask);
    const [froms, untils] = [0, 1].map((end) =>
      given(
        stretches.map((stretch) => stretch[end]),
        "int8[]",
      ),
    );
    from = `unnest(${froms}, ${untils}) as s(first, last) cross join lateral (select t.* from ${register.table} t
      where ${cell} >= s.first and ${cell} <= s.last and ${where.join(" and ")} order by ${order} limit ${limit}) t`;
    where.length = 0;
  }
  return {
    // Named once, so that the type of each is known where no condition uses it.
    text: `with given as (select ${asked.own}, ${asked.body}, ${asked.system}, ${asked.day})
      select t.${quote(declaration.key)} as key, t.version, t.valid_from, t.recorded_at, t.state${selected("t", fields)}${aboutColumn(register, "t")},
      array[${places.map((place) => `${place.column}::text`).join(", ")}] as place
      from ${from}${where.length > 0 ? ` where ${where.join(" and ")}` : ""} order by ${order} limit ${limit}`,
    values,
  };
}

/** Where on the curve of cells the rest of a search by box lies, in the order of the result. */
export function stretchesAsked(ask: SearchAsk): [from: number, until: number][] {
  const first = ask.after ? Number(ask.after[0]) : NO_CELL;
  return stretchesOf(boxAsked(ask)).filter(([, until]) => until >= first);
}

/** The box asked for, in degrees; a search without one or with a wrong one does not come here. */
function boxAsked({ condition, values }: SearchAsk): Box {
  const [west = 0, south = 0, east = 0, north = 0] = String(values[condition.within!]).split(",").map(Number);
  return { west, south, east, north };
}

interface Place {
  column: string;
  type: string;
  nullable: boolean;
}

function placeOf(register: CompiledRegister, condition: SearchCondition, name: string): Place {
  const field = register.columns.find((column) => column.field === name);
  const declared = register.declaration.fields[name];
  // What lies in a box has a shape.
  if (condition.within && boxColumns(condition.within).includes(name))
    return { column: `t.${quote(name)}`, type: field?.sqlType ?? "int8", nullable: false };
  const required = declared?.required === true || name === register.declaration.key;
  return { column: `t.${quote(name)}`, type: field?.sqlType ?? "text", nullable: !required };
}

/** Rows behind a mark in the order of the columns, empty ones last. Where none can be empty the comparison of rows uses the index. */
function behind(places: (Place & { mark: string; empty: boolean })[]): string {
  if (places.every((place) => !place.nullable))
    return `(${places.map((place) => place.column).join(", ")}) > (${places.map((place) => place.mark).join(", ")})`;
  const ways = places.map((place, index) => {
    const same = places
      .slice(0, index)
      .map((one) => (one.empty ? `(${one.mark} is null and ${one.column} is null)` : `${one.column} = ${one.mark}`));
    // The mark stands in every way, so that its type is known.
    const after = place.empty
      ? `${place.mark} is not null`
      : `(${place.column} > ${place.mark}${place.nullable ? ` or ${place.column} is null` : ""})`;
    return `(${[...same, after].join(" and ")})`;
  });
  return `(${ways.join(" or ")})`;
}
