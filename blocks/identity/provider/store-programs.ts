import { type Database, sql } from "@kerege/kernel/database";
import type { Program } from "./program.ts";

export type KeptProgram = Program & { secretHash: string | null };

const columns = sql`id, body, name, agreement, profile, auth_method as "authMethod", secret_hash as "secretHash", keys,
  redirect_uris as "redirectUris", sign_out_uris as "signOutUris", back_channel_uri as "backChannelUri", scopes,
  bound_tokens as "boundTokens", quota, added_at as "addedAt", suspended_at as "suspendedAt"`;

/** SQL of programs and of how often they ask. */
export function createProgramStore(database: Database) {
  return {
    async insert({ by, ...program }: KeptProgram & { by: string }): Promise<void> {
      const keys = program.keys === null ? null : JSON.stringify(program.keys);
      await database.run(sql`insert into identity.program (id, body, name, agreement, profile, auth_method, secret_hash, keys, redirect_uris,
          sign_out_uris, back_channel_uri, scopes, bound_tokens, quota, added_at, added_by)
        values (${program.id}, ${program.body}, ${program.name}, ${program.agreement}, ${program.profile}, ${program.authMethod},
          ${program.secretHash}, ${keys}::jsonb, ${program.redirectUris}, ${program.signOutUris}, ${program.backChannelUri},
          ${program.scopes}, ${program.boundTokens}, ${program.quota}, ${program.addedAt}, ${by})`);
    },
    all(): Promise<KeptProgram[]> {
      return database.rows(sql`select ${columns} from identity.program where ended_at is null order by id`);
    },
    find(id: string): Promise<KeptProgram | undefined> {
      return database.first(sql`select ${columns} from identity.program where id = ${id} and ended_at is null`);
    },
    async suspend(id: string, at: Date | null): Promise<boolean> {
      return (
        (await database.run(sql`update identity.program set suspended_at = ${at} where id = ${id} and ended_at is null`)) === 1
      );
    },
    async end(id: string, at: Date): Promise<boolean> {
      return (await database.run(sql`update identity.program set ended_at = ${at} where id = ${id} and ended_at is null`)) === 1;
    },
    /** Adds to what was asked in a minute; the sum over all nodes. */
    async count(use: { program: string; minute: Date; more: number }): Promise<number> {
      const row = await database.first<{ asked: number }>(sql`insert into identity.program_use (program, minute, asked)
        values (${use.program}, ${use.minute}, ${use.more})
        on conflict (program, minute) do update set asked = program_use.asked + excluded.asked returning asked`);
      return row?.asked ?? use.more;
    },
    async forgetUse(before: Date): Promise<void> {
      await database.run(sql`delete from identity.program_use where minute < ${before}`);
    },
  };
}

export type ProgramStore = ReturnType<typeof createProgramStore>;
