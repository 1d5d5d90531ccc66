import { type Actor, wholeSubjectOf } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { LetterSummary, PostDoor } from "./declaration.ts";
import { problem } from "./problems.ts";
import { createStore, type SummaryRow } from "./store.ts";

const LETTER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_ROWS = 100;

export function createPost(
  means: Pick<Means, "database" | "clock" | "ids">,
): PostDoor & { sent(given: { kind: string; to: string }): Promise<boolean> } {
  const store = createStore(means.database);
  return {
    async send(actor, request) {
      if (actor.kind === "person") throw problem("only-for-bodies");
      return { id: await store.add({ ...request, id: means.ids.next(), at: means.clock.now() }) };
    },
    async list(actor, { language, after, limit = 20 }) {
      const most = Math.min(Math.max(1, limit), MOST_ROWS);
      const before = after !== undefined && LETTER_ID.test(after) ? after : undefined;
      const rows = await store.list(pinOf(actor), { language, before, limit: most + 1 });
      return {
        rows: rows.slice(0, most).map(summaryOf),
        ...(rows.length > most && { next: rows[most - 1]!.id }),
      };
    },
    async newest(actor, { language, limit }) {
      const rows = await store.newest(pinOf(actor), { language, limit: Math.min(Math.max(1, limit), MOST_ROWS) });
      return { rows: rows.map(summaryOf), unread: rows[0]?.unread ?? 0 };
    },
    async read(actor, { id, language }) {
      const recipient = pinOf(actor);
      const row = LETTER_ID.test(id) ? await store.read(id, { recipient, language, at: means.clock.now() }) : undefined;
      if (!row) throw problem("no-such-letter");
      return { ...summaryOf(row), body: row.body, document: row.document_id };
    },
    /** Whether a person got a letter of a kind that belongs to no case. */
    sent: ({ kind, to }) => store.sent(kind, to),
    unread: (actor) => store.unread(pinOf(actor)),
  };
}

function summaryOf(row: SummaryRow): LetterSummary {
  return {
    id: row.id,
    from: row.from_body,
    subject: row.subject,
    case: row.case_id,
    sentAt: row.sent_at,
    readAt: row.read_at,
  };
}

function pinOf(actor: Actor): string {
  if (actor.kind !== "person") throw problem("only-for-people");
  return wholeSubjectOf(actor);
}
