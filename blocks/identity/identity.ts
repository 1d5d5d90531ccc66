import { createHash, randomBytes } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import { createDesks, type DeskKeeping } from "./desks.ts";
import { gather } from "./gather.ts";
import type { Acting } from "./mandates/acting.ts";
import { problem } from "./problems.ts";
import type { ProviderDoor, ProviderHooks } from "./provider/provider.ts";
import { createRecent } from "./recent.ts";
import { describeDevice, type IdentityDoor, isToken } from "./session.ts";
import { createStore } from "./store.ts";

const SESSION_HOURS = 8;

/** What is not made here but beside: mandates and the provider. */
type Beside = "mandates" | "factors" | keyof Acting | keyof ProviderDoor;

/** @param providerEnds a session at the provider ends with the portal's that was opened under it */
export function createIdentity(
  means: Means,
  providerEnds: (providerSession: string) => Promise<void> = async () => {},
): Omit<IdentityDoor, Beside> & ProviderHooks & DeskKeeping {
  const store = createStore(means.database);
  const desks = createDesks(means);
  const hash = (token: string) => createHash("sha256").update(token).digest("base64url");
  const find = gather((hashes) => store.find(hashes, means.clock.now()));
  const recent = createRecent(() => means.clock.now());
  const openSession: ProviderHooks["openSession"] = async ({ pin, name, assurance, methods }, given) => {
    const token = randomBytes(32).toString("base64url");
    const openedAt = means.clock.now();
    const expiresAt = new Date(openedAt.getTime() + SESSION_HOURS * 3_600_000);
    const device = describeDevice(given.userAgent);
    const session = { id: means.ids.next(), pin, name, assurance, device, openedAt, expiresAt };
    await store.insert(session, { tokenHash: hash(token), methods, providerSession: given.providerSession });
    return { token, session };
  };
  const endAlso = async (providerSessions: string[]) => {
    recent.forget();
    for (const one of new Set(providerSessions)) if (one !== "") await providerEnds(one);
  };
  return {
    ...desks,
    async leaveDesk(token, { session }) {
      if (!isToken(token)) return;
      const under = await desks.endDesk({ tokenHash: hash(token) });
      // What stays open must be what the browser shows: the person's own session, or nothing.
      const stays = isToken(session) && (await store.find([hash(session)], means.clock.now())).size > 0;
      await endAlso(stays ? [] : under);
    },
    demo: means.country.demo,
    openSession,
    async signInAsDemo({ pin, name }, userAgent) {
      if (!means.country.demo) throw problem("not-a-demo");
      return openSession({ pin, name, assurance: "demo", methods: ["demo"], at: means.clock.now() }, { userAgent });
    },
    async find(token) {
      if (!isToken(token)) return undefined;
      const key = hash(token);
      return recent.of(key, () => find(key));
    },
    async shown(token) {
      const found = isToken(token) ? await store.shown(hash(token), means.clock.now()) : undefined;
      return found && { methods: found.methods ?? [], at: found.at };
    },
    async signOut(token) {
      await endAlso(isToken(token) ? await store.endByToken(hash(token), means.clock.now()) : []);
    },
    async endOnlyHere(token) {
      if (isToken(token)) await store.endByToken(hash(token), means.clock.now());
      recent.forget();
    },
    async endUnder(providerSession) {
      await store.endUnder(providerSession, means.clock.now());
      await desks.endDesk({ providerSession });
      recent.forget();
    },
    list: (pin) => store.list(pin, means.clock.now()),
    async end(pin, id) {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id)) throw problem("no-such-session");
      const ended = (await store.endById({ pin, id, now: means.clock.now() })) ?? (await desks.endDesk({ pin, id }));
      if (ended.length === 0) throw problem("no-such-session");
      await endAlso(ended);
    },
    async endAll(pin) {
      await endAlso([...(await store.endAll(pin, means.clock.now())), ...(await desks.endDesk({ pin }))]);
    },
  };
}
