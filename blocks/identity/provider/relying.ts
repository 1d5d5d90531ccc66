import type { App, Reply, Request } from "@kerege/kernel/http";
import { SESSION_COOKIE } from "../credentials.ts";
import type { Arrivals, Login } from "../login.ts";
import { type CodeFlowMeans, createCodeFlow } from "./code-flow.ts";
import { ownPrograms } from "./own-programs.ts";
import { safeReturn } from "./paths.ts";

export interface RelyingMeans extends CodeFlowMeans {
  openSession(login: Login, given: { userAgent: string; providerSession?: string }): Promise<{ token: string }>;
  /** Ends the portal's session of a token and nothing at the provider. */
  endOnlyHere(token: string): Promise<void>;
}

/** The portal as a program of the provider: its sessions of people. */
export function createRelying(app: App, means: RelyingMeans) {
  const { protocol } = new URL(means.issuer);
  const { portal } = ownPrograms;
  const flow = createCodeFlow(app, means, portal);
  const setSession = (reply: Reply, token: string) =>
    reply.setCookie(SESSION_COOKIE, token, { path: "/", httpOnly: true, sameSite: "lax", secure: protocol === "https:" });

  const enter = async (request: Request, reply: Reply, given: { login: Login; providerSession?: string }): Promise<void> => {
    const userAgent = request.headers["user-agent"] ?? "";
    const { token } = await means.openSession(given.login, { userAgent, providerSession: given.providerSession });
    const before = request.cookies[SESSION_COOKIE];
    if (before !== undefined) await means.endOnlyHere(before);
    setSession(reply, token);
  };

  app.get(portal.backPath, async (request, reply) => {
    const { leaving, found } = await flow.arrive(request, reply);
    if (!found) return reply.redirect(`/${leaving.language}`, 303);
    await enter(request, reply, found);
    return reply.redirect(safeReturn(leaving.back, `/${leaving.language}/cabinet`), 303);
  });

  return {
    enter,
    begin(request: Request, reply: Reply, asked: Parameters<Arrivals["begin"]>[2]): Reply {
      const { hint, ...leaving } = asked;
      const more = {
        ...(hint && { login_hint: hint }),
        // Who comes to this page while signed in wants to be asked again: to show more, or to be another.
        ...(request.cookies[SESSION_COOKIE] !== undefined && { prompt: "login" }),
      };
      return flow.begin(reply, { leaving, more });
    },
  };
}
