import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { Problem } from "@kerege/kernel/problem";
import type { Chains } from "./chain.ts";
import type { RecordRequest, RegistryDoor } from "./door.ts";
import type { WritingDoor } from "./door-writing.ts";
import { createErasing } from "./erasing.ts";
import { createFeed, type StateLog } from "./feed.ts";
import { createFirstLoad } from "./first-load.ts";
import { createImporting } from "./import.ts";
import { createLapsing } from "./lapsing.ts";
import { createMerging } from "./merge.ts";
import { createRecording } from "./recording.ts";
import type { Published } from "./registers.ts";
import { createRepointing } from "./repointing.ts";
import type { Names } from "./store-names.ts";
import { createSurvey } from "./survey.ts";
import type { CodeState } from "./values.ts";

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const SOON_MS = 60_000;

/** The writing side of the registers, put together. */
export function openWriting(
  means: Means,
  given: {
    published: Published;
    codeState: CodeState;
    chains: Chains;
    names: Names;
    search: RegistryDoor["search"];
    log: StateLog;
    /** Takes away content of files that nobody recorded. */
    clean(): Promise<void>;
  },
): {
  door: Pick<RegistryDoor, "record" | "load"> & WritingDoor;
  /** Why an event would be refused; nothing is written. */
  rehearse(actor: Actor, request: RecordRequest): Promise<Problem | undefined>;
  begin(): void;
  close(): Promise<void>;
} {
  const { published, chains, search } = given;
  const survey = createSurvey(published);
  const writing = createRecording(means, { ...given, survey });
  const { changes, begin, close } = createFeed(means, given);
  const lapsing = createLapsing(means, { published, writing });
  createRepointing(means, { published, writing });
  const erasing = createErasing(means, { published, chains });
  const timers: NodeJS.Timeout[] = [];
  const eraseAll = async () => {
    for (const { declaration } of published.all()) await erasing.erase(declaration.register);
    await given.clean();
  };
  return {
    door: {
      record: writing.record,
      load: writing.load,
      ...createFirstLoad(means, { ...given, writing }),
      changes,
      ...erasing,
      ...createMerging(means, { published, writing, survey }),
      ...createImporting(means, { published, writing, search }),
    },
    async rehearse(actor, request) {
      const register = published.register(request.register);
      try {
        writing.allowEvent(actor, register, request.event);
        const [refused] = await writing.preview(actor, register, [request]);
        if (refused) throw refused;
      } catch (error) {
        if (error instanceof Problem) return error;
        throw error;
      }
      return undefined;
    },
    begin() {
      begin();
      const erase = () => void eraseAll().catch((error) => means.log.fault("records past their time not erased", error));
      const lapse = () => void lapsing.lapse().catch((error) => means.log.fault("what lapsed not recorded", error));
      // Soon after a start too: a server that is started anew every day must do it as well.
      timers.push(
        setTimeout(() => {
          lapse();
          erase();
          // Of a new day no more than an hour goes by before what lapsed with it is recorded.
          timers.push(setInterval(lapse, HOUR_MS).unref(), setInterval(erase, DAY_MS).unref());
        }, SOON_MS).unref(),
      );
    },
    async close() {
      for (const timer of timers) clearInterval(timer);
      await close();
    },
  };
}
