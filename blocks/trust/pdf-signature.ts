/** Finds the one signature of a PDF by its structure: catalogue, form, field, value (ISO 32000-2, 12.7.5.5 and 12.8). */
import { dictionaryAt, itemsAt, nameIn, type PdfFile, readPdfFile, resolve, wholeNumber } from "./pdf-file.ts";
import { type PdfDictionary, PdfFault, type PdfValue, pdfText } from "./pdf-value.ts";

export type PdfSignature = {
  readonly field: string;
  readonly type: "Sig" | "DocTimeStamp";
  readonly subFilter: string | undefined;
  /** Start and length of the two signed stretches, as the file says. */
  readonly byteRange: readonly [number, number, number, number];
  /** Where the string with the signature stands, its delimiters included. */
  readonly contents: { readonly start: number; readonly end: number; readonly bytes: Buffer };
  /** As the signature dictionary has them. */
  readonly time: string | undefined;
  readonly reason: string | undefined;
  readonly name: string | undefined;
};

export type FoundSignature =
  | { readonly signature: PdfSignature }
  | { readonly fault: "not-a-pdf" | "no-signature" | "several-signatures" | "unsupported" | "malformed" };

const MAX_FIELDS = 10_000;
const MAX_DEPTH = 16;

/**
 * Finds, and checks nothing: where the file says its signature is. A file without a signature dictionary anywhere is
 * `no-signature` even when its structure is one we do not read.
 */
export function findSignature(pdf: Uint8Array): FoundSignature {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length);
  if (!/^%PDF-[12]\.\d/.test(bytes.toString("latin1", 0, 8))) return { fault: "not-a-pdf" };
  if (!bytes.includes("/ByteRange")) return { fault: "no-signature" };
  try {
    return find(readPdfFile(bytes));
  } catch (fault) {
    if (fault instanceof PdfFault) return { fault: fault.isUnsupported ? "unsupported" : "malformed" };
    throw fault;
  }
}

export type PdfField = { readonly name: string; readonly isSignature: boolean; readonly value: PdfValue | undefined };

/** All fields of the form; none when there is no form. Throws PdfFault. */
export function readFields(file: PdfFile): PdfField[] {
  const form = dictionaryAt(file, file.trailer.entries.get("Root")).entries.get("AcroForm");
  if (!form) return [];
  const fields: PdfField[] = [];
  walk(
    file,
    { list: dictionaryAt(file, form).entries.get("Fields"), name: "", type: undefined, depth: 0, seen: new Set() },
    fields,
  );
  return fields;
}

export function requireUniqueNames(fields: readonly PdfField[]): void {
  if (new Set(fields.map(({ name }) => name)).size !== fields.length) throw new PdfFault("field name given twice");
}

function find(file: PdfFile): FoundSignature {
  const fields = readFields(file);
  const signed = fields.filter(({ isSignature, value }) => isSignature && value);
  if (signed.length === 0) return { fault: "no-signature" };
  if (signed.length > 1) return { fault: "several-signatures" };
  requireUniqueNames(fields);
  const [only] = signed;
  const signature = readSignature(file, only!);
  if (signature.type !== "Sig") throw new PdfFault("signature dictionary broken");
  return { signature };
}

type Level = { list: PdfValue | undefined; name: string; type: string | undefined; depth: number; seen: Set<number> };

/** Fields may hold fields; name and type are handed down (12.7.4). */
function walk(file: PdfFile, level: Level, fields: PdfField[]): void {
  if (level.depth > MAX_DEPTH) throw new PdfFault("fields nested too deep");
  for (const item of itemsAt(file, level.list)) {
    // Each field is an object of its own and stands in one place (12.7.3); so a file is walked in time that grows as its size.
    if (item.kind !== "reference" || level.seen.has(item.number)) throw new PdfFault("field in two places");
    level.seen.add(item.number);
    const field = dictionaryAt(file, item);
    const own = resolve(file, field.entries.get("T"));
    if (own !== undefined && own.kind !== "string") throw new PdfFault("field name expected");
    const name = own ? `${level.name}${level.name && "."}${pdfText(own)}` : level.name;
    const type = nameIn(field, "FT") ?? level.type;
    if (fields.push({ name, isSignature: type === "Sig", value: field.entries.get("V") }) > MAX_FIELDS) {
      throw new PdfFault("too many fields");
    }
    const kids = field.entries.get("Kids");
    // Kids without a name are the places of one field on several pages; a signature has one place.
    if (kids) walk(file, { ...level, list: kids, name, type, depth: level.depth + 1 }, fields);
  }
}

/** The dictionary of a signature or of a document time stamp. Throws PdfFault. */
export function readSignature(file: PdfFile, { name, value }: PdfField): PdfSignature {
  const dictionary = dictionaryAt(file, value);
  const contents = dictionary.entries.get("Contents");
  const range = itemsAt(file, dictionary.entries.get("ByteRange")).map((item) => wholeNumber(item) ?? -1);
  const type = nameIn(dictionary, "Type");
  if ((type !== "Sig" && type !== "DocTimeStamp") || contents?.kind !== "string" || !contents.isHex || range.length !== 4) {
    throw new PdfFault("signature dictionary broken");
  }
  return {
    field: name,
    type,
    subFilter: nameIn(dictionary, "SubFilter"),
    byteRange: range as unknown as PdfSignature["byteRange"],
    contents: { start: contents.start, end: contents.end, bytes: contents.bytes },
    time: textIn(dictionary, "M"),
    reason: textIn(dictionary, "Reason"),
    name: textIn(dictionary, "Name"),
  };
}

function textIn(dictionary: PdfDictionary, key: string): string | undefined {
  const value = dictionary.entries.get(key);
  return value?.kind === "string" ? pdfText(value) : undefined;
}
