import type { FastifyInstance } from "fastify";
import type { Clock } from "./clock.ts";
import type { Country } from "./country.ts";
import type { Database } from "./database.ts";
import type { Events } from "./event.ts";
import type { Ids } from "./id.ts";
import type { Jobs } from "./jobs.ts";
import type { Texts } from "./locale.ts";
import type { Log } from "./log.ts";
import type { PackFileKind, Packs, Report } from "./pack.ts";
import type { ProblemTable } from "./problem.ts";
import type { Settings, SettingTable } from "./settings.ts";

/** What the house gives every block. */
export interface Means<Table extends SettingTable = SettingTable> {
  database: Database;
  clock: Clock;
  ids: Ids;
  log: Log;
  texts: Texts;
  country: Country;
  packs: Packs;
  events: Events;
  jobs: Jobs;
  settings: Settings<Table>;
  /** Folder for files that are not in the database (keys, caches); exists. */
  dataFolder: string;
}

export interface OpenedBlock<Door> {
  /** What neighbours may call. */
  door: Door;
  /** Adds the block's routes. */
  routes?(app: FastifyInstance): void | Promise<void>;
  /** Runs once all blocks are open and migrated, before the server listens: lasting work such as publishing registers. */
  prepare?(progress: (textKey: string, values?: Record<string, string | number>) => void): Promise<void>;
  close?(): Promise<void>;
}

// biome-ignore lint/suspicious/noExplicitAny: the house joins doors by name; each block types its own needs.
export type AnyBlock = Block<any, any, any>;

export interface Block<Door, Needs, Table extends SettingTable> {
  /** The only name: folder, package, PostgreSQL schema, URL prefix, first word of events, problems, settings and jobs. */
  name: string;
  /** Blocks it may call: exactly the keys of `Needs`. */
  needs: (keyof Needs & string)[];
  problems?: ProblemTable;
  settings?: Table;
  migrations?: URL;
  locales?: URL;
  packFiles?: PackFileKind[];
  /** Finds what schemas cannot: unknown references, rules that do not compile, circles. Says all faults, never throws. */
  check?(packs: Packs, report: Report): void;
  open(means: Means<Table>, needs: Needs): OpenedBlock<Door> | Promise<OpenedBlock<Door>>;
}

/** `Needs` maps names of blocks to their doors: `defineBlock<RegistryDoor, { trust: TrustDoor }>({ … })`. */
export function defineBlock<Door, Needs extends object = Record<never, never>, Table extends SettingTable = Record<never, never>>(
  block: Block<Door, Needs, Table>,
): Block<Door, Needs, Table> {
  return block;
}
