import type { Actor } from "@kerege/kernel/actor";
import { languages } from "@kerege/kernel/locale";
import type { Found, RegistryDoor, Values } from "@kerege/registry";
import type { Plain } from "./declaration.ts";
import { type FactRead, type FactStates, type Settled, type Situation, settle } from "./situation.ts";

/** What a service needs of the registers. Examples give their own records behind the same door. */
export type Registers = Pick<RegistryDoor, "read" | "search">;

/** For whom and what a read is made; it is shown to the person the record is about. */
export interface ReadPurpose {
  actor: Actor;
  case?: string;
  service: string;
}

const MOST_FOUND = 20;
const MOST_ROUNDS = 8;

/** Reads what the situation needs, round by round: what does not depend on one another is read at the same time. */
export async function settleWith(registers: Registers, purpose: ReadPurpose, situation: Situation): Promise<Settled> {
  let settled = settle(situation);
  for (let round = 0; settled.reads.length > 0 && round < MOST_ROUNDS; round++) {
    const read = await Promise.all(settled.reads.map(async (one) => [one, await readFact(registers, purpose, one)] as const));
    const facts: FactStates = { ...settled.situation.facts };
    for (const [{ fact, by }, value] of read) facts[fact.name] = { by, value };
    settled = settle({ ...settled.situation, facts });
  }
  return settled;
}

async function readFact(registers: Registers, purpose: ReadPurpose, read: FactRead): Promise<Plain> {
  const { fact } = read;
  const { register, fields, ground } = fact.declaration;
  const common = { register, fields, ground, case: purpose.case, service: purpose.service };
  const record = (found: Found): Plain => ({ ...composed(fact, found.values), [fact.register.key]: found.key });
  if (read.kind === "one") {
    const found = await registers.read(purpose.actor, { ...common, key: read.key });
    return found ? record(found) : null;
  }
  if (read.kind === "many") {
    const all = await Promise.all(read.keys.map((key) => registers.read(purpose.actor, { ...common, key })));
    return all.filter((found) => found !== undefined).map(record);
  }
  const condition = fact.declaration.search!.condition;
  const page = await registers.search(purpose.actor, {
    ...common,
    condition,
    values: plainValues(read.values),
    limit: MOST_FOUND,
  });
  return page.rows.map(record);
}

/** A text in several languages is one value, as the pack speaks of it. */
function composed({ register, declaration }: FactRead["fact"], values: Values): Record<string, Plain> {
  const made: Record<string, Plain> = {};
  for (const field of declaration.fields) {
    if (register.fields[field]?.type === "multilingual")
      made[field] = Object.fromEntries(
        languages.flatMap((language) => {
          const text = values[`${field}_${language}`];
          return text == null ? [] : [[language, text]];
        }),
      );
    else made[field] = values[field] ?? null;
  }
  return made;
}

function plainValues(values: Record<string, Plain>) {
  const plain: Record<string, string | number | boolean | null> = {};
  for (const [name, value] of Object.entries(values)) plain[name] = typeof value === "object" ? null : value;
  return plain;
}
