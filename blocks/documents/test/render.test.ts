/** The page itself, with no database: what goes in is what is painted. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { deflateSync } from "node:zlib";
import { drawSymbol } from "@kerege/kernel/qr";
import { encodeQR } from "qr";
import { srgbProfile } from "../colour.ts";
import { parseFont, subsetFont } from "../font.ts";
import { layOut } from "../layout.ts";
import { breakLines, type Piece } from "../lines.ts";
import { createObjects } from "../objects.ts";
import { isOurPainting } from "../painting.ts";
import { writePdf } from "../pdf.ts";
import { PdfUnknown, readPdf } from "../pdf-read.ts";
import { drawQr, drawQrInRuns } from "../qr.ts";
import { openTypefaces } from "../typeface.ts";

const typefaces = openTypefaces();

/** Park and Miller's generator: the same trials at each run. */
function createChance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  return {
    next,
    below: (limit: number) => Math.floor(next() * limit),
    pick: <Value>(values: Value[]) => values[Math.floor(next() * values.length)]!,
  };
}

const printable = Array.from({ length: 0x2300 }, (_, code) => String.fromCharCode(code)).filter((one) => !typefaces.lacking(one));

function randomText(chance: ReturnType<typeof createChance>): string {
  return Array.from({ length: chance.below(120) }, () => (chance.below(7) === 0 ? " " : chance.pick(printable))).join("");
}

test("random text is broken into lines that hold all of it and stand inside the width", () => {
  const chance = createChance(20261105);
  for (let trial = 0; trial < 400; trial++) {
    const pieces: Piece[] = Array.from({ length: 1 + chance.below(3) }, () => ({
      text: randomText(chance),
      bold: chance.below(2) === 0,
    }));
    const size = 7 + chance.below(12);
    const width = 60 + chance.below(400);
    const lines = breakLines(pieces, { faces: typefaces, size, width });
    const whole = pieces.map(({ text }) => text).join("");
    const painted = lines.flatMap(({ runs }) => runs.map(({ text }) => text)).join("");
    assert.equal(painted, whole.replaceAll("\u00a0", " "));
    for (const { runs } of lines) {
      const last = runs.at(-1);
      if (!last) continue;
      const face = last.bold ? typefaces.bold : typefaces.regular;
      const end = last.x + face.width(last.text.trimEnd(), size);
      assert.ok(end <= width + 0.01, `${end} > ${width}: ${JSON.stringify(last.text)}`);
    }
  }
});

function paint(blocks: Parameters<typeof layOut>[0]["columns"][number]["blocks"], statement = "KRG1:ABC") {
  const code = drawQr(statement);
  const column = (language: string) => ({ language, codeText: "QR", blocks, check: { heading: "H", text: "T", note: "N" } });
  const { sheets, tags } = layOut(
    {
      heads: [
        { language: "ky", state: "S", body: "B" },
        { language: "en", state: "S", body: "B" },
      ],
      columns: [column("ky"), column("en")],
      foot: "C-2026-000001",
      modules: code.modules,
    },
    typefaces,
  );
  const pdf = writePdf({
    typefaces,
    sheets,
    tags,
    title: "Үлгү",
    language: "en",
    author: "B",
    at: new Date(0),
    code,
    attachments: [],
  });
  return { pdf, sheets, tags, code };
}

