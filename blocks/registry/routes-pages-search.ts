import type { Actor } from "@kerege/kernel/actor";
import type { Visit } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type { SearchCondition, Values } from "./declaration.ts";
import type { Expanded } from "./expand.ts";
import { toMinor } from "./field-types-parts.ts";
import type { Book } from "./pages/book.ts";
import { asRefusal } from "./pages/frame.tsx";
import { type SearchView, searchFields } from "./pages/search.tsx";
import { INPUT, readFields, type Typed } from "./pages/typed.ts";
import { problem } from "./problems.ts";

const MOST_COLUMNS = 6;

/** The search that a page is asked for, with what it found where somebody asked it to search. */
export async function answerSearch(
  book: Book,
  given: {
    actor: Actor;
    visit: Visit;
    register: Expanded;
    /** Names of the searches this reader may use. */
    names: string[];
    typed: Typed;
    asks: boolean;
    form: SearchView["form"];
    /** Address of a record that was found under a ground. */
    hrefOf(key: string, ground: string): string;
    /** Address of the page behind this one. */
    nextOf(mark: string, ground: string): string;
  },
): Promise<SearchView> {
  const { actor, visit, register, names, typed, asks, form } = given;
  const name = typed.search ?? names[0] ?? "";
  const condition = names.includes(name) ? register.declared.search[name] : undefined;
  if (!condition) throw kernelProblem("not-found");
  const grounds = book.groundsFor(actor, { register: register.declared.register, condition: name });
  const ground = grounds.find((one) => one.ground === typed.ground) ?? (typed.ground ? undefined : grounds[0]);
  if (!ground) throw kernelProblem("not-found");
  const view: SearchView = {
    book,
    visit,
    register,
    name,
    condition,
    grounds,
    ground,
    typed,
    form,
    hrefOf: (key) => given.hrefOf(key, ground.ground),
    nextOf: (mark) => given.nextOf(mark, ground.ground),
  };
  return asks ? withFound(view, { actor }) : view;
}

/** Searches with what stands in a view, and adds what was found or why nothing was. */
export async function withFound(view: SearchView, { actor, limit }: { actor: Actor; limit?: number }): Promise<SearchView> {
  const { book, visit, register, name, condition, ground, typed } = view;
  if (!ground) throw kernelProblem("not-found");
  const read = readSearch(book, register, { condition, typed, language: visit.language });
  if (read.faults.length > 0)
    return { ...view, choices: read.choices, refused: problem("wrong-search", { fields: read.faults }) };
  const fields = columnsOf(register, condition, book.fieldsUnder(ground, register.declared.register));
  try {
    const page = await book.door.search(actor, {
      register: register.declared.register,
      condition: name,
      values: read.values,
      fields,
      ground: ground.ground,
      ...(limit !== undefined && { limit }),
      ...(typed.reason && { reason: typed.reason }),
      ...(typed.after && { after: typed.after }),
    });
    return { ...view, found: { page, fields } };
  } catch (error) {
    return { ...view, refused: asRefusal(error) };
  }
}

/** Only what tells records apart is read for a list: the key, what was searched by, and a few fields more. */
function columnsOf(register: Expanded, condition: SearchCondition, allowed: string[]): string[] {
  const { key, fields } = register.declared;
  const wanted = [key, ...searchFields(condition).map(({ name }) => name), ...(condition.order ?? []), ...Object.keys(fields)];
  const plain = (name: string) => !["geometry", "file"].includes(fields[name]?.type ?? "geometry");
  return [...new Set(wanted)].filter((name) => allowed.includes(name) && plain(name)).slice(0, MOST_COLUMNS);
}

function readSearch(
  book: Book,
  register: Expanded,
  given: { condition: SearchCondition; typed: Typed; language: Visit["language"] },
) {
  const { condition, typed } = given;
  const values: Values = {};
  const read = readFields(book, register, { ...given, fields: [] });
  for (const { name, end, must } of searchFields(condition)) {
    const field = register.declared.fields[name] ?? register.flat.fields[name]!;
    const input = `${INPUT}${name}${end ? `_${end}` : ""}`;
    const text = typed[input] ?? "";
    const column = `${name}${end ? `_${end}` : ""}`;
    if (text === "") {
      if (must) read.faults.push({ pointer: `/values/${column}`, key: "registry.fields.required" });
      continue;
    }
    if (condition.within === name || condition.prefix === name) {
      values[column] = text;
      continue;
    }
    const flat = { ...register, declared: { ...register.declared, fields: { [name]: { ...field, scripts: [] } } } };
    const one = readFields(book, flat, { fields: [name], typed: { [`${INPUT}${name}`]: text }, language: given.language });
    read.faults.push(...one.faults);
    Object.assign(read.choices, one.choices);
    const value = field.type === "money" ? moneyOf(book, text) : one.given[name];
    if (value === null || value === undefined) continue;
    if (typeof value === "object") continue;
    values[column] = end === "until" ? behind(value) : value;
  }
  const { range } = condition;
  const alone = range && !condition.exact && !condition.fuzzy && !condition.prefix;
  if (alone && values[`${range}_from`] === undefined && values[`${range}_until`] === undefined)
    read.faults.push({ pointer: `/values/${range}_from`, key: "registry.fields.required" });
  return { values, faults: read.faults, choices: read.choices };
}

function moneyOf(book: Book, text: string): number | undefined {
  return toMinor(text.replaceAll(/[\s\u00a0]/g, "").replace(",", "."), book.means.country.currency);
}

/** People name the last day they mean, the search the first it does not: the day after, the number after. */
function behind(value: string | number | boolean): string | number | boolean {
  if (typeof value === "number") return value + 1;
  if (typeof value === "boolean" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  const time = Date.parse(`${value}T00:00:00Z`);
  return Number.isNaN(time) ? value : new Date(time + 86_400_000).toISOString().slice(0, 10);
}
