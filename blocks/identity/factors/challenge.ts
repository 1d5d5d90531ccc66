import { randomBytes } from "node:crypto";
import type { Clock } from "@kerege/kernel/clock";
import type { Vault } from "../provider/vault.ts";
import { keyed, sameText } from "./keyed.ts";
import type { PassageStore } from "./store-passage.ts";

const MINUTES = 10;

/** What a challenge is for, and for whom: one made for one of them is none for another. */
export type ChallengeUse = "sign-in" | `add ${string}` | "certificate";

/**
 * Challenges that cost nothing until they are answered: 16 random bytes, the instant and our keyed hash over both. Each is good once,
 * for ten minutes; that it was answered is written before the answer is looked at (the library accepts an answer twice).
 */
export interface Challenges {
  /** base64url */
  make(use: ChallengeUse): string;
  /** Whether it is ours, for this use, in time and not answered before; from now on it is. */
  burn(challenge: string, use: ChallengeUse): Promise<boolean>;
}

export function createChallenges(given: { store: PassageStore; vault: Vault; clock: Clock }): Challenges {
  const { store, vault, clock } = given;
  // Whole bytes: what is read as base64url and written anew, as browsers do, is the same.
  const sealOf = (body: Buffer, use: ChallengeUse) => keyed(vault, "challenge", [use, body.toString("base64url")]).slice(0, 24);
  return {
    make(use) {
      const body = Buffer.alloc(24);
      randomBytes(16).copy(body);
      body.writeBigUInt64BE(BigInt(clock.now().getTime()), 16);
      return body.toString("base64url") + sealOf(body, use);
    },
    async burn(challenge, use) {
      if (!/^[\w-]{56}$/.test(challenge)) return false;
      const body = Buffer.from(challenge.slice(0, 32), "base64url");
      if (!sameText(challenge.slice(32), sealOf(body, use))) return false;
      const madeAt = Number(body.readBigUInt64BE(16));
      const expiresAt = new Date(madeAt + MINUTES * 60_000);
      return expiresAt > clock.now() && store.burn(challenge, expiresAt);
    },
  };
}
