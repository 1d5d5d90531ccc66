/**
 * A process that writes batches and sequences them without rest, to be killed: see log-kill.test.ts. Says `ready` once, then the id of
 * every batch whose commit it has seen. Arguments: the connection as JSON, the folder of the keys.
 */
import { setImmediate as turn } from "node:timers/promises";
import { openDatabase } from "@kerege/kernel/database";
import { hashLeaf } from "../log/merkle.ts";
import { logEntryStatement } from "../log/store.ts";
import { logOver } from "./log-scene.ts";

const [connection = "", folder = ""] = process.argv.slice(2);
const database = openDatabase(JSON.parse(connection));
const { log } = logOver(database, folder);
await log.begin();
process.stdout.write("ready\n");
const write = async (): Promise<never> => {
  for (;;) {
    const batch = log.door.batch("test.act", [hashLeaf(Buffer.from(Math.random().toString()))]);
    await database.run(logEntryStatement(batch));
    process.stdout.write(`${batch.id}\n`);
  }
};
const sequence = async (): Promise<never> => {
  for (;;) {
    await log.settle();
    await turn();
  }
};
await Promise.all([write(), write(), sequence(), sequence()]);
