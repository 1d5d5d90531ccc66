import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Transaction } from "@kerege/kernel/database";
import type { AlarmDoor } from "./door-alarm.ts";
import { problem } from "./problems.ts";
import { acknowledge, addAlarm, alarmsOf, countOpen, findAlarm, type Raised } from "./store-alarm.ts";

const MOST_ROWS = 100;
const LONGEST = 2000;
const isId = (text: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** Raises an alarm in the transaction in which it happened. */
export type Raise = (tx: Transaction, alarm: Omit<Raised, "id" | "at">) => Promise<void>;

/** Alarms stand at the desk of the body that owns the register until somebody else than who raised them has looked. */
export function createAlarms(means: Pick<Means, "database" | "clock" | "ids" | "events">): { raise: Raise; door: AlarmDoor } {
  const find = async (actor: Actor, id: string) => {
    const found = actor.kind !== "person" && isId(id) ? await findAlarm(means.database, { owner: actor.body, id }) : undefined;
    if (!found || actor.kind === "person") throw problem("not-found");
    return { found, owner: actor.body };
  };

  return {
    raise: (tx, alarm) => addAlarm(tx, { ...alarm, id: means.ids.next(), at: means.clock.now() }),
    door: {
      async alarms(actor, { acknowledged, after, limit = 20 }) {
        if (actor.kind === "person") throw problem("not-found");
        return alarmsOf(means.database, {
          owner: actor.body,
          acknowledged,
          after,
          limit: Math.min(Math.max(1, limit), MOST_ROWS),
        });
      },

      async openAlarms(actor) {
        return actor.kind === "person" ? 0 : countOpen(means.database, { owner: actor.body, most: MOST_ROWS });
      },

      readAlarm: async (actor, { id }) => (await find(actor, id)).found,

      async acknowledgeAlarm(actor, { id, remark }) {
        const { found, owner } = await find(actor, id);
        if (actor.kind !== "official") throw problem("not-found");
        if (isSame(found.reader, actor)) throw problem("own-alarm");
        const said = remark.trim();
        if (said === "" || said.length > LONGEST) {
          const key = said === "" ? "registry.fields.required" : "registry.fields.too-long";
          throw problem("wrong-value", {
            params: { register: found.register },
            fields: [{ pointer: "/remark", key, params: { max: LONGEST } }],
          });
        }
        const [by, at] = [actorKey(actor), means.clock.now()];
        await means.database.transaction(async (tx) => {
          if (!(await acknowledge(tx, { owner, id, by, at, remark: said }))) throw problem("decided-already");
          await means.events.tell(tx, {
            type: "registry.alarm-acknowledged",
            body: { id, owner, kind: found.kind, register: found.register, by, remark: said },
          });
        });
        return { ...found, acknowledged: { by, at, remark: said } };
      },
    },
  };
}

/** The same human being, whatever the post. A system has none behind it that is known. */
function isSame(reader: Actor, official: Extract<Actor, { kind: "official" }>): boolean {
  if (reader.kind === "person") return reader.pin === official.person;
  return reader.kind === "official" && reader.person === official.person;
}
