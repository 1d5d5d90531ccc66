import { createHash } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Queryable, Transaction } from "@kerege/kernel/database";
import { createLook, kindName, passiveKinds } from "./content-look.ts";
import type { RegistryDoor } from "./door.ts";
import type { ContentDoor } from "./door-content.ts";
import type { Wrong } from "./field-types.ts";
import { DEFAULT_BYTES } from "./field-types-parts.ts";
import { allowChange } from "./ground.ts";
import { problem } from "./problems.ts";
import type { Published } from "./registers.ts";
import {
  dropCut,
  dropPieces,
  dropUnused,
  findContent,
  findContents,
  findPiece,
  noteContent,
  useContents,
  writePiece,
} from "./store-content.ts";
import type { CompiledRegister } from "./store-sql.ts";
import type { Weighed } from "./survey.ts";

const PIECE = 256 * 1024;
/** What was brought may be recorded so long, and goes after twice as long: never while somebody records it. */
const WAITS_MS = 86_400_000;
const CHUNK = 500;

const wrongFile = (register: string, field: string, { key, params }: Wrong) =>
  problem("wrong-value", {
    params: { register },
    fields: [{ pointer: `/values/${field}`, key: `registry.fields.${key}`, ...(params && { params }) }],
  });

/** Keeps and gives out the content of files, in the database with everything else: one backup, one transaction, every node. */
export function createContents(
  means: Pick<Means, "database" | "clock" | "ids">,
  { published, read }: { published: Published; read: RegistryDoor["read"] },
): ContentDoor & { clean(): Promise<void> } {
  const { database, clock } = means;

  const fieldOf = (name: string, field: string) => {
    const register = published.register(name);
    const declared = Object.hasOwn(register.expanded.declared.fields, field)
      ? register.expanded.declared.fields[field]
      : undefined;
    if (declared?.type !== "file") throw problem("unknown-field", { params: { register: name, field } });
    return { register, declared };
  };

  return {
    async keepFile(actor, { register: name, field, type, source, sha256 }) {
      const { register, declared } = fieldOf(name, field);
      const setting = Object.values(register.declaration.events).filter(({ sets }) => sets.includes(field));
      allowChange(
        actor,
        register.declaration,
        setting.flatMap(({ by = [] }) => by),
      );
      if (actor.kind === "person") throw problem("not-owner", { params: { register: name } });
      if (!(declared.media ?? passiveKinds).includes(type))
        throw wrongFile(name, field, { key: "file-not-kind", params: { type: kindName(type) } });
      const [content, hash, look] = [means.ids.next(), createHash("sha256"), createLook(type)];
      const most = declared.bytes ?? DEFAULT_BYTES;
      let [size, pieces] = [0, 0];
      try {
        for await (const bytes of pieced(source)) {
          size += bytes.length;
          if (size > most) throw wrongFile(name, field, { key: "too-large", params: { bytes: most } });
          hash.update(bytes);
          look.take(bytes);
          await writePiece(database, { content, piece: pieces++, bytes });
        }
        const wrong = look.end();
        if (wrong) throw wrongFile(name, field, wrong);
        const made = hash.digest("hex");
        if (sha256 !== undefined && sha256 !== made) throw wrongFile(name, field, { key: "file-differs" });
        const kept = { sha256: made, type, size };
        const fresh = await noteContent(database, { ...kept, register: name, body: actor.body, content, at: clock.now() });
        if (!fresh) await dropPieces(database, [content]);
        return kept;
      } catch (error) {
        await dropPieces(database, [content]);
        throw error;
      }
    },

    async openFile(actor, { field, ...request }) {
      const { expanded, declaration } = published.register(request.register);
      const file = expanded.composites.get(field);
      const columns = file?.declared.type === "file" ? file.parts : [];
      // Who may not read the record at all hears that, and not which files there are.
      const found = await read(actor, { ...request, fields: [columns.length > 0 ? field : declaration.key] });
      if (!found || columns.length === 0) return undefined;
      const part = (name: string) => found.values[columns.find((one) => one.name === name)!.column] ?? null;
      const sha256 = part("sha256");
      const held = sha256 === null ? undefined : await findContent(database, request.register, String(sha256));
      if (!held) return undefined;
      return {
        sha256: held.sha256,
        type: String(part("type")),
        size: held.size,
        name: String(part("name")),
        content: () => bytesOf(database, held),
      };
    },

    async clean() {
      const before = new Date(clock.now().getTime() - 2 * WAITS_MS);
      await dropCut(database, before);
      while ((await dropUnused(database, { before, limit: CHUNK })) === CHUNK);
    },
  };
}

