/** What a document says, for machines: one canonical text of it, its digest, and the short claims in the code. */
import { createHash } from "node:crypto";
import type { Multilingual } from "@kerege/kernel/locale";
import type { Claims, ClaimValue } from "@kerege/trust";
import type { DocumentDeclaration, Facts } from "./declaration.ts";

/** `facts.json` of a document. Its titles go with it, so that a checker needs nothing else to show it. */
export interface Content {
  /** Kind of the document. */
  document: string;
  number: string;
  issued_on: string;
  /** Last day on which it may be relied on. */
  valid_through?: string;
  /** Code of the body that issued it. */
  body: string;
  body_name: Partial<Multilingual>;
  title: Partial<Multilingual>;
  facts: Facts;
  /** Titles of the facts in the languages of the document, in their order on the page. */
  labels: { fact: string; title: Partial<Multilingual> }[];
}

/** The claims of a statement: what the code on the page says. */
export interface Stated {
  document: string;
  number: string;
  issuedOn: string;
  validThrough?: string;
  /** SHA-256 of `facts.json`: ties the code to one document. */
  digest: Buffer;
  /** Chosen facts by their short keys. */
  facts: Facts;
}

/** JSON in its one form (RFC 8785): keys in the order of their UTF-16 units, no spaces. Numbers do not occur. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`;
  if (value !== null && typeof value === "object") {
    const map = value as Record<string, unknown>;
    let text = "";
    for (const key of Object.keys(map).sort()) {
      if (map[key] !== undefined) text += `${text && ","}${JSON.stringify(key)}:${canonicalJson(map[key])}`;
    }
    return `{${text}}`;
  }
  return JSON.stringify(value);
}

export function digestOf(content: Uint8Array): Buffer {
  return createHash("sha256").update(content).digest();
}

/** Claims with keys of one letter: d kind, n number, i day of issue, x last day, h digest, f facts. */
export function claimsOf(
  content: Content,
  { digest, declaration }: { digest: Buffer; declaration: DocumentDeclaration },
): Claims {
  const facts: Record<string, string> = {};
  for (const [name, { short }] of Object.entries(declaration.facts)) {
    const value = content.facts[name];
    if (short && value !== undefined) facts[short] = value;
  }
  const { document: d, number: n, issued_on: i, valid_through: x } = content;
  return { d, n, i, ...(x ? { x } : {}), h: digest, f: facts };
}

/** Undefined when the claims are not those of a document. */
export function readClaims(claims: Claims): Stated | undefined {
  const { d, n, i, x, h, f } = claims;
  const known = Object.keys(claims).every((key) => "dnixhf".includes(key) && key.length === 1);
  if (!known || !isText(d) || !isText(n) || !isDay(i) || !(x === undefined || isDay(x))) return undefined;
  if (!(h instanceof Uint8Array) || h.length !== 32 || !isFacts(f)) return undefined;
  return { document: d, number: n, issuedOn: i, ...(x ? { validThrough: x } : {}), digest: Buffer.from(h), facts: { ...f } };
}

/** Undefined when the text is not the canonical text of a content. */
export function readContent(bytes: Buffer): Content | undefined {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
  if (!isMap(value) || canonicalJson(value) !== bytes.toString("utf8")) return undefined;
  const { document, number, issued_on, valid_through, body, body_name, title, facts, labels } = value;
  const texts =
    [document, number, body].every(isText) && isDay(issued_on) && (valid_through === undefined || isDay(valid_through));
  if (!texts || !isFacts(body_name) || !isFacts(title) || !isFacts(facts) || !Array.isArray(labels)) return undefined;
  if (!labels.every((label) => isMap(label) && isText(label.fact) && isFacts(label.title))) return undefined;
  return value as unknown as Content;
}

type Unknown = ClaimValue | unknown;
const isText = (value: Unknown): value is string => typeof value === "string" && value.length > 0;
const isDay = (value: Unknown): value is string => typeof value === "string" && /^\d{4}-\d\d-\d\d$/.test(value);
const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Uint8Array);
const isFacts = (value: Unknown): value is Facts => isMap(value) && Object.values(value).every((one) => typeof one === "string");
