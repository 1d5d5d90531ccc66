import { type Actor, actorKey, type Behalf } from "@kerege/kernel/actor";
import type { Ground, RegisterDeclaration } from "./declaration.ts";

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
export type ReaderColumns = [kind: string, body?: string | null, name?: string | null, person?: string | null];

export function readerColumns(actor: Actor): ReaderColumns {
  if (actor.kind === "person") return ["person", null, actor.behalf ? mandateText(actor.behalf) : null, actor.pin];
  if (actor.kind === "official") return ["official", actor.body, actor.post, actor.person];
  return ["system", actor.body, actor.name, null];
}

/** Name of the system that reads, where a consent is for one system of a body. */
export function systemOf(actor: Actor): string | null {
  return actor.kind === "system" ? actor.name : null;
}

/** The reader as the database gives it back; a file of the archive leaves out what is empty. */
export function readerOf([kind, body, name, person]: ReaderColumns): Actor {
  if (kind === "person") return !name ? { kind, pin: person! } : { kind, pin: person!, behalf: mandateOf(name) };
  return kind === "official" ? { kind, body: body!, post: name!, person: person! } : { kind: "system", body: body!, name: name! };
}

/** For whom a person read, by which mandate: what the leaf says of it and what kind of mandate it was. */
const mandateText = ({ kind, of, subject, mandate }: Behalf) => JSON.stringify([kind, of, subject, mandate]);
function mandateOf(text: string): Behalf {
  const [kind, of, subject, mandate] = JSON.parse(text) as [string, Behalf["of"], string, string];
  return { kind, of, subject, mandate };
}

/** Whom an entry is about where the record is about nobody: the record itself, so that a correction finds who read it. */
export function recordSubject(register: string, key: string): string {
  return `${register}:${key}`;
}

/** Fields with those a record is about; none where records are about nobody. */
export function subjectFields({ subject }: Pick<RegisterDeclaration, "subject">): string[] {
  return subject === undefined ? [] : typeof subject === "string" ? [subject] : subject;
}

/** Whether the key of a record says whom it is about. */
export function isOwnKey(declaration: RegisterDeclaration): boolean {
  return subjectFields(declaration).includes(declaration.key);
}

/** What a read of a record counts as under a ground with a bound: the person a record is, or the record. */
export function countedSubject(declaration: RegisterDeclaration, key: string): string {
  return isOwnKey(declaration) ? key : recordSubject(declaration.register, key);
}
