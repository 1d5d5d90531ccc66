import { type Queryable, sql } from "@kerege/kernel/database";

/** Notes that a reader reads these records on a day under a ground; gives how many different ones that makes, and how many were new. */
export async function countSubjects(
  on: Queryable,
  given: { reader: string; day: string; ground: string; subjects: string[] },
): Promise<{ subjects: number; fresh: number }> {
  const { reader, day, ground } = given;
  const subjects = [...new Set(given.subjects)].sort();
  const row = await on.first<{ subjects: number; fresh: number }>(sql`
    with fresh as (
      insert into registry.bulk_subject (reader, on_day, ground, subject)
      select ${reader}, ${day}::date, ${ground}, subject from unnest(${subjects}::text[]) as u(subject)
      on conflict do nothing returning 1 as one
    ), counted as (
      insert into registry.bulk_reader (reader, on_day, ground, subjects) select ${reader}, ${day}::date, ${ground}, count(*)::int from fresh
      on conflict (reader, on_day, ground) do update set subjects = bulk_reader.subjects + excluded.subjects
      returning subjects
    ) select counted.subjects, (select count(*)::int from fresh) as fresh from counted`);
  return row!;
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
