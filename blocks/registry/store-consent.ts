import type { Actor } from "@kerege/kernel/actor";
import { type Queryable, sql } from "@kerege/kernel/database";
import type { Consent } from "./door.ts";
import { type CompiledRegister, quote } from "./store-sql.ts";

interface ConsentRow {
  subject: string;
  id: string;
  ground: string;
  reader: string;
  given_at: Date;
  until: string | null;
  withdrawn_at: Date | null;
}

const toConsent = (row: ConsentRow): Consent => ({
  id: row.id,
  ground: row.ground,
  reader: row.reader,
  givenAt: row.given_at,
  until: row.until,
  withdrawnAt: row.withdrawn_at,
});

export async function addConsent(
  on: Queryable,
  given: { subject: string; id: string; ground: string; reader: string; at: Date; until?: string },
) {
  await on.run(sql`insert into registry.consent (subject, id, ground, reader, given_at, until)
    values (${given.subject}, ${given.id}, ${given.ground}, ${given.reader}, ${given.at}, ${given.until ?? null})`);
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

/** True where a record is there and its subject has not agreed: the reader is told so, rather than that there is nothing. */
export async function consentMissing(
  on: Queryable,
  given: { register: CompiledRegister; key: string; actor: Actor; ground: string; today: string },
): Promise<boolean> {
  const { register, actor } = given;
  const { key, subject } = register.declaration;
  if (subject === undefined || actor.kind === "person") return false;
  const row = await on.first({
    text: `select 1 from ${register.table} t where t.${quote(key)} = $1 and not exists (select from registry.consent c
      where c.subject = t.${quote(subject)} and c.ground = $2 and c.reader = $3 and c.withdrawn_at is null and (c.until is null or c.until > $4::date))`,
    values: [given.key, given.ground, actor.body, given.today],
  });
  return row !== undefined;
}
