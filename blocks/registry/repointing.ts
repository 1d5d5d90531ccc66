import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { Problem } from "@kerege/kernel/problem";
import type { RegisterEvent } from "./declaration.ts";
import type { Writing } from "./recording.ts";
import type { Published } from "./registers.ts";
import { findMerge } from "./store-merge.ts";
import { pageOfPointing } from "./store-repoint.ts";

export const REPOINT_JOB = "registry.repoint";
/** The event under which it stands in the history of the record that pointed. */
export const REPOINT_EVENT = "repointed";
const PAGE = 100;
const title = {
  ky: "Шилтеме бириктирилген жазууга которулду",
  ru: "Ссылка переведена на объединённую запись",
  kk: "Сілтеме біріктірілген жазбаға ауыстырылды",
  en: "Link moved to the merged record",
};

/**
 * After two records became one, what pointed at the one that went points at the one that stays: each record by an event of its own,
 * from today on, with the merge as its ground document and its register's body as who did it, so that its history still says where
 * it pointed before. Run again after a cut it goes on: a link that points on already is not touched. What a rule of its register
 * does not allow stays as it is and is told (`registry.not-repointed`) for its owner to look at.
 */
export function createRepointing(
  means: Pick<Means, "database" | "clock" | "country" | "jobs" | "events">,
  { published, writing }: { published: Published; writing: Pick<Writing, "submit"> },
): { repoint(merge: string): Promise<{ moved: number; refused: number }> } {
  const repoint = async (id: string) => {
    const merge = await findMerge(means.database, id);
    const done = { moved: 0, refused: 0 };
    if (merge?.state !== "accepted") return done;
    const { from, into } = merge;
    const day = dayOf(means.clock.now(), means.country.timeZone);
    for (const register of published.all()) {
      const { register: name, owner, fields } = register.declaration;
      const actor: Actor = { kind: "system", body: owner, name: "merge" };
      const pointing = Object.entries(fields).filter(
        ([, { type, register: to }]) => type === "reference" && to === merge.register,
      );
      for (const [field] of pointing) {
        const event: RegisterEvent = { title, sets: [field] };
        for (let after = ""; ; ) {
          const keys = await pageOfPointing(means.database, register, { field, target: from, after, limit: PAGE });
          for (const key of keys) {
            const act = actOf([id, name, field, key]);
            const request = {
              register: name,
              event: REPOINT_EVENT,
              act,
              key,
              values: { [field]: into },
              validFrom: day,
              document: id,
            };
            try {
              await writing.submit(register, { key, actor, request, event });
              done.moved++;
            } catch (error) {
              if (!(error instanceof Problem) || error.status >= 500) throw error;
              done.refused++;
              const body = { register: name, owner, field, key, from, into, merge: id, code: error.code };
              await means.database.transaction((tx) => means.events.tell(tx, { type: "registry.not-repointed", body }));
            }
          }
          if (keys.length < PAGE) break;
          after = keys.at(-1)!;
        }
      }
    }
    return done;
  };
  means.jobs.perform(REPOINT_JOB, async (body) => void (await repoint(String(body.merge))));
  return { repoint };
}

/** The same act for the same link of the same merge (RFC 9562, 5.8). */
function actOf(parts: string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
