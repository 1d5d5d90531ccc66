/** COSE_Sign1 with ES256 (RFC 9052, RFC 9053): a signed map small enough for a QR code. */
import {
  CborFault,
  type Claims,
  type ClaimValue,
  decodeCbor,
  encodeCbor,
  encodeList,
  encodeTag,
  splitTaggedList,
} from "./cbor.ts";
import type { Certificate } from "./certificate.ts";
import { isLow, verifyRaw } from "./ecdsa.ts";
import type { Signer } from "./signer.ts";

export type CoseMessage = {
  readonly kid: Buffer;
  readonly signedAt: Date;
  readonly claims: Claims;
  /** Sig_structure: the very bytes under the signature. */
  readonly signed: Buffer;
  readonly signature: Buffer;
};

const TAG_SIGN1 = 18;
/** Header labels: algorithm, key id (RFC 9052, 3.1), claims in headers (RFC 9597); 6 is "issued at" (RFC 8392). */
const HEADER = { algorithm: "1", kid: "4", cwtClaims: "15" } as const;
const ISSUED_AT = "6";
const ES256 = -7;
const KID_LENGTH = 8;

export function signCose(signer: Signer, claims: Claims, at: Date): Buffer {
  const headers = encodeCbor({
    [HEADER.algorithm]: ES256,
    [HEADER.kid]: signer.kid,
    [HEADER.cwtClaims]: { [ISSUED_AT]: Math.floor(at.getTime() / 1000) },
  });
  const payload = encodeCbor(claims);
  const signature = signer.sign(signedBytes(headers, payload));
  const parts = [encodeCbor(headers), encodeCbor({}), encodeCbor(payload), encodeCbor(signature)];
  return encodeTag(TAG_SIGN1, encodeList(parts));
}

/** Undefined when the bytes are not one message of exactly this form. */
export function readCose(bytes: Uint8Array): CoseMessage | undefined {
  try {
    const parts = splitTaggedList(bytes, TAG_SIGN1, 4).map(decodeCbor);
    const [headers, unprotected, payload, signature] = parts;
    if (!isBytes(headers) || !isBytes(payload) || !isBytes(signature) || signature.length !== 64) return undefined;
    // Unprotected headers are words nobody signed, so there are none.
    if (!isMap(unprotected) || Object.keys(unprotected).length !== 0) return undefined;
    const head = readHeaders(decodeCbor(headers));
    const claims = decodeCbor(payload);
    if (!head || !isMap(claims)) return undefined;
    return { ...head, claims, signed: signedBytes(headers, payload), signature: Buffer.from(signature) };
  } catch (fault) {
    if (fault instanceof CborFault) return undefined;
    throw fault;
  }
}

/** A second signature with the other s is refused, so a statement cannot be given a new face without the key. */
export function isSealedBy(message: CoseMessage, certificate: Certificate): boolean {
  return (
    certificate.publicKey !== undefined &&
    isLow(message.signature) &&
    verifyRaw(certificate.publicKey, message.signed, message.signature)
  );
}

function readHeaders(headers: ClaimValue): { kid: Buffer; signedAt: Date } | undefined {
  if (!isMap(headers) || Object.keys(headers).length !== 3 || headers[HEADER.algorithm] !== ES256) return undefined;
  const kid = headers[HEADER.kid];
  const inside = headers[HEADER.cwtClaims];
  const seconds = isMap(inside) && Object.keys(inside).length === 1 ? inside[ISSUED_AT] : undefined;
  if (!isBytes(kid) || kid.length !== KID_LENGTH || typeof seconds !== "number") return undefined;
  if (seconds < 0 || seconds > 253_402_300_799) return undefined;
  return { kid: Buffer.from(kid), signedAt: new Date(seconds * 1000) };
}

/** Sig_structure (RFC 9052, 4.4); nothing is signed from outside. */
const signedBytes = (headers: Uint8Array, payload: Uint8Array): Buffer =>
  encodeCbor(["Signature1", headers, Buffer.alloc(0), payload]);

const isBytes = (value: ClaimValue | undefined): value is Uint8Array => value instanceof Uint8Array;

function isMap(value: ClaimValue | undefined): value is Claims {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isBytes(value);
}
