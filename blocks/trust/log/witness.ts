/**
 * What a witness does with a checkpoint (C2SP tlog-witness, add-checkpoint). Pure: the program around it keeps the state and speaks
 * HTTP. Whoever calls it must keep `state` before the answer leaves, and let no other request in between.
 */
import type { KeyObject } from "node:crypto";
import { type Checkpoint, cosign, parseCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT, HASH_SIZE } from "./merkle.ts";
import { isSignedBy, type Note, type NoteKey, parseNote, readBase64 } from "./note.ts";
import { verifyConsistency } from "./proof.ts";

export type WitnessAnswer = {
  readonly status: 200 | 400 | 403 | 404 | 409 | 422;
  readonly type: "text/plain; charset=utf-8" | "text/x.tlog.size";
  readonly body: string;
  /** The note to keep, with the log's signature and the cosignature; only when the checkpoint was cosigned. */
  readonly state?: string;
};

export type Witness = {
  readonly key: NoteKey;
  readonly secret: KeyObject;
  /** Keys of the logs it watches; the name of a key is the origin of its log. */
  readonly logs: readonly NoteKey[];
};

/** At most so many lines of a proof (C2SP tlog-witness). */
const MAX_PROOF = 63;

const refuse = (status: 400 | 403 | 404 | 422, body: string): WitnessAnswer => ({
  status,
  type: "text/plain; charset=utf-8",
  body: `${body}\n`,
});

type Submission = {
  readonly old: number;
  readonly proof: readonly Buffer[];
  readonly note: Note;
  readonly checkpoint: Checkpoint;
};

export const writeSubmission = (old: number, proof: readonly Uint8Array[], note: string): string =>
  `old ${old}\n${proof.map((hash) => `${Buffer.from(hash).toString("base64")}\n`).join("")}\n${note}`;

function parseSubmission(body: string): Submission | undefined {
  const end = body.indexOf("\n\n");
  const [first = "", ...lines] = body.slice(0, Math.max(0, end)).split("\n");
  const old = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  const proof = lines.map(readBase64);
  const note = parseNote(body.slice(end + 2));
  const checkpoint = note && parseCheckpoint(note);
  if (old === undefined || lines.length > MAX_PROOF || !proof.every((one) => one?.length === HASH_SIZE) || !note || !checkpoint)
    return undefined;
  return { old: Number(old), proof: proof as Buffer[], note, checkpoint };
}

/** `seen` gives the note kept for an origin. */
export function considerCheckpoint(
  witness: Witness,
  given: { body: string; at: Date },
  seen: (origin: string) => string | undefined,
): WitnessAnswer {
  const submission = parseSubmission(given.body);
  if (!submission) return refuse(400, "this is no submission of a checkpoint");
  const { old, proof, note, checkpoint } = submission;
  const logs = witness.logs.filter(({ name }) => name === checkpoint.origin);
  if (logs.length === 0) return refuse(404, "this log is not known here");
  // Several keys of one log are there while it changes keys: a broken signature of any of them spoils the note.
  const named = logs.filter((log) => note.signatures.some(({ name, id }) => name === log.name && id === log.id));
  if (named.length === 0 || !named.every((log) => isSignedBy(note, log))) return refuse(403, "not signed by the log");
  if (old > checkpoint.size) return refuse(400, "the old size is larger than the new one");
  const last = readKept(seen(checkpoint.origin));
  if (old !== last.size) return { status: 409, type: "text/x.tlog.size", body: `${last.size}\n` };
  const conflict = findConflict(last, checkpoint, proof);
  if (conflict) return refuse(422, conflict);
  const line = cosign(note.text, given.at, witness);
  // Only signatures that were checked are kept and shown.
  const own = note.signatures.filter(({ name, id }) => named.some((log) => log.name === name && log.id === id));
  const kept = own.map(
    ({ name, id, bytes }) => `— ${name} ${Buffer.concat([Buffer.from(id, "hex"), bytes]).toString("base64")}\n`,
  );
  return { status: 200, type: "text/plain; charset=utf-8", body: line, state: `${note.text}\n${kept.join("")}${line}` };
}

function readKept(state: string | undefined): Pick<Checkpoint, "size" | "root"> {
  if (state === undefined) return { size: 0, root: EMPTY_ROOT };
  const note = parseNote(state);
  const checkpoint = note && parseCheckpoint(note);
  // A witness that has lost what it saw must not begin anew: it would cosign any story.
  if (!checkpoint) throw new RangeError("the kept checkpoint cannot be read");
  return checkpoint;
}

function findConflict(last: Pick<Checkpoint, "size" | "root">, next: Checkpoint, proof: readonly Buffer[]): string | undefined {
  if (next.size === 0 && !next.root.equals(EMPTY_ROOT)) return "the root of an empty log is another";
  if (verifyConsistency(last, next, proof)) return undefined;
  return last.size === next.size ? "another root for the same size was seen" : "the log does not continue what was seen";
}
