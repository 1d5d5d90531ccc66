import { createPublicKey } from "node:crypto";
import { isIP } from "node:net";
import type { FieldProblem } from "@kerege/kernel/problem";
import { isOwnProgram } from "./own-programs.ts";

/**
 * Who a program is to us: `portal` the state's own pages (no consent asked), `partner` an app under an agreement, `fapi` a bank or
 * private app (FAPI 2.0 Security Profile), `kiosk` a device of the state without a keyboard (RFC 8628), `system` a system of a body that
 * asks by itself and signs nobody in.
 */
export const profiles = ["portal", "partner", "fapi", "kiosk", "system"] as const;
export type Profile = (typeof profiles)[number];

/** What may be asked for. `pin` and `registers` need an agreement that says so. */
export const scopes = ["openid", "offline_access", "name", "birthdate", "pin", "registers"] as const;
export type Scope = (typeof scopes)[number];

export type AuthMethod = "client_secret_basic" | "private_key_jwt";

/** A program as it may be declared: in a file for `kerege client register`. */
export interface ProgramDeclaration {
  /** `client_id`: lower-case letters, digits, `-` and `.`. */
  id: string;
  /** Code of the body that answers for it. */
  body: string;
  /** Its own name, shown to people as it is. */
  name: string;
  profile: Profile;
  /** Number of the agreement it works under. */
  agreement?: string;
  authMethod: AuthMethod;
  /** Public keys as a JWK Set, with `private_key_jwt`. They are given by value: no address is ever asked. */
  keys?: { keys: JsonWebKey[] };
  redirectUris?: string[];
  /** Where people may be led after signing out. */
  signOutUris?: string[];
  /** Is told when somebody signs out (OpenID Connect Back-Channel Logout). */
  backChannelUri?: string;
  scopes: Scope[];
  /** Tokens only together with a key (DPoP, RFC 9449); always so with `fapi`. */
  boundTokens?: boolean;
  /** Tokens and calls of the API a minute; 600 when left out. */
  quota?: number;
}

export interface Program {
  id: string;
  body: string;
  name: string;
  agreement: string | null;
  profile: Profile;
  authMethod: AuthMethod;
  keys: { keys: JsonWebKey[] } | null;
  redirectUris: string[];
  signOutUris: string[];
  backChannelUri: string | null;
  scopes: Scope[];
  boundTokens: boolean;
  quota: number;
  addedAt: Date;
  suspendedAt: Date | null;
}

const QUOTA = 600;
const MOST_QUOTA = 1_000_000;
const MOST_URIS = 10;
const ID = /^[a-z][a-z0-9.-]{2,59}$/;

/** The program of a declaration, without what only the house adds. */
export function programOf(declared: ProgramDeclaration): Omit<Program, "addedAt" | "suspendedAt"> {
  return {
    id: declared.id,
    body: declared.body,
    name: declared.name.trim(),
    agreement: declared.agreement?.trim() || null,
    profile: declared.profile,
    authMethod: declared.authMethod,
    keys: declared.keys ? { keys: declared.keys.keys.map(strippedKey) } : null,
    redirectUris: declared.redirectUris ?? [],
    signOutUris: declared.signOutUris ?? [],
    backChannelUri: declared.backChannelUri ?? null,
    scopes: [...new Set(declared.scopes)],
    boundTokens: declared.boundTokens === true || declared.profile === "fapi",
    quota: declared.quota ?? QUOTA,
  };
}

/**
 * What is wrong with a declaration, none where it may be taken. It is read as anything at all: it comes from a file.
 * @param given.demo in a demo country programs may also live at a loopback address without TLS
 */
