import { type Argon2Parameters, argon2, randomBytes, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";
import { kernelProblem } from "@kerege/kernel/problem";
import { commonPasswords } from "./common-passwords.ts";

/** The parameters of OWASP's cheat sheet for Argon2id: 19 MiB, two passes, one lane (RFC 9106). */
const MEMORY_KIB = 19_456;
const PASSES = 2;
const LANES = 1;
const TAG_BYTES = 32;
const SALT_BYTES = 16;

export const PASSWORD_LENGTH = { min: 10, max: 200 } as const;

/** At once: a hash takes a thread of libuv's pool of four, which files and packing of pages need as well. */
const AT_ONCE = 1;
/** Waiting behind them: at fifty a second the last is answered before a browser gives up. */
const MOST_WAITING = 1000;

const derive = promisify(argon2) as (algorithm: "argon2id", parameters: Argon2Parameters) => Promise<Buffer>;

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

export interface Passwords {
  /** `argon2id$19456$2$1$salt$tag` */
  hash(password: string): Promise<string>;
  /** As long for an account that is not there as for one that is. @throws {Problem} `kernel.too-busy` */
  fits(password: string, hash: string | undefined): Promise<boolean>;
}

/** @param pepper what the hash rests on besides the password; not kept in the database */
export function createPasswords(pepper: Buffer): Passwords {
  let running = 0;
  const waiting: (() => void)[] = [];
  const turn = async <Result>(work: () => Promise<Result>): Promise<Result> => {
    if (waiting.length >= MOST_WAITING) throw kernelProblem("too-busy");
    if (running >= AT_ONCE) await new Promise<void>((resolve) => waiting.push(resolve));
    else running++;
    try {
      return await work();
    } finally {
      // The place goes to the next in line without ever being free.
      const next = waiting.shift();
      if (next) next();
      else running--;
    }
  };
  const tagOf = (password: string, salt: Buffer) =>
    turn(() =>
      derive("argon2id", {
        // The same letters typed on another keyboard are the same password (RFC 8265, 4.2).
        message: Buffer.from(password.normalize("NFC")),
        nonce: salt,
        parallelism: LANES,
        tagLength: TAG_BYTES,
        memory: MEMORY_KIB,
        passes: PASSES,
        secret: pepper,
      }),
    );
  const written = (salt: Buffer, tag: Buffer) =>
    ["argon2id", MEMORY_KIB, PASSES, LANES, salt.toString("base64url"), tag.toString("base64url")].join("$");
  // Of no password: what an unknown account is compared with.
  const nobody = written(randomBytes(SALT_BYTES), randomBytes(TAG_BYTES));
  return {
    async hash(password) {
      const salt = randomBytes(SALT_BYTES);
      return written(salt, await tagOf(password, salt));
    },
    async fits(password, hash = nobody) {
      const [, , , , salt = "", tag = ""] = hash.split("$");
      const made = await tagOf(password, Buffer.from(salt, "base64url"));
      const known = Buffer.from(tag, "base64url");
      return made.length === known.length && timingSafeEqual(made, known);
    },
  };
}
