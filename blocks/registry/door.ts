import type { Actor } from "@kerege/kernel/actor";
import type { Multilingual } from "@kerege/kernel/locale";
import type { ProofFile } from "@kerege/trust";
import type { Ground, KnownFact, RegisterDeclaration, Value, Values } from "./declaration.ts";
import type { AlarmDoor, SupervisionDoor } from "./door-alarm.ts";
import type { ContentDoor } from "./door-content.ts";
import type { WritingDoor } from "./door-writing.ts";

export interface ReadRequest {
  register: string;
  key: string;
  fields: string[];
  ground: string;
  /** Case (application) the read is for. */
  case?: string;
  /** Service the read is for. */
  service?: string;
  /** When it was true (`YYYY-MM-DD`) and when it was recorded; now and now when left out. */
  trueOn?: string;
  knownAt?: Date;
  /** Why, in the reader's own words: compulsory under a ground for danger to life. */
  reason?: string;
  /** Where the record went into another one, that one is read in its place: what comes back has its key. */
  follow?: boolean;
}

export interface Found {
  key: string;
  version: number;
  validFrom: string;
  recordedAt: Date;
  /** State of the record, where its register has states. */
  state?: string;
  values: Values;
}

export interface SearchRequest {
  register: string;
  condition: string;
  values: Values;
  fields: string[];
  ground: string;
  case?: string;
  service?: string;
  reason?: string;
  /** Also records in a closed state. */
  closed?: boolean;
  /** The `next` of the page before. */
  after?: string;
  limit?: number;
}

export interface Page<Row> {
  rows: Row[];
  next?: string;
}

/** The document that an event rests on. A plain text is a number (or an id) of a document of no declared kind. */
export type GroundDocument = string | { kind: string; number: string; on?: string };

export interface RecordRequest {
  register: string;
  event: string;
  /** Identifies this act for ever: the same act given twice is recorded once (UUID). */
  act: string;
  /** Digest of all that was sent with the act by whoever chose its number: the same number with another is refused. */
  fingerprint?: string;
  key: string;
  values: Values;
  /** From which day it is true. */
  validFrom: string;
  document: GroundDocument;
  case?: string;
  /** Version the change was made on; a Problem `registry.version-differs` when another change came between. */
  version?: number;
}

export type HistoryEntry = Found & {
  event: string;
  document: string;
  validTo: string | null;
  ended: boolean;
  actor: string;
  act: string;
};

/** One entry of the person's page "who read my data". */
export interface ReadEntry {
  id: string;
  at: Date;
  reader: Actor;
  register: string;
  fields: string[];
  ground: string;
  case: string | null;
  service: string | null;
  found: boolean;
  reason: string | null;
}

/** A field that differs between two versions of a record. */
export interface Difference {
  field: string;
  before: Value;
  after: Value;
}

/** Somebody says that a field of a record is wrong. */
export interface Contest {
  id: string;
  register: string;
  key: string;
  field: string;
  /** What the register said, and what the person says is right. */
  held: Value;
  claimed: string;
  reason: string;
  by: string;
  at: Date;
  /** Last day of the owner to decide. */
  dueOn: string;
  state: "open" | "accepted" | "refused";
  answer: string | null;
  decidedAt: Date | null;
}

/** Who used a value that turned out to be wrong, one line for each reader and case. */
export interface AffectedUse {
  body: string | null;
  person: string | null;
  case: string | null;
  service: string | null;
  firstAt: Date;
  lastAt: Date;
  reads: number;
}

/** A person lets a body read about him under a ground that demands it. */
export interface Consent {
  id: string;
  ground: string;
  /** Body. */
  reader: string;
  /** The one system of the body it is for; all that the body is where nobody is named. */
  system: string | null;
  givenAt: Date;
  /** Day (exclusive) on which it ends by itself. */
  until: string | null;
  withdrawnAt: Date | null;
}

/** A body asks a person to agree. */
export interface ConsentRequest {
  id: string;
  ground: string;
  reader: string;
  system: string;
  askedAt: Date;
  /** Day (exclusive) until which is asked; nothing where no end is asked. */
  until: string | null;
  /** `withdrawn`: agreed and taken back since; `over`: agreed, and the day has come. */
  state: "open" | "agreed" | "declined" | "withdrawn" | "over";
}

