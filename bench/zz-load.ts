import { startEmbedded } from "@kerege/kernel/embedded";
import { silentLog } from "@kerege/kernel/log";
import { rmSync, readFileSync } from "node:fs";
import { openCrowd } from "./scale-house.ts";
const place = "/tmp/r6/ld";
rmSync(place, { recursive: true, force: true });
const embedded = await startEmbedded({ folder: place, log: silentLog, settings: { shared_buffers: "3GB", max_wal_size: "12GB", checkpoint_timeout: "30min", log_min_duration_statement: "50" } });
try {
  const crowd = await openCrowd(embedded, place, Number(process.argv[2]));
  console.log(crowd.loaded, "s", crowd.bytes, (1e6 * crowd.loaded) / crowd.people, "us/row");
  console.table(await crowd.database.rows({ text: "select relname, pg_relation_size(c.oid)/1000 kb, reltuples from pg_class c join pg_namespace n on n.oid=relnamespace where nspname='registry' order by 2 desc limit 12", values: [] }));
  await crowd.close();
} finally { await embedded.stop(); 
console.log(readFileSync(place + "/postgres.log", "utf8").split("\n").filter((l) => /duration/.test(l) && !/copy registry."resident_version"/.test(l)).map((l) => l.slice(0, 170)).join("\n"));
const copies = readFileSync(place + "/postgres.log", "utf8").split("\n").filter((l) => /duration.*copy registry."resident_version"/.test(l)).map((l) => Number(/duration: ([\d.]+)/.exec(l)![1]));
console.log("copy total ms", copies.reduce((a, b) => a + b, 0), copies.length);
rmSync(place, { recursive: true, force: true });
}
