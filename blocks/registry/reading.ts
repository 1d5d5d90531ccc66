import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { ReadRequest, RegistryDoor, SearchRequest } from "./door.ts";
import { allow } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import { createStore } from "./store.ts";

const MOST_READ_ENTRIES = 100;

/** All that reads: records, searches, histories, and who read. */
export function createReading(
  means: Means,
  published: Published,
): Pick<RegistryDoor, "read" | "search" | "history" | "readsAbout" | "count"> {
  const now = () => means.clock.now();
  const store = createStore({ database: means.database, now, ids: means.ids });

  const allowed = (actor: Actor, request: { register: string; fields: string[]; ground: string; condition?: string }) => {
    const register = published.register(request.register);
    for (const field of request.fields) {
      if (!(field in register.declaration.fields))
        throw problem("unknown-field", { params: { register: request.register, field } });
    }
    return {
      register,
      ...allow(actor, published.ground(request.ground), {
        register: register.declaration,
        fields: request.fields,
        condition: request.condition,
      }),
    };
  };

  const read: RegistryDoor["read"] = async (actor: Actor, request: ReadRequest) => {
    const { register, own } = allowed(actor, request);
    const task = { actor, key: request.key, own, case: request.case, service: request.service };
    const { fields, ground } = request;
    const today = dayOf(now(), means.country.timeZone);
    if (request.trueOn !== undefined || request.knownAt !== undefined) {
      if (own !== null && register.declaration.subject !== register.declaration.key)
        throw problem("no-ground", { params: { ground, register: request.register, reason: "past" } });
      if (own !== null && own !== request.key) return undefined;
      return store.readAsOf(register, {
        task,
        fields,
        ground,
        trueOn: request.trueOn ?? today,
        knownAt: request.knownAt ?? now(),
      });
    }
    const current = await store.read(register, { task, fields, ground });
    if (!current) return undefined;
    // A change recorded for a day that has since come is held in the versions; the current row waits for it.
    if (current.nextChangeOn !== null && current.nextChangeOn <= today)
      return store.readAsOf(register, { task, fields, ground, trueOn: today, knownAt: now() });
    const { endedOn, nextChangeOn: _, ...found } = current;
    return endedOn !== null && endedOn <= today ? undefined : found;
  };

  return {
    read,

    async search(actor, request: SearchRequest) {
      const { register } = allowed(actor, request);
      const condition = register.declaration.search[request.condition];
      if (!condition) throw problem("unknown-search", { params: { register: request.register, search: request.condition } });
      for (const field of condition.exact ?? []) {
        if (request.values[field] === undefined)
          throw problem("unknown-search", { params: { register: request.register, search: request.condition } });
      }
      const limit = Math.min(request.limit ?? condition.limit, condition.limit);
      return store.search(register, { ...request, actor, limit });
    },

    async history(actor, request) {
      const { register, own } = allowed(actor, request);
      const task = { actor, key: request.key, own, case: request.case, service: request.service };
      return store.history(register, { task, fields: request.fields, ground: request.ground });
    },

    async readsAbout(actor, request) {
      // The subject, and nobody else, sees who read about him.
      if (actor.kind !== "person" || actor.pin !== request.pin) throw problem("not-found");
      return store.readsAbout(request.pin, { after: request.after, limit: Math.min(request.limit ?? 20, MOST_READ_ENTRIES) });
    },

    count: (name) => store.count(published.register(name)),
  };
}
