import type { Actor } from "@kerege/kernel/actor";
import type { Language, Multilingual } from "@kerege/kernel/locale";

export interface SendRequest {
  /** PIN of the recipient. */
  to: string;
  /** Body the letter comes from. */
  from: string;
  subject: Multilingual;
  /** Paragraphs are separated by an empty line. */
  body: Multilingual;
  /** Case it is about, with the kind of letter within the case: one letter of a kind is sent to one person once. */
  case?: string;
  kind: string;
  /** Document to show with it. */
  document?: string;
}

export interface LetterSummary {
  id: string;
  from: string;
  subject: string;
  case: string | null;
  sentAt: Date;
  readAt: Date | null;
}

export interface Letter extends LetterSummary {
  body: string;
  document: string | null;
}

/** Official letters in the person's cabinet. A letter is shown in the language the reader asks for, as it was written on the day. */
export interface PostDoor {
  /** Gives the letter's id; a second call for the same case, kind and recipient gives the id of the first. */
  send(actor: Actor, request: SendRequest): Promise<{ id: string }>;
  /** Letters of the person, newest first. */
  list(
    actor: Actor,
    request: { language: Language; after?: string; limit?: number },
  ): Promise<{ rows: LetterSummary[]; next?: string }>;
  /** The newest letters with the number of all unread ones, for the cabinet's first page; `limit` is at most 100. */
  newest(actor: Actor, request: { language: Language; limit: number }): Promise<{ rows: LetterSummary[]; unread: number }>;
  /** Gives the letter and marks it as read. Another person's letter is Problem `post.no-such-letter`. */
  read(actor: Actor, request: { id: string; language: Language }): Promise<Letter>;
  unread(actor: Actor): Promise<number>;
}
