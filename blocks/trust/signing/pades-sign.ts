/**
 * PAdES baseline signatures at any level, on files that may be signed already (ETSI EN 319 142-1). Each step is one incremental update:
 * a signature, the proofs it will need (DSS), a time stamp over the whole file (DocTimeStamp). The one plain signature of an issued
 * document is made by `pades.ts`, which reads the file once.
 */

import { createHash } from "node:crypto";
import type { Certificate } from "../certificate.ts";
import { longestCms, signCms } from "../cms.ts";
import type { PdfSigning } from "../pades.ts";
import { dictionaryAt, itemsAt, type PdfFile, readPdfFile, referenceIn } from "../pdf-file.ts";
import { type PdfSignature, readFields, readSignature } from "../pdf-signature.ts";
import { type PdfDictionary, PdfFault, writePdfText } from "../pdf-value.ts";
import type { Signer } from "../signer.ts";
import { hashOf } from "./algorithm.ts";
import { stampSignature } from "./cades.ts";
import { collectMaterial, type Level, type LevelMeans, reaches } from "./means.ts";
import { beginUpdate, firstPage, pdfTime, rawOf, withEntry } from "./pdf-update.ts";
import { certificatesIn, readSignedContent, TYPE, tokensUnder } from "./signed-content.ts";

/** Tag, length and the names around a token in an attribute. */
const ATTRIBUTE_ROOM = 64;
/** Room for three numbers of ten digits: a file may grow to 9 GB before they do not fit. */
const RANGE_WIDTH = "[0 9999999999 9999999999 9999999999]".length;
const RANGE_PLACE = "?".repeat(RANGE_WIDTH);
const FIELDS = { signature: "KeregeSignature", stamp: "KeregeTimeStamp" } as const;
const SUBFILTERS = { signature: "ETSI.CAdES.detached", stamp: "ETSI.RFC3161" } as const;

export type PdfLevelSigning = PdfSigning & { readonly level?: Level };

/**
 * Signs and lifts to the level. A second signature is not shown on the page: what it adds could cover what the first one signed.
 * Throws PdfFault when the file is not one that can be signed: no classic table, encrypted.
 */
export async function signPadesAt(
  pdf: Uint8Array,
  signer: Signer,
  signing: PdfLevelSigning & { means: LevelMeans },
): Promise<Buffer> {
  const { level = "B", means } = signing;
  const withStamp = reaches(level, "T");
  const signed = appendSigned(pdf, {
    kind: "signature",
    entries: `/M${pdfTime(signing.at)}/Name${writePdfText(signing.name)}/Reason${writePdfText(signing.reason)}`,
    title: signing.name,
    room: longestCms(signer) + (withStamp ? means.stamper.longest + ATTRIBUTE_ROOM : 0),
    make: (digest) => (withStamp ? stampSignature(signCms(digest, signer), means) : signCms(digest, signer)),
  });
  return liftPades(signed, level, means);
}

/**
 * Lifts what is signed already: T stamps the file where a signature has no stamp of its own, LT appends proofs, LTA proofs and a time
 * stamp over all; the last two can be repeated to renew.
 */
export async function liftPades(pdf: Buffer, level: Level, means: LevelMeans): Promise<Buffer> {
  if (!reaches(level, "T")) return pdf;
  const stamped = isStamped(pdf) ? pdf : appendDocumentStamp(pdf, means);
  if (!reaches(level, "LT")) return stamped;
  const known = await appendMaterial(stamped, means);
  return reaches(level, "LTA") ? appendDocumentStamp(known, means) : known;
}

/** Whether each signature has a time stamp in it or behind it. */
function isStamped(pdf: Buffer): boolean {
  const signatures = signaturesIn(readPdfFile(pdf)).map((one) => ({ ...one, end: one.byteRange[2] + one.byteRange[3] }));
  const stamps = signatures.filter(({ type }) => type === "DocTimeStamp");
  return signatures.every(({ type, end, contents }) => {
    if (type === "DocTimeStamp" || stamps.some((stamp) => stamp.end > end)) return true;
    const { signers } = readSignedContent(signatureBytes(contents.bytes));
    return signers.every(({ unsigned }) => tokensUnder(unsigned, TYPE.signatureTimeStamp).length > 0);
  });
}

