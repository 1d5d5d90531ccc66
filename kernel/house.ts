import { existsSync, mkdirSync } from "node:fs";
import path from "node:path";
import type { AnyBlock, Means, OpenedBlock } from "./block.ts";
import { createChecked } from "./checked.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type Country, countryFolder, countryKind } from "./country.ts";
import type { Database } from "./database.ts";
import { createEvents } from "./event.ts";
import { createIds } from "./id.ts";
import { createJobs, type Jobs } from "./jobs.ts";
import { addLocales, createTexts, type Texts } from "./locale.ts";
import type { Log } from "./log.ts";
import { migrate, readMigrations } from "./migrate.ts";
import { type Fault, loadPacks, type PackFile, type Packs, type Report, reporter } from "./pack.ts";
import { type ProblemTable, problemsOf } from "./problem.ts";
import { nearest } from "./schema.ts";
import { readSettings, settingProblems } from "./settings.ts";

/**
 * Why a house does not open. It then answers nobody, so none of these is told over HTTP: the start ends with the sentence.
 * `migration-changed` is raised by the migrations (`migrate.ts`), `reaction-twice` by the events (`event.ts`).
 */
export const houseProblems = {
  ...settingProblems,
  "migration-changed": { status: 500 },
  "faulty-packs": { status: 500 },
  "block-out-of-order": { status: 500 },
  "reaction-twice": { status: 500 },
} satisfies ProblemTable;

const houseProblem = problemsOf("kernel", houseProblems);

/** What is declared: texts of blocks and packs, the country, the packs and every fault found in them. */
export interface Declared {
  texts: Texts;
  country: Country | undefined;
  packs: Packs;
  faults: Fault[];
}

/** Reads all declarations of an installation and checks them; nothing is opened and nothing is written. */
export function readDeclarations(
  blocks: AnyBlock[],
  place: {
    root: string;
    country: string;
    packs?: string[];
    /** What was found sound before and was not touched since is not checked again. */
    trusting?: boolean;
  },
): Declared {
  const texts = createTexts();
  addLocales(texts, "kernel", new URL("./locales/", import.meta.url));
  addLocales(texts, "feel", new URL("./feel/locales/", import.meta.url));
  for (const block of blocks) if (block.locales) addLocales(texts, block.name, block.locales);
  const kinds = [countryKind, ...blocks.flatMap((block) => block.packFiles ?? [])];
  const folder = countryFolder(place.root, place.country);
  const faults: Fault[] = [];
  if (!folder)
    faults.push({
      file: `countries/${place.country}`,
      line: 1,
      column: 1,
      code: "kernel.faults.no-country",
      params: { name: place.country },
    });
  const own = folder ? loadPacks({ root: place.root, folders: [folder], kinds: [countryKind], only: "country.yaml" }) : undefined;
  const declaration = (own?.files("country") as PackFile<Country>[] | undefined)?.[0];
  if (declaration) checkTimeZone(declaration, reporter(faults));
  const folders = (place.packs ?? declaration?.value.packs ?? []).flatMap((name, index) => {
    const candidate = path.join(place.root, "packs", name);
    if (existsSync(candidate)) return [candidate];
    const file = `countries/${place.country}/country.yaml`;
    faults.push({
      file,
      line: 1,
      column: 1,
      ...declaration?.at(["packs", index]),
      code: "kernel.faults.unknown-pack",
      params: { name },
    });
    return [];
  });
  const packs = loadPacks({ root: place.root, folders: [...folders, ...(folder ? [folder] : [])], kinds });
  for (const file of packs.files("locale")) texts.add(file.pack, file.name as "ky", file.value);
  const code = ["kernel", "blocks", "package-lock.json"].map((name) => path.join(place.root, name)).filter(existsSync);
  const checked = place.trusting && folder ? createChecked({ declared: [...folders, folder], code }) : undefined;
  if (!checked?.isSound()) {
    for (const block of blocks) block.check?.(packs, reporter(packs.faults));
    if (packs.faults.length === 0) checked?.remember();
  }
  return { texts, country: declaration?.value, packs, faults: [...faults, ...packs.faults] };
}

