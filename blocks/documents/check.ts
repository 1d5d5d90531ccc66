/**
 * Checks a document with nothing but its file or the text of its code, and the published trust anchors: no server, no network, no
 * clock. A verdict shows what was signed, never what is painted on the page.
 */
import type { Multilingual } from "@kerege/kernel/locale";
import { type Anchors, checkPdf, checkStatement, parseAnchors, type Refusal, type StatementVerdict } from "@kerege/trust";
import { type Content, digestOf, readClaims, readContent, type Stated } from "./facts.ts";
import { isOurPainting } from "./painting.ts";
import { type Dictionary, nameOf, type PdfReading, PdfUnknown, readPdf } from "./pdf-read.ts";
import { drawQr, drawQrInRuns, type QrDrawing } from "./qr.ts";
import { FACTS_FILE, STATEMENT_FILE } from "./render.ts";

/** Why a document is refused besides the refusals of a signature; texts under `documents.refusals`. */
export const REASONS = [
  "not-ours",
  "qr-of-another-document",
  "facts-changed",
  "painted-over",
  "wrong-issuer",
  "expired",
  "withdrawn",
  "not-in-register",
] as const;

export type Reason = (typeof REASONS)[number] | Refusal;

/** What is looked at, in this order; texts under `documents.checks`. */
export type CheckName =
  | "signature"
  | "attachments"
  | "statement"
  | "code"
  | "binding"
  | "issuer"
  | "page"
  | "same-document"
  | "term"
  | "register";

export interface Check {
  name: CheckName;
  passed: boolean;
}

export interface SignedFact {
  name: string;
  /** A day stands as `YYYY-MM-DD`. */
  value: string;
  /** In the languages of the document; of the text of a code only what the locales know under `documents.statement.<name>`. */
  title?: Partial<Multilingual>;
}

/** What the body signed. */
export interface SignedContent {
  from: "file" | "code";
  /** Kind of the document. */
  document: string;
  title?: Partial<Multilingual>;
  number: string;
  issuedOn: string;
  validThrough?: string;
  body: { code: string; name: string };
  signedAt: Date;
  facts: SignedFact[];
  /** SHA-256 of the facts, hex: finds the document in the state's list. */
  digest: string;
}

export interface DocumentVerdict {
  valid: boolean;
  /** The first reason of refusal, with the words its text needs. */
  reason?: Reason;
  /** Key of the text, with `.title` and `.detail` under it for reasons of documents; a text itself for those of signatures. */
  reasonKey?: string;
  params?: Record<string, string>;
  /** Those that were made; a failed one ends the list. */
  checks: Check[];
  /** Only where its signature is good. */
  signed?: SignedContent;
}

export interface DocumentInput {
  pdf?: Uint8Array;
  /** Text of the code, `KRG1:…`. */
  text?: string;
}

/** Neither a file nor a text gives `not-ours`. `at` is the moment for which validity is asked. */
export function checkDocument(input: DocumentInput, anchors: string | Anchors, at: Date): DocumentVerdict {
  const trusted = typeof anchors === "string" ? parseAnchors(anchors) : anchors;
  if (!trusted) return refused([], "malformed-anchors");
  const text = input.text?.trim();
  if (input.pdf) return checkFile({ pdf: Buffer.from(input.pdf), text }, trusted, at);
  if (text) return checkCode(text, trusted, at);
  return refused([], "not-ours");
}

/** The verdict with one more check, and a reason where it failed. */
export function withCheck(
  verdict: DocumentVerdict,
  check: Check,
  failure?: { reason: Reason; params?: Record<string, string> },
): DocumentVerdict {
  const checks = [...verdict.checks, check];
  return check.passed || !failure
    ? { ...verdict, checks }
    : { ...refused(checks, failure.reason, failure.params), signed: verdict.signed };
}

function refused(checks: Check[], reason: Reason, params?: Record<string, string>): DocumentVerdict {
  const own = (REASONS as readonly string[]).includes(reason);
  return { valid: false, reason, reasonKey: `${own ? "documents" : "trust"}.refusals.${reason}`, params, checks };
}

