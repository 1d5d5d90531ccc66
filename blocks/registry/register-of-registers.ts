import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { type Language, languages, type Multilingual, type Texts } from "@kerege/kernel/locale";
import type { Agreement, Ground, RegisterDeclaration, Value, Values } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import { expand } from "./expand.ts";
import { hashOf } from "./plan.ts";
import { keysOfRegister } from "./store-passports.ts";
import { findCurrent } from "./store-record.ts";
import { compileRegister } from "./store-sql.ts";
import { accessTable, accessWords } from "./who.ts";

/** What is told of a register, by name: `passport` of the schema of `register-of-registers.yaml`. */
export const passportFacts = {
  title: "multilingual",
  content: "multilingual",
  owner: "text",
  law: "multilingual",
  fields: "multilingual",
  access: "multilingual",
  openness: "text",
  personal: "boolean",
  records: "integer",
  declaration: "text",
} as const;
export type PassportFact = keyof typeof passportFacts;
type Facts = Record<PassportFact, Multilingual | Value>;

/** `register-of-registers.yaml` of a pack: the register whose records are the registers themselves (base resource of art. 21.3 of the law). */
export interface PassportsDeclaration {
  register: string;
  /** The event that makes a record, the one that sets its facts anew, and the one for a register that is declared no more. */
  events: { entry: string; change: string; closing?: string };
  /** Field for each fact that is wanted. */
  passport: Partial<Record<PassportFact, string>>;
}

export interface PassportNeeds {
  passports: PassportsDeclaration;
  registers: RegisterDeclaration[];
  grounds: Ground[];
  agreements: Agreement[];
  bodyName(code: string, language: Language): string | undefined;
  door: Pick<RegistryDoor, "record" | "count">;
}

/** What a declaration and the grounds say of a register, in words. */
export function factsOf(
  register: RegisterDeclaration,
  given: Pick<PassportNeeds, "grounds" | "agreements" | "bodyName"> & { texts: Texts; records: number },
): Facts {
  const { texts, grounds, agreements } = given;
  const inAll = (say: (language: Language) => string) =>
    Object.fromEntries(languages.map((language) => [language, say(language)])) as Multilingual;
  const declared = Object.entries(register.fields);
  const rows = accessTable(register, grounds, agreements);
  const open = new Set(rows.filter(({ reader }) => reader.kind === "anyone").flatMap(({ fields }) => fields));
  const all = declared.filter(([name]) => open.has(name)).length;
  return {
    title: register.title,
    content: register.about ?? null,
    owner: register.owner,
    law: inAll((language) =>
      register.law
        .map(({ act, article }) =>
          article === undefined
            ? act[language]
            : texts.translate(language, "registry.who.article", { act: act[language], article }),
        )
        .join("; "),
    ),
    fields: inAll((language) => declared.map(([, field]) => field.title[language]).join("; ")),
    access: inAll((language) => {
      const words = { texts, language, bodyName: (code: string) => given.bodyName(code, language) ?? code };
      const told = accessWords(register, rows, words).map(([title, reader, , , , law]) => `${title}: ${reader} (${law})`);
      return told.length > 0 ? [...new Set(told)].join("; ") : texts.translate(language, "registry.who.nobody");
    }),
    openness: all === 0 ? "closed" : all === declared.length ? "open" : "partly",
    personal: declared.some(([, field]) => ["personal", "special", "biometric"].includes(field.class)),
    records: given.records,
    declaration: hashOf(register),
  };
}

/**
 * Keeps the register of registers equal to what is declared. An event is recorded only where something differs: a new register, other
 * words or law, other grounds, another number of records, a register that is declared no more. Gives the number of events.
 */
export function createPassports(means: Means, needs: PassportNeeds): { refresh(how?: { count: boolean }): Promise<number> } {
  const { passports, registers, door } = needs;
  const own = registers.find(({ register }) => register === passports.register);
  if (!own) return { refresh: async () => 0 };
  const compiled = compileRegister(own);
  const { flat, columnsOf } = expand(own);
  const keeper: Actor = { kind: "system", body: own.owner, name: "register-of-registers" };

  /** Facts as columns, each no longer than its field takes. */
  const valuesOf = (facts: Facts): Values => {
    const values: Values = {};
    for (const [fact, field] of Object.entries(passports.passport) as [PassportFact, string][]) {
      const told = facts[fact];
      if (typeof told === "object" && told !== null)
        for (const language of languages)
          values[`${field}_${language}`] = shorten(told[language], flat.fields[`${field}_${language}`]?.max);
      else for (const column of columnsOf.get(field) ?? [field]) values[column] = told;
    }
    return values;
  };

  const record = (key: string, given: { event: string; values: Values; version: number; print: string }) => {
    const { event, values, version, print } = given;
    // Two processes that see the same thing say the same act, and it is recorded once.
    const act = actOf([passports.register, key, event, String(version), JSON.stringify(Object.entries(values).sort())]);
    const validFrom = dayOf(means.clock.now(), means.country.timeZone);
    return door.record(keeper, {
      register: passports.register,
      event,
      act,
      key,
      values,
      validFrom,
      document: `SHA-256 ${print}`,
      ...(version > 0 && { version }),
    });
  };

  return {
    // Counting millions takes seconds, so that a start leaves it to the job that follows it.
    async refresh({ count } = { count: true }) {
      const known = await keysOfRegister(means.database, compiled);
      const names = registers.map(({ register }) => register);
      const current = await findCurrent(means.database, compiled, [...new Set([...known, ...names])]);
      const { entry, change, closing } = passports.events;
      const closed = (state: string | null) => state !== null && own.states?.[state]?.closed === true;
      let events = 0;
      for (const register of registers) {
        const row = current.get(register.register);
        const held = Number(row?.values[passports.passport.records ?? ""] ?? 0);
        const records = count ? await door.count(register.register) : held;
        const values = valuesOf(factsOf(register, { ...needs, texts: means.texts, records }));
        const same =
          row && !closed(row.state) && Object.entries(values).every(([column, value]) => (row.values[column] ?? null) === value);
        if (same) continue;
        const print = hashOf(register);
        await record(register.register, { event: row ? change : entry, values, version: row?.version ?? 0, print });
        events++;
      }
      for (const [key, row] of current) {
        if (closing === undefined || names.includes(key) || closed(row.state)) continue;
        await record(key, { event: closing, values: {}, version: row.version, print: hashOf(undefined) });
        events++;
      }
      return events;
    },
  };
}

function shorten(text: string, max = 300): string {
  return text.length <= max ? text : `${text.slice(0, max - 1)}…`;
}

/** UUID version 8, RFC 9562, 5.8. */
function actOf(parts: string[]): string {
  const hex = createHash("sha256").update(parts.join("\0")).digest("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-a${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
