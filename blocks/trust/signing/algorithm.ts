/**
 * What signatures add to the table of algorithms (`pki/algorithm.ts`): digests by name, the signatures of XML and JSON, which carry r
 * and s as they are, and names for the table of ends (`sunset.ts`). MD5 and SHA-1 are known only to be refused.
 */
import { createHash, verify as cryptoVerify, type KeyObject } from "node:crypto";
import { type Der, DerFault, oidText, partsOf, TAG } from "../der.ts";
import { kindOf, verifierOf } from "../pki/algorithm.ts";

export type DigestName = "sha256" | "sha384" | "sha512";

/** Well-formed, but made in a way this program does not check. */
export class UnsupportedFault extends Error {
  override readonly name: string = "UnsupportedFault";
}

/** Made in a way that was good once and is not any more. */
export class WeakFault extends UnsupportedFault {
  override readonly name = "WeakFault";
}

export const DIGEST_OIDS: Readonly<Record<DigestName, string>> = {
  sha256: "2.16.840.1.101.3.4.2.1",
  sha384: "2.16.840.1.101.3.4.2.2",
  sha512: "2.16.840.1.101.3.4.2.3",
};
const DIGESTS = new Map(Object.entries(DIGEST_OIDS).map(([name, type]) => [type, name as DigestName]));
/** MD5, SHA-1 and the signatures with them. */
const WEAK = new Set([
  "1.2.840.113549.2.5",
  "1.3.14.3.2.26",
  "1.2.840.113549.1.1.4",
  "1.2.840.113549.1.1.5",
  "1.2.840.10045.4.1",
  "1.2.840.10040.4.3",
]);

export function hashOf(digest: DigestName, ...parts: readonly Uint8Array[]): Buffer {
  const hash = createHash(digest);
  for (const part of parts) hash.update(part);
  return hash.digest();
}

/** Any digest of the same bytes, each computed once and only when asked for. */
export function digestsOf(...parts: readonly Uint8Array[]): (digest: DigestName) => Buffer {
  const made = new Map<DigestName, Buffer>();
  return (digest) => {
    const value = made.get(digest) ?? hashOf(digest, ...parts);
    made.set(digest, value);
    return value;
  };
}

/** The digest an AlgorithmIdentifier names; its parameters are absent or NULL (RFC 5754, 2). */
export function digestOf(identifier: Der | undefined): DigestName {
  const [type, parameters, ...rest] = partsOf(identifier, TAG.sequence);
  if (!type || rest.length > 0 || (parameters && parameters.tag !== TAG.none)) throw new DerFault("digest parameters");
  const found = DIGESTS.get(oidText(type));
  if (!found) throw unknown(oidText(type));
  return found;
}

export type CmsAlgorithm = { readonly identifier: Buffer; readonly digest: DigestName };
export type SignedBytes = { readonly bytes: Buffer; readonly signature: Buffer };

/**
 * Whether the key made the signature. One digest stands for content and signature, else the weaker could be chosen by whoever has signed
 * neither; Ed25519 brings its own (RFC 8419, 3). Throws UnsupportedFault.
 */
export function isCmsSignature(key: KeyObject | undefined, { identifier, digest }: CmsAlgorithm, signed: SignedBytes): boolean {
  const verifier = verifierOf(identifier, DIGEST_OIDS[digest]);
  if (!verifier || !key) throw unknown(typeOf(identifier));
  const own = /SHA-\d+$/.exec(verifier.name)?.[0].toLowerCase().replace("-", "");
  if (own !== undefined && own !== digest) throw new DerFault("two digests");
  return verifier.verify(key, signed.bytes, signed.signature);
}

const typeOf = (identifier: Buffer): string => {
  const length = identifier[3] ?? 0;
  return identifier[2] === TAG.oid
    ? oidText({ tag: TAG.oid, bytes: identifier, content: identifier.subarray(4, 4 + length), children: [] })
    : "";
};

const unknown = (type: string): UnsupportedFault => (WEAK.has(type) ? new WeakFault(type) : new UnsupportedFault(type));

export type RawKind = { readonly digest: DigestName | undefined; readonly kinds: readonly string[] };

/** A signature as XML and JWS carry it: r and s of fixed length for ECDSA (RFC 4050; RFC 7518, 3.4). */
export function isRawSignature(key: KeyObject, { digest, kinds }: RawKind, { bytes, signature }: SignedBytes): boolean {
  const kind = kindOf(key);
  if (!kind || !kinds.includes(kind)) return false;
  if (kind === "ed25519") return signature.length === 64 && cryptoVerify(null, bytes, key, signature);
  if (kind === "rsa") return cryptoVerify(digest, bytes, key, signature);
  return cryptoVerify(digest, bytes, { key, dsaEncoding: "ieee-p1363" }, signature);
}

/** How the table of ends names a key: `ec-256`, `rsa-3072`, `ed25519`. */
export function keyName(key: KeyObject): string {
  const kind = kindOf(key);
  if (kind === "rsa") return `rsa-${key.asymmetricKeyDetails?.modulusLength ?? 0}`;
  return kind === undefined || kind === "ed25519" ? (kind ?? "unknown") : `ec-${kind.slice(1)}`;
}
