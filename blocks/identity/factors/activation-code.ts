import { randomBytes } from "node:crypto";

/** Crockford's base 32: without I, L, O and U, so that what is read aloud or copied by hand is not mistaken. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK = `${ALPHABET}*~$=U`;
/** 60 bits. */
const LENGTH = 12;

/** `7Q4M-XD0K-W2HB-~`: twelve symbols in fours and one to find a slip of the hand. */
export function newActivationCode(): string {
  const symbols = [...randomBytes(LENGTH)].map((byte) => ALPHABET[byte & 31]).join("");
  return showCode(symbols + CHECK[remainder(symbols)]);
}

/** As it is stored and compared; undefined where it cannot be a code (its check symbol does not fit). */
export function readActivationCode(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  const symbols = plain.slice(0, LENGTH);
  const fits = plain.length === LENGTH + 1 && [...symbols].every((symbol) => ALPHABET.includes(symbol));
  return fits && CHECK[remainder(symbols)] === plain[LENGTH] ? plain : undefined;
}

export function showCode(plain: string): string {
  return plain.match(/.{1,4}/g)!.join("-");
}

/** The remainder modulo 37 of the whole number. */
function remainder(symbols: string): number {
  let rest = 0;
  for (const symbol of symbols) rest = (rest * 32 + ALPHABET.indexOf(symbol)) % CHECK.length;
  return rest;
}

/** Ten symbols, 50 bits, for one use when a phone is lost. */
export function newRecoveryCode(): string {
  const symbols = [...randomBytes(10)].map((byte) => ALPHABET[byte & 31]).join("");
  return `${symbols.slice(0, 5)}-${symbols.slice(5)}`;
}

/** As it is stored and compared. */
export function readRecoveryCode(typed: string): string | undefined {
  const plain = typed.toUpperCase().replaceAll(/[\s-]/g, "").replaceAll("O", "0").replaceAll(/[IL]/g, "1");
  return plain.length === 10 && [...plain].every((symbol) => ALPHABET.includes(symbol)) ? plain : undefined;
}
