import { type Database, prepared, type Queryable, sql, type Transaction } from "@kerege/kernel/database";
import { takeLocks } from "./store-links.ts";

/** A file that somebody is about to record, or that a record has. */
export interface FileNamed {
  key: string;
  sha256: string;
  body: string;
}

/** Content as a register holds it. */
export interface Content {
  sha256: string;
  content: string;
  type: string;
  size: number;
}

const addPiece = prepared("insert into registry.content_piece (content, piece, bytes) values ($1::uuid, $2::int, $3::bytea)");
const readPiece = prepared("select bytes from registry.content_piece where content = $1::uuid and piece = $2::int");

export async function writePiece(on: Queryable, piece: { content: string; piece: number; bytes: Buffer }): Promise<void> {
  await on.run(addPiece([piece.content, piece.piece, piece.bytes]));
}

export async function findPiece(on: Queryable, content: string, piece: number): Promise<Buffer | undefined> {
  return (await on.first<{ bytes: Buffer }>(readPiece([content, piece])))?.bytes;
}

/** Notes content whose pieces are there. False where the same body has brought the same before: that is kept, and as if brought now. */
export async function noteContent(
  on: Queryable,
  given: Content & { register: string; body: string; at: Date },
): Promise<boolean> {
  const { sha256, register, body, content, type, size, at } = given;
  const rows = await on.rows<{
    content: string;
  }>(sql`insert into registry.content (sha256, register, body, content, type, size, kept_at)
    values (${sha256}, ${register}, ${body}, ${content}, ${type}, ${size}, ${at})
    on conflict (sha256, register, body) do update set kept_at = excluded.kept_at returning content`);
  return rows[0]!.content === content;
}

export async function dropPieces(on: Queryable, contents: string[]): Promise<void> {
  await on.run(sql`delete from registry.content_piece where content = any(${contents}::uuid[])`);
}

/**
 * Content that each of these may be recorded with: what its body brought not before `since`, or what a version of the same record has.
 * In the order of the files; undefined where there is none.
 */
export async function findContents(
  on: Queryable,
  register: string,
  { files, since }: { files: FileNamed[]; since: Date },
): Promise<(Content | undefined)[]> {
  const rows = await on.rows<Content & { nr: number }>(sql`select u.nr::int as nr, c.sha256, c.content, c.type, c.size
    from unnest(${files.map((one) => one.key)}::text[], ${files.map((one) => one.sha256)}::text[], ${files.map((one) => one.body)}::text[])
      with ordinality as u(key, sha256, body, nr)
    join registry.content c on c.sha256 = u.sha256 and c.register = ${register}
    where (c.body = u.body and c.kept_at >= ${since}) or exists (
      select from registry.content_use w where w.key = u.key and w.register = ${register} and w.sha256 = u.sha256)`);
  const found: (Content | undefined)[] = files.map(() => undefined);
  for (const { nr, ...row } of rows) found[nr - 1] = row;
  return found;
}

/** Content of a register by its fingerprint, whoever brought it. */
export async function findContent(on: Queryable, register: string, sha256: string): Promise<Content | undefined> {
  return on.first(sql`select sha256, content, type, size from registry.content
    where sha256 = ${sha256} and register = ${register} order by kept_at limit 1`);
}

const fileLock = (register: string, sha256: string) => `file ${register} ${sha256}`;

/** Notes that records have files. False where the content of one went meanwhile. */
export async function useContents(tx: Transaction, register: string, uses: { key: string; sha256: string }[]): Promise<boolean> {
  const wanted = [...new Set(uses.map((one) => one.sha256))];
  await takeLocks(tx, { alone: wanted.map((sha256) => fileLock(register, sha256)), shared: [] });
  const held = await tx.rows<{ sha256: string }>(sql`select distinct sha256 from registry.content
    where sha256 = any(${wanted}) and register = ${register}`);
  if (held.length !== wanted.length) return false;
  await tx.run(sql`insert into registry.content_use (key, register, sha256)
    select distinct key, ${register}::text, sha256 from unnest(${uses.map((one) => one.key)}::text[], ${uses.map((one) => one.sha256)}::text[]) as u(key, sha256)
    on conflict do nothing`);
  return true;
}

/** Takes the files of records away: the content goes where no other record of the register has it. */
export async function eraseContents(tx: Transaction, register: string, keys: string[]): Promise<void> {
  const rows = await tx.rows<{ sha256: string }>(sql`select distinct sha256 from registry.content_use
    where key = any(${keys}) and register = ${register}`);
  if (rows.length === 0) return;
  const files = rows.map((row) => row.sha256);
  await takeLocks(tx, { alone: files.map((sha256) => fileLock(register, sha256)), shared: [] });
  await tx.run(sql`delete from registry.content_use where key = any(${keys}) and register = ${register}`);
  const gone = await tx.rows<{ content: string }>(sql`delete from registry.content c
    where c.sha256 = any(${files}) and c.register = ${register}
      and not exists (select from registry.content_use u where u.sha256 = c.sha256 and u.register = c.register) returning c.content`);
  await dropPieces(
    tx,
    gone.map((row) => row.content),
  );
}

/** Content brought before an instant that no record has: most so many at once. Gives how much went. */
export async function dropUnused(database: Database, { before, limit }: { before: Date; limit: number }): Promise<number> {
  const unused = await database.rows<{ sha256: string; register: string }>(sql`select c.sha256, c.register from registry.content c
    where c.kept_at < ${before} and not exists (select from registry.content_use u where u.sha256 = c.sha256 and u.register = c.register)
    order by c.sha256 limit ${limit}`);
  for (const { sha256, register } of unused)
    await database.transaction(async (tx) => {
      await takeLocks(tx, { alone: [fileLock(register, sha256)], shared: [] });
      const gone = await tx.rows<{ content: string }>(sql`delete from registry.content c
        where c.sha256 = ${sha256} and c.register = ${register} and c.kept_at < ${before}
          and not exists (select from registry.content_use u where u.sha256 = c.sha256 and u.register = c.register) returning c.content`);
      await dropPieces(
        tx,
        gone.map((row) => row.content),
      );
    });
  return unused.length;
}

/** Pieces whose bringing was cut before an instant. An id begins with its instant (RFC 9562, 5.7). */
export async function dropCut(database: Database, before: Date): Promise<void> {
  const first = before.getTime().toString(16).padStart(12, "0");
  const until = `${first.slice(0, 8)}-${first.slice(8)}-0000-0000-000000000000`;
  await database.run(sql`delete from registry.content_piece p where p.content < ${until}::uuid
    and not exists (select from registry.content c where c.content = p.content)`);
}

/** Uses and contents of a register, page by page: each use with its content, or without where it is gone. */
export async function pageOfUses(
  database: Database,
  register: string,
  { after, limit }: { after: [key: string, sha256: string]; limit: number },
): Promise<{ key: string; sha256: string; content: string | null; size: number | null }[]> {
  return database.rows(sql`select u.key, u.sha256, c.content, c.size from registry.content_use u
    left join lateral (select content, size from registry.content c where c.sha256 = u.sha256 and c.register = u.register
      order by c.kept_at limit 1) c on true
    where u.register = ${register} and (u.key, u.sha256) > (${after[0]}, ${after[1]}) order by u.key, u.sha256 limit ${limit}`);
}
