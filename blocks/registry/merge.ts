import { type Apart, type Deed, decide } from "@kerege/identity";
import { actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { RegisterEvent } from "./declaration.ts";
import type { Merge, WritingDoor } from "./door-writing.ts";
import { allowChange } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Writing } from "./recording.ts";
import type { Published } from "./registers.ts";
import { REPOINT_JOB } from "./repointing.ts";
import { addMerge, closeMerge, findMerge, findMergedInto, listMerges } from "./store-merge.ts";
import { findCurrent } from "./store-record.ts";
import type { Survey } from "./survey.ts";

/** The event under which a record that went into another stands in its own history. */
export const MERGE_EVENT = "merged";
const merged: RegisterEvent = {
  title: {
    ky: "Башка жазуу менен бириктирилди",
    ru: "Объединена с другой записью",
    kk: "Басқа жазбамен біріктірілді",
    en: "Merged into another record",
  },
  sets: [],
  ends: true,
};
/** Deciding on a merge: the post was looked at on the way here, the person is looked at there where all is decided. */
const confirming = { name: "registry.confirm-merge", by: ["official"], right: "registry.confirm-merge" } satisfies Deed;
const fourEyes: Apart[] = [{ rights: ["registry.merge", "registry.confirm-merge"], by: "person" }];
const MOST_LINKS = 100;
const MOST_MERGES = 200;
const LEAST_REASON = 3;

/** Two records of one thing become one under four eyes: one official proposes, another of the same body decides. */
export function createMerging(
  means: Pick<Means, "database" | "clock" | "ids" | "country" | "jobs">,
  { published, writing, survey }: { published: Published; writing: Pick<Writing, "submit">; survey: Survey },
): Pick<WritingDoor, "proposeMerge" | "decideMerge" | "merges" | "mergedInto"> {
  const today = () => dayOf(means.clock.now(), means.country.timeZone);

  return {
    async proposeMerge(actor, request) {
      const register = published.register(request.register);
      allowChange(actor, register.declaration);
      const fault = (pointer: string, key: string) =>
        problem("wrong-value", { params: { register: request.register }, fields: [{ pointer, key: `registry.fields.${key}` }] });
      if (request.reason.trim().length < LEAST_REASON) throw fault("/reason", "required");
      if (request.from === request.into) throw fault("/into", "same-record");
      const found = await findCurrent(means.database, register, [request.from, request.into]);
      for (const [pointer, key] of [
        ["/from", request.from],
        ["/into", request.into],
      ] as const) {
        const row = found.get(key);
        if (!row || (row.endedOn !== null && row.endedOn <= today())) throw fault(pointer, "not-found");
      }
      const merge: Merge = {
        ...request,
        reason: request.reason.trim(),
        id: means.ids.next(),
        proposedBy: actorKey(actor),
        proposedAt: means.clock.now(),
        state: "proposed",
        decidedBy: null,
        decidedAt: null,
      };
      await addMerge(means.database, merge);
      return merge;
    },

    async decideMerge(actor, { id, accept }) {
      const merge = await findMerge(means.database, id);
      if (!merge) throw problem("not-found");
      const register = published.register(merge.register);
      allowChange(actor, register.declaration);
      // Four eyes are two people: a program has none, and a post may change hands.
      const decision = decide(actor, confirming, {
        target: { before: [{ right: "registry.merge", person: merge.proposedBy.split("/").at(-1)! }] },
        on: { demo: false, post: { held: true, rights: [confirming.right] }, apart: fourEyes },
      });
      if (!decision.allowed) throw problem("same-person");
      if (merge.state !== "proposed") throw problem("decided-already");
      const closing = { decidedBy: actorKey(actor), decidedAt: means.clock.now() };
      if (!accept) {
        const refused: Merge = { ...merge, ...closing, state: "refused" };
        if (!(await closeMerge(means.database, refused))) throw problem("decided-already");
        return { ...refused, links: [] };
      }
      const accepted: Merge = { ...merge, ...closing, state: "accepted" };
      const day = today();
      const links = await survey.pointingAt(means.database, register, { key: merge.from, on: day, most: MOST_LINKS });
      const request = {
        register: merge.register,
        event: MERGE_EVENT,
        // The same decision taken twice is one act.
        act: merge.id,
        key: merge.from,
        values: {},
        validFrom: day,
        document: merge.id,
      };
      await writing.submit(register, {
        key: merge.from,
        actor,
        request,
        event: merged,
        merging: true,
        tells: [
          {
            type: "registry.merged",
            body: { register: merge.register, from: merge.from, into: merge.into, merge: merge.id, reason: merge.reason, links },
          },
        ],
        async within(tx) {
          const into = (await findCurrent(tx, register, [merge.into])).get(merge.into);
          if (!into || into.endedOn !== null) throw problem("not-found");
          if (!(await closeMerge(tx, accepted))) throw problem("decided-already");
          await means.jobs.ask(tx, { name: REPOINT_JOB, body: { merge: merge.id } });
        },
      });
      return { ...accepted, links };
    },

    async merges(actor, { register: name, state }) {
      const register = published.register(name);
      allowChange(actor, register.declaration);
      return listMerges(means.database, { register: name, state: state ?? null, limit: MOST_MERGES });
    },

    mergedInto: (register, key) => findMergedInto(means.database, published.register(register).declaration.register, key),
  };
}
