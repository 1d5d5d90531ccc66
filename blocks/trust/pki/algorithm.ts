/**
 * The signature algorithms that are read, by the object identifier of their AlgorithmIdentifier. This installation signs with ECDSA
 * over P-256; the others are here so that certificates, lists, answers and signatures of others can be checked. One more algorithm is
 * one more row. GOST R 34.10-2012 will be such a row: OpenSSL as Node brings it knows neither its keys nor its hash.
 */
import { constants, createPublicKey, verify as cryptoVerify, type KeyObject } from "node:crypto";
import { contentOf, context, encode, integer, oid, oidText, partsOf, read, sequence, TAG } from "../der.ts";

export type KeyKind = "p256" | "p384" | "p521" | "ed25519" | "rsa";

export type Verifier = {
  /** As people write it: `ECDSA with SHA-384`. */
  readonly name: string;
  readonly kinds: readonly KeyKind[];
  /** Signature as X.509 and CMS carry it. Never throws: what is no signature is a wrong one. */
  verify(key: KeyObject, bytes: Uint8Array, signature: Uint8Array): boolean;
};

const NULL = encode(TAG.none);
const CURVES: Record<string, { kind: KeyKind; size: number }> = {
  prime256v1: { kind: "p256", size: 32 },
  secp384r1: { kind: "p384", size: 48 },
  secp521r1: { kind: "p521", size: 66 },
};
const RSA_BITS = { least: 2048, most: 8192 };
const EC: readonly KeyKind[] = ["p256", "p384", "p521"];

type Row = { readonly parameters: readonly Buffer[]; readonly verifier: Verifier };

const hashes = [
  { name: "SHA-256", node: "sha256", oid: "2.16.840.1.101.3.4.2.1", ecdsa: "2", rsa: "11", salt: 32 },
  { name: "SHA-384", node: "sha384", oid: "2.16.840.1.101.3.4.2.2", ecdsa: "3", rsa: "12", salt: 48 },
  { name: "SHA-512", node: "sha512", oid: "2.16.840.1.101.3.4.2.3", ecdsa: "4", rsa: "13", salt: 64 },
] as const;

/** Name of a hash for node:crypto by its object identifier; SHA-1 and MD5 are not among them. */
export const hashNameOf = (type: string): string | undefined => hashes.find((one) => one.oid === type)?.node;

const RSA_ENCRYPTION = "1.2.840.113549.1.1.1";
const EMPTY = Buffer.alloc(0);

/** Every AlgorithmIdentifier has one form here, parameters and all, so that two encodings never mean the same signature. */
const verifiers = new Map<string, Row[]>();
function add(type: string, parameters: readonly Buffer[], verifier: Verifier): void {
  verifiers.set(type, [...(verifiers.get(type) ?? []), { parameters, verifier }]);
}

for (const { name, node, oid: hash, ecdsa, rsa, salt } of hashes) {
  // RFC 5758, 3.2: parameters are absent.
  add(`1.2.840.10045.4.3.${ecdsa}`, [EMPTY], {
    name: `ECDSA with ${name}`,
    kinds: EC,
    verify: (key, bytes, signature) => isStrictEcdsa(key, signature) && attempt(() => cryptoVerify(node, bytes, key, signature)),
  });
  // RFC 4055, 5: parameters are NULL.
  add(`1.2.840.113549.1.1.${rsa}`, [NULL], rsaVerifier(name, node));
  add("1.2.840.113549.1.1.10", [pssParameters(hash, salt)], {
    name: `RSASSA-PSS with ${name}`,
    kinds: ["rsa"],
    verify: (key, bytes, signature) =>
      kindOf(key) === "rsa" &&
      attempt(() => cryptoVerify(node, bytes, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: salt }, signature)),
  });
}
// RFC 8410, 3.
add("1.3.101.112", [EMPTY], {
  name: "Ed25519",
  kinds: ["ed25519"],
  verify: (key, bytes, signature) =>
    kindOf(key) === "ed25519" && signature.length === 64 && attempt(() => cryptoVerify(null, bytes, key, signature)),
});

