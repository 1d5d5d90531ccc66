import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { leafOf } from "./batch-tree.ts";
import { type Chains, newSalt } from "./chain.ts";
import type { WritingDoor } from "./door-writing.ts";
import type { Published } from "./registers.ts";
import { type Erased, findExpired, findLeaves, removeRecords } from "./store-erase.ts";
import { writeBatch } from "./store-record.ts";
import type { CompiledRegister } from "./store-sql.ts";

const CHUNK = 200;

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
  means: Pick<Means, "database" | "clock" | "ids" | "country" | "events">,
  { published, chains }: { published: Published; chains: Chains },
): Pick<WritingDoor, "erase"> {
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
        await removeRecords(tx, register, { keys, leaves, law, after, erasedBy: batch.id, at });
        await means.events.tell(tx, {
          type: "registry.erased",
          body: { register: declaration.register, records: keys.length, batch: batch.id },
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
