import type { Vault } from "./vault.ts";

/**
 * The number that a device shows beside its code, 10 to 99. The person chooses it out of three: whoever is sent a code of somebody
 * else's device stands before no device, and sees no number.
 */
export function matchNumber(vault: Pick<Vault, "veil">, userCode: string): string {
  return numbersOf(vault, userCode)[0]!;
}

/** The right number among two others, in an order that follows from none of them. */
export function matchChoices(vault: Pick<Vault, "veil">, userCode: string): string[] {
  return numbersOf(vault, userCode).sort();
}

function numbersOf(vault: Pick<Vault, "veil">, userCode: string): string[] {
  const bytes = Buffer.from(vault.veil("match number", userCode), "base64url");
  const numbers = new Set<string>();
  for (const byte of bytes) if (numbers.size < 3) numbers.add(String(10 + (byte % 90)));
  return [...numbers];
}
