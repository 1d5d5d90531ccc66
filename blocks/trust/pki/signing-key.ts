/** A private key that signs certificates, lists and answers, wherever it lies: in this process, or in hardware that never gives it out. */
import { createPublicKey, sign as cryptoSign, type KeyObject } from "node:crypto";
import { encode, oid, sequence, TAG } from "../der.ts";
import { ECDSA_SHA256, signDer } from "../ecdsa.ts";
import { type KeyKind, kindOf } from "./algorithm.ts";

export type SigningKey = {
  readonly publicKey: KeyObject;
  /** AlgorithmIdentifier, DER. */
  readonly algorithm: Buffer;
  /** The signature as X.509 and CMS carry it: DER for ECDSA. */
  sign(bytes: Uint8Array): Buffer;
};

const ECDSA_SHA384 = sequence(oid("1.2.840.10045.4.3.3"));
const ECDSA_SHA512 = sequence(oid("1.2.840.10045.4.3.4"));
const ED25519 = sequence(oid("1.3.101.112"));
const RSA_SHA256 = sequence(oid("1.2.840.113549.1.1.11"), encode(TAG.none));

const known = new WeakMap<KeyObject, SigningKey>();

/** A key of this process. Throws RangeError when it is of a kind that nothing here signs with. */
export function signingKey(key: KeyObject | SigningKey): SigningKey {
  if ("sign" in key) return key;
  const kept = known.get(key);
  if (kept) return kept;
  const made = { publicKey: createPublicKey(key), ...wayOf(key) };
  known.set(key, made);
  return made;
}

/** The AlgorithmIdentifier that goes with a kind of key. */
export const ALGORITHMS: Record<KeyKind, Buffer> = {
  p256: ECDSA_SHA256,
  p384: ECDSA_SHA384,
  p521: ECDSA_SHA512,
  ed25519: ED25519,
  rsa: RSA_SHA256,
};

function wayOf(key: KeyObject): Pick<SigningKey, "algorithm" | "sign"> {
  const kind = kindOf(key);
  if (!kind) throw new RangeError("no key to sign with");
  const algorithm = ALGORITHMS[kind];
  if (kind === "p256") return { algorithm, sign: (bytes) => signDer(key, bytes) };
  const hash = { p384: "sha384", p521: "sha512", ed25519: null, rsa: "sha256" }[kind];
  return { algorithm, sign: (bytes) => cryptoSign(hash, bytes, key) };
}