test("random documents are painted by our own rules only, each mark once, and read back", () => {
  const chance = createChance(7);
  for (let trial = 0; trial < 60; trial++) {
    const blocks = Array.from({ length: 1 + chance.below(40) }, () =>
      chance.pick([
        { kind: "p" as const, pieces: [{ text: randomText(chance), bold: false }] },
        { kind: "h2" as const, pieces: [{ text: randomText(chance), bold: false }] },
        { kind: "item" as const, marker: "•", pieces: [{ text: randomText(chance), bold: true }] },
        { kind: "fact" as const, label: randomText(chance), value: randomText(chance) },
      ]),
    );
    const { pdf, sheets, code } = paint(blocks);
    for (const content of sheets.contents) assert.ok(isOurPainting(Buffer.from(content, "latin1"), code.modules));
    const painted = sheets.contents.join("").matchAll(/<((?:[0-9a-f]{4})+)> Tj/g);
    const text = [...painted].map(([, hex]) => Buffer.from(hex!, "hex").swap16().toString("utf16le")).join("");
    const bare = (part: string) => part.replace(/[\s\u00a0\u202f]/g, "");
    for (const block of blocks)
      for (const part of block.kind !== "fact" ? block.pieces.map((piece) => piece.text) : [block.label, block.value]) {
        assert.ok(bare(text).includes(bare(part)) || sheets.contents.length > 1);
      }
    const reading = readPdf(pdf);
    assert.equal(reading.list(reading.dictionary(reading.root.get("Pages")).get("Kids")).length, sheets.contents.length);
  }
});

test("a long document goes on over pages, each with the code in its place and its number", () => {
  const { sheets } = paint(
    Array.from({ length: 60 }, (_, row) => ({ kind: "fact" as const, label: `Row ${row}`, value: "x ".repeat(60) })),
  );
  assert.ok(sheets.contents.length > 2);
  const places = sheets.contents.map(
    (content) => /cm \/Qr Do/.exec(content) && content.split("\n").find((line) => line.includes("/Qr Do")),
  );
  assert.equal(new Set(places).size, 1);
  for (const content of sheets.contents) {
    const lowest = Math.min(...[...content.matchAll(/Tf [\d.]+ ([\d.]+) Td/g)].map(([, y]) => Number(y)));
    assert.ok(lowest > 20, `text at ${lowest}`);
  }
});

test("fonts hold what the page shows: common letters alone, or all of them once a rare one stands in a fact", () => {
  const shown = (value: string) => {
    const { pdf } = paint([
      { kind: "h1", pieces: [{ text: "Справка", bold: false }] },
      { kind: "fact", label: "Адрес", value },
    ]);
    const reading = readPdf(pdf);
    const page = reading.dictionary(reading.list(reading.dictionary(reading.root.get("Pages")).get("Kids"))[0]);
    const fonts = reading.dictionary(reading.dictionary(page.get("Resources")).get("Font"));
    return ["F1", "F2"].map((resource) => {
      const font = reading.dictionary(fonts.get(resource));
      const descendant = reading.dictionary(reading.list(font.get("DescendantFonts"))[0]);
      const map = reading.stream(descendant.get("CIDToGIDMap")).content;
      const has = (letter: string) => {
        const at = 2 * letter.charCodeAt(0);
        return at + 2 <= map.length && map.readUInt16BE(at) !== 0;
      };
      return { has, size: pdf.length, name: (font.get("BaseFont") as { name: string }).name };
    });
  };
  const [common, heading] = shown("көчө Қабанбай, № 5 — ₸") as [ReturnType<typeof shown>[0], ReturnType<typeof shown>[0]];
  for (const letter of "ңөүәғқұһіҢӨҮӘҒҚҰҺІЁёЯя№₸«»—AZaz09@") assert.ok(common.has(letter), letter);
  for (const letter of "ğӯ€") assert.ok(!common.has(letter), letter);
  for (const letter of "Справка") assert.ok(heading.has(letter), letter);
  for (const letter of "жЖ9") assert.ok(!heading.has(letter), letter);
  const [rare] = shown("Ağrı") as [ReturnType<typeof shown>[0]];
  for (const letter of "ğıңЯӯ€") assert.ok(rare.has(letter), letter);
  assert.ok(rare.size > common.size);
  // Two cuts of one font never pass for each other where files are joined (9.9.2).
  assert.match(rare.name, /^[A-Z]{6}\+NotoSans-Regular$/);
  assert.notEqual(rare.name, common.name);
});

