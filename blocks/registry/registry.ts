import path from "node:path";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Problem } from "@kerege/kernel/problem";
import { readSecret } from "@kerege/kernel/secret";
import { type Addresses, createAddresses } from "./addresses.ts";
import { type Asked, createAsked } from "./asked.ts";
import { createChains } from "./chain.ts";
import { createContents } from "./content.ts";
import type { Agreement, Ground, KnownFact, RegisterDeclaration } from "./declaration.ts";
import type { RecordRequest, RegistryDoor } from "./door.ts";
import type { StateLog } from "./feed.ts";
import { openReading } from "./open-reading.ts";
import { openWriting } from "./open-writing.ts";
import { createOwnKeys } from "./own-keys.ts";
import type { ProvingLog } from "./proof.ts";
import { type Published, publishedOf } from "./registers.ts";
import { createSeal } from "./seal.ts";
import { createNames } from "./store-names.ts";
import type { CodeState } from "./values.ts";

export interface RegistryNeeds {
  registers: RegisterDeclaration[];
  grounds: Ground[];
  agreements: Agreement[];
  facts: KnownFact[];
  codeState: CodeState;
  /** Log of the state, which gives batches their places and proves what stands in it. */
  log: StateLog & ProvingLog;
  addWorkingDays(day: string, n: number): string;
  /** Name of a body, where it is known. */
  bodyTitle(code: string): Multilingual | undefined;
}

export interface OpenedRegistry {
  door: RegistryDoor;
  published: Published;
  addresses: Addresses;
  asked: Asked;
  /** Why an event would be refused; nothing is written. */
  rehearse(actor: Actor, request: RecordRequest): Promise<Problem | undefined>;
  /** Brings the tables up to the day and begins what is done every day. */
  begin(): Promise<void>;
  close(): Promise<void>;
}

/** The use cases of the registers. */
export function createRegistry(means: Means, needs: RegistryNeeds): OpenedRegistry {
  const seal = createSeal(readSecret(path.join(means.dataFolder, "addresses.key")));
  const addresses = createAddresses(needs.registers, seal);
  const published = publishedOf(needs.registers, needs.grounds, needs.agreements);
  const [chains, names] = [createChains(), createNames(() => means.clock.now())];
  const { facts, addWorkingDays, codeState, bodyTitle } = needs;
  const reading = openReading(means, { published, facts, chains, names, log: needs.log, addWorkingDays, bodyTitle });
  const { search, read } = reading.door;
  const { clean, ...contents } = createContents(means, { published, read });
  const writing = openWriting(means, { published, codeState, chains, names, search, log: needs.log, clean });
  return {
    published,
    addresses,
    asked: createAsked(means, seal),
    rehearse: writing.rehearse,
    door: {
      ...reading.door,
      ...writing.door,
      ...contents,
      registers: () => needs.registers,
      grounds: () => needs.grounds,
      ownKey: createOwnKeys(needs.registers, addresses),
    },
    async begin() {
      await reading.begin();
      writing.begin();
    },
    async close() {
      await writing.close();
      await reading.close();
    },
  };
}
