import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Mention } from "@kerege/kernel/event";
import { leafOf } from "./batch-tree.ts";
import { type Chains, newSalt } from "./chain.ts";
import type { WritingDoor } from "./door-writing.ts";
import type { Published } from "./registers.ts";
import { type Erased, findExpired, findLeaves, removeRecords } from "./store-erase.ts";
import { dropNames, findSpellings, forgetRecords, restoreNames, type Spellings } from "./store-forget.ts";
import { REMEMBERED_MS } from "./store-names.ts";
import { writeBatch } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";

/** Records of one transaction. Each looks through the events of the kernel once. */
const CHUNK = 2000;
const NAMES_JOB = "registry.names-after-erasing";

/** Where events of this block name a record: its own, the one it went into, one that pointed at another. */
function mentionsOf(register: string): Mention[] {
  const own: Mention["with"] = [[["register"], register]];
  return [
    ...["key", "from", "into"].map((name) => ({ at: [name], with: own })),
    { at: ["link", "key"], with: [[["link", "register"], register]] },
  ];
}

/** The content of the leaf of an erasure: which leaves have lost their content, by which rule. Nothing of the records themselves. */
export function erasureContent(given: { register: string; law: unknown; after: string; leaves: Erased[]; at: Date }): string {
  const leaves = given.leaves.flatMap(({ leaf }) => leaf?.toString("hex") ?? []).sort();
  return JSON.stringify({
    after: given.after,
    at: given.at,
    kerege: "erasure/1",
    law: given.law,
    leaves,
    register: given.register,
  });
}

/** The only way in which a record is physically removed: when its declared time of keeping is over. */
export function createErasing(
  means: Pick<Means, "database" | "clock" | "ids" | "country" | "events" | "jobs">,
  { published, chains }: { published: Published; chains: Chains },
): Pick<WritingDoor, "erase"> {
  // A process that took a name for known wrote a record with it, while the name was taken out with the last one that had it.
  means.jobs.perform(NAMES_JOB, async (body) => {
    const { register, spellings } = body as { register: string; spellings: Spellings };
    await restoreNames(means.database, published.register(register), spellings);
  });
  const eraseSome = (register: CompiledRegister, keys: string[]) =>
    chains.with((next) =>
      means.database.transaction(async (tx) => {
        const { declaration } = register;
        const { after, law } = declaration.retention!;
        const at = means.clock.now();
        const leaves = await findLeaves(tx, register, keys);
        const content = erasureContent({ register: declaration.register, law, after, leaves, at });
        const batch = next({ id: means.ids.next(), at, leaves: [leafOf(newSalt(), content)] });
        await writeBatch(tx, declaration.register, batch);
        const spellings = await findSpellings(tx, register, keys);
        await removeRecords(tx, register, { keys, leaves, law, after, erasedBy: batch.id, at });
        await forgetRecords(tx, declaration.register, keys);
        const events = await means.events.forget(tx, { mentions: mentionsOf(declaration.register), names: keys });
        await dropNames(tx, register, spellings);
        await means.events.tell(tx, {
          type: "registry.erased",
          body: { register: declaration.register, records: keys.length, events, batch: batch.id },
        });
        if (Object.keys(spellings).length > 0)
          await means.jobs.ask(tx, {
            name: NAMES_JOB,
            body: { register: declaration.register, spellings },
            dueAt: new Date(at.getTime() + 2 * REMEMBERED_MS),
          });
      }),
    );

  return {
    async erase(name) {
      const register = published.register(name);
      const { retention } = register.declaration;
      if (!retention) return 0;
      const today = dayOf(means.clock.now(), means.country.timeZone);
      let erased = 0;
      for (;;) {
        const keys = await findExpired(means.database, register, { after: retention.after, today, limit: CHUNK });
        if (keys.length === 0) return erased;
        await eraseSome(register, keys);
        erased += keys.length;
      }
    },
  };
}