function checkCode(text: string, anchors: Anchors, at: Date): DocumentVerdict {
  const opened = checkStatement(text, anchors, at);
  if (!opened.valid) return refused([{ name: "statement", passed: false }], opened.reason);
  const stated = readClaims(opened.claims);
  if (!stated) return refused([{ name: "statement", passed: false }], "not-ours");
  const signed: SignedContent = {
    from: "code",
    document: stated.document,
    number: stated.number,
    issuedOn: stated.issuedOn,
    validThrough: stated.validThrough,
    body: { code: opened.signer.code, name: opened.signer.name },
    signedAt: opened.signedAt,
    facts: Object.entries(stated.facts).map(([name, value]) => ({ name, value })),
    digest: stated.digest.toString("hex"),
  };
  return checkTerm({ valid: true, checks: [{ name: "statement", passed: true }], signed }, at);
}

function checkTerm(verdict: DocumentVerdict, at: Date): DocumentVerdict {
  const last = verdict.signed?.validThrough;
  if (!last) return verdict;
  // Days of UTC: west of the state's own midnight, so that nobody is turned away on the last day.
  const passed = at.toISOString().slice(0, 10) <= last;
  return withCheck(verdict, { name: "term", passed }, { reason: "expired", params: { date: last } });
}

function checkFile({ pdf, text }: { pdf: Buffer; text: string | undefined }, published: Anchors, at: Date): DocumentVerdict {
  const checks: Check[] = [];
  const passes = (name: CheckName, passed: boolean) => {
    checks.push({ name, passed });
    return passed;
  };
  const file = checkPdf(pdf, published, at);
  if (!passes("signature", file.valid) || !file.valid) return refused(checks, file.valid ? "not-ours" : file.reason);
  // The code on the page has no room for its certificate, the file has it: anchors fetched before this body first signed suffice.
  const anchors = { ...published, signers: [...published.signers, file.certificate] };
  const parts = readParts(pdf);
  const content = parts && readContent(parts.facts);
  if (!passes("attachments", content !== undefined) || !parts || !content) return refused(checks, "not-ours");
  const signed = signedContent(content, { facts: parts.facts, signer: file.signer, signedAt: file.signedAt });
  const refuse = (reason: Reason): DocumentVerdict => ({ ...refused(checks, reason), signed });
  // The stamps over the file prove that the statement in it is as old.
  const moment = file.provenAt ?? at;
  const statement = checkStatement(parts.statement, anchors, moment);
  const stated = statement.valid ? readClaims(statement.claims) : undefined;
  if (!passes("statement", stated !== undefined) || !stated) return refuse(statement.valid ? "not-ours" : statement.reason);
  if (!passes("code", isDrawingOf(parts.statement, parts))) return refuse("qr-of-another-document");
  const binding = bindingFault(stated, content, parts.facts);
  if (!passes("binding", binding === undefined) || binding) return refuse(binding ?? "not-ours");
  const issuers = [file, statement].map((one) => (one.valid ? one.signer.code : undefined));
  if (
    !passes(
      "issuer",
      issuers.every((issuer) => issuer === content.body),
    )
  )
    return refuse("wrong-issuer");
  if (
    !passes(
      "page",
      parts.pages.every((page) => isOurPainting(page, parts.modules)),
    )
  )
    return refuse("painted-over");
  if (text) {
    const other = sameDocument(checkStatement(text, anchors, text === parts.statement ? moment : at), stated);
    if (!passes("same-document", other === undefined) || other) return refuse(other ?? "not-ours");
  }
  return checkTerm({ valid: true, checks, signed }, at);
}

/** The drawing is, byte for byte, one that we make of the statement. */
function isDrawingOf(statement: string, { code, modules }: Parts): boolean {
  const same = (drawing: QrDrawing) => code.equals(drawing.painting) && modules === drawing.modules;
  return same(drawQr(statement)) || same(drawQrInRuns(statement));
}

/** The code speaks of this document, and of these very facts. */
function bindingFault(stated: Stated, content: Content, facts: Buffer): Reason | undefined {
  if (stated.number !== content.number || stated.document !== content.document) return "qr-of-another-document";
  return digestOf(facts).equals(stated.digest) ? undefined : "facts-changed";
}

