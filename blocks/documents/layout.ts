/** Sets a document on A4: one language over the whole width, or two side by side with each row at the same height. */
import { breakLines, type Line, type Piece } from "./lines.ts";
import { createInk, createSheets, createTag, type Ink, type Run, type Sheets, type Tag, type TagKind } from "./sheet.ts";
import type { Face, Typefaces } from "./typeface.ts";

/** Broken lines of texts that many documents have, by where they stand; kept with the texts, and no longer. */
export type KeptLines = Map<string, Line[]>;

/** One row of a document in one language. What is kept is of the pieces, or of the label. */
export type Block = { kept?: KeptLines | undefined } & (
  | { kind: "state" | "body" | "h1" | "h2" | "number" | "p" | "small"; pieces: Piece[] }
  | { kind: "item"; marker: string; pieces: Piece[] }
  | { kind: "fact"; label: string; value: string }
);

export interface Column {
  language: string;
  /** What is read out in place of the code. */
  codeText: string;
  /** The same kinds in the same order in each column. */
  blocks: Block[];
  /** How to check; beside the code on every page. */
  check: { heading: string; text: string; note: string; kept?: KeptLines | undefined };
}

/** Who speaks, on top of the first page. */
export interface Head {
  language: string;
  state: string;
  body: string;
  kept?: KeptLines | undefined;
}

export interface Composition {
  /** One or two languages. */
  heads: Head[];
  columns: Column[];
  /** Stands at the foot of documents longer than a page. */
  foot: string;
  modules: number;
}

export interface Painted {
  sheets: Sheets;
  tags: Tag;
}

const MM = 72 / 25.4;
export const PAGE = { width: 595.276, height: 841.89 };
const MARGIN = { side: 22 * MM, top: 18 * MM, bottom: 16 * MM };
const WIDTH = PAGE.width - 2 * MARGIN.side;
const GAP = 24;
/** The code stands at this place on every page of every document. */
const CODE_SIDE = 40 * MM;
const CODE_GAP = 10;
const FOOT_TOP = MARGIN.bottom + CODE_SIDE + 14;
const LABEL_SHARE = 0.34;
const BLACK = 0;
const SOFT = 0.36;
const HAIRLINE = { thickness: 0.5, grey: 0.72 };

interface Style {
  size: number;
  leading: number;
  before: number;
  bold?: boolean;
  grey?: number;
}

type StyleName = Block["kind"] | "label";

/** One language: the reader has the whole width. */
const WIDE: Record<StyleName, Style> = {
  state: { size: 9.5, leading: 13, before: 0, grey: SOFT },
  body: { size: 11, leading: 15, before: 1, bold: true },
  h1: { size: 19, leading: 24, before: 40, bold: true },
  h2: { size: 12.5, leading: 16, before: 18, bold: true },
  number: { size: 10.5, leading: 15, before: 6 },
  p: { size: 11, leading: 16, before: 14 },
  small: { size: 8.5, leading: 12, before: 12, grey: SOFT },
  item: { size: 11, leading: 16, before: 4 },
  fact: { size: 11, leading: 15, before: 0 },
  label: { size: 9.5, leading: 15, before: 0, grey: SOFT },
};

/** Two languages, each in half the width. */
const NARROW: Record<StyleName, Style> = {
  ...WIDE,
  state: { size: 8.5, leading: 12, before: 0, grey: SOFT },
  body: { size: 10, leading: 13.5, before: 1, bold: true },
  h1: { size: 15, leading: 19, before: 34, bold: true },
  h2: { size: 11, leading: 14.5, before: 16, bold: true },
  number: { size: 9.5, leading: 13.5, before: 5 },
  p: { size: 9.5, leading: 13.5, before: 12 },
  small: { size: 8, leading: 11, before: 10, grey: SOFT },
  item: { size: 9.5, leading: 13.5, before: 3 },
  fact: { size: 10.5, leading: 14, before: 0 },
  label: { size: 8, leading: 11, before: 0, grey: SOFT },
};

const FACT_PADDING = 5;
const ITEM_INDENT = 16;

/** A block broken into lines for a column, with the height it takes. */
interface Set {
  block: Block;
  lines: Line[];
  labels: Line[];
  height: number;
}

