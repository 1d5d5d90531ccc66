/** The log of the state: batches in, places, proofs out. */
import type { Means } from "@kerege/kernel/block";
import { trustProblem } from "../problems.ts";
import type { Trust } from "../trust.ts";
import { parseCheckpoint } from "./checkpoint.ts";
import type { LogDoor, ProofFile, ProofRequest } from "./contract.ts";
import { LOG_BODY, type LogKeys, logKeyClaims, quorumOf, readOrMakeLogKey } from "./keys.ts";
import { makeBatch, makeSalts, saltedLeaf } from "./leaf.ts";
import { HASH_SIZE, hashAt, pathIn, treeLevels, treeRoot } from "./merkle.ts";
import { parseNote, writeVerifierKey } from "./note.ts";
import { createRounds, createSequencer } from "./sequencer.ts";
import { createLogStore, type LoggedBatch, type StoredWitness } from "./store.ts";
import { createTree } from "./tree.ts";
import { createWitnessing, type KnownWitness, parseWitness, witnessId } from "./witnesses.ts";

const ROUND_MS = 1000;
const DAY_MS = 86_400_000;
const THIN_EVERY_MS = 3_600_000;

export type LogMeans = Pick<Means, "clock" | "ids" | "database" | "dataFolder" | "country" | "log">;

/** What the pages and routes show. */
export type LogView = {
  readonly origin: string;
  /** As monitors are told it. */
  readonly verifierKey: string;
  readonly size: number;
  readonly root: Buffer;
  readonly at: Date;
  /** The checkpoint with all cosignatures there are. */
  readonly note: string;
  readonly quorum: number;
  readonly witnesses: readonly { readonly name: string; readonly heard: StoredWitness | undefined }[];
};

export function createLog(given: { means: LogMeans; trust: Trust; witnesses: readonly KnownWitness[] }) {
  const { means, trust } = given;
  const { clock, ids } = means;
  const store = createLogStore(means.database);
  const tree = createTree(store);
  const key = readOrMakeLogKey(`${means.dataFolder}/log`, means.country.code);
  const witnesses: KnownWitness[] = [...given.witnesses];
  const sequencer = createSequencer({ store, clock, key });
  const witnessing = createWitnessing({ store, tree, clock, log: means.log, witnesses: () => witnesses });
  let sealed: string | undefined;
  let begun: Promise<void> | undefined;
  let thinnedAt = Number.NEGATIVE_INFINITY;

  /** Once for each process; tried again when it failed. */
  function begin(): Promise<void> {
    begun ??= sequencer.begin().catch((error: unknown) => {
      begun = undefined;
      throw error;
    });
    return begun;
  }

  const rounds = createRounds({
    log: means.log,
    everyMs: ROUND_MS,
    async work() {
      await begin();
      await sequencer.drain(false);
      await witnessing.round();
      const now = clock.now().getTime();
      if (now - thinnedAt < THIN_EVERY_MS) return;
      thinnedAt = now;
      await store.thin(new Date(now - DAY_MS));
    },
  });

  const keysNow = (): LogKeys => ({
    log: key.key,
    witnesses: witnesses.map((witness) => witness.key),
    quorum: quorumOf(witnesses.length),
  });

  function keys(): string {
    sealed ??= trust.sealStatement(trust.signer(LOG_BODY), logKeyClaims(keysNow()));
    return sealed;
  }

  async function withLines(checkpoint: { size: number; note: string }): Promise<string> {
    const known = new Set(witnesses.map(witnessId));
    const lines = await store.cosignatures(checkpoint.size);
    return checkpoint.note + lines.flatMap(({ witness, line }) => (known.has(witness) ? [line] : [])).join("");
  }

  const door: LogDoor = {
    salts: makeSalts,
    leaf: saltedLeaf,
    batch: (kind, leaves) => makeBatch({ id: ids.next(), at: clock.now(), kind }, leaves),
    wake: rounds.wake,
    async append(batches) {
      await begin();
      for (let from = 0; from < batches.length; from += 1000) await store.hand(batches.slice(from, from + 1000));
      await sequencer.drain(true);
      return door.places(batches.map(({ id }) => id));
    },
    async places(batches) {
      return new Map((await store.places(batches)).map(({ batch, place }) => [batch, place]));
    },
    async prove(request) {
      const batch = await store.batch(request.batch);
      if (!batch || request.position >= batch.leaves) throw trustProblem("not-in-log");
      const hashes = leavesOf(batch, request);
      const leaf = hashAt(hashes, request.position);
      if (request.content !== undefined && !(request.salt && saltedLeaf(request.salt, request.content).equals(leaf)))
        throw trustProblem("not-in-log");
      const checkpoint = await store.witnessedCheckpoint(batch.place, witnesses.map(witnessId), keysNow().quorum);
      if (!checkpoint) throw trustProblem("not-in-log");
      const path = pathIn(treeLevels(hashes), request.position);
      const logPath = await tree.inclusion(batch.place, checkpoint.size);
      return writeProof(request, {
        leaf: base64(leaf),
        batch: { id: request.batch, position: request.position, leaves: batch.leaves, path: path.map(base64) },
        log: { place: batch.place, path: logPath.map(base64) },
        checkpoint: await withLines(checkpoint),
        keys: keys(),
      });
    },
    verifierKey: writeVerifierKey(key.key),
    addWitness(text) {
      const witness = parseWitness(text);
      if (!witness) throw trustProblem("unfit-witness");
      const same = witnesses.findIndex((one) => witnessId(one) === witnessId(witness));
      witnesses.splice(same < 0 ? witnesses.length : same, same < 0 ? 0 : 1, witness);
      sealed = undefined;
      rounds.wake();
    },
  };

  return {
    door,
    store,
    tree,
    keys,
    begin,
    start: rounds.start,
    stop: rounds.stop,
    /** One round at once: for commands and tests. */
    async settle(): Promise<void> {
      await begin();
      await sequencer.drain(true);
      await witnessing.round();
    },
    /** Undefined before the log has begun. */
    async view(): Promise<LogView | undefined> {
      const latest = await store.latestCheckpoint();
      const checkpoint = latest && parseCheckpoint(parseNote(latest.note)!);
      if (!checkpoint) return undefined;
      const heard = new Map((await store.witnesses()).map((one) => [one.witness, one]));
      return {
        ...checkpoint,
        verifierKey: door.verifierKey,
        at: latest.at,
        note: await withLines(latest),
        quorum: keysNow().quorum,
        witnesses: witnesses.map((witness) => ({ name: witness.key.name, heard: heard.get(witnessId(witness)) })),
      };
    },
  };
}

export type LogOfState = ReturnType<typeof createLog>;

/** As the log keeps them, or as the writer gives them: then they have to lead to the root that was logged. */
function leavesOf(batch: LoggedBatch, { leaves = [] }: ProofRequest): Buffer {
  if (batch.hashes) return batch.hashes;
  if (batch.leaves === 1) return batch.root;
  const given = Buffer.concat(leaves);
  if (given.length !== batch.leaves * HASH_SIZE || !treeRoot(given).equals(batch.root)) throw trustProblem("not-in-log");
  return given;
}

const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");

function writeProof(request: ProofRequest, rest: Omit<ProofFile, "kerege" | "content" | "salt">): ProofFile {
  const { content, salt } = request;
  return { kerege: "proof/1", ...(content !== undefined && salt && { content, salt: base64(salt) }), ...rest };
}
