/**
 * Backup and restore of a whole state: the built-in database and everything else in the data folder (keys, files), in one
 * gzip-compressed tar archive that any `tar` can open.
 *
 *   backup({ embedded, folder, target, progress? }): Promise<BackupReport>    while the state runs
 *   restore({ file, folder, moveAside? }): Promise<RestoreReport>             into an empty or new folder
 *   holdsState(folder): boolean                                               whether there is something to back up
 */
import { createHash } from "node:crypto";
import {
  createReadStream,
  createWriteStream,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
} from "node:fs";
import { open, readdir } from "node:fs/promises";
import { basename, dirname, join, resolve, sep } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import pg from "pg";
import { folderRefusal, Refusal } from "./embedded/refusal.ts";
import { contents, Damaged, ending, header, type Member, openIfThere, padding, readArchive } from "./embedded/tar.ts";
import { type Embedded, lockFolder, prepareFolder } from "./embedded.ts";

export interface BackupReport {
  file: string;
  files: number;
  /** Bytes of the archive. */
  size: number;
}

export interface RestoreReport {
  folder: string;
  files: number;
  /** Instant (ISO 8601) the backup was made. */
  madeAt: string;
  /** Where what was there before now is. */
  movedTo?: string;
}

/** Last member of an archive: without it the archive was cut off. */
interface Manifest {
  format: 1;
  madeAt: string;
  postgres: string;
  /** SHA-256 (hexadecimal) of every file before it. */
  files: Record<string, string>;
}

const MANIFEST = "kerege-backup.json";
/** Our own files that belong to a running process, not to the state. */
const passing = /^(lock(\..*)?|install\.lock(\..*)?|postgres\.log|postgres\.part-.*)$/;

export function holdsState(folder: string): boolean {
  return existsSync(join(folder, "postgres", "PG_VERSION"));
}

/**
 * Takes a consistent copy while the state goes on: what is committed before the end of the copying is in it.
 * Without `embedded` the database is on a server of its own and is refused with a hint.
 * @throws {Refusal}
 */
export async function backup(options: {
  embedded: Embedded | undefined;
  folder: string;
  target: string;
  progress?: (files: number) => void;
}): Promise<BackupReport> {
  const { embedded, folder } = options;
  if (!embedded) throw new Refusal("backup-elsewhere", { folder });
  const target = resolve(options.target);
  if (existsSync(target)) throw new Refusal("backup-exists", { file: target });
  const draft = `${target}.part`;
  const client = new pg.Client(embedded.connection("postgres"));
  try {
    if (`${join(realpathSync(dirname(target)), basename(target))}`.startsWith(realpathSync(folder) + sep)) {
      throw new Refusal("backup-inside", { file: target, folder });
    }
    await client.connect();
    const manifest: Manifest = { format: 1, madeAt: new Date().toISOString(), postgres: embedded.version, files: {} };
    const archive = Readable.from(pack({ client, embedded, manifest, progress: options.progress ?? (() => {}) }), {
      objectMode: false,
    });
    await pipeline(archive, createGzip({ level: 1 }), createWriteStream(draft, { mode: 0o600, flush: true }));
    renameSync(draft, target);
    await sync(dirname(target));
    return { file: target, files: Object.keys(manifest.files).length, size: statSync(target).size };
  } catch (error) {
    rmSync(draft, { force: true });
    throw folderRefusal(error, dirname(target));
  } finally {
    await client.end().catch(() => {});
  }
}

interface Packing {
  client: pg.Client;
  embedded: Embedded;
  manifest: Manifest;
  progress: (files: number) => void;
}

/**
 * PostgreSQL documentation, "Making a Base Backup Using the Low Level API": start, copy the files in any order with pg_control last,
 * stop, then add the label and the write-ahead log from start to stop. A temporary slot keeps that log from being removed.
 */
