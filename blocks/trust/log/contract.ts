/**
 * The log, as other blocks see it. How an act gets into it:
 *
 *   const salt = log.salts(rows.length);                                    16 random bytes a row, kept beside the row
 *   const leaves = rows.map((row, i) => log.leaf(salt[i], contentOf(row)));  32 bytes each
 *   const batch = log.batch("registry.read", leaves);                       pure computing, nothing is written
 *   … with …, logged as (${logEntryInsert(7)}) …                            in the caller's own single statement, `$7` and on
 *   statement([... own values, ...batch.values])
 *   log.wake()                                                              after the commit; optional, the sequencer looks by itself
 *
 * A block that keeps its batches in a table of its own hands them in later by `append`, as often as it likes: each gets one place.
 *
 * Beside each row the caller keeps: the salt, the id of the batch, the position in it (0 for the first leaf). Nothing more is needed
 * for a proof: the log keeps the leaf hashes. To erase personal data, delete content and salt; the proof of all others stays, and what
 * is left of the erased one is 32 bytes that say nothing (the salt has 128 random bits, so content cannot be guessed from them).
 *
 * Bytes, all hashes SHA-256:
 *
 *   content hash   H(content)                        content is a text (UTF-8) or bytes; its form is the caller's, e.g. RFC 8785 JSON
 *   leaf           H(0x00 ‖ salt[16] ‖ content hash[32])   which is the RFC 6962 leaf hash of the entry salt ‖ content hash
 *   batch root     RFC 6962, 2.1 Merkle tree over the leaves of one batch: nodes H(0x01 ‖ left[32] ‖ right[32])
 *   log entry      batch root[32]; its leaf hash in the log is H(0x00 ‖ batch root)
 *   log root       RFC 6962 Merkle tree over all log entries; what the checkpoint signs and witnesses cosign
 *
 * There is no common head and no lock on the way of a writer: an entry is a row of its own. The place in the log is given later, by
 * the sequencer, to committed rows only, each once.
 *
 * Tests that open blocks under roles of their own run `grant usage on schema trust to public` as the owner of the database first.
 */

/** A batch of leaves, ready to be written. */
export type LogBatch = {
  /** UUIDv7. */
  readonly id: string;
  readonly at: Date;
  /** What kind of acts, as `block.word`; it is not part of the proof. */
  readonly kind: string;
  /** How many leaves, at least 1. */
  readonly leaves: number;
  /** 32 bytes. */
  readonly root: Buffer;
  /**
   * The leaves one after another, 32 bytes each; null for a single leaf, which is the root itself. A block that can always give the
   * leaves of a batch itself may write null here as well and save the bytes.
   */
  readonly hashes: Buffer | null;
  /** In the order of `logEntryColumns`. */
  readonly values: readonly [string, Date, string, number, Buffer, Buffer | null];
};

/** Where a leaf stands: all a row needs to remember beside its salt. */
export type LeafPlace = { readonly batch: string; readonly position: number };

/** What is needed to hand out a proof. Without content and salt the proof is about the bare leaf (the content was erased). */
export type ProofRequest = LeafPlace & {
  readonly content?: string;
  readonly salt?: Uint8Array;
  /** All leaves of the batch in their order; needed only where the batch was written without its `hashes`. */
  readonly leaves?: readonly Uint8Array[];
};

/**
 * A `.kerege-proof.json` file. Checked offline with nothing but the trust anchors: content and salt give the leaf, the leaf stands in the
 * batch, the batch stands in the log, the log's checkpoint is signed by the log and cosigned by witnesses, and the keys of log and
 * witnesses are sealed under the root of the state.
 */
export type ProofFile = {
  readonly kerege: "proof/1";
  /** Exactly the text that was hashed, or left out when erased. */
  readonly content?: string;
  /** 16 bytes, Base64. */
  readonly salt?: string;
  /** 32 bytes, Base64. */
  readonly leaf: string;
  readonly batch: {
    readonly id: string;
    readonly position: number;
    readonly leaves: number;
    /** Siblings from the leaf upwards, 32 bytes each, Base64. */
    readonly path: readonly string[];
  };
  readonly log: { readonly place: number; readonly path: readonly string[] };
  /** A signed note (C2SP tlog-checkpoint) with the cosignatures of witnesses. */
  readonly checkpoint: string;
  /** The sealed statement about the keys of the log: see log/keys.ts. */
  readonly keys: string;
};

/** What the block `trust` offers under `log`. */
export type LogDoor = {
  /** `count` fresh salts of 16 random bytes. */
  salts(count: number): Buffer[];
  /** The salted leaf of a content. */
  leaf(salt: Uint8Array, content: string | Uint8Array): Buffer;
  /** Makes a batch of leaves of 32 bytes; pure computing. Throws the problem `trust.unfit-batch` when there is none or one has another length. */
  batch(kind: string, leaves: readonly Uint8Array[]): LogBatch;
  /** Tells the sequencer of this process that something was committed. */
  wake(): void;
  /**
   * Hands in batches that were written elsewhere before (a block may keep them in a table of its own) and waits until they have their
   * place. May be repeated with the same batches after a fault: each gets one place. Gives the place by the id of the batch.
   */
  append(batches: readonly Omit<LogBatch, "values">[]): Promise<Map<string, number>>;
  /** Places of batches by their ids; one that has none yet is left out. Places follow one another without a gap. */
  places(batches: readonly string[]): Promise<Map<string, number>>;
  /** Throws `trust.not-in-log` while a leaf is unknown or has no witnessed checkpoint over it yet (some seconds), or the content is not what was logged. */
  prove(request: ProofRequest): Promise<ProofFile>;
  /** The log's own key, as a witness is told it: a verifier key of C2SP signed-note. */
  readonly verifierKey: string;
  /** From now on shows checkpoints to this witness: `<verifier key> <address>`. Throws `trust.unfit-witness`. */
  addWitness(text: string): void;
};
