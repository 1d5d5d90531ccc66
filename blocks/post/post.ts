import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Language } from "@kerege/kernel/locale";
import type { Letter, LetterSummary, PostDoor } from "./declaration.ts";
import { problem } from "./problems.ts";
import { createStore, type LetterRow } from "./store.ts";

const LETTER_ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const MOST_ROWS = 100;

export function createPost(means: Pick<Means, "database" | "clock" | "ids">): PostDoor {
  const store = createStore(means.database);
  return {
    async send(actor, request) {
      if (actor.kind === "person") throw problem("only-for-bodies");
      return { id: await store.add({ ...request, id: means.ids.next(), at: means.clock.now() }) };
    },
    async list(actor, { language, after, limit = 20 }) {
      const most = Math.min(Math.max(1, limit), MOST_ROWS);
      const before = after !== undefined && LETTER_ID.test(after) ? after : undefined;
      const rows = await store.list(pinOf(actor), { before, limit: most + 1 });
      return {
        rows: rows.slice(0, most).map((row) => summaryOf(row, language)),
        ...(rows.length > most && { next: rows[most - 1]!.id }),
      };
    },
    async read(actor, { id, language }) {
      const pin = pinOf(actor);
      const row = LETTER_ID.test(id) ? await store.read(id, pin, means.clock.now()) : undefined;
      if (!row) throw problem("no-such-letter");
      return letterOf(row, language);
    },
    unread: (actor) => store.unread(pinOf(actor)),
  };
}

function summaryOf(row: LetterRow, language: Language): LetterSummary {
  return {
    id: row.id,
    from: row.from_body,
    subject: row.subject[language],
    case: row.case_id,
    sentAt: row.sent_at,
    readAt: row.read_at,
  };
}

function letterOf(row: LetterRow, language: Language): Letter {
  return { ...summaryOf(row, language), body: row.body[language], document: row.document_id };
}

function pinOf(actor: Actor): string {
  if (actor.kind !== "person") throw problem("only-for-people");
  return actor.pin;
}