export function layOut({ heads, columns, foot, modules }: Composition, typefaces: Typefaces): Painted {
  const sheets = createSheets();
  const root = createTag(undefined, "Document");
  const setter = setterOf(typefaces, columns.length);
  const sections = columns.map(({ language }) => {
    const tag = createTag(root, "Sect");
    tag.language = language;
    return { tag, group: undefined as Tag | undefined };
  });
  const rows = columns[0]!.blocks.map((_, index) => columns.map((column) => setter.set(column.blocks[index]!)));
  const foots = sections.map(({ tag }) => createTag(tag, "Sect"));
  let y = 0;
  // The foot is painted when the page is full, so that also programs that follow the order of painting read it last.
  const endPage = () => paintFoot({ columns, foots, modules, sheets, setter, root });
  const turn = () => {
    if (sheets.contents.length > 0) endPage();
    sheets.turn();
    y = PAGE.height - MARGIN.top;
  };
  turn();
  y = paintHeads(heads, { sheets, typefaces, root, sections: sections.map(({ tag }) => tag), y });
  for (const [index, row] of rows.entries()) {
    const block = row[0]!.block;
    const previous = rows[index - 1]?.[0]?.block.kind;
    const next = rows[index + 1]?.[0]?.block.kind;
    const opens = block.kind === "fact" && previous !== "fact";
    const before = opens ? 18 : setter.style(block.kind).before;
    const height = Math.max(...row.map((set) => set.height));
    const atTop = y === PAGE.height - MARGIN.top;
    if (!atTop && y - before - height < FOOT_TOP) turn();
    else if (!atTop) y -= before;
    if (block.kind === "fact") sheets.rule({ x: MARGIN.side, y, width: WIDTH, ...HAIRLINE });
    for (const [column, set] of row.entries()) {
      const section = sections[column]!;
      if (set.block.kind !== previous) section.group = undefined;
      setter.paint(set, { sheets, section, x: setter.left(column), y });
    }
    y -= height;
    if (block.kind === "fact" && next !== "fact") sheets.rule({ x: MARGIN.side, y, width: WIDTH, ...HAIRLINE });
  }
  endPage();
  // What is read at the foot comes after the rest.
  for (const [column, { tag }] of sections.entries()) {
    tag.children = [...tag.children.filter((child) => child !== foots[column]), foots[column]!];
  }
  if (sheets.contents.length > 1) numberPages(sheets, { foot, typefaces });
  return { sheets, tags: root };
}

interface HeadPlace {
  sheets: Sheets;
  typefaces: Typefaces;
  root: Tag;
  sections: Tag[];
  y: number;
}

/** The state and the body in each language over a rule; gives the height below it. */
function paintHeads(heads: Head[], { sheets, typefaces, root, sections, y }: HeadPlace): number {
  const setter = setterOf(typefaces, heads.length);
  let below = y;
  for (const [index, { language, state, body, kept }] of heads.entries()) {
    const known = sections.find((section) => section.language === language);
    const tag = known ?? createTag(root, "Sect");
    tag.language = language;
    let top = y;
    for (const [kind, text] of [["state", state] as const, ["body", body] as const]) {
      const set = setter.set({ kind, pieces: [{ text, bold: false }], kept });
      setter.paint(set, { sheets, section: { tag, group: undefined }, x: setter.left(index), y: top });
      top -= set.height + 1;
    }
    below = Math.min(below, top);
  }
  // What the head says is read before the rest, also where its language has no column.
  root.children.sort((one, other) => Number(sections.includes(one)) - Number(sections.includes(other)));
  sheets.rule({ x: MARGIN.side, y: below - 8, width: WIDTH, thickness: 1, grey: BLACK });
  return below - 8;
}

interface Painting {
  sheets: Sheets;
  section: { tag: Tag; group: Tag | undefined };
  x: number;
  y: number;
}

type Setter = ReturnType<typeof createSetter>;
const setters = new WeakMap<Typefaces, Map<number, Setter>>();

function setterOf(typefaces: Typefaces, columns: number): Setter {
  const byColumns = setters.get(typefaces) ?? new Map<number, Setter>();
  setters.set(typefaces, byColumns);
  const setter = byColumns.get(columns) ?? createSetter(typefaces, columns);
  byColumns.set(columns, setter);
  return setter;
}

/** A text to be broken: in a style, into a width; kept when it is one of many documents. */
interface Breaking {
  name: StyleName;
  room: number;
  kept?: KeptLines | undefined;
  /** Tells this place from others of the style. */
  place?: string;
}

