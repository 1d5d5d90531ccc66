/** What the state says: issues documents, keeps them, shows them to whom they are about and who received them, checks any. */
import { type Actor, actorKey, subjectOf, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { dayOf } from "@kerege/kernel/clock";
import { isLanguage, type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { TrustDoor } from "@kerege/trust";
import { checkDocument, type DocumentInput, type DocumentVerdict, withCheck } from "./check.ts";
import { type DocumentDeclaration, type Facts, languagesOf, lastDay, OWN_FACTS, writeNumber } from "./declaration.ts";
import type { DocumentIssued, DocumentWithdrawn } from "./events.ts";
import { type Content, canonicalJson, claimsOf, digestOf } from "./facts.ts";
import { type Kind, readKinds } from "./kind.ts";
import { documentProblem } from "./problems.ts";
import { createRenderer } from "./render.ts";
import { createWalker, renewOnFor } from "./renewal.ts";
import type { settings } from "./settings.ts";
import { createStore, type NewDocument, type StoredDocument, wasIssuedMeanwhile } from "./store.ts";
import { openTypefaces } from "./typeface.ts";
import { readFacts } from "./values.ts";

export interface IssueRequest {
  /** Kind: the name of `documents/<name>.yaml`. */
  document: string;
  /** The person's language. */
  language: Language;
  /** PIN of the person it is about. */
  subject: string;
  /** PIN of the person who asked for it and receives it; the subject when left out. These two may read it, and nobody else. */
  recipient?: string;
  /** The case it comes from: a kind is issued once for a case. */
  case: string;
  /** Who asked for it on behalf of the recipient, by which mandate (`actorKey`). */
  askedBy?: string;
  /** By name; a day as `YYYY-MM-DD`. A fact that is null or undefined is not there. */
  facts: Record<string, string | null | undefined>;
}

export interface IssuedDocument {
  id: string;
  number: string;
  pdf: Buffer;
}

export interface DocumentEntry {
  id: string;
  /** Kind. */
  document: string;
  title: Multilingual;
  number: string;
  /** PIN of the person it is about. */
  subject: string;
  /** PIN of the person who received it. */
  recipient: string;
  language: string;
  issuedAt: Date;
  issuedOn: string;
  /** Last day on which it may be relied on. */
  validThrough?: string;
  body: { code: string; name: Multilingual };
  withdrawnAt?: Date;
}

export interface DocumentsDoor {
  /**
   * Issues a document, signs it with the key of its body and keeps it; tells `documents.issued`. Asked again for the same case and
   * kind it gives what was issued. Throws `documents.unknown-kind`, `.wrong-facts`, `.unprintable`, `.too-much-for-code`.
   */
  issue(actor: Actor, request: IssueRequest): Promise<IssuedDocument>;
  /** Documents about the person and those the person received for another, the newest first; nobody else has any here. */
  list(actor: Actor, page?: { limit?: number }): Promise<DocumentEntry[]>;
  /** For the subject and the recipient; to whoever acts by a mandate for one service or case, within a case of it. Throws `documents.not-found`, also for a document of somebody else. */
  read(actor: Actor, id: string, within?: { case?: string }): Promise<DocumentEntry & { pdf: Buffer; statement: string }>;
  /** Takes a document back, for the body that issued it; tells `documents.withdrawn`. Throws `documents.not-found`, `.wrong-body`. */
  withdraw(actor: Actor, withdrawal: { id: string; reason: string }): Promise<void>;
  /** Open to all. Throws `documents.nothing-to-check`; a refusal is a verdict. */
  check(input: DocumentInput): Promise<DocumentVerdict>;
  /** Kinds that can be issued. */
  kinds(): DocumentDeclaration[];
}

export type DocumentsMeans = Pick<
  Means<typeof settings>,
  "database" | "clock" | "ids" | "texts" | "country" | "packs" | "events" | "settings"
>;

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export function createDocuments(means: DocumentsMeans, { trust }: { trust: TrustDoor }): DocumentsDoor {
  const { clock, country, database, events, ids, texts } = means;
  const own = Object.fromEntries(
    OWN_FACTS.map((name) => [name, inAllLanguages((language) => texts.translate(language, `documents.facts.${name}`))]),
  );
  const kinds = readKinds(means.packs, own);
  const typefaces = openTypefaces();
  const renderer = createRenderer({ texts, typefaces, state: country.name, address: means.settings.address.replace(/\/+$/, "") });
  const store = createStore(database);
  const stateLanguage = country.languages[0]!;
  trust.signing.renewing.register(createWalker({ store, clock, declarationOf: (document) => kinds.get(document)?.declaration }));

  const kindOf = (document: string): Kind => {
    const kind = kinds.get(document);
    if (!kind) throw documentProblem("unknown-kind", { params: { document } });
    return kind;
  };

  /** Everything but storing: pure but for the clock of the signature. */
  const make = (kind: Kind, request: IssueRequest, place: { facts: Facts; number: string; at: Date; issuedOn: string }) => {
    const { declaration } = kind;
    const { facts, number, at, issuedOn } = place;
    const shown = languagesOf(declaration, request.language, stateLanguage);
    const heads = languagesOf({ languages: "state-and-person" }, request.language, stateLanguage);
    const only = (text: Multilingual): Partial<Multilingual> =>
      Object.fromEntries(shown.map((language) => [language, text[language]]));
    const content: Content = {
      document: declaration.document,
      number,
      issued_on: issuedOn,
      ...(declaration.validity ? { valid_through: lastDay(issuedOn, declaration.validity) } : {}),
      body: declaration.body.code,
      body_name: only(declaration.body.name),
      title: only(declaration.title),
      facts,
      labels: kind.labels.filter(({ fact }) => fact in facts).map(({ fact, title }) => ({ fact, title: only(title) })),
    };
    const canonical = Buffer.from(canonicalJson(content), "utf8");
    const digest = digestOf(canonical);
    const signer = trust.signer({ code: declaration.body.code, name: declaration.body.name[stateLanguage] });
    const statement = trust.sealStatement(signer, claimsOf(content, { digest, declaration }));
    const unsigned = renderer.render({ kind, content, facts: canonical, statement, languages: shown, heads, at });
    const reason = texts.translate(request.language, "documents.page.signature-reason", {
      title: declaration.title[request.language],
      number,
    });
    const name = declaration.body.name[request.language];
    const renewOn = renewOnFor(signer.certificate);
    return { content, digest, statement, renewOn, ...trust.signPdfAndDigest(unsigned, signer, { at, reason, name }) };
  };

  const entryOf = (row: StoredDocument): DocumentEntry => {
    const declaration = kinds.get(row.document)?.declaration;
    // A kind that is no longer declared keeps its documents; they are then known by its name.
    const plain = (text: string) => inAllLanguages(() => text);
    return {
      id: row.id,
      document: row.document,
      title: declaration?.title ?? plain(row.document),
      number: row.number,
      subject: row.subject,
      recipient: row.recipient ?? row.subject,
      language: row.language,
      issuedAt: row.issuedAt,
      issuedOn: row.issuedOn,
      validThrough: row.validThrough ?? undefined,
      body: { code: row.body, name: declaration?.body.name ?? plain(row.body) },
      withdrawnAt: row.withdrawnAt ?? undefined,
    };
  };

  return {
    async issue(actor, request) {
      const kind = kindOf(request.document);
      const facts = readFacts(request, { declaration: kind.declaration, typefaces });
      const at = clock.now();
      const issuedOn = dayOf(at, country.timeZone);
      const year = Number(issuedOn.slice(0, 4));
      const found = await store.findOrTakeNumber({ caseId: request.case, document: request.document, year });
      if (found.id !== null) return { id: found.id, number: found.number, pdf: found.pdf };
      const number = writeNumber(kind.declaration, year, found.last);
      const { content, digest, statement, renewOn, pdf, sha256 } = make(kind, request, { facts, number, at, issuedOn });
      const row: NewDocument = {
        id: ids.next(),
        document: request.document,
        number,
        subject: request.subject,
        recipient: request.recipient === request.subject ? null : (request.recipient ?? null),
        caseId: request.case,
        language: request.language,
        issuedAt: at,
        issuedOn,
        validThrough: content.valid_through ?? null,
        body: content.body,
        issuedBy: actorKey(actor),
        askedBy: request.askedBy ?? null,
        sha256,
        digest,
        statement,
        pdf,
        renewOn,
      };
      const told = events.telling([{ type: "documents.issued", body: { ...issuedOf(row) } }]);
      try {
        await store.insert(row, told.part);
      } catch (error) {
        // Of two requests for one case the first to commit wins, and both are given its document.
        const first = wasIssuedMeanwhile(error) ? await store.findByCase(request.case, request.document) : undefined;
        if (first) return first;
        throw error;
      }
      told.done();
      return { id: row.id, number, pdf };
    },

    async list(actor, { limit } = {}) {
      if (actor.kind !== "person") return [];
      return (await store.listOf(wholeSubjectOf(actor), limit ?? null)).map(entryOf);
    },

    async read(actor, id, within = {}) {
      const found = actor.kind === "person" && ID.test(id) ? await store.findOf(subjectOf(actor), id) : undefined;
      if (!found) throw documentProblem("not-found");
      const only = actor.kind === "person" ? actor.behalf?.only : undefined;
      if (only && (found.caseId !== within.case || ("case" in only && only.case !== found.caseId)))
        throw documentProblem("not-found");
      return { ...entryOf(found), pdf: found.pdf, statement: found.statement };
    },

    async withdraw(actor, { id, reason }) {
      await database.transaction(async (tx) => {
        const found = actor.kind !== "person" && ID.test(id) ? await store.findById(tx, id) : undefined;
        if (!found || actor.kind === "person") throw documentProblem("not-found");
        if (found.body !== actor.body) throw documentProblem("wrong-body");
        if (!(await store.withdraw(tx, { id, at: clock.now(), by: actorKey(actor), reason }))) return;
        const { document, number, subject } = found;
        const body: DocumentWithdrawn = { id, document, number, subject, recipient: found.recipient ?? subject };
        await events.tell(tx, { type: "documents.withdrawn", body: { ...body } });
      });
    },

    async check(input) {
      if (!input.pdf?.length && !input.text?.trim()) throw documentProblem("nothing-to-check");
      const verdict = checkDocument(input, trust.anchors(), clock.now());
      if (!verdict.signed || (!verdict.valid && verdict.reason !== "expired")) return verdict;
      const { document, number, digest } = verdict.signed;
      const issued = await store.findIssued({ document, number, digest: Buffer.from(digest, "hex") });
      const named = { ...verdict, signed: nameFacts(verdict.signed, kinds.get(document)) };
      if (!issued) return withCheck(named, { name: "register", passed: false }, { reason: "not-in-register" });
      const date = issued.withdrawnAt ? dayOf(issued.withdrawnAt, country.timeZone) : "";
      return withCheck(named, { name: "register", passed: !issued.withdrawnAt }, { reason: "withdrawn", params: { date } });
    },

    kinds: () => [...kinds.values()].map(({ declaration }) => declaration),
  };
}

function issuedOf({ id, document, number, subject, recipient, caseId, language }: NewDocument): DocumentIssued {
  return { id, document, number, subject, recipient: recipient ?? subject, case: caseId, language };
}

/** Gives the facts of a code the titles that its kind declares. */
function nameFacts(
  signed: NonNullable<DocumentVerdict["signed"]>,
  kind: Kind | undefined,
): NonNullable<DocumentVerdict["signed"]> {
  if (signed.from === "file" || !kind) return signed;
  const byShort = new Map(
    Object.entries(kind.declaration.facts).map(([name, fact]) => [fact.short, { name, title: fact.title }]),
  );
  const facts = signed.facts.map((fact) => ({ ...fact, ...byShort.get(fact.name) }));
  return { ...signed, title: kind.declaration.title, facts };
}

function inAllLanguages(text: (language: Language) => string): Multilingual {
  return Object.fromEntries(languages.filter(isLanguage).map((language) => [language, text(language)])) as Multilingual;
}
