/**
 * A private key in a file under a pass phrase: PKCS#8 with PBES2 (RFC 8018), scrypt (RFC 7914) and AES-256-CBC, as `openssl pkey` reads it
 * too. What Node writes by itself has 2,048 rounds of PBKDF2, which a graphics card guesses through.
 */
import { createCipheriv, createPrivateKey, type KeyObject, randomBytes, scryptSync } from "node:crypto";
import { integer, octets, oid, sequence } from "../der.ts";
import { toPem } from "../issue.ts";

/** 16 MB, half of what OpenSSL allows when it reads; eight times over. */
const COST = { N: 2 ** 14, r: 8, p: 8 };

export function sealKey(key: KeyObject, phrase: string): string {
  const salt = randomBytes(16);
  const iv = randomBytes(16);
  const cipher = createCipheriv("aes-256-cbc", scryptSync(Buffer.from(phrase, "utf8"), salt, 32, COST), iv);
  const plain = key.export({ format: "der", type: "pkcs8" }) as Buffer;
  const sealed = Buffer.concat([cipher.update(plain), cipher.final()]);
  plain.fill(0);
  const derivation = sequence(
    oid("1.3.6.1.4.1.11591.4.11"),
    sequence(octets(salt), integer(COST.N), integer(COST.r), integer(COST.p), integer(32)),
  );
  const encryption = sequence(oid("2.16.840.1.101.3.4.1.42"), octets(iv));
  return toPem(
    "ENCRYPTED PRIVATE KEY",
    sequence(sequence(oid("1.2.840.113549.1.5.13"), sequence(derivation, encryption)), octets(sealed)),
  );
}

/** Undefined when the phrase is wrong or the text is no key. */
export function openKey(pem: string, phrase: string): KeyObject | undefined {
  try {
    return createPrivateKey({ key: pem, format: "pem", passphrase: phrase });
  } catch {
    return undefined;
  }
}
