/** Appends to a PDF without touching a byte of it (ISO 32000-2, 7.5.6): new objects, changed objects, a table of where they stand. */
import { dictionaryAt, itemsAt, type PdfFile } from "../pdf-file.ts";
import { type PdfDictionary, PdfFault, type PdfReference } from "../pdf-value.ts";

const MAX_PAGE_DEPTH = 32;

export const rawOf = (file: PdfFile, { start, end }: { start: number; end: number }): string =>
  file.bytes.toString("latin1", start, end);

/** The dictionary as it stands in the file, with one entry set. */
export function withEntry(file: PdfFile, dictionary: PdfDictionary, [key, text]: readonly [string, string]): string {
  const old = dictionary.entries.get(key);
  if (old) {
    const before = rawOf(file, { start: dictionary.start, end: old.start });
    return `${before} ${text}${rawOf(file, { start: old.end, end: dictionary.end })}`;
  }
  return `${rawOf(file, { start: dictionary.start, end: dictionary.end - 2 })}/${key} ${text}>>`;
}

export function newTrailer(file: PdfFile, size: number): string {
  const kept = ["Root", "Info", "ID"].flatMap((key) => {
    const value = file.trailer.entries.get(key);
    return value ? [`/${key} ${rawOf(file, value)}`] : [];
  });
  return `<</Size ${size}${kept.join("")}/Prev ${file.xrefAt}>>`;
}

export type PlacedObject = readonly [number: number, generation: number, offset: number];

/** Cross-reference table: runs of neighbouring numbers, twenty bytes an entry (7.5.4). */
export function tableOf(places: readonly PlacedObject[]): string {
  const sorted = [...places].sort((a, b) => a[0] - b[0]);
  let text = "xref\n";
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && sorted[to]![0] === sorted[to - 1]![0] + 1) to += 1;
    text += `${sorted[from]![0]} ${to - from}\n`;
    for (const [, generation, offset] of sorted.slice(from, to)) {
      text += `${String(offset).padStart(10, "0")} ${String(generation).padStart(5, "0")} n \n`;
    }
    from = to;
  }
  return text;
}

export function firstPage(file: PdfFile, catalogue: PdfDictionary): { reference: PdfReference; dictionary: PdfDictionary } {
  let node = dictionaryAt(file, catalogue.entries.get("Pages"));
  for (let depth = 0; depth < MAX_PAGE_DEPTH; depth++) {
    const reference = itemsAt(file, node.entries.get("Kids"))[0];
    if (reference?.kind !== "reference") break;
    const dictionary = dictionaryAt(file, reference);
    if (!dictionary.entries.has("Kids")) return { reference, dictionary };
    node = dictionary;
  }
  throw new PdfFault("no page");
}

/** `D:20260131235959Z`, UTC (7.9.4). */
export const pdfTime = (at: Date): string => `(D:${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z)`;

export type PdfUpdate = {
  /** Number of a new object; what it is, is said later or now. */
  reserve(): number;
  write(object: { number: number; generation?: number }, content: string | readonly (string | Buffer)[]): void;
  /** How far the file reaches by now. */
  length(): number;
  /** The pieces of the update, the table and trailer last. */
  finish(): Buffer[];
};

export function beginUpdate(file: PdfFile): PdfUpdate {
  const size = file.trailer.entries.get("Size");
  if (size?.kind !== "number" || !size.isWhole) throw new PdfFault("trailer without a size");
  let next = size.number;
  const pieces: Buffer[] = [];
  const places: PlacedObject[] = [];
  let at = file.bytes.length;
  const push = (piece: string | Buffer): void => {
    const bytes = typeof piece === "string" ? Buffer.from(piece, "latin1") : piece;
    pieces.push(bytes);
    at += bytes.length;
  };
  if (file.bytes.at(-1) !== 0x0a) push("\n");
  return {
    reserve: () => next++,
    length: () => at,
    write({ number, generation = 0 }, content) {
      places.push([number, generation, at]);
      push(`${number} ${generation} obj\n`);
      for (const piece of typeof content === "string" ? [content] : content) push(piece);
      push("\nendobj\n");
    },
    finish() {
      const xrefAt = at;
      push(`${tableOf(places)}trailer\n${newTrailer(file, next)}\nstartxref\n${xrefAt}\n%%EOF\n`);
      return pieces;
    },
  };
}
