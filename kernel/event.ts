import type { Clock } from "./clock.ts";
import { type Statement, sql, type Transaction } from "./database.ts";
import type { Ids } from "./id.ts";
import type { Jobs, Part } from "./jobs.ts";
import { Problem } from "./problem.ts";

const ALWAYS = sql`true`;

/** Something that happened, told by a lower block to whoever stands above. `type` starts with the block's name: `registry.recorded`. */
export interface Happening {
  type: string;
  body: Record<string, unknown>;
}

/** A reaction runs at least once per event, in a transaction of its own, retried with back-off; it must bear being run again. */
export type Reaction = (happening: Happening & { id: string; at: Date }) => Promise<void>;

export interface Events {
  /** Writes the event and the jobs of its reactions in the caller's transaction: both leave with the commit or not at all. */
  tell(tx: Transaction, happening: Happening): Promise<void>;
  /** The same for many, in one statement. */
  tellAll(tx: Transaction, happenings: Happening[]): Promise<void>;
  /** The same as a part of the caller's own statement; told where `only` holds in it. */
  telling(happenings: Happening[], only?: Statement): Part;
  /** `by` names the reaction for ever, e.g. `post.letter-on-decision`; no other reaction may have the name. */
  react(type: string, by: string, reaction: Reaction): void;
}

export function createEvents(means: { clock: Clock; ids: Ids; jobs: Jobs }): Events {
  const reactions = new Map<string, string[]>();
  const telling = (happenings: Happening[], only: Statement = ALWAYS): Part => {
    const at = means.clock.now();
    const told = happenings.map((happening) => ({ ...happening, id: means.ids.next() }));
    const jobs = told.flatMap((one) =>
      (reactions.get(one.type) ?? []).map((by) => ({ name: `react:${by}`, body: { ...one, at: at.toISOString() } })),
    );
    const events = sql`told as (insert into kernel.event (id, type, at, body)
      select id, type, ${at}, body from unnest(${told.map((one) => one.id)}::uuid[], ${told.map((one) => one.type)}::text[],
        ${told.map((one) => JSON.stringify(one.body))}::jsonb[]) as one(id, type, body) where ${only})`;
    if (jobs.length === 0) return { part: events, done() {} };
    const { part, done } = means.jobs.asking(jobs, only);
    return { part: sql`${events}, ${part}`, done };
  };
  const tellAll = async (tx: Transaction, happenings: Happening[]) => {
    if (happenings.length === 0) return;
    const { part, done } = telling(happenings);
    await tx.run(sql`with ${part} select`);
    tx.afterCommit(done);
  };

  return {
    tell: (tx, happening) => tellAll(tx, [happening]),
    tellAll,
    telling,
    react(type, by, reaction) {
      // Its jobs are found by this name alone: two reactions of one name would do each other's work.
      if ([...reactions.values()].some((names) => names.includes(by)))
        throw new Problem("kernel.reaction-twice", { status: 500, params: { by } });
      reactions.set(type, [...(reactions.get(type) ?? []), by]);
      means.jobs.perform(`react:${by}`, async (body) => {
        const event = body as { id: string; at: string; type: string; body: Record<string, unknown> };
        await reaction({ ...event, at: new Date(event.at) });
      });
    },
  };
}
