/**
 * Signed notes (C2SP signed-note) with Ed25519 keys, and their verifier keys ("vkey"): `<name>+<key id, hex>+<Base64 of type and key>`.
 * Type 1 signs the text; type 4 is a witness's cosignature with a time (see checkpoint.ts).
 */
import { createHash, createPublicKey, type KeyObject, sign, verify } from "node:crypto";

export type NoteKeyType = 1 | 4;

export type NoteKey = {
  readonly name: string;
  /** Eight hexadecimal digits. */
  readonly id: string;
  readonly type: NoteKeyType;
  readonly key: KeyObject;
};

export type NoteSignature = { readonly name: string; readonly id: string; readonly bytes: Buffer };

export type Note = {
  /** With the newline at its end. */
  readonly text: string;
  readonly signatures: readonly NoteSignature[];
};

const MAX_NOTE = 64 * 1024;
const MAX_SIGNATURES = 64;
const NAME = /^[^\s+\u0085\u180e]+$/u;
// A key in the form of RFC 8410 begins with these bytes.
const SPKI = Buffer.from("302a300506032b6570032100", "hex");
const RAW_KEY = 32;

/** The 32 bytes of an Ed25519 public key (RFC 8032). */
export const rawKey = (key: KeyObject): Buffer => key.export({ format: "der", type: "spki" }).subarray(-RAW_KEY);

export function noteKey(name: string, type: NoteKeyType, key: KeyObject): NoteKey {
  const id = createHash("sha256").update(`${name}\n`).update(Uint8Array.of(type)).update(rawKey(key)).digest("hex").slice(0, 8);
  return { name, id, type, key };
}

export const writeVerifierKey = ({ name, id, type, key }: NoteKey): string =>
  `${name}+${id}+${Buffer.concat([Uint8Array.of(type), rawKey(key)]).toString("base64")}`;

/** Undefined for what is no Ed25519 verifier key, or one whose id is not its own. */
export function parseVerifierKey(text: string): NoteKey | undefined {
  const [, name = "", id = "", encoded = ""] = /^([^+]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+={0,2})$/.exec(text) ?? [];
  const bytes = readBase64(encoded);
  if (!bytes || bytes.length !== 1 + RAW_KEY || (bytes[0] !== 1 && bytes[0] !== 4) || !NAME.test(name)) return undefined;
  const key = createPublicKey({ key: Buffer.concat([SPKI, bytes.subarray(1)]), format: "der", type: "spki" });
  const made = noteKey(name, bytes[0], key);
  return made.id === id ? made : undefined;
}

/** Standard Base64 in its one form; undefined else, so that nothing has two spellings. */
export function readBase64(text: string): Buffer | undefined {
  const bytes = Buffer.from(text, "base64");
  return bytes.toString("base64") === text ? bytes : undefined;
}

/** Undefined when the text is no note by the letter of the specification. */
export function parseNote(note: string): Note | undefined {
  if (note.length > MAX_NOTE || !note.isWellFormed()) return undefined;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: those are the characters a note may not hold.
  if (/[\u0000-\u0009\u000b-\u001f]/.test(note)) return undefined;
  const end = note.lastIndexOf("\n\n");
  if (end < 0 || !note.endsWith("\n")) return undefined;
  const lines = note.slice(end + 2, -1).split("\n");
  const signatures = lines.map(parseSignatureLine);
  if (signatures.length > MAX_SIGNATURES || !signatures.every((one) => one !== undefined)) return undefined;
  return { text: note.slice(0, end + 1), signatures };
}

export function parseSignatureLine(line: string): NoteSignature | undefined {
  const [, name = "", encoded = ""] = /^— (\S+) (\S+)$/u.exec(line) ?? [];
  const bytes = readBase64(encoded);
  if (!NAME.test(name) || !bytes || bytes.length < 5) return undefined;
  return { name, id: bytes.toString("hex", 0, 4), bytes: bytes.subarray(4) };
}

/** With a newline at its end. */
export const writeSignatureLine = ({ name, id }: Pick<NoteKey, "name" | "id">, signature: Uint8Array): string =>
  `— ${name} ${Buffer.concat([Buffer.from(id, "hex"), signature]).toString("base64")}\n`;

/** The text as a note with one signature of type 1. The text ends in a newline. */
export function signNote(text: string, signer: { key: NoteKey; secret: KeyObject }): string {
  return `${text}\n${writeSignatureLine(signer.key, sign(null, Buffer.from(text), signer.secret))}`;
}

export const isSignedWith = (message: string, signature: Uint8Array, key: KeyObject): boolean =>
  verify(null, Buffer.from(message), key, signature);

/** The signatures made in the name and id of a key. */
export const signaturesOf = (note: Note, key: NoteKey): NoteSignature[] =>
  note.signatures.filter(({ name, id }) => name === key.name && id === key.id);

/** Signed with this key, and every signature in its name holds: one that does not makes the note worthless. */
export function isSignedBy(note: Note, key: NoteKey): boolean {
  const own = signaturesOf(note, key);
  return own.length > 0 && own.every(({ bytes }) => isSignedWith(note.text, bytes, key.key));
}
