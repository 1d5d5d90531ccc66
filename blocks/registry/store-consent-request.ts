import { type Queryable, sql } from "@kerege/kernel/database";
import type { ConsentRequest } from "./door.ts";

interface Row {
  subject: string;
  id: string;
  ground: string;
  reader: string;
  system: string;
  until: string | null;
  asked_at: Date;
  state: "open" | "agreed" | "declined";
  withdrawn_at: Date | null;
  consent_until: string | null;
}

const columns = sql`r.subject, r.id, r.ground, r.reader, r.system, r.until, r.asked_at, r.state, c.withdrawn_at, c.until as consent_until`;
const joined = sql`registry.consent_request r left join registry.consent c on c.subject = r.subject and c.id = r.consent`;

/** A request with whose it is. */
export type AskedConsent = ConsentRequest & { subject: string };

function toRequest(row: Row, today: string): AskedConsent {
  const over = row.state === "agreed" && row.consent_until !== null && row.consent_until <= today;
  return {
    subject: row.subject,
    id: row.id,
    ground: row.ground,
    reader: row.reader,
    system: row.system,
    askedAt: row.asked_at,
    until: row.until,
    state: row.withdrawn_at ? "withdrawn" : over ? "over" : row.state,
  };
}

/** Asks, or finds what was asked and not answered yet. */
export async function addConsentRequest(
  on: Queryable,
  asked: { subject: string; id: string; ground: string; reader: string; system: string; until: string | null; at: Date },
): Promise<{ id: string; fresh: boolean }> {
  const row = await on.first<{ id: string }>(sql`
    insert into registry.consent_request (subject, id, ground, reader, system, until, asked_at, state)
    values (${asked.subject}, ${asked.id}, ${asked.ground}, ${asked.reader}, ${asked.system}, ${asked.until}, ${asked.at}, 'open')
    on conflict (subject, ground, reader, system) where state = 'open' do update set until = excluded.until
    returning id`);
  return { id: row!.id, fresh: row!.id === asked.id };
}

/** For the system that asked. */
export async function requestOfSystem(
  on: Queryable,
  given: { id: string; reader: string; system: string; today: string },
): Promise<AskedConsent | undefined> {
  const row = await on.first<Row>(
    sql`select ${columns} from ${joined} where r.id = ${given.id} and r.reader = ${given.reader} and r.system = ${given.system}`,
  );
  return row && toRequest(row, given.today);
}

/** For the person: one, or all that are open. */
export async function requestsOfPerson(
  on: Queryable,
  given: { subject: string; id?: string; today: string },
): Promise<AskedConsent[]> {
  const rows = await on.rows<Row>(sql`select ${columns} from ${joined} where r.subject = ${given.subject}
    and (${given.id ?? null}::uuid is null and r.state = 'open' or r.id = ${given.id ?? null}::uuid) order by r.id desc limit 100`);
  return rows.map((row) => toRequest(row, given.today));
}

/** False where it was answered before. */
export async function closeConsentRequest(
  on: Queryable,
  given: { subject: string; id: string; consent: string | null; at: Date },
): Promise<boolean> {
  const changed = await on.run(sql`update registry.consent_request
    set state = ${given.consent === null ? "declined" : "agreed"}, answered_at = ${given.at}, consent = ${given.consent}
    where subject = ${given.subject} and id = ${given.id} and state = 'open'`);
  return changed === 1;
}
