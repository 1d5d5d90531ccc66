import { type Database, sql } from "@kerege/kernel/database";

export interface KeptKey {
  kid: string;
  publicKey: JsonWebKey;
  sealed: Buffer;
  madeAt: Date;
  usedFrom: Date;
}

const columns = sql`kid, public_key as "publicKey", sealed, made_at as "madeAt", used_from as "usedFrom"`;

/** SQL of the keys that sign tokens. */
export function createKeyStore(database: Database) {
  return {
    all(): Promise<KeptKey[]> {
      return database.rows(sql`select ${columns} from identity.provider_key where ended_at is null order by used_from, kid`);
    },
    /** Nothing is put where another node made the one for that instant meanwhile: it holds the lock until it is done. */
    async change(plan: (now: KeptKey[]) => { add: KeptKey[]; end: string[] }, at: Date): Promise<void> {
      await database.transaction(async (tx) => {
        await tx.run(sql`select pg_advisory_xact_lock(hashtext('identity.provider_key'))`);
        const now = await tx.rows<KeptKey>(
          sql`select ${columns} from identity.provider_key where ended_at is null order by used_from, kid`,
        );
        const { add, end } = plan(now);
        for (const key of add)
          await tx.run(sql`insert into identity.provider_key (kid, public_key, sealed, made_at, used_from)
            values (${key.kid}, ${JSON.stringify(key.publicKey)}::jsonb, ${key.sealed}, ${key.madeAt}, ${key.usedFrom})`);
        await tx.run(sql`update identity.provider_key set ended_at = ${at} where kid = any(${end})`);
      });
    },
  };
}

export type KeyStore = ReturnType<typeof createKeyStore>;
