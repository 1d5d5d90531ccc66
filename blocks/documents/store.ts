import { type Database, isDuplicate, type Queryable, type Statement, sql } from "@kerege/kernel/database";

export interface StoredDocument {
  id: string;
  document: string;
  number: string;
  subject: string;
  /** Null when the subject is the recipient. */
  recipient: string | null;
  language: string;
  issuedAt: Date;
  issuedOn: string;
  validThrough: string | null;
  body: string;
  withdrawnAt: Date | null;
}

export interface NewDocument {
  id: string;
  document: string;
  number: string;
  subject: string;
  /** Null when the subject is the recipient. */
  recipient: string | null;
  caseId: string;
  /** Who asked for it on behalf of the recipient and by which mandate, as `actorKey`; null where the recipient did. */
  askedBy: string | null;
  language: string;
  issuedAt: Date;
  issuedOn: string;
  validThrough: string | null;
  body: string;
  issuedBy: string;
  /** SHA-256 of the signed file. */
  sha256: Buffer;
  /** SHA-256 of the facts, as in the statement. */
  digest: Buffer;
  statement: string;
  pdf: Buffer;
  /** Day (`YYYY-MM-DD`) from which the signature needs a further time stamp. */
  renewOn: string;
}

/** Taken to be stamped anew: no other node takes it before the next day. */
export interface DueDocument {
  id: string;
  document: string;
  issuedOn: string;
  pdf: Buffer;
  /** How often it was taken: what is brought back late is not kept. */
  renewal: number;
}

/** Either the document of the case or a number nobody else has. */
export type FoundOrNumber = { id: string; number: string; pdf: Buffer; last: null } | { id: null; last: number };

const columns = sql`id, document, number, subject, recipient, language, issued_at as "issuedAt", issued_on as "issuedOn",
  valid_through as "validThrough", body, withdrawn_at as "withdrawnAt"`;

export function createStore(database: Database) {
  return {
    /**
     * What was issued for the case before, or else the next number of the kind in the year. Its own statement, not part of the
     * issue, so that issues of one kind do not wait for each other; a number is lost only when the issue fails after it. It need
     * not reach the disk by itself: the commit that uses the number takes along all that was written before it.
     */
    async findOrTakeNumber(wanted: { caseId: string; document: string; year: number }): Promise<FoundOrNumber> {
      const { caseId, document, year } = wanted;
      const row = await database.first<FoundOrNumber>(sql`
        with known as (select id, number, pdf from documents.document where case_id = ${caseId} and document = ${document}),
        taken as (
          insert into documents.sequence (document, year, last)
          select ${document}, ${year}, 1 from set_config('synchronous_commit', 'off', true) where not exists (select from known)
          on conflict (document, year) do update set last = documents.sequence.last + 1
          returning last)
        select known.id, known.number, known.pdf, taken.last from known full join taken on true`);
      return row!;
    },

    findByCase(caseId: string, document: string): Promise<{ id: string; number: string; pdf: Buffer } | undefined> {
      return database.first(
        sql`select id, number, pdf from documents.document where case_id = ${caseId} and document = ${document}`,
      );
    },

    /** One statement with what is told of it: both are kept or neither, without the way there and back of a transaction. */
    async insert(one: NewDocument, told: Statement): Promise<void> {
      await database.run(sql`
        with ${told}
        insert into documents.document (id, document, number, subject, recipient, case_id, language, issued_at, issued_on, valid_through, body,
          issued_by, asked_by, sha256, digest, statement, pdf, renew_on)
        values (${one.id}, ${one.document}, ${one.number}, ${one.subject}, ${one.recipient}, ${one.caseId}, ${one.language}, ${one.issuedAt},
          ${one.issuedOn}, ${one.validThrough}, ${one.body}, ${one.issuedBy}, ${one.askedBy}, ${one.sha256}, ${one.digest}, ${one.statement}, ${one.pdf},
          ${one.renewOn})`);
    },

    /**
     * About the person or received by the person, the newest first; all of them where there is no limit. Each half has an index
     * that ends at the limit, and no row is in both.
     */
    listOf(person: string, limit: number | null): Promise<StoredDocument[]> {
      return database.rows(sql`
        (select ${columns} from documents.document where subject = ${person} order by issued_at desc, id desc limit ${limit})
        union all
        (select ${columns} from documents.document where recipient = ${person} order by issued_at desc, id desc limit ${limit})
        order by "issuedAt" desc, id desc limit ${limit}`);
    },

    findOf(
      person: string,
      id: string,
    ): Promise<(StoredDocument & { caseId: string; pdf: Buffer; statement: string }) | undefined> {
      return database.first(sql`
        select ${columns}, case_id as "caseId", pdf, statement from documents.document
        where id = ${id} and (subject = ${person} or recipient = ${person})`);
    },

    findById(tx: Queryable, id: string): Promise<StoredDocument | undefined> {
      return tx.first(sql`select ${columns} from documents.document where id = ${id}`);
    },

    /** The document with this number and these very facts. */
    findIssued(wanted: { document: string; number: string; digest: Buffer }): Promise<{ withdrawnAt: Date | null } | undefined> {
      return database.first(sql`select withdrawn_at as "withdrawnAt" from documents.document
        where document = ${wanted.document} and number = ${wanted.number} and digest = ${wanted.digest}`);
    },

    /** False when it was withdrawn before. */
    async withdraw(tx: Queryable, one: { id: string; at: Date; by: string; reason: string }): Promise<boolean> {
      const changed = await tx.run(sql`update documents.document
        set renew_on = null, withdrawn_at = ${one.at}, withdrawn_by = ${one.by}, withdrawal_reason = ${one.reason}
        where id = ${one.id} and withdrawn_at is null`);
      return changed === 1;
    },

    /**
     * Takes those that are due, the longest due first, and puts them off to `again`: two nodes never hold the same one, and what a node
     * that died had in hand comes back on that day.
     */
    takeDue({ on, again, limit }: { on: string; again: string; limit: number }): Promise<DueDocument[]> {
      return database.rows(sql`
        update documents.document set renew_on = ${again}, renewal = renewal + 1
        where id in (
          select id from documents.document where renew_on <= ${on} and withdrawn_at is null
          order by renew_on, id limit ${limit} for update skip locked)
        returning id, document, issued_on as "issuedOn", pdf, renewal`);
    },

    /** The file as it is kept from now on; null leaves it as it is. False when another node took the document meanwhile. */
    async keepRenewed({ id, renewal }: DueDocument, kept: { pdf: Buffer | null; renewOn: string | null }): Promise<boolean> {
      const changed = await database.run(sql`update documents.document
        set pdf = coalesce(${kept.pdf}, pdf), renew_on = ${kept.renewOn}
        where id = ${id} and renewal = ${renewal} and withdrawn_at is null`);
      return changed === 1;
    },
  };
}

/** Another request issued the document of the same case a moment before. */
export const wasIssuedMeanwhile = (error: unknown): boolean => isDuplicate(error, "document_of_case");
