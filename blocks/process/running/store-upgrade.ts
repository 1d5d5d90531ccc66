import { type Database, sql } from "@kerege/kernel/database";
import type { Plain } from "@kerege/kernel/feel";
import type { Proposal, Repair } from "../door.ts";
import type { State } from "../engine/state.ts";

interface ProposalRow {
  id: string;
  instance: string;
  process: string;
  key: string;
  repair: Repair;
  reason: string;
  by: string;
  at: Date;
  version: number;
}

export interface MovedRow {
  instance: string;
  /** After it was moved. */
  version: number;
  before: State;
}

/** What operators want and did: proposals, and migrations with what each case was before. */
export function createUpgradeStore(database: Database) {
  return {
    async applied(): Promise<{ upgrade: string; applied_at: Date; undone_at: Date | null; cases: number }[]> {
      return database.rows(sql`
        select m.upgrade, m.applied_at, m.undone_at,
          (select count(*)::int from process.migrated d where d.upgrade = m.upgrade and not d.undone) as cases
        from process.migration m`);
    },
    async apply(row: { upgrade: string; plan: Plain; at: Date; by: string; reason: string }): Promise<void> {
      await database.run(sql`
        insert into process.migration (upgrade, plan, applied_at, by, reason)
        values (${row.upgrade}, ${JSON.stringify(row.plan)}, ${row.at}, ${row.by}, ${row.reason})
        on conflict (upgrade) do update set undone_at = null, undone_by = null`);
    },
    async undone(row: { upgrade: string; at: Date; by: string }): Promise<void> {
      await database.run(
        sql`update process.migration set undone_at = ${row.at}, undone_by = ${row.by} where upgrade = ${row.upgrade}`,
      );
    },
    /** Written before the case is moved: a row whose case did not move is known by the model the case is on. */
    async moving(upgrade: string, rows: readonly MovedRow[]): Promise<void> {
      await database.run(sql`
        insert into process.migrated (upgrade, instance, version, before)
        select ${upgrade}, g.instance, g.version, g.before
        from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(instance uuid, version int, before jsonb)
        on conflict (upgrade, instance) do update set version = excluded.version, before = excluded.before, undone = false`);
    },
    async moved(upgrade: string, after: string, limit: number): Promise<MovedRow[]> {
      return database.rows(sql`
        select instance, version, before from process.migrated
        where upgrade = ${upgrade} and not undone and instance > ${after}::uuid order by instance limit ${limit}`);
    },
    async markUndone(upgrade: string, instances: readonly string[]): Promise<void> {
      await database.run(
        sql`update process.migrated set undone = true where upgrade = ${upgrade} and instance = any(${instances}::uuid[])`,
      );
    },
    async live(model: string, after: string, limit: number): Promise<{ instance: string; key: string }[]> {
      return database.rows(sql`
        select id as instance, key from process.instance
        where model = ${model} and ended_at is null and id > ${after}::uuid order by id limit ${limit}`);
    },
    async propose(row: Omit<Proposal, "process" | "key">): Promise<void> {
      await database.run(sql`
        insert into process.proposal (instance, id, repair, reason, by, at, version)
        values (${row.instance}, ${row.id}, ${JSON.stringify(row.repair)}, ${row.reason}, ${row.by}, ${row.at}, ${row.version})`);
    },
    async proposals(asked: { instance?: string; id?: string }): Promise<Proposal[]> {
      return database.rows<ProposalRow>(sql`
        select p.id, p.instance, i.process, i.key, p.repair, p.reason, p.by, p.at, p.version
        from process.proposal p join process.instance i on i.id = p.instance
        where p.decided_at is null and (${asked.instance ?? null}::uuid is null or p.instance = ${asked.instance ?? null}::uuid)
          and (${asked.id ?? null}::uuid is null or p.id = ${asked.id ?? null}::uuid)
        order by p.at, p.id limit 200`);
    },
    /** False where another one decided first. */
    async decide(row: {
      instance: string;
      id: string;
      by: string;
      at: Date;
      outcome: "confirmed" | "declined";
      answer?: string;
    }): Promise<boolean> {
      return (
        (await database.run(sql`
          update process.proposal set decided_by = ${row.by}, decided_at = ${row.at}, outcome = ${row.outcome}, answer = ${row.answer ?? null}
          where instance = ${row.instance} and id = ${row.id} and decided_at is null`)) === 1
      );
    },
  };
}
