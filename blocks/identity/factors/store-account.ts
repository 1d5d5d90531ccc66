import { type Database, type Queryable, sql } from "@kerege/kernel/database";
import type { Account, Authenticator, AuthenticatorKind, Channel, SecurityEvent } from "./account.ts";

interface AccountRow {
  id: string;
  pin: string;
  name: string;
  opened_at: Date;
  confirmed_at: Date | null;
  confirmed_by: string | null;
  guarded_until: Date | null;
}

interface AuthenticatorRow {
  account: string;
  id: string;
  kind: AuthenticatorKind;
  name: string;
  secret: string;
  credential: string | null;
  counter: number;
  added_at: Date;
  used_at: Date | null;
}

const accountColumns = sql`id, pin, name, opened_at, confirmed_at, confirmed_by, guarded_until`;
const authenticatorColumns = sql`account, id, kind, name, secret, credential, counter, added_at, used_at`;

/** What is changed together, over the database or inside a transaction. */
export function accountsIn(from: Queryable) {
  return {
    async insert(account: Account & { claimFits?: boolean }): Promise<void> {
      await from.run(sql`insert into identity.account (id, pin, name, opened_at, claim_fits, confirmed_at, confirmed_by, guarded_until)
        values (${account.id}, ${account.pin}, ${account.name}, ${account.openedAt}, ${account.claimFits ?? null},
          ${account.confirmedAt ?? null}, ${account.confirmedBy ?? null}, ${account.guardedUntil ?? null})`);
    },
    async byId(id: string): Promise<Account | undefined> {
      const row = await from.first<AccountRow>(
        sql`select ${accountColumns} from identity.account where id = ${id} and closed_at is null`,
      );
      return row && toAccount(row);
    },
    /** Only a confirmed number leads to an account. */
    async byPin(pin: string): Promise<Account | undefined> {
      const row = await from.first<AccountRow>(sql`select ${accountColumns} from identity.account
        where pin = ${pin} and confirmed_at is not null and closed_at is null`);
      return row && toAccount(row);
    },
    async byAddress(address: string): Promise<Account | undefined> {
      const row = await from.first<AccountRow>(sql`select ${accountColumns} from identity.account
        where closed_at is null and id = (select account from identity.channel where address = ${address} and removed_at is null)`);
      return row && toAccount(row);
    },
    /** The number becomes the account's own. */
    async confirm(given: { id: string; name: string; at: Date; by: string }): Promise<void> {
      await from.run(sql`update identity.account set confirmed_at = ${given.at}, confirmed_by = ${given.by}, name = ${given.name}
        where id = ${given.id}`);
    },
    async guard(id: string, until: Date): Promise<void> {
      await from.run(sql`update identity.account set guarded_until = greatest(guarded_until, ${until}) where id = ${id}`);
    },
    async channels(account: string): Promise<Channel[]> {
      const rows = await from.rows<{ id: string; kind: Channel["kind"]; address: string; confirmed_at: Date }>(sql`
        select id, kind, address, confirmed_at from identity.channel where account = ${account} and removed_at is null order by id`);
      return rows.map(({ confirmed_at, ...row }) => ({ ...row, confirmedAt: confirmed_at }));
    },
    /** False where the address is somebody's already. */
    async addChannel(account: string, channel: Channel): Promise<boolean> {
      const written = await from.run(sql`insert into identity.channel (account, id, kind, address, confirmed_at)
        values (${account}, ${channel.id}, ${channel.kind}, ${channel.address}, ${channel.confirmedAt})
        on conflict (address) where removed_at is null do nothing`);
      return written === 1;
    },
    async removeChannel(given: { account: string; id: string; at: Date }): Promise<boolean> {
      return (
        (await from.run(sql`update identity.channel set removed_at = ${given.at}
          where account = ${given.account} and id = ${given.id} and removed_at is null`)) === 1
      );
    },
    async authenticators(account: string): Promise<Authenticator[]> {
      const rows = await from.rows<AuthenticatorRow>(sql`select ${authenticatorColumns} from identity.authenticator
        where account = ${account} and removed_at is null order by id`);
      return rows.map(toAuthenticator);
    },
    async byCredential(kind: AuthenticatorKind, credential: string): Promise<Authenticator | undefined> {
      const row = await from.first<AuthenticatorRow>(sql`select ${authenticatorColumns} from identity.authenticator
        where credential = ${credential} and kind = ${kind} and removed_at is null`);
      return row && toAuthenticator(row);
    },
    /** False where the credential, or a password or TOTP of the account, is there already. */
    async add(one: Authenticator): Promise<boolean> {
      const written = await from.run(sql`insert into identity.authenticator
        (account, id, kind, name, secret, credential, counter, added_at)
        values (${one.account}, ${one.id}, ${one.kind}, ${one.name}, ${one.secret}, ${one.credential ?? null}, ${one.counter}, ${one.addedAt})
        on conflict do nothing`);
      return written === 1;
    },
    async remove(given: { account: string; at: Date; id?: string; kinds?: AuthenticatorKind[] }): Promise<number> {
      const { account, at, id, kinds } = given;
      return from.run(sql`update identity.authenticator set removed_at = ${at}
        where account = ${account} and removed_at is null
          and (${id ?? null}::uuid is null or id = ${id ?? null}) and (${kinds ?? null}::text[] is null or kind = any(${kinds ?? null}))`);
    },
    /**
     * Marks a use. Of two uses with the same counter one wins: a step of TOTP and a recovery code are good once, the counter of a passkey
     * only goes up. `counter` undefined keeps it.
     */
    async use(given: { account: string; id: string; at: Date; counter?: number; once?: boolean }): Promise<boolean> {
      const { account, id, at, counter, once } = given;
      const written =
        await from.run(sql`update identity.authenticator set used_at = ${at}, counter = coalesce(${counter ?? null}, counter),
          removed_at = case when ${once === true} then ${at}::timestamptz else removed_at end
        where account = ${account} and id = ${id} and removed_at is null
          and (${counter ?? null}::bigint is null or counter < ${counter ?? null}::bigint)`);
      return written === 1;
    },
    async tell(account: string, event: SecurityEvent): Promise<void> {
      await from.run(sql`insert into identity.security_event (account, id, event, at, device, detail)
        values (${account}, ${event.id}, ${event.event}, ${event.at}, ${event.device}, ${event.detail ?? null})`);
    },
    async events(account: string, limit: number): Promise<SecurityEvent[]> {
      const rows = await from.rows<Omit<SecurityEvent, "detail"> & { detail: string | null }>(sql`
        select id, event, at, device, detail from identity.security_event where account = ${account} order by id desc limit ${limit}`);
      return rows.map(({ detail, ...row }) => ({ ...row, ...(detail !== null && { detail }) }));
    },
  };
}

export type Accounts = ReturnType<typeof accountsIn>;

export interface AccountStore extends Accounts {
  /** All of it or nothing. */
  together<Result>(work: (accounts: Accounts) => Promise<Result>): Promise<Result>;
}

export function createAccountStore(database: Database): AccountStore {
  return { ...accountsIn(database), together: (work) => database.transaction((tx) => work(accountsIn(tx))) };
}

function toAccount(row: AccountRow): Account {
  return {
    id: row.id,
    pin: row.pin,
    name: row.name,
    openedAt: row.opened_at,
    ...(row.confirmed_at && { confirmedAt: row.confirmed_at }),
    ...(row.confirmed_by && { confirmedBy: row.confirmed_by }),
    ...(row.guarded_until && { guardedUntil: row.guarded_until }),
  };
}

function toAuthenticator({ credential, added_at, used_at, ...row }: AuthenticatorRow): Authenticator {
  return { ...row, addedAt: added_at, ...(credential !== null && { credential }), ...(used_at && { usedAt: used_at }) };
}
