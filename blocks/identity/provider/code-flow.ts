import { createHash, createPublicKey, randomBytes, verify } from "node:crypto";
import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import type { Login } from "../login.ts";
import { problem } from "../problems.ts";
import type { Assurance } from "../session.ts";
import { isEnough } from "./levels.ts";
import { MOUNT } from "./mount.ts";
import type { OwnProgram } from "./own-programs.ts";
import { one } from "./paths.ts";
import type { Vault } from "./vault.ts";

const SECONDS = 600;

/** What a program of the house must know again when the browser comes back: sealed in a cookie of that browser and kept nowhere else. */
interface Arriving extends Leaving {
  state: string;
  nonce: string;
  verifier: string;
  until: number;
}

export interface Leaving {
  /** Where to go in the end, on this server. */
  back: string;
  language: Language;
  wanted?: Assurance;
  /** Post whose desk the official chose before leaving. */
  post?: string;
}

export interface CodeFlowMeans {
  vault: Vault;
  issuer: string;
  demo: boolean;
  now(): Date;
  secretOf(program: string): string;
  publicKeys(): Promise<(JsonWebKey & { kid: string })[]>;
  subject(id: string): Promise<{ pin: string; name: string } | undefined>;
  /** The session at the provider that an access token was given under. */
  providerSessionOf(accessToken: string): Promise<string | undefined>;
}

/** Who came back, and what was kept of the way. */
export interface CameBack {
  leaving: Leaving;
  /** Undefined where the person did not want to. */
  found?: { login: Login; providerSession: string | undefined };
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

/** A program of the house at the provider: authorization code with PKCE, state and nonce (OpenID Connect Core, 3.1). */
export function createCodeFlow(app: App, means: CodeFlowMeans, own: OwnProgram) {
  const { origin, protocol } = new URL(means.issuer);
  const cookie = {
    path: own.backPath.replace(/\/back$/, ""),
    httpOnly: true,
    sameSite: "lax",
    secure: protocol === "https:",
  } as const;

  const exchange = async (code: string, arriving: Arriving): Promise<NonNullable<CameBack["found"]>> => {
    const response = await app.inject({
      method: "POST",
      url: `${MOUNT}/token`,
      headers: {
        host: new URL(means.issuer).host,
        authorization: `Basic ${Buffer.from(`${own.id}:${means.secretOf(own.id)}`).toString("base64")}`,
        "content-type": "application/x-www-form-urlencoded",
        accept: "application/json",
      },
      payload: new URLSearchParams({
        grant_type: "authorization_code",
        code,
        redirect_uri: `${origin}${own.backPath}`,
        code_verifier: arriving.verifier,
      }).toString(),
    });
    if (response.statusCode !== 200) throw problem("sign-in-gone");
    const tokens = response.json<{ access_token: string; id_token: string }>();
    const claims = readIdToken(tokens.id_token, await means.publicKeys());
    const right =
      claims !== undefined &&
      claims.iss === means.issuer &&
      claims.aud === own.id &&
      claims.nonce === arriving.nonce &&
      claims.exp * 1000 > Date.now();
    const subject = right ? await means.subject(claims.sub) : undefined;
    if (!right || !subject) throw problem("sign-in-gone");
    const assurance = claims.acr as Assurance | undefined;
    // Asked for is not given: what counts is what the provider says was shown (OpenID Connect Core, 5.5.1.1).
    if (!assurance || !isEnough(assurance, { wanted: arriving.wanted, demo: means.demo })) throw problem("not-enough");
    const login = { ...subject, assurance, methods: claims.amr ?? [], at: means.now() };
    return { login, providerSession: await means.providerSessionOf(tokens.access_token) };
  };

  const open = (value: string | undefined): Arriving | undefined => {
    if (value === undefined) return undefined;
    try {
      const arriving = JSON.parse(means.vault.open(Buffer.from(value, "base64url"), own.cookie).toString("utf8")) as Arriving;
      return arriving.until > means.now().getTime() ? arriving : undefined;
    } catch {
      return undefined;
    }
  };

  return {
    /** @param given.more members of the request that only this program sends */
    begin(reply: Reply, given: { leaving: Leaving; more?: Record<string, string> }): Reply {
      const secret = () => randomBytes(32).toString("base64url");
      const { leaving } = given;
      const until = means.now().getTime() + SECONDS * 1000;
      const arriving: Arriving = { ...leaving, state: secret(), nonce: secret(), verifier: secret(), until };
      const sealed = means.vault.seal(Buffer.from(JSON.stringify(arriving)), own.cookie).toString("base64url");
      reply.setCookie(own.cookie, sealed, { ...cookie, maxAge: SECONDS });
      const query = new URLSearchParams({
        client_id: own.id,
        response_type: "code",
        scope: "openid",
        redirect_uri: `${origin}${own.backPath}`,
        state: arriving.state,
        nonce: arriving.nonce,
        code_challenge: createHash("sha256").update(arriving.verifier).digest("base64url"),
        code_challenge_method: "S256",
        ui_locales: leaving.language,
        ...(leaving.wanted && { acr_values: leaving.wanted }),
        ...given.more,
      });
      return reply.redirect(`${MOUNT}/auth?${query}`, 303);
    },
    /** @throws {Problem} `identity.sign-in-gone` for whoever did not set out from here, `identity.not-enough` */
    async arrive(request: Request, reply: Reply): Promise<CameBack> {
      const arriving = open(request.cookies[own.cookie]);
      reply.clearCookie(own.cookie, cookie);
      const query = (name: string) => one(request.query, name);
      // Whoever has no cookie of ours did not set out from here: login CSRF (RFC 6749, 10.12), mix-up (RFC 9207).
      if (!arriving || query("state") !== arriving.state || query("iss") !== means.issuer) throw problem("sign-in-gone");
      if (query("error") === "access_denied") return { leaving: arriving };
      if (query("code") === "") throw problem("sign-in-gone");
      return { leaving: arriving, found: await exchange(query("code"), arriving) };
    },
  };
}

/** Claims of an ID token signed by one of the keys; undefined for anything else. */
export function readIdToken(token: string, keys: (JsonWebKey & { kid: string })[]): IdToken | undefined {
  const [head = "", body = "", signature = ""] = token.split(".");
  try {
    const { alg, kid } = JSON.parse(Buffer.from(head, "base64url").toString("utf8"));
    const key = keys.find((each) => each.kid === kid);
    if (alg !== "ES256" || !key) return undefined;
    const publicKey = createPublicKey({ key: key as never, format: "jwk" });
    const given = { key: publicKey, dsaEncoding: "ieee-p1363" } as const;
    if (!verify("sha256", Buffer.from(`${head}.${body}`), given, Buffer.from(signature, "base64url"))) return undefined;
    return JSON.parse(Buffer.from(body, "base64url").toString("utf8")) as IdToken;
  } catch {
    return undefined;
  }
}
