import { randomUUID } from "node:crypto";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { openTestHouse } from "@kerege/kernel/testing";
import reference from "@kerege/reference/block";
import trust from "@kerege/trust/block";
import registryBlock from "../block.ts";
import type { Values } from "../declaration.ts";
import type { RegistryDoor } from "../door.ts";
import { makePin } from "../pin.ts";

export const START = "2026-11-22T06:00:00Z";
export const body = (name: string): Actor => ({ kind: "system", body: name, name: "desk" });
export const person = (pin: string): Actor => ({ kind: "person", pin });

const root = fileURLToPath(new URL("./fixture-reading/", import.meta.url));
const pins = Array.from({ length: 900 }, (_, serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial })).filter(
  (pin) => pin !== undefined,
);

/** Citizens, cars and sites of the fixture, and what tests ask of them. */
export async function openReadingPlace() {
  const house = await openTestHouse([trust, reference, registryBlock], {
    root,
    country: "fixture",
    packs: ["fixture"],
    at: START,
  });
  const registry = house.doors.registry as RegistryDoor;
  let used = 0;
  const newPin = () => pins[used++]!;
  const put = (owner: string, request: { register: string; event: string; key: string; values: Values; validFrom?: string }) =>
    registry.record(body(owner), { act: randomUUID(), document: "Form 1", validFrom: "2020-01-01", ...request });
  return {
    house,
    registry,
    newPin,
    put,
    async citizen(values: Values = {}) {
      const pin = newPin();
      await put("office", {
        register: "citizen",
        event: "birth",
        key: pin,
        values: { surname: "Асанова", region: "Ош", ...values },
      });
      return pin;
    },
    change: (pin: string, event: string, values: Values, validFrom = "2022-01-01") =>
      put("office", { register: "citizen", event, key: pin, values, validFrom }),
    async car(holder: string, values: Values = {}) {
      const key = `T${randomUUID().slice(0, 8)}`;
      await put("traffic", { register: "car", event: "registration", key, values: { holder, colour: "ак", ...values } });
      return key;
    },
    ask: (actor: Actor, key: string, more: Partial<Parameters<RegistryDoor["read"]>[1]> = {}) =>
      registry.read(actor, { register: "citizen", key, fields: ["surname"], ground: "tax", ...more }),
    async events(type: string) {
      const rows = await house.database.rows<{ body: Record<string, unknown> }>(
        sql`select body from kernel.event where type = ${type} order by id`,
      );
      return rows.map((row) => row.body);
    },
    readsOf: async (pin: string) => (await registry.readsAbout(person(pin), { pin, limit: 100 })).rows,
  };
}

export type ReadingPlace = Awaited<ReturnType<typeof openReadingPlace>>;
