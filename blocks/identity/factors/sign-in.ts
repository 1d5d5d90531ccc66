import type { Means } from "@kerege/kernel/block";
import { isDuplicate } from "@kerege/kernel/database";
import type { Login } from "../login.ts";
import { problem } from "../problems.ts";
import type { Vault } from "../provider/vault.ts";
import { type Account, type Authenticator, subjectOf } from "./account.ts";
import type { FindPerson } from "./activation.ts";
import { readRecoveryCode } from "./activation-code.ts";
import type { Attempts } from "./attempts.ts";
import { type Identifier, readIdentifier } from "./identifier.ts";
import { keyed, sameText } from "./keyed.ts";
import { levelOf, type Method } from "./level.ts";
import type { Notices } from "./notices.ts";
import type { Passkeys } from "./passkey.ts";
import type { Passwords } from "./password.ts";
import type { AccountStore } from "./store-account.ts";
import { acceptedStep } from "./totp.ts";

/** An id that no account has: what is looked up for nobody takes as long as what is looked up for somebody. */
const NOBODY = "00000000-0000-7000-8000-000000000000";

export interface Trial {
  /** Address the request came from. */
  from: string;
  userAgent: string;
}

export type PasswordOutcome =
  | { kind: "wrong" }
  /** The password was right and a second factor is there: it is asked for. */
  | { kind: "second"; account: string; target: string; methods: Method[] }
  | { kind: "in"; login: Login };

export interface SignIn {
  /**
   * By personal number, mail or phone. Nobody learns whether there is such an account: an unknown one takes the same way and the same time.
   * @throws {Problem} `identity.too-many-tries`, `kernel.too-busy`
   */
  password(typed: { identifier: string; password: string }, trial: Trial): Promise<PasswordOutcome>;
  /** A code of the app, or a recovery code. Undefined where it is wrong. @throws {Problem} `identity.too-many-tries` */
  second(state: { account: string; target: string; methods: Method[] }, code: string, trial: Trial): Promise<Login | undefined>;
  /** Undefined where it is refused. @throws {Problem} `identity.too-many-tries` */
  passkey(answer: string, trial: Trial): Promise<Login | undefined>;
  /** The holder of a certificate that was shown; an account of his or her own is opened at the first time. */
  certificate(pin: string, trial: Trial): Promise<Login | undefined>;
  /** The sign-in of somebody who has just shown this. */
  loginOf(account: Account, methods: Method[]): Login;
  /** Whether a code of the app or a recovery code is right; it is used up. */
  useCode(account: string, code: string): Promise<"otp" | "kba" | undefined>;
  accountOf(identifier: Identifier | undefined): Promise<Account | undefined>;
}

