import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { ACTIVATE, CONFIRM } from "../factors/activation.ts";
import type { Login } from "../login.ts";
import type { Assurance } from "../session.ts";
import { type CodeFlowMeans, createCodeFlow } from "./code-flow.ts";
import { ownPrograms } from "./own-programs.ts";

/** The programs that officials sign in to. */
export const deskPrograms = ["desks", "centres"] as const;
export type DeskProgram = (typeof deskPrograms)[number];

/** Who confirms at a service centre who somebody is comes through a program of its own. */
export function deskProgramOf(rights: string[]): DeskProgram {
  return rights.includes(ACTIVATE) || rights.includes(CONFIRM) ? "centres" : "desks";
}

/** An official who has just come from the provider and is about to take a seat: who, how surely, under which session there. */
export interface Seat extends Omit<Login, "at"> {
  program: DeskProgram;
  providerSession: string;
}

export interface DeskArrivals {
  /** Leads the browser to the provider; nobody is asked anything who is known there surely enough. */
  begin(reply: Reply, asked: { program: DeskProgram; back: string; language: Language; post?: string }): Reply;
  /**
   * Where the provider leads back to. `seat` is undefined where the person did not want to.
   * @throws {Problem} `identity.sign-in-gone`, `identity.not-enough`
   */
  arrive(
    request: Request,
    reply: Reply,
    program: DeskProgram,
  ): Promise<{ seat?: Seat; back: string; language: Language; post?: string }>;
  /** Keeps whoever arrived until a post is chosen: ten minutes, in this browser. */
  keep(reply: Reply, seat: Seat): void;
  /** Who arrived and has not chosen yet; undefined once the session at the provider is over. */
  seatOf(request: Request): Promise<Seat | undefined>;
  forget(reply: Reply): void;
}

const COOKIE = "seat";
const SECONDS = 600;

export interface DeskArrivalMeans extends CodeFlowMeans {
  /** What officials have to show at least. */
  level: Assurance;
  isOpen(providerSession: string): Promise<boolean>;
}

/** Desks and service centres as programs of the provider: an authorization request of their own, with a level of their own. */
export function createDeskArrivals(app: App, means: DeskArrivalMeans): DeskArrivals {
  const flows = {
    desks: createCodeFlow(app, means, ownPrograms.desks),
    centres: createCodeFlow(app, means, ownPrograms.centres),
  };
  const { protocol } = new URL(means.issuer);
  const cookie = { path: "/", httpOnly: true, sameSite: "lax", secure: protocol === "https:" } as const;
  const open = (value: string): Seat | undefined => {
    try {
      const kept = JSON.parse(means.vault.open(Buffer.from(value, "base64url"), COOKIE).toString("utf8"));
      const { until, ...seat } = kept as Seat & { until: number };
      return until > means.now().getTime() ? seat : undefined;
    } catch {
      return undefined;
    }
  };
  return {
    begin(reply, { program, ...leaving }) {
      return flows[program].begin(reply, { leaving: { ...leaving, wanted: means.level } });
    },
    async arrive(request, reply, program) {
      const { leaving, found } = await flows[program].arrive(request, reply);
      const { back, language, post } = leaving;
      const way = { back, language, ...(post !== undefined && { post }) };
      if (!found?.providerSession) return way;
      const { at: _, ...login } = found.login;
      return { ...way, seat: { ...login, program, providerSession: found.providerSession } };
    },
    keep(reply, seat) {
      const until = means.now().getTime() + SECONDS * 1000;
      const sealed = means.vault.seal(Buffer.from(JSON.stringify({ ...seat, until })), COOKIE).toString("base64url");
      reply.setCookie(COOKIE, sealed, { ...cookie, maxAge: SECONDS });
    },
    async seatOf(request) {
      const value = (request.cookies as Request["cookies"] | undefined)?.[COOKIE];
      const seat = value === undefined ? undefined : open(value);
      return seat && (await means.isOpen(seat.providerSession)) ? seat : undefined;
    },
    forget: (reply) => void reply.clearCookie(COOKIE, { path: "/" }),
  };
}