async function* pack(packing: Packing): AsyncGenerator<Buffer> {
  const { client, embedded, manifest } = packing;
  const place = "postgres";
  const spaces = await client.query("select 1 from pg_tablespace where spcname not in ('pg_default', 'pg_global')");
  if (spaces.rowCount) throw new Refusal("backup-tablespace", { folder: embedded.folder });
  await client.query("select pg_create_physical_replication_slot($1, true, true)", [`backup_${process.pid}_${Date.now()}`]);
  await client.query("select pg_backup_start($1, fast => true)", [`kerege ${manifest.madeAt}`]);
  yield* packFolder(packing, { from: embedded.cluster, to: place, skip: skippedInCluster });
  yield* packFile(packing, { from: join(embedded.cluster, "global/pg_control"), to: `${place}/global/pg_control`, mode: 0o600 });
  const { rows } = await client.query(
    "select labelfile, pg_walfile_name(lsn) as last from pg_backup_stop(wait_for_archive => false)",
  );
  const { labelfile, last } = rows[0] as { labelfile: string; last: string };
  const first = labelfile.match(/^START WAL LOCATION: \S+ \(file ([0-9A-F]{24})\)/m)?.[1] ?? last;
  const log = join(embedded.cluster, "pg_wal");
  for (const name of (await readdir(log)).sort()) {
    const wanted = name.endsWith(".history") || (/^[0-9A-F]{24}$/.test(name) && name >= first && name <= last);
    if (wanted) yield* packFile(packing, { from: join(log, name), to: `${place}/pg_wal/${name}`, mode: 0o600 });
  }
  yield* packText(packing, `${place}/backup_label`, labelfile);
  // The rest comes after the database: files are written before the rows that name them, so no row misses its file.
  yield* packFolder(packing, { from: embedded.folder, to: "", skip: (path) => path === "postgres" || passing.test(path) });
  yield* packText(packing, MANIFEST, JSON.stringify(manifest));
  yield ending;
}

/** What the same chapter of the documentation says to leave out, because a start makes it anew. */
function skippedInCluster(path: string): boolean {
  const [top, ...rest] = path.split("/");
  if (
    /^(postmaster\.(pid|opts)|backup_label(\.old)?|tablespace_map(\.old)?|current_logfiles)$/.test(path) ||
    path === "global/pg_control"
  )
    return true;
  if (/^pg_(dynshmem|notify|replslot|serial|snapshots|stat_tmp|subtrans)$/.test(top!) && rest.length > 0) return true;
  if (top === "pg_wal" && rest.length > 0 && !/^(archive_status|summaries)$/.test(rest.join("/"))) return true;
  return /(^|\/)(pgsql_tmp[^/]*|pg_internal\.init.*)$/.test(path);
}

async function* packFolder(
  packing: Packing,
  part: { from: string; to: string; skip: (path: string) => boolean },
): AsyncGenerator<Buffer> {
  const walk = async function* (below: string): AsyncGenerator<Buffer> {
    for (const entry of (await readdir(join(part.from, below), { withFileTypes: true })).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    )) {
      const path = below ? `${below}/${entry.name}` : entry.name;
      if (part.skip(path)) continue;
      const from = join(part.from, path);
      const to = part.to ? `${part.to}/${path}` : path;
      const mode = (lstatSync(from, { throwIfNoEntry: false })?.mode ?? 0o600) & 0o777;
      if (entry.isFile()) yield* packFile(packing, { from, to, mode });
      if (!entry.isDirectory()) continue;
      yield header({ path: to, kind: "folder", mode, size: 0 });
      yield* walk(path);
    }
  };
  if (part.to) yield header({ path: part.to, kind: "folder", mode: 0o700, size: 0 });
  yield* walk("");
}

async function* packFile(
  { manifest, progress }: Packing,
  { from, to, mode }: { from: string; to: string; mode: number },
): AsyncGenerator<Buffer> {
  const file = await openIfThere(from);
  if (!file) return;
  try {
    const { size } = await file.stat();
    const hash = createHash("sha256");
    yield header({ path: to, kind: "file", mode, size });
    for await (const part of contents(file, size)) {
      hash.update(part);
      yield part;
    }
    yield padding(size);
    manifest.files[to] = hash.digest("hex");
    progress(Object.keys(manifest.files).length);
  } finally {
    await file.close();
  }
}

