import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { SESSION_COOKIE } from "../credentials.ts";
import type { Arrivals, Login } from "../login.ts";
import { problem } from "../problems.ts";
import type { Assurance } from "../session.ts";
import { isEnough } from "./levels.ts";
import { MOUNT } from "./mount.ts";
import { one, safeReturn } from "./paths.ts";
import type { Vault } from "./vault.ts";

/** Where the portal hears the answer of the provider. */
export const BACK_PATH = "/sign-in/back";
const COOKIE = "arriving";
const SECONDS = 600;

/** What the portal must know again when the browser comes back: sealed in a cookie of that browser and kept nowhere else. */
interface Arriving {
  state: string;
  nonce: string;
  verifier: string;
  back: string;
  language: Language;
  wanted?: Assurance;
  until: number;
}

export interface RelyingMeans {
  vault: Vault;
  issuer: string;
  demo: boolean;
  now(): Date;
  secret: string;
  publicKeys(): Promise<(JsonWebKey & { kid: string })[]>;
  subject(id: string): Promise<{ pin: string; name: string } | undefined>;
  /** The session at the provider that an access token was given under. */
  providerSessionOf(accessToken: string): Promise<string | undefined>;
  openSession(login: Login, given: { userAgent: string; providerSession?: string }): Promise<{ token: string }>;
  /** Ends the portal's session of a token and nothing at the provider. */
  endOnlyHere(token: string): Promise<void>;
}

interface IdToken {
  iss: string;
  aud: string;
  sub: string;
  nonce: string;
  exp: number;
  auth_time: number;
  acr?: string;
  amr?: string[];
}

/** The portal as a program of the provider: authorization code with PKCE, state and nonce (OpenID Connect Core, 3.1). */
export function createRelying(app: App, means: RelyingMeans) {
  const { origin, protocol } = new URL(means.issuer);
  const cookie = { path: "/sign-in", httpOnly: true, sameSite: "lax", secure: protocol === "https:" } as const;
  const setSession = (reply: Reply, token: string) =>
    reply.setCookie(SESSION_COOKIE, token, { path: "/", httpOnly: true, sameSite: "lax", secure: protocol === "https:" });

  const exchange = async (code: string, arriving: Arriving): Promise<{ login: Login; providerSession: string | undefined }> => {
    const response = await app.inject({
      method: "POST",
      url: `${MOUNT}/token`,
      headers: {
        host: new URL(means.issuer).host,
        authorization: `Basic ${Buffer.from(`portal:${means.secret}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      payload: new URLSearchParams({
        grant_type: "authorization_code",
        code,
        redirect_uri: `${origin}${BACK_PATH}`,
        code_verifier: arriving.verifier,
      }).toString(),
    });
    if (response.statusCode !== 200) throw problem("sign-in-gone");
    const tokens = response.json<{ access_token: string; id_token: string }>();
    const claims = readIdToken(tokens.id_token, await means.publicKeys());
    const now = means.now();
    const right =
      claims !== undefined &&
      claims.iss === means.issuer &&
      claims.aud === "portal" &&
      claims.nonce === arriving.nonce &&
      claims.exp * 1000 > Date.now();
    const subject = right ? await means.subject(claims.sub) : undefined;
    if (!right || !subject) throw problem("sign-in-gone");
    const assurance = claims.acr as Assurance | undefined;
    // Asked for is not given: what counts is what the provider says was shown (OpenID Connect Core, 5.5.1.1).
    if (!assurance || !isEnough(assurance, { wanted: arriving.wanted, demo: means.demo })) throw problem("not-enough");
    const login = { ...subject, assurance, methods: claims.amr ?? [], at: now };
    return { login, providerSession: await means.providerSessionOf(tokens.access_token) };
  };

  app.get(BACK_PATH, async (request, reply) => {
    const arriving = open(request.cookies[COOKIE]);
    reply.clearCookie(COOKIE, cookie);
    const query = (name: string) => one(request.query, name);
    // Whoever has no cookie of ours did not set out from here: login CSRF (RFC 6749, 10.12), mix-up (RFC 9207).
    if (!arriving || query("state") !== arriving.state || query("iss") !== means.issuer) throw problem("sign-in-gone");
    if (query("error") === "access_denied") return reply.redirect(`/${arriving.language}`, 303);
    if (query("code") === "") throw problem("sign-in-gone");
    const { login, providerSession } = await exchange(query("code"), arriving);
    await enter(request, reply, { login, providerSession });
    return reply.redirect(safeReturn(arriving.back, `/${arriving.language}/cabinet`), 303);
  });

  const enter = async (request: Request, reply: Reply, given: { login: Login; providerSession?: string }): Promise<void> => {
    const userAgent = request.headers["user-agent"] ?? "";
    const { token } = await means.openSession(given.login, { userAgent, providerSession: given.providerSession });
    const before = request.cookies[SESSION_COOKIE];
    if (before !== undefined) await means.endOnlyHere(before);
    setSession(reply, token);
  };

  function open(value: string | undefined): Arriving | undefined {
    if (value === undefined) return undefined;
    try {
      const arriving = JSON.parse(means.vault.open(Buffer.from(value, "base64url"), COOKIE).toString("utf8")) as Arriving;
      return arriving.until > means.now().getTime() ? arriving : undefined;
    } catch {
      return undefined;
    }
  }

  return {
    enter,
    begin(request: Request, reply: Reply, asked: Parameters<Arrivals["begin"]>[2]): Reply {
      const secret = () => randomBytes(32).toString("base64url");
      const until = means.now().getTime() + SECONDS * 1000;
      const { back, language, wanted } = asked;
      const arriving: Arriving = { back, language, wanted, state: secret(), nonce: secret(), verifier: secret(), until };
      const sealed = means.vault.seal(Buffer.from(JSON.stringify(arriving)), COOKIE).toString("base64url");
      reply.setCookie(COOKIE, sealed, { ...cookie, maxAge: SECONDS });
      const query = new URLSearchParams({
        client_id: "portal",
        response_type: "code",
        scope: "openid",
        redirect_uri: `${origin}${BACK_PATH}`,
        state: arriving.state,
        nonce: arriving.nonce,
        code_challenge: createHash("sha256").update(arriving.verifier).digest("base64url"),
        code_challenge_method: "S256",
        ui_locales: language,
        ...(wanted && { acr_values: wanted }),
        ...(asked.hint && { login_hint: asked.hint }),
        // Who comes to this page while signed in wants to be asked again: to show more, or to be another.
        ...(request.cookies[SESSION_COOKIE] !== undefined && { prompt: "login" }),
      });
      return reply.redirect(`${MOUNT}/auth?${query}`, 303);
    },
  };
}

/** Claims of an ID token signed by one of the keys; undefined for anything else. */
export function readIdToken(token: string, keys: (JsonWebKey & { kid: string })[]): IdToken | undefined {
  const [head = "", body = "", signature = ""] = token.split(".");
  try {
    const { alg, kid } = JSON.parse(Buffer.from(head, "base64url").toString("utf8"));
    const key = keys.find((one) => one.kid === kid);
    if (alg !== "ES256" || !key) return undefined;
    const publicKey = createPublicKey({ key: key as never, format: "jwk" });
    const given = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
    if (!verify("sha256", Buffer.from(`${head}.${body}`), given, Buffer.from(signature, "base64url"))) return undefined;
    return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as IdToken;
  } catch {
    return undefined;
  }
}
