import path from "node:path";
import type { Database } from "@kerege/kernel/database";
import { openHouse } from "@kerege/kernel/house";
import { silentLog } from "@kerege/kernel/log";
import type { RegistryDoor } from "@kerege/registry";
import { house } from "@kerege/server/house";
import { placeOf, readAll } from "@kerege/server/open";

/** The registers as the server opens them, in this process, so that only the reading itself is measured. */
export async function openRegistry(
  database: Database,
  dataFolder: string,
): Promise<{ registry: RegistryDoor; close(): Promise<void> }> {
  const declared = readAll(placeOf(process.env));
  const blocks = house.slice(0, house.findIndex((block) => block.name === "registry") + 1);
  const opened = await openHouse(blocks, { database, declared, dataFolder: path.join(dataFolder, "blocks"), log: silentLog });
  return { registry: opened.doors.registry as RegistryDoor, close: () => opened.close() };
}
