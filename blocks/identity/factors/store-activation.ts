import { type Database, sql, type Transaction } from "@kerege/kernel/database";
import type { Activation } from "./activation.ts";

interface Row {
  pin: string;
  id: string;
  name: string;
  born_on: string;
  requested_by: string;
  requested_official: string;
  requested_at: Date;
  approved_by: string | null;
  approved_at: Date | null;
  expires_at: Date | null;
  used_at: Date | null;
  voided_at: Date | null;
}

const columns = sql`pin, id, name, born_on, requested_by, requested_official, requested_at, approved_by, approved_at, expires_at, used_at,
  voided_at`;

/** Requests for activation codes, and which person an official is. */
export function createActivationStore(database: Database) {
  return {
    /** What was live for this person is void from now on. */
    async insert(one: Activation & { official: string }): Promise<void> {
      await database.transaction(async (tx) => {
        await tx.run(sql`update identity.activation set voided_at = ${one.requestedAt}
          where pin = ${one.pin} and used_at is null and voided_at is null`);
        await tx.run(sql`insert into identity.activation
          (pin, id, name, born_on, requested_by, requested_official, requested_at)
          values (${one.pin}, ${one.id}, ${one.name}, ${one.bornOn}, ${one.requestedBy}, ${one.official}, ${one.requestedAt})`);
      });
    },
    async find(id: string): Promise<(Activation & { official: string }) | undefined> {
      const row = await database.first<Row>(sql`select ${columns} from identity.activation where id = ${id}`);
      return row && { ...toActivation(row), official: row.requested_official };
    },
    async newest(limit: number): Promise<Activation[]> {
      return (await database.rows<Row>(sql`select ${columns} from identity.activation order by id desc limit ${limit}`)).map(
        toActivation,
      );
    },
    /** Of two who approve at once one wins; who asked never does. */
    async approve(given: {
      id: string;
      by: string;
      official: string;
      at: Date;
      codeHash: string;
      expiresAt: Date;
    }): Promise<boolean> {
      return (
        (await database.run(sql`update identity.activation set approved_by = ${given.by}, approved_official = ${given.official},
            approved_at = ${given.at}, code_hash = ${given.codeHash}, expires_at = ${given.expiresAt}
          where id = ${given.id} and approved_at is null and voided_at is null and used_at is null
            and requested_official <> ${given.official}`)) === 1
      );
    },
    async void(id: string, at: Date): Promise<boolean> {
      return (
        (await database.run(sql`update identity.activation set voided_at = ${at}
          where id = ${id} and used_at is null and voided_at is null`)) === 1
      );
    },
    /**
     * Tries a code: one statement counts the try, uses the right code up and voids the row with the last wrong one, so that of many sent
     * at once the right one counts once and no guess goes uncounted.
     */
    async redeem(given: { pin: string; codeHash: string; most: number; now: Date }): Promise<Activation | undefined> {
      const { pin, codeHash, most, now } = given;
      const row = await database.first<Row>(sql`update identity.activation set tries = tries + 1,
          used_at = case when code_hash = ${codeHash} then ${now}::timestamptz end,
          voided_at = case when code_hash <> ${codeHash} and tries + 1 >= ${most} then ${now}::timestamptz end
        where pin = ${pin} and used_at is null and voided_at is null and code_hash is not null and expires_at > ${now}
        returning ${columns}`);
      return row?.used_at ? toActivation(row) : undefined;
    },
    /** False where one of them is linked already; else `told` is written with it. */
    async link(
      given: { official: string; pin: string; by: string; at: Date },
      told: (tx: Transaction) => Promise<void>,
    ): Promise<boolean> {
      return database.transaction(async (tx) => {
        const made = await tx.run(sql`insert into identity.official_account (official, pin, linked_by, linked_at)
          values (${given.official}, ${given.pin}, ${given.by}, ${given.at}) on conflict do nothing`);
        if (made === 1) await told(tx);
        return made === 1;
      });
    },
    async officialOf(pin: string): Promise<string | undefined> {
      return (await database.first<{ official: string }>(sql`select official from identity.official_account where pin = ${pin}`))
        ?.official;
    },
    async pinOf(official: string): Promise<string | undefined> {
      return (await database.first<{ pin: string }>(sql`select pin from identity.official_account where official = ${official}`))
        ?.pin;
    },
  };
}

export type ActivationStore = ReturnType<typeof createActivationStore>;

function toActivation(row: Row): Activation {
  return {
    pin: row.pin,
    id: row.id,
    name: row.name,
    bornOn: row.born_on,
    requestedBy: row.requested_by,
    requestedAt: row.requested_at,
    ...(row.approved_by && { approvedBy: row.approved_by }),
    ...(row.approved_at && { approvedAt: row.approved_at }),
    ...(row.expires_at && { expiresAt: row.expires_at }),
    ...(row.used_at && { usedAt: row.used_at }),
    ...(row.voided_at && { voidedAt: row.voided_at }),
  };
}