function sameDocument(given: StatementVerdict, stated: Stated): Reason | undefined {
  if (!given.valid) return given.reason;
  const other = readClaims(given.claims);
  if (!other) return "not-ours";
  const same = other.number === stated.number && other.document === stated.document && other.digest.equals(stated.digest);
  return same ? undefined : "qr-of-another-document";
}

interface Signing {
  facts: Buffer;
  signer: { code: string; name: string };
  signedAt: Date;
}

function signedContent(content: Content, { facts, signer, signedAt }: Signing): SignedContent {
  return {
    from: "file",
    document: content.document,
    title: content.title,
    number: content.number,
    issuedOn: content.issued_on,
    validThrough: content.valid_through,
    body: { code: signer.code, name: signer.name },
    signedAt,
    facts: content.labels.flatMap(({ fact, title }) =>
      fact in content.facts ? [{ name: fact, value: content.facts[fact]!, title }] : [],
    ),
    digest: digestOf(facts).toString("hex"),
  };
}

interface Parts {
  facts: Buffer;
  statement: string;
  /** What draws the code, and how many modules a side it says to have. */
  code: Buffer;
  modules: number;
  /** Contents of the pages. */
  pages: Buffer[];
}

/** Undefined when the file is not built as ours are. */
function readParts(pdf: Buffer): Parts | undefined {
  try {
    const file = readPdf(pdf);
    const names = file.list(file.dictionary(file.dictionary(file.root.get("Names")).get("EmbeddedFiles")).get("Names"));
    const attached = (wanted: string) => {
      const index = names.findIndex((name, at) => at % 2 === 0 && name === wanted);
      return file.stream(file.dictionary(file.dictionary(names[index + 1]).get("EF")).get("F")).content;
    };
    if (names.length !== 4) return undefined;
    const pages = file
      .list(file.dictionary(file.root.get("Pages")).get("Kids"))
      .map((page) => readPage(file, file.dictionary(page)));
    const [first] = pages;
    if (!first || pages.some((page) => !page.code.equals(first.code))) return undefined;
    return {
      facts: attached(FACTS_FILE),
      statement: attached(STATEMENT_FILE).toString("latin1"),
      code: first.code,
      modules: first.modules,
      pages: pages.map(({ content }) => content),
    };
  } catch (fault) {
    if (fault instanceof PdfUnknown) return undefined;
    throw fault;
  }
}

const PAGE_ENTRIES = new Set(["Type", "Parent", "MediaBox", "Resources", "Contents", "StructParents", "Tabs", "Annots"]);

function readPage(file: PdfReading, page: Dictionary): { content: Buffer; code: Buffer; modules: number } {
  const resources = file.dictionary(page.get("Resources"));
  const pictures = file.dictionary(resources.get("XObject"));
  const annotations = page.has("Annots") ? file.list(page.get("Annots")).map((one) => file.dictionary(one)) : [];
  const plain =
    [...page.keys()].every((key) => PAGE_ENTRIES.has(key)) &&
    [...resources.keys()].every((key) => key === "Font" || key === "XObject");
  if (!plain || pictures.size !== 1 || !annotations.every((one) => isUnseen(file, one)))
    throw new PdfUnknown("page with more than ours");
  const { dictionary, content } = file.stream(pictures.get("Qr"));
  const box = file.list(dictionary.get("BBox"));
  const side = box[2];
  const whole =
    nameOf(dictionary.get("Subtype")) === "Form" && !dictionary.has("Matrix") && box[0] === 0 && box[1] === 0 && box[3] === side;
  if (!whole || typeof side !== "number") throw new PdfUnknown("code drawn in another way");
  return { content: file.stream(page.get("Contents")).content, code: content, modules: side };
}

/** The field of the signature takes no room and has no look of its own. */
function isUnseen(file: PdfReading, annotation: Dictionary): boolean {
  const rect = file.list(annotation.get("Rect"));
  return (
    nameOf(annotation.get("Subtype")) === "Widget" && !annotation.has("AP") && rect.length === 4 && rect.every((one) => one === 0)
  );
}