function rsaVerifier(name: string, node: string): Verifier {
  return {
    name: `RSA with ${name}`,
    kinds: ["rsa"],
    verify: (key, bytes, signature) => kindOf(key) === "rsa" && attempt(() => cryptoVerify(node, bytes, key, signature)),
  };
}

/** RSASSA-PSS-params with the same hash in both places and the salt as long as the hash; defaults of SHA-1 are never meant. */
function pssParameters(hash: string, salt: number): Buffer {
  const algorithm = sequence(oid(hash), NULL);
  return sequence(context(0, algorithm), context(1, sequence(oid("1.2.840.113549.1.1.8"), algorithm)), context(2, integer(salt)));
}

/**
 * The verifier that an AlgorithmIdentifier (DER) means, or undefined. In CMS the algorithm may be plain rsaEncryption with the hash named
 * elsewhere (RFC 5754, 3.2): then `digest` is that hash's object identifier.
 */
export function verifierOf(algorithm: Buffer, digest?: string): Verifier | undefined {
  const [type, ...rest] = partsOf(read(algorithm), TAG.sequence);
  const parameters = Buffer.concat(rest.map(({ bytes }) => bytes));
  const name = oidText(type!);
  const hash = digest === undefined ? undefined : hashes.find((one) => one.oid === digest);
  if (name === RSA_ENCRYPTION) return hash && parameters.equals(NULL) ? rsaVerifier(hash.name, hash.node) : undefined;
  return verifiers.get(name)?.find((row) => row.parameters.some((one) => one.equals(parameters)))?.verifier;
}

/** Whether `signature` over `bytes` is that of `key` under the AlgorithmIdentifier; false for algorithms that are not known. */
export function verifyBy(key: KeyObject, algorithm: Buffer, { bytes, signature }: { bytes: Buffer; signature: Buffer }): boolean {
  return verifierOf(algorithm)?.verify(key, bytes, signature) ?? false;
}

export function kindOf(key: KeyObject): KeyKind | undefined {
  if (key.asymmetricKeyType === "ec") return CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""]?.kind;
  if (key.asymmetricKeyType === "ed25519") return "ed25519";
  return key.asymmetricKeyType === "rsa" ? "rsa" : undefined;
}

/** The key of a SubjectPublicKeyInfo when it is of a kind that is read and not too short; else undefined. */
export function readPublicKey(spki: Buffer): KeyObject | undefined {
  const key = open(spki);
  const kind = key && kindOf(key);
  if (!key || !kind) return undefined;
  // A compressed point, or parameters written out, would be a second form of the same key.
  if (!key.export({ format: "der", type: "spki" }).equals(spki)) return undefined;
  if (kind !== "rsa") return key;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  const fits = modulusLength >= RSA_BITS.least && modulusLength <= RSA_BITS.most;
  return fits && publicExponent >= 3n && publicExponent % 2n === 1n ? key : undefined;
}

function open(spki: Buffer): KeyObject | undefined {
  try {
    return createPublicKey({ key: spki, format: "der", type: "spki" });
  } catch {
    return undefined;
  }
}

/** Two positive numbers no longer than the curve, in their one form. */
function isStrictEcdsa(key: KeyObject, signature: Uint8Array): boolean {
  const size = CURVES[key.asymmetricKeyDetails?.namedCurve ?? ""]?.size;
  if (size === undefined) return false;
  return attempt(() =>
    partsOf(read(signature), TAG.sequence, 2).every((half) => {
      const content = contentOf(half, TAG.integer);
      return (content[0]! & 0x80) === 0 && content.length - (content[0] === 0 ? 1 : 0) <= size;
    }),
  );
}

function attempt(act: () => boolean): boolean {
  try {
    return act();
  } catch {
    return false;
  }
}