async function* packText({ manifest }: Packing, path: string, text: string): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text);
  if (path !== MANIFEST) manifest.files[path] = createHash("sha256").update(bytes).digest("hex");
  yield header({ path, kind: "file", mode: 0o600, size: bytes.length });
  yield bytes;
  yield padding(bytes.length);
}

/**
 * Unpacks beside the folder, checks every file against the manifest, and only then puts it in place with one rename. What is there
 * already is never overwritten: with `moveAside` it is renamed, else the restore is refused.
 * @throws {Refusal}
 */
export async function restore(options: { file: string; folder: string; moveAside?: boolean }): Promise<RestoreReport> {
  const file = resolve(options.file);
  if (!existsSync(file)) throw new Refusal("backup-missing", { file });
  const folder = prepareFolder(options.folder);
  const lock = lockFolder(folder);
  const draft = `${folder}.part-${process.pid}`;
  try {
    const holds = readdirSync(folder).some((name) => !passing.test(name));
    if (holds && !options.moveAside) throw new Refusal("restore-not-empty", { folder });
    const manifest = await unpack(file, draft);
    const movedTo = holds ? `${folder}.before-${new Date().toISOString().replace(/[:.]/g, "-")}` : undefined;
    lock.release();
    if (movedTo) renameSync(folder, movedTo);
    else clear(folder);
    renameSync(draft, folder);
    await sync(dirname(folder));
    return { folder, files: Object.keys(manifest.files).length, madeAt: manifest.madeAt, ...(movedTo && { movedTo }) };
  } catch (error) {
    lock.release();
    rmSync(draft, { recursive: true, force: true });
    if (error instanceof Damaged) throw new Refusal("backup-unreadable", { file, reason: error.message }, error);
    if (error instanceof Error && "code" in error && /^Z_|^ERR_ZLIB/.test(String(error.code))) {
      throw new Refusal("backup-unreadable", { file, reason: "gzip" }, error);
    }
    throw folderRefusal(error, folder);
  }
}

/** A folder without state still may hold a journal of an earlier start. */
function clear(folder: string): void {
  for (const name of readdirSync(folder)) rmSync(join(folder, name), { recursive: true });
  rmdirSync(folder);
}

async function unpack(file: string, draft: string): Promise<Manifest> {
  const found: Record<string, string> = {};
  let manifest: Manifest | undefined;
  mkdirSync(draft, { mode: 0o700 });
  const visit = async (member: Member, body: AsyncGenerator<Buffer>) => {
    const place = join(draft, member.path);
    if (manifest || (place !== draft && !place.startsWith(draft + sep))) throw new Damaged(member.path);
    if (member.kind === "folder") {
      mkdirSync(place, { recursive: true, mode: member.mode });
    } else if (member.path === MANIFEST) {
      manifest = readManifest(await gather(body));
    } else {
      found[member.path] = await writeMember(place, member, body);
    }
  };
  // A decompression fault leaves through the pipeline, a fault of the archive through the reader.
  await pipeline(createReadStream(file), createGunzip(), async (source) => {
    await readArchive(source as AsyncIterable<Buffer>, visit);
  });
  if (!manifest) throw new Damaged("cut off");
  const names = Object.keys(manifest.files);
  const wrong =
    names.find((name) => manifest?.files[name] !== found[name]) ?? Object.keys(found).find((name) => !(name in manifest!.files));
  if (wrong !== undefined) throw new Damaged(wrong);
  return manifest;
}

async function gather(body: AsyncGenerator<Buffer>): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of body) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
}

function readManifest(text: string): Manifest {
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.format === 1 && typeof manifest.files === "object") return manifest;
  } catch (error) {
    throw new Damaged(MANIFEST, { cause: error });
  }
  throw new Damaged(MANIFEST);
}

async function writeMember(place: string, member: Member, body: AsyncGenerator<Buffer>): Promise<string> {
  mkdirSync(dirname(place), { recursive: true, mode: 0o700 });
  const hash = createHash("sha256");
  const file = await open(place, "wx", member.mode);
  try {
    for await (const part of body) {
      hash.update(part);
      await file.writeFile(part);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}

/** Makes the new name in a folder last through a power cut. */
async function sync(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  await handle.sync().finally(() => handle.close());
}
