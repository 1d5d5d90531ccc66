/** All SQL of the log, and the contract for the one table that other blocks write: `trust.log_entry`. */
import { type Database, type Queryable, type Statement, sql } from "@kerege/kernel/database";
import type { LogBatch } from "./contract.ts";
import type { StoredTile } from "./growth.ts";
import type { TileName } from "./tile.ts";

/** The columns a writer fills, in the order of `LogBatch.values`. Public: they change only by addition of columns that may be null. */
export const logEntryColumns = ["batch", "at", "kind", "leaves", "root", "hashes"] as const;

const types = ["uuid", "timestamptz", "text", "int", "bytea", "bytea"] as const;

/**
 * The insert of one batch as a part of the writer's own statement (`with …, logged as (<this>) …`). Its values are the parameters from
 * `$first` on, six of them: `LogBatch.values`.
 */
export function logEntryInsert(first: number): string {
  const parameters = types.map((type, index) => `$${first + index}::${type}`);
  return `insert into trust.log_entry (${logEntryColumns.join(", ")}) values (${parameters.join(", ")})`;
}

/** The same as a statement of its own, for writers with a transaction. */
export const logEntryStatement = ({ values: [id, at, kind, leaves, root, hashes] }: LogBatch): Statement =>
  sql`insert into trust.log_entry (batch, at, kind, leaves, root, hashes) values (${id}, ${at}, ${kind}, ${leaves}, ${root}, ${hashes})`;

const LOG = "state";

export type Head = { readonly size: number; readonly root: Buffer };
export type StoredCheckpoint = { readonly size: number; readonly at: Date; readonly note: string };
export type SeenCheckpoint = StoredCheckpoint & { readonly lines: readonly { readonly witness: string; readonly at: Date }[] };
export type StoredLine = { readonly witness: string; readonly at: Date; readonly line: string };
export type LoggedBatch = {
  readonly place: number;
  readonly leaves: number;
  readonly root: Buffer;
  readonly hashes: Buffer | null;
};

/** What was last heard from a witness. */
export const WITNESS_STATES = ["agrees", "silent", "ahead", "fork", "unknown-log", "refuses"] as const;
export type WitnessState = (typeof WITNESS_STATES)[number];
export type StoredWitness = { readonly witness: string; readonly size: number; readonly state: WitnessState; readonly at: Date };

export type LogStore = ReturnType<typeof createLogStore>;

