/**
 * Whether what was appended to a signed PDF is only what may follow a signature: proofs (DSS), document time stamps, further signatures.
 * Whatever could change what is seen is refused, and so is whatever this program cannot account for byte by byte.
 */
import { dictionaryAt, itemsAt, nameIn, type PdfFile, referenceIn, resolve } from "../pdf-file.ts";
import { type PdfDictionary, PdfFault, type PdfValue, readPdfValue, skipSpace } from "../pdf-value.ts";

type Written = { readonly value: PdfValue; readonly isStream: boolean };
type Step = {
  readonly old: PdfFile;
  readonly next: PdfFile;
  readonly written: ReadonlyMap<number, Written>;
  readonly allowed: Set<number>;
};

const MAX_DEPTH = 6;
const STORE_KEYS = new Set(["Type", "Certs", "CRLs", "OCSPs", "VRI", "Cert", "CRL", "OCSP", "TU", "TS"]);
const FIELD_KEYS = new Set(["Type", "Subtype", "FT", "F", "T", "TU", "P", "V", "Rect"]);
const SIGNATURE_KEYS = new Set([
  "Type",
  "Filter",
  "SubFilter",
  "ByteRange",
  "Contents",
  "M",
  "Name",
  "Reason",
  "Location",
  "ContactInfo",
]);
const STREAM_KEYS = new Set(["Length", "Type"]);

/** `old` is the file up to where a signature reaches, `next` the same file up to where the next one reaches. Throws PdfFault. */
export function addsOnlyProofs(old: PdfFile, next: PdfFile): boolean {
  const written = objectsBetween(old, next);
  if (!written || !keepsTrailer(old, next)) return false;
  for (const [number, place] of old.places) {
    const now = next.places.get(number);
    if (!now || (now.offset !== place.offset && !written.has(number))) return false;
  }
  if (namesInAdvance(old, written)) return false;
  const step: Step = { old, next, written, allowed: new Set() };
  return keepsCatalogue(step) && [...written.keys()].every((number) => step.allowed.has(number) || isPageWithField(step, number));
}

/** The objects of the update, when it consists of them, its table and nothing else. */
function objectsBetween(old: PdfFile, next: PdfFile): ReadonlyMap<number, Written> | undefined {
  const { bytes } = next;
  const written = new Map<number, Written>();
  let at = skipSpace(bytes, old.bytes.length);
  while (at < next.xrefAt) {
    const head = /^(\d{1,10}) (\d{1,5}) obj\b/.exec(bytes.toString("latin1", at, at + 32));
    const number = Number(head?.[1]);
    if (!head || written.has(number) || next.places.get(number)?.offset !== at) return undefined;
    const value = readPdfValue(bytes, at + head[0].length);
    let end = skipSpace(bytes, value.end);
    const isStream = bytes.toString("latin1", end, end + 6) === "stream";
    if (isStream) end = streamEnd(bytes, end + 6, value);
    if (bytes.toString("latin1", end, end + 6) !== "endobj") return undefined;
    written.set(number, { value, isStream });
    at = skipSpace(bytes, end + 6);
  }
  return at === next.xrefAt ? written : undefined;
}

/** The place after `endstream`; the length stands in the dictionary itself. */
function streamEnd(bytes: Buffer, at: number, value: PdfValue): number {
  const length = value.kind === "dictionary" ? value.entries.get("Length") : undefined;
  const line = bytes[at] === 0x0d && bytes[at + 1] === 0x0a ? 2 : bytes[at] === 0x0a ? 1 : 0;
  if (length?.kind !== "number" || !length.isWhole || line === 0) throw new PdfFault("stream without a length");
  const tail = /^\r?\n?endstream\s{1,2}/.exec(
    bytes.toString("latin1", at + line + length.number, at + line + length.number + 16),
  );
  if (!tail) throw new PdfFault("stream of another length");
  return at + line + length.number + tail[0].length;
}

function keepsTrailer(old: PdfFile, next: PdfFile): boolean {
  const previous = next.trailer.entries.get("Prev");
  const keys = [...next.trailer.entries.keys()].filter((key) => key !== "Size" && key !== "Prev");
  return (
    previous?.kind === "number" &&
    previous.number === old.xrefAt &&
    keys.every((key) => same(old, old.trailer.entries.get(key), { file: next, value: next.trailer.entries.get(key) }))
  );
}

const rawIn = ({ bytes }: PdfFile, value: PdfValue | undefined): string | undefined =>
  value && bytes.toString("latin1", value.start, value.end);

const same = (old: PdfFile, value: PdfValue | undefined, other: { file: PdfFile; value: PdfValue | undefined }): boolean =>
  rawIn(old, value) === rawIn(other.file, other.value);

/**
 * Whether the old part already speaks of an object that only the update brings: so a page could be signed with a hole in it that is
 * filled later ("shadow attack"). Looks at the bytes, hence also refuses what merely looks like a reference.
 */
function namesInAdvance(old: PdfFile, written: ReadonlyMap<number, Written>): boolean {
  const fresh = new Set([...written.keys()].filter((number) => !old.places.has(number)));
  const text = old.bytes.toString("latin1");
  for (const match of text.matchAll(/(?<!\d)(\d{1,10})[\0\t\n\f\r ]+\d{1,5}[\0\t\n\f\r ]+R(?![0-9A-Za-z])/g)) {
    if (fresh.has(Number(match[1]))) return true;
  }
  return false;
}

