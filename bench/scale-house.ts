import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { type Database, name, openDatabase, sql } from "@kerege/kernel/database";
import type { Embedded } from "@kerege/kernel/embedded";
import { openHouse, readDeclarations } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import type { RegistryDoor } from "@kerege/registry";
import { house as blocks } from "@kerege/server/house";
import { makePeople } from "./scale-people.ts";

export const clerk: Actor = { kind: "system", body: "census", name: "desk" };
export const fields = ["surname", "given_name", "patronymic", "sex", "born_on", "place", "street", "house"];
const root = fileURLToPath(new URL("./state/", import.meta.url));

/** A register of so many people, in a database of its own. */
export interface Crowd {
  people: number;
  /** `72 k`, `7.2 M` */
  size: string;
  registry: RegistryDoor;
  database: Database;
  /** Keys of some thousand people from all over the register. */
  pins: string[];
  /** Seconds of the load, to the last index and the last statistics. */
  loaded: number;
  /** Bytes of all tables and indexes, for one person. */
  bytes: number;
  close(): Promise<void>;
}

const SOME = 20_000;

export async function openCrowd(embedded: Embedded, folder: string, people: number): Promise<Crowd> {
  const own = `scale_${people}`;
  const first = openDatabase({ ...embedded.connection("postgres"), max: 1 });
  await first.run(sql`create database ${name(own)}`);
  await first.close();
  const database = openDatabase({ ...embedded.connection(own), max: 8 });
  const needed = blocks.slice(0, blocks.findIndex((block) => block.name === "registry") + 1);
  const declared = readDeclarations(needed, { root, country: "scale" });
  const opened = await openHouse(needed, { database, declared, dataFolder: path.join(folder, own), log: silentLog });
  const registry = opened.doors.registry as RegistryDoor;
  const begin = performance.now();
  await registry.bulkLoad(clerk, { register: "resident", event: "entry", document: "First load", rows: makePeople(people) });
  const loaded = (performance.now() - begin) / 1000;
  const held = await database.first<{ bytes: number }>(
    sql`select sum(pg_total_relation_size(c.oid))::int8 as bytes from pg_class c join pg_namespace n on n.oid = c.relnamespace
      where n.nspname = 'registry' and c.relkind = 'r'`,
  );
  const share = Math.min(100, (100 * SOME) / people);
  const some = await database.rows<{ pin: string }>(
    sql`select pin from registry.resident tablesample bernoulli (${share}) repeatable (1)`,
  );
  return {
    people,
    size: people >= 1_000_000 ? `${people / 1_000_000} M` : `${people / 1000} k`,
    registry,
    database,
    pins: shuffled(some.map(({ pin }) => pin)),
    loaded,
    bytes: held!.bytes / people,
    async close() {
      await opened.close();
      await database.close();
    },
  };
}

/** Not in the order in which they lie. */
function shuffled(list: string[]): string[] {
  return list
    .map((one) => [one.slice(-3) + one, one] as const)
    .sort()
    .map(([, one]) => one);
}
