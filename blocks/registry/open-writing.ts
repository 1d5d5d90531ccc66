import type { Means } from "@kerege/kernel/block";
import type { Chains } from "./chain.ts";
import type { RegistryDoor } from "./door.ts";
import type { WritingDoor } from "./door-writing.ts";
import { createErasing } from "./erasing.ts";
import { createFeed, type StateLog } from "./feed.ts";
import { createImporting } from "./import.ts";
import { createMerging } from "./merge.ts";
import { createRecording } from "./recording.ts";
import type { Published } from "./registers.ts";
import type { Names } from "./store-names.ts";
import { createSurvey } from "./survey.ts";
import type { CodeState } from "./values.ts";

const DAY_MS = 86_400_000;

/** The writing side of the registers, put together. */
export function openWriting(
  means: Means,
  given: {
    published: Published;
    codeState: CodeState;
    chains: Chains;
    names: Names;
    search: RegistryDoor["search"];
    log?: StateLog;
  },
): { door: Pick<RegistryDoor, "record" | "load"> & WritingDoor; begin(): void; close(): Promise<void> } {
  const { published, chains, search } = given;
  const survey = createSurvey(published);
  const writing = createRecording(means, { ...given, survey });
  const { changes, begin, close } = createFeed(means, given);
  const erasing = createErasing(means, { published, chains });
  let timer: NodeJS.Timeout | undefined;
  const eraseAll = async () => {
    for (const { declaration } of published.all()) await erasing.erase(declaration.register);
  };
  return {
    door: {
      record: writing.record,
      load: writing.load,
      changes,
      ...erasing,
      ...createMerging(means, { published, writing, survey }),
      ...createImporting(means, { published, writing, search }),
    },
    begin() {
      begin();
      const round = () => void eraseAll().catch((error) => means.log.fault("records past their time not erased", error));
      timer = setInterval(round, DAY_MS).unref();
    },
    async close() {
      clearInterval(timer);
      await close();
    },
  };
}
