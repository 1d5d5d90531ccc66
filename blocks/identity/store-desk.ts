import { type Database, sql } from "@kerege/kernel/database";
import type { Client, DeskSession } from "./desk.ts";
import type { Came } from "./desks.ts";

const deskColumns = sql`id, official, body, post, name, device, opened_at as "openedAt", expires_at as "expiresAt"`;
const clientColumns = sql`id, body, name, added_at as "addedAt"`;

/** SQL of desks and clients. Both are found by a hash only. */
export function createDeskStore(database: Database) {
  return {
    async insertDesk(desk: DeskSession, given: { tokenHash: string; came: Came | undefined }): Promise<void> {
      const { pin = null, assurance = null, methods = null, providerSession = null } = given.came ?? {};
      await database.run(sql`insert into identity.desk_session
          (token_hash, id, official, body, post, name, device, opened_at, expires_at, pin, assurance, methods, provider_session)
        values (${given.tokenHash}, ${desk.id}, ${desk.official}, ${desk.body}, ${desk.post}, ${desk.name}, ${desk.device}, ${desk.openedAt},
          ${desk.expiresAt}, ${pin}, ${assurance}, ${methods}, ${providerSession})`);
    },
    async findDesks(tokenHashes: string[], now: Date): Promise<Map<string, DeskSession>> {
      const rows = await database.rows<DeskSession & { token_hash: string }>(sql`
        select token_hash, ${deskColumns} from identity.desk_session
        where token_hash = any(${tokenHashes}) and ended_at is null and expires_at > ${now}`);
      return new Map(rows.map(({ token_hash, ...desk }) => [token_hash, desk]));
    },
    listDesks(pin: string, now: Date): Promise<DeskSession[]> {
      return database.rows(sql`select ${deskColumns} from identity.desk_session
        where pin = ${pin} and ended_at is null and expires_at > ${now} order by opened_at desc, id desc limit 50`);
    },
    /** The sessions at the provider that those ended here were opened under; empty where there was none. */
    async endDesks(
      by: { tokenHash: string } | { pin: string; id?: string } | { providerSession: string },
      now: Date,
    ): Promise<string[]> {
      const rows = await database.rows<{ provider_session: string | null }>(sql`update identity.desk_session set ended_at = ${now}
        where ${whichDesks(by)} and ended_at is null returning provider_session`);
      return rows.map(({ provider_session }) => provider_session ?? "");
    },
    async insertClient(client: Client & { by: string }, secretHash: string): Promise<void> {
      await database.run(sql`insert into identity.client (id, secret_hash, body, name, added_at, added_by)
        values (${client.id}, ${secretHash}, ${client.body}, ${client.name}, ${client.addedAt}, ${client.by})`);
    },
    async findClients(secretHashes: string[]): Promise<Map<string, Client>> {
      const rows = await database.rows<Client & { secret_hash: string }>(sql`
        select secret_hash, ${clientColumns} from identity.client where secret_hash = any(${secretHashes}) and ended_at is null`);
      return new Map(rows.map(({ secret_hash, ...client }) => [secret_hash, client]));
    },
    clients(): Promise<Client[]> {
      return database.rows(sql`select ${clientColumns} from identity.client where ended_at is null order by id`);
    },
    async endClient(id: string, now: Date): Promise<boolean> {
      return (await database.run(sql`update identity.client set ended_at = ${now} where id = ${id} and ended_at is null`)) === 1;
    },
  };
}

function whichDesks(by: { tokenHash: string } | { pin: string; id?: string } | { providerSession: string }) {
  if ("tokenHash" in by) return sql`token_hash = ${by.tokenHash}`;
  if ("providerSession" in by) return sql`provider_session = ${by.providerSession}`;
  return by.id === undefined ? sql`pin = ${by.pin}` : sql`pin = ${by.pin} and id = ${by.id}`;
}
