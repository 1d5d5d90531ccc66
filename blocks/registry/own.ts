import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import { ownSearch } from "./check-own.ts";
import type { Ground } from "./declaration.ts";
import type { Found, Page } from "./door.ts";
import type { Expanded } from "./expand.ts";
import { MINE, ownPlace } from "./own-keys.ts";
import type { Book } from "./pages/book.ts";
import { problem } from "./problems.ts";
import { isOwnKey, subjectFields } from "./read-entry.ts";

export type Person = Extract<Actor, { kind: "person" }>;

/** A register in which the person finds records about himself. */
export interface OwnRegister {
  register: Expanded;
  ground: Ground;
  /** Fields the ground lets the person see. */
  fields: string[];
  /** The record is found by the person's number. */
  keyed: boolean;
  /** Searches that find records by the person's number, each by its field. */
  searches: { field: string; search: string }[];
}

/** Registers that hold records about the person (or the company he acts for) and let him find them. */
export function ownRegisters(book: Book, actor: Person): OwnRegister[] {
  return book.registers.flatMap((one) => ownRegister(book, actor, one.register) ?? []);
}

/** @throws {Problem} `registry.not-found` where the person finds nothing of his own in it */
export function readOwnRegister(book: Book, actor: Person, name: string): OwnRegister {
  const found = book.has(name) ? ownRegister(book, actor, name) : undefined;
  if (!found) throw problem("not-found");
  return found;
}

function ownRegister(book: Book, actor: Person, name: string): OwnRegister | undefined {
  const register = book.register(name);
  const { declared } = register;
  const number = actor.behalf?.of === "company" ? "tin" : "pin";
  const about = subjectFields(declared).filter((field) => numberOf(book, register, field) === number);
  const keyed = isOwnKey(declared) && about.includes(declared.key);
  const searches = (declared.subjectFinds ? about : []).flatMap((field) => {
    const search = field === declared.key ? undefined : ownSearch(declared, field);
    return search === undefined ? [] : [{ field, search }];
  });
  if (!keyed && searches.length === 0) return undefined;
  const allowed = (ground: Ground) => searches.filter(({ search }) => ground.searches?.[name]?.includes(search));
  const [ground] = book
    .groundsFor(actor, { register: name })
    .filter((one) => one.readers.self && (keyed || allowed(one).length > 0))
    .sort((a, b) => allowed(b).length - allowed(a).length || fieldsOf(b).length - fieldsOf(a).length);
  return ground && { register, ground, fields: fieldsOf(ground), keyed, searches: allowed(ground) };

  function fieldsOf(one: Ground): string[] {
    return book.fieldsUnder(one, name);
  }
}

/** Whether a field names a person (`pin`) or a company (`tin`); through a reference, by the key it points at. */
function numberOf(book: Book, { declared }: Expanded, field: string): string {
  const { type, register } = declared.fields[field]!;
  if (type !== "reference" || !book.has(register ?? "")) return type;
  const target = book.register(register!).declared;
  return target.fields[target.key]!.type;
}

/** The key that an address of the person's own pages means. */
export function keyOf(book: Book, actor: Person, { own, name }: { own: OwnRegister; name: string }): string {
  if (own.keyed && name !== MINE) return "";
  return book.door.ownKey(actor, { register: own.register.declared.register, name });
}

/** How a record is named in an address of the person's own pages. */
export function nameOfOwn(book: Book, actor: Person, { own, key }: { own: OwnRegister; key: string }): string {
  return own.keyed ? MINE : book.addresses.name({ register: own.register.declared.register, key }, ownPlace(actor));
}

/** One of the person's own records. @throws {Problem} `registry.not-found` */
export async function readOwn(book: Book, actor: Person, { own, key }: { own: OwnRegister; key: string }): Promise<Found> {
  const { register, ground, fields } = own;
  const asked = { register: register.declared.register, key, fields, ground: ground.ground };
  const found = key === "" ? undefined : await book.door.read(actor, asked);
  if (!found) throw problem("not-found");
  return found;
}

/** The person's own records of a register, also those no longer in force, a page at a time: search after search. */
export async function listOwn(
  book: Book,
  actor: Person,
  { own, limit, after }: { own: OwnRegister; limit: number; after?: string },
): Promise<Page<Found>> {
  const { register, ground, fields, keyed, searches } = own;
  const name = register.declared.register;
  const rows = new Map<string, Found>();
  let [place, mark] = placeIn(after && book.addresses.markIn(after, ownPlace(actor)));
  if (keyed && after === undefined) {
    const key = wholeSubjectOf(actor);
    const found = await book.door.read(actor, { register: name, key, fields, ground: ground.ground });
    if (found) rows.set(key, found);
  }
  while (place < searches.length && rows.size < limit) {
    const { field, search } = searches[place]!;
    const page = await book.door.search(actor, {
      register: name,
      condition: search,
      values: { [field]: wholeSubjectOf(actor) },
      fields,
      ground: ground.ground,
      closed: true,
      limit: limit - rows.size,
      ...(mark !== "" && { after: mark }),
    });
    for (const row of page.rows) rows.set(row.key, row);
    [place, mark] = page.next === undefined ? [place + 1, ""] : [place, page.next];
  }
  const next = place < searches.length ? book.addresses.mark(`${place}.${mark}`, ownPlace(actor)) : undefined;
  return { rows: [...rows.values()], ...(next !== undefined && { next }) };
}

/** Number of the search and its own mark. */
function placeIn(after: string | undefined): [place: number, mark: string] {
  if (after === undefined) return [0, ""];
  const [, place = "", mark = ""] = /^(\d)\.([\w-]*)$/.exec(after) ?? [];
  if (place === "") throw problem("wrong-page-mark");
  return [Number(place), mark];
}
