/** Checkpoints (C2SP tlog-checkpoint) and the cosignatures of witnesses under them (C2SP tlog-cosignature, Ed25519, version 1). */
import { type KeyObject, sign } from "node:crypto";
import { HASH_SIZE } from "./merkle.ts";
import { isSignedWith, type Note, type NoteKey, readBase64, signaturesOf, writeSignatureLine } from "./note.ts";

export type Checkpoint = {
  /** The name of the log. */
  readonly origin: string;
  /** Entries. */
  readonly size: number;
  /** 32 bytes. */
  readonly root: Buffer;
};

export const writeCheckpoint = ({ origin, size, root }: Checkpoint): string => `${origin}\n${size}\n${root.toString("base64")}\n`;

/** Undefined when the text of the note is no checkpoint. Extension lines are borne and not looked at. */
export function parseCheckpoint({ text }: Note): Checkpoint | undefined {
  const [origin = "", size = "", encoded = "", ...extensions] = text.slice(0, -1).split("\n");
  const root = readBase64(encoded);
  if (origin === "" || !/^(0|[1-9]\d{0,15})$/.test(size) || !Number.isSafeInteger(Number(size))) return undefined;
  if (root?.length !== HASH_SIZE || extensions.includes("")) return undefined;
  return { origin, size: Number(size), root };
}

const cosigned = (text: string, seconds: bigint): string => `cosignature/v1\ntime ${seconds}\n${text}`;

/** The signature line of a witness, with its newline. */
export function cosign(text: string, at: Date, witness: { key: NoteKey; secret: KeyObject }): string {
  const seconds = BigInt(Math.floor(at.getTime() / 1000));
  const time = Buffer.alloc(8);
  time.writeBigUInt64BE(seconds);
  return writeSignatureLine(witness.key, Buffer.concat([time, sign(null, Buffer.from(cosigned(text, seconds)), witness.secret)]));
}

const TIME_AND_SIGNATURE = 8 + 64;
/** Seconds; the last a Date can hold. */
const MAX_TIME = 8_640_000_000_000n;

/** When the witness cosigned; undefined when it did not, "broken" when a signature in its name does not hold. */
export function cosignedAt(note: Note, witness: NoteKey): Date | "broken" | undefined {
  let latest: Date | undefined;
  for (const { bytes } of signaturesOf(note, witness)) {
    if (bytes.length !== TIME_AND_SIGNATURE) return "broken";
    const seconds = bytes.readBigUInt64BE(0);
    if (seconds > MAX_TIME || !isSignedWith(cosigned(note.text, seconds), bytes.subarray(8), witness.key)) return "broken";
    const at = new Date(Number(seconds) * 1000);
    if (!latest || at > latest) latest = at;
  }
  return latest;
}
