import type { Means } from "@kerege/kernel/block";
import { problem } from "../problems.ts";
import type { Session } from "../session.ts";
import type { Account, Authenticator, Channel, SecurityEvent, SecurityEventName } from "./account.ts";
import { reaches } from "./level.ts";
import type { Notices } from "./notices.ts";
import type { OpenPassage } from "./passage.ts";
import type { Passkeys } from "./passkey.ts";
import { GUARD_HOURS, type Registration } from "./registration.ts";
import { accountOfSession, needAccount } from "./sign-in.ts";
import type { AccountStore } from "./store-account.ts";

/** What one signed in with so long ago still counts for a change of factors. */
const FRESH_MINUTES = 10;
/** After the identity was confirmed at a centre, factors are set up freely for a day. */
const SETTLING_HOURS = 24;

export interface SecurityOverview {
  account?: Account;
  authenticators: Authenticator[];
  channels: Channel[];
  /** Until then nothing is taken away. */
  guardedUntil?: Date;
  /** The level the factors reach. */
  level: "none" | "simple" | "substantial" | "high";
}

/** What a person changes about his or her own account, signed in a moment ago. */
export interface Security {
  of(subject: string): Promise<SecurityOverview>;
  events(subject: string): Promise<SecurityEvent[]>;
  /** Whether the session is young and strong enough for a change; else who it is has to be shown again. */
  isFresh(session: Session): Promise<boolean>;
  added(account: Account, kind: Authenticator["kind"], userAgent: string): Promise<void>;
  /** Undefined where the answer is refused. */
  addPasskey(account: Account, given: { answer: string; name: string; userAgent: string }): Promise<boolean>;
  changePassword(account: Account, password: string, userAgent: string): Promise<void>;
  /** @throws {Problem} `identity.guarded`, `identity.last-factor`, `identity.no-such-factor` */
  remove(subject: string, id: string, userAgent: string): Promise<void>;
  /** False where the address is another's. */
  addChannel(account: Account, passage: OpenPassage<"add-channel">, userAgent: string): Promise<boolean>;
  /** @throws {Problem} `identity.guarded`, `identity.last-factor`, `identity.no-such-factor` */
  removeChannel(subject: string, id: string, userAgent: string): Promise<void>;
}

