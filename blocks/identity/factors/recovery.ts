import type { Means } from "@kerege/kernel/block";
import { problem } from "../problems.ts";
import { type ChannelKind, subjectOf } from "./account.ts";
import type { Attempts } from "./attempts.ts";
import { readIdentifier } from "./identifier.ts";
import type { Notices } from "./notices.ts";
import type { OpenPassage, Passages } from "./passage.ts";
import { GUARD_HOURS, type Registration } from "./registration.ts";
import type { SentCodes } from "./sent-codes.ts";
import type { SignIn, Trial } from "./sign-in.ts";
import type { AccountStore } from "./store-account.ts";

/** A new password for who shows two independent things: a code sent to a channel of the account, and a code of the app or a kept one. */
export interface Recovery {
  /** The same for a known and an unknown account. @throws {Problem} `identity.too-many-messages` */
  begin(typed: string, trial: Trial): Promise<Passages["recover"]>;
  sendCode(passage: OpenPassage<"recover">, trial: Trial): Promise<void>;
  /** Whether both were right. @throws {Problem} `identity.code-over`, `identity.too-many-tries` */
  show(passage: OpenPassage<"recover">, typed: { sent: string; second: string }, trial: Trial): Promise<boolean>;
  /** Sessions end, all channels are told, and a day of guard begins. */
  setPassword(state: Passages["recover"], password: string, trial: Trial): Promise<void>;
}

export function createRecovery(
  means: Pick<Means, "clock">,
  given: {
    store: AccountStore;
    attempts: Attempts;
    codes: SentCodes;
    /** What messages can be carried to. */
    kinds: readonly ChannelKind[];
    signIn: SignIn;
    registration: Registration;
    notices: Notices;
    endSessions(subject: string): Promise<void>;
  },
): Recovery {
  const { store, attempts, codes, signIn, registration, notices } = given;
  return {
    async begin(typed, trial) {
      const read = readIdentifier(typed);
      const target = read ? (read.kind === "pin" ? read.pin : read.address) : typed.trim().slice(0, 200);
      await attempts.send({ target: `recover ${target}`, from: trial.from });
      const account = await signIn.accountOf(read);
      const all = await store.channels(account?.id ?? "00000000-0000-7000-8000-000000000000");
      const channels = all.filter(({ kind }) => given.kinds.includes(kind));
      const channel =
        channels.find((one) => read?.kind !== "pin" && read !== undefined && one.address === read.address) ?? channels[0];
      const simple = account !== undefined && account.confirmedAt === undefined;
      if (!account || !channel) return { target, simple };
      return { account: account.id, target, simple, address: channel.address, kind: channel.kind };
    },
    async sendCode({ id, state }, { from }) {
      const { account, address, kind } = state;
      const to = { kind: kind ?? ("mail" as const), address: address ?? state.target };
      // Too many messages to one address are not sent; who asks must not learn from it whose address it is.
      await codes.send({ passage: id, purpose: "recover", to, from, nobody: account === undefined }).catch((error: unknown) => {
        if ((error as { code?: string }).code !== "identity.too-many-messages") throw error;
      });
    },
    async show({ id, state }, { sent, second }, { from }) {
      await attempts.guess({ target: state.target, from });
      const right = await codes.accept({ passage: id, purpose: "recover", typed: sent });
      if (!right || state.account === undefined) return false;
      return state.simple || (await signIn.useCode(state.account, second)) !== undefined;
    },
    async setPassword(state, password, { userAgent }) {
      const account = state.shown && state.account ? await store.byId(state.account) : undefined;
      if (!account) throw problem("passage-over");
      await registration.setPassword(account.id, password);
      const until = new Date(means.clock.now().getTime() + GUARD_HOURS * 3_600_000);
      await store.together(async (accounts) => {
        await accounts.guard(account.id, until);
        await notices.write(accounts, account, { event: "recovered", detail: "password", userAgent });
      });
      await given.endSessions(subjectOf(account));
      await notices.send(await store.channels(account.id), "recovered");
    },
  };
}