/** A time stamp over every byte of the file so far (5.4.3). */
export function appendDocumentStamp(pdf: Uint8Array, { stamper }: Pick<LevelMeans, "stamper">): Buffer {
  return appendSigned(pdf, {
    kind: "stamp",
    entries: "",
    title: stamper.certificate.name.commonName,
    room: stamper.longest,
    make: (digest) => stamper.stamp(digest),
  });
}

type SignedPlan = {
  kind: keyof typeof FIELDS;
  /** Of the signature dictionary, after the signature. */
  entries: string;
  title: string;
  /** Bytes. */
  room: number;
  make(digest: Buffer): Buffer;
};

function appendSigned(pdf: Uint8Array, plan: SignedPlan): Buffer {
  const file = readPdfFile(Buffer.from(pdf.buffer, pdf.byteOffset, pdf.length));
  const update = beginUpdate(file);
  const [signature, field] = [update.reserve(), update.reserve()];
  const type = plan.kind === "stamp" ? "DocTimeStamp" : "Sig";
  const head = `<</Type/${type}/Filter/Adobe.PPKLite/SubFilter/${SUBFILTERS[plan.kind]}/ByteRange ${RANGE_PLACE}/Contents `;
  const digits = plan.room * 2;
  const objectAt = update.length();
  update.write({ number: signature }, `${head}<${"0".repeat(digits)}>${plan.entries}>>`);
  writeField(file, { update, signature, field, plan });
  const whole = Buffer.concat([file.bytes, ...update.finish()]);
  const contentsAt = objectAt + `${signature} 0 obj\n`.length + head.length;
  const after = contentsAt + digits + 2;
  const range = `[0 ${contentsAt} ${after} ${whole.length - after}]`.padEnd(RANGE_WIDTH);
  whole.write(range, whole.indexOf(RANGE_PLACE, objectAt), "latin1");
  const made = plan.make(hashOf("sha256", whole.subarray(0, contentsAt), whole.subarray(after)));
  if (made.length > plan.room) throw new PdfFault("signature longer than its room");
  whole.write(made.toString("hex"), contentsAt + 1, "latin1");
  return whole;
}

type FieldPlan = { update: ReturnType<typeof beginUpdate>; signature: number; field: number; plan: SignedPlan };

/** The field with its widget, the form with the field, the page with the widget (12.7.5.5). */
function writeField(file: PdfFile, { update, signature, field, plan }: FieldPlan): void {
  const root = referenceIn(file.trailer, "Root");
  const catalogue = dictionaryAt(file, root);
  const page = firstPage(file, catalogue);
  if (page.reference.number === root.number) throw new PdfFault("the catalogue is no page");
  const name = freeName(file, FIELDS[plan.kind]);
  update.write(
    { number: field },
    `<</Type/Annot/Subtype/Widget/FT/Sig/F 132/T(${name})/TU${writePdfText(plan.title)}` +
      `/P ${page.reference.number} ${page.reference.generation} R/V ${signature} 0 R/Rect[0 0 0 0]>>`,
  );
  const annotations = itemsAt(file, page.dictionary.entries.get("Annots")).map((item) => rawOf(file, item));
  const shown = `[${[...annotations, `${field} 0 R`].join(" ")}]`;
  update.write(page.reference, withEntry(file, page.dictionary, ["Annots", shown]));
  const form = catalogue.entries.get("AcroForm");
  const text = form ? formWith(file, dictionaryAt(file, form), field) : `<</Fields[${field} 0 R]/SigFlags 3>>`;
  if (form?.kind === "reference") update.write(form, text);
  else update.write(root, withEntry(file, catalogue, ["AcroForm", text]));
}

/** The form with one more field, and the word that there are signatures and the file is only to be appended to (12.7.3). */
function formWith(file: PdfFile, form: PdfDictionary, field: number): string {
  const fields = itemsAt(file, form.entries.get("Fields")).map((item) => rawOf(file, item));
  const others = [...form.entries]
    .filter(([key]) => key !== "Fields" && key !== "SigFlags")
    .map(([key, value]) => `/${key} ${rawOf(file, value)}`);
  return `<</Fields[${[...fields, `${field} 0 R`].join(" ")}]/SigFlags 3${others.join("")}>>`;
}

function freeName(file: PdfFile, wanted: string): string {
  const taken = new Set(readFields(file).map(({ name }) => name));
  for (let number = 1; ; number++) {
    const name = number === 1 ? wanted : `${wanted}${number}`;
    if (!taken.has(name)) return name;
  }
}

