/**
 * The same permit written by hand as one would for this single purpose: a row with a column for each thing there is to know, a line in a
 * record for each transition, the list of open tasks, calls made outside the transaction under a lease. What people do is one request at
 * a time, as with the engine; what is due is taken and written in batches of 200.
 */

import { type Database, joined, sql } from "@kerege/kernel/database";
import { createIds } from "@kerege/kernel/id";

const BATCH = 200;
const AT_ONCE = 400;
const made = createIds();
type Stage = "review" | "rest" | "granted";
interface Written {
  id: string;
  stage: Stage;
  version: number;
  said: unknown;
}

export async function openMachine(database: Database): Promise<{ run(cases: number): Promise<number> }> {
  await database.run(sql`
    create table if not exists bench_permit (id uuid primary key, stage text not null, looked int, weight int, tax int, police int,
      agreed boolean, fee int, recorded int, issued int, told int, due timestamptz, leased_until timestamptz, version int not null)
      with (fillfactor = 60)`);
  await database.run(sql`create index if not exists bench_permit_due on bench_permit (due) where due is not null`);
  await database.run(sql`create table if not exists bench_permit_event (id uuid, version int, at timestamptz not null, kind text not null, said jsonb,
    primary key (id, version))`);
  await database.run(
    sql`create table if not exists bench_permit_task (id uuid primary key, role text not null, since timestamptz not null)`,
  );
  await database.run(sql`create index if not exists bench_permit_role on bench_permit_task (role, since, id)`);
  const perform = async (key: string) => key.length;

  /** As the request of an applicant: what is to be known is asked, and the permit written once. */
  const begin = async (id: string) => {
    const looked = await perform(`${id}:look`);
    const [tax, police] = await Promise.all([perform(`${id}:tax`), perform(`${id}:police`)]);
    const said = JSON.stringify({ by: "system", looked, weight: looked + 1, tax, police });
    await database.run(sql`
      with made as (insert into bench_permit (id, stage, looked, weight, tax, police, version)
        values (${id}, 'review', ${looked}, ${looked + 1}, ${tax}, ${police}, 1) returning id),
      told as (insert into bench_permit_event select id, 1, now(), 'begun', ${said}::jsonb from made)
      insert into bench_permit_task select id, 'clerk', now() from made`);
  };
  /** As the request of a clerk: the permit is read, looked at, and written. */
  const decide = async (id: string) => {
    const permit = await database.first<{ stage: Stage; version: number; weight: number }>(
      sql`select stage, version, weight from bench_permit where id = ${id}`,
    );
    if (permit?.stage !== "review") throw new RangeError(`permit ${id} is not open`);
    const fee = permit.weight * 10;
    const [recorded, issued] = [await perform(`${id}:record`), await perform(`${id}:issue`)];
    const said = JSON.stringify({ agreed: true, fee, recorded, issued, by: "official:office/clerk/ulan" });
    const changed = await database.first(sql`
      with saved as (update bench_permit set stage = 'rest', agreed = true, fee = ${fee}, recorded = ${recorded}, issued = ${issued},
          due = now() + interval '1 ms', version = version + 1
        where id = ${id} and version = ${permit.version} returning id, version),
      told as (insert into bench_permit_event select id, version, now(), 'decided', ${said}::jsonb from saved),
      gone as (delete from bench_permit_task where id = ${id})
      select id from saved`);
    if (!changed) throw new RangeError(`permit ${id} was changed meanwhile`);
  };

  /** Writes what was done and takes what is due, in one statement. */
  const write = (done: Written[]) => {
    const parts = [
      sql`given as (select * from jsonb_to_recordset(${JSON.stringify(done)}::jsonb) as g(id uuid, stage text, version int, said jsonb))`,
      sql`saved as (update bench_permit p set stage = g.stage, version = g.version, leased_until = null,
        due = null, told = (g.said->>'told')::int
        from given g where p.id = g.id and p.version = g.version - 1 returning p.id)`,
      sql`told as (insert into bench_permit_event select id, version, now(), stage, said from given where id in (select id from saved))`,
      sql`due as (update bench_permit p set leased_until = now() + interval '1 minute' from (
        select id from bench_permit where due <= now() and (leased_until is null or leased_until <= now())
          and id not in (select id from given) order by due limit ${BATCH} for update skip locked) d
        where p.id = d.id returning p.id, p.stage, p.version)`,
    ];
    return database.rows<{ id: string; stage: Stage; version: number }>(sql`with ${joined(parts, ", ")} select * from due`);
  };
  const goOn = async ({ id, version }: { id: string; version: number }): Promise<Written> => ({
    ...{ id, stage: "granted", version: version + 1 },
    said: { told: await perform(`${id}:letter`) },
  });
  /** Two loops, as the engine has two statements under way at once. */
  const work = async (over: () => boolean) => {
    await Promise.all(
      [1, 2].map(async () => {
        for (let done: Written[] = []; ; ) {
          const due = await write(done);
          if (due.length === 0 && over()) return;
          done = await Promise.all(due.map(goOn));
        }
      }),
    );
  };
  const inTurns = async (ids: readonly string[], one: (id: string) => Promise<unknown>) => {
    let next = 0;
    await Promise.all(
      Array.from({ length: AT_ONCE }, async () => {
        while (next < ids.length) await one(ids[next++]!);
      }),
    );
  };

  return {
    /** Cases per second from begin to end. */
    async run(cases) {
      await database.run(sql`truncate bench_permit, bench_permit_event, bench_permit_task`);
      const ids = Array.from({ length: cases }, () => made.next());
      const began = performance.now();
      let ended = false;
      const working = work(() => ended);
      const count = async (stage: Stage) =>
        (await database.first<{ n: number }>(sql`select count(*)::int as n from bench_permit where stage = ${stage}`))!.n;
      await inTurns(ids, begin);
      await inTurns(ids, decide);
      while ((await count("granted")) < cases) await new Promise((resolve) => setTimeout(resolve, 5));
      const seconds = (performance.now() - began) / 1000;
      ended = true;
      await working;
      return cases / seconds;
    },
  };
}
