import type { Clock } from "./clock.ts";
import { sql, type Transaction } from "./database.ts";
import type { Ids } from "./id.ts";
import type { Jobs } from "./jobs.ts";
import { Problem } from "./problem.ts";

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
  /** `by` names the reaction for ever, e.g. `post.letter-on-decision`; no other reaction may have the name. */
  react(type: string, by: string, reaction: Reaction): void;
}

export function createEvents(means: { clock: Clock; ids: Ids; jobs: Jobs }): Events {
  const reactions = new Map<string, string[]>();
  return {
    async tell(tx, happening) {
      const id = means.ids.next();
      const at = means.clock.now();
      await tx.run(
        sql`insert into kernel.event (id, type, at, body) values (${id}, ${happening.type}, ${at}, ${JSON.stringify(happening.body)})`,
      );
      for (const by of reactions.get(happening.type) ?? []) {
        await means.jobs.ask(tx, {
          name: `react:${by}`,
          body: { id, at: at.toISOString(), type: happening.type, body: happening.body },
        });
      }
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
