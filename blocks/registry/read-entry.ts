import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Ground } from "./declaration.ts";

/** What of a read is the same for all records it gives. */
export interface EntryHead {
  register: string;
  fields: string[];
  ground: Ground;
}

/** One read of one reader. */
export interface ReadAct {
  actor: Actor;
  key: string;
  case?: string;
  service?: string;
  reason?: string;
}

/**
 * The canonical text of reads of one shape, as `readContent` gives it; what is the same for all is written once. `at` is the instant
 * in ISO 8601.
 */
export function contentsOf({ register, fields, ground }: EntryHead): (act: ReadAct, given: { id: string; at: string }) => string {
  const middle = `,"fields":${JSON.stringify(fields)},"ground":${JSON.stringify(ground.ground)},"id":"`;
  const named = `,"register":${JSON.stringify(register)},"service":`;
  return (act, { id, at }) =>
    `{"at":"${at}","case":${text(act.case)}${middle}${id}","kerege":"read/1","key":${text(act.key)},"reader":${text(actorKey(act.actor))},` +
    `"reason":${text(act.reason)}${named}${text(act.service)}}`;
}

const simple = /^[\w:/. -]*$/;

function text(value: string | undefined): string {
  if (value === undefined) return "null";
  return simple.test(value) ? `"${value}"` : JSON.stringify(value);
}

/** The reader as four columns of the read log. */
export type ReaderColumns = [kind: string, body: string | null, name: string | null, person: string | null];

export function readerColumns(actor: Actor): ReaderColumns {
  if (actor.kind === "person") return ["person", null, null, actor.pin];
  if (actor.kind === "official") return ["official", actor.body, actor.post, actor.person];
  return ["system", actor.body, actor.name, null];
}

/** The reader as the database gives it back. */
export function readerOf([kind, body, name, person]: ReaderColumns): Actor {
  if (kind === "person") return { kind, pin: person! };
  return kind === "official" ? { kind, body: body!, post: name!, person: person! } : { kind: "system", body: body!, name: name! };
}

/** Whom an entry is about where the record is about nobody: the record itself, so that a correction finds who read it. */
export function recordSubject(register: string, key: string): string {
  return `${register}:${key}`;
}
