/**
 * Signs a finished PDF (PAdES baseline B-B, ETSI EN 319 142-1) by appending one incremental update: a form with one signature
 * field, its widget on the first page, and the signature over every byte of the file but its own.
 */
import { createHash } from "node:crypto";
import { longestCms, signCms } from "./cms.ts";
import { dictionaryAt, itemsAt, type PdfFile, readPdfFile, referenceIn, wholeNumber } from "./pdf-file.ts";
import { PdfFault, type PdfReference, writePdfText } from "./pdf-value.ts";
import type { Signer } from "./signer.ts";
import { firstPage, newTrailer, pdfTime, rawOf, tableOf, withEntry } from "./signing/pdf-update.ts";

export { findSignature } from "./pdf-signature.ts";

export type PdfSigning = {
  /** The signer's clock; whole seconds are kept. */
  at: Date;
  /** Why the document is signed, in the language of the document. */
  reason: string;
  /** The signer's name as people read it. */
  name: string;
  /** Left, bottom, right, top in points on the first page, when the signature is to be clickable there. */
  rect?: readonly [number, number, number, number];
};

const FIELD = "KeregeSignature";
/** Room for three numbers of ten digits: a file may grow to 9 GB before they do not fit. */
const RANGE_WIDTH = "[0 9999999999 9999999999 9999999999]".length;
const RANGE_PLACE = "?".repeat(RANGE_WIDTH);
const SIGNATURE_HEAD = `<</Type/Sig/Filter/Adobe.PPKLite/SubFilter/ETSI.CAdES.detached/ByteRange ${RANGE_PLACE}/Contents `;

export type SignedPdf = {
  readonly pdf: Buffer;
  /** SHA-256 of the signed file. */
  readonly sha256: Buffer;
};

/** Throws PdfFault when the file is not one that can be signed: no classic table, or it has a form already. */
export function signPades(pdf: Uint8Array, signer: Signer, signing: PdfSigning): Buffer {
  return signAndDigest(pdf, signer, signing).pdf;
}

/** As `signPades`; the digest of the file goes on from where the signature stands, so that the long beginning is read once. */
export function signAndDigest(pdf: Uint8Array, signer: Signer, signing: PdfSigning): SignedPdf {
  const bytes = Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length);
  if (!bytes.subarray(0, 5).equals(Buffer.from("%PDF-"))) throw new PdfFault("not a PDF");
  const file = readPdfFile(bytes);
  const room = longestCms(signer) * 2;
  const update = planUpdate(file, { signing, room, newline: bytes.at(-1) === 0x0a ? "" : "\n" });
  const contentsAt = bytes.length + update.head.length;
  const after = contentsAt + room + 2;
  const total = after + update.tail.length;
  const range = `[0 ${contentsAt} ${after} ${total - after}]`.padEnd(RANGE_WIDTH);
  const head = Buffer.from(update.head.replace(RANGE_PLACE, range), "latin1");
  const tail = Buffer.from(update.tail, "latin1");
  const beginning = createHash("sha256").update(bytes).update(head);
  const digest = beginning.copy().update(tail).digest();
  const contents = Buffer.from(`<${signCms(digest, signer).toString("hex").padEnd(room, "0")}>`, "latin1");
  const sha256 = beginning.update(contents).update(tail).digest();
  return { pdf: Buffer.concat([bytes, head, contents, tail], total), sha256 };
}

type Plan = { signing: PdfSigning; room: number; newline: string };

/** The text of the update before and after the signature string. Offsets count from the start of the file. */
function planUpdate(file: PdfFile, { signing, room, newline }: Plan): { head: string; tail: string } {
  const { trailer } = file;
  const root = referenceIn(trailer, "Root");
  const catalogue = dictionaryAt(file, root);
  if (catalogue.entries.has("AcroForm")) throw new PdfFault("the file has a form already", true);
  const page = firstPage(file, catalogue);
  const size = wholeNumber(trailer.entries.get("Size"));
  if (size === undefined) throw new PdfFault("trailer without a size");
  const [signature, field, look] = [size, size + 1, size + 2];
  const places: [number, number, number][] = [[signature, 0, file.bytes.length + newline.length]];
  const head = `${newline}${signature} 0 obj\n${SIGNATURE_HEAD}`;
  let tail = `/M${pdfTime(signing.at)}/Name${writePdfText(signing.name)}/Reason${writePdfText(signing.reason)}>>\nendobj\n`;
  const tailAt = file.bytes.length + head.length + room + 2;
  const add = ({ number, generation }: { number: number; generation: number }, text: string): void => {
    places.push([number, generation, tailAt + tail.length]);
    tail += `${number} ${generation} obj\n${text}\nendobj\n`;
  };
  add({ number: field, generation: 0 }, widget({ signing, page: page.reference, signature, look }));
  if (signing.rect) add({ number: look, generation: 0 }, emptyLook(signing.rect));
  const annotations = itemsAt(file, page.dictionary.entries.get("Annots")).map((item) => rawOf(file, item));
  add(page.reference, withEntry(file, page.dictionary, ["Annots", `[${[...annotations, `${field} 0 R`].join(" ")}]`]));
  const form = `<</Fields[${field} 0 R]/SigFlags 3>>`;
  if (page.reference.number === root.number) throw new PdfFault("the catalogue is no page");
  add(root, withEntry(file, catalogue, ["AcroForm", form]));
  const xrefAt = tailAt + tail.length;
  tail += `${tableOf(places)}trailer\n${newTrailer(file, signing.rect ? size + 3 : size + 2)}\nstartxref\n${xrefAt}\n%%EOF\n`;
  return { head, tail };
}

/** Print and locked; without a rectangle it is not shown (12.5.3, 12.7.5.5). */
function widget(parts: { signing: PdfSigning; page: PdfReference; signature: number; look: number }): string {
  const { signing, page, signature, look } = parts;
  const rect = signing.rect ? `[${signing.rect.join(" ")}]/AP<</N ${look} 0 R>>` : "[0 0 0 0]";
  return (
    `<</Type/Annot/Subtype/Widget/FT/Sig/F 132/T(${FIELD})/TU${writePdfText(signing.name)}` +
    `/P ${page.number} ${page.generation} R/V ${signature} 0 R/Rect${rect}>>`
  );
}

/** What is seen is drawn by the page itself; the widget only makes the place clickable. */
function emptyLook([left, bottom, right, top]: NonNullable<PdfSigning["rect"]>): string {
  return `<</Type/XObject/Subtype/Form/BBox[0 0 ${right - left} ${top - bottom}]/Length 0>>\nstream\n\nendstream`;
}
