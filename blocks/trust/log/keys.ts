/**
 * Keys of the log and the statement that anchors them. The log signs with an Ed25519 key of its own, made once and kept beside the keys
 * of the authority. Whose key that is, which witnesses count and how many of them are needed says a statement sealed by the body
 * `transparency-log`, whose certificate leads to the root of the state: whoever has the trust anchors needs nothing else.
 */
import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Anchors } from "../anchors.ts";
import type { Claims } from "../cbor.ts";
import { writeOnce } from "../key-store.ts";
import { trustProblem } from "../problems.ts";
import { openStatement } from "../statement.ts";
import type { Refusal } from "../verdict.ts";
import { type NoteKey, noteKey, parseVerifierKey, rawKey, writeVerifierKey } from "./note.ts";

export const LOG_BODY = { code: "transparency-log", name: "Transparency log" };

export type LogKey = { readonly key: NoteKey; readonly secret: KeyObject };

/** The name of the log holds the beginning of the hash of its key, so a log with another key is another log. */
const originOf = (countryCode: string, key: KeyObject): string =>
  `${countryCode.toLowerCase()}.kerege/log/${createHash("sha256").update(rawKey(key)).digest("hex").slice(0, 16)}`;

/** Reads the key in the folder, or makes it. Throws `trust.broken-authority` naming the folder. */
export function readOrMakeLogKey(folder: string, countryCode: string): LogKey {
  const file = path.join(folder, "log-key.pem");
  if (!existsSync(file))
    writeOnce(file, generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string);
  const secret = readSecret(file);
  if (secret?.asymmetricKeyType !== "ed25519") throw trustProblem("broken-authority", { params: { folder } });
  const open = createPublicKey(secret);
  return { key: noteKey(originOf(countryCode, open), 1, open), secret };
}

function readSecret(file: string): KeyObject | undefined {
  try {
    return createPrivateKey(readFileSync(file, "utf8"));
  } catch {
    return undefined;
  }
}

/** What the statement says. */
export type LogKeys = {
  readonly log: NoteKey;
  readonly witnesses: readonly NoteKey[];
  /** How many of the witnesses have to stand under a checkpoint. */
  readonly quorum: number;
};

/** More than half: two halves of the witnesses can then never be told two stories. None where there are none. */
export const quorumOf = (witnesses: number): number => (witnesses === 0 ? 0 : Math.floor(witnesses / 2) + 1);

const KIND = "kerege/log-keys/1";

export const logKeyClaims = ({ log, witnesses, quorum }: LogKeys): Claims => ({
  kind: KIND,
  log: writeVerifierKey(log),
  witnesses: witnesses.map(writeVerifierKey),
  quorum,
});

/** The keys a statement names, when it is one that counts at this time; else why not. */
export function openLogKeys(statement: string, anchors: string | Anchors, at: Date): LogKeys | Refusal {
  const verdict = openStatement(statement, anchors, at);
  if (!verdict.valid) return verdict.reason;
  const { kind, log, witnesses, quorum } = verdict.claims;
  if (verdict.signer.code !== LOG_BODY.code || kind !== KIND) return "certificate-misused";
  const own = typeof log === "string" ? parseVerifierKey(log) : undefined;
  if (own?.type !== 1 || !Array.isArray(witnesses) || typeof quorum !== "number") return "malformed";
  const others = (witnesses as unknown[]).map((one) => (typeof one === "string" ? parseVerifierKey(one) : undefined));
  if (!others.every((one) => one?.type === 4) || quorum < 0 || quorum > others.length) return "malformed";
  return { log: own, witnesses: others as NoteKey[], quorum };
}