export function createSecurity(
  means: Pick<Means, "clock" | "ids">,
  given: { store: AccountStore; passkeys: Passkeys; notices: Notices; registration: Registration },
): Security {
  const { store, passkeys, notices, registration } = given;
  const now = () => means.clock.now();
  const guardOf = (account: Account | undefined) =>
    account?.guardedUntil && account.guardedUntil > now() ? account.guardedUntil : undefined;
  const change = async (
    account: Account,
    told: { event: SecurityEventName; detail?: string; userAgent: string },
    work: (accounts: AccountStore | Parameters<Parameters<AccountStore["together"]>[0]>[0]) => Promise<boolean>,
  ): Promise<boolean> => {
    // Those that were there before the change are told of it: a new one may be of whoever made it.
    const channels = await store.channels(account.id);
    const settled =
      account.confirmedAt === undefined || account.confirmedAt.getTime() + SETTLING_HOURS * 3_600_000 <= now().getTime();
    const done = await store.together(async (accounts) => {
      if (!(await work(accounts))) return false;
      if (settled) await accounts.guard(account.id, new Date(now().getTime() + GUARD_HOURS * 3_600_000));
      await notices.write(accounts, account, told);
      return true;
    });
    if (done) await notices.send(channels, told.event);
    return done;
  };
  const unguarded = async (subject: string) => {
    const account = await needAccount(store, subject);
    const until = guardOf(account);
    if (until) throw problem("guarded", { params: { hours: Math.ceil((until.getTime() - now().getTime()) / 3_600_000) } });
    return account;
  };

  return {
    async of(subject) {
      const account = await accountOfSession(store, subject);
      if (!account) return { authenticators: [], channels: [], level: "none" };
      const [authenticators, channels] = [await store.authenticators(account.id), await store.channels(account.id)];
      const until = guardOf(account);
      return {
        account,
        authenticators,
        channels,
        level: reachedBy(account, authenticators),
        ...(until && { guardedUntil: until }),
      };
    },
    async events(subject) {
      const account = await accountOfSession(store, subject);
      return account ? store.events(account.id, 100) : [];
    },
    async isFresh(session) {
      const account = await accountOfSession(store, session.pin);
      // An invented person who only chose a name from the list shows nothing: what is real is not changed by it.
      if (!account || session.assurance === "demo") return false;
      if (session.openedAt.getTime() + FRESH_MINUTES * 60_000 < now().getTime()) return false;
      // Who has a passkey shows it: a password and a code can be talked out of somebody.
      const reached = reachedBy(account, await store.authenticators(account.id));
      return guardOf(account) && reached === "high"
        ? reaches(session.assurance, "substantial")
        : reached === "none" || reaches(session.assurance, reached);
    },
    async added(account, kind, userAgent) {
      await change(account, { event: "factor-added", detail: kind, userAgent }, async () => true);
    },
    async addPasskey(account, { answer, name, userAgent }) {
      const made = await passkeys.created(account.id, answer);
      if (!made) return false;
      const { credential, publicKey, counter } = made;
      const one: Authenticator = {
        account: account.id,
        id: means.ids.next(),
        kind: "passkey",
        name: name.trim().slice(0, 60),
        secret: publicKey,
        credential,
        counter,
        addedAt: now(),
      };
      return change(account, { event: "factor-added", detail: "passkey", userAgent }, (accounts) => accounts.add(one));
    },
    async changePassword(account, password, userAgent) {
      await registration.setPassword(account.id, password);
      await change(account, { event: "password-changed", userAgent }, async () => true);
    },
    async remove(subject, id, userAgent) {
      const account = await unguarded(subject);
      const all = await store.authenticators(account.id);
      const one = all.find((each) => each.id === id);
      if (!one || one.kind === "password") throw problem("no-such-factor");
      const rest = all.filter((each) => each.id !== id);
      // Whose identity is confirmed keeps a way in that is worth it.
      if (account.confirmedAt && !["substantial", "high"].includes(reachedBy(account, rest))) throw problem("last-factor");
      const told = { event: "factor-removed", detail: one.kind, userAgent } as const;
      const removed = await change(
        account,
        told,
        async (accounts) => (await accounts.remove({ account: account.id, at: now(), id })) > 0,
      );
      if (!removed) throw problem("no-such-factor");
    },
    async addChannel(account, { state }, userAgent) {
      const { kind, address } = state;
      return change(account, { event: "channel-added", detail: kind, userAgent }, async (accounts) => {
        const owner = await accounts.byAddress(address);
        // An account whose number was only claimed gives its address to who proves to hold it and is known more surely.
        if (owner && owner.id !== account.id && !owner.confirmedAt && account.confirmedAt) {
          const theirs = (await accounts.channels(owner.id)).find((one) => one.address === address);
          if (theirs) await accounts.removeChannel({ account: owner.id, id: theirs.id, at: now() });
        }
        return accounts.addChannel(account.id, { id: means.ids.next(), kind, address, confirmedAt: now() });
      });
    },
    async removeChannel(subject, id, userAgent) {
      const account = await unguarded(subject);
      const channels = await store.channels(account.id);
      const one = channels.find((each) => each.id === id);
      if (!one) throw problem("no-such-factor");
      if (channels.length === 1) throw problem("last-factor");
      await change(account, { event: "channel-removed", detail: one.kind, userAgent }, (accounts) =>
        accounts.removeChannel({ account: account.id, id, at: now() }),
      );
    },
  };
}

/** The level that can be shown with these. */
function reachedBy(account: Account, authenticators: Authenticator[]): SecurityOverview["level"] {
  const has = (kind: Authenticator["kind"]) => authenticators.some((one) => one.kind === kind);
  if (!account.confirmedAt) return has("password") ? "simple" : "none";
  if (has("passkey") || has("certificate")) return "high";
  if (has("password") && has("totp")) return "substantial";
  return has("password") ? "simple" : "none";
}
