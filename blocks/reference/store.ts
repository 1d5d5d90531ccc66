import { createHash } from "node:crypto";
import { type Database, sql, type Transaction } from "@kerege/kernel/database";
import type { Act, CalendarDay, Item, Source } from "./declaration.ts";
import type { Edition, Pair, Publication } from "./door.ts";

/** What is kept of an edition. */
export interface StoredEdition {
  name: string;
  kind: string;
  title: Item["name"];
  owner: string;
  edition: string;
  validFrom: string;
  validUntil?: string;
  act?: Act;
  source: Source;
  items: Item[];
  days: CalendarDay[];
  /** How codes of the edition before it go over into this one. */
  mappings: { from: string; pairs: Pair[] }[];
  /** Text of what is neither items nor days (shapes), for the hash only. */
  text?: string;
}

export function hashOf(edition: StoredEdition): string {
  const { name, kind, owner, validFrom, validUntil, act, source, title, items, days, mappings, text } = edition;
  const content = [name, kind, owner, validFrom, source, title, items, days, text ?? "", validUntil, act, mappings];
  return createHash("sha256").update(JSON.stringify(content)).digest("base64url");
}

type Published = Pick<Publication, "kind" | "changes">;

export function createStore(database: Database) {
  return {
    async hashes(): Promise<Map<string, string>> {
      const rows = await database.rows<{ name: string; edition: string; hash: string }>(
        sql`select name, edition, hash from reference.edition`,
      );
      return new Map(rows.map((row) => [`${row.name}/${row.edition}`, row.hash]));
    },

    /**
     * Writes an edition whole and what changed by it, in one transaction; an edition of the same day is replaced. False when another
     * process has written the same in the meantime.
     */
    async keep(edition: StoredEdition, at: Date, say: (former: Item[] | undefined) => Published): Promise<boolean> {
      const { name, edition: day } = edition;
      const hash = hashOf(edition);
      return database.transaction(async (tx) => {
        await tx.run(sql`insert into reference.publication_counter values (${name}, 0) on conflict (name) do nothing`);
        const counter = await tx.first<{ last: number }>(
          sql`select last from reference.publication_counter where name = ${name} for update`,
        );
        const known = await tx.first<{ hash: string }>(
          sql`select hash from reference.edition where name = ${name} and edition = ${day}`,
        );
        if (known?.hash === hash) return false;
        const former = known ? await itemsIn(tx, name, day) : undefined;
        await writeEdition(tx, { edition, hash, at });
        const number = counter!.last + 1;
        const { kind, changes } = say(former);
        await tx.run(sql`update reference.publication_counter set last = ${number} where name = ${name}`);
        await tx.run(
          sql`insert into reference.publication values (${name}, ${number}, ${at}, ${kind}, ${day}, ${JSON.stringify(changes)})`,
        );
        return true;
      });
    },

    async editions(name: string): Promise<Edition[]> {
      const rows = await database.rows<Edition & { validUntil: string | null }>(
        sql`select name, kind, edition, valid_from as "validFrom", valid_until as "validUntil", owner, rows, loaded_at as "loadedAt"
        from reference.edition where name = ${name} order by edition desc`,
      );
      return rows.map(({ validUntil, ...row }) => ({ ...row, ...(validUntil !== null && { validUntil }) }));
    },

    itemsOfEdition: (classifier: string, edition: string) => itemsIn(database, classifier, edition),

    async publications(asked: { name: string; after: number; limit: number }): Promise<Publication[]> {
      return database.rows<Publication>(sql`select name, number, at, kind, edition, changes from reference.publication
        where name = ${asked.name} and number > ${asked.after} order by number limit ${asked.limit}`);
    },

    async lastPublications(name: string, limit: number): Promise<Publication[]> {
      return database.rows<Publication>(sql`select name, number, at, kind, edition, changes from reference.publication
        where name = ${name} order by number desc limit ${limit}`);
    },
  };
}

async function itemsIn(from: Pick<Database, "rows">, classifier: string, edition: string): Promise<Item[]> {
  const rows = await from.rows<Record<string, unknown>>(sql`select code, parent, level, ky, ru, kk, en, lat, lon, weight,
    valid_from as "from", valid_until as "until", properties, borrowed
    from reference.item where classifier = ${classifier} and edition = ${edition} order by position`);
  return rows.map(({ ky, ru, kk, en, ...rest }) => {
    const said = Object.fromEntries(Object.entries(rest).filter(([, value]) => value !== null));
    return { ...said, name: { ky, ru, kk, en } } as unknown as Item;
  });
}

