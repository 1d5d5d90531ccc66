import path from "node:path";
import { fileURLToPath } from "node:url";
import { type Database, openDatabase } from "@kerege/kernel/database";
import { openEmbedded, startEmbedded } from "@kerege/kernel/embedded";
import { type Declared, type House, openHouse, readDeclarations } from "@kerege/kernel/house";
import { type App, createServer } from "@kerege/kernel/http";
import type { Log } from "@kerege/kernel/log";
import { readSettings } from "@kerege/kernel/settings";
import type { ProcessDoor } from "@kerege/process";
import { house as blocks } from "./house.ts";
import { placeSettings, proxySettings } from "./settings.ts";

/** Folder of the installation: packs, countries, blocks. */
export const root = fileURLToPath(new URL("../../", import.meta.url));

export interface Place {
  /** `KEREGE_DATA`; `.kerege` in the installation when nobody says. */
  dataFolder: string;
  country: string;
  /** `DATABASE_URL`; the built-in database when nobody says. */
  databaseUrl?: string;
}

export function placeOf(env: Record<string, string | undefined>): Place {
  const { dataFolder, country, databaseUrl } = readSettings(placeSettings, env);
  return { dataFolder: path.resolve(dataFolder || path.join(root, ".kerege")), country, ...(databaseUrl && { databaseUrl }) };
}

/** All declarations of the installation, with every fault found in them. `trusting`: not checked again while nobody touches them. */
export function readAll(place: Place, { trusting = false }: { trusting?: boolean } = {}): Declared {
  return readDeclarations(blocks, { root, country: place.country, trusting });
}

export type Progress = (textKey: string, values?: Record<string, string | number>) => void;

export interface OpenState {
  house: House;
  database: Database;
  /** Proxies in front of the server. */
  proxies: string[];
  /** How the database is kept: built in, or a server of the operator's. */
  databaseKind: "embedded" | "external";
  whenLost(then: () => void): void;
  close(): Promise<void>;
}

/** Opens the database and the house over it: for the server, and for commands that work on the same state. */
export async function openState(given: {
  place: Place;
  declared: Declared;
  env: Record<string, string | undefined>;
  log: Log;
  progress: Progress;
  join?: boolean;
}): Promise<OpenState> {
  const { place, declared, env, log, progress } = given;
  const { proxies } = readSettings(proxySettings, env);
  const external = place.databaseUrl;
  // A server owns its data folder; a command joins the server that runs there, or starts the database for itself.
  const openIt = given.join ? openEmbedded : startEmbedded;
  const embedded = external
    ? undefined
    : await openIt({ folder: place.dataFolder, log, progress: (step) => progress(`server.database.${step}`) });
  const database = openDatabase(external ? { connectionString: external } : { ...embedded!.connection() });
  const shut: (() => Promise<void>)[] = [() => database.close(), async () => embedded?.stop()];
  try {
    const house = await openHouse(blocks, { database, declared, dataFolder: path.join(place.dataFolder, "blocks"), log, env });
    shut.unshift(() => house.close());
    for (const { opened } of house.opened) await opened.prepare?.(progress);
    return {
      house,
      database,
      proxies,
      databaseKind: external ? "external" : "embedded",
      whenLost: (then) => embedded?.whenLost(then),
      async close() {
        for (const one of shut) await one();
      },
    };
  } catch (error) {
    for (const one of shut) await one().catch(() => {});
    throw error;
  }
}

/** The HTTP server over an open house. It listens nowhere yet. */
export async function openServer(state: OpenState, log: Log): Promise<App> {
  const { house } = state;
  const problems = Object.fromEntries(
    house.opened.flatMap(({ block }) => (block.problems ? [[block.name, block.problems]] : [])),
  );
  const { name, portalName, demo, languages } = house.country;
  const country = { name, portalName, demo, languages };
  const app = await createServer({ log, texts: house.texts, languages, country, problems, proxies: state.proxies });
  app.get("/health", async () => {
    await state.database.run({ text: "select 1", values: [] });
    return {
      status: "ready",
      country: house.country.country,
      demo: house.country.demo,
      packs: house.packs.list.map((pack) => pack.name),
    };
  });
  // The built-in database has one server: what the last one had in hand when it was killed is nobody's now.
  if (state.databaseKind === "embedded") {
    await house.jobs.takeOver();
    await (house.doors.process as ProcessDoor).takeOver();
  }
  for (const { opened } of house.opened) await opened.routes?.(app);
  house.jobs.start();
  return app;
}
