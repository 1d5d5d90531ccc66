import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "@kerege/kernel/clock";
import type { Reply, Request } from "@kerege/kernel/http";
import { problem } from "../problems.ts";
import { isToken } from "../session.ts";
import type { AuthenticatorKind, ChannelKind } from "./account.ts";
import type { Method } from "./level.ts";
import type { PassageStore } from "./store-passage.ts";

const COOKIE = "passage";
const MINUTES = 20;

/** What a way of several pages remembers from step to step, on the server; the browser has a token only. */
export interface Passages {
  /** The password was right; a second factor is asked for. */
  "second-factor": { account: string; target: string; methods: Method[]; factor?: AuthenticatorKind };
  /** Registering oneself: what was typed, until the address is confirmed. `taken`: the address is another's, who was told. */
  register: {
    pin: string;
    name: string;
    bornOn: string;
    kind: ChannelKind;
    address: string;
    taken: boolean;
    confirmed?: boolean;
  };
  /** The activation code was right: factors are chosen anew. */
  activate: { account: string; confirmed: true; totp?: string };
  /** Codes to keep were shown; only the sign-in is left. */
  activated: { account: string };
  /** Two independent factors are shown to set a new password. */
  recover: { account?: string; target: string; address?: string; kind?: ChannelKind; simple: boolean; shown?: boolean };
  /** A new TOTP that is not confirmed by a code yet, sealed. */
  "add-totp": { account: string; totp: string };
  /** On the way to the door where browsers show certificates. */
  certificate: Record<never, never>;
  "add-channel": { account: string; kind: ChannelKind; address: string; taken: boolean };
}

export interface OpenPassage<Kind extends keyof Passages> {
  /** Hash of the token: names the passage among codes. */
  id: string;
  state: Passages[Kind];
}

export interface PassageRoom {
  /** Under a new token, whatever the browser had before. */
  begin<Kind extends keyof Passages>(reply: Reply, kind: Kind, state: Passages[Kind]): Promise<string>;
  /** @throws {Problem} `identity.passage-over` where this browser is on no such way, or too late */
  need<Kind extends keyof Passages>(request: Request, kind: Kind): Promise<OpenPassage<Kind>>;
  find<Kind extends keyof Passages>(request: Request, kind: Kind): Promise<OpenPassage<Kind> | undefined>;
  change<Kind extends keyof Passages>(passage: OpenPassage<Kind>, state: Passages[Kind]): Promise<void>;
  /** Once. @throws {Problem} `identity.passage-over` */
  finish(reply: Reply, passage: { id: string }): Promise<void>;
}

export function createPassages(given: { store: PassageStore; clock: Clock; secure: boolean }): PassageRoom {
  const { store, clock, secure } = given;
  const hash = (token: string) => createHash("sha256").update(token).digest("base64url");
  const find: PassageRoom["find"] = async (request, kind) => {
    const token = (request.cookies as Request["cookies"] | undefined)?.[COOKIE];
    if (!isToken(token)) return undefined;
    const row = await store.find(hash(token), clock.now());
    return row?.kind === kind ? { id: hash(token), state: row.state as Passages[typeof kind] } : undefined;
  };
  return {
    find,
    async begin(reply, kind, state) {
      const token = randomBytes(32).toString("base64url");
      const expiresAt = new Date(clock.now().getTime() + MINUTES * 60_000);
      await store.insert({ tokenHash: hash(token), kind, state, expiresAt });
      reply.setCookie(COOKIE, token, { path: "/", httpOnly: true, sameSite: "strict", secure, maxAge: MINUTES * 60 });
      return hash(token);
    },
    async need(request, kind) {
      const found = await find(request, kind);
      if (!found) throw problem("passage-over");
      return found;
    },
    async change(passage, state) {
      passage.state = state;
      await store.change(passage.id, state);
    },
    async finish(reply, { id }) {
      reply.clearCookie(COOKIE, { path: "/" });
      if (!(await store.finish(id, clock.now()))) throw problem("passage-over");
    },
  };
}
