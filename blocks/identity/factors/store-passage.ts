import { type Database, sql } from "@kerege/kernel/database";

export interface PassageRow {
  kind: string;
  state: unknown;
}

/** Ways of several pages, codes sent, challenges answered. */
export function createPassageStore(database: Database) {
  return {
    async insert(given: { tokenHash: string; kind: string; state: unknown; expiresAt: Date }): Promise<void> {
      await database.run(sql`insert into identity.passage (token_hash, kind, state, expires_at)
        values (${given.tokenHash}, ${given.kind}, ${JSON.stringify(given.state)}, ${given.expiresAt})`);
    },
    async find(tokenHash: string, now: Date): Promise<PassageRow | undefined> {
      return database.first<PassageRow>(sql`select kind, state from identity.passage
        where token_hash = ${tokenHash} and finished_at is null and expires_at > ${now}`);
    },
    async change(tokenHash: string, state: unknown): Promise<void> {
      await database.run(sql`update identity.passage set state = ${JSON.stringify(state)}
        where token_hash = ${tokenHash} and finished_at is null`);
    },
    /** Of two that finish at once one wins. */
    async finish(tokenHash: string, now: Date): Promise<boolean> {
      return (
        (await database.run(sql`update identity.passage set finished_at = ${now}
          where token_hash = ${tokenHash} and finished_at is null and expires_at > ${now}`)) === 1
      );
    },
    /** The code sent before, if any, is of no use from now on. */
    async putCode(given: { passage: string; purpose: string; codeHash: string; expiresAt: Date }): Promise<void> {
      await database.run(sql`insert into identity.code (passage, purpose, code_hash, tries, expires_at)
        values (${given.passage}, ${given.purpose}, ${given.codeHash}, 0, ${given.expiresAt})
        on conflict (passage, purpose) do update
          set code_hash = excluded.code_hash, tries = 0, expires_at = excluded.expires_at, used_at = null`);
    },
    /** Takes one of the tries, before the code is looked at: guesses sent at once are all counted. */
    async takeTry(given: { passage: string; purpose: string; most: number; now: Date }): Promise<string | undefined> {
      const row = await database.first<{ code_hash: string }>(sql`update identity.code set tries = tries + 1
        where passage = ${given.passage} and purpose = ${given.purpose} and used_at is null and tries < ${given.most}
          and expires_at > ${given.now} returning code_hash`);
      return row?.code_hash;
    },
    async useCode(given: { passage: string; purpose: string; codeHash: string; now: Date }): Promise<boolean> {
      return (
        (await database.run(sql`update identity.code set used_at = ${given.now}
          where passage = ${given.passage} and purpose = ${given.purpose} and code_hash = ${given.codeHash} and used_at is null`)) ===
        1
      );
    },
    /** Those that nobody answered before. */
    async burn(challenges: { challenge: string; expiresAt: Date }[]): Promise<string[]> {
      const names = challenges.map(({ challenge }) => challenge);
      const ends = challenges.map(({ expiresAt }) => expiresAt);
      const rows = await database.rows<{ challenge: string }>(sql`insert into identity.burnt_challenge (challenge, expires_at)
        select challenge, expires_at from unnest(${names}::text[], ${ends}::timestamptz[]) as given (challenge, expires_at)
        on conflict (challenge) do nothing returning challenge`);
      return rows.map(({ challenge }) => challenge);
    },
  };
}

export type PassageStore = ReturnType<typeof createPassageStore>;
