import type { Actor } from "@kerege/kernel/actor";
import type { Visit } from "@kerege/kernel/page";
import type { Ground, Values } from "../declaration.ts";
import type { Expanded } from "../expand.ts";
import { isOwnKey, subjectFields } from "../read-entry.ts";
import type { Book } from "./book.ts";
import { valueText } from "./values.tsx";

/** Most texts that a record is told by, and links of which the first that is there is followed; how far they are followed. */
const [MOST_TEXTS, MOST_LINKS, FARTHEST] = [5, 2, 2];

export interface Named {
  register: Expanded;
  key: string;
  values: Values;
}

interface Reader {
  book: Book;
  actor: Actor;
  visit: Visit;
  /** The ground the reader works under; what it lets him read of another register is read under it. */
  under: Ground | undefined;
}

/** Fields by which people tell a record from others, in the order of the declaration. */
export function tellingFields({ declared }: Expanded, allowed: string[]): string[] {
  const { fields, key } = declared;
  const about = subjectFields(declared);
  const shown = allowed.filter((name) => (name !== key || fields[name]!.type === "reference") && !about.includes(name));
  const of = (type: string) => shown.filter((name) => fields[name]!.type === type);
  // A person or a company is called by its name; where a name is one word of several, as in an address, all count.
  if (isOwnKey(declared) && of("name").length > 0) return of("name").slice(0, 3);
  const [title] = of("multilingual");
  if (title) return [title];
  const short = (name: string) => (fields[name]!.max ?? 0) <= 300 && ["code", "text", "name"].includes(fields[name]!.type);
  const links = of("reference")
    .filter((name) => fields[name]!.register !== declared.register)
    .slice(0, MOST_LINKS);
  return shown.filter((name) => short(name) || links.includes(name)).slice(0, MOST_TEXTS + MOST_LINKS);
}

/** The ground under which this reader may learn what a record of another register is called; none where a look would be a liberty. */
function groundFor({ book, actor, under }: Reader, target: Expanded): Ground | undefined {
  const { register } = target.declared;
  const grounds = book.groundsFor(actor, { register }).filter((one) => !one.breakGlass && !one.consent);
  const open = grounds.find((one) => one.readers.anyone);
  if (actor.kind === "person") return open ?? (target.declared.subject === undefined ? grounds[0] : undefined);
  const same = grounds.find((one) => one.ground === under?.ground);
  return same ?? open ?? grounds[0];
}

/** What a record is called in a few words; of references the first is followed. Nothing where it has no words. */
export async function recordName(
  reader: Reader,
  { register, values, fields: allowed, depth = 0 }: Named & { fields: string[]; depth?: number },
): Promise<string> {
  const { book, visit } = reader;
  const { fields } = register.declared;
  const telling = tellingFields(register, allowed).filter(
    (field) => (values[register.columnsOf.get(field)![0]!] ?? null) !== null,
  );
  const [link] = telling.filter((field) => fields[field]!.type === "reference");
  const texts = await Promise.all(
    telling.map(async (field) => {
      const declared = fields[field]!;
      if (declared.type !== "reference") return valueText({ book, visit, register, field, values });
      const held = values[field];
      if (typeof held !== "string" || field !== link || depth >= FARTHEST) return "";
      return (await nameOfKey(reader, { register: declared.register ?? "", key: held }, depth + 1)) ?? "";
    }),
  );
  const told = [...new Set(texts.filter(Boolean))].slice(0, MOST_TEXTS);
  return told.join(isOwnKey(register.declared) ? " " : ", ");
}

/** What the record under a key is called: it is read for that, and the read is written like any other. */
export async function nameOfKey(
  reader: Reader,
  { register: name, key }: { register: string; key: string },
  depth = 0,
): Promise<string | undefined> {
  const { book, actor } = reader;
  if (!book.has(name) || key === "") return undefined;
  const register = book.register(name);
  const ground = groundFor(reader, register);
  if (!ground) return undefined;
  const fields = tellingFields(register, book.fieldsUnder(ground, name));
  if (fields.length === 0) return undefined;
  const found = await book.door.read(actor, { register: name, key, fields, ground: ground.ground });
  return found && ((await recordName(reader, { register, ...found, fields, depth })) || undefined);
}

/** Names of the records that fields point at, by field. */
export async function namesOfLinks(
  reader: Reader,
  { register, values }: Named,
  fields: string[],
): Promise<Record<string, string>> {
  const found = await Promise.all(
    fields.map(async (field): Promise<[string, string][]> => {
      const { type, register: target = "" } = register.declared.fields[field]!;
      const held = values[field];
      if (type !== "reference" || typeof held !== "string") return [];
      const name = await nameOfKey(reader, { register: target, key: held });
      return name === undefined ? [] : [[field, name]];
    }),
  );
  return Object.fromEntries(found.flat());
}
