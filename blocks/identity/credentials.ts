import type { Actor } from "@kerege/kernel/actor";
import type { App, Request } from "@kerege/kernel/http";
import type { DeskSession } from "./desk.ts";
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
 * The ways in which one shows over HTTP who one is: a secret of a system (RFC 6750), an official's desk, a person's session. A program
 * that sends a secret is never taken for whoever else sits at the browser.
 */
export function addCredentials(app: App, identity: Pick<IdentityDoor, "findClient" | "findDesk" | "find">): void {
  app.askers.add(async (request) => {
    const { authorization } = request.headers;
    if (authorization === undefined) return undefined;
    const [, secret = ""] = /^Bearer +([\w~+/.-]+=*) *$/i.exec(authorization) ?? [];
    const client = await identity.findClient(secret);
    if (!client) throw problem("unknown-secret");
    return { kind: "system", body: client.body, name: client.name };
  });
  app.askers.add(async (request) => {
    const desk = await deskOf(request, { identity, holds: (official) => app.askers.holds(official) });
    return desk && officialOf(desk);
  });
  app.askers.add(async (request) => {
    const token = cookieOf(request, SESSION_COOKIE);
    const session = token === undefined ? undefined : await identity.find(token);
    return session && { kind: "person", pin: session.pin };
  });
}
