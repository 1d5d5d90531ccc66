import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import type { Published } from "./registers.ts";
import { forgetCounts } from "./store-bulk.ts";
import { indexDue, turnRegister } from "./store-turn.ts";
import { createToday } from "./today.ts";

const JOB = "registry.turn";
const KEPT_DAYS = 40;

/**
 * Changes recorded for a day to come take their place when that day comes in the country's time zone. A job does it at midnight and
 * at each start; whoever reads first after midnight waits for it, so that no search ever finds what held yesterday.
 */
export function createTurn(means: Means, published: Published) {
  const day = createToday(means.country.timeZone);
  const today = () => day(means.clock.now());
  let turnedOn = "";
  let turning: { day: string; done: Promise<void> } | undefined;

  const turn = async (day: string) => {
    for (const register of published.all()) await turnRegister(means.database, register, day);
    turnedOn = day;
  };
  const once = (day: string) => {
    if (turning?.day === day) return turning.done;
    const done = turn(day).finally(() => {
      turning = undefined;
    });
    turning = { day, done };
    return done;
  };

  means.jobs.perform(JOB, async () => {
    await once(today());
    await forgetCounts(
      means.database,
      dayOf(new Date(means.clock.now().getTime() - KEPT_DAYS * 86_400_000), means.country.timeZone),
    );
  });

  return {
    /** Answers at once on a day that has been turned already in this process. */
    async turned(): Promise<void> {
      const now = today();
      if (now > turnedOn) await once(now);
    },
    /** At the start, and then at every midnight (checked each minute: clocks are set, machines sleep). */
    async begin(): Promise<() => void> {
      for (const register of published.all()) await indexDue(means.database, register);
      await once(today());
      const timer = setInterval(() => {
        if (today() <= turnedOn) return;
        void means.database
          .transaction((tx) => means.jobs.ask(tx, { name: JOB, body: {} }))
          .catch((error) => means.log.fault("the day was not turned", error));
      }, 60_000);
      timer.unref();
      return () => clearInterval(timer);
    },
  };
}
