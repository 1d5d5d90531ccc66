/** Makes documents as a careless or bought insider would: every part chosen by itself, then signed with the body's own key. */
import { languages, type Multilingual } from "@kerege/kernel/locale";
import type { Signer, Trust } from "@kerege/trust";
import type { DocumentDeclaration } from "../declaration.ts";
import { type Content, canonicalJson, claimsOf, digestOf } from "../facts.ts";
import { layOut } from "../layout.ts";
import { writePdf } from "../pdf.ts";
import { drawQr } from "../qr.ts";
import { FACTS_FILE, STATEMENT_FILE } from "../render.ts";
import type { Sheets } from "../sheet.ts";
import { openTypefaces } from "../typeface.ts";
import { facts } from "./standard.ts";

const everywhere = (text: string) => Object.fromEntries(languages.map((language) => [language, text])) as Multilingual;

/** Enough of a declaration for claims. */
export const declaration = {
  document: "club-card",
  facts: { surname: { type: "text", short: "s", title: everywhere("Surname") } },
} as unknown as DocumentDeclaration;

export function contentOf(parts: Partial<Content> = {}): Content {
  return {
    document: "club-card",
    number: "C-2026-000001",
    issued_on: "2026-11-05",
    body: "archive",
    body_name: { en: "Archive service" },
    title: { en: "Club membership card" },
    facts: { surname: facts.surname },
    labels: [{ fact: "surname", title: { en: "Surname" } }],
    ...parts,
  };
}

export function signerOf(trust: Trust, code = "archive"): Signer {
  return trust.signer({ code, name: `Body ${code}` });
}

export function statementOf(trust: Trust, content: Content, signer = signerOf(trust)): string {
  return trust.sealStatement(signer, claimsOf(content, { digest: digestOf(Buffer.from(canonicalJson(content))), declaration }));
}

export interface Forgery {
  content?: Content;
  /** Attached statement. */
  statement?: string;
  /** Text of the code on the page. */
  code?: string;
  draw?: typeof drawQr;
  /** Attached facts as they stand. */
  facts?: string;
  signer?: Signer;
  paint?: (sheets: Sheets) => void;
}

export function forge(trust: Trust, forgery: Forgery = {}): Buffer {
  const content = forgery.content ?? contentOf();
  const statement = forgery.statement ?? statementOf(trust, content);
  const code = (forgery.draw ?? drawQr)(forgery.code ?? statement);
  const typefaces = openTypefaces();
  const blocks = [{ kind: "h1" as const, pieces: [{ text: "Card", bold: false }] }];
  const check = { heading: "How", text: "Scan", note: "Signed" };
  const { sheets, tags } = layOut(
    {
      heads: [{ language: "en", state: "Land", body: "Body" }],
      columns: [{ language: "en", codeText: "QR code", blocks, check }],
      foot: content.number,
      modules: code.modules,
    },
    typefaces,
  );
  forgery.paint?.(sheets);
  const at = new Date("2026-11-05T09:30:00Z");
  const attached = (name: string, text: string) =>
    ({ name, mime: "text/plain", about: name, relation: "Data", content: Buffer.from(text) }) as const;
  const attachments = [attached(FACTS_FILE, forgery.facts ?? canonicalJson(content)), attached(STATEMENT_FILE, statement)];
  const unsigned = writePdf({ typefaces, sheets, tags, title: "Card", language: "en", author: "Body", at, code, attachments });
  return trust.signPdf(unsigned, forgery.signer ?? signerOf(trust), { at, reason: "Trial", name: "Body" });
}
