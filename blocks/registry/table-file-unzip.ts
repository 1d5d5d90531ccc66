import { createInflateRaw } from "node:zlib";

const [LOCAL, CENTRAL, END] = [0x04034b50, 0x02014b50, 0x06054b50];
const MOST_PARTS = 500;

/**
 * How many bytes the parts of an archive come to (.ZIP File Format Specification, 4.3): all of them are unpacked once, kept nowhere,
 * and counted. What the archive says of itself may be a lie, and a few kilobytes may hold gigabytes. Infinity where there are more
 * than `most`, or where it is no archive that can be read.
 */
export async function unpackedBytes(file: Buffer, most: number): Promise<number> {
  const end = file.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]));
  if (end < 0 || end + 22 > file.length || file.readUInt32LE(end) !== END) return Number.POSITIVE_INFINITY;
  const parts = file.readUInt16LE(end + 10);
  if (parts > MOST_PARTS) return Number.POSITIVE_INFINITY;
  let at = file.readUInt32LE(end + 16);
  let total = 0;
  for (let part = 0; part < parts && total <= most; part++) {
    if (at + 46 > file.length || file.readUInt32LE(at) !== CENTRAL) return Number.POSITIVE_INFINITY;
    const [method, packed, from] = [file.readUInt16LE(at + 10), file.readUInt32LE(at + 20), file.readUInt32LE(at + 42)];
    at += 46 + file.readUInt16LE(at + 28) + file.readUInt16LE(at + 30) + file.readUInt16LE(at + 32);
    if (from + 30 > file.length || file.readUInt32LE(from) !== LOCAL) return Number.POSITIVE_INFINITY;
    const start = from + 30 + file.readUInt16LE(from + 26) + file.readUInt16LE(from + 28);
    const bytes = file.subarray(start, start + packed);
    total += method === 0 ? bytes.length : method === 8 ? await inflatedLength(bytes, most - total) : Number.POSITIVE_INFINITY;
  }
  return total > most ? Number.POSITIVE_INFINITY : total;
}

async function inflatedLength(bytes: Buffer, most: number): Promise<number> {
  const inflate = createInflateRaw();
  inflate.end(bytes);
  let length = 0;
  try {
    for await (const chunk of inflate) {
      length += (chunk as Buffer).length;
      if (length > most) break;
    }
  } catch {
    return Number.POSITIVE_INFINITY;
  }
  return length;
}
