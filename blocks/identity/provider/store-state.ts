import { type Database, type Statement, sql } from "@kerege/kernel/database";

/** What is kept for one thing of the provider. */
export interface KeptState {
  idHash: string;
  model: string;
  grantId: string | undefined;
  uid: string | undefined;
  userCode: string | undefined;
  /** Whose it is, veiled; of sessions and consents only. */
  account: string | undefined;
  sealed: Buffer;
  expiresAt: Date;
}

export interface FoundState {
  idHash: string;
  sealed: Buffer;
  consumedAt: Date | null;
}

/** SQL of what the provider remembers. What has run out is not found, also before it is swept. */
export function createStateStore(database: Database) {
  const find = (where: Statement, now: Date) =>
    database.first<FoundState>(sql`select id_hash as "idHash", sealed, consumed_at as "consumedAt" from identity.provider_state
      where ${where} and expires_at > ${now}`);
  return {
    find: (idHash: string, now: Date) => find(sql`id_hash = ${idHash}`, now),
    findByUid: (given: { model: string; uid: string }, now: Date) =>
      find(sql`model = ${given.model} and uid = ${given.uid}`, now),
    findByUserCode: (given: { model: string; userCode: string }, now: Date) =>
      find(sql`model = ${given.model} and user_code = ${given.userCode}`, now),
    async put(state: KeptState): Promise<void> {
      await database.run(sql`insert into identity.provider_state (id_hash, model, grant_id, uid, user_code, account, sealed, expires_at)
        values (${state.idHash}, ${state.model}, ${state.grantId}, ${state.uid}, ${state.userCode}, ${state.account}, ${state.sealed},
          ${state.expiresAt})
        on conflict (id_hash) do update set grant_id = excluded.grant_id, uid = excluded.uid, user_code = excluded.user_code,
          account = excluded.account, sealed = excluded.sealed, expires_at = excluded.expires_at`);
    },
    /** Of any number of requests that ask at once exactly one hears true. */
    async consume(idHash: string, now: Date): Promise<boolean> {
      return (
        (await database.run(sql`update identity.provider_state set consumed_at = ${now}
          where id_hash = ${idHash} and consumed_at is null`)) === 1
      );
    },
    async remove(idHash: string): Promise<void> {
      await database.run(sql`delete from identity.provider_state where id_hash = ${idHash}`);
    },
    async removeGrant(model: string, grantId: string): Promise<void> {
      await database.run(sql`delete from identity.provider_state where grant_id = ${grantId} and model = ${model}`);
    },
    /** Everything that was given by a consent. */
    async removeGrants(grantId: string): Promise<void> {
      await database.run(sql`delete from identity.provider_state where grant_id = ${grantId}`);
    },
    ofAccount(given: { account: string; model: string; now: Date }): Promise<FoundState[]> {
      return database.rows(sql`select id_hash as "idHash", sealed, consumed_at as "consumedAt" from identity.provider_state
        where account = ${given.account} and model = ${given.model} and expires_at > ${given.now}`);
    },
    /** True for the first who brings a message; false for every copy of it until it has run out. */
    async takeOnce(given: { issuer: string; jtiHash: string; now: Date; expiresAt: Date }): Promise<boolean> {
      const { issuer, jtiHash, now, expiresAt } = given;
      return (
        (await database.run(sql`insert into identity.taken_once (issuer, jti_hash, expires_at) values (${issuer}, ${jtiHash}, ${expiresAt})
          on conflict (issuer, jti_hash) do update set expires_at = excluded.expires_at where taken_once.expires_at <= ${now}`)) ===
        1
      );
    },
    /** Removes what has run out, a part at a time so that nobody waits for it; the number of rows. */
    async sweep(now: Date, most: number): Promise<number> {
      const states = await database.run(sql`delete from identity.provider_state where id_hash in (
        select id_hash from identity.provider_state where expires_at <= ${now} limit ${most})`);
      const taken = await database.run(sql`delete from identity.taken_once where (issuer, jti_hash) in (
        select issuer, jti_hash from identity.taken_once where expires_at <= ${now} limit ${most})`);
      return states + taken;
    },
    async putSubject(subject: { id: string; pin: string; name: string; at: Date }): Promise<void> {
      await database.run(sql`insert into identity.account_subject (id, pin, name, seen_at)
        values (${subject.id}, ${subject.pin}, ${subject.name}, ${subject.at})
        on conflict (id) do update set name = excluded.name, seen_at = excluded.seen_at`);
    },
    subject(id: string): Promise<{ pin: string; name: string } | undefined> {
      return database.first(sql`select pin, name from identity.account_subject where id = ${id}`);
    },
  };
}

export type StateStore = ReturnType<typeof createStateStore>;
