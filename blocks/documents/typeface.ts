/**
 * The two faces of a document. What is embedded is cut to what a document shows, and kept ready packed: the regular face to the
 * letters of our languages, since facts are written in it and differ each time; the bold one to its own few words.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { deflateSync } from "node:zlib";
import { srgbProfile } from "./colour.ts";
import { type Font, parseFont, type Subset, subsetFont } from "./font.ts";
import { createKept } from "./kept.ts";
import { createObjects, type Foundation, type Objects } from "./objects.ts";

export interface Face {
  /** Name of the font in a page's resources. */
  resource: Resource;
  /** Width of a text in points. */
  width(text: string, size: number): number;
}

export type Resource = "F1" | "F2";

export interface Typefaces {
  /** F1. */
  regular: Face;
  /** F2. */
  bold: Face;
  /** Height of capitals as a part of the size. */
  capHeight: number;
  /** The first character that cannot be printed, if any. */
  lacking(text: string): string | undefined;
  /** Fonts with all characters of the texts, which stand in the faces. */
  embed(shown: Record<Resource, string>): Embedded;
}

export interface Embedded {
  foundation: Foundation;
  /** Object numbers in the foundation. */
  fonts: Record<Resource, number>;
  profile: number;
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

/** What nearly every document makes do with: the letters of Kyrgyz, Russian, Kazakh and English. */
const ONLY_COMMON = /^[ -~А-яЁё\u00a0§«»·ӘәҒғҚқҢңӨөҰұҮүҺһІі–—‘’“”„•…№₸]*$/;
export const isCommon = (text: string): boolean => ONLY_COMMON.test(text);
const COMMON = CHARACTERS.filter((codePoint) => ONLY_COMMON.test(String.fromCharCode(codePoint)));

/** Kept foundations, some 20 KB each: a kind of document in a language needs one. */
const MAX_KEPT = 64;

let opened: Typefaces | undefined;

/** Reads the fonts at the first call (some 20 ms). */
export function openTypefaces(): Typefaces {
  opened ??= makeTypefaces();
  return opened;
}

function makeTypefaces(): Typefaces {
  const regular = openFace("400Regular/NotoSans_400Regular.ttf", { name: "NotoSans-Regular", resource: "F1" });
  const bold = openFace("700Bold/NotoSans_700Bold.ttf", { name: "NotoSans-Bold", resource: "F2" });
  const unicode = deflateSync(toUnicode(), { level: 9 });
  const profile = deflateSync(srgbProfile(), { level: 9 });
  const regularCuts = { common: onDemand(() => regular.cut(COMMON)), all: onDemand(() => regular.cut(CHARACTERS)) };
  const kept = { embedded: createKept<Embedded>(MAX_KEPT), letters: createKept<string>(MAX_KEPT) };

  const write = (cuts: Record<Resource, Cut>): Embedded => {
    const objects = createObjects();
    const meanings = objects.addStream("/Filter/FlateDecode", unicode);
    const fonts = { F1: cuts.F1.write(objects, meanings), F2: cuts.F2.write(objects, meanings) };
    const intent = objects.addStream("/N 3/Filter/FlateDecode", profile);
    return { fonts, profile: intent, foundation: objects.freeze() };
  };

  return {
    regular: regular.face,
    bold: bold.face,
    capHeight: regular.font.capHeight / regular.font.unitsPerEm,
    lacking: (text) => [...text].find((character) => !regular.has(character.codePointAt(0)!)),
    embed({ F1, F2 }) {
      const common = isCommon(F1);
      const letters = kept.letters.of(F2, () => [...new Set(F2)].sort().join(""));
      return kept.embedded.of(`${common} ${letters}`, () =>
        write({
          F1: common ? regularCuts.common() : regularCuts.all(),
          F2: bold.cut([...letters].map((character) => character.codePointAt(0)!)),
        }),
      );
    },
  };
}

function onDemand<Made>(make: () => Made): () => Made {
  let made: Made | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

/** A face cut to some characters and packed. */
interface Cut {
  /** Gives the number of the font. */
  write(objects: Objects, toUnicode: number): number;
}

interface OpenFace {
  font: Font;
  face: Face;
  has(codePoint: number): boolean;
  cut(codePoints: number[]): Cut;
}

/**
 * A font of type 0 whose character codes are Unicode itself (UTF-16), so that what is painted and what is read out are written
 * once; `CIDToGIDMap` leads from the code to the glyph (9.7.4).
 */
function openFace(file: string, names: { name: string; resource: Resource }): OpenFace {
  const font = parseFont(readFileSync(createRequire(import.meta.url).resolve(`@expo-google-fonts/noto-sans/${file}`)));
  const widths = new Uint16Array(0x10000);
  const permille = (units: number) => Math.round((units * 1000) / font.unitsPerEm);
  const present = new Set(CHARACTERS.filter((codePoint) => font.glyphOf(codePoint) !== 0));
  for (const codePoint of present) widths[codePoint] = permille(font.advanceOf(font.glyphOf(codePoint)));
  return {
    font,
    face: {
      resource: names.resource,
      width(text, size) {
        let sum = 0;
        for (let index = 0; index < text.length; index++) sum += widths[text.charCodeAt(index)]!;
        return (sum * size) / 1000;
      },
    },
    has: (codePoint) => present.has(codePoint),
    cut(codePoints) {
      const subset = subsetFont(font, codePoints);
      const name = `${tagOf(codePoints)}+${names.name}`;
      const outlines = deflateSync(subset.file, { level: 9 });
      const glyphs = deflateSync(glyphMap(subset), { level: 9 });
      const runs = widthRuns(subset, widths);
      // Flags 32: an ordinary text font (table 123).
      const described =
        `<</Type/FontDescriptor/FontName/${name}/Flags 32/FontBBox[${font.box.map(permille).join(" ")}]/ItalicAngle 0` +
        `/Ascent ${permille(font.ascent)}/Descent ${permille(font.descent)}/CapHeight ${permille(font.capHeight)}` +
        `/StemV ${font.weight >= 600 ? 140 : 80}/FontWeight ${font.weight}`;
      return {
        write(objects, toUnicode) {
          const inside = objects.addStream(`/Length1 ${subset.file.length}/Filter/FlateDecode`, outlines);
          const map = objects.addStream("/Filter/FlateDecode", glyphs);
          const descriptor = objects.add(`${described}/FontFile2 ${inside} 0 R>>`);
          const descendant = objects.add(
            `<</Type/Font/Subtype/CIDFontType2/BaseFont/${name}/CIDSystemInfo<</Registry(Adobe)/Ordering(Identity)/Supplement 0>>` +
              `/FontDescriptor ${descriptor} 0 R/DW ${permille(font.advanceOf(0))}/W[${runs}]/CIDToGIDMap ${map} 0 R>>`,
          );
          return objects.add(
            `<</Type/Font/Subtype/Type0/BaseFont/${name}/Encoding/Identity-H/DescendantFonts[${descendant} 0 R]/ToUnicode ${toUnicode} 0 R>>`,
          );
        },
      };
    },
  };
}

/** Six capitals that tell one choice of characters from another (9.9.2). */
function tagOf(codePoints: number[]): string {
  const digest = createHash("sha256")
    .update(String.fromCodePoint(...codePoints))
    .digest();
  return String.fromCharCode(...digest.subarray(0, 6).map((byte) => 0x41 + (byte % 26)));
}

function glyphMap({ glyphs }: Subset): Buffer {
  const map = Buffer.alloc(2 * (Math.max(0, ...glyphs.keys()) + 1));
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
  return last < 0 ? "" : `${text}]`;
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
