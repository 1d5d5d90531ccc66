import { type FileHandle, open } from "node:fs/promises";

/** One member of a tar archive (POSIX.1-1988 ustar with pax extended headers, POSIX.1-2001, for long names). */
export interface Member {
  path: string;
  kind: "file" | "folder";
  mode: number;
  size: number;
}

const BLOCK = 512;
/** Seconds since 1970; fixed, so that the same content gives the same archive. */
const TIME = 0;

export function header({ path, kind, mode, size }: Member): Buffer {
  const name = kind === "folder" ? `${path}/` : path;
  if (Buffer.byteLength(name) <= 100 && size < 8 ** 11) return block(name, { type: kind === "folder" ? "5" : "0", mode, size });
  const records = Buffer.concat([record("path", name), record("size", String(size))]);
  const cut = Buffer.from(name).subarray(0, 90).toString("latin1");
  return Buffer.concat([
    block("pax", { type: "x", mode: 0o600, size: records.length }),
    records,
    padding(records.length),
    block(cut, { type: kind === "folder" ? "5" : "0", mode, size: Math.min(size, 8 ** 11 - 1) }),
  ]);
}

/** `length key=value\n`, where the length counts its own digits. */
function record(key: string, value: string): Buffer {
  const rest = Buffer.byteLength(` ${key}=${value}\n`);
  let length = rest + String(rest).length;
  length = rest + String(length).length;
  return Buffer.from(`${length} ${key}=${value}\n`);
}

function block(name: string, { type, mode, size }: { type: string; mode: number; size: number }): Buffer {
  const bytes = Buffer.alloc(BLOCK);
  const octal = (value: number, at: number, length: number) =>
    bytes.write(`${value.toString(8).padStart(length - 1, "0")}\0`, at, "latin1");
  bytes.write(name, 0, 100, type === "x" ? "latin1" : "utf8");
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(TIME, 136, 12);
  bytes.write("        ", 148, "latin1");
  bytes.write(type, 156, "latin1");
  bytes.write("ustar\0", 257, "latin1");
  bytes.write("00", 263, "latin1");
  bytes.write(`${sum(bytes).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return bytes;
}

function sum(bytes: Buffer): number {
  return bytes.reduce((total, byte) => total + byte, 0);
}

export function padding(size: number): Buffer {
  return Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
}

export const ending = Buffer.alloc(2 * BLOCK);

/**
 * The bytes of a file that may change while it is read: exactly `size` of them, as the header has promised. What the database
 * adds meanwhile is in its write-ahead log; what it cuts off is filled with zeros.
 */
export async function* contents(file: FileHandle, size: number): AsyncGenerator<Buffer> {
  let left = size;
  while (left > 0) {
    const { bytesRead, buffer } = await file.read({ buffer: Buffer.allocUnsafe(Math.min(left, 1 << 18)) });
    if (bytesRead === 0) break;
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
  for (; left > 0; left -= Math.min(left, 1 << 18)) yield Buffer.alloc(Math.min(left, 1 << 18));
}

export type Visitor = (member: Member, body: AsyncGenerator<Buffer>) => Promise<void>;

/** A stream is not the archive it should be. */
export class Damaged extends Error {}

/** Reads an archive as a stream and shows each member to the visitor, which must read the body to its end. */
export async function readArchive(source: AsyncIterable<Buffer>, visit: Visitor): Promise<void> {
  const reader = new Reader(source);
  let long: Record<string, string> = {};
  for (;;) {
    const bytes = await reader.exactly(BLOCK);
    if (bytes.every((byte) => byte === 0)) return;
    const stored = Number.parseInt(bytes.toString("latin1", 148, 154), 8);
    if (stored !== sum(Buffer.concat([bytes.subarray(0, 148), Buffer.from("        "), bytes.subarray(156)])))
      throw new Damaged("header checksum");
    const type = bytes.toString("latin1", 156, 157);
    const size = Number.parseInt(bytes.toString("latin1", 124, 135), 8);
    if (type === "x") {
      long = records(await reader.exactly(size));
      await reader.exactly(padding(size).length);
      continue;
    }
    const path = (long.path ?? text(bytes.subarray(0, 100))).replace(/\/$/, "");
    const whole = long.size ? Number(long.size) : size;
    const member: Member = {
      path,
      kind: type === "5" ? "folder" : "file",
      mode: Number.parseInt(bytes.toString("latin1", 100, 107), 8),
      size: whole,
    };
    long = {};
    await visit(member, reader.body(whole));
    await reader.exactly(padding(whole).length);
  }
}

function text(bytes: Buffer): string {
  const end = bytes.indexOf(0);
  return bytes.toString("utf8", 0, end < 0 ? bytes.length : end);
}

function records(bytes: Buffer): Record<string, string> {
  const found: Record<string, string> = {};
  let at = 0;
  while (at < bytes.length) {
    const length = Number.parseInt(bytes.toString("latin1", at, bytes.indexOf(32, at)), 10);
    if (!(length > 0)) throw new Damaged("extended header");
    const [key = "", ...value] = bytes.toString("utf8", bytes.indexOf(32, at) + 1, at + length - 1).split("=");
    found[key] = value.join("=");
    at += length;
  }
  return found;
}

class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(size: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const part of this.body(size)) parts.push(part);
    return Buffer.concat(parts);
  }

  async *body(size: number): AsyncGenerator<Buffer> {
    let left = size;
    while (left > 0) {
      if (this.#held.length === 0) {
        const next = await this.#source.next();
        if (next.done) throw new Damaged("cut off");
        this.#held = next.value;
      }
      const part = this.#held.subarray(0, left);
      this.#held = this.#held.subarray(part.length);
      left -= part.length;
      yield part;
    }
  }
}

/** Opens a file that may vanish meanwhile. */
export async function openIfThere(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
