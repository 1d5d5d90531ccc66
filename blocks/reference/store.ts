import { createHash } from "node:crypto";
import { type Database, sql } from "@kerege/kernel/database";
import type { CalendarDay, Edition, Item, ReferenceDeclaration } from "./declaration.ts";

export interface StoredEdition {
  declaration: ReferenceDeclaration;
  items: Item[];
  days: CalendarDay[];
  /** Text of what is neither items nor days (shapes), for the hash only. */
  text?: string;
}

export function hashOf(edition: StoredEdition): string {
  const { name, kind, owner, valid_from, source, title } = edition.declaration;
  const content = JSON.stringify([name, kind, owner, valid_from, source, title, edition.items, edition.days, edition.text ?? ""]);
  return createHash("sha256").update(content).digest("base64url");
}

export function createStore(database: Database) {
  return {
    async hashes(): Promise<Map<string, string>> {
      const rows = await database.rows<{ name: string; edition: string; hash: string }>(
        sql`select name, edition, hash from reference.edition`,
      );
      return new Map(rows.map((row) => [`${row.name}/${row.edition}`, row.hash]));
    },

    /** Writes an edition whole, in one transaction; an edition of the same day is replaced. */
    async keep(edition: StoredEdition, at: Date): Promise<void> {
      const { declaration, items, days } = edition;
      const { name, edition: day } = declaration;
      const rows = items.length + days.length;
      await database.transaction(async (tx) => {
        await tx.run(sql`insert into reference.edition values (${name}, ${day}, ${declaration.kind}, ${declaration.owner}, ${declaration.valid_from},
          ${JSON.stringify(declaration.source)}, ${JSON.stringify(declaration.title)}, ${hashOf(edition)}, ${rows}, ${at})
          on conflict (name, edition) do update set kind = excluded.kind, owner = excluded.owner, valid_from = excluded.valid_from,
          source = excluded.source, title = excluded.title, hash = excluded.hash, rows = excluded.rows, loaded_at = excluded.loaded_at`);
        await tx.run(sql`delete from reference.item where classifier = ${name} and edition = ${day}`);
        await tx.run(sql`delete from reference.calendar_day where calendar = ${name} and edition = ${day}`);
        await tx.run(sql`insert into reference.item select ${name}, ${day}, code, position, parent, level, ky, ru, kk, en, lat, lon, weight
          from unnest(${items.map((item) => item.code)}::text[], ${items.map((_, index) => index)}::int[],
            ${items.map((item) => item.parent ?? null)}::text[], ${items.map((item) => item.level ?? null)}::text[],
            ${items.map((item) => item.name.ky)}::text[], ${items.map((item) => item.name.ru)}::text[],
            ${items.map((item) => item.name.kk)}::text[], ${items.map((item) => item.name.en)}::text[],
            ${items.map((item) => item.lat ?? null)}::float8[], ${items.map((item) => item.lon ?? null)}::float8[],
            ${items.map((item) => item.weight ?? null)}::float8[])
          as u(code, position, parent, level, ky, ru, kk, en, lat, lon, weight)`);
        await tx.run(sql`insert into reference.calendar_day select ${name}, ${day}, day, kind, estimated, ky, ru, kk, en
          from unnest(${days.map((one) => one.day)}::date[], ${days.map((one) => one.kind)}::text[], ${days.map((one) => one.estimated)}::boolean[],
            ${days.map((one) => one.name.ky)}::text[], ${days.map((one) => one.name.ru)}::text[],
            ${days.map((one) => one.name.kk)}::text[], ${days.map((one) => one.name.en)}::text[])
          as u(day, kind, estimated, ky, ru, kk, en)`);
      });
    },

    async editions(name: string): Promise<Edition[]> {
      const rows =
        await database.rows<Edition>(sql`select name, kind, edition, valid_from as "validFrom", owner, rows, loaded_at as "loadedAt"
        from reference.edition where name = ${name} order by edition desc`);
      return rows;
    },

    async itemsOfEdition(classifier: string, edition: string): Promise<Item[]> {
      const rows = await database.rows<
        Record<string, string | number | null>
      >(sql`select code, parent, level, ky, ru, kk, en, lat, lon, weight
        from reference.item where classifier = ${classifier} and edition = ${edition} order by position`);
      return rows.map(({ ky, ru, kk, en, ...rest }) => {
        const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
        return { ...said, name: { ky, ru, kk, en } } as Item;
      });
    },
  };
}
