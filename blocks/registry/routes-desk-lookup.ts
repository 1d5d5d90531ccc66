import type { RegisterField } from "./declaration.ts";
import type { Expanded } from "./expand.ts";
import type { Book } from "./pages/book.ts";
import { FIND, KEY_FIELD, type LookupView } from "./pages/lookup.tsx";
import { nameOfKey } from "./pages/naming.ts";
import { INPUT, type Typed } from "./pages/typed.ts";
import type { Desk } from "./routes-desk-visit.ts";
import { withFound } from "./routes-pages-search.ts";

/** Most records shown to choose from; whoever needs more says more of what is looked for. */
const MOST_FOUND = 20;

interface Form {
  desk: Desk;
  register: Expanded;
  /** Fields of the form; the key of a new record stands among them as `KEY_FIELD`. */
  fields: string[];
  typed: Typed;
}

const fieldOf = ({ declared }: Expanded, name: string): RegisterField =>
  declared.fields[name === KEY_FIELD ? declared.key : name]!;

/** Name of the input that holds the key of another record. */
const inputName = (field: string) => (field === KEY_FIELD ? "key" : `${INPUT}${field}`);

/** Searches by which this official may look for the record of another register. */
function searchesOf(book: Book, { actor }: Desk, target: string): string[] {
  if (!book.has(target)) return [];
  return Object.keys(book.register(target).declared.search).filter((name) => groundsOf(book, actor, { target, name }).length > 0);
}

/** A look for a form is no danger to life. */
function groundsOf(book: Book, actor: Desk["actor"], { target, name }: { target: string; name: string }) {
  return book.groundsFor(actor, { register: target, condition: name }).filter((ground) => !ground.breakGlass);
}

/** Fields of a form that hold the key of another record which may be looked for, each with its searches. */
export function lookupFields(book: Book, { desk, register, fields }: Form): Map<string, string[]> {
  return new Map(
    fields.flatMap((name): [string, string[]][] => {
      const { type, register: target = "" } = fieldOf(register, name);
      const searches = type === "reference" ? searchesOf(book, desk, target) : [];
      return searches.length > 0 ? [[name, searches]] : [];
    }),
  );
}

/**
 * What a button of the form said about looking: `find:<field>`, `find:<field>:<search>`, `look`, `choose:<key>`, `close`. Gives what
 * then stands in the form; nothing where the button was another.
 */
export function afterLookup(typed: Typed): Typed | undefined {
  const { do: said = "", ...rest } = typed;
  const [, field, search] = /^find:(@key|[a-z][a-z0-9_]*)(?::([a-z][a-z0-9_]*))?$/.exec(said) ?? [];
  if (field !== undefined) {
    const same = rest.find === field;
    const kept = same ? rest : Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(FIND)));
    return { ...kept, find: field, find_search: search ?? "", find_ask: "" };
  }
  if (said === "look") return { ...rest, find_ask: "yes" };
  if (said !== "close" && !said.startsWith("choose:")) return undefined;
  const open = Object.fromEntries(Object.entries(rest).filter(([name]) => !name.startsWith(FIND) && !name.startsWith("find")));
  return said === "close" ? open : { ...open, [inputName(rest.find ?? "")]: said.slice("choose:".length) };
}

/** The search within the form that is open, with what it found; nothing where none is. */
export async function lookupOf(book: Book, form: Form): Promise<LookupView | undefined> {
  const { desk, register, typed } = form;
  const field = typed.find ?? "";
  const names = lookupFields(book, form).get(field);
  if (!names) return undefined;
  const target = book.register(fieldOf(register, field).register!);
  const name = names.find((one) => one === typed.find_search) ?? names[0]!;
  const grounds = groundsOf(book, desk.actor, { target: target.declared.register, name });
  const ground = grounds.find((one) => one.ground === typed.find_ground) ?? grounds[0]!;
  const asked: Typed = { ground: ground.ground };
  for (const [input, text] of Object.entries(typed))
    if (input.startsWith(FIND)) asked[`${INPUT}${input.slice(FIND.length)}`] = text;
  const view = {
    book,
    visit: desk.visit,
    register: target,
    name,
    condition: target.declared.search[name]!,
    grounds,
    ground,
    typed: asked,
    form: { action: "", method: "post" as const },
    hrefOf: () => "",
    nextOf: () => "",
  };
  if (typed.find_ask !== "yes") return { field, names, view };
  return { field, names, view: await withFound(view, { actor: desk.actor, limit: MOST_FOUND }) };
}

/**
 * What the records are called that the form names, by field. A name found once is handed on with the form, so that looking at the
 * form again is no new reading of the record.
 */
export async function namesIn(book: Book, form: Form): Promise<Record<string, string>> {
  const { desk, register, fields, typed } = form;
  const { actor, visit } = desk;
  const under = book.ground(typed.ground ?? "");
  const found = await Promise.all(
    fields.map(async (field): Promise<[string, string][]> => {
      const { type, register: target = "" } = fieldOf(register, field);
      const key = (typed[inputName(field)] ?? "").replaceAll(/[\s\u00a0]/g, "");
      if (type !== "reference" || key === "") return [];
      const kept = typed[`n.${field}`] ?? "";
      if (kept.startsWith(`${key} `)) return [[field, kept.slice(key.length + 1)]];
      const name = await nameOfKey({ book, actor, visit, under }, { register: target, key });
      return name === undefined ? [] : [[field, name]];
    }),
  );
  return Object.fromEntries(found.flat());
}