test("the drawing of the code has a bit for each module, inside its quiet zone", () => {
  const text = "KRG1:ABC 0123456789";
  const { modules, painting } = drawQr(text);
  const side = modules - 8;
  const parts = /^q (\d+) 0 0 \1 4 4 cm BI\/W \1\/H \1\/IM true\/D\[1 0\]\/F\/AHx ID ([0-9a-f]+)> EI Q\n$/.exec(
    painting.toString("latin1"),
  );
  assert.equal(Number(parts?.[1]), side);
  const bits = Buffer.from(parts![2]!, "hex");
  const dark = (x: number, y: number) => ((bits[y * Math.ceil(side / 8) + (x >> 3)]! >> (7 - (x & 7))) & 1) === 1;
  // The same modules as the rectangles that documents of 0.1 have.
  const runs = [
    ...drawQrInRuns(text)
      .painting.toString("latin1")
      .matchAll(/(\d+) (\d+) (\d+) 1 re/g),
  ].map((run) => run.slice(1).map(Number));
  const painted = new Set(
    runs.flatMap(([x, y, width]) => Array.from({ length: width! }, (_, step) => `${x! + step - 4} ${modules - 5 - y!}`)),
  );
  for (let y = 0; y < side; y++) for (let x = 0; x < side; x++) assert.equal(dark(x, y), painted.has(`${x} ${y}`), `${x} ${y}`);
});

test("the code is, module for module, the one that another program draws, in each of the forty versions", () => {
  const chance = createChance(11);
  const letters = [..."0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"];
  const sides = new Set<number>();
  for (let length = 2; length <= 3391; length += length < 700 ? 7 : 29) {
    // A text of one letter has the longest runs.
    const text = `K${Array.from({ length: length - 1 }, () => (length % 5 === 0 ? "A" : chance.pick(letters))).join("")}`;
    const { side, bits } = drawSymbol(text);
    const width = Math.ceil(side / 8);
    const expected = encodeQR(text, "raw", { ecc: "medium", border: 1 }).slice(1, -1);
    const rows = expected.map((row) =>
      row
        .slice(1, -1)
        .map((dark) => (dark ? "1" : "0"))
        .join(""),
    );
    const drawn = rows.map((_, y) => {
      const row = [...bits.subarray(y * width, (y + 1) * width)].map((byte) => byte.toString(2).padStart(8, "0")).join("");
      return row.slice(0, side);
    });
    assert.deepEqual(drawn, rows, `${length} characters`);
    sides.add(side);
  }
  assert.equal(sides.size, 40);
  drawSymbol("A".repeat(3391));
  assert.throws(() => drawSymbol("A".repeat(3392)), RangeError);
  assert.throws(() => drawQr("KRG1:a"), RangeError);
});

test("equal input gives equal bytes", () => {
  const blocks = [{ kind: "h1" as const, pieces: [{ text: "Справка № 1", bold: false }] }];
  assert.ok(paint(blocks).pdf.equals(paint(blocks).pdf));
  assert.ok(!paint(blocks).pdf.equals(paint(blocks, "KRG1:ABD").pdf));
});