function createSetter(typefaces: Typefaces, columns: number) {
  const styles = columns === 1 ? WIDE : NARROW;
  const width = columns === 1 ? WIDTH : (WIDTH - GAP) / 2;
  const valueWidth = columns === 1 ? width * (1 - LABEL_SHARE) : width;
  const style = (name: StyleName) => styles[name];
  const broken = (pieces: Piece[], { name, room, kept, place = name }: Breaking): Line[] => {
    const key = kept && `${columns} ${place}`;
    const known = key && kept.get(key);
    if (known) return known;
    const { bold, size } = style(name);
    const weighted = bold ? pieces.map(({ text }) => ({ text, bold: true })) : pieces;
    const lines = breakLines(weighted, { faces: typefaces, size, width: room });
    if (key) kept.set(key, lines);
    return lines;
  };
  const inks = Object.fromEntries(
    Object.entries(styles).map(([name, { size, grey = BLACK }]) => {
      const ink = (face: Face) => createInk({ face, size, grey });
      return [name, { regular: ink(typefaces.regular), bold: ink(typefaces.bold) }];
    }),
  ) as Record<StyleName, { regular: Ink; bold: Ink }>;
  const write = (tag: Tag | undefined, lines: Line[], place: { sheets: Sheets; name: StyleName; x: number; y: number }) => {
    const { size, leading } = style(place.name);
    const ink = inks[place.name];
    // The first line hangs from the top by its capitals, so that rows of different sizes stand level.
    const first = place.y - (leading + size * typefaces.capHeight) / 2;
    const runs: Run[] = [];
    for (const [index, line] of lines.entries()) {
      const y = first - index * leading;
      for (const run of line.runs) runs.push({ written: run, ink: run.bold ? ink.bold : ink.regular, x: place.x + run.x, y });
    }
    place.sheets.write(tag, runs);
  };

  const set = (block: Block): Set => {
    const { leading } = style(block.kind);
    if (block.kind === "fact") {
      const room = columns === 1 ? width * LABEL_SHARE - 12 : width;
      const labels = broken([{ text: block.label, bold: false }], { name: "label", room, kept: block.kept });
      const lines = broken([{ text: block.value, bold: false }], { name: "fact", room: valueWidth });
      const [labelHeight, valueHeight] = [labels.length * style("label").leading, lines.length * leading];
      const height = 2 * FACT_PADDING + (columns === 1 ? Math.max(labelHeight, valueHeight) : labelHeight + valueHeight);
      return { block, labels, lines, height };
    }
    const indent = block.kind === "item" ? ITEM_INDENT : 0;
    const lines = broken(block.pieces, { name: block.kind, room: width - indent, kept: block.kept });
    return { block, labels: [], lines, height: lines.length * leading };
  };

  const paint = ({ block, labels, lines }: Set, { sheets, section, x, y }: Painting) => {
    if (block.kind === "fact") {
      section.group ??= createTag(section.tag, "Table");
      const row = createTag(section.group, "TR");
      const top = y - FACT_PADDING;
      const [valueX, valueY] = columns === 1 ? [x + width * LABEL_SHARE, top] : [x, top - labels.length * style("label").leading];
      write(createTag(row, "TH"), labels, { sheets, name: "label", x, y: top });
      write(createTag(row, "TD"), lines, { sheets, name: "fact", x: valueX, y: valueY });
    } else if (block.kind === "item") {
      section.group ??= createTag(section.tag, "L");
      const item = createTag(section.group, "LI");
      const marker: Line = { runs: [{ text: block.marker, bold: false, x: 0 }] };
      write(createTag(item, "Lbl"), [marker], { sheets, name: "item", x, y });
      write(createTag(item, "LBody"), lines, { sheets, name: "item", x: x + ITEM_INDENT, y });
    } else {
      const kind: TagKind = block.kind === "h1" ? "H1" : block.kind === "h2" ? "H2" : "P";
      write(createTag(section.tag, kind), lines, { sheets, name: block.kind, x, y });
    }
  };
  return { style, set, paint, write, broken, left: (column: number) => MARGIN.side + column * (width + GAP) };
}

interface Foot {
  columns: Column[];
  foots: Tag[];
  modules: number;
  sheets: Sheets;
  setter: Setter;
  root: Tag;
}

/** The code and how to check, at the bottom of each page; read out on the first only. */
function paintFoot({ columns, foots, modules, sheets, setter, root }: Foot): void {
  const first = sheets.contents.length === 1;
  const quiet = (4 * CODE_SIDE) / modules;
  const place = { x: MARGIN.side - quiet, y: MARGIN.bottom - quiet, side: CODE_SIDE, modules };
  let figure: Tag | undefined;
  if (first) {
    figure = createTag(root, "Figure");
    const { x, y, side } = place;
    figure.alternative = { text: columns[0]!.codeText, box: [x, y, x + side, y + side] };
    figure.language = columns[0]!.language;
  }
  sheets.code(figure, place);
  const left = MARGIN.side + CODE_SIDE - quiet + CODE_GAP;
  const width = (PAGE.width - MARGIN.side - left - (columns.length - 1) * 14) / columns.length;
  for (const [index, { check }] of columns.entries()) {
    const parent = first ? foots[index]! : undefined;
    const x = left + index * (width + 14);
    // The dark part of the code and the text begin at the same height.
    let y = place.y + CODE_SIDE - quiet + 2;
    for (const place of ["heading", "text", "note"] as const) {
      const pieces = [{ text: check[place], bold: place === "heading" }];
      const lines = setter.broken(pieces, { name: "small", room: width, kept: check.kept, place });
      setter.write(parent && createTag(parent, "P"), lines, { sheets, name: "small", x, y });
      y -= lines.length * setter.style("small").leading + 4;
    }
  }
}

function numberPages(sheets: Sheets, { foot, typefaces }: { foot: string; typefaces: Typefaces }): void {
  const pages = sheets.contents.length;
  const bodies = sheets.contents.splice(0);
  for (const [page, body] of bodies.entries()) {
    sheets.contents.push(body);
    const text = `${foot} · ${page + 1} / ${pages}`;
    const x = PAGE.width - MARGIN.side - typefaces.regular.width(text, 8);
    const ink = createInk({ face: typefaces.regular, size: 8, grey: SOFT });
    sheets.write(undefined, [{ written: { text }, ink, x, y: MARGIN.bottom - 14 }]);
  }
}
