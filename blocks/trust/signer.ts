/** Someone who signs in the name of a body: a certificate, the way to the root, and a key that never leaves it. */
import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { type Certificate, kidOf } from "./certificate.ts";
import { signRaw } from "./ecdsa.ts";

export type Signer = {
  readonly certificate: Certificate;
  /** The authorities between the certificate and the root; the root is not among them. */
  readonly chain: readonly Certificate[];
  readonly kid: Buffer;
  /** ECDSA P-256 with SHA-256 over the bytes: r and s, 64 bytes. */
  sign(bytes: Uint8Array): Buffer;
};

export function createSigner(parts: { certificate: Certificate; chain: readonly Certificate[]; key: KeyObject }): Signer {
  const { certificate, chain, key } = parts;
  return { certificate, chain, kid: kidOf(certificate), sign: (bytes) => signRaw(key, bytes) };
}

/** The private key of a PKCS#8 PEM when it is the one the certificate speaks of. */
export function keyFor(certificate: Certificate, pem: string): KeyObject | undefined {
  const key = readKey(pem);
  return key && certificate.publicKey && createPublicKey(key).equals(certificate.publicKey) ? key : undefined;
}

function readKey(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: "pem" });
  } catch {
    return undefined;
  }
}
