import { gzipSync } from "node:zlib";
import type { Means } from "@kerege/kernel/block";
import { type App, languageOf, type Reply, type Request } from "@kerege/kernel/http";
import { renderPage, type Visit } from "@kerege/kernel/page";
import { kernelProblem, Problem } from "@kerege/kernel/problem";
import type { VNode } from "preact";
import { SESSION_COOKIE } from "../credentials.ts";
import type { DeskReception } from "../desk-reception.ts";
import type { Arrival, Arrivals } from "../login.ts";
import { one } from "../provider/paths.ts";
import type { IdentityDoor, Session } from "../session.ts";
import { reachOf } from "./courier.ts";
import type { Factors } from "./factors.ts";
import type { Errors } from "./pages/parts.tsx";
import type { Trial } from "./sign-in.ts";
import { queryOf } from "./ways.ts";

/** What every group of routes stands on. */
export interface Entrance {
  app: App;
  means: Pick<Means, "country" | "texts" | "clock">;
  factors: Factors;
  identity: Pick<IdentityDoor, "find">;
  arrivals: Arrivals;
  desks: DeskReception;
}

export interface Step {
  visit: Visit;
  arrival: Arrival;
  /** Goes on in the address of every step. */
  query: string;
}

export function sendPage(request: Request, reply: Reply, page: VNode): Reply {
  reply.header("cache-control", "private, no-store").type("text/html; charset=utf-8");
  const bytes = Buffer.from(renderPage(page));
  if (bytes.length < 1024 || !(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(bytes);
  return reply
    .header("content-encoding", "gzip")
    .header("vary", "accept-encoding")
    .send(gzipSync(bytes, { level: 1 }));
}

/** The page again with what has to be put right (RFC 9110, 15.5.21). */
export function sendWrong(request: Request, reply: Reply, page: VNode): Reply {
  return sendPage(request, reply.code(422), page);
}

/** Texts of every page are told what messages can reach, as `reach`. */
export async function visitIn(
  { app, means, factors }: Pick<Entrance, "app" | "means" | "factors">,
  request: Request,
): Promise<Visit> {
  const offered = means.country.languages;
  const language = languageOf(request, offered);
  if ((request.params as { language?: string }).language !== language) throw kernelProblem("not-found");
  const visit = await app.visits.visitor(request, language);
  const reach = reachOf(factors.courier);
  return { ...visit, t: (key, values) => visit.t(key, { reach, ...values }) };
}

/** A step on the way in: in which language, and what for. */
export async function stepOf(entrance: Entrance, request: Request): Promise<Step> {
  const visit = await visitIn(entrance, request);
  const arrival = await entrance.arrivals.of(request);
  return { visit, arrival, query: queryOf(arrival, `/${visit.language}/cabinet`) };
}

export function trialOf(request: Request): Trial {
  return { from: request.ip, userAgent: request.headers["user-agent"] ?? "" };
}

export const field = (request: Request, name: string): string => one(request.body, name);

/** The session of a person of whatever level. @throws {Problem} `kernel.sign-in-needed` */
export async function sessionOf({ identity }: Pick<Entrance, "identity">, request: Request): Promise<Session> {
  const token = (request.cookies as Request["cookies"] | undefined)?.[SESSION_COOKIE];
  const session = token === undefined ? undefined : await identity.find(token);
  if (!session) throw kernelProblem("sign-in-needed");
  return session;
}

/** A Problem of these codes said beside its field; any other goes on as it is. */
export async function besideField(
  work: () => Promise<void>,
  given: { codes: string[]; field: string; visit: Visit },
): Promise<Errors> {
  try {
    await work();
    return {};
  } catch (error) {
    if (!(error instanceof Problem) || !given.codes.includes(error.code)) throw error;
    const [block, ...rest] = error.code.split(".");
    return { [given.field]: given.visit.t(`${block}.problems.${rest.join(".")}.detail`, error.params) };
  }
}
