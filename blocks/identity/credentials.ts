import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { App, Request } from "@kerege/kernel/http";
import type { DeskSession } from "./desk.ts";
import { seesRegisters } from "./factors/level.ts";
import { problem } from "./problems.ts";
import type { IdentityDoor } from "./session.ts";

/** Cookie of a person's session. */
export const SESSION_COOKIE = "session";
/** Cookie of an official's desk. */
export const DESK_COOKIE = "desk";

type Official = Extract<Actor, { kind: "official" }>;

export function officialOf({ body, post, official }: DeskSession): Official {
  return { kind: "official", body, post, person: official };
}

function cookieOf(request: Request, name: string): string | undefined {
  return (request.cookies as Request["cookies"] | undefined)?.[name];
}

/** The open desk of a request. @throws {Problem} `identity.not-in-post` where the official does not hold the post today */
export async function deskOf(
  request: Request,
  given: { identity: Pick<IdentityDoor, "findDesk">; holds(official: Official): Promise<boolean> },
): Promise<DeskSession | undefined> {
  const token = cookieOf(request, DESK_COOKIE);
  const desk = token === undefined ? undefined : await given.identity.findDesk(token);
  if (desk && !(await given.holds(officialOf(desk)))) throw problem("not-in-post");
  return desk;
}

/**
 * The ways in which one shows over HTTP who one is: a secret or an access token of a system (RFC 6750, RFC 9449), an official's desk, a person's session. A program
 * that sends a secret is never taken for whoever else sits at the browser.
 */
export function addCredentials(
  app: App,
  identity: Pick<IdentityDoor, "findClient" | "findDesk" | "find" | "personAt" | "shown">,
  systemOf: (request: Request, shown: { scheme: string; token: string }) => Promise<Actor | undefined> = async () => undefined,
): void {
  app.askers.add(async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    const [, scheme = "", token = ""] = /^(Bearer|DPoP) +([\w~+/.-]+=*) *$/i.exec(authorization) ?? [];
    const client = scheme.toLowerCase() === "bearer" ? await identity.findClient(token) : undefined;
    if (client) return { kind: "system", body: client.body, name: client.name };
    const system = token === "" ? undefined : await systemOf(request, { scheme, token });
    if (!system) throw problem("unknown-secret");
    return system;
  });
  app.askers.add(async (request) => {
    const desk = await deskOf(request, { identity, holds: (official) => app.askers.holds(official) });
    return desk && officialOf(desk);
  });
  app.askers.sitting = (request, kind) => {
    const token = cookieOf(request, kind === "official" ? DESK_COOKIE : SESSION_COOKIE);
    return token === undefined ? "" : createHash("sha256").update(token).digest("base64url");
  };
  const sessionOf = async (request: Request) => {
    const token = cookieOf(request, SESSION_COOKIE);
    return token === undefined ? undefined : identity.find(token);
  };
  app.askers.add(async (request) => {
    const session = await sessionOf(request);
    // A number that is only claimed, or one shown by a password alone, opens no register.
    return session && seesRegisters(session.assurance) ? (await identity.personAt(request, session)).actor : undefined;
  });
  app.askers.shown = async (request) => {
    const token = cookieOf(request, SESSION_COOKIE);
    return token === undefined ? undefined : identity.shown(token);
  };
  app.askers.refusal = async (request) => {
    const session = await sessionOf(request);
    return session && !seesRegisters(session.assurance)
      ? problem("assurance-too-low", { params: { what: "substantial" } })
      : undefined;
  };
}
