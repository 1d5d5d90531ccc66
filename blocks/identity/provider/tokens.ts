import type { Actor } from "@kerege/kernel/actor";
import type { Clock } from "@kerege/kernel/clock";
import type { Request } from "@kerege/kernel/http";
import type Provider from "oidc-provider";
import { problem } from "../problems.ts";
import { readProof } from "./dpop.ts";
import type { Programs } from "./programs.ts";
import type { Quota } from "./quota.ts";
import type { StateStore } from "./store-state.ts";
import { digest } from "./vault.ts";

export interface TokenMeans {
  provider(): Provider;
  programs: Programs;
  quota: Quota;
  store: StateStore;
  clock: Clock;
  /** `https://portal.example`: what programs call us. */
  origin: string;
}

const API_SCOPE = "registers";

/**
 * The system that an access token was given to (client_credentials). Undefined where it is no token of ours.
 * @throws {Problem} `identity.wrong-proof`, `identity.outside-scope`, `identity.over-quota`, `identity.unknown-secret`
 */
export async function systemOfToken(
  request: Request,
  given: { scheme: string; token: string },
  means: TokenMeans,
): Promise<Extract<Actor, { kind: "system" }> | undefined> {
  const token = await means.provider().ClientCredentials.find(given.token);
  if (!token?.clientId) return undefined;
  const bound = given.scheme.toLowerCase() === "dpop";
  // RFC 9449, 7.2: a token that belongs to a key is no bearer token, nor the other way round.
  if (bound !== (token.jkt !== undefined)) throw problem("wrong-proof");
  if (bound) await checkProof(request, { token: given.token, jkt: token.jkt!, program: token.clientId }, means);
  const program = await means.programs.find(token.clientId);
  if (!program) throw problem("unknown-secret");
  if (!(token.scope ?? "").split(" ").includes(API_SCOPE)) throw problem("outside-scope", { params: { scope: API_SCOPE } });
  means.quota.take(program);
  return { kind: "system", body: program.body, name: program.name };
}

async function checkProof(
  request: Request,
  given: { token: string; jkt: string; program: string },
  { store, clock, origin }: TokenMeans,
): Promise<void> {
  const header = request.headers.dpop;
  const now = clock.now();
  const url = `${origin}${request.url}`;
  const proof =
    typeof header === "string" ? readProof(header, { method: request.method, url, token: given.token, now }) : undefined;
  if (!proof || proof.thumbprint !== given.jkt) throw problem("wrong-proof");
  const first = await store.takeOnce({
    issuer: `${given.program} api`,
    jtiHash: digest(proof.jti),
    now,
    expiresAt: new Date(now.getTime() + 3 * 60_000),
  });
  if (!first) throw problem("wrong-proof");
}
