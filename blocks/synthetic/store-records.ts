import { type Database, sql } from "@kerege/kernel/database";

const onlyOneLoads = 7317003;

/** What of the first records of packs is in the registers. */
export function createRecordsStore(database: Database) {
  return {
    /** Runs the work while no other process loads first records. */
    alone: <Result>(work: () => Promise<Result>): Promise<Result> =>
      database.session(async (client) => {
        await client.query("select pg_advisory_lock($1)", [onlyOneLoads]);
        try {
          return await work();
        } finally {
          await client.query("select pg_advisory_unlock($1)", [onlyOneLoads]);
        }
      }),

    /** Fingerprint of the file when all of it was loaded last. */
    printOf: async (file: string): Promise<string | undefined> =>
      (await database.first<{ print: string }>(sql`select print from synthetic.record_file where file = ${file}`))?.print,

    keysOf: async (file: string): Promise<Set<string>> =>
      new Set(
        (await database.rows<{ key: string }>(sql`select key from synthetic.record_key where file = ${file}`)).map(
          ({ key }) => key,
        ),
      ),

    noteKeys: (file: string, keys: string[]): Promise<unknown> =>
      database.run(
        sql`insert into synthetic.record_key (file, key) select ${file}::text, unnest(${keys}::text[]) on conflict do nothing`,
      ),

    noteFile: ({ file, print, at }: { file: string; print: string; at: Date }): Promise<unknown> =>
      database.run(sql`insert into synthetic.record_file (file, print, loaded_at) values (${file}, ${print}, ${at})
        on conflict (file) do update set print = excluded.print, loaded_at = excluded.loaded_at`),
  };
}