test("the subset has the outlines and widths of the font, and every character the state writes with", () => {
  const files = ["400Regular/NotoSans_400Regular.ttf", "700Bold/NotoSans_700Bold.ttf"];
  for (const file of files) {
    const font = parseFont(readFileSync(new URL(import.meta.resolve(`@expo-google-fonts/noto-sans/${file}`))));
    const letters = [..."АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯңөүәғқұһіҢӨҮӘҒҚҰҺІ№₸€«»“”„–—…•ABCabcğşıçñ 0123456789"];
    const { glyphs, file: cut } = subsetFont(
      font,
      letters.map((letter) => letter.codePointAt(0)!),
    );
    assert.equal(glyphs.size, new Set(letters).size);
    // Tables of the cut file, found by their own directory.
    const tables = new Map(
      Array.from({ length: cut.readUInt16BE(4) }, (_, index) => {
        const entry = 12 + 16 * index;
        const start = cut.readUInt32BE(entry + 8);
        return [cut.toString("latin1", entry, entry + 4), cut.subarray(start, start + cut.readUInt32BE(entry + 12))] as const;
      }),
    );
    const [loca, glyf, hmtx] = ["loca", "glyf", "hmtx"].map((tag) => tables.get(tag)!) as [Buffer, Buffer, Buffer];
    for (const [codePoint, glyph] of glyphs) {
      const original = font.glyphOf(codePoint);
      assert.equal(hmtx.readUInt16BE(4 * glyph), font.advanceOf(original));
      const outline = glyf.subarray(loca.readUInt32BE(4 * glyph), loca.readUInt32BE(4 * glyph + 4));
      const wanted = font.outlineOf(original);
      if (wanted.length === 0 || wanted.readInt16BE(0) >= 0)
        assert.ok(outline.subarray(0, wanted.length).equals(wanted), String.fromCodePoint(codePoint));
      else assert.ok(outline.subarray(0, 10).equals(wanted.subarray(0, 10)), String.fromCodePoint(codePoint));
    }
    let sum = 0;
    for (let at = 0; at < cut.length; at += 4) sum = (sum + cut.readUInt32BE(at)) >>> 0;
    assert.equal(sum, 0xb1b0afba);
  }
});

test("the colour profile says its own length and turns white into the white of the profile", () => {
  const profile = srgbProfile();
  assert.equal(profile.readUInt32BE(0), profile.length);
  assert.equal(profile.toString("latin1", 36, 40), "acsp");
  const tag = (name: string) => {
    const entry = Array.from({ length: profile.readUInt32BE(128) }, (_, index) => 132 + 12 * index).find(
      (at) => profile.toString("latin1", at, at + 4) === name,
    )!;
    return profile.subarray(profile.readUInt32BE(entry + 4)).subarray(8, 20);
  };
  for (const axis of [0, 4, 8]) {
    const white = ["rXYZ", "gXYZ", "bXYZ"].reduce((sum, name) => sum + tag(name).readInt32BE(axis), 0);
    assert.ok(Math.abs(white - tag("wtpt").readInt32BE(axis)) <= 70, `${white} ${tag("wtpt").readInt32BE(axis)}`);
  }
});

test("a file of another make is unknown, and a damaged one is never more than that", () => {
  const { pdf } = paint([{ kind: "h1", pieces: [{ text: "x", bold: false }] }]);
  for (const broken of [Buffer.alloc(0), Buffer.from("%PDF-1.7"), pdf.subarray(0, -1), Buffer.concat([pdf, Buffer.from(" ")])]) {
    assert.throws(() => readPdf(broken), PdfUnknown);
  }
  const chance = createChance(3);
  for (let trial = 0; trial < 300; trial++) {
    const changed = Buffer.from(pdf);
    changed[pdf.length - 1 - chance.below(4000)] = chance.below(256);
    try {
      const reading = readPdf(changed);
      for (const page of reading.list(reading.dictionary(reading.root.get("Pages")).get("Kids")))
        reading.stream(reading.dictionary(page).get("Contents"));
    } catch (fault) {
      assert.ok(fault instanceof PdfUnknown, String(fault));
    }
  }
});

test("a packed bomb stops at its limit", () => {
  const objects = createObjects();
  const bomb = objects.addStream("/Filter/FlateDecode", deflateSync(Buffer.alloc(64 * 1024 * 1024)));
  const root = objects.add(`<</Bomb ${bomb} 0 R>>`);
  const reading = readPdf(objects.finish({ root, information: root, identity: [] }));
  assert.throws(() => reading.stream(reading.root.get("Bomb")), PdfUnknown);
});