export function faultsOf(declared: unknown, given: { demo: boolean }): FieldProblem[] {
  if (typeof declared !== "object" || declared === null || Array.isArray(declared)) return [wrong("", "object")];
  const it = declared as Record<string, unknown>;
  const faults: FieldProblem[] = [];
  const need = (right: boolean, field: string, rule: string) => {
    if (!right) faults.push(wrong(`/${field}`, rule));
  };
  for (const field of Object.keys(it)) need(fields.has(field), field, "unknown");
  const profile = it.profile as Profile;
  need(typeof it.id === "string" && ID.test(it.id) && !isOwnProgram(it.id), "id", "id");
  need(typeof it.body === "string" && it.body !== "", "body", "text");
  need(typeof it.name === "string" && it.name.trim() !== "" && it.name.length <= 100, "name", "text");
  need(profiles.includes(profile), "profile", "profile");
  need(it.agreement === undefined || (typeof it.agreement === "string" && it.agreement.length <= 100), "agreement", "text");
  need(
    it.quota === undefined || (Number.isInteger(it.quota) && Number(it.quota) > 0 && Number(it.quota) <= MOST_QUOTA),
    "quota",
    "quota",
  );
  need(it.boundTokens === undefined || typeof it.boundTokens === "boolean", "boundTokens", "yes-or-no");
  const signed = it.authMethod === "private_key_jwt";
  need(signed || (it.authMethod === "client_secret_basic" && profile !== "fapi"), "authMethod", "auth-method");
  need(signed ? areKeys(it.keys) : it.keys === undefined, "keys", "keys");
  const wanted = Array.isArray(it.scopes) ? it.scopes : [];
  need(wanted.length > 0 && wanted.every((scope) => scopes.includes(scope)), "scopes", "scopes");
  const systemsOnly = wanted.includes("registers") === (profile === "system") && (profile !== "system" || wanted.length === 1);
  need(systemsOnly, "scopes", "scopes-of-profile");
  const byAgreement = wanted.includes("pin") || wanted.includes("registers") || profile === "partner" || profile === "fapi";
  need(!byAgreement || (typeof it.agreement === "string" && it.agreement.trim() !== ""), "agreement", "agreement-needed");
  const signsIn = profile === "portal" || profile === "partner" || profile === "fapi";
  const uris = urisOf(it.redirectUris);
  need(uris !== undefined && (signsIn ? uris.length > 0 : uris.length === 0), "redirectUris", "redirect-uris");
  need(!!uris?.every((uri) => isPlace(uri, given)), "redirectUris", "address");
  // Different hosts would be different sectors (OpenID Connect Core, 8.1): their people could not be told apart from strangers.
  need(new Set(uris?.map((uri) => URL.parse(uri)?.host)).size <= 1, "redirectUris", "one-host");
  const after = urisOf(it.signOutUris);
  need(!!after?.every((uri) => isPlace(uri, given)), "signOutUris", "address");
  need(it.backChannelUri === undefined || (signsIn && isPlace(it.backChannelUri, given)), "backChannelUri", "address");
  return faults;
}

const fields = new Set(
  "id body name profile agreement authMethod keys redirectUris signOutUris backChannelUri scopes boundTokens quota".split(" "),
);

function wrong(pointer: string, rule: string): FieldProblem {
  return { pointer, key: `identity.provider.declaration.${rule}` };
}

function urisOf(value: unknown): string[] | undefined {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > MOST_URIS) return undefined;
  return value.every((uri) => typeof uri === "string" && uri.length <= 500) ? value : undefined;
}

/** An exact address: compared letter by letter later, so nothing in it may be read in two ways (RFC 9700, 4.1). */
function isPlace(value: unknown, { demo }: { demo: boolean }): boolean {
  if (typeof value !== "string" || /[\s\\*#]/.test(value)) return false;
  const url = URL.parse(value);
  if (url?.username !== "" || url.password !== "" || url.href !== value) return false;
  const loopback = url.hostname === "127.0.0.1" || url.hostname === "[::1]" || url.hostname === "localhost";
  if (loopback) return demo;
  return url.protocol === "https:" && isIP(url.hostname.replace(/^\[|\]$/g, "")) === 0;
}

function areKeys(value: unknown): boolean {
  const keys = (value as { keys?: unknown } | undefined)?.keys;
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > 5) return false;
  return keys.every(isKey);
}

function isKey(key: JsonWebKey & { d?: unknown; k?: unknown }): boolean {
  if (typeof key !== "object" || key === null || key.d !== undefined || key.k !== undefined) return false;
  if (!((key.kty === "EC" && key.crv === "P-256") || (key.kty === "OKP" && key.crv === "Ed25519"))) return false;
  try {
    createPublicKey({ key: strippedKey(key) as never, format: "jwk" });
    return true;
  } catch {
    return false;
  }
}

/** Nothing but the public parts. */
function strippedKey({ kty, crv, x, y, kid }: JsonWebKey & { kid?: string }): JsonWebKey {
  return { kty, crv, x, ...(y !== undefined && { y }), ...(typeof kid === "string" && { kid }), use: "sig" } as JsonWebKey;
}
