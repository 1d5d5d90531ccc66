import { hash, verify } from "node:crypto";
import type { CoseKey } from "./cose-key.ts";

/** What an authenticator says of a sign-in, once it is believed. */
export interface Asserted {
  counter: number;
  /** The device asked its holder for a PIN or a finger. */
  userVerified: boolean;
  /** Kept in several places, so in software for all we know. */
  backedUp: boolean;
}

/** Against what an answer is held. */
export interface Expected {
  challenge: string;
  /** `https://portal.example` */
  origin: string;
  /** SHA-256 of the host. */
  siteHash: Buffer;
  key: CoseKey;
  /** The last counter that was accepted; 0 for passkeys that keep none. */
  counter: number;
}

const FLAG = { present: 1, verified: 4, mayBackUp: 8, backedUp: 16, attested: 64, extended: 128 };
const BASE64URL = /^[\w-]*$/;
const HEAD = 37;

/**
 * Looks at the answer of an authenticator to a sign-in (WebAuthn 3, 7.2, steps 5 to 24), without waiting for anything: the challenge was
 * burnt before, and the caller knows whose credential it is. Undefined where it is refused, for whatever reason.
 */
export function believeAssertion(answer: unknown, expected: Expected): Asserted | undefined {
  const { id, rawId, type, response } = fieldsOf(answer);
  const { clientDataJSON, authenticatorData, signature, userHandle } = fieldsOf(response);
  if (typeof id !== "string" || id === "" || id !== rawId || type !== "public-key") return undefined;
  if (userHandle !== undefined && userHandle !== null && typeof userHandle !== "string") return undefined;
  const [client, device, signed] = [bytesOf(clientDataJSON), bytesOf(authenticatorData), bytesOf(signature)];
  if (!client || !device || !signed || !isOurs(client, expected)) return undefined;
  const asserted = readDevice(device, expected);
  if (!asserted) return undefined;
  const { key, hash: digest } = expected.key;
  const message = Buffer.concat([device, hash("sha256", client, "buffer")]);
  return verify(digest ?? null, message, key, signed) ? asserted : undefined;
}

function fieldsOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
}

function bytesOf(text: unknown): Buffer | undefined {
  return typeof text === "string" && text !== "" && BASE64URL.test(text) ? Buffer.from(text, "base64url") : undefined;
}

/** Steps 9 to 14: made for a sign-in, over our challenge, on our page and in no frame of another. */
function isOurs(client: Buffer, expected: Expected): boolean {
  let said: Record<string, unknown>;
  try {
    said = fieldsOf(JSON.parse(client.toString("utf8")));
  } catch {
    return false;
  }
  const { type, challenge, origin, crossOrigin, topOrigin } = said;
  const alone = (crossOrigin === undefined || crossOrigin === false) && (topOrigin === undefined || topOrigin === null);
  return type === "webauthn.get" && challenge === expected.challenge && origin === expected.origin && alone;
}

/** Steps 15 to 22 and 24: for our site, with its holder present and verified, and with no counter that was seen already. */
function readDevice(device: Buffer, expected: Expected): Asserted | undefined {
  if (device.length < HEAD || !device.subarray(0, 32).equals(expected.siteHash)) return undefined;
  const flags = device[32]!;
  const has = (flag: number) => (flags & flag) !== 0;
  if (!has(FLAG.present) || !has(FLAG.verified)) return undefined;
  // What cannot be backed up is not backed up (6.1.3); a credential is attested when it is made, and never again (6.1).
  if ((has(FLAG.backedUp) && !has(FLAG.mayBackUp)) || has(FLAG.attested)) return undefined;
  // Extensions are asked for nowhere: what a device adds by itself is signed with the rest, and not looked at.
  if (has(FLAG.extended) !== device.length > HEAD) return undefined;
  const counter = device.readUInt32BE(33);
  if ((counter > 0 || expected.counter > 0) && counter <= expected.counter) return undefined;
  return { counter, userVerified: true, backedUp: has(FLAG.backedUp) };
}