/** May this reader read this, and why: in plain words, with the law. */
export interface Explanation {
  allowed: boolean;
  /** One word for a program: why it is denied, or how far it reaches. */
  why: string;
  /** Field, agreement … that it is about. */
  what: string;
  words: Multilingual;
  title?: Multilingual;
  purpose?: Multilingual;
  law?: Ground["law"];
}

/** A public rule by which a person sees certain reads later. */
export interface Deferral {
  ground: string;
  of: Multilingual;
  /** ISO 8601 duration. */
  for: string;
  law: { act: Multilingual; article: string };
  title: Multilingual;
}

/** A body used a value that was corrected since: one line for each record, reader and case. */
export interface CorrectionNotice extends AffectedUse {
  id: string;
  register: string;
  key: string;
  /** Fields that were wrong and were read. */
  fields: string[];
  correctedAt: Date;
}

/** A known fact as found. */
export interface FactFound {
  fact: string;
  value: Value;
  register: string;
  key: string;
  version: number;
  validFrom: string;
}

/** One committed change, in an order that never skips and never repeats. */
export interface FeedEntry {
  /** Watermark behind this change: ask for what comes after it. */
  mark: string;
  register: string;
  key: string;
  event: string;
  version: number;
  recordedAt: Date;
}

/** What neighbours may ask of the registers. Every read is written with its ground in the same transaction as the read. */
export interface RegistryDoor extends WritingDoor, ContentDoor, AlarmDoor, SupervisionDoor {
  read(actor: Actor, request: ReadRequest): Promise<Found | undefined>;
  search(actor: Actor, request: SearchRequest): Promise<Page<Found>>;
  /** All versions of a record, newest first, each with its event. */
  history(actor: Actor, request: ReadRequest): Promise<HistoryEntry[]>;
  record(actor: Actor, request: RecordRequest): Promise<{ key: string; version: number }>;
  /** Many records of one register and one creating event, for the first load; rows are checked like single ones. */
  load(
    actor: Actor,
    request: {
      register: string;
      event: string;
      document: GroundDocument;
      rows: { key: string; values: Values; validFrom: string }[];
    },
  ): Promise<number>;
  /**
   * What differs between two versions of a record, field by field; written as one read. @throws {Problem} `registry.not-found` where
   * one of the versions is not there or not for this reader.
   */
  differences(actor: Actor, request: ReadRequest & { versions: [before: number, after: number] }): Promise<Difference[]>;
  /** Whether a read would be allowed and why, without reading. What depends on the record itself (rows, consent) is not looked at. */
  explain(
    actor: Actor,
    request: { register: string; fields: string[]; ground: string; condition?: string; reason?: string },
  ): Explanation;
  /** The person agrees that a body reads about him under a ground; `until` is the first day without it. */
  giveConsent(
    actor: Actor,
    request: { ground: string; reader: string; system?: string; until?: string },
  ): Promise<{ id: string }>;
  /** From the next read on nothing rests on it. @throws {Problem} `registry.not-found` */
  withdrawConsent(actor: Actor, request: { id: string }): Promise<void>;
  /** The person's own consents, newest first, withdrawn ones too. */
  consents(actor: Actor): Promise<Consent[]>;
  /**
   * A system of a body asks a person to agree. Nothing is told of whether the number is anybody's; asked again while it is open it gives
   * what was asked. @throws {Problem} `registry.no-ground`, `registry.wrong-value`
   */
  askConsent(actor: Actor, request: { subject: string; ground: string; until?: string }): Promise<ConsentRequest>;
  /** What became of it: to the system that asked, and to the person. @throws {Problem} `registry.not-found` */
  consentRequest(actor: Actor, id: string): Promise<ConsentRequest>;
  /** Requests the person has not answered, newest first. */
  consentRequests(actor: Actor): Promise<ConsentRequest[]>;
  /** @throws {Problem} `registry.not-found`, `registry.decided-already` */
  answerConsent(actor: Actor, request: { id: string; agree: boolean }): Promise<void>;
  /** Public rules by which reads are shown to the person later. */
  deferrals(): Deferral[];
  /**
   * All reads about a subject (a PIN, or `<register>:<key>`), deferred ones too: for bodies of a ground with `audits`. This look
   * itself is written.
   */
  reads(
    actor: Actor,
    request: { subject: string; ground: string; case?: string; reason?: string; after?: string; limit?: number },
  ): Promise<Page<ReadEntry>>;
  /**
   * Proof of one read (`id` of its entry): to the person of reads about him; to a body of its own reads about a subject, under a ground
   * with `audits`, which is written as a look at the record of reads. A file that `kerege verify` checks alone. @throws {Problem}
   * `registry.not-found`, `registry.not-witnessed` (ask again in some seconds), `registry.tampered`
   */
  readProof(
    actor: Actor,
    request: { id: string; subject?: string; ground?: string; case?: string; reason?: string },
  ): Promise<ProofFile>;
  /**
   * Proof that a version of a record was recorded as it is held. It shows all of the version, so the ground must let every field be
   * read; written as a read like `history`. @throws {Problem} those of `history`, `registry.not-found`, `registry.not-witnessed`, and
   * `registry.tampered` where what is held is not what was logged, which is told as the event `registry.tampered`
   */
  eventProof(
    actor: Actor,
    request: Pick<ReadRequest, "register" | "key" | "ground" | "case" | "service" | "reason"> & { version: number },
  ): Promise<ProofFile>;
  /**
   * The subject of a record says that a field of it is wrong. The owner must decide by `dueOn`, counted in working days.
   * @throws {Problem} `registry.not-found`, `registry.unknown-field`, `registry.contested-already`
   */
  contest(
    actor: Actor,
    request: { register: string; key: string; field: string; claimed: string; reason: string },
  ): Promise<Contest>;
  /** Open first, by the day they are due: to the owner those of its registers, to a person his own. */
  contests(actor: Actor, request?: { after?: string; limit?: number }): Promise<Page<Contest>>;
  /** One contest, decided ones too: for its owner and for the person. @throws {Problem} `registry.not-found` */
  readContest(actor: Actor, request: { id: string }): Promise<Contest>;
  /**
   * The owner decides, with a reason; an accepted one is put right by an event of the register. @throws {Problem}
   * `registry.not-found`, `registry.not-owner`, `registry.decided-already`
   */
  decide(actor: Actor, request: { id: string; accepted: boolean; answer: string }): Promise<Contest>;
  /** To a body: values it used that were corrected since, newest first. */
  notices(actor: Actor, request?: { after?: string; limit?: number }): Promise<Page<CorrectionNotice>>;
  /** Everyone who used a value that an act corrected; for the owner of the register. */
  affected(actor: Actor, request: { register: string; key: string; act: string }): Promise<AffectedUse[]>;
  /** What the state knows, by name. */
  knownFacts(): KnownFact[];
  /**
   * A known fact about a subject on a day (today when left out), resolved through the registers under a ground that reads them all. Of
   * a list the first.
   * @throws {Problem} `registry.unknown-fact` and those of `read`
   */
  fact(
    actor: Actor,
    request: { fact: string; subject: string; on?: string; ground: string; case?: string; service?: string },
  ): Promise<FactFound | undefined>;
  /**
   * A known fact that is a list, each with the record it stands in, in the order of its search and at most its limit; of one that is no
   * list, itself. @throws {Problem} those of `fact`
   */
  facts(
    actor: Actor,
    request: { fact: string; subject: string; on?: string; ground: string; case?: string; service?: string },
  ): Promise<FactFound[]>;
  /** Reads about a person, of one record where it is named, newest first. The person sees all of them but those a public rule defers. */
  readsAbout(
    actor: Actor,
    request: { pin: string; record?: { register: string; key: string }; after?: string; limit?: number },
  ): Promise<Page<ReadEntry>>;
  /**
   * The key that an address of a person's own pages means: `mine` is the record that is the person's own by his number, a sealed name
   * one whose key is personal data. A text that is nobody's key where it names none.
   */
  ownKey(actor: Actor, named: { register: string; name: string }): string;
  count(register: string): Promise<number>;
  registers(): RegisterDeclaration[];
  grounds(): Ground[];
}
