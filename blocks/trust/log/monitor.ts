/**
 * Watches a log from outside (RFC 9162, 8.1 and 8.3; C2SP tlog-tiles). A log that tells different people different stories cannot be
 * found out by any of them alone: the monitor lays side by side what it is shown itself, what it was shown before and what the
 * witnesses keep, and asks the log to prove that each continues the one before. Two signed checkpoints that cannot both be true are
 * evidence which anyone can check without asking anybody.
 */
import { createHash } from "node:crypto";
import { type Checkpoint, parseCheckpoint } from "./checkpoint.ts";
import { EMPTY_ROOT, HASH_SIZE, treeRoot } from "./merkle.ts";
import { isSignedBy, type NoteKey, parseNote, parseVerifierKey, readBase64, writeVerifierKey } from "./note.ts";
import { verifyConsistency } from "./proof.ts";
import { TILE_WIDTH, writeTileNumber } from "./tile.ts";

/** A checkpoint and who showed it. */
export type Sight = { readonly from: string; readonly note: string };

/** Where the monitor looks. Each answers undefined where there is nothing to be had, and throws when nobody answers. */
export type Sources = {
  /** A path under the address of the log, e.g. `/log/checkpoint`. */
  log(path: string): Promise<Buffer | undefined>;
};

export type SightState =
  | "agrees"
  /** Not signed by the log, or no checkpoint: whoever shows it is at fault, not the log. */
  | "not-of-the-log"
  /** The log has signed it and it cannot stand in one history with another that it has signed. */
  | "split"
  /** The log owes the proof. */
  | "unproven";

export type MonitorVerdict = {
  /** The longest story. */
  readonly latest: { readonly size: number; readonly root: Buffer; readonly note: string } | undefined;
  readonly sights: readonly { readonly from: string; readonly size?: number; readonly state: SightState }[];
  readonly evidence: SplitEvidence | undefined;
};

/** Two notes of one log that cannot both be true. */
export type SplitEvidence = {
  readonly kerege: "split-view/1";
  /** Verifier key of the log. */
  readonly log: string;
  readonly notes: readonly [string, string];
  /** `roots`: the same size with two roots, which proves itself. `prefix`: the tiles behind the longer do not begin with the shorter. */
  readonly kind: "roots" | "prefix";
};

type Known = Sight & { readonly checkpoint: Checkpoint };

/** Address of what a witness keeps for a log (C2SP tlog-witness): hexadecimal SHA-256 of the origin. */
export const keptPath = (origin: string): string => `/${createHash("sha256").update(origin).digest("hex")}/checkpoint`;

/** Lays the sights side by side. The cost is one proof for each pair of neighbours by size. */
export async function compareSights(log: NoteKey, sights: readonly Sight[], sources: Sources): Promise<MonitorVerdict> {
  const known: Known[] = [];
  const states = new Map<Sight, SightState>();
  for (const sight of sights) {
    const note = parseNote(sight.note);
    const checkpoint = note && isSignedBy(note, log) ? parseCheckpoint(note) : undefined;
    if (checkpoint?.origin === log.name) known.push({ ...sight, checkpoint });
    states.set(sight, checkpoint?.origin === log.name ? "agrees" : "not-of-the-log");
  }
  known.sort((a, b) => a.checkpoint.size - b.checkpoint.size);
  let evidence: SplitEvidence | undefined;
  const mark = (one: Known, state: SightState) => {
    for (const sight of sights) if (sight.from === one.from && sight.note === one.note) states.set(sight, state);
  };
  for (const [index, next] of known.entries()) {
    const before = known[index - 1];
    if (!before) continue;
    const relation = await relate(before.checkpoint, next.checkpoint, sources);
    if (relation === "continues") continue;
    if (relation === "unproven") {
      mark(next, "unproven");
      continue;
    }
    for (const one of [before, next]) mark(one, "split");
    evidence ??= { kerege: "split-view/1", log: writeVerifierKey(log), notes: [before.note, next.note], kind: relation };
  }
  const last = known.at(-1);
  return {
    latest: last && { size: last.checkpoint.size, root: last.checkpoint.root, note: last.note },
    sights: sights.map((sight) => {
      const size = known.find((one) => one.from === sight.from && one.note === sight.note)?.checkpoint.size;
      return { from: sight.from, ...(size !== undefined && { size }), state: states.get(sight)! };
    }),
    evidence,
  };
}

