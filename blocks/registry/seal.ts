import { createCipheriv, createDecipheriv, createHmac, hkdfSync, timingSafeEqual } from "node:crypto";

/** Makes opaque names of texts, and reads them again. Who has no key of the installation neither reads nor makes one. */
export interface Seal {
  /** The same text in the same place gives the same letters (base64url). In another place they are others, and do not open. */
  close(text: string, place: string): string;
  /** Nothing where it was not made here, or for another place. */
  open(sealed: string, place: string): string | undefined;
  /** 43 letters that tell nothing about the text. */
  veil(text: string): string;
}

const TAG = 16;

/**
 * Deterministic authenticated encryption with a synthetic nonce (Rogaway and Shrimpton, 2006; the construction of RFC 5297, with HMAC-SHA-256
 * and AES-256-CTR): the nonce is the tag over place and text, so the same name comes out each time and no nonce is ever used for two texts.
 */
export function createSeal(secret: Buffer): Seal {
  const keyFor = (purpose: string) => Buffer.from(hkdfSync("sha256", secret, "kerege registry", purpose, 32));
  const [tagging, hiding, veiling] = [keyFor("tag"), keyFor("hide"), keyFor("veil")];
  const tagOf = (text: Buffer, place: string) =>
    createHmac("sha256", tagging)
      // The length keeps place and text apart.
      .update(`${Buffer.byteLength(place)} ${place}`)
      .update(text)
      .digest()
      .subarray(0, TAG);
  return {
    close(text, place) {
      const plain = Buffer.from(text);
      const tag = tagOf(plain, place);
      const cipher = createCipheriv("aes-256-ctr", hiding, tag);
      return Buffer.concat([tag, cipher.update(plain), cipher.final()]).toString("base64url");
    },
    open(sealed, place) {
      const bytes = Buffer.from(sealed, "base64url");
      // Several spellings give the same bytes; only the one that is written here is a name.
      if (bytes.length < TAG || bytes.toString("base64url") !== sealed) return undefined;
      const tag = bytes.subarray(0, TAG);
      const decipher = createDecipheriv("aes-256-ctr", hiding, tag);
      const plain = Buffer.concat([decipher.update(bytes.subarray(TAG)), decipher.final()]);
      return timingSafeEqual(tagOf(plain, place), tag) ? plain.toString("utf8") : undefined;
    },
    veil: (text) => createHmac("sha256", veiling).update(text).digest("base64url"),
  };
}
