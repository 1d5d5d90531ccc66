import type { Session } from "./session.ts";

const KEPT_MS = 1000;
const MOST = 20_000;

/**
 * Sessions found a moment ago. One page leads to several requests at once, and each asks who it is; what was found is good for one
 * second. Whatever is ended in this process is forgotten at once; what another node ends goes on here for that second at most.
 */
export function createRecent(now: () => Date): {
  of(hash: string, find: () => Promise<Session | undefined>): Promise<Session | undefined>;
  forget(): void;
} {
  const found = new Map<string, { session: Session; until: number }>();
  let round = 0;
  return {
    async of(hash, find) {
      const at = now().getTime();
      const known = found.get(hash);
      if (known && known.until > at && known.session.expiresAt.getTime() > at) return known.session;
      const asked = round;
      const session = await find();
      // Ended while it was looked for: the answer may be older than the end.
      if (!session || asked !== round) return session;
      if (found.size >= MOST) found.clear();
      found.set(hash, { session, until: at + KEPT_MS });
      return session;
    },
    forget() {
      round++;
      found.clear();
    },
  };
}
