/** The two faces of a document, cut to the characters a document may have and written once per process. */
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateSync } from "node:zlib";
import { srgbProfile } from "./colour.ts";
import { type Font, parseFont, type Subset, subsetFont } from "./font.ts";
import { createObjects, type Foundation, type Objects } from "./objects.ts";

export interface Face {
  /** Name of the font in a page's resources. */
  resource: "F1" | "F2";
  /** Width of a text in points. */
  width(text: string, size: number): number;
}

export interface Typefaces {
  regular: Face;
  bold: Face;
  /** Height of capitals as a part of the size. */
  capHeight: number;
  foundation: Foundation;
  /** Object numbers in the foundation. */
  fonts: { F1: number; F2: number };
  profile: number;
  /** The first character that cannot be printed, if any. */
  lacking(text: string): string | undefined;
}

const range = (first: number, last: number) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

/**
 * Characters a document may have: Latin with the letters of European and Turkic languages, Cyrillic with those of Kyrgyz, Kazakh,
 * Tajik and other neighbours, digits, punctuation, № and signs of money. Nothing invisible and nothing that turns the direction.
 */
const CHARACTERS = [
  ...range(0x20, 0x7e),
  ...range(0xa0, 0xac),
  ...range(0xae, 0x17f),
  ...[0x18f, 0x259, ...range(0x218, 0x21b), 0x2bb, 0x2bc],
  ...range(0x400, 0x45f),
  ...range(0x48a, 0x4ff),
  ...range(0x2010, 0x2015),
  ...range(0x2018, 0x201f),
  ...[0x2022, 0x2026, 0x202f, 0x2032, 0x2033, 0x2039, 0x203a, 0x20ac, 0x20b8, 0x20bd, 0x2116, 0x2212],
];

let opened: Typefaces | undefined;

/** Reads and cuts the fonts at the first call (some 50 ms). */
export function openTypefaces(): Typefaces {
  opened ??= makeTypefaces();
  return opened;
}

function makeTypefaces(): Typefaces {
  const objects = createObjects();
  const shared: Shared = {
    toUnicode: objects.addStream("/Filter/FlateDecode", deflateSync(toUnicode(), { level: 9 })),
    objects,
  };
  const regular = embed(
    readFont("400Regular/NotoSans_400Regular.ttf"),
    { name: "KRGAAA+NotoSans-Regular", resource: "F1" },
    shared,
  );
  const bold = embed(readFont("700Bold/NotoSans_700Bold.ttf"), { name: "KRGAAB+NotoSans-Bold", resource: "F2" }, shared);
  const profile = objects.addStream("/N 3/Filter/FlateDecode", deflateSync(srgbProfile(), { level: 9 }));
  return {
    regular: regular.face,
    bold: bold.face,
    capHeight: regular.font.capHeight / regular.font.unitsPerEm,
    foundation: objects.freeze(),
    fonts: { F1: regular.number, F2: bold.number },
    profile,
    lacking: (text) => [...text].find((character) => !regular.subset.glyphs.has(character.codePointAt(0)!)),
  };
}

function readFont(file: string): Font {
  return parseFont(readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${file}`)));
}

interface Shared {
  objects: Objects;
  toUnicode: number;
}

/**
 * A font of type 0 whose character codes are Unicode itself (UTF-16), so that what is painted and what is read out are written
 * once; `CIDToGIDMap` leads from the code to the glyph (9.7.4).
 */
function embed(font: Font, names: { name: string; resource: Face["resource"] }, { objects, toUnicode }: Shared) {
  const subset = subsetFont(font, CHARACTERS);
  const widths = new Uint16Array(0x10000);
  const permille = (units: number) => Math.round((units * 1000) / font.unitsPerEm);
  for (const codePoint of subset.glyphs.keys()) widths[codePoint] = permille(font.advanceOf(font.glyphOf(codePoint)));
  const file = objects.addStream(`/Length1 ${subset.file.length}/Filter/FlateDecode`, deflateSync(subset.file, { level: 9 }));
  const glyphs = objects.addStream("/Filter/FlateDecode", deflateSync(glyphMap(subset), { level: 9 }));
  // Flags 32: an ordinary text font (table 123).
  const descriptor = objects.add(
    `<</Type/FontDescriptor/FontName/${names.name}/Flags 32/FontBBox[${font.box.map(permille).join(" ")}]/ItalicAngle 0` +
      `/Ascent ${permille(font.ascent)}/Descent ${permille(font.descent)}/CapHeight ${permille(font.capHeight)}` +
      `/StemV ${font.weight >= 600 ? 140 : 80}/FontWeight ${font.weight}/FontFile2 ${file} 0 R>>`,
  );
  const descendant = objects.add(
    `<</Type/Font/Subtype/CIDFontType2/BaseFont/${names.name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>` +
      `/FontDescriptor ${descriptor} 0 R/DW ${permille(font.advanceOf(0))}/W[${widthRuns(subset, widths)}]/CIDToGIDMap ${glyphs} 0 R>>`,
  );
  const number = objects.add(
    `<</Type/Font/Subtype/Type0/BaseFont/${names.name}/Encoding/Identity-H/DescendantFonts[${descendant} 0 R]/ToUnicode ${toUnicode} 0 R>>`,
  );
  const face: Face = {
    resource: names.resource,
    width(text, size) {
      let sum = 0;
      for (let index = 0; index < text.length; index++) sum += widths[text.charCodeAt(index)]!;
      return (sum * size) / 1000;
    },
  };
  return { face, font, subset, number };
}

function glyphMap({ glyphs }: Subset): Buffer {
  const map = Buffer.alloc(2 * (Math.max(...glyphs.keys()) + 1));
  for (const [codePoint, glyph] of glyphs) map.writeUInt16BE(glyph, 2 * codePoint);
  return map;
}

function widthRuns({ glyphs }: Subset, widths: Uint16Array): string {
  let text = "";
  let last = -1;
  for (const codePoint of [...glyphs.keys()].sort((a, b) => a - b)) {
    text += codePoint === last + 1 ? ` ${widths[codePoint]}` : `${last < 0 ? "" : "]"}${codePoint}[${widths[codePoint]}`;
    last = codePoint;
  }
  return `${text}]`;
}

/** Each code means itself. A range may not cross a byte (9.10.3), hence one for each block of 256. */
function toUnicode(): Buffer {
  const blocks = [...new Set(CHARACTERS.map((codePoint) => codePoint >> 8))].sort((a, b) => a - b);
  const hex = (value: number) => `<${value.toString(16).padStart(4, "0")}>`;
  // U+0000 is not allowed as a meaning (ISO 19005-3, 6.2.11.7.2).
  const ranges = blocks.map(
    (block) => `${hex(Math.max(block << 8, 0x20))}${hex((block << 8) | 0xff)}${hex(Math.max(block << 8, 0x20))}`,
  );
  return Buffer.from(
    `/CIDInit/ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo<</Registry(Adobe)/Ordering(UCS)/Supplement 0>>def\n` +
      `/CMapName/Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000><ffff>\nendcodespacerange\n` +
      `${ranges.length} beginbfrange\n${ranges.join("\n")}\nendbfrange\nendcmap\nCMapName currentdict /CMap defineresource pop\nend\nend`,
    "latin1",
  );
}
