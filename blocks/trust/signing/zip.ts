/**
 * ZIP archives as signed containers need them (.ZIP File Format Specification 6.3): read strictly, so that no two programs see other
 * files in the same bytes. Every byte belongs to one entry, the directory or its end; sizes are what really comes out; names are unique
 * and lead nowhere else. No ZIP64, no encryption, no links.
 */
import { crc32, deflateRawSync } from "node:zlib";
import { InflateFault, inflate } from "./inflate.ts";

export type ZipEntry = { readonly name: string; readonly content: Buffer; readonly isStored: boolean };

/** The bytes are not an archive of the kind that is read here. */
export class ZipFault extends Error {
  override readonly name = "ZipFault";
}

const LIMITS = { entries: 1000, entry: 64 * 1024 * 1024, total: 96 * 1024 * 1024, name: 255 } as const;
const SIGNATURE = { local: 0x04034b50, central: 0x02014b50, end: 0x06054b50, descriptor: 0x08074b50 } as const;
const FLAG = { encrypted: 0x0001, descriptor: 0x0008, utf8: 0x0800, deflateLevel: 0x0006 } as const;
const [STORED, DEFLATED] = [0, 8];
const UNIX = 3;
const KIND_MASK = 0o170000;
const [REGULAR, FOLDER] = [0o100000, 0o040000];
const MAX_COMMENT = 1024;

type Central = {
  readonly name: string;
  readonly flags: number;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly at: number;
};

/** In the order in which they stand. Folders, which have no content, are left out. Throws ZipFault. */
export function readZip(bytes: Buffer): ZipEntry[] {
  const entries = readDirectory(bytes);
  entries.sort((a, b) => a.at - b.at);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > LIMITS.total || entries.some(({ size }) => size > LIMITS.entry)) throw new ZipFault("content too large");
  const seen = new Set<string>();
  const read: ZipEntry[] = [];
  const { directoryAt } = endOf(bytes);
  for (const [i, entry] of entries.entries()) {
    const isFolder = checkName(entry.name);
    // Systems that fold case or compose letters would write one over the other.
    const folded = entry.name.normalize("NFC").toLowerCase();
    if (seen.has(folded)) throw new ZipFault("name given twice");
    seen.add(folded);
    const content = readEntry(bytes, entry, entries[i + 1]?.at ?? directoryAt);
    if (isFolder && content.length > 0) throw new ZipFault("folder with content");
    if (!isFolder) read.push({ name: entry.name, content, isStored: entry.method === STORED });
  }
  if (entries[0] && entries[0].at !== 0) throw new ZipFault("something before the first entry");
  return read;
}

function endOf(bytes: Buffer): { count: number; directoryAt: number; endAt: number } {
  for (let at = bytes.length - 22; at >= Math.max(0, bytes.length - 22 - MAX_COMMENT); at--) {
    if (bytes.readUInt32LE(at) !== SIGNATURE.end || at + 22 + bytes.readUInt16LE(at + 20) !== bytes.length) continue;
    const [disk, first, here, count] = [4, 6, 8, 10].map((offset) => bytes.readUInt16LE(at + offset));
    const [size, directoryAt] = [bytes.readUInt32LE(at + 12), bytes.readUInt32LE(at + 16)];
    if (disk !== 0 || first !== 0 || here !== count || directoryAt + size !== at) throw new ZipFault("end of the directory");
    if (count! > LIMITS.entries) throw new ZipFault("too many entries");
    return { count: count!, directoryAt, endAt: at };
  }
  throw new ZipFault("no directory");
}

function readDirectory(bytes: Buffer): Central[] {
  const { count, directoryAt, endAt } = endOf(bytes);
  const entries: Central[] = [];
  let at = directoryAt;
  for (let i = 0; i < count; i++) {
    if (at + 46 > endAt || bytes.readUInt32LE(at) !== SIGNATURE.central) throw new ZipFault("directory broken");
    const [nameLength, extraLength, commentLength, disk] = [28, 30, 32, 34].map((offset) => bytes.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
      number,
    ];
    const next = at + 46 + nameLength + extraLength + commentLength;
    if (next > endAt || disk !== 0 || nameLength === 0 || nameLength > LIMITS.name) throw new ZipFault("directory broken");
    const [maker, kind] = [bytes[at + 5]!, (bytes.readUInt32LE(at + 38) >>> 16) & KIND_MASK];
    // A link would be content here and a way out of the folder elsewhere.
    if (maker === UNIX && kind !== 0 && kind !== REGULAR && kind !== FOLDER) throw new ZipFault("link or device");
    entries.push({
      name: nameIn(bytes.subarray(at + 46, at + 46 + nameLength)),
      flags: bytes.readUInt16LE(at + 8),
      method: bytes.readUInt16LE(at + 10),
      crc: bytes.readUInt32LE(at + 16),
      packed: bytes.readUInt32LE(at + 20),
      size: bytes.readUInt32LE(at + 24),
      at: bytes.readUInt32LE(at + 42),
    });
    at = next;
  }
  if (at !== endAt) throw new ZipFault("something behind the directory");
  return entries;
}

function nameIn(bytes: Buffer): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new ZipFault("name not UTF-8");
  }
}

