import { createHmac, randomBytes } from "node:crypto";
import { toBase32 } from "./base32.ts";

/** RFC 6238, 4: the default step. */
const STEP_SECONDS = 30;
const DIGITS = 6;
/** Steps to either side that are accepted (RFC 6238, 5.2): for clocks that differ and for slow hands. */
const DRIFT = 1;
/** RFC 4226, 4: as long as the output of HMAC-SHA-1. */
const SECRET_BYTES = 20;

export function newTotpSecret(): Buffer {
  return randomBytes(SECRET_BYTES);
}

export function stepAt(at: Date): number {
  return Math.floor(at.getTime() / 1000 / STEP_SECONDS);
}

/** HOTP with dynamic truncation (RFC 4226, 5.3); SHA-1 is what every authenticator app knows. */
export function totpAt(secret: Buffer, step: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(step));
  const mac = createHmac("sha1", secret).update(counter).digest();
  const number = mac.readUInt32BE(mac[19]! & 15) & 0x7fffffff;
  return String(number % 10 ** DIGITS).padStart(DIGITS, "0");
}

/**
 * The step of a code that may be accepted: near now, and later than the last accepted one, so that a code seen over a shoulder is of no
 * use in the same half-minute. Undefined where there is none.
 */
export function acceptedStep(secret: Buffer, code: string, given: { at: Date; last: number }): number | undefined {
  if (!/^\d{6}$/.test(code)) return undefined;
  const now = stepAt(given.at);
  let found: number | undefined;
  for (let step = now - DRIFT; step <= now + DRIFT; step++)
    if (totpAt(secret, step) === code && step > given.last) found ??= step;
  return found;
}

/** What an authenticator app reads from the QR code. No personal number: a picture of the screen must not tell it. */
export function totpAddress(secret: Buffer, given: { issuer: string; label: string }): string {
  const query = new URLSearchParams({ secret: toBase32(secret), issuer: given.issuer });
  return `otpauth://totp/${encodeURIComponent(`${given.issuer}:${given.label}`)}?${query.toString().replaceAll("+", "%20")}`;
}
