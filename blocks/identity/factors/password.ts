import { randomBytes, timingSafeEqual } from "node:crypto";
import { commonPasswords } from "./common-passwords.ts";
import { createPasswordPool, type HashOrder } from "./password-pool.ts";

/** The parameters of OWASP's cheat sheet for Argon2id: 19 MiB, two passes, one lane (RFC 9106). */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

export const PASSWORD_LENGTH = { min: 10, max: 200 } as const;

export type PasswordFault = "too-short" | "too-long" | "too-common";

/**
 * Length and how many others use it; no rules of composition, which make passwords alike (NIST SP 800-63B-4, 3.1.1.2).
 * @param given.words what an attacker tries first for this person: name, number, address
 */
export function passwordFault(password: string, given: { words: string[] }): PasswordFault | undefined {
  const length = [...password].length;
  if (length < PASSWORD_LENGTH.min) return "too-short";
  if (length > PASSWORD_LENGTH.max) return "too-long";
  const plain = password.toLowerCase();
  if (isCommon(plain) || isMonotone(plain)) return "too-common";
  return given.words.some((word) => [...word].length > 3 && plain.replaceAll(word.toLowerCase(), "").length < 5)
    ? "too-common"
    : undefined;
}

/** Also with a few digits or signs around it, which is what everybody does. */
function isCommon(plain: string): boolean {
  const core = plain.replaceAll(/^[\d!@#$%.\-_*]+|[\d!@#$%.\-_*]+$/g, "");
  return commonPasswords.has(plain) || (core.length > 3 && plain.length - core.length < 7 && commonPasswords.has(core));
}

/** One or two different letters, or one row of the keyboard or of the digits. */
function isMonotone(plain: string): boolean {
  if (new Set(plain).size <= 2) return true;
  const rows = [
    "01234567890123456789",
    "qwertyuiop[]asdfghjkl;'zxcvbnm,./",
    "йцукенгшщзхъфывапролджэячсмитьбю",
    "abcdefghijklmnopqrstuvwxyz",
  ];
  return rows.some((row) => row.includes(plain) || [...row].reverse().join("").includes(plain));
}

/** Looks at a password in a turn that has come already. */
export type Fits = (password: string, hash: string | undefined) => Promise<boolean>;

export interface Passwords {
  /** `argon2id$19456$2$1$salt$tag` @throws {Problem} `kernel.too-busy` */
  hash(password: string): Promise<string>;
  /** As long for an account that is not there as for one that is. @throws {Problem} `kernel.too-busy` */
  fits: Fits;
  /**
   * Waits for a turn and does the rest of the work in it: in a storm of sign-ins nothing is looked up for those who only wait.
   * @throws {Problem} `kernel.too-busy`
   */
  inTurn<Result>(work: (fits: Fits) => Promise<Result>): Promise<Result>;
  close(): Promise<void>;
}

/** @param pepper what the hash rests on besides the password; not kept in the database */
export function createPasswords(pepper: Buffer): Passwords {
  const pool = createPasswordPool();
  const orderOf = (password: string, nonce: Buffer): HashOrder => ({
    // The same letters typed on another keyboard are the same password (RFC 8265, 4.2).
    message: Buffer.from(password.normalize("NFC")),
    nonce,
    parallelism: LANES,
    tagLength: TAG_BYTES,
    memory: MEMORY_KIB,
    passes: PASSES,
    secret: pepper,
  });
  const written = (salt: Buffer, tag: Buffer) =>
    ["argon2id", MEMORY_KIB, PASSES, LANES, salt.toString("base64url"), tag.toString("base64url")].join("$");
  // Of no password: what an unknown account is compared with.
  const nobody = written(randomBytes(SALT_BYTES), randomBytes(TAG_BYTES));
  const passwords: Passwords = {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return written(salt, await pool.inTurn((derive) => derive(orderOf(password, salt))));
    },
    fits: (password, hash) => passwords.inTurn((fits) => fits(password, hash)),
    inTurn: (work) =>
      pool.inTurn((derive) =>
        work(async (password, hash = nobody) => {
          const [, , , , salt = "", tag = ""] = hash.split("$");
          const made = await derive(orderOf(password, Buffer.from(salt, "base64url")));
          const known = Buffer.from(tag, "base64url");
          return made.length === known.length && timingSafeEqual(made, known);
        }),
      ),
    close: pool.close,
  };
  return passwords;
}
