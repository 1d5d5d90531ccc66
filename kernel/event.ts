import type { Clock } from "./clock.ts";
import { joined, type Statement, sql, type Transaction } from "./database.ts";
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

/** Events that speak of something: where in their bodies its name stands, and what else must stand there. */
export interface Mention {
  /** Path in the body to the name, e.g. `["key"]`. */
  at: string[];
  /** Paths that must hold a value, e.g. `["register"]` and `person`. */
  with: [path: string[], value: string][];
}

export interface Events {
  /** Writes the event and the jobs of its reactions in the caller's transaction: both leave with the commit or not at all. */
  tell(tx: Transaction, happening: Happening): Promise<void>;
  /** The same for many, in one statement. */
  tellAll(tx: Transaction, happenings: Happening[]): Promise<void>;
  /** The same as a part of the caller's own statement; told where `only` holds in it. */
  telling(happenings: Happening[], only?: Statement): Part;
  /**
   * Takes away what the bodies of events say of these names, in the caller's transaction: that they were told, when and of what type
   * stays. Work that was given up on goes with them. Looks through all events. Gives how many said something.
   */
  forget(tx: Transaction, asked: { mentions: Mention[]; names: string[] }): Promise<number>;
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
    async forget(tx, { mentions, names }) {
      if (mentions.length === 0 || names.length === 0) return 0;
      const said = (body: Statement) =>
        joined(
          mentions.map((mention) => {
            const all = mention.with.map(([path, value]) => sql`${body} #>> ${path}::text[] = ${value}`);
            return sql`(${joined([...all, sql`${body} #>> ${mention.at}::text[] = any(${names}::text[])`], " and ")})`;
          }),
          " or ",
        );
      await tx.run(sql`delete from kernel.job where stopped_at is not null and (${said(sql`(body -> 'body')`)})`);
      return tx.run(sql`update kernel.event set body = '{}'::jsonb where ${said(sql`body`)}`);
    },
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