function keepsCatalogue(step: Step): boolean {
  const { old, next, allowed } = step;
  const root = referenceIn(next.trailer, "Root");
  const [before, after] = [dictionaryAt(old, root), dictionaryAt(next, root)];
  const kept = keysOf(before, after).every(
    (key) =>
      key === "AcroForm" || key === "DSS" || same(old, before.entries.get(key), { file: next, value: after.entries.get(key) }),
  );
  allowed.add(root.number);
  return kept && keepsForm(step, before, after) && keepsStore(step, before, after);
}

const keysOf = (...all: readonly PdfDictionary[]): string[] => [...new Set(all.flatMap(({ entries }) => [...entries.keys()]))];

/** All fields of before in their order, then new signature fields that show nothing. */
function keepsForm(step: Step, before: PdfDictionary, after: PdfDictionary): boolean {
  const { old, next, allowed, written } = step;
  const [oldValue, newValue] = [before.entries.get("AcroForm"), after.entries.get("AcroForm")];
  if (!newValue) return !oldValue;
  if (oldValue?.kind === "reference" && rawIn(old, oldValue) !== rawIn(next, newValue)) return false;
  if (newValue.kind === "reference") allowed.add(newValue.number);
  const oldForm = oldValue && dictionaryAt(old, oldValue);
  const form = dictionaryAt(next, newValue);
  const others = keysOf(form, ...(oldForm ? [oldForm] : [])).filter((key) => key !== "Fields" && key !== "SigFlags");
  if (!others.every((key) => same(old, oldForm?.entries.get(key), { file: next, value: form.entries.get(key) }))) return false;
  const fieldList = form.entries.get("Fields");
  if (fieldList?.kind === "reference" && written.has(fieldList.number)) return false;
  const oldFields = itemsAt(old, oldForm?.entries.get("Fields"));
  const fields = itemsAt(next, fieldList);
  const isKept = oldFields.every((field, i) => rawIn(old, field) === rawIn(next, fields[i]));
  return isKept && fields.slice(oldFields.length).every((field) => isSilentField(step, field));
}

/** A new signature field without a place on the page, whose value is a new signature. */
function isSilentField(step: Step, field: PdfValue): boolean {
  const { next } = step;
  if (field.kind !== "reference" || !isFresh(step, field.number)) return false;
  const dictionary = dictionaryAt(next, field);
  const value = dictionary.entries.get("V");
  const place = itemsAt(next, dictionary.entries.get("Rect"));
  const isSilent =
    nameIn(dictionary, "FT") === "Sig" &&
    [...dictionary.entries.keys()].every((key) => FIELD_KEYS.has(key)) &&
    place.length === 4 &&
    place.every((one) => one.kind === "number" && one.number === 0);
  if (!isSilent || value?.kind !== "reference" || !isFresh(step, value.number)) return false;
  const signature = dictionaryAt(next, value);
  if (![...signature.entries.keys()].every((key) => SIGNATURE_KEYS.has(key))) return false;
  step.allowed.add(field.number).add(value.number);
  return true;
}

const isFresh = ({ old, written }: Step, number: number): boolean => written.has(number) && !old.places.has(number);

/** Proofs are new streams, reached only through new dictionaries and arrays. */
function keepsStore(step: Step, before: PdfDictionary, after: PdfDictionary): boolean {
  const [oldValue, value] = [before.entries.get("DSS"), after.entries.get("DSS")];
  if (!value) return !oldValue;
  const oldNumber = oldValue?.kind === "reference" ? oldValue.number : undefined;
  return isStoreValue(step, value, { depth: 0, oldNumber });
}

function isStoreValue(
  step: Step,
  value: PdfValue,
  { depth, oldNumber }: { depth: number; oldNumber?: number | undefined },
): boolean {
  if (depth > MAX_DEPTH) return false;
  const below = { depth: depth + 1 };
  if (value.kind === "reference") {
    const found = step.written.get(value.number);
    // What stood there before may stay; it is not changed by being named again.
    if (!found) return step.old.places.has(value.number);
    if (value.number !== oldNumber && !isFresh(step, value.number)) return false;
    if (step.allowed.has(value.number)) return true;
    step.allowed.add(value.number);
    if (!found.isStream) return isStoreValue(step, found.value, below);
    return found.value.kind === "dictionary" && [...found.value.entries.keys()].every((key) => STREAM_KEYS.has(key));
  }
  if (value.kind === "array") return value.items.every((item) => item.kind === "reference" && isStoreValue(step, item, below));
  if (value.kind !== "dictionary") return value.kind === "name" || value.kind === "string";
  return [...value.entries].every(
    ([key, item]) => (STORE_KEYS.has(key) || /^[0-9A-F]{40}$/.test(key)) && isStoreValue(step, item, below),
  );
}

/** A page that has got the widgets of new fields and is otherwise as it was. */
function isPageWithField(step: Step, number: number): boolean {
  const { old, next, allowed } = step;
  if (!old.places.has(number)) return false;
  const reference = { kind: "reference", number, generation: next.places.get(number)!.generation, start: 0, end: 0 } as const;
  const [before, after] = [resolve(old, reference), resolve(next, reference)];
  if (before?.kind !== "dictionary" || after?.kind !== "dictionary" || nameIn(before, "Type") !== "Page") return false;
  const kept = keysOf(before, after).every(
    (key) => key === "Annots" || same(old, before.entries.get(key), { file: next, value: after.entries.get(key) }),
  );
  const [oldNotes, notes] = [itemsAt(old, before.entries.get("Annots")), itemsAt(next, after.entries.get("Annots"))];
  return (
    kept &&
    oldNotes.every((note, i) => rawIn(old, note) === rawIn(next, notes[i])) &&
    notes.slice(oldNotes.length).every((note) => note.kind === "reference" && allowed.has(note.number))
  );
}
