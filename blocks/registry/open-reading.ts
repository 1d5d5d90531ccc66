import type { Means } from "@kerege/kernel/block";
import type { Multilingual } from "@kerege/kernel/locale";
import { createAccess } from "./access.ts";
import { createAlarms } from "./alarm.ts";
import { archiveFolder } from "./archive.ts";
import { createArchivedReads } from "./archive-reads.ts";
import type { Chains } from "./chain.ts";
import { createConsents } from "./consent.ts";
import { createContests } from "./contest.ts";
import { createCorrections } from "./correction.ts";
import type { KnownFact } from "./declaration.ts";
import type { RegistryDoor } from "./door.ts";
import type { ContentDoor } from "./door-content.ts";
import type { WritingDoor } from "./door-writing.ts";
import { createFollowing } from "./following.ts";
import { createGuard } from "./guard.ts";
import { createKnownFacts } from "./known-facts.ts";
import { createProofs, type ProvingLog } from "./proof.ts";
import { createReading } from "./reading.ts";
import type { Published } from "./registers.ts";
import { createStore, type StoreMeans } from "./store.ts";
import { fillCells } from "./store-cells.ts";
import { fillNames, type Names } from "./store-names.ts";
import { createSupervision } from "./supervision.ts";
import { createTurn } from "./turn.ts";

export type ReadingDoor = Omit<
  RegistryDoor,
  keyof WritingDoor | keyof ContentDoor | "record" | "load" | "registers" | "grounds" | "ownKey"
>;

export interface ReadingParts {
  published: Published;
  facts: KnownFact[];
  chains: Chains;
  names: Names;
  log: ProvingLog;
  addWorkingDays(day: string, n: number): string;
  bodyTitle(code: string): Multilingual | undefined;
}

/** The reading side of the registers, put together. `begin` brings the tables up to the day; call it before the first read. */
export function openReading(means: Means, parts: ReadingParts) {
  const { published, chains } = parts;
  const storeMeans: StoreMeans = {
    database: means.database,
    now: () => means.clock.now(),
    timeZone: means.country.timeZone,
    ids: means.ids,
    chains,
  };
  const { raise, door: alarms } = createAlarms(means);
  const guard = createGuard(means, { raise, bodyTitle: parts.bodyTitle });
  const store = createStore(storeMeans, guard);
  const turn = createTurn(means, published);
  const reading = createReading(means, { published, guard, store, storeMeans, turned: turn.turned });
  const read = createFollowing(means.database, reading.read);
  const archived = createArchivedReads(archiveFolder(means.dataFolder));
  const door: ReadingDoor = {
    ...reading,
    read,
    ...createAccess(means, { published, store, archived }),
    ...createConsents(means, published),
    ...createProofs(means, { published, store, archived, log: parts.log, history: reading.history, raise }),
    ...alarms,
    ...createSupervision(means, { published, store }),
    ...createContests(means, parts),
    ...createCorrections(means, { ...parts, archived }),
    ...createKnownFacts(parts.facts, { ...reading, read }),
  };
  let stop = () => {};
  return {
    door,
    async begin() {
      stop = await turn.begin();
      for (const register of published.all()) await fillCells(means.database, register);
      for (const register of published.all())
        await fillNames(means.database, register, { names: parts.names, at: means.clock.now() });
    },
    async close() {
      stop();
      await guard.close();
    },
  };
}
