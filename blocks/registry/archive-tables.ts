import { actorKey } from "@kerege/kernel/actor";
import type { ArchivedColumn, ArchivedRow, ArchivedTable } from "./archive-file.ts";
import { leafOf, readContent } from "./batch-tree.ts";
import { readerOf } from "./read-entry.ts";

const needed = (name: string, type: ArchivedColumn["type"]): ArchivedColumn => ({ name, type, required: true });
const optional = (name: string, type: ArchivedColumn["type"]): ArchivedColumn => ({ name, type });

/** The leaf of a read: all it says is in its row, and its salt is its identifier. */
export function leafOfRead(row: ArchivedRow): Buffer {
  const reader = [row.reader_kind, row.reader_body ?? null, row.reader_name ?? null, row.reader_person ?? null];
  const content = readContent({
    id: row.id as string,
    at: row.at as Date,
    reader: actorKey(readerOf(reader as Parameters<typeof readerOf>[0])),
    register: row.register as string,
    key: (row.key ?? row.subject) as string,
    fields: row.fields as string[],
    ground: row.ground as string,
    case: (row.case_id ?? null) as string | null,
    service: (row.service ?? null) as string | null,
    reason: (row.reason ?? null) as string | null,
  });
  return leafOf(row.id as string, content);
}

/** Reads, by whom they are about. */
export const readTable: ArchivedTable = {
  kind: "read",
  columns: [
    needed("subject", "text"),
    needed("at", "instant"),
    needed("id", "uuid"),
    needed("reader_kind", "text"),
    optional("reader_body", "text"),
    optional("reader_name", "text"),
    optional("reader_person", "text"),
    needed("register", "text"),
    needed("fields", "texts"),
    needed("ground", "text"),
    optional("case_id", "text"),
    optional("service", "text"),
    needed("found", "yes"),
    optional("key", "text"),
    optional("batch", "uuid"),
    optional("place", "int"),
    optional("reason", "text"),
    optional("shown_from", "instant"),
  ],
  leafOf: leafOfRead,
};

/** Batches of reads with the leaves of each, for proofs. */
export const batchTable: ArchivedTable = {
  kind: "read-batch",
  columns: [
    needed("id", "text"),
    needed("chain", "uuid"),
    needed("seq", "long"),
    needed("at", "instant"),
    needed("leaves", "int"),
    needed("root", "bytes"),
    needed("head", "bytes"),
    optional("log_index", "long"),
    needed("hashes", "bytes"),
  ],
  leafOf: (row) => Buffer.from(row.root as Uint8Array),
};

/** The journal of events. A copy: what they say is the history of the registers, which never leaves them. */
export const eventTable: ArchivedTable = {
  kind: "event",
  columns: [
    needed("key", "text"),
    needed("register", "text"),
    optional("event", "text"),
    needed("version", "int"),
    needed("act", "uuid"),
    needed("recorded_at", "instant"),
    needed("batch", "uuid"),
    needed("place", "int"),
    needed("leaf", "bytes"),
  ],
  leafOf: (row) => Buffer.from(row.leaf as Uint8Array),
};
