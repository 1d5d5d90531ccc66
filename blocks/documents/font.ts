/**
 * A TrueType font as the OpenType specification 1.9 describes it, as far as a document needs it: which glyph a character has
 * (`cmap` formats 4 and 12), how wide it is (`hmtx`), and its outline (`glyf`, `loca`).
 */

export interface Font {
  /** Units per em; all measures of the font are in these. */
  unitsPerEm: number;
  ascent: number;
  descent: number;
  capHeight: number;
  /** xMin, yMin, xMax, yMax over all glyphs. */
  box: [number, number, number, number];
  /** 100 to 900. */
  weight: number;
  glyphCount: number;
  /** 0 when the font has no glyph for the code point. */
  glyphOf(codePoint: number): number;
  advanceOf(glyph: number): number;
  leftBearingOf(glyph: number): number;
  /** The `glyf` record; empty for a glyph without an outline such as the space. */
  outlineOf(glyph: number): Buffer;
  /** A whole table, empty if the font has none. */
  table(tag: string): Buffer;
}

export class FontFault extends Error {}

/** Reads a font file with TrueType outlines; throws `FontFault` for any other. */
export function parseFont(file: Buffer): Font {
  if (file.length < 12 || file.readUInt32BE(0) !== 0x00010000) throw new FontFault("not a TrueType font");
  const tables = new Map<string, Buffer>();
  for (let index = 0; index < file.readUInt16BE(4); index++) {
    const entry = 12 + 16 * index;
    const start = file.readUInt32BE(entry + 8);
    tables.set(file.toString("latin1", entry, entry + 4), file.subarray(start, start + file.readUInt32BE(entry + 12)));
  }
  const table = (tag: string) => tables.get(tag) ?? Buffer.alloc(0);
  for (const tag of ["head", "hhea", "hmtx", "maxp", "cmap", "loca", "glyf", "OS/2"]) {
    if (table(tag).length === 0) throw new FontFault(`font without ${tag}`);
  }
  const [head, hhea, hmtx, loca, glyf, os2] = [
    table("head"),
    table("hhea"),
    table("hmtx"),
    table("loca"),
    table("glyf"),
    table("OS/2"),
  ];
  const longLoca = head.readInt16BE(50) === 1;
  const offsetOf = (glyph: number) => (longLoca ? loca.readUInt32BE(4 * glyph) : 2 * loca.readUInt16BE(2 * glyph));
  const metrics = hhea.readUInt16BE(34);
  const characters = readCharacters(table("cmap"));
  return {
    unitsPerEm: head.readUInt16BE(18),
    ascent: hhea.readInt16BE(4),
    descent: hhea.readInt16BE(6),
    // sCapHeight exists from version 2 of the table on.
    capHeight: os2.readUInt16BE(0) >= 2 ? os2.readInt16BE(88) : hhea.readInt16BE(4),
    box: [head.readInt16BE(36), head.readInt16BE(38), head.readInt16BE(40), head.readInt16BE(42)],
    weight: os2.readUInt16BE(4),
    glyphCount: table("maxp").readUInt16BE(4),
    glyphOf: (codePoint) => characters.get(codePoint) ?? 0,
    // Glyphs past the last full metric share its width; their bearings follow alone.
    advanceOf: (glyph) => hmtx.readUInt16BE(4 * Math.min(glyph, metrics - 1)),
    leftBearingOf: (glyph) => hmtx.readInt16BE(glyph < metrics ? 4 * glyph + 2 : 4 * metrics + 2 * (glyph - metrics)),
    outlineOf: (glyph) => glyf.subarray(offsetOf(glyph), offsetOf(glyph + 1)),
    table,
  };
}

function readCharacters(cmap: Buffer): Map<number, number> {
  const characters = new Map<number, number>();
  for (let index = 0; index < cmap.readUInt16BE(2); index++) {
    const subtable = cmap.subarray(cmap.readUInt32BE(4 + 8 * index + 4));
    const format = subtable.readUInt16BE(0);
    if (format === 4) readFormat4(subtable, characters);
    else if (format === 12) readFormat12(subtable, characters);
  }
  if (characters.size === 0) throw new FontFault("font without a Unicode map of format 4 or 12");
  return characters;
}

function readFormat4(map: Buffer, characters: Map<number, number>): void {
  const segments = map.readUInt16BE(6) / 2;
  const [ends, starts] = [14, 16 + 2 * segments];
  const [deltas, ranges] = [starts + 2 * segments, starts + 4 * segments];
  for (let segment = 0; segment < segments; segment++) {
    const end = map.readUInt16BE(ends + 2 * segment);
    const delta = map.readUInt16BE(deltas + 2 * segment);
    const rangeAt = ranges + 2 * segment;
    const range = map.readUInt16BE(rangeAt);
    const start = map.readUInt16BE(starts + 2 * segment);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const direct = range === 0 ? code : map.readUInt16BE(rangeAt + range + 2 * (code - start));
      if (direct !== 0) characters.set(code, (direct + delta) & 0xffff);
    }
  }
}

function readFormat12(map: Buffer, characters: Map<number, number>): void {
  for (let group = 0; group < map.readUInt32BE(12); group++) {
    const at = 16 + 12 * group;
    const [start, end, glyph] = [map.readUInt32BE(at), map.readUInt32BE(at + 4), map.readUInt32BE(at + 8)];
    for (let code = start; code <= end; code++) characters.set(code, glyph + code - start);
  }
}