/** In pieces of one size, whatever came from the network. */
async function* pieced(source: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer, void> {
  let [waiting, length] = [[] as Buffer[], 0];
  for await (const chunk of source) {
    waiting.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length));
    length += chunk.length;
    if (length < PIECE) continue;
    const whole = Buffer.concat(waiting);
    let start = 0;
    for (; length - start >= PIECE; start += PIECE) yield whole.subarray(start, start + PIECE);
    [waiting, length] = [[whole.subarray(start)], length - start];
  }
  if (length > 0) yield Buffer.concat(waiting);
}

/** The bytes of a content in order; the last piece is held back until all have the fingerprint. */
export async function* bytesOf(
  on: Queryable,
  { content, sha256, size }: { content: string; sha256: string; size: number },
): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  const count = Math.ceil(size / PIECE);
  for (let piece = 0; piece < count; piece++) {
    const bytes = await findPiece(on, content, piece);
    if (!bytes) throw problem("tampered");
    hash.update(bytes);
    if (piece === count - 1 && hash.digest("hex") !== sha256) throw problem("tampered");
    yield bytes;
  }
}

interface FileColumns {
  field: string;
  sha256: string;
  type: string;
  size: string;
}
const files = new WeakMap<CompiledRegister, FileColumns[]>();

/** Fields of a register that are files, with the columns of their parts. */
function filesOf(register: CompiledRegister): FileColumns[] {
  let found = files.get(register);
  if (!found) {
    found = [...register.expanded.composites].flatMap(([field, { declared, parts }]) => {
      if (declared.type !== "file") return [];
      const column = (name: string) => parts.find((part) => part.name === name)!.column;
      return [{ field, sha256: column("sha256"), type: column("type"), size: column("size") }];
    });
    files.set(register, found);
  }
  return found;
}

/** Adds where a file is named whose content is not there for who names it, or is not what is said of it. */
export async function weighContents(
  on: Queryable,
  register: CompiledRegister,
  { all, at }: { all: { weighed: Weighed; actor: Actor }[]; at: Date },
): Promise<void> {
  for (const file of filesOf(register)) {
    const asked = all.flatMap(({ weighed, actor }) => {
      const sha256 = weighed.values[file.sha256];
      const body = actor.kind === "person" ? "" : actor.body;
      return typeof sha256 === "string" ? [{ weighed, key: weighed.key, sha256, body }] : [];
    });
    if (asked.length === 0) continue;
    const since = new Date(at.getTime() - WAITS_MS);
    const found = await findContents(on, register.declaration.register, { files: asked, since });
    for (const [index, { weighed }] of asked.entries()) {
      const held = found[index];
      const fits = held && held.type === weighed.values[file.type] && held.size === weighed.values[file.size];
      if (!fits)
        weighed.faults.push({
          pointer: `/values/${file.field}`,
          key: `registry.fields.${held ? "not-file" : "file-missing"}`,
        });
    }
  }
}

/** Notes which records have which files. @throws {Problem} `registry.wrong-value` where content went meanwhile */
export async function noteContents(tx: Transaction, register: CompiledRegister, all: Weighed[]): Promise<void> {
  for (const file of filesOf(register)) {
    const uses = all.flatMap(({ key, values }) => {
      const sha256 = values[file.sha256];
      return typeof sha256 === "string" ? [{ key, sha256 }] : [];
    });
    const name = register.declaration.register;
    if (uses.length > 0 && !(await useContents(tx, name, uses))) throw wrongFile(name, file.field, { key: "file-missing" });
  }
}

export const hasFiles = (register: CompiledRegister): boolean => filesOf(register).length > 0;

/** Media types that files of a register may have. */
export function kindsOfFiles({ expanded }: CompiledRegister): string[] {
  const fields = [...expanded.composites.values()].filter(({ declared }) => declared.type === "file");
  return [...new Set(fields.flatMap(({ declared }) => declared.media ?? passiveKinds))];
}

/** Whether an event brings a file. */
export function namesFile(register: CompiledRegister, values: Weighed["values"]): boolean {
  return filesOf(register).some(({ sha256 }) => typeof values[sha256] === "string");
}
