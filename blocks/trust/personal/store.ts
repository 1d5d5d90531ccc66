/** All SQL of people's keys and of what they are asked to sign. Everything is asked for together with its holder. */
import { type Database, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { RequestState, SignatureKind, ToSign } from "./contract.ts";
import type { Wrapped } from "./wrapping.ts";

export type KeyRow = Wrapped & {
  readonly holder: string;
  readonly id: string;
  readonly serial: string;
  readonly tries: number;
  readonly created_at: Date;
  readonly blocked_at: Date | null;
  readonly ended_at: Date | null;
};

export type RequestRow = {
  readonly holder: string;
  readonly id: string;
  readonly asked_by: string;
  readonly reference: string;
  readonly title: string;
  readonly media: ToSign["media"];
  readonly content: Buffer;
  readonly kind: SignatureKind;
  readonly back: string;
  readonly state: Exclude<RequestState, "expired">;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly settled_at: Date | null;
  readonly signed: Buffer | null;
  readonly serial: string | null;
};

export type RequestLine = Pick<
  RequestRow,
  "id" | "title" | "media" | "kind" | "state" | "created_at" | "expires_at" | "settled_at" | "serial"
>;

const keyColumns = sql`holder, id, serial_number as serial, salt, nonce, wrapped, tries, created_at, blocked_at, ended_at`;
const requestColumns = sql`holder, id, asked_by, reference, title, media, content, kind, back, state, created_at, expires_at, settled_at, signed,
  serial_number as serial`;

export type PersonalStore = ReturnType<typeof createPersonalStore>;

export function createPersonalStore(database: Database) {
  return {
    transaction: <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => database.transaction(work),

    async liveKey(holder: string): Promise<KeyRow | undefined> {
      return database.first<KeyRow>(
        sql`select ${keyColumns} from trust.person_key where holder = ${holder} and ended_at is null`,
      );
    },
    /** Ends the live key and keeps another in its place; gives the serial number of the ended one. */
    async replaceKey(key: Wrapped & { holder: string; id: string; serial: string; at: Date }): Promise<string | undefined> {
      return database.transaction(async (tx) => {
        const ended = await tx.first<{ serial: string }>(
          sql`update trust.person_key set ended_at = ${key.at} where holder = ${key.holder} and ended_at is null returning serial_number as serial`,
        );
        await tx.run(sql`insert into trust.person_key (holder, id, serial_number, salt, nonce, wrapped, tries, created_at)
          values (${key.holder}, ${key.id}, ${key.serial}, ${key.salt}, ${key.nonce}, ${key.wrapped}, 0, ${key.at})`);
        return ended?.serial;
      });
    },
    async endKey(holder: string, at: Date): Promise<string | undefined> {
      const row = await database.first<{ serial: string }>(
        sql`update trust.person_key set ended_at = ${at} where holder = ${holder} and ended_at is null returning serial_number as serial`,
      );
      return row?.serial;
    },
    /** Counts the try before the phrase is looked at, so that parallel guesses are counted too. Undefined where none is left. */
    async takeTry(holder: string, most: number): Promise<KeyRow | undefined> {
      return database.first<KeyRow>(sql`update trust.person_key set tries = tries + 1
        where holder = ${holder} and ended_at is null and blocked_at is null and tries < ${most} returning ${keyColumns}`);
    },
    async phraseWasRight(holder: string, id: string): Promise<void> {
      await database.run(
        sql`update trust.person_key set tries = 0 where holder = ${holder} and id = ${id} and blocked_at is null`,
      );
    },
    /** Blocks a key whose tries are used up. */
    async phraseWasWrong(holder: string, id: string, given: { most: number; at: Date }): Promise<{ left: number }> {
      const row = await database.first<{ tries: number }>(sql`update trust.person_key
        set blocked_at = case when tries >= ${given.most} then ${given.at}::timestamptz else blocked_at end
        where holder = ${holder} and id = ${id} returning tries`);
      return { left: Math.max(0, given.most - (row?.tries ?? given.most)) };
    },
    async rewrap(holder: string, id: string, wrapped: Wrapped): Promise<void> {
      await database.run(sql`update trust.person_key set salt = ${wrapped.salt}, nonce = ${wrapped.nonce}, wrapped = ${wrapped.wrapped}, tries = 0
        where holder = ${holder} and id = ${id} and ended_at is null`);
    },

    async insertRequest(row: Omit<RequestRow, "state" | "settled_at" | "signed" | "serial">): Promise<void> {
      await database.run(sql`insert into trust.signing_request
        (holder, id, asked_by, reference, title, media, content, kind, back, state, created_at, expires_at)
        values (${row.holder}, ${row.id}, ${row.asked_by}, ${row.reference}, ${row.title}, ${row.media}, ${row.content}, ${row.kind},
          ${row.back}, 'waiting', ${row.created_at}, ${row.expires_at})`);
    },
    async request(holder: string, id: string): Promise<RequestRow | undefined> {
      return database.first<RequestRow>(
        sql`select ${requestColumns} from trust.signing_request where holder = ${holder} and id = ${id}`,
      );
    },
    /** False where it is settled already: two windows settle one request once. */
    async settle(
      on: Queryable,
      row: { holder: string; id: string; at: Date; signed?: Buffer; serial?: string | undefined },
    ): Promise<boolean> {
      const changed = await on.run(sql`update trust.signing_request
        set state = ${row.signed ? "signed" : "declined"}, settled_at = ${row.at}, signed = ${row.signed ?? null}, serial_number = ${row.serial ?? null}
        where holder = ${row.holder} and id = ${row.id} and state = 'waiting' and expires_at > ${row.at}`);
      return changed === 1;
    },
    async newest(holder: string, page: { before?: { at: Date; id: string } | undefined; limit: number }): Promise<RequestLine[]> {
      const { before } = page;
      return database.rows<RequestLine>(sql`select id, title, media, kind, state, created_at, expires_at, settled_at, serial_number as serial
        from trust.signing_request where holder = ${holder}
          and (${before?.at ?? null}::timestamptz is null or (created_at, id) < (${before?.at ?? null}, ${before?.id ?? null}::uuid))
        order by created_at desc, id desc limit ${page.limit}`);
    },
    /** What was never answered is not kept for long: it may hold what the person did not want to sign. */
    async sweep(before: Date): Promise<number> {
      return database.run(sql`delete from trust.signing_request where state = 'waiting' and expires_at < ${before}`);
    },
  };
}
