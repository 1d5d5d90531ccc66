import { createHash, createPublicKey, verify } from "node:crypto";

/** What a proof shows of itself, once its signature is right. */
export interface Proof {
  /** Thumbprint of the key (RFC 7638). */
  thumbprint: string;
  jti: string;
}

const LONGEST = 4096;
/** How far the clock of a program may be from ours, seconds. */
const WINDOW = 60;
const PART = /^[A-Za-z0-9_-]+$/;

/**
 * A proof of possession sent with a call of the API (RFC 9449, 4.3), strictly: ES256 only, no letter of base64url that means nothing.
 * Undefined where anything is wrong. That it was not used before is for the caller to find out, by `jti`.
 */
export function readProof(proof: string, call: { method: string; url: string; token: string; now: Date }): Proof | undefined {
  if (proof.length > LONGEST) return undefined;
  const parts = proof.split(".");
  if (parts.length !== 3 || !parts.every(isCanonical)) return undefined;
  const [head = "", body = "", signature = ""] = parts;
  const header = readPart(head);
  const claims = readPart(body);
  if (!header || !claims || header.typ !== "dpop+jwt" || header.alg !== "ES256" || header.crit !== undefined) return undefined;
  const { kty, crv, x, y, d } = (header.jwk ?? {}) as Record<string, unknown>;
  if (kty !== "EC" || crv !== "P-256" || typeof x !== "string" || typeof y !== "string" || d !== undefined) return undefined;
  try {
    const key = createPublicKey({ key: { kty, crv, x, y }, format: "jwk" });
    const right = verify(
      "sha256",
      Buffer.from(`${head}.${body}`),
      { key, dsaEncoding: "ieee-p1363" },
      Buffer.from(signature, "base64url"),
    );
    if (!right) return undefined;
  } catch {
    return undefined;
  }
  const { htm, htu, iat, jti, ath } = claims;
  if (htm !== call.method || typeof htu !== "string" || plainUrl(htu) !== plainUrl(call.url)) return undefined;
  if (ath !== createHash("sha256").update(call.token).digest("base64url")) return undefined;
  if (typeof iat !== "number" || Math.abs(call.now.getTime() / 1000 - iat) > WINDOW) return undefined;
  if (typeof jti !== "string" || jti === "" || jti.length > 200) return undefined;
  return { thumbprint: createHash("sha256").update(JSON.stringify({ crv, kty, x, y })).digest("base64url"), jti };
}

/** The last letter of base64url may hold bits that mean nothing: two texts, one meaning. Only the one that we would write is read. */
function isCanonical(part: string): boolean {
  return PART.test(part) && Buffer.from(part, "base64url").toString("base64url") === part;
}

function readPart(part: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part, "base64url").toString("utf8"));
    return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Without query and fragment (RFC 9449, 4.2). */
function plainUrl(text: string): string | undefined {
  const url = URL.parse(text);
  return url ? `${url.origin}${url.pathname}` : undefined;
}
