import { type Database, sql } from "@kerege/kernel/database";
import type { BindsBy, EditionView, Publication } from "../door.ts";

type ViewRow = Omit<EditionView, "missing" | "validFrom" | "validUntil" | "law"> & {
  valid_from: string | null;
  valid_until: string | null;
  law: EditionView["law"] | null;
};

/** Editions as they were ever published. */
export function createEditionStore(database: Database) {
  return {
    async find(hash: string): Promise<{ owner: string; files: Record<string, string> } | undefined> {
      return database.first(sql`select owner, files from process.model where hash = ${hash}`);
    },
    /** The term of an edition may be closed later; its content never changes, being named by it. */
    async keep(publications: readonly (Publication & { by: BindsBy })[], at: Date): Promise<void> {
      const rows = publications.map(({ model, owner, files, validFrom, validUntil, by, law }) => ({
        ...{ hash: model.hash, process: model.process, name: model.name, owner, files },
        ...{ valid_from: validFrom ?? null, valid_until: validUntil ?? null, binds_by: by, law: law ?? null },
      }));
      await database.run(sql`
        with given as (select * from jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) as g(hash text, process text, name text, owner text,
            files jsonb, valid_from date, valid_until date, binds_by text, law jsonb)),
        models as (insert into process.model (hash, process, name, owner, files, first_at)
          select hash, process, name, owner, files, ${at} from given on conflict (hash) do nothing)
        insert into process.binding (process, model, valid_from, valid_until, binds_by, law, published_at)
        select process, hash, valid_from, valid_until, binds_by, law, ${at} from given
        on conflict (process, model) do update set valid_from = excluded.valid_from, valid_until = excluded.valid_until,
          binds_by = excluded.binds_by, law = excluded.law`);
    },
    async editions(process: string | undefined): Promise<Omit<EditionView, "missing">[]> {
      const rows = await database.rows<ViewRow>(sql`
        select b.process, m.name, b.model, b.valid_from, b.valid_until, b.binds_by as by, b.law, b.published_at as "publishedAt",
          (select count(*)::int from process.instance i where i.model = b.model and i.ended_at is null) as live,
          (select count(*)::int from process.instance i where i.process = b.process and i.model = b.model and i.ended_at is not null) as ended
        from process.binding b join process.model m on m.hash = b.model
        where ${process ?? null}::text is null or b.process = ${process ?? null}
        order by b.process, b.valid_from desc nulls last, b.published_at desc`);
      return rows.map(({ valid_from, valid_until, law, ...row }) => ({
        ...row,
        ...(valid_from !== null && { validFrom: valid_from }),
        ...(valid_until !== null && { validUntil: valid_until }),
        ...(law !== null && { law }),
      }));
    },
  };
}