async function relate(
  old: Checkpoint,
  next: Checkpoint,
  sources: Sources,
): Promise<"continues" | "roots" | "prefix" | "unproven"> {
  if (old.size === next.size) return old.root.equals(next.root) ? "continues" : "roots";
  if (old.size === 0) return old.root.equals(EMPTY_ROOT) ? "continues" : "prefix";
  const proof = await askConsistency(old.size, next.size, sources);
  if (proof && verifyConsistency(old, next, proof)) return "continues";
  // The log would not or could not prove it. Its own tiles say whether it is lying or only broken.
  const entries = await readEntries(next.size, sources);
  if (!entries || !treeRoot(entries).equals(next.root)) return "unproven";
  return treeRoot(entries.subarray(0, old.size * HASH_SIZE)).equals(old.root) ? "continues" : "prefix";
}

async function askConsistency(from: number, to: number, sources: Sources): Promise<Buffer[] | undefined> {
  const answer = await sources.log(`/log/proof?from=${from}&to=${to}`);
  const path: unknown = answer && readJson(answer)?.path;
  if (!Array.isArray(path)) return undefined;
  const hashes = path.map((one) => (typeof one === "string" ? readBase64(one) : undefined));
  return hashes.every((one) => one?.length === HASH_SIZE) ? (hashes as Buffer[]) : undefined;
}

/** Leaf hashes of the first entries of the log, out of its tiles: 32 bytes an entry, 8 KB a request. */
async function readEntries(size: number, sources: Sources): Promise<Buffer | undefined> {
  const tiles: Buffer[] = [];
  for (let from = 0; from < size; from += TILE_WIDTH) {
    const width = Math.min(TILE_WIDTH, size - from);
    const name = writeTileNumber(from / TILE_WIDTH);
    const tile = await sources.log(`/log/tile/0/${name}${width < TILE_WIDTH ? `.p/${width}` : ""}`);
    if (tile?.length !== width * HASH_SIZE) return undefined;
    tiles.push(tile);
  }
  return Buffer.concat(tiles);
}

/**
 * Whether the evidence proves by itself that the log has told two stories. Evidence of kind `prefix` needs the tiles of the log as well
 * and is not judged here.
 */
export function provesSplit(text: string): boolean {
  const given = readJson(Buffer.from(text)) as Partial<SplitEvidence> | undefined;
  const log = typeof given?.log === "string" ? parseVerifierKey(given.log) : undefined;
  const notes: readonly unknown[] = Array.isArray(given?.notes) ? given.notes : [];
  if (given?.kerege !== "split-view/1" || log?.type !== 1 || notes.length !== 2) return false;
  const [one, two] = notes.map((text) => {
    const note = typeof text === "string" ? parseNote(text) : undefined;
    return note && isSignedBy(note, log) ? parseCheckpoint(note) : undefined;
  });
  return one?.origin === log.name && two?.origin === log.name && one.size === two.size && !one.root.equals(two.root);
}

function readJson(bytes: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(bytes.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}

/** Recomputes the root of a checkpoint from all tiles: nothing was left out and nothing put in between. */
export async function recompute(checkpoint: Pick<Checkpoint, "size" | "root">, sources: Sources): Promise<boolean> {
  const entries = checkpoint.size === 0 ? Buffer.alloc(0) : await readEntries(checkpoint.size, sources);
  return entries !== undefined && (checkpoint.size === 0 ? EMPTY_ROOT : treeRoot(entries)).equals(checkpoint.root);
}