/** Certificates and proofs of all who signed and stamped, in the document security store and, for each signature, by its digest. */
async function appendMaterial(pdf: Buffer, { status }: LevelMeans): Promise<Buffer> {
  const file = readPdfFile(pdf);
  const signatures = signaturesIn(file);
  if (signatures.length === 0) throw new PdfFault("nothing signed");
  const update = beginUpdate(file);
  const root = referenceIn(file.trailer, "Root");
  const catalogue = dictionaryAt(file, root);
  const old = catalogue.entries.get("DSS");
  const store = old && dictionaryAt(file, old);
  const known = new Map<string, string>();
  const add = (bytes: Buffer): string => {
    const key = createHash("sha256").update(bytes).digest("hex");
    const place = known.get(key);
    if (place) return place;
    const number = update.reserve();
    update.write({ number }, [`<</Length ${bytes.length}>>\nstream\n`, bytes, "\nendstream"]);
    known.set(key, `${number} 0 R`);
    return `${number} 0 R`;
  };
  const places: Record<"Certs" | "CRLs" | "OCSPs", string[]> = { Certs: [], CRLs: [], OCSPs: [] };
  const views: string[] = [];
  for (const signature of signatures) {
    const material = await collectMaterial(leavesOf(signature), status);
    const listed = { Certs: material.certificates.map(add), CRLs: material.lists.map(add), OCSPs: material.answers.map(add) };
    views.push(`/${viewName(signature)}${viewOf(listed)}`);
    for (const key of Object.keys(places) as (keyof typeof places)[]) places[key].push(...listed[key]);
  }
  const lists = (Object.keys(places) as (keyof typeof places)[]).map((key) => {
    const before = itemsAt(file, store?.entries.get(key)).map((item) => rawOf(file, item));
    const all = [...new Set([...before, ...places[key]])];
    return all.length > 0 ? `/${key}[${all.join(" ")}]` : "";
  });
  const dss = update.reserve();
  update.write({ number: dss }, `<</Type/DSS${lists.join("")}/VRI<<${views.join("")}>>>>`);
  update.write(root, withEntry(file, catalogue, ["DSS", `${dss} 0 R`]));
  return Buffer.concat([pdf, ...update.finish()]);
}

function viewOf({ Certs, CRLs, OCSPs }: Record<"Certs" | "CRLs" | "OCSPs", string[]>): string {
  const entry = (key: string, list: readonly string[]): string => (list.length > 0 ? `/${key}[${list.join(" ")}]` : "");
  return `<<${entry("Cert", Certs)}${entry("CRL", CRLs)}${entry("OCSP", OCSPs)}>>`;
}

/** The key under VRI: SHA-1 of the value of Contents, upper case (5.4.2.3). It finds, it proves nothing. */
const viewName = ({ contents }: PdfSignature): string => createHash("sha1").update(contents.bytes).digest("hex").toUpperCase();

function signaturesIn(file: PdfFile): PdfSignature[] {
  return readFields(file)
    .filter(({ isSignature, value }) => isSignature && value)
    .map((field) => readSignature(file, field));
}

/** Whose certificates have to be proven: of the signer or the authority that stamped, and of the stamps on the signature. */
function leavesOf({ contents }: PdfSignature): Certificate[] {
  const content = readSignedContent(signatureBytes(contents.bytes));
  const stamps = content.signers.flatMap(({ unsigned }) => tokensUnder(unsigned, TYPE.signatureTimeStamp));
  const all = [content, ...stamps.map(readSignedContent)].flatMap(certificatesIn);
  return all.filter(({ isAuthority }) => !isAuthority);
}

/** Without the zeros that fill its room. Throws PdfFault when something else stands there. */
export function signatureBytes(contents: Buffer): Buffer {
  const head = contents[1] === 0x82 ? 4 : contents[1] === 0x83 ? 5 : 0;
  const length = head === 0 ? 0 : contents.readUIntBE(2, head - 2) + head;
  if (contents[0] !== 0x30 || length === 0 || length > contents.length) throw new PdfFault("signature cut short");
  if (contents.subarray(length).some((byte) => byte !== 0)) throw new PdfFault("something behind the signature");
  return contents.subarray(0, length);
}
