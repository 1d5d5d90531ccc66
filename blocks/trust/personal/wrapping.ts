/**
 * Private keys of people, wrapped so that the state that keeps them cannot use them alone: the key of the wrapping comes from a phrase
 * only the person knows, by Argon2id (RFC 9106) with a secret of this installation, so a copy of the database is of no use even to who
 * guesses phrases. AES-256-GCM; the id of the key is authenticated with it, so a wrapping cannot be moved to another.
 */
import { argon2, createCipheriv, createDecipheriv, createPrivateKey, type KeyObject, randomBytes } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";
import { writeOnce } from "../key-store.ts";

export type Wrapped = { readonly salt: Buffer; readonly nonce: Buffer; readonly wrapped: Buffer };

export type Wrapping = {
  wrap(key: KeyObject, given: { id: string; phrase: string }): Promise<Wrapped>;
  /** Undefined when the phrase is another. */
  unwrap(wrapped: Wrapped, given: { id: string; phrase: string }): Promise<KeyObject | undefined>;
};

const CIPHER = "aes-256-gcm";
const TAG = 16;
/** KiB and rounds: RFC 9106 leaves them to the measure; OWASP names 19 MiB and 2 as the least. */
const COST = { parallelism: 1, tagLength: 32, memory: 19_456, passes: 2 };
/** A phrase takes some 20 ms of a core; more at once would keep everything else from it. */
const AT_ONCE = 2;

const derive = promisify(argon2);

export function createWrapping(folder: string): Wrapping {
  const file = path.join(folder, "phrase-secret");
  if (!existsSync(file)) writeOnce(file, `${randomBytes(32).toString("base64")}\n`);
  const secret = Buffer.from(readFileSync(file, "utf8").trim(), "base64");
  const turn = createTurns(AT_ONCE);
  const keyOf = (phrase: string, salt: Buffer): Promise<Buffer> =>
    turn(() => derive("argon2id", { ...COST, message: Buffer.from(phrase.normalize("NFKC")), nonce: salt, secret }));

  return {
    async wrap(key, { id, phrase }) {
      const [salt, nonce] = [randomBytes(16), randomBytes(12)];
      const cipher = createCipheriv(CIPHER, await keyOf(phrase, salt), nonce).setAAD(Buffer.from(id));
      const plain = key.export({ format: "der", type: "pkcs8" });
      const wrapped = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
      plain.fill(0);
      return { salt, nonce, wrapped };
    },
    async unwrap({ salt, nonce, wrapped }, { id, phrase }) {
      const decipher = createDecipheriv(CIPHER, await keyOf(phrase, salt), nonce, { authTagLength: TAG }).setAAD(Buffer.from(id));
      decipher.setAuthTag(wrapped.subarray(-TAG));
      const plain = decipher.update(wrapped.subarray(0, -TAG));
      try {
        decipher.final();
      } catch {
        return undefined;
      }
      const key = createPrivateKey({ key: plain, format: "der", type: "pkcs8" });
      plain.fill(0);
      return key;
    },
  };
}

/** Lets so many do their work at once; the others wait in the order they came. */
function createTurns(atOnce: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let busy = 0;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (busy >= atOnce) await new Promise<void>((resolve) => waiting.push(resolve));
    else busy++;
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next) next();
      else busy--;
    }
  };
}
