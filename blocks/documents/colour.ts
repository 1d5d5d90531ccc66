/**
 * The colour profile of sRGB (IEC 61966-2-1) in the form of ICC.1:2010 (version 4.3): what grey and colour mean in a document
 * that must look the same in a hundred years (ISO 19005-3, 6.2.3).
 */

/** Red, green and blue of ITU-R BT.709, adapted from D65 to the profile's white D50 by the Bradford transform. */
const PRIMARIES = {
  rXYZ: [0.436066, 0.222488, 0.013916],
  gXYZ: [0.385147, 0.716873, 0.097076],
  bXYZ: [0.143066, 0.060608, 0.714096],
};
const WHITE_D50 = [0.9642, 1, 0.8249];
const BRADFORD_D65_TO_D50 = [1.047882, 0.022919, -0.050201, 0.029587, 0.990479, -0.017059, -0.009232, 0.015076, 0.751678];
/** ((x + 0.055) / 1.055)^2.4 from 0.04045 on, x / 12.92 below. */
const CURVE = [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045];

export function srgbProfile(): Buffer {
  const curve = Buffer.concat([Buffer.from("para\0\0\0\0\0\x03\0\0", "latin1"), fixed(CURVE)]);
  const tags: [string, Buffer][] = [
    ["desc", unicodeText("sRGB")],
    ["cprt", unicodeText("Public facts of IEC 61966-2-1")],
    ["wtpt", xyz(WHITE_D50)],
    ["chad", Buffer.concat([Buffer.from("sf32\0\0\0\0", "latin1"), fixed(BRADFORD_D65_TO_D50)])],
    ...Object.entries(PRIMARIES).map(([tag, value]): [string, Buffer] => [tag, xyz(value)]),
    ["rTRC", curve],
    ["gTRC", curve],
    ["bTRC", curve],
  ];
  const table = Buffer.alloc(4 + 12 * tags.length);
  table.writeUInt32BE(tags.length);
  const bodies: Buffer[] = [];
  const places = new Map<Buffer, number>();
  let offset = 128 + table.length;
  for (const [index, [tag, body]] of tags.entries()) {
    if (!places.has(body)) {
      places.set(body, offset);
      const padded = Buffer.concat([body, Buffer.alloc(-body.length & 3)]);
      bodies.push(padded);
      offset += padded.length;
    }
    table.write(tag, 4 + 12 * index, "latin1");
    table.writeUInt32BE(places.get(body)!, 8 + 12 * index);
    table.writeUInt32BE(body.length, 12 + 12 * index);
  }
  return Buffer.concat([header(offset), table, ...bodies]);
}

function header(size: number): Buffer {
  const bytes = Buffer.alloc(128);
  bytes.writeUInt32BE(size, 0);
  bytes.writeUInt32BE(0x04300000, 8);
  bytes.write("mntrRGB XYZ ", 12, "latin1");
  // Year, month, day of the profile: a fixed day, so that the bytes are always the same.
  for (const [index, part] of [2026, 1, 1].entries()) bytes.writeUInt16BE(part, 24 + 2 * index);
  bytes.write("acsp", 36, "latin1");
  fixed(WHITE_D50).copy(bytes, 68);
  return bytes;
}

/** Numbers as s15Fixed16. */
function fixed(values: number[]): Buffer {
  const bytes = Buffer.alloc(4 * values.length);
  for (const [index, value] of values.entries()) bytes.writeInt32BE(Math.round(value * 65536), 4 * index);
  return bytes;
}

const xyz = (value: number[]): Buffer => Buffer.concat([Buffer.from("XYZ \0\0\0\0", "latin1"), fixed(value)]);

/** multiLocalizedUnicodeType with one English text. */
function unicodeText(text: string): Buffer {
  const head = Buffer.alloc(28);
  head.write("mluc", 0, "latin1");
  head.writeUInt32BE(1, 8);
  head.writeUInt32BE(12, 12);
  head.write("enUS", 16, "latin1");
  head.writeUInt32BE(2 * text.length, 20);
  head.writeUInt32BE(28, 24);
  return Buffer.concat([head, Buffer.from(text, "utf16le").swap16()]);
}
