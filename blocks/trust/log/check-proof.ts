/** Checks a proof file with nothing but the trust anchors: no server, no network. Every step that fails has its own name. */
import { type Anchors, parseAnchors } from "../anchors.ts";
import type { Refusal } from "../verdict.ts";
import { cosignedAt, parseCheckpoint } from "./checkpoint.ts";
import type { ProofFile } from "./contract.ts";
import { openLogKeys } from "./keys.ts";
import { SALT_SIZE, saltedLeaf } from "./leaf.ts";
import { HASH_SIZE, hashLeaf } from "./merkle.ts";
import { isSignedBy, parseNote, readBase64 } from "./note.ts";
import { rootOfPath, verifyInclusion } from "./proof.ts";

/** Why a proof was refused; texts under `trust.proof.refusals`. */
export const PROOF_REFUSALS = [
  "not-a-proof",
  /** Salt and content do not give the leaf. */
  "content-mismatch",
  /** The leaf does not stand in the batch: the root that follows from its path is another than the one in the log. */
  "not-in-log",
  "malformed-checkpoint",
  /** The statement about the keys does not count; why, stands in the cause. */
  "unanchored-keys",
  "foreign-log",
  "log-signature-mismatch",
  "witness-signature-mismatch",
  /** Fewer witnesses stand under the checkpoint than the state says are needed. */
  "not-witnessed",
  "witnessed-in-the-future",
] as const;
export type ProofRefusal = (typeof PROOF_REFUSALS)[number];

export type ProofVerdict =
  | {
      readonly valid: true;
      /** Undefined when content and salt were erased: then all that is proven is that these 32 bytes were logged. */
      readonly content: string | undefined;
      readonly origin: string;
      /** Of the batch in the log. */
      readonly place: number;
      /** Entries of the log at the checkpoint. */
      readonly size: number;
      readonly witnesses: readonly { readonly name: string; readonly at: Date }[];
      /** By then it was in the log: the earliest word of a witness; undefined where the state has no witnesses. */
      readonly loggedBy: Date | undefined;
    }
  | {
      readonly valid: false;
      readonly reason: ProofRefusal;
      /** What is wrong with the anchors or with the statement about the keys; texts under `trust.refusals`. */
      readonly cause?: Refusal;
    };

const MAX_FILE = 16_000_000;
/** Clocks of witnesses may be ahead of the checker's by this much. */
const TOLERANCE_MS = 300_000;

const refuse = (reason: ProofRefusal): ProofVerdict => ({ valid: false, reason });
const refuseKeys = (cause: Refusal): ProofVerdict => ({ valid: false, reason: "unanchored-keys", cause });

/** Whether the bytes may be a proof file at all, as against a PDF or the text of a QR code. */
export const isProofFile = (bytes: Uint8Array): boolean =>
  Buffer.from(bytes.subarray(0, 64)).toString("latin1").trimStart().startsWith("{");

export function checkProof(file: string | Uint8Array, anchors: string | Anchors, at: Date = new Date()): ProofVerdict {
  const trusted = typeof anchors === "string" ? parseAnchors(anchors) : anchors;
  if (!trusted) return refuseKeys("malformed-anchors");
  const proof = parseProof(file);
  if (!proof) return refuse("not-a-proof");
  if (proof.content !== undefined && !saltedLeaf(proof.salt!, proof.content).equals(proof.leaf))
    return refuse("content-mismatch");
  const note = parseNote(proof.checkpoint);
  const checkpoint = note && parseCheckpoint(note);
  if (!checkpoint) return refuse("malformed-checkpoint");
  const keys = openLogKeys(proof.keys, trusted, at);
  if (typeof keys === "string") return refuseKeys(keys);
  if (checkpoint.origin !== keys.log.name) return refuse("foreign-log");
  if (!isSignedBy(note, keys.log)) return refuse("log-signature-mismatch");
  const { position, leaves, path } = proof.batch;
  const root = rootOfPath({ hash: proof.leaf, index: position }, path, leaves);
  const entry = root && { hash: hashLeaf(root), index: proof.log.place };
  if (!entry || !verifyInclusion(entry, proof.log.path, checkpoint)) return refuse("not-in-log");
  const witnesses = keys.witnesses.map((witness) => ({ name: witness.name, at: cosignedAt(note, witness) }));
  if (witnesses.some((one) => one.at === "broken")) return refuse("witness-signature-mismatch");
  const stand = witnesses.filter((one): one is { name: string; at: Date } => one.at instanceof Date);
  if (stand.length < keys.quorum) return refuse("not-witnessed");
  if (stand.some((one) => one.at.getTime() > at.getTime() + TOLERANCE_MS)) return refuse("witnessed-in-the-future");
  return {
    valid: true,
    content: proof.content,
    origin: checkpoint.origin,
    place: proof.log.place,
    size: checkpoint.size,
    witnesses: stand,
    loggedBy: stand.length > 0 ? new Date(Math.min(...stand.map((one) => one.at.getTime()))) : undefined,
  };
}

type Parsed = {
  content: string | undefined;
  salt: Buffer | undefined;
  leaf: Buffer;
  batch: { position: number; leaves: number; path: Buffer[] };
  log: { place: number; path: Buffer[] };
  checkpoint: string;
  keys: string;
};

function parseProof(file: string | Uint8Array): Parsed | undefined {
  if (file.length > MAX_FILE) return undefined;
  const proof = readJson(file) as Partial<ProofFile> | undefined;
  if (proof?.kerege !== "proof/1") return undefined;
  const { content, batch, log, checkpoint, keys } = proof;
  const leaf = bytesOf(proof.leaf, HASH_SIZE);
  const salt = proof.salt === undefined ? undefined : bytesOf(proof.salt, SALT_SIZE);
  const path = hashesOf(batch?.path);
  const logPath = hashesOf(log?.path);
  if (!leaf || !path || !logPath || typeof checkpoint !== "string" || typeof keys !== "string") return undefined;
  if (!isCount(batch?.position) || !isCount(batch.leaves) || !isCount(log?.place) || batch.position >= batch.leaves)
    return undefined;
  if (content !== undefined && (typeof content !== "string" || !salt)) return undefined;
  return {
    content,
    salt,
    leaf,
    batch: { position: batch.position, leaves: batch.leaves, path },
    log: { place: log.place, path: logPath },
    checkpoint,
    keys,
  };
}

function readJson(file: string | Uint8Array): unknown {
  try {
    const text = typeof file === "string" ? file : new TextDecoder("utf-8", { fatal: true }).decode(file);
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}

const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

function bytesOf(text: unknown, length: number): Buffer | undefined {
  const bytes = typeof text === "string" ? readBase64(text) : undefined;
  return bytes?.length === length ? bytes : undefined;
}

/** A tree of 2^53 leaves has paths of 53. */
function hashesOf(list: unknown): Buffer[] | undefined {
  if (!Array.isArray(list) || list.length > 53) return undefined;
  const hashes = list.map((one) => bytesOf(one, HASH_SIZE));
  return hashes.every((one) => one !== undefined) ? hashes : undefined;
}
