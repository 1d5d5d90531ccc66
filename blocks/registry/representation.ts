import type { Actor } from "@kerege/kernel/actor";
import type { Represented, Represents } from "@kerege/kernel/asker";
import { languages, type Multilingual } from "@kerege/kernel/locale";
import type { Value, Values } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import type { Published } from "./registers.ts";

/** `mandates/<kind>.yaml`: where it stands in a register that somebody may act for somebody. */
export interface MandateDeclaration {
  mandate: "parent" | "guardian" | "director";
  of: "person" | "company";
  /** Body in whose name the register is asked. */
  body: string;
  ground: string;
  /** Its key is the number of the one acted for. */
  register: string;
  /** Fields with the PIN of the one who acts, each with the search that finds records by it. */
  holders: { field: string; search: string }[];
  /** First day on which it no longer holds: a day of the record, or so many years after it. */
  until?: { field: string; years?: number };
  /** Fields of the record, or of another register with the same key. */
  name: string[] | { register: string; fields: string[] };
}

/** What registers say of who may act for whom. Every look is a read under the declared ground, so the one it is about sees it. */
export function createRepresentation(
  mandates: MandateDeclaration[],
  { door, published, today }: { door: Pick<RegistryDoor, "read" | "search">; published: Published; today(): string },
): Represents {
  const actorOf = ({ body }: MandateDeclaration): Actor => ({ kind: "system", body, name: "mandates" });

  const nameOf = async (declared: MandateDeclaration, key: string, values: Values): Promise<Multilingual | undefined> => {
    const { name, ground } = declared;
    if (Array.isArray(name))
      return inLanguages(
        name.map((field) => [field]),
        values,
      );
    const { register, fields } = name;
    const { columnsOf } = published.register(register).expanded;
    const found = await door.read(actorOf(declared), { register, key, fields, ground });
    return (
      found &&
      inLanguages(
        fields.map((field) => columnsOf.get(field) ?? [field]),
        found.values,
      )
    );
  };

  const said = async (declared: MandateDeclaration, given: { key: string; values: Values }): Promise<Represented | undefined> => {
    const { mandate: kind, of } = declared;
    const until = untilOf(declared, given.values);
    if (until !== undefined && until <= today()) return undefined;
    const name = await nameOf(declared, given.key, given.values);
    // A company that stands in the register of companies no more is represented by nobody.
    return name && { kind, of, subject: given.key, name, ...(until !== undefined && { until }) };
  };

  return {
    async held(holder) {
      const found = await Promise.all(
        mandates.flatMap((declared) =>
          declared.holders.map(async ({ field, search }) => {
            const { register, ground } = declared;
            const asked = { register, ground, condition: search, values: { [field]: holder }, fields: fieldsOf(declared) };
            const { rows } = await door.search(actorOf(declared), asked);
            return Promise.all(rows.map((row) => said(declared, row)));
          }),
        ),
      );
      return found.flat().filter((one) => one !== undefined);
    },
    async holds({ kind, holder, subject }) {
      for (const declared of mandates.filter(({ mandate }) => mandate === kind)) {
        const { register, ground, holders } = declared;
        const fields = [...new Set([...fieldsOf(declared), ...holders.map(({ field }) => field)])];
        const found = await door.read(actorOf(declared), { register, key: subject, fields, ground });
        if (found && holders.some(({ field }) => found.values[field] === holder)) return said(declared, found);
      }
      return undefined;
    },
  };
}

/** Fields a look needs besides those of the holders. */
export function fieldsOf({ holders, until, name }: MandateDeclaration): string[] {
  const fields = [...(Array.isArray(name) ? name : []), ...(until ? [until.field] : [])];
  return fields.length > 0 ? fields : [holders[0]!.field];
}

/** Someone born on 29 February comes of age on 1 March: days are compared as text, and no other day stands between. */
function untilOf({ until }: MandateDeclaration, values: Values): string | undefined {
  const day: Value = until ? (values[until.field] ?? null) : null;
  if (until === undefined || typeof day !== "string") return undefined;
  return until.years === undefined ? day : `${String(Number(day.slice(0, 4)) + until.years).padStart(4, "0")}${day.slice(4)}`;
}

/** Fields one after another: one in several languages in each, in the first that is there where it is missing. */
function inLanguages(fields: string[][], values: Values): Multilingual {
  const textOf = (columns: string[], language: string) => {
    const own = columns.filter((column) => columns.length > 1 && column.endsWith(`_${language}`));
    return [...own, ...columns].map((column) => values[column]).find((one) => one != null) ?? "";
  };
  const named = (language: string) =>
    fields
      .map((columns) => textOf(columns, language))
      .join(" ")
      .trim();
  return Object.fromEntries(languages.map((language) => [language, named(language)])) as Multilingual;
}
