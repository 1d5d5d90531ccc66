import type { Database } from "@kerege/kernel/database";
import type { RegistryDoor } from "./door.ts";
import { findMergedInto } from "./store-merge.ts";

/** Merges one after another: of what went into what went into it. */
const MOST_STEPS = 8;

/**
 * Reads a record by a key it no longer has: what went into another is read there, under the same ground and as a read of its own. What
 * comes back says its own key. As of another day or instant the old record answers itself.
 */
export function createFollowing(database: Database, read: RegistryDoor["read"]): RegistryDoor["read"] {
  return async (actor, request) => {
    let found = await read(actor, request);
    if (!request.follow || request.trueOn !== undefined || request.knownAt !== undefined) return found;
    for (let [step, key] = [0, request.key]; !found && step < MOST_STEPS; step++) {
      const into = await findMergedInto(database, request.register, key);
      if (into === undefined) return undefined;
      key = into;
      found = await read(actor, { ...request, key });
    }
    return found;
  };
}