/** A schema knows how a time zone is written, not which ones there are: that is in the IANA list of the runtime. */
function checkTimeZone(declaration: PackFile<Country>, report: Report): void {
  const { timeZone } = declaration.value;
  try {
    new Intl.DateTimeFormat("en", { timeZone });
  } catch {
    // Two cities of one area differ by few letters, so only the city is compared: another one must not be offered as if it were meant.
    const [area, place = ""] = timeZone.split("/");
    const places = Intl.supportedValuesOf("timeZone").flatMap((zone) =>
      zone.startsWith(`${area}/`) ? zone.slice(area!.length + 1) : [],
    );
    const near = nearest(place, places);
    if (near) report(declaration, ["timeZone"], "kernel.faults.not-one-of", { field: "timeZone", allowed: `${area}/${near}` });
    else report(declaration, ["timeZone"], "kernel.faults.wrong-form", { field: "timeZone", wanted: "Area/Place (IANA)" });
  }
}

export interface House {
  doors: Record<string, unknown>;
  opened: { block: AnyBlock; opened: OpenedBlock<unknown> }[];
  jobs: Jobs;
  texts: Texts;
  country: Country;
  packs: Packs;
  close(): Promise<void>;
}

export interface HouseMeans {
  database: Database;
  declared: Declared;
  dataFolder: string;
  log: Log;
  clock?: Clock;
  env?: Record<string, string | undefined>;
  /** A block's own database, where tests give each its role; the common one otherwise. */
  databaseOf?: (block: string) => Database;
  /** Role that owns a block's tables. */
  roleOf?: (block: string) => string | undefined;
}

/** Opens the blocks in order, each with the doors of those it needs; migrates first. */
export async function openHouse(blocks: AnyBlock[], given: HouseMeans): Promise<House> {
  const { declared } = given;
  if (!declared.country || declared.faults.length > 0)
    throw houseProblem("faulty-packs", { params: { count: declared.faults.length } });
  await migrate(given.database, [
    { name: "kernel", migrations: readMigrations(new URL("./migrations/", import.meta.url)) },
    ...blocks.map((block) => ({
      name: block.name,
      migrations: block.migrations ? readMigrations(block.migrations) : [],
      role: given.roleOf?.(block.name),
    })),
  ]);
  const clock = given.clock ?? systemClock;
  const ids = createIds(() => clock.now().getTime());
  const jobs = createJobs({ database: given.database, clock, ids, log: given.log });
  const events = createEvents({ clock, ids, jobs });
  const doors: Record<string, unknown> = {};
  const opened: House["opened"] = [];
  const close = async () => {
    await jobs.stop();
    for (const { opened: one } of [...opened].reverse()) await one.close?.();
  };
  try {
    for (const block of blocks) {
      const dataFolder = path.join(given.dataFolder, block.name);
      mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
      const means: Means = {
        database: given.databaseOf?.(block.name) ?? given.database,
        clock,
        ids,
        log: given.log.child({ block: block.name }),
        texts: declared.texts,
        country: declared.country,
        packs: declared.packs,
        events,
        jobs,
        settings: readSettings(block.settings ?? {}, given.env ?? {}) as Means["settings"],
        dataFolder,
      };
      const needs = Object.fromEntries(
        block.needs.map((need) => {
          if (!(need in doors)) throw houseProblem("block-out-of-order", { params: { block: block.name, need } });
          return [need, doors[need]];
        }),
      );
      const one = await block.open(means, needs);
      doors[block.name] = one.door;
      opened.push({ block, opened: one });
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { doors, opened, jobs, texts: declared.texts, country: declared.country, packs: declared.packs, close };
}
