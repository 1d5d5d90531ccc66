/** All SQL of certificates, their lists and the services of the trusted list. */
import { type Database, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import type { Reason } from "../crl.ts";

export type CertificateState = "good" | "held" | "revoked";

/** A row of `trust.certificate`. */
export type CertificateRecord = {
  readonly serial: string;
  readonly authority: string;
  /** A kind of pki/profile.ts, or `authority`. */
  readonly kind: string;
  readonly holder: string;
  readonly der: Buffer;
  readonly notBefore: Date;
  readonly notAfter: Date;
  readonly list: string;
  readonly state: CertificateState;
  readonly revokedAt: Date | null;
  readonly reason: Reason | null;
  readonly issuedAt: Date;
};

export type NewCertificate = Omit<CertificateRecord, "state" | "revokedAt" | "reason"> & { readonly keyHash: Buffer };
export type CertificateAct = {
  readonly serial: string;
  readonly id: string;
  readonly at: Date;
  readonly act: "issued" | "held" | "resumed" | "revoked";
  readonly actor: string;
  readonly reason?: Reason;
};
export type StatusRow = Pick<CertificateRecord, "serial" | "authority" | "state" | "revokedAt" | "reason">;
export type Publication = {
  readonly number: number;
  readonly stale: boolean;
  readonly at: Date;
  readonly content: Buffer | null;
};
export type ServiceStatus = { readonly service: string; readonly since: Date; readonly status: "granted" | "withdrawn" };

const columns = sql`serial_number as serial, authority, kind, holder, der, not_before as "notBefore", not_after as "notAfter", list, state,
  revoked_at as "revokedAt", reason, issued_at as "issuedAt"`;

export type PkiStore = ReturnType<typeof createPkiStore>;

export function createPkiStore(database: Database) {
  return {
    transaction: <Result>(work: (tx: Transaction) => Promise<Result>): Promise<Result> => database.transaction(work),

    /** False when the key has been certified before: then nothing is written. */
    async insert(tx: Queryable, one: NewCertificate): Promise<boolean> {
      const fresh =
        await tx.run(sql`insert into trust.certified_key (key_hash, serial_number) values (${one.keyHash}, ${one.serial})
        on conflict do nothing`);
      if (fresh === 0) return false;
      await tx.run(sql`insert into trust.certificate (serial_number, authority, kind, holder, key_hash, der, not_before, not_after, list, state,
        issued_at) values (${one.serial}, ${one.authority}, ${one.kind}, ${one.holder}, ${one.keyHash}, ${one.der}, ${one.notBefore},
        ${one.notAfter}, ${one.list}, 'good', ${one.issuedAt})`);
      return true;
    },

    /** Takes over what lies in the folder of the authority and is not here yet; what is here stays as it is. */
    async insertMissing(all: readonly NewCertificate[]): Promise<void> {
      for (const one of all) {
        await database.run(sql`with claimed as (
            insert into trust.certified_key (key_hash, serial_number) values (${one.keyHash}, ${one.serial}) on conflict do nothing
          )
          insert into trust.certificate (serial_number, authority, kind, holder, key_hash, der, not_before, not_after, list, state, issued_at)
          values (${one.serial}, ${one.authority}, ${one.kind}, ${one.holder}, ${one.keyHash}, ${one.der}, ${one.notBefore},
            ${one.notAfter}, ${one.list}, 'good', ${one.issuedAt}) on conflict do nothing`);
      }
    },

    async find(serial: string, on: Queryable = database): Promise<CertificateRecord | undefined> {
      return on.first<CertificateRecord>(sql`select ${columns} from trust.certificate where serial_number = ${serial}`);
    },

    async ofHolder(holder: string): Promise<CertificateRecord[]> {
      return database.rows<CertificateRecord>(
        sql`select ${columns} from trust.certificate where holder = ${holder} order by issued_at desc, serial_number`,
      );
    },

    async statuses(serials: readonly string[]): Promise<StatusRow[]> {
      return database.rows<StatusRow>(sql`select serial_number as serial, authority, state, revoked_at as "revokedAt", reason from trust.certificate
        where serial_number = any(${serials})`);
    },

    /** Moves a certificate from one of `from` to `state`; undefined when it is in none of them. A hold keeps its time when it becomes final. */
    async move(
      tx: Queryable,
      serial: string,
      to: { from: readonly CertificateState[]; state: CertificateState; at: Date | null; reason: Reason | null },
    ): Promise<CertificateRecord | undefined> {
      return tx.first<CertificateRecord>(sql`update trust.certificate
        set state = ${to.state}, revoked_at = case when ${to.at}::timestamptz is null then null else coalesce(revoked_at, ${to.at}) end,
          reason = ${to.reason}
        where serial_number = ${serial} and state = any(${to.from}) returning ${columns}`);
    },

    async record(tx: Queryable, act: CertificateAct): Promise<void> {
      await tx.run(sql`insert into trust.certificate_act (serial_number, id, at, act, actor, reason)
        values (${act.serial}, ${act.id}, ${act.at}, ${act.act}, ${act.actor}, ${act.reason ?? null})`);
    },

    async acts(serial: string): Promise<CertificateAct[]> {
      return database.rows<CertificateAct>(
        sql`select serial_number as serial, id, at, act, actor, reason from trust.certificate_act where serial_number = ${serial} order by at, id`,
      );
    },

    /** What a list has to name; certificates that ended a day ago need no word any more (RFC 5280, 3.3). */
    async revokedIn(tx: Queryable, list: string, now: Date): Promise<{ serial: string; at: Date; reason: Reason }[]> {
      const since = new Date(now.getTime() - 86_400_000);
      return tx.rows(sql`select serial_number as serial, revoked_at as at, reason from trust.certificate
        where list = ${list} and state <> 'good' and not_after > ${since} order by revoked_at, serial_number`);
    },

    async hasList(list: string): Promise<boolean> {
      return (await database.first(sql`select from trust.certificate where list = ${list} limit 1`)) !== undefined;
    },

    /** Says in the transaction of a change that what was published does not hold any more; waits for who is publishing it. */
    async spoil(tx: Queryable, name: string, at: Date): Promise<void> {
      await tx.run(sql`insert into trust.publication (name, number, stale, at) values (${name}, 0, true, ${at})
        on conflict (name) do update set stale = true`);
    },

    async publication(name: string): Promise<Omit<Publication, "content"> | undefined> {
      return database.first(sql`select number, stale, at from trust.publication where name = ${name}`);
    },

    async published(name: string): Promise<Publication | undefined> {
      return database.first(sql`select number, stale, at, content from trust.publication where name = ${name}`);
    },

    /** The row of what is published, held by this transaction until its end; made when there is none. */
    async hold(tx: Queryable, name: string, at: Date): Promise<Publication> {
      await tx.run(
        sql`insert into trust.publication (name, number, stale, at) values (${name}, 0, true, ${at}) on conflict do nothing`,
      );
      const row = await tx.first<Publication>(
        sql`select number, stale, at, content from trust.publication where name = ${name} for update`,
      );
      return row!;
    },

    async publish(tx: Queryable, name: string, { number, at, content }: Omit<Publication, "stale">): Promise<void> {
      await tx.run(sql`update trust.publication set number = ${number}, stale = false, at = ${at}, content = ${content}
        where name = ${name} and number < ${number}`);
    },

    async serviceStatuses(on: Queryable = database): Promise<ServiceStatus[]> {
      return on.rows<ServiceStatus>(sql`select service, since, status from trust.service_status order by service, since desc`);
    },

    async addServiceStatus(tx: Queryable, { service, since, status }: ServiceStatus): Promise<void> {
      await tx.run(sql`insert into trust.service_status (service, since, status) values (${service}, ${since}, ${status})
        on conflict do nothing`);
    },
  };
}