export function createSignIn(
  means: Pick<Means, "clock" | "ids">,
  given: {
    store: AccountStore;
    vault: Vault;
    attempts: Attempts;
    passwords: Passwords;
    passkeys: Passkeys;
    notices: Notices;
    people: FindPerson;
    /** Work that nobody waits for; done before the block closes. */
    later(work: () => Promise<void>): void;
  },
): SignIn {
  const { store, vault, attempts, passwords, passkeys, notices } = given;
  const now = () => means.clock.now();
  const accountOf: SignIn["accountOf"] = async (identifier) => {
    if (!identifier) return store.byPin("");
    return identifier.kind === "pin" ? store.byPin(identifier.pin) : store.byAddress(identifier.address);
  };
  const loginOf: SignIn["loginOf"] = (account, methods) => {
    const guarded = account.guardedUntil !== undefined && account.guardedUntil > now();
    const level = levelOf({ confirmed: account.confirmedAt !== undefined, methods });
    return {
      pin: subjectOf(account),
      name: account.name,
      // What was recovered or added a moment ago may be in other hands: for a day it does not open the most.
      assurance: guarded && level === "high" ? "substantial" : level,
      methods,
      at: now(),
    };
  };
  const enter = async (account: Account, methods: Method[], { userAgent }: Trial): Promise<Login> => {
    const login = loginOf(account, methods);
    await notices.write(store, account, { event: "signed-in", detail: login.assurance, userAgent });
    return login;
  };
  // Written once the answer is on its way: how long it takes must not tell whether there is an account.
  const failed = (account: Account | undefined, detail: string, { userAgent }: Trial) => {
    if (account) given.later(() => notices.write(store, account, { event: "failed", detail, userAgent }));
  };
  const openFor = async (pin: string): Promise<Account | undefined> => {
    const person = await given.people(pin, { kind: "system", body: "", name: "identity" });
    if (!person?.alive) return undefined;
    const account = {
      id: means.ids.next(),
      pin,
      name: person.name,
      openedAt: now(),
      confirmedAt: now(),
      confirmedBy: "certificate",
    };
    // Of two first times at once one opens it.
    await store.insert(account).catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
    });
    return store.byPin(pin);
  };
  const of = (kind: Authenticator["kind"], all: Authenticator[]) => all.find((one) => one.kind === kind);

  const useCode: SignIn["useCode"] = async (account, code) => {
    const all = await store.authenticators(account);
    const totp = of("totp", all);
    const step =
      totp &&
      acceptedStep(vault.open(Buffer.from(totp.secret, "base64url"), account), code.replaceAll(/\s/g, ""), {
        at: now(),
        last: totp.counter,
      });
    if (totp && step !== undefined)
      return (await store.use({ account, id: totp.id, at: now(), counter: step })) ? "otp" : undefined;
    const plain = readRecoveryCode(code);
    const hash = plain && keyed(vault, "recovery", [account, plain]);
    const recovery = hash ? all.find((one) => one.kind === "recovery" && sameText(one.secret, hash)) : undefined;
    return recovery && (await store.use({ account, id: recovery.id, at: now(), once: true })) ? "kba" : undefined;
  };

  return {
    accountOf,
    loginOf,
    useCode,
    async password({ identifier, password }, trial) {
      const read = readIdentifier(identifier);
      const target = read ? (read.kind === "pin" ? read.pin : read.address) : identifier.trim().slice(0, 200);
      return passwords.inTurn(async (fits) => {
        await attempts.guess({ target, from: trial.from });
        const account = await accountOf(read);
        const all = await store.authenticators(account?.id ?? NOBODY);
        const known = of("password", all);
        const right = await fits(password.slice(0, 1000), known?.secret);
        if (!right || !account || !known) {
          failed(account, "password", trial);
          return { kind: "wrong" };
        }
        await store.use({ account: account.id, id: known.id, at: now() });
        if (account.confirmedAt && all.some(({ kind }) => kind === "totp"))
          return { kind: "second", account: account.id, target, methods: ["pwd"] };
        await attempts.forgive({ target, from: trial.from });
        return { kind: "in", login: await enter(account, ["pwd"], trial) };
      });
    },
    async second({ account: id, target, methods }, code, trial) {
      await attempts.guess({ target, from: trial.from });
      const account = await store.byId(id);
      const used = account && (await useCode(id, code));
      if (!account || !used) {
        failed(account, "totp", trial);
        return undefined;
      }
      await attempts.forgive({ target, from: trial.from });
      return enter(account, [...methods, used, "mfa"], trial);
    },
    async passkey(answer, trial) {
      await attempts.show(trial.from);
      const found = await passkeys.shown(answer, (credential) => store.byCredential("passkey", credential));
      if (!found) return undefined;
      const { passkey, shown } = found;
      const account = await store.byId(passkey.account);
      // Passkeys that are kept in several places have no counter: theirs stays 0 (WebAuthn 3, 6.1.1).
      const counter = shown.counter === 0 ? undefined : shown.counter;
      const used = await store.use({
        account: passkey.account,
        id: passkey.id,
        at: now(),
        ...(counter !== undefined && { counter }),
      });
      if (!account || !used) return undefined;
      const methods: Method[] = shown.userVerified ? [shown.backedUp ? "swk" : "hwk", "user", "mfa"] : ["swk"];
      return enter(account, methods, trial);
    },
    async certificate(pin, trial) {
      // Who gave the certificate had confirmed the identity; what is missing is only our own record of the person.
      const account = (await store.byPin(pin)) ?? (await openFor(pin));
      return account && enter(account, ["hwk", "user", "mfa"], trial);
    },
  };
}

/** The account of a session; none for an invented person who has none yet. */
export async function accountOfSession(store: AccountStore, subject: string): Promise<Account | undefined> {
  const own = /^account:([0-9a-f-]{36})$/.exec(subject)?.[1];
  return own === undefined ? store.byPin(subject) : store.byId(own);
}

/** @throws {Problem} `identity.no-account` */
export async function needAccount(store: AccountStore, subject: string): Promise<Account> {
  const found = await accountOfSession(store, subject);
  if (!found) throw problem("no-account");
  return found;
}
