import { isIPv4, isIPv6 } from "node:net";
import type { Clock } from "./clock.ts";
import type { Reply, Request } from "./http.ts";
import { kernelProblem } from "./problem.ts";
import type { Setting } from "./settings.ts";

/** How many requests a minute are answered: to one address, and to all together; 0 is without a bound. */
export interface Bounds {
  each: number;
  all: number;
}

const MINUTE = 60_000;
/** Addresses kept in mind at once; beyond it only the bound over all counts, until some are forgotten. */
const MOST_KEPT = 100_000;

/** A setting like `600/60000`: requests a minute from one address, and from all together. */
export const requestBounds = (env: string, what: string, fallback: Bounds): Setting<Bounds> => ({
  env,
  about: `How many ${what} are answered a minute: to one address, and after the slash to all together; 0 is without a bound.`,
  parse: (value) => {
    const [, each, all] = /^(\d{1,9})\/(\d{1,9})$/.exec(value) ?? [];
    return each === undefined ? undefined : { each: Number(each), all: Number(all) };
  },
  default: fallback,
  otherwise: `${fallback.each}/${fallback.all}`,
});

/** What a bound may say; `seconds` until the next is answered. */
export interface Bound {
  /** Undefined where this one is answered. @param address as the connection has it: IPv4 or IPv6 */
  take(address: string): { seconds: number } | undefined;
}

/**
 * Counts requests of this process by the generic cell rate algorithm (ITU-T I.371): a whole minute's worth may come at once, then they
 * come at the pace of the bound. Addresses of this machine are the operator's or a proxy's: only the bound over all holds for them.
 */
export function createBound(given: Bounds, clock: Clock): Bound {
  /** When the bucket of an address would be empty again. */
  const busyUntil = new Map<string, number>();
  let allUntil = 0;
  let sweptAt = 0;
  const over = (until: number, most: number, now: number) =>
    most === 0 ? 0 : Math.max(until, now) + MINUTE / most - now - MINUTE;
  const after = (until: number, most: number, now: number) => (most === 0 ? 0 : Math.max(until, now) + MINUTE / most);
  const sweep = (now: number) => {
    if (busyUntil.size < MOST_KEPT / 2 || now - sweptAt < 1000) return;
    sweptAt = now;
    for (const [address, until] of busyUntil) if (until <= now) busyUntil.delete(address);
  };
  return {
    take(address) {
      const now = clock.now().getTime();
      const who = whoOf(address);
      const until = who === undefined ? 0 : (busyUntil.get(who) ?? 0);
      const wait = Math.max(who === undefined ? 0 : over(until, given.each, now), over(allUntil, given.all, now));
      // Less than a thousandth is what is left of dividing a minute.
      if (wait > 1e-3) return { seconds: Math.max(1, Math.ceil(wait / 1000)) };
      allUntil = after(allUntil, given.all, now);
      if (who !== undefined && given.each > 0) {
        sweep(now);
        if (busyUntil.has(who) || busyUntil.size < MOST_KEPT) busyUntil.set(who, after(until, given.each, now));
      }
      return undefined;
    },
  };
}

/** One network of a household has a whole /64 of IPv6 (RFC 6177). Undefined for this machine. */
function whoOf(address: string): string | undefined {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, "");
  if (isIPv4(plain)) return plain.startsWith("127.") ? undefined : plain;
  if (!isIPv6(plain)) return plain;
  const [head = "", tail] = plain.split("%", 1)[0]!.split("::");
  const first = head === "" ? [] : head.split(":");
  const last = tail === undefined || tail === "" ? [] : tail.split(":");
  const groups =
    tail === undefined ? first : [...first, ...Array(Math.max(0, 8 - first.length - last.length)).fill("0"), ...last];
  const numbers = groups.map((group) => Number.parseInt(group, 16));
  if (numbers.slice(0, 7).every((number) => number === 0) && numbers[7] === 1) return undefined;
  return numbers
    .slice(0, 4)
    .map((number) => number.toString(16))
    .join(":");
}

/** For the options of a route: `app.get(path, bounded(bound), handler)`. @throws {Problem} `kernel.too-many-requests` */
export function bounded(bound: Bound) {
  return {
    onRequest(request: Request, _reply: Reply, done: (error?: Error) => void): void {
      const over = bound.take(request.ip);
      done(over && kernelProblem("too-many-requests", { params: over }));
    },
  };
}
