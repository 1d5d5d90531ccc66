/** Keys that can be told to be weak by looking at them. */
import type { KeyObject } from "node:crypto";

export type Weakness = "exponent" | "small-factor" | "roca";

const PRIMES = [
  3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37, 41, 43, 47, 53, 59, 61, 67, 71, 73, 79, 83, 89, 97, 101, 103, 107, 109, 113, 127, 131,
  137, 139, 149, 151, 157, 163, 167,
];

/** Remainders that a modulus made by the faulty generator has: powers of 65537 (Nemec and others, "The Return of Coppersmith's Attack", 2017). */
const marks = PRIMES.map((prime) => {
  const powers = new Set<number>();
  for (let value = 1; !powers.has(value); value = (value * 65537) % prime) powers.add(value);
  return { prime, powers };
});

/** Curve keys have no such marks; an RSA key is weak when its exponent is small, a small prime divides it, or the marks of ROCA are on it. */
export function weaknessOf(key: KeyObject): Weakness | undefined {
  if (key.asymmetricKeyType !== "rsa") return undefined;
  const { publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (publicExponent < 65537n) return "exponent";
  const modulus = BigInt(`0x${Buffer.from(key.export({ format: "jwk" }).n ?? "", "base64url").toString("hex") || "0"}`);
  return weaknessOfModulus(modulus);
}

export function weaknessOfModulus(modulus: bigint): Weakness | undefined {
  const rests = marks.map(({ prime }) => Number(modulus % BigInt(prime)));
  if (modulus % 2n === 0n || rests.includes(0)) return "small-factor";
  // Of the other moduli about one in 2^27 has all the marks by chance; its holder makes a new key.
  return marks.every(({ powers }, i) => powers.has(rests[i]!)) ? "roca" : undefined;
}
