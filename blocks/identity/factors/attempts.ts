import type { Clock } from "@kerege/kernel/clock";
import { kernelProblem } from "@kerege/kernel/problem";
import { problem } from "../problems.ts";
import type { Vault } from "../provider/vault.ts";
import { keyed } from "./keyed.ts";
import type { AttemptStore } from "./store-attempt.ts";

const MINUTE = 60_000;

interface Limit {
  most: number;
  minutes: number;
}

/** What may be tried in a window of time, by what it is aimed at and what it comes from. Many people share one address of a network. */
const limits = {
  /** Guesses of a password or a code at one account, or at a number that has none. */
  "guess-target": { most: 10, minutes: 15 },
  /** Guesses from one address: one password tried on many accounts (spraying) is seen here and below. */
  "guess-from": { most: 200, minutes: 15 },
  "guess-all": { most: 30_000, minutes: 15 },
  /** Messages to one mail address or phone (bombing). */
  "send-target": { most: 5, minutes: 60 },
  "send-from": { most: 30, minutes: 60 },
  /** To phones of one block of numbers (pumping of paid messages). */
  "send-prefix": { most: 60, minutes: 60 },
  "send-all": { most: 5000, minutes: 60 },
  /** Registrations and activations begun from one address. */
  "begin-from": { most: 60, minutes: 60 },
} satisfies Record<string, Limit>;

export type LimitName = keyof typeof limits;

/** Who tries: the target as the person names it, the address it comes from. */
export interface Trying {
  target: string;
  from: string;
}

export interface Attempts {
  /** Counted before anything is looked at, so that guesses sent at once are all counted. @throws {Problem} `identity.too-many-tries` */
  guess(trying: Trying): Promise<void>;
  /** What cannot be guessed is counted by where it comes from alone: it costs us work. @throws {Problem} `identity.too-many-tries` */
  show(from: string): Promise<void>;
  /** It was the owner: the guesses at this target are forgotten, what came from the address is not. */
  forgive(trying: Trying): Promise<void>;
  /** @throws {Problem} `identity.too-many-messages` */
  send(trying: Trying): Promise<void>;
  /** @throws {Problem} `identity.too-many-tries` */
  begin(from: string): Promise<void>;
}

export function createAttempts(given: { store: AttemptStore; clock: Clock; vault: Vault }): Attempts {
  const { store, clock, vault } = given;
  const windowOf = (name: LimitName) => {
    const length = limits[name].minutes * MINUTE;
    return new Date(Math.floor(clock.now().getTime() / length) * length);
  };
  const keyOf = (name: LimitName, what: string) => keyed(vault, `attempt ${name}`, [what]);
  const count = async (counted: [LimitName, string][], refusal: "too-many-tries" | "too-many-messages") => {
    const places = counted.map(([name, what]) => ({ name, key: keyOf(name, what), window: windowOf(name) }));
    const counts = await store.count(places);
    for (const { name, key, window } of places) {
      if ((counts.get(key) ?? 0) <= limits[name].most) continue;
      if (name === "guess-all" || name === "send-all") throw kernelProblem("too-busy");
      const until = window.getTime() + limits[name].minutes * MINUTE;
      throw problem(refusal, { params: { minutes: Math.max(1, Math.ceil((until - clock.now().getTime()) / MINUTE)) } });
    }
  };
  return {
    guess: ({ target, from }) =>
      count(
        [
          ["guess-target", target],
          ["guess-from", from],
          ["guess-all", ""],
        ],
        "too-many-tries",
      ),
    show: (from) =>
      count(
        [
          ["guess-from", from],
          ["guess-all", ""],
        ],
        "too-many-tries",
      ),
    forgive: ({ target }) => store.forget(keyOf("guess-target", target)),
    send: ({ target, from }) =>
      count(
        [
          ["send-target", target],
          ["send-from", from],
          ...(target.startsWith("+") ? ([["send-prefix", target.slice(0, 8)]] satisfies [LimitName, string][]) : []),
          ["send-all", ""],
        ],
        "too-many-messages",
      ),
    begin: (from) => count([["begin-from", from]], "too-many-tries"),
  };
}