/** True for a folder. Throws ZipFault for a name that leads out of the container or is not what it looks like. */
function checkName(name: string): boolean {
  const isFolder = name.endsWith("/");
  const parts = (isFolder ? name.slice(0, -1) : name).split("/");
  const isBad =
    parts.some((part) => part === "" || part === "." || part === "..") ||
    /[\\:*?"<>|\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name) ||
    !name.isWellFormed();
  if (isBad) throw new ZipFault("name not allowed");
  return isFolder;
}

function readEntry(bytes: Buffer, entry: Central, end: number): Buffer {
  const { at, flags, method, crc, packed, size } = entry;
  if (at + 30 > end || bytes.readUInt32LE(at) !== SIGNATURE.local) throw new ZipFault("entry broken");
  const hasDescriptor = (flags & FLAG.descriptor) !== 0;
  if ((flags & ~(FLAG.descriptor | FLAG.utf8 | FLAG.deflateLevel)) !== 0) throw new ZipFault("kind of entry");
  const [nameLength, extraLength] = [bytes.readUInt16LE(at + 26), bytes.readUInt16LE(at + 28)];
  const from = at + 30 + nameLength + extraLength;
  const sizes = [14, 18, 22].map((offset) => bytes.readUInt32LE(at + offset));
  const saysSame =
    bytes.readUInt16LE(at + 6) === flags &&
    bytes.readUInt16LE(at + 8) === method &&
    nameIn(bytes.subarray(at + 30, at + 30 + nameLength)) === entry.name &&
    [crc, packed, size].every((value, i) => sizes[i] === value || (hasDescriptor && sizes[i] === 0));
  if (!saysSame || from + packed > end) throw new ZipFault("entry and directory differ");
  if (!endsWell(bytes, from + packed, { end, hasDescriptor, entry })) throw new ZipFault("something between entries");
  const content = unpack(bytes.subarray(from, from + packed), method, size);
  if (content.length !== size || crc32(content) !== crc) throw new ZipFault("content is not what it says");
  return content;
}

type Tail = { end: number; hasDescriptor: boolean; entry: Central };

function endsWell(bytes: Buffer, at: number, { end, hasDescriptor, entry }: Tail): boolean {
  if (!hasDescriptor) return at === end;
  const marked = end - at === 16 && bytes.readUInt32LE(at) === SIGNATURE.descriptor;
  if (!marked && end - at !== 12) return false;
  const from = marked ? at + 4 : at;
  return [entry.crc, entry.packed, entry.size].every((value, i) => bytes.readUInt32LE(from + i * 4) === value);
}

function unpack(packed: Buffer, method: number, size: number): Buffer {
  if (method === STORED) return packed;
  if (method !== DEFLATED) throw new ZipFault("way of packing");
  try {
    // Never more than was declared, so a bomb does not unfold.
    return inflate(packed, size);
  } catch (fault) {
    if (fault instanceof InflateFault) throw new ZipFault("content cannot be unpacked");
    throw fault;
  }
}

// Writing ----------------------------------------------------------------------------------------------------------

export type NewEntry = { readonly name: string; readonly content: Uint8Array; readonly isStored?: boolean };

/** 1 January 1980, the first day the format knows: the same files give the same bytes. */
const DAY = 0x21;

export function writeZip(entries: readonly NewEntry[]): Buffer {
  const pieces: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const { name, content, isStored = false } of entries) {
    checkName(name);
    const deflated = isStored ? undefined : deflateRawSync(content);
    const isSmaller = deflated !== undefined && deflated.length < content.length;
    const packed = isSmaller ? deflated : Buffer.from(content.buffer, content.byteOffset, content.length);
    const head = headOf({
      name,
      method: isSmaller ? DEFLATED : STORED,
      crc: crc32(content),
      packed: packed.length,
      size: content.length,
    });
    pieces.push(head.local, packed);
    directory.push(head.central(at));
    at += head.local.length + packed.length;
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(SIGNATURE.end, 0);
  end.writeUInt16LE(entries.length, 8);
  end.writeUInt16LE(entries.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...pieces, central, end]);
}

type Head = { name: string; method: number; crc: number; packed: number; size: number };

function headOf({ name, method, crc, packed, size }: Head): { local: Buffer; central: (at: number) => Buffer } {
  const bytes = Buffer.from(name);
  const common = Buffer.alloc(26);
  common.writeUInt16LE(20, 0);
  common.writeUInt16LE(bytes.length === name.length ? 0 : FLAG.utf8, 2);
  common.writeUInt16LE(method, 4);
  common.writeUInt16LE(DAY, 8);
  common.writeUInt32LE(crc, 10);
  common.writeUInt32LE(packed, 14);
  common.writeUInt32LE(size, 18);
  common.writeUInt16LE(bytes.length, 22);
  const number = (value: number): Buffer => {
    const made = Buffer.alloc(4);
    made.writeUInt32LE(value);
    return made;
  };
  return {
    local: Buffer.concat([number(SIGNATURE.local), common, bytes]),
    // Extra, comment, disk, attributes: nothing; then where the entry stands.
    central: (at) =>
      Buffer.concat([number(SIGNATURE.central), Buffer.from([20, 0]), common, Buffer.alloc(10), number(at), bytes]),
  };
}
