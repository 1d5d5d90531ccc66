import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Log } from "@kerege/kernel/log";
import type Provider from "oidc-provider";
import type { KoaContextWithOIDC } from "oidc-provider";
import { matchNumber } from "./match.ts";
import type { Screens } from "./screens.ts";
import type { Vault } from "./vault.ts";

/** Every address of the provider: what is not here is answered by the house, as any other address. */
export const providerRoutes: [method: "GET" | "POST", path: string][] = [
  ["GET", "/.well-known/openid-configuration"],
  ["GET", "/.well-known/oauth-authorization-server"],
  ["GET", "/jwks"],
  ["GET", "/auth"],
  ["GET", "/auth/:question"],
  ["POST", "/par"],
  ["POST", "/token"],
  ["POST", "/introspect"],
  ["POST", "/revoke"],
  ["GET", "/userinfo"],
  ["POST", "/userinfo"],
  ["POST", "/device/auth"],
  ["GET", "/device"],
  ["POST", "/device"],
  ["GET", "/device/:question"],
  ["GET", "/sign-out"],
  ["POST", "/sign-out/confirm"],
  ["GET", "/sign-out/success"],
];

const openRoutes = new Set(["discovery", "jwks"]);

export const MOUNT = "/oidc";

/** The requests of the house, by what the library sees of them. */
export function createRequests() {
  const requests = new WeakMap<IncomingMessage, Request>();
  return {
    of(raw: IncomingMessage): Request {
      const found = requests.get(raw);
      if (!found) throw new RangeError("a request that did not come through the house");
      return found;
    },
    remember: (request: Request) => void requests.set(request.raw, request),
  };
}

export type Requests = ReturnType<typeof createRequests>;

/** What is done to every provider that is made: after a change of keys there is another one. */
export function dress(provider: Provider, means: { issuer: string; screens: Screens; vault: Vault; log: Log }): void {
  const { origin } = new URL(means.issuer);
  // The forwarded address is set by answer() below, and by nobody else.
  provider.proxy = true;
  // Koa's own word for what no handler took; the types of the library leave it out.
  (provider as EventEmitter).on("error", (error: Error) => means.log.fault("provider failed", error));
  provider.on("server_error", (_ctx, error) => means.log.fault("provider failed", error));
  provider.use(async (ctx, next) => {
    await next();
    // Only what is public may be read by the scripts of other sites.
    if (!openRoutes.has(ctx.oidc?.route)) ctx.remove("access-control-allow-origin");
    const location = String(ctx.response.get("location") ?? "");
    // People may know the portal under another name than programs do: within it they stay where they are.
    if (location.startsWith(`${origin}/`)) ctx.set("location", location.slice(origin.length));
    if (typeof ctx.body === "string" && ctx.body.includes("<title>Submitting Callback</title>"))
      await means.screens.goOn(ctx as unknown as KoaContextWithOIDC);
    const code = (ctx.oidc?.entities as { DeviceCode?: { userCode?: string } } | undefined)?.DeviceCode;
    if (ctx.oidc?.route === "device_authorization" && ctx.status === 200 && code?.userCode) {
      // The code is to be typed by whoever stands before the device: a link that holds it would work for anyone it is sent to.
      const { verification_uri_complete: _, ...body } = ctx.body as Record<string, unknown>;
      ctx.body = { ...body, number: matchNumber(means.vault, code.userCode) };
    }
  });
}

/** Koa puts its chain together anew each time it is asked for. */
const callbacks = new WeakMap<Provider, ReturnType<Provider["callback"]>>();

function callbackOf(provider: Provider): ReturnType<Provider["callback"]> {
  let made = callbacks.get(provider);
  if (!made) {
    made = provider.callback();
    callbacks.set(provider, made);
  }
  return made;
}

/** Hands a request over to the library, which reads the body and answers by itself. */
export async function answer(
  provider: Provider,
  given: { request: Request; reply: Reply; issuer: string; requests: Requests },
): Promise<void> {
  const { request, reply, requests } = given;
  const { host, protocol } = new URL(given.issuer);
  const { raw } = request;
  // Whatever came from outside is replaced: addresses are made of the issuer and of nothing that a caller says.
  raw.headers["x-forwarded-host"] = host;
  raw.headers["x-forwarded-proto"] = protocol.slice(0, -1);
  raw.headers["x-forwarded-for"] = request.ip;
  requests.remember(request);
  for (const [name, value] of Object.entries(reply.getHeaders())) if (value !== undefined) reply.raw.setHeader(name, value);
  reply.raw.setHeader("cache-control", "no-store");
  reply.hijack();
  // How the library knows under which path it stands.
  Object.assign(raw, { originalUrl: request.url });
  raw.url = request.url.slice(MOUNT.length) || "/";
  await callbackOf(provider)(raw, reply.raw);
}

/** @param answerIt answers by the provider that holds the keys of today */
export async function mount(app: App, answerIt: (request: Request, reply: Reply) => Promise<void>): Promise<void> {
  await app.register(async (scope) => {
    // Bodies are left for the library to read: it checks them by its own rules, 56 KB at most.
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, _payload, done) => done(null, undefined));
    for (const [method, path] of providerRoutes)
      scope.route({ method, url: `${MOUNT}${path}`, exposeHeadRoute: false, handler: answerIt });
  });
}