export function createLogStore(database: Database) {
  return {
    /** Gives the log its empty head, once. */
    async begin(root: Buffer): Promise<void> {
      await database.run(sql`insert into trust.log_head (log, size, root) values (${LOG}, 0, ${root}) on conflict do nothing`);
    },

    /** Runs the work as the only sequencer; undefined at once when another one works and `wait` is false. */
    async alone<Result>(wait: boolean, work: (head: Head, tx: Queryable) => Promise<Result>): Promise<Result | undefined> {
      return database.transaction(async (tx) => {
        const head = await tx.first<Head>(
          wait
            ? sql`select size, root from trust.log_head where log = ${LOG} for update`
            : sql`select size, root from trust.log_head where log = ${LOG} for update skip locked`,
        );
        return head && (await work(head, tx));
      });
    },

    async isWaiting(): Promise<boolean> {
      return (await database.first(sql`select from trust.log_entry order by batch limit 1`)) !== undefined;
    },

    /**
     * Moves committed entries to the end of the log and gives their roots in order. An entry that has its place already (it was
     * handed in twice) is dropped. Entries committed later are found later: nothing is passed over, since what is done is taken out.
     */
    async take(tx: Queryable, size: number, most: number): Promise<Buffer[]> {
      const rows = await tx.rows<{ root: Buffer }>(sql`with taken as (
          delete from trust.log_entry where batch in (select batch from trust.log_entry order by batch limit ${most}) returning *
        ), fresh as (
          select taken.*, row_number() over (order by batch) as nr from taken
          where not exists (select from trust.log_leaf placed where placed.batch = taken.batch)
        ), put as (
          insert into trust.log_leaf (place, batch, at, kind, leaves, root, hashes)
          select ${size}::bigint + nr - 1, batch, at, kind, leaves, root, hashes from fresh returning place, root
        ) select root from put order by place`);
      return rows.map(({ root }) => root);
    },

    async tiles(names: readonly TileName[], on: Queryable = database): Promise<StoredTile[]> {
      if (names.length === 0) return [];
      return on.rows<StoredTile>(sql`select level, number, hashes from trust.log_tile join
        unnest(${names.map(({ level }) => level)}::int[], ${names.map(({ number }) => number)}::bigint[]) as asked(level, number)
        using (level, number)`);
    },

    async keep(tx: Queryable, tiles: readonly StoredTile[], head: Head): Promise<void> {
      await tx.run(sql`insert into trust.log_tile (level, number, hashes)
        select * from unnest(${tiles.map(({ level }) => level)}::int[], ${tiles.map(({ number }) => number)}::bigint[],
          ${tiles.map(({ hashes }) => hashes)}::bytea[])
        on conflict (level, number) do update set hashes = excluded.hashes`);
      await tx.run(sql`update trust.log_head set size = ${head.size}, root = ${head.root} where log = ${LOG}`);
    },

    /** A checkpoint of this size is there already only when the log has got another key: its cosignatures go with it. */
    async publish(on: Queryable, { size, at, note }: StoredCheckpoint): Promise<void> {
      await on.run(sql`delete from trust.log_cosignature where size = ${size}`);
      await on.run(sql`insert into trust.log_checkpoint (size, at, note) values (${size}, ${at}, ${note})
        on conflict (size) do update set at = excluded.at, note = excluded.note`);
    },

    async head(): Promise<Head | undefined> {
      return database.first<Head>(sql`select size, root from trust.log_head where log = ${LOG}`);
    },

    async latestCheckpoint(on: Queryable = database): Promise<StoredCheckpoint | undefined> {
      return on.first<StoredCheckpoint>(sql`select size, at, note from trust.log_checkpoint order by size desc limit 1`);
    },

    /** Kept checkpoints, newest first, below a size; with the witnesses whose lines stand under each and when they wrote them. */
    async checkpoints(given: { below: number; limit: number }): Promise<SeenCheckpoint[]> {
      const rows = await database.rows<Omit<SeenCheckpoint, "lines"> & { lines: { witness: string; at: string }[] }>(
        sql`select c.size, c.at, c.note, coalesce((select jsonb_agg(jsonb_build_object('witness', s.witness, 'at', s.at) order by s.witness)
          from trust.log_cosignature s where s.size = c.size), '[]') as lines
        from trust.log_checkpoint c where c.size < ${given.below} order by c.size desc limit ${given.limit}`,
      );
      return rows.map((row) => ({ ...row, lines: row.lines.map(({ witness, at }) => ({ witness, at: new Date(at) })) }));
    },

    /** The newest checkpoint over a place under which enough of the named witnesses stand. */
    async witnessedCheckpoint(
      place: number,
      witnesses: readonly string[],
      quorum: number,
    ): Promise<StoredCheckpoint | undefined> {
      return database.first<StoredCheckpoint>(sql`select size, at, note from trust.log_checkpoint c where size > ${place}
        and (select count(*) from trust.log_cosignature s where s.size = c.size and s.witness = any(${witnesses})) >= ${quorum}
        order by size desc limit 1`);
    },

    async cosignatures(size: number): Promise<StoredLine[]> {
      return database.rows<StoredLine>(
        sql`select witness, at, line from trust.log_cosignature where size = ${size} order by witness`,
      );
    },

    /** Writes what a witness answered; its line under the checkpoint of that size, when it cosigned. */
    async hear(heard: StoredWitness, { line }: { line?: string }): Promise<void> {
      const { witness, size, state, at } = heard;
      if (line)
        await database.run(sql`insert into trust.log_cosignature (size, witness, at, line) values (${size}, ${witness}, ${at}, ${line})
          on conflict (size, witness) do update set at = excluded.at, line = excluded.line`);
      await database.run(sql`insert into trust.log_witness (witness, size, state, at) values (${witness}, ${size}, ${state}, ${at})
        on conflict (witness) do update set size = excluded.size, state = excluded.state, at = excluded.at`);
    },

    async witnesses(): Promise<StoredWitness[]> {
      return database.rows<StoredWitness>(sql`select witness, size, state, at from trust.log_witness order by witness`);
    },

    async batch(id: string): Promise<LoggedBatch | undefined> {
      // Ordered here: asked to, PostgreSQL may walk through the log by place until it meets the batch.
      const rows = await database.rows<LoggedBatch>(
        sql`select place, leaves, root, hashes from trust.log_leaf where batch = ${id}`,
      );
      return rows.sort((a, b) => a.place - b.place)[0];
    },

    async places(ids: readonly string[]): Promise<{ batch: string; place: number }[]> {
      return database.rows(
        sql`select batch, min(place)::bigint as place from trust.log_leaf where batch = any(${ids}::uuid[]) group by batch`,
      );
    },

    async roots(from: number, to: number): Promise<Buffer[]> {
      const rows = await database.rows<{ root: Buffer }>(
        sql`select root from trust.log_leaf where place >= ${from} and place < ${to} order by place`,
      );
      return rows.map(({ root }) => root);
    },

    async hand(batches: readonly Omit<LogBatch, "values">[]): Promise<void> {
      await database.run(sql`insert into trust.log_entry (batch, at, kind, leaves, root, hashes)
        select * from unnest(${batches.map(({ id }) => id)}::uuid[], ${batches.map(({ at }) => at)}::timestamptz[],
          ${batches.map(({ kind }) => kind)}::text[], ${batches.map(({ leaves }) => leaves)}::int[],
          ${batches.map(({ root }) => root)}::bytea[], ${batches.map(({ hashes }) => hashes)}::bytea[])
        on conflict do nothing`);
    },

    /** Checkpoints older than `before` are given up, but for the last of each day: any two sizes can be proven without them. */
    async thin(before: Date): Promise<void> {
      await database.run(sql`delete from trust.log_checkpoint where at < ${before} and size not in (
        select max(size) from trust.log_checkpoint where at < ${before} group by date_trunc('day', at, 'UTC'))`);
      await database.run(
        sql`delete from trust.log_cosignature s where not exists (select from trust.log_checkpoint c where c.size = s.size)`,
      );
    },
  };
}
