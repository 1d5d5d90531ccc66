import { createCipheriv, createDecipheriv, createHmac, createSecretKey, hash, hkdfSync, randomBytes } from "node:crypto";
import path from "node:path";
import { readSecret } from "@kerege/kernel/secret";
import { problem } from "../problems.ts";

/** What is made of the one secret of the data folder. All nodes of an installation have that folder in common. */
export interface Vault {
  /** AES-256-GCM. `place` is bound to it: what was sealed for one place does not open in another. */
  seal(plain: Buffer, place: string): Buffer;
  /** @throws {Problem} `identity.sealed` where it was changed, or sealed under another key or for another place */
  open(sealed: Buffer, place: string): Buffer;
  /** The same text gives the same 43 letters, which tell nothing about it. */
  veil(purpose: string, text: string): string;
  /** 32 bytes for one purpose. */
  key(purpose: string): Buffer;
}

const NONCE = 12;
const TAG = 16;

/** Reads `provider.key` in the folder, or makes it. */
export function openVault(folder: string): Vault {
  const secret = readSecret(path.join(folder, "provider.key"));
  const key = (purpose: string) => Buffer.from(hkdfSync("sha256", secret, "kerege provider", purpose, 32));
  const sealing = createSecretKey(key("seal"));
  const nonceOf = createNonces();
  const veils = new Map<string, Buffer>();
  return {
    key,
    seal(plain, place) {
      const nonce = nonceOf();
      const cipher = createCipheriv("aes-256-gcm", sealing, nonce).setAAD(Buffer.from(place));
      return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    },
    open(sealed, place) {
      try {
        const decipher = createDecipheriv("aes-256-gcm", sealing, sealed.subarray(0, NONCE), { authTagLength: TAG });
        decipher.setAAD(Buffer.from(place)).setAuthTag(sealed.subarray(-TAG));
        return Buffer.concat([decipher.update(sealed.subarray(NONCE, -TAG)), decipher.final()]);
      } catch (cause) {
        throw problem("sealed", { cause });
      }
    },
    veil(purpose, text) {
      let made = veils.get(purpose);
      if (!made) {
        made = key(`veil ${purpose}`);
        veils.set(purpose, made);
      }
      return createHmac("sha256", made).update(text).digest("base64url");
    },
  };
}

/** Asking the system for each nonce costs more than the cipher does: many are asked for at once, and each is given out once. */
function createNonces(): () => Buffer {
  let pool = Buffer.alloc(0);
  let at = 0;
  return () => {
    if (at >= pool.length) {
      pool = randomBytes(NONCE * 512);
      at = 0;
    }
    at += NONCE;
    return pool.subarray(at - NONCE, at);
  };
}

/** 43 letters by which a secret is known without being kept. */
export function digest(secret: string): string {
  return hash("sha256", secret, "base64url");
}
