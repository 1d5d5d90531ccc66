import { createHash, randomBytes } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import { createDesks } from "./desks.ts";
import { gather } from "./gather.ts";
import { problem } from "./problems.ts";
import { createRecent } from "./recent.ts";
import { describeDevice, type IdentityDoor, isToken } from "./session.ts";
import { createStore } from "./store.ts";

const SESSION_HOURS = 8;

export function createIdentity(means: Means): IdentityDoor {
  const store = createStore(means.database);
  const hash = (token: string) => createHash("sha256").update(token).digest("base64url");
  const find = gather((hashes) => store.find(hashes, means.clock.now()));
  const recent = createRecent(() => means.clock.now());
  return {
    ...createDesks(means),
    demo: means.country.demo,
    async signInAsDemo({ pin, name }, userAgent) {
      if (!means.country.demo) throw problem("not-a-demo");
      const token = randomBytes(32).toString("base64url");
      const openedAt = means.clock.now();
      const expiresAt = new Date(openedAt.getTime() + SESSION_HOURS * 3_600_000);
      const session = {
        id: means.ids.next(),
        pin,
        name,
        assurance: "demo" as const,
        device: describeDevice(userAgent),
        openedAt,
        expiresAt,
      };
      await store.insert(session, hash(token));
      return { token, session };
    },
    async find(token) {
      if (!isToken(token)) return undefined;
      const key = hash(token);
      return recent.of(key, () => find(key));
    },
    async signOut(token) {
      if (isToken(token)) await store.endByToken(hash(token), means.clock.now());
      recent.forget();
    },
    list: (pin) => store.list(pin, means.clock.now()),
    async end(pin, id) {
      if (!/^[0-9a-f-]{36}$/.test(id) || (await store.endById({ pin, id, now: means.clock.now() })) === 0)
        throw problem("no-such-session");
      recent.forget();
    },
  };
}
