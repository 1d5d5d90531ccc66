import { silentLog } from "@kerege/kernel/log";
import type { TestHouse } from "@kerege/kernel/testing";
import type { TrustDoor } from "@kerege/trust";
import { createFeed, stateLog } from "../feed.ts";
import { publishedOf } from "../registers.ts";

/** Gives every committed batch its place in the log now, without waiting for the house's own round. */
export async function placeBatches(house: TestHouse): Promise<void> {
  const { log } = house.doors.trust as TrustDoor;
  const feed = createFeed({ database: house.database, log: silentLog }, { published: publishedOf([], []), log: stateLog(log) });
  while ((await feed.place()) > 0);
}
