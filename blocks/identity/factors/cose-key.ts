import { createPublicKey, type KeyObject } from "node:crypto";

/** A public key of a passkey as authenticators give it (RFC 9053, RFC 8230), with the hash that its signatures are made over. */
export interface CoseKey {
  key: KeyObject;
  /** Undefined where the algorithm has its own (Ed25519). */
  hash: "sha256" | undefined;
}

const MOST_KEPT = 10_000;
/** COSE labels: kty 1, alg 3, then by kind crv -1, x -2, y -3 or n -1, e -2. */
const [KTY, ALG, FIRST, SECOND, THIRD] = [1, 3, -1, -2, -3];

/** Reads keys and remembers the ones that were read last: to make one of its numbers costs more than to check a signature. */
export function createCoseKeys(): (text: string) => CoseKey | undefined {
  const kept = new Map<string, CoseKey | undefined>();
  return (text) => {
    if (kept.has(text)) return kept.get(text);
    if (kept.size >= MOST_KEPT) kept.clear();
    const made = readCoseKey(Buffer.from(text, "base64url"));
    kept.set(text, made);
    return made;
  };
}

/** ES256 on P-256, EdDSA on Ed25519, RS256; undefined for anything else, and for what is no key at all. */
export function readCoseKey(bytes: Buffer): CoseKey | undefined {
  const map = readMap(bytes);
  if (!map) return undefined;
  const text = (label: number) => {
    const value = map.get(label);
    return Buffer.isBuffer(value) ? value.toString("base64url") : "";
  };
  const kind = `${map.get(KTY!)} ${map.get(ALG!)}`;
  const curve = map.get(FIRST!);
  try {
    if (kind === "2 -7" && curve === 1) return made({ kty: "EC", crv: "P-256", x: text(SECOND!), y: text(THIRD!) }, "sha256");
    if (kind === "1 -8" && curve === 6) return made({ kty: "OKP", crv: "Ed25519", x: text(SECOND!) }, undefined);
    if (kind === "3 -257") return made({ kty: "RSA", n: text(FIRST!), e: text(SECOND!) }, "sha256");
  } catch {
    // A point that is not on its curve, a number of no size: no key.
  }
  return undefined;
}

function made(jwk: JsonWebKey, hash: CoseKey["hash"]): CoseKey {
  return { key: createPublicKey({ key: jwk as never, format: "jwk" }), hash };
}

/** A map of whole numbers to whole numbers and byte strings, and nothing behind it: all that such a key is (RFC 8949, 3). */
function readMap(bytes: Buffer): Map<number, number | Buffer> | undefined {
  let at = 0;
  const head = (): { major: number; argument: number } | undefined => {
    const first = bytes[at++];
    if (first === undefined) return undefined;
    const [major, low] = [first >> 5, first & 31];
    if (low < 24) return { major, argument: low };
    const size = low === 24 ? 1 : low === 25 ? 2 : 0;
    if (size === 0 || at + size > bytes.length) return undefined;
    at += size;
    return { major, argument: bytes.readUIntBE(at - size, size) };
  };
  const value = (): number | Buffer | undefined => {
    const found = head();
    if (found?.major === 0) return found.argument;
    if (found?.major === 1) return -1 - found.argument;
    if (found?.major !== 2 || at + found.argument > bytes.length) return undefined;
    at += found.argument;
    return bytes.subarray(at - found.argument, at);
  };
  const map = head();
  if (map?.major !== 5) return undefined;
  const members = new Map<number, number | Buffer>();
  for (let left = map.argument; left > 0; left--) {
    const [label, member] = [value(), value()];
    if (typeof label !== "number" || member === undefined || members.has(label)) return undefined;
    members.set(label, member);
  }
  return at === bytes.length ? members : undefined;
}
