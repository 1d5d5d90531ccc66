import { ServerResponse } from "node:http";
import type { Reply, Request } from "@kerege/kernel/http";
import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import type { Login } from "../login.ts";
import { SESSION_SECONDS } from "./configuration.ts";

export interface DirectMeans {
  provider(): Provider;
  issuer: string;
  /** The account of a person, which programs never see as it is. */
  remember(login: Login): Promise<string>;
  /** Ends a session at the provider and everything that hangs on it. */
  endSession(uid: string): Promise<void>;
}

/**
 * The session at the provider of somebody who signed in without having been sent there: after an activation, or to show more before a
 * change of the account. Without one a desk and every program would ask once more, and signing out of the portal would end nothing else.
 * Gives the uid of the session, under a new name in the browser.
 */
export function createDirect(means: DirectMeans) {
  const protocol = new URL(means.issuer).protocol.slice(0, -1);
  return async (request: Request, reply: Reply, login: Login): Promise<string> => {
    const provider = means.provider();
    // As with every request that is handed over: whether cookies are for HTTPS only is said by the issuer, and by no caller.
    request.raw.headers["x-forwarded-proto"] = protocol;
    const context = provider.createContext(request.raw, new ServerResponse(request.raw));
    const accountId = await means.remember(login);
    const found = await provider.Session.get(context as KoaContextWithOIDC);
    const isOthers = found.accountId !== undefined && found.accountId !== accountId;
    if (isOthers) await means.endSession(found.uid);
    const session = isOthers ? new provider.Session() : found;
    // Always under a new name: whoever planted or saw the former one has nothing of it.
    session.resetIdentifier();
    const loginTs = Math.floor(login.at.getTime() / 1000);
    session.loginAccount({ accountId, acr: login.assurance, amr: login.methods, loginTs });
    await session.save(SESSION_SECONDS);
    const cookie = { httpOnly: true, sameSite: "lax", signed: true, path: "/", secure: protocol === "https" } as const;
    const expires = new Date(Date.now() + SESSION_SECONDS * 1000);
    context.cookies.set("provider", session.jti, { ...cookie, expires });
    const made = context.res.getHeader("set-cookie");
    for (const one of [made].flat()) if (typeof one === "string") reply.header("set-cookie", one);
    return session.uid;
  };
}
