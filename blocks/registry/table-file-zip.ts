import { pipeline } from "node:stream/promises";
import { crc32, createDeflateRaw } from "node:zlib";

/** A part of an archive, made while it is read. */
export interface ZipPart {
  name: string;
  content: AsyncIterable<string> | Iterable<string>;
}

interface Written {
  name: Buffer;
  crc: number;
  size: number;
  packed: number;
  at: number;
}

// Sizes follow the bytes (bit 3), names are UTF-8 (bit 11): .ZIP File Format Specification 4.4.4.
const FLAGS = 0x0808;
const DEFLATED = 8;
const VERSION = 20;
// 1 January 1980, the first day the format knows: the same records give the same bytes.
const DAY = 0x21;

/**
 * An archive (.ZIP File Format Specification, without ZIP64) as it is made: memory for one chunk, however long it becomes.
 * @throws {RangeError} where it gets longer than 4 GiB
 */
export async function* writeZip(parts: AsyncIterable<ZipPart>): AsyncGenerator<Buffer> {
  const written: Written[] = [];
  let at = 0;
  for await (const { name, content } of parts) {
    const one: Written = { name: Buffer.from(name), crc: 0, size: 0, packed: 0, at };
    const head = localHeader(one);
    yield head;
    for await (const chunk of deflated(one, content)) yield chunk;
    const tail = descriptor(one);
    yield tail;
    at += head.length + one.packed + tail.length;
    if (at > 0xffffffff || one.size > 0xffffffff) throw new RangeError("an archive of more than 4 GiB needs ZIP64");
    written.push(one);
  }
  const directory = Buffer.concat(written.map(centralHeader));
  yield directory;
  yield end({ parts: written.length, at, size: directory.length });
}

async function* deflated(one: Written, content: ZipPart["content"]): AsyncGenerator<Buffer> {
  const deflate = createDeflateRaw();
  const feed = pipeline(async function* () {
    for await (const text of content) {
      const bytes = Buffer.from(text);
      one.crc = crc32(bytes, one.crc);
      one.size += bytes.length;
      yield bytes;
    }
  }, deflate);
  // Who reads the archive may go away: the loop below then tears the pipeline down, and nobody waits for it any more.
  feed.catch(() => {});
  for await (const chunk of deflate) {
    one.packed += (chunk as Buffer).length;
    yield chunk as Buffer;
  }
  await feed;
}

/** Numbers of 2 or 4 bytes, little-endian. */
function bytesOf(...numbers: [value: number, length: 2 | 4][]): Buffer {
  const made = Buffer.alloc(numbers.reduce((sum, [, length]) => sum + length, 0));
  let at = 0;
  for (const [value, length] of numbers) at = made.writeUIntLE(value, at, length);
  return made;
}

function localHeader({ name }: Written): Buffer {
  const head = bytesOf([0x04034b50, 4], [VERSION, 2], [FLAGS, 2], [DEFLATED, 2], [0, 2], [DAY, 2]);
  return Buffer.concat([head, bytesOf([0, 4], [0, 4], [0, 4], [name.length, 2], [0, 2]), name]);
}

function descriptor({ crc, packed, size }: Written): Buffer {
  return bytesOf([0x08074b50, 4], [crc, 4], [packed, 4], [size, 4]);
}

function centralHeader({ name, crc, packed, size, at }: Written): Buffer {
  const head = bytesOf([0x02014b50, 4], [VERSION, 2], [VERSION, 2], [FLAGS, 2], [DEFLATED, 2], [0, 2], [DAY, 2]);
  const sizes = bytesOf([crc, 4], [packed, 4], [size, 4], [name.length, 2], [0, 2], [0, 2], [0, 2], [0, 2], [0, 4], [at, 4]);
  return Buffer.concat([head, sizes, name]);
}

function end({ parts, at, size }: { parts: number; at: number; size: number }): Buffer {
  return bytesOf([0x06054b50, 4], [0, 2], [0, 2], [parts, 2], [parts, 2], [size, 4], [at, 4], [0, 2]);
}
