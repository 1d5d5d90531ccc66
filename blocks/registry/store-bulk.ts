import { type Queryable, sql } from "@kerege/kernel/database";
import type { Ground } from "./declaration.ts";
import { literal } from "./store-sql.ts";

/** Notes that a reader reads these records on a day under a ground; gives how many different ones that makes, and how many were new. */
export async function countSubjects(
  on: Queryable,
  given: { reader: string; day: string; ground: string; subjects: string[] },
): Promise<{ subjects: number; fresh: number }> {
  const { reader, day, ground, subjects } = given;
  const row = await on.first<{ subjects: number; fresh: number }>(sql`
    with fresh as (
      insert into registry.bulk_subject (reader, on_day, ground, subject)
      select distinct ${reader}, ${day}::date, ${ground}, subject from unnest(${subjects}::text[]) as u(subject) order by subject
      on conflict do nothing returning 1 as one
    ), counted as (
      insert into registry.bulk_reader (reader, on_day, ground, subjects) select ${reader}, ${day}::date, ${ground}, count(*)::int from fresh
      on conflict (reader, on_day, ground) do update set subjects = bulk_reader.subjects + excluded.subjects
      returning subjects
    ) select counted.subjects, (select count(*)::int from fresh) as fresh from counted`);
  return row!;
}

/**
 * The same for a batch of reads, as parts of the statement that reads (`q`: its questions with `reader` and `key`): each batch counts once for each
 * reader. Where a bound is crossed the statement fails (SQLSTATE 22012) by `bounded` and nothing of it stays: it is then counted read
 * by read, so that it is known which of them crosses it. Batches of one reader wait for each other at his line, in the order of readers.
 */
export function countingParts(given: {
  ground: string;
  day: string;
  subject: string;
  bulk: NonNullable<Ground["bulk"]>;
}): string {
  const { day, bulk } = given;
  const ground = literal(given.ground);
  const [alarm, refuse] = [Math.trunc(bulk.alarm), bulk.refuse === undefined ? undefined : Math.trunc(bulk.refuse)];
  const crossed = [
    `(subjects > ${alarm} and subjects - fresh <= ${alarm})`,
    ...(refuse === undefined ? [] : [`subjects > ${refuse}`]),
  ];
  return `fresh as (
      insert into registry.bulk_subject (reader, on_day, ground, subject)
      select distinct reader, ${day}, ${ground}, ${given.subject} as subject from q order by reader, subject
      on conflict do nothing returning reader
    ), asked as (select q.reader, (select count(*)::int from fresh f where f.reader = q.reader) as fresh from q group by q.reader),
    counted as (
      insert into registry.bulk_reader (reader, on_day, ground, subjects) select reader, ${day}, ${ground}, fresh from asked order by reader
      on conflict (reader, on_day, ground) do update set subjects = bulk_reader.subjects + excluded.subjects returning reader, subjects
    ), bounded as (
      select 1 / (case when exists (select from counted join asked using (reader) where ${crossed.join(" or ")}) then 0 else 1 end) as one
    )`;
}

/** A statement with `countingParts` failed since a bound is crossed. */
export function isPastBound(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "22012";
}

/** Days long past are no longer counted against anyone. */
export async function forgetCounts(on: Queryable, before: string): Promise<void> {
  await on.run(sql`delete from registry.bulk_subject where on_day < ${before}::date`);
  await on.run(sql`delete from registry.bulk_reader where on_day < ${before}::date`);
}

export async function addPublicReads(
  on: Queryable,
  counts: { register: string; day: string; ground: string; reads: number }[],
): Promise<void> {
  const sorted = [...counts].sort((a, b) => (`${a.register} ${a.ground}` < `${b.register} ${b.ground}` ? -1 : 1));
  await on.run(sql`insert into registry.public_read (register, on_day, ground, reads)
    select * from unnest(${sorted.map((one) => one.register)}::text[], ${sorted.map((one) => one.day)}::date[],
      ${sorted.map((one) => one.ground)}::text[], ${sorted.map((one) => one.reads)}::int8[])
    on conflict (register, on_day, ground) do update set reads = public_read.reads + excluded.reads`);
}
