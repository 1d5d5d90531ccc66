import type { Clock } from "@kerege/kernel/clock";
import { problem } from "../problems.ts";
import type { Program } from "./program.ts";
import type { ProgramStore } from "./store-programs.ts";

const MINUTE = 60_000;
const FLUSH_MS = 1000;
const KEPT_MS = 3_600_000;

/**
 * Counts what programs ask in a minute. Each node counts for itself and adds its part to the table once a second, where it hears the
 * sum: over all nodes a program may go over its quota by what it asks in a second.
 */
export function createQuota(means: { store: ProgramStore; clock: Clock }) {
  const counts = new Map<string, { minute: number; known: number; more: number }>();
  let timer: NodeJS.Timeout | undefined;
  const flush = async () => {
    timer = undefined;
    for (const [program, count] of counts) {
      if (count.more === 0) {
        if (count.minute < minuteNow()) counts.delete(program);
        continue;
      }
      const { more } = count;
      count.more = 0;
      count.known += more;
      const sum = await means.store.count({ program, minute: new Date(count.minute), more });
      count.known = Math.max(count.known, sum);
    }
  };
  const minuteNow = () => Math.floor(means.clock.now().getTime() / MINUTE) * MINUTE;
  return {
    /** @throws {Problem} `identity.over-quota` */
    take(program: Pick<Program, "id" | "quota">): void {
      const minute = minuteNow();
      let count = counts.get(program.id);
      if (count?.minute !== minute) {
        count = { minute, known: 0, more: 0 };
        counts.set(program.id, count);
      }
      if (count.known + count.more >= program.quota) {
        const seconds = Math.ceil((minute + MINUTE - means.clock.now().getTime()) / 1000);
        throw problem("over-quota", { params: { quota: program.quota, seconds } });
      }
      count.more++;
      // A count that cannot be added is added with the next: a program is not refused because a table is away.
      timer ??= setTimeout(() => void flush().catch(() => {}), FLUSH_MS).unref();
    },
    flush,
    forgetOld: () => means.store.forgetUse(new Date(means.clock.now().getTime() - KEPT_MS)),
    close() {
      clearTimeout(timer);
    },
  };
}

export type Quota = ReturnType<typeof createQuota>;
