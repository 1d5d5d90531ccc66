import type { Means } from "@kerege/kernel/block";
import type { Login } from "../login.ts";
import { problem } from "../problems.ts";
import type { Vault } from "../provider/vault.ts";
import type { Account, Authenticator, AuthenticatorKind } from "./account.ts";
import type { Activation, Activations, FindPerson } from "./activation.ts";
import { newRecoveryCode, readRecoveryCode } from "./activation-code.ts";
import type { Attempts } from "./attempts.ts";
import { keyed } from "./keyed.ts";
import type { Notices } from "./notices.ts";
import type { Passages } from "./passage.ts";
import { PASSWORD_LENGTH, type PasswordFault, type Passwords, passwordFault } from "./password.ts";
import type { SignIn, Trial } from "./sign-in.ts";
import type { AccountStore, Accounts } from "./store-account.ts";
import { acceptedStep } from "./totp.ts";

/** While it lasts nothing is taken away from an account and its strongest level is not reached. */
export const GUARD_HOURS = 24;
const RECOVERY_CODES = 8;
/** Who looks at the register when a number is claimed; its body is that of the declaration. */
const CLAIMS = { kind: "system", body: "", name: "identity" } as const;

export interface Registration {
  /** An account of the lowest level: the number is only claimed. Undefined where the address was taken in the meantime. */
  open(state: Passages["register"], password: string, trial: Trial): Promise<Login | undefined>;
  /** By the code of a service centre. Undefined where number and code do not fit. @throws {Problem} `identity.too-many-tries` */
  activate(typed: { pin: string; code: string }, trial: Trial): Promise<Account | undefined>;
  faultOf(password: string, words: string[]): PasswordFault | undefined;
  /** In place of the former one, if any. */
  setPassword(account: string, password: string): Promise<void>;
  /** Adds what was set up with the app, once a code of it was right. */
  addTotp(account: string, given: { sealed: string; code: string }): Promise<boolean>;
  /** New ones in place of all former ones; shown once. */
  newRecoveryCodes(account: string): Promise<string[]>;
}

export function createRegistration(
  means: Pick<Means, "clock" | "ids">,
  given: {
    store: AccountStore;
    vault: Vault;
    attempts: Attempts;
    passwords: Passwords;
    notices: Notices;
    activations: Activations;
    signIn: SignIn;
    /** As the system that keeps accounts, for a claim. */
    people: FindPerson;
    endSessions(subject: string): Promise<void>;
  },
): Registration {
  const { store, vault, attempts, passwords, notices, activations, signIn } = given;
  const now = () => means.clock.now();
  const made = (account: string, kind: AuthenticatorKind, secret: string): Authenticator => ({
    account,
    id: means.ids.next(),
    kind,
    name: "",
    secret,
    counter: 0,
    addedAt: now(),
  });

  /** What was there is gone, whoever had it; channels stay, so that the person hears of it. */
  const beginAnew = async (accounts: Accounts, account: Account, { userAgent }: Trial): Promise<void> => {
    await accounts.remove({ account: account.id, at: now() });
    await accounts.guard(account.id, new Date(now().getTime() + GUARD_HOURS * 3_600_000));
    await notices.write(accounts, account, { event: "recovered", detail: "activation", userAgent });
  };
  const confirmed = (activation: Activation): Account => ({
    id: means.ids.next(),
    pin: activation.pin,
    name: activation.name,
    openedAt: now(),
    confirmedAt: now(),
    confirmedBy: `${activation.requestedBy} ${activation.approvedBy ?? ""}`.trim(),
  });

  return {
    faultOf: (password, words) => passwordFault(password, { words }),
    async open(state, password, trial) {
      if (!state.confirmed || state.taken) throw problem("passage-over");
      const hash = await passwords.hash(password);
      const { pin, name, bornOn, kind, address } = state;
      const person = await given.people(pin, CLAIMS);
      const claimFits = person?.alive === true && person.bornOn === bornOn;
      const account: Account = { id: means.ids.next(), pin, name, openedAt: now() };
      const opened = await store.together(async (accounts) => {
        await accounts.insert({ ...account, claimFits });
        if (!(await accounts.addChannel(account.id, { id: means.ids.next(), kind, address, confirmedAt: now() }))) return false;
        await accounts.add(made(account.id, "password", hash));
        await notices.write(accounts, account, { event: "registered", userAgent: trial.userAgent });
        return true;
      });
      return opened ? signIn.loginOf(account, ["pwd"]) : undefined;
    },
    async activate({ pin, code }, trial) {
      await attempts.guess({ target: `activation ${pin}`, from: trial.from });
      const activation = await activations.redeem(pin, code);
      if (!activation) return undefined;
      const former = await store.byPin(pin);
      if (!former) {
        const account = confirmed(activation);
        await store.together(async (accounts) => {
          await accounts.insert(account);
          await notices.write(accounts, account, { event: "activated", userAgent: trial.userAgent });
        });
        return account;
      }
      const channels = await store.channels(former.id);
      await store.together((accounts) => beginAnew(accounts, former, trial));
      await given.endSessions(pin);
      await notices.send(channels, "recovered");
      return store.byId(former.id);
    },
    async setPassword(account, password) {
      const hash = await passwords.hash(password);
      await store.together(async (accounts) => {
        await accounts.remove({ account, at: now(), kinds: ["password"] });
        await accounts.add(made(account, "password", hash));
      });
    },
    async addTotp(account, { sealed, code }) {
      const secret = vault.open(Buffer.from(sealed, "base64url"), account);
      const step = acceptedStep(secret, code.replaceAll(/\s/g, ""), { at: now(), last: 0 });
      if (step === undefined) return false;
      await store.together(async (accounts) => {
        await accounts.remove({ account, at: now(), kinds: ["totp"] });
        await accounts.add({ ...made(account, "totp", sealed), counter: step });
      });
      return true;
    },
    async newRecoveryCodes(account) {
      const codes = Array.from({ length: RECOVERY_CODES }, newRecoveryCode);
      await store.together(async (accounts) => {
        await accounts.remove({ account, at: now(), kinds: ["recovery"] });
        for (const code of codes)
          await accounts.add(made(account, "recovery", keyed(vault, "recovery", [account, readRecoveryCode(code)!])));
      });
      return codes;
    },
  };
}

/** The words of a fault of a password, with what they name. */
export function faultWords(fault: PasswordFault): { key: string; params: Record<string, number> } {
  return { key: `identity.factors.faults.password-${fault}`, params: { min: PASSWORD_LENGTH.min, max: PASSWORD_LENGTH.max } };
}
