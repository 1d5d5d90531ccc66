import { type Database, sql, type Transaction } from "@kerege/kernel/database";
import type { Program } from "./program.ts";

export type KeptProgram = Program & { secretHash: string | null };

export type ProgramAct = "registered" | "suspended" | "resumed" | "ended" | "terms" | "secret" | "keys";

export interface ProgramActRecord {
  at: Date;
  /** As the actor is named in records. */
  by: string;
  act: ProgramAct;
  detail: string | null;
}

/** What may be exchanged; what is left out stays. */
export type ProgramChange = Partial<Pick<KeptProgram, "agreement" | "quota" | "secretHash" | "keys" | "suspendedAt">> & {
  endedAt?: Date;
};

const columns = sql`id, body, name, agreement, profile, auth_method as "authMethod", secret_hash as "secretHash", keys,
  redirect_uris as "redirectUris", sign_out_uris as "signOutUris", back_channel_uri as "backChannelUri", scopes,
  bound_tokens as "boundTokens", quota, added_at as "addedAt", suspended_at as "suspendedAt"`;

/** SQL of programs and of how often they ask. */
export function createProgramStore(database: Database) {
  return {
    async insert(
      tx: Transaction,
      { by, ...program }: KeptProgram & { by: string },
      done: ProgramActRecord & { id: string },
    ): Promise<void> {
      const keys = program.keys === null ? null : JSON.stringify(program.keys);
      await tx.run(sql`insert into identity.program (id, body, name, agreement, profile, auth_method, secret_hash, keys, redirect_uris,
          sign_out_uris, back_channel_uri, scopes, bound_tokens, quota, added_at, added_by)
        values (${program.id}, ${program.body}, ${program.name}, ${program.agreement}, ${program.profile}, ${program.authMethod},
          ${program.secretHash}, ${keys}::jsonb, ${program.redirectUris}, ${program.signOutUris}, ${program.backChannelUri},
          ${program.scopes}, ${program.boundTokens}, ${program.quota}, ${program.addedAt}, ${by})`);
      await note(tx, program.id, done);
    },
    all(): Promise<KeptProgram[]> {
      return database.rows(sql`select ${columns} from identity.program where ended_at is null order by id`);
    },
    find(id: string): Promise<KeptProgram | undefined> {
      return database.first(sql`select ${columns} from identity.program where id = ${id} and ended_at is null`);
    },
    /** False where there is no such program, or not any more. */
    async change(
      tx: Transaction,
      given: { program: string; change: ProgramChange; done: ProgramActRecord & { id: string } },
    ): Promise<boolean> {
      const { program: id, change } = given;
      const before = await tx.first<KeptProgram>(
        sql`select ${columns} from identity.program where id = ${id} and ended_at is null for update`,
      );
      if (!before) return false;
      const after = { ...before, ...change };
      const keys = after.keys === null ? null : JSON.stringify(after.keys);
      await tx.run(sql`update identity.program set agreement = ${after.agreement}, quota = ${after.quota},
        secret_hash = ${after.secretHash}, keys = ${keys}::jsonb, suspended_at = ${after.suspendedAt},
        ended_at = ${change.endedAt ?? null} where id = ${id}`);
      await note(tx, id, given.done);
      return true;
    },
    acts(id: string): Promise<ProgramActRecord[]> {
      return database.rows(sql`select at, by_actor as by, act, detail from identity.program_act
        where program = ${id} order by at desc, id desc limit 50`);
    },
    async busiest(id: string, since: Date): Promise<number> {
      const row = await database.first<{ asked: number | null }>(
        sql`select max(asked) as asked from identity.program_use where program = ${id} and minute >= ${since}`,
      );
      return row?.asked ?? 0;
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

async function note(tx: Transaction, program: string, done: ProgramActRecord & { id: string }): Promise<void> {
  await tx.run(sql`insert into identity.program_act (program, id, at, by_actor, act, detail)
    values (${program}, ${done.id}, ${done.at}, ${done.by}, ${done.act}, ${done.detail})`);
}

export type ProgramStore = ReturnType<typeof createProgramStore>;
