import { type Database, sql } from "@kerege/kernel/database";
import type { Assurance, Session } from "./session.ts";

interface Row {
  id: string;
  pin: string;
  name: string;
  assurance: Assurance;
  device: string;
  opened_at: Date;
  expires_at: Date;
}

export function createStore(database: Database) {
  return {
    async insert(
      session: Session,
      given: { tokenHash: string; methods: string[]; providerSession: string | undefined },
    ): Promise<void> {
      await database.run(sql`insert into identity.session (token_hash, id, pin, name, assurance, device, opened_at, expires_at, methods, provider_session)
        values (${given.tokenHash}, ${session.id}, ${session.pin}, ${session.name}, ${session.assurance}, ${session.device}, ${session.openedAt}, ${session.expiresAt},
          ${given.methods}, ${given.providerSession})`);
    },
    /** Open sessions by the hash of their token. */
    async find(tokenHashes: string[], now: Date): Promise<Map<string, Session>> {
      const rows = await database.rows<
        Row & { token_hash: string }
      >(sql`select token_hash, id, pin, name, assurance, device, opened_at, expires_at from identity.session
        where token_hash = any(${tokenHashes}) and ended_at is null and expires_at > ${now}`);
      return new Map(rows.map((row) => [row.token_hash, toSession(row)]));
    },
    /** What was shown when the open session of a token began. */
    shown(tokenHash: string, now: Date): Promise<{ methods: string[] | null; at: Date } | undefined> {
      return database.first(sql`select methods, opened_at as at from identity.session
        where token_hash = ${tokenHash} and ended_at is null and expires_at > ${now}`);
    },
    async list(pin: string, now: Date): Promise<Session[]> {
      const rows =
        await database.rows<Row>(sql`select id, pin, name, assurance, device, opened_at, expires_at from identity.session
        where pin = ${pin} and ended_at is null and expires_at > ${now} order by opened_at desc limit 50`);
      return rows.map(toSession);
    },
    /** The sessions at the provider that those ended here were opened under. */
    async endByToken(tokenHash: string, now: Date): Promise<string[]> {
      return under(
        await database.rows(sql`update identity.session set ended_at = ${now} where token_hash = ${tokenHash} and ended_at is null
          returning provider_session`),
      );
    },
    async endUnder(providerSession: string, now: Date): Promise<void> {
      await database.run(sql`update identity.session set ended_at = ${now}
        where provider_session = ${providerSession} and ended_at is null`);
    },
    async endAll(pin: string, now: Date): Promise<string[]> {
      return under(
        await database.rows(sql`update identity.session set ended_at = ${now} where pin = ${pin} and ended_at is null
          returning provider_session`),
      );
    },
    /** Undefined where there was nothing to end. */
    async endById(given: { pin: string; id: string; now: Date }): Promise<string[] | undefined> {
      const rows = await database.rows<Under>(sql`update identity.session set ended_at = ${given.now}
        where id = ${given.id} and pin = ${given.pin} and ended_at is null returning provider_session`);
      return rows.length === 0 ? undefined : under(rows);
    },
  };
}

interface Under {
  provider_session: string | null;
}

/** Empty text for one that was opened without the provider. */
function under(rows: Under[]): string[] {
  return rows.map(({ provider_session }) => provider_session ?? "");
}

function toSession(row: Row): Session {
  return {
    id: row.id,
    pin: row.pin,
    name: row.name,
    assurance: row.assurance,
    device: row.device,
    openedAt: row.opened_at,
    expiresAt: row.expires_at,
  };
}