const WORDS = 0x0001;
const SCALE = 0x0008;
const MORE = 0x0020;
const SCALE_XY = 0x0040;
const MATRIX = 0x0080;

/** Where the glyph numbers stand in a composite outline; none in a simple one. */
function componentsOf(outline: Buffer): number[] {
  const places: number[] = [];
  if (outline.length === 0 || outline.readInt16BE(0) >= 0) return places;
  let at = 10;
  let flags = MORE;
  while (flags & MORE) {
    flags = outline.readUInt16BE(at);
    places.push(at + 2);
    at += 4 + (flags & WORDS ? 4 : 2) + (flags & SCALE ? 2 : flags & SCALE_XY ? 4 : flags & MATRIX ? 8 : 0);
  }
  return places;
}

export interface Subset {
  /** A font file for embedding: outlines and measures only. */
  file: Buffer;
  /** Glyph of each code point in the new file. */
  glyphs: Map<number, number>;
}

/** Keeps the glyphs of the code points that the font has, the parts they are put together from, and `.notdef`. */
export function subsetFont(font: Font, codePoints: Iterable<number>): Subset {
  const order = [0];
  const numbers = new Map([[0, 0]]);
  const keep = (glyph: number): number => {
    const known = numbers.get(glyph);
    if (known !== undefined) return known;
    numbers.set(glyph, order.length);
    order.push(glyph);
    return order.length - 1;
  };
  const glyphs = new Map<number, number>();
  for (const codePoint of codePoints) {
    const glyph = font.glyphOf(codePoint);
    if (glyph !== 0) glyphs.set(codePoint, keep(glyph));
  }
  const outlines: Buffer[] = [];
  // `order` grows while parts of composites are met.
  for (let index = 0; index < order.length; index++) {
    const outline = Buffer.from(font.outlineOf(order[index]!));
    for (const place of componentsOf(outline)) outline.writeUInt16BE(keep(outline.readUInt16BE(place)), place);
    outlines.push(Buffer.concat([outline, Buffer.alloc(-outline.length & 3)]));
  }
  return { file: writeFont(font, order, outlines), glyphs };
}

function writeFont(font: Font, order: number[], outlines: Buffer[]): Buffer {
  const loca = Buffer.alloc(4 * (order.length + 1));
  const hmtx = Buffer.alloc(4 * order.length);
  let offset = 0;
  for (const [index, glyph] of order.entries()) {
    loca.writeUInt32BE(offset, 4 * index);
    offset += outlines[index]!.length;
    hmtx.writeUInt16BE(font.advanceOf(glyph), 4 * index);
    hmtx.writeInt16BE(font.leftBearingOf(glyph), 4 * index + 2);
  }
  loca.writeUInt32BE(offset, 4 * order.length);
  const head = Buffer.from(font.table("head"));
  head.writeInt16BE(1, 50);
  head.writeUInt32BE(0, 8);
  const hhea = Buffer.from(font.table("hhea"));
  hhea.writeUInt16BE(order.length, 34);
  const maxp = Buffer.from(font.table("maxp"));
  maxp.writeUInt16BE(order.length, 4);
  const hints = ["cvt ", "fpgm", "prep"]
    .map((tag): [string, Buffer] => [tag, font.table(tag)])
    .filter(([, bytes]) => bytes.length > 0);
  const file = joinTables([
    ["glyf", Buffer.concat(outlines)],
    ["head", head],
    ["hhea", hhea],
    ["hmtx", hmtx],
    ["loca", loca],
    ["maxp", maxp],
    ...hints,
  ]);
  // The sum of the whole file, this field counted as 0, must come to this constant (`head`, checksumAdjustment).
  const headAt = file.indexOf(head);
  file.writeUInt32BE((0xb1b0afba - checksum(file)) >>> 0, headAt + 8);
  return file;
}

function joinTables(tables: [string, Buffer][]): Buffer {
  tables.sort(([a], [b]) => (a < b ? -1 : 1));
  const power = 2 ** Math.floor(Math.log2(tables.length));
  const header = Buffer.alloc(12 + 16 * tables.length);
  header.writeUInt32BE(0x00010000, 0);
  header.writeUInt16BE(tables.length, 4);
  header.writeUInt16BE(16 * power, 6);
  header.writeUInt16BE(Math.log2(power), 8);
  header.writeUInt16BE(16 * (tables.length - power), 10);
  const parts = [header];
  let offset = header.length;
  for (const [index, [tag, bytes]] of tables.entries()) {
    const padded = Buffer.concat([bytes, Buffer.alloc(-bytes.length & 3)]);
    const entry = 12 + 16 * index;
    header.write(tag, entry, "latin1");
    header.writeUInt32BE(checksum(padded), entry + 4);
    header.writeUInt32BE(offset, entry + 8);
    header.writeUInt32BE(bytes.length, entry + 12);
    offset += padded.length;
    parts.push(padded);
  }
  return Buffer.concat(parts);
}

function checksum(bytes: Buffer): number {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 4) sum = (sum + bytes.readUInt32BE(at)) >>> 0;
  return sum;
}
