import { type Database, sql } from "@kerege/kernel/database";
import { skeleton } from "@kerege/kernel/skeleton";
import type { Face, Resident } from "./declaration.ts";

export interface WorldState {
  seed: number;
  today: string;
  /** Chunks in the registers. */
  chunks: number;
  living: number;
}

export interface Batch {
  fromChunk: number;
  untilChunk: number;
  /** Steps of it that are done. */
  steps: number;
}

const onlyOneMakes = 7317002;

export function createStore(database: Database) {
  return {
    /** Runs the work while no other process makes people. */
    alone: <Result>(work: () => Promise<Result>): Promise<Result> =>
      database.session(async (client) => {
        await client.query("select pg_advisory_lock($1)", [onlyOneMakes]);
        try {
          return await work();
        } finally {
          await client.query("select pg_advisory_unlock($1)", [onlyOneMakes]);
        }
      }),

    world: (): Promise<WorldState | undefined> =>
      database.first<WorldState>(sql`select seed, today, chunks, living from synthetic.world`),

    async begin(world: WorldState, at: Date): Promise<void> {
      await database.run(
        sql`insert into synthetic.world values (true, ${world.seed}, ${world.today}, 0, 0, ${at}) on conflict do nothing`,
      );
    },

    batch: (): Promise<Batch | undefined> =>
      database.first<Batch>(sql`select from_chunk as "fromChunk", until_chunk as "untilChunk", steps from synthetic.batch`),

    async beginBatch(batch: Batch): Promise<void> {
      await database.run(sql`insert into synthetic.batch values (${batch.fromChunk}, ${batch.untilChunk}, 0)`);
    },

    async stepDone(fromChunk: number): Promise<void> {
      await database.run(sql`update synthetic.batch set steps = steps + 1 where from_chunk = ${fromChunk}`);
    },

    async endBatch(batch: Batch, made: { residents: Resident[]; faces: Face[]; order(face: Face): number }): Promise<void> {
      await database.transaction(async (tx) => {
        for (const face of made.faces) {
          await tx.run(
            sql`insert into synthetic.face values (${face.role}, ${made.order(face)}, ${face.pin}, ${face.name}, ${face.place}) on conflict do nothing`,
          );
        }
        await tx.run(sql`update synthetic.world set chunks = ${batch.untilChunk}, living = living + ${made.residents.length}`);
        await tx.run(sql`insert into synthetic.resident select * from unnest(
          ${made.residents.map(({ pin }) => pin)}::text[], ${made.residents.map(({ name }) => name)}::text[],
          ${made.residents.map(({ name }) => skeleton(name))}::text[], ${made.residents.map(({ place }) => place)}::text[])`);
        await tx.run(sql`delete from synthetic.batch where from_chunk = ${batch.fromChunk}`);
      });
    },

    /** People whose number is the text, or whose name begins with it in any spelling. */
    residents: (text: string, limit: number): Promise<Resident[]> =>
      database.rows<Resident>(sql`select pin, name, place from synthetic.resident
        where pin = ${text} or name_key like ${`${skeleton(text).replace(/[\\%_]/g, "")}%`} order by name_key, pin limit ${limit}`),

    faces: (limit: number): Promise<Face[]> =>
      database.rows<Face>(sql`select role, pin, name, place from synthetic.face order by position limit ${limit}`),
  };
}

export type Store = ReturnType<typeof createStore>;
