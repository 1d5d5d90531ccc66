import type { Actor } from "@kerege/kernel/actor";
import { type Queryable, sql } from "@kerege/kernel/database";
import type { Ground } from "./declaration.ts";
import type { Consent } from "./door.ts";
import { subjectFields, systemOf } from "./read-entry.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";
import { agreed } from "./store-sql-read.ts";

interface ConsentRow {
  subject: string;
  id: string;
  ground: string;
  reader: string;
  given_at: Date;
  system: string | null;
  until: string | null;
  withdrawn_at: Date | null;
}

const toConsent = (row: ConsentRow): Consent => ({
  id: row.id,
  ground: row.ground,
  reader: row.reader,
  system: row.system,
  givenAt: row.given_at,
  until: row.until,
  withdrawnAt: row.withdrawn_at,
});

export async function addConsent(
  on: Queryable,
  given: { subject: string; id: string; ground: string; reader: string; system?: string; at: Date; until?: string },
) {
  await on.run(sql`insert into registry.consent (subject, id, ground, reader, system, given_at, until)
    values (${given.subject}, ${given.id}, ${given.ground}, ${given.reader}, ${given.system ?? null}, ${given.at}, ${given.until ?? null})`);
}

/** False where there is no such consent in force. */
export async function withdrawConsent(on: Queryable, given: { subject: string; id: string; at: Date }): Promise<boolean> {
  const changed = await on.run(
    sql`update registry.consent set withdrawn_at = ${given.at} where subject = ${given.subject} and id = ${given.id}::uuid and withdrawn_at is null`,
  );
  return changed > 0;
}

export async function consentsOf(on: Queryable, subject: string): Promise<Consent[]> {
  const rows = await on.rows<ConsentRow>(sql`select * from registry.consent where subject = ${subject} order by id desc`);
  return rows.map(toConsent);
}

/** True where a record is there and those it is about have not agreed: the reader is told so, rather than that there is nothing. */
export async function consentMissing(
  on: Queryable,
  given: { register: CompiledRegister; key: string; actor: Actor; ground: Ground; today: string },
): Promise<boolean> {
  const { register, actor } = given;
  const about = subjectFields(register.declaration).map((field) => `t.${quote(field)}`);
  if (about.length === 0 || actor.kind === "person") return false;
  const row = await on.first({
    text: `select 1 from ${register.table} t where t.${quote(register.declaration.key)} = $1
      and not ${agreed(about, given.ground, { reader: "$2", day: "$3::date", system: "$4::text" })}`,
    values: [given.key, actor.body, given.today, systemOf(actor)],
  });
  return row !== undefined;
}
