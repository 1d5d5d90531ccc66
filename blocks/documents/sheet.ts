/** Pages as they are painted: lines of text, thin rules and the code, each belonging to a tag of the document's structure. */
import { pdfNumber, utf16 } from "./objects.ts";
import { type Face, isCommon, type Resource } from "./typeface.ts";

/** Text with the digits that it is painted with, once it was: texts of many documents are kept with theirs. */
export interface Written {
  text: string;
  digits?: string;
  /** It has only letters that nearly every document makes do with. */
  isCommon?: boolean;
}

/** How text is painted. */
export interface Ink {
  resource: Resource;
  /** Operators before the place. */
  operators: string;
}

/** `size` in points, `grey` from 0 black to 1 white. */
export function createInk({ face, size, grey }: { face: Face; size: number; grey: number }): Ink {
  const { resource } = face;
  return { resource, operators: `BT ${pdfNumber(grey)} g /${resource} ${pdfNumber(size)} Tf` };
}

/** Standard structure types in use (ISO 32000-1, 14.8.4). */
export type TagKind =
  | "Document"
  | "Sect"
  | "H1"
  | "H2"
  | "P"
  | "L"
  | "LI"
  | "Lbl"
  | "LBody"
  | "Table"
  | "TR"
  | "TH"
  | "TD"
  | "Figure";

export interface Tag {
  kind: TagKind;
  /** Language of what is inside, where it differs from the parent's. */
  language?: string;
  /** What is said in place of a picture, with the picture's box on the page. */
  alternative?: { text: string; box: Box };
  children: Tag[];
  /** Marked content of the tag itself: page from 0 and its mark there. */
  marks: { page: number; mark: number }[];
}

/** Left, bottom, right, top in points. */
export type Box = [number, number, number, number];

export interface Run {
  written: Written;
  ink: Ink;
  x: number;
  /** Base line. */
  y: number;
}

export interface Sheets {
  /** Contents of the pages so far, as PDF operators. */
  contents: string[];
  /** Tags by page and mark. */
  owners: Tag[][];
  /** All that was written in the bold face; of the regular one what has rare letters. */
  shown: Record<Resource, string>;
  /** Begins a new page. */
  turn(): void;
  /** Paints runs as content of the tag, or as an artifact that is not read out. */
  write(tag: Tag | undefined, runs: Run[]): void;
  /** A thin rule; not read out. */
  rule(place: { x: number; y: number; width: number; thickness: number; grey: number }): void;
  /** Paints the code, `side` points wide and `modules` modules. */
  code(tag: Tag | undefined, place: { x: number; y: number; side: number; modules: number }): void;
}

export function createTag(parent: Tag | undefined, kind: TagKind): Tag {
  const tag: Tag = { kind, children: [], marks: [] };
  parent?.children.push(tag);
  return tag;
}

/** Every line written here has one of the forms that `readPainting` in `painting.ts` knows. */
export function createSheets(): Sheets {
  const contents: string[] = [];
  const owners: Tag[][] = [];
  const shown = { F1: "", F2: "" };
  const put = (line: string) => {
    contents[contents.length - 1] += line;
  };
  const begin = (tag: Tag | undefined) => {
    if (!tag) return put("/Artifact BMC\n");
    const page = contents.length - 1;
    const mark = owners[page]!.push(tag) - 1;
    tag.marks.push({ page, mark });
    put(`/${tag.kind}<</MCID ${mark}>>BDC\n`);
  };
  return {
    contents,
    owners,
    shown,
    turn() {
      contents.push("");
      owners.push([]);
    },
    write(tag, runs) {
      if (runs.length === 0) return;
      begin(tag);
      for (const { written, ink, x, y } of runs) {
        if (written.digits === undefined) {
          written.digits = utf16(written.text);
          written.isCommon = isCommon(written.text);
        }
        if (ink.resource === "F2" || !written.isCommon) shown[ink.resource] += written.text;
        put(`${ink.operators} ${pdfNumber(x)} ${pdfNumber(y)} Td <${written.digits}> Tj ET\n`);
      }
      put("EMC\n");
    },
    rule({ x, y, width, thickness, grey }) {
      put(`/Artifact BMC\n${pdfNumber(grey)} g ${[x, y, width, thickness].map(pdfNumber).join(" ")} re f\nEMC\n`);
    },
    code(tag, { x, y, side, modules }) {
      begin(tag);
      const scale = (side / modules).toFixed(5);
      put(`q 0 g ${scale} 0 0 ${scale} ${pdfNumber(x)} ${pdfNumber(y)} cm /Qr Do Q\nEMC\n`);
    },
  };
}
