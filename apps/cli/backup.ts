import { restore as bringBack, backup as copyState } from "@kerege/kernel/backup";
import { openEmbedded } from "@kerege/kernel/embedded";
import { createLog } from "@kerege/kernel/log";
import { placeOf } from "@kerege/server/open";
import { fromCaller, type Run } from "./terminal.ts";

/** `kerege backup FILE`: the database, keys and files in one packed file, also while the server runs. */
export const backup: Run = async ([file], terminal) => {
  if (!file) {
    terminal.complain(terminal.say("backup.usage"));
    return 2;
  }
  const { dataFolder, databaseUrl } = placeOf(process.env);
  const log = createLog((line) => process.stderr.write(line));
  const embedded = databaseUrl ? undefined : await openEmbedded({ folder: dataFolder, log });
  try {
    const made = await copyState({ embedded, folder: dataFolder, target: fromCaller(file) });
    terminal.print(terminal.say("backup.done", { file: made.file }));
    return 0;
  } finally {
    await embedded?.stop();
  }
};

/** `kerege restore FILE`: into an empty data folder; a folder that holds something is never overwritten. */
export const restore: Run = async ([file], terminal) => {
  if (!file) {
    terminal.complain(terminal.say("backup.restore-usage"));
    return 2;
  }
  const { folder } = await bringBack({ file: fromCaller(file), folder: placeOf(process.env).dataFolder });
  terminal.print(terminal.say("backup.restored", { folder }));
  return 0;
};
