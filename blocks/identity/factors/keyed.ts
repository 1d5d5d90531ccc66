import { timingSafeEqual } from "node:crypto";
import type { Vault } from "../provider/vault.ts";

/** Keyed hash of short things that could be guessed: codes, addresses. Who has only the tables can try nothing. */
export function keyed(vault: Vault, purpose: string, parts: string[]): string {
  return vault.veil(`factors ${purpose}`, JSON.stringify(parts));
}

/** In constant time. */
export function sameText(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
