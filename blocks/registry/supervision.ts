import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Ground } from "./declaration.ts";
import type { SupervisionDoor } from "./door-alarm.ts";
import { problem } from "./problems.ts";
import { isOwnKey } from "./read-entry.ts";
import type { Published } from "./registers.ts";
import type { Store } from "./store.ts";
import { findAlarm } from "./store-alarm.ts";
import { alarmsOfAll, bodiesWithAlarms } from "./store-supervision.ts";

const MOST_ROWS = 100;
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** What bodies do about their alarms, for those whom a ground with `audits` names. */
export function createSupervision(
  { database }: Pick<Means, "database">,
  { published, store }: { published: Published; store: Store },
): SupervisionDoor {
  const groundOf = (actor: Actor): Ground => {
    const ground =
      actor.kind === "person"
        ? undefined
        : published.grounds.find((one) => one.audits && one.readers.bodies?.includes(actor.body));
    if (!ground) throw problem("no-ground", { params: { ground: "", register: "alarm", reason: "reader" } });
    return ground;
  };
  const subjectOf = (register: string, key: string) => {
    const declared = published.registers.find((one) => one.register === register);
    return declared && isOwnKey(declared) ? key : `${register}:${key}`;
  };
  return {
    async supervisedAlarms(actor, { acknowledged, owner, after, limit = 20 }) {
      groundOf(actor);
      const page = await alarmsOfAll(database, { acknowledged, owner, after, limit: Math.min(Math.max(1, limit), MOST_ROWS) });
      // Whose records were read, and what a reader said of it, is seen one by one, each look written.
      return { ...page, rows: page.rows.map((one) => ({ ...one, keys: [], reason: null })) };
    },

    async supervisedBodies(actor) {
      groundOf(actor);
      return bodiesWithAlarms(database);
    },

    async supervisedAlarm(actor, { owner, id }) {
      const ground = groundOf(actor);
      const found = isId(id) ? await findAlarm(database, { owner, id }) : undefined;
      if (!found) throw problem("not-found");
      const keys = found.keys.filter((key) => !key.startsWith("?"));
      if (keys.length > 0) {
        const entries = keys.map((key) => ({ subjects: [subjectOf(found.register, key)], key, found: true }));
        const head = { register: "read_entry", fields: ["reads"], ground };
        await store.sealed((within) => store.writeEntries(within, { head, task: { actor }, entries }));
      }
      return { ...found, owner };
    },
  };
}
