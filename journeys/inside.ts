import { type Log, silentLog } from "@kerege/kernel/log";
import { openServer, openState, placeOf, readAll } from "@kerege/server/open";

/** The house within the process of a test: for what has to be asked of its doors, or of every route it has. */
export interface InsideHouse {
  doors: Record<string, unknown>;
  app: Awaited<ReturnType<typeof openServer>>;
  database: Awaited<ReturnType<typeof openState>>["database"];
  /** Everything it logged as a fault. */
  faults: string[];
  close(): Promise<void>;
}

/** @param join stands beside the server that runs over the same data folder */
export async function openInside(given: {
  dataFolder: string;
  join?: boolean;
  /** Settings beside the folder. */
  env?: Record<string, string>;
}): Promise<InsideHouse> {
  const place = placeOf({ KEREGE_DATA: given.dataFolder });
  const faults: string[] = [];
  const log: Log = {
    ...silentLog,
    child: () => log,
    fault: (event, error) => faults.push(`${event}: ${error instanceof Error ? error.stack : error}`),
  };
  const env = given.env ?? {};
  const state = await openState({ place, declared: readAll(place), env, log, progress: () => {}, join: given.join ?? false });
  const app = await openServer(state, log);
  return {
    doors: state.house.doors,
    app,
    database: state.database,
    faults,
    async close() {
      await app.close();
      await state.close();
    },
  };
}