async function writeEdition(tx: Transaction, given: { edition: StoredEdition; hash: string; at: Date }): Promise<void> {
  const { edition, hash, at } = given;
  const { name, edition: day, items, days } = edition;
  const rows = items.length + days.length;
  const act = edition.act === undefined ? null : JSON.stringify(edition.act);
  await tx.run(sql`insert into reference.edition (name, edition, kind, owner, valid_from, source, title, hash, rows, loaded_at, valid_until, act)
    values (${name}, ${day}, ${edition.kind}, ${edition.owner}, ${edition.validFrom}, ${JSON.stringify(edition.source)},
      ${JSON.stringify(edition.title)}, ${hash}, ${rows}, ${at}, ${edition.validUntil ?? null}, ${act})
    on conflict (name, edition) do update set kind = excluded.kind, owner = excluded.owner, valid_from = excluded.valid_from,
    source = excluded.source, title = excluded.title, hash = excluded.hash, rows = excluded.rows, loaded_at = excluded.loaded_at,
    valid_until = excluded.valid_until, act = excluded.act`);
  await tx.run(sql`delete from reference.item where classifier = ${name} and edition = ${day}`);
  await tx.run(sql`delete from reference.calendar_day where calendar = ${name} and edition = ${day}`);
  await tx.run(sql`delete from reference.mapping where classifier = ${name} and to_edition = ${day}`);
  await writeItems(tx, edition);
  await tx.run(sql`insert into reference.calendar_day (calendar, edition, day, kind, estimated, ky, ru, kk, en, moved_from)
    select ${name}, ${day}, day, kind, estimated, ky, ru, kk, en, moved_from
    from unnest(${days.map((one) => one.day)}::date[], ${days.map((one) => one.kind)}::text[], ${days.map((one) => one.estimated)}::boolean[],
      ${days.map((one) => one.name.ky)}::text[], ${days.map((one) => one.name.ru)}::text[],
      ${days.map((one) => one.name.kk)}::text[], ${days.map((one) => one.name.en)}::text[], ${days.map((one) => one.movedFrom ?? null)}::date[])
    as u(day, kind, estimated, ky, ru, kk, en, moved_from)`);
  for (const { from, pairs } of edition.mappings) {
    await tx.run(sql`insert into reference.mapping (classifier, from_edition, to_edition, position, from_code, to_code, kind, share, note)
      select ${name}, ${from}, ${day}, position, from_code, to_code, kind, share, note::jsonb
      from unnest(${pairs.map((_, index) => index)}::int[], ${pairs.map((pair) => pair.from)}::text[], ${pairs.map((pair) => pair.to)}::text[],
        ${pairs.map((pair) => pair.kind)}::text[], ${pairs.map((pair) => pair.share ?? null)}::float8[],
        ${pairs.map((pair) => (pair.note ? JSON.stringify(pair.note) : null))}::text[])
      as u(position, from_code, to_code, kind, share, note)`);
  }
}

async function writeItems(tx: Transaction, { name, edition: day, items }: StoredEdition): Promise<void> {
  await tx.run(sql`insert into reference.item (classifier, edition, code, position, parent, level, ky, ru, kk, en, lat, lon, weight,
      valid_from, valid_until, properties, borrowed)
    select ${name}, ${day}, code, position, parent, level, ky, ru, kk, en, lat, lon, weight, valid_from, valid_until,
      properties::jsonb, string_to_array(borrowed, ' ')
    from unnest(${items.map((item) => item.code)}::text[], ${items.map((_, index) => index)}::int[],
      ${items.map((item) => item.parent ?? null)}::text[], ${items.map((item) => item.level ?? null)}::text[],
      ${items.map((item) => item.name.ky)}::text[], ${items.map((item) => item.name.ru)}::text[],
      ${items.map((item) => item.name.kk)}::text[], ${items.map((item) => item.name.en)}::text[],
      ${items.map((item) => item.lat ?? null)}::float8[], ${items.map((item) => item.lon ?? null)}::float8[],
      ${items.map((item) => item.weight ?? null)}::float8[], ${items.map((item) => item.from ?? null)}::date[],
      ${items.map((item) => item.until ?? null)}::date[],
      ${items.map((item) => (item.properties ? JSON.stringify(item.properties) : null))}::text[],
      ${items.map((item) => item.borrowed?.join(" ") ?? null)}::text[])
    as u(code, position, parent, level, ky, ru, kk, en, lat, lon, weight, valid_from, valid_until, properties, borrowed)`);
}
