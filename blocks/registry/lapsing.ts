import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { Problem } from "@kerege/kernel/problem";
import type { RegisterEvent } from "./declaration.ts";
import type { Writing } from "./recording.ts";
import type { Published } from "./registers.ts";
import { pageOfDue } from "./store-lapse.ts";
import type { CompiledRegister } from "./store-sql.ts";

export const LAPSE_JOB = "registry.lapse";
/** Kind of the ground of an event that no document brings about. */
export const LAPSE_DOCUMENT = "lapse-of-time";
const PAGE = 500;

/** Events that happen by themselves, with the field that says when and how many days after its day. */
export function lapsesOf({
  declaration,
}: CompiledRegister): { name: string; event: RegisterEvent; field: string; days: number }[] {
  return Object.entries(declaration.events).flatMap(([name, event]) => {
    if (event.when === undefined) return [];
    const { field, days = 0 } = typeof event.when === "string" ? { field: event.when } : event.when;
    return [{ name, event, field, days }];
  });
}

/**
 * What comes to pass by lapse of time: a permit, a licence, a pledge whose day has come. The event is true from its own day however
 * late it is recorded (a server that was off, a clock put right); the register's body does it, and its ground is that the time is
 * over. One record has one such act for one day, so that two servers, or one that was cut, make it once; a day that was moved later in
 * time is asked for anew.
 */
export function createLapsing(
  means: Pick<Means, "database" | "clock" | "country" | "jobs" | "log">,
  { published, writing }: { published: Published; writing: Pick<Writing, "submit"> },
): { lapse(): Promise<number> } {
  const lapse = async () => {
    const today = dayOf(means.clock.now(), means.country.timeZone);
    let done = 0;
    for (const register of published.all()) {
      for (const { name, event, field, days } of lapsesOf(register)) {
        for (let after = ""; ; ) {
          const due = await pageOfDue(means.database, register, { event, field, days, today, after, limit: PAGE });
          for (const { key, on } of due) {
            const { owner, register: of } = register.declaration;
            const actor: Actor = { kind: "system", body: owner, name: "lapse" };
            const request = {
              register: of,
              event: name,
              act: actOf([of, name, key, on]),
              key,
              values: {},
              validFrom: on,
              document: { kind: LAPSE_DOCUMENT, number: on, on },
            };
            try {
              await writing.submit(register, { key, actor, request, event });
              done++;
            } catch (error) {
              if (!(error instanceof Problem) || error.status >= 500) throw error;
              // The record is no longer as it was found: somebody was first, or a rule of its register stands in the way.
              means.log.fault("not lapsed", error, { register: of, event: name, code: error.code });
            }
          }
          if (due.length < PAGE) break;
          after = due.at(-1)!.key;
        }
      }
    }
    return done;
  };
  means.jobs.perform(LAPSE_JOB, async () => void (await lapse()));
  return { lapse };
}

/** The same act for the same day of the same record (RFC 9562, 5.8). */
function actOf(parts: string[]): string {
  const hex = createHash("sha256").update(JSON.stringify(parts)).digest("hex");
  const variant = "89ab"[Number.parseInt(hex[16]!, 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}
