import { randomBytes } from "node:crypto";
import type { Clock } from "@kerege/kernel/clock";
import { gather } from "../gather.ts";
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
  const endOf = (challenge: string) =>
    new Date(Number(Buffer.from(challenge.slice(0, 32), "base64url").readBigUInt64BE(16)) + MINUTES * 60_000);
  const burn = gather(async (challenges) => {
    // In one order everywhere, so that two nodes never wait for each other in a circle.
    const burnt = await store.burn(challenges.sort().map((challenge) => ({ challenge, expiresAt: endOf(challenge) })));
    return new Map(burnt.map((challenge) => [challenge, true]));
  });
  /** Under way in this process: a second answer must not share the outcome of the first. */
  const burning = new Set<string>();
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
      if (endOf(challenge) <= clock.now() || burning.has(challenge)) return false;
      burning.add(challenge);
      try {
        return (await burn(challenge)) === true;
      } finally {
        burning.delete(challenge);
      }
    },
  };
}
