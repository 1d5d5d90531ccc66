/**
 * ECDSA over P-256 with SHA-256, the one algorithm of this authority: a signature is 64 bytes, r then s (IEEE P1363).
 * Certificates and CMS carry it as DER (RFC 5480, RFC 5753), COSE as it is (RFC 9053, ES256).
 */
import { createPublicKey, sign as cryptoSign, verify as cryptoVerify, type KeyObject } from "node:crypto";
import { DerFault, integer, oid, partsOf, read, sequence, TAG } from "./der.ts";

/** AlgorithmIdentifier ecdsa-with-SHA256; parameters are absent (RFC 5758, 3.2). */
export const ECDSA_SHA256 = sequence(oid("1.2.840.10045.4.3.2"));

/** All that stands before the 65 bytes of an uncompressed P-256 point in a SubjectPublicKeyInfo. */
const P256_HEAD = Buffer.from("3059301306072a8648ce3d020106082a8648ce3d030107034200", "hex");
const ORDER = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const ORDER_BYTES = Buffer.from(ORDER.toString(16), "hex");
const HALF_ORDER = Buffer.from((ORDER >> 1n).toString(16).padStart(64, "0"), "hex");

/** Signs with s in the lower half, so that nobody but the signer can make a second signature from a first. */
export function signRaw(key: KeyObject, bytes: Uint8Array): Buffer {
  // Given the bare key, node:crypto is twice as fast as with a choice of encoding.
  return lowered(ownRaw(cryptoSign("sha256", bytes, key)));
}

/** The same as DER. What OpenSSL made stands as it is where its s is in the lower half already. */
export function signDer(key: KeyObject, bytes: Uint8Array): Buffer {
  const der = cryptoSign("sha256", bytes, key);
  // SEQUENCE { INTEGER r, INTEGER s }, all of them shorter than 128 bytes.
  const at = 4 + der[3]!;
  const length = der[at + 1]!;
  const isShort = length < 32 || (length === 32 && Buffer.compare(der.subarray(at + 2, at + 34), HALF_ORDER) <= 0);
  return isShort ? der : rawToDer(lowered(ownRaw(der)));
}

/** r and s out of what OpenSSL has just made; what comes from others is read by `derToRaw`, which believes nothing. */
function ownRaw(der: Buffer): Buffer {
  const raw = Buffer.alloc(64);
  let at = 2;
  for (const end of [32, 64]) {
    const length = der[at + 1]!;
    const from = at + 2;
    at = from + length;
    // A leading zero keeps a number positive; a short number has its zeros in front.
    der.copy(raw, end - Math.min(length, 32), Math.max(from, at - 32), at);
  }
  return raw;
}

/** The one of the two forms of a signature whose s is in the lower half; changes the bytes given. */
export function lowered(raw: Buffer): Buffer {
  if (isLow(raw)) return raw;
  let borrow = 0;
  for (let i = 31; i >= 0; i--) {
    const left = ORDER_BYTES[i]! - raw[32 + i]! - borrow;
    borrow = left < 0 ? 1 : 0;
    raw[32 + i] = left & 0xff;
  }
  return raw;
}

export function verifyRaw(key: KeyObject, bytes: Uint8Array, raw: Uint8Array): boolean {
  return raw.length === 64 && cryptoVerify("sha256", bytes, { key, dsaEncoding: "ieee-p1363" }, raw);
}

export const isLow = (raw: Buffer): boolean => Buffer.compare(raw.subarray(32), HALF_ORDER) <= 0;

export function rawToDer(raw: Buffer): Buffer {
  return sequence(...[raw.subarray(0, 32), raw.subarray(32)].map((half) => integer(withoutZeros(half))));
}

function withoutZeros(bytes: Buffer): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  return bytes.subarray(from);
}

/** Throws DerFault when the bytes are not one strictly encoded P-256 signature. */
export function derToRaw(der: Buffer): Buffer {
  const halves = partsOf(read(der), TAG.sequence, 2).map(({ tag, content }) => {
    const bytes = withoutZeros(content);
    if (tag !== TAG.integer || (content[0] ?? 0) & 0x80 || bytes.length > 32) throw new DerFault("no P-256 signature");
    return Buffer.concat([Buffer.alloc(32 - bytes.length), bytes]);
  });
  return Buffer.concat(halves);
}

/** The key in a SubjectPublicKeyInfo, or undefined when it is not a point on P-256. */
export function publicKeyOf(spki: Buffer): KeyObject | undefined {
  if (
    spki.length !== P256_HEAD.length + 65 ||
    spki[P256_HEAD.length] !== 4 ||
    !spki.subarray(0, P256_HEAD.length).equals(P256_HEAD)
  ) {
    return undefined;
  }
  try {
    return createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    // OpenSSL refuses a point that is not on the curve.
    return undefined;
  }
}
