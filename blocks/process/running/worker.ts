import type { Clock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import type { Log } from "@kerege/kernel/log";
import { Problem } from "@kerege/kernel/problem";
import { type Cases, LEASE_MS } from "./cases.ts";
import type { Held } from "./hand.ts";
import type { Messages } from "./messages.ts";
import type { Performers } from "./performers.ts";
import { isOfContent, type Saver } from "./saver.ts";
import type { Schedule } from "./schedule.ts";
import { type Claim, type Claimed, claimUnperformed, renew, setAside } from "./store.ts";

/** Cases and calls in hand at once, and taken by one statement. */
const CAPACITY = 400;
const TAKE_MOST = 200;
const IDLE_MS = 1000;
/** A case nobody can go on with is looked at again after so long. */
const ASIDE_MS = 3_600_000;
/** How often hours of processes that begin by the clock are noted, and forgotten calls looked for. */
const ROUND_MS = 600_000;
const UNPERFORMED_MS = 600_000;

export interface Worker {
  start(): void;
  /** Ends after what is in hand is done. */
  stop(): Promise<void>;
  /** Something may be due now. */
  wake(): void;
  /** Something will be due at an instant (milliseconds since 1970): soon enough to be told beside the round of each second. */
  expect(due: number): void;
  isWorking(): boolean;
  drain(): Promise<void>;
  /** Work begun by others that must be done before the end. */
  background(work: Promise<unknown>): void;
  claim(): Claim | undefined;
  claimed(taken: Claimed, asked: Claim): void;
  failed(error: unknown): void;
}

/** Takes what is due and goes on with it, as long as there is something; else looks once a second. Any number of nodes may do so. */
export function createWorker(
  means: { database: Database; clock: Clock; log: Log; performers: Performers },
  parts: () => { saver: Saver; cases: Cases; messages: Messages; schedule: Schedule },
): Worker {
  const { database, clock, log, performers } = means;
  const cases = new Set<string>();
  const underWay = new Set<Promise<unknown>>();
  let running = false;
  let draining = false;
  let poll: NodeJS.Timeout | undefined;
  let renewing: NodeJS.Timeout | undefined;
  let rounding: NodeJS.Timeout | undefined;
  let delivering: Promise<void> | undefined;
  let deliverAgain = false;
  let next: { due: number; timer: NodeJS.Timeout } | undefined;
  /** More is due than could be taken. */
  let wanting = false;
  /** What the last look came to, for draining. */
  let found = 0;

  const later = (milliseconds: number) => new Date(clock.now().getTime() + milliseconds);

  const background = (work: Promise<unknown>) => {
    const tracked = work
      .catch((error: unknown) => log.fault("process work failed", error))
      .finally(() => {
        underWay.delete(tracked);
        if (wanting) parts().saver.look();
      });
    underWay.add(tracked);
  };

  const deliver = () => {
    if (delivering) {
      deliverAgain = true;
      return;
    }
    delivering = (async () => {
      do {
        deliverAgain = false;
        while ((await parts().messages.deliver()) > 0) found++;
      } while (deliverAgain);
    })()
      .catch((error: unknown) => log.fault("messages not delivered", error))
      .finally(() => {
        delivering = undefined;
      });
    background(delivering);
  };

  const wake = () => {
    if (!running && !draining) return;
    parts().saver.look();
    deliver();
  };

  const tick = async (held: Held): Promise<void> => {
    cases.add(held.instance);
    try {
      const settled = await parts().cases.settle({ instance: held.instance, commands: [{ kind: "tick" }], held });
      if (settled.refused !== undefined) {
        log.note("a due case refuses its hour", { instance: held.instance, refused: settled.refused });
        await setAside(database, [held.instance], later(ASIDE_MS));
      } else await parts().cases.carry(settled.calls, settled.held);
    } catch (error) {
      // The database being away passes; the lease then ends by itself.
      if (!(error instanceof Problem) && !isOfContent(error)) throw error;
      log.fault("a due case stands still", error, { instance: held.instance });
      await setAside(database, [held.instance], later(ASIDE_MS));
    } finally {
      cases.delete(held.instance);
    }
  };

  /** Calls that nobody performs are incidents, not things forgotten; a node with a later edition may still come up meanwhile. */
  const giveUpUnperformed = async (): Promise<void> => {
    const claim = {
      now: later(-UNPERFORMED_MS),
      lease: later(UNPERFORMED_MS),
      cases: 0,
      calls: TAKE_MOST,
      names: performers.names(),
    };
    for (const { instance, key, token, name } of await claimUnperformed(database, claim)) {
      found++;
      log.warn("nobody performs a call", { name });
      const commands = [{ kind: "error" as const, token, code: "nobody-performs", by: "system" }];
      await parts().cases.settle({ instance, commands, doneCall: key });
    }
  };
  const rounds = () => {
    background(parts().schedule.keep());
    background(giveUpUnperformed());
  };

  /** Renewed long before it ends: a call that takes its time is not made by a second node meanwhile. */
  const hold = () => {
    const calls = [...parts().cases.inHand.values()];
    if (calls.length === 0 && cases.size === 0) return;
    background(renew(database, { cases: [...cases], calls, lease: later(LEASE_MS) }));
  };

  const expect = (due: number) => {
    const wait = due - clock.now().getTime();
    if (!running || wait > IDLE_MS || (next && next.due <= due)) return;
    clearTimeout(next?.timer);
    const look = () => {
      next = undefined;
      parts().saver.look();
    };
    // A little later, so that those due with it are taken along.
    next = { due, timer: setTimeout(look, Math.max(0, wait) + 2) };
  };

  return {
    background,
    wake,
    expect,
    isWorking: () => running || draining,
    claim() {
      const free = CAPACITY - cases.size - parts().cases.inHand.size;
      if ((!running && !draining) || free <= 0) return undefined;
      wanting = false;
      const most = Math.min(free, TAKE_MOST);
      return { now: clock.now(), lease: later(LEASE_MS), cases: most, calls: most, names: performers.names() };
    },
    claimed(taken, asked) {
      found += taken.cases.length + taken.calls.length;
      for (const held of taken.cases) background(tick(held));
      for (const { call, held } of taken.calls) background(parts().cases.carry([call], held));
      const full = taken.cases.length === asked.cases || taken.calls.length === asked.calls;
      if (full) wanting = true;
    },
    failed(error) {
      log.fault("the table of cases cannot be reached", error);
    },
    start() {
      running = true;
      poll = setInterval(wake, IDLE_MS);
      renewing = setInterval(hold, LEASE_MS / 4);
      rounding = setInterval(rounds, ROUND_MS);
      wake();
    },
    async stop() {
      running = false;
      clearInterval(poll);
      clearInterval(rounding);
      clearTimeout(next?.timer);
      while (underWay.size > 0) await Promise.all(underWay);
      clearInterval(renewing);
      await parts().saver.idle();
    },
    async drain() {
      draining = true;
      try {
        do {
          found = 0;
          background(giveUpUnperformed());
          wake();
          await parts().saver.idle();
          while (underWay.size > 0) {
            await Promise.all(underWay);
            await parts().saver.idle();
          }
        } while (found > 0);
      } finally {
        draining = false;
      }
    },
  };
}
