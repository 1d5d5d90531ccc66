/** Shows each new checkpoint to the witnesses and keeps what they answer (C2SP tlog-witness, the side of the log). */
import type { Clock } from "@kerege/kernel/clock";
import type { Log } from "@kerege/kernel/log";
import { cosignedAt } from "./checkpoint.ts";
import { type NoteKey, parseNote, parseSignatureLine, parseVerifierKey } from "./note.ts";
import type { LogStore, StoredCheckpoint, WitnessState } from "./store.ts";
import type { Tree } from "./tree.ts";
import { writeSubmission } from "./witness.ts";

export type KnownWitness = {
  readonly key: NoteKey /** Prefix of its addresses, without a slash at the end. */;
  readonly url: string;
};

/** A witness in the database: names alone may be the same after a change of keys. */
export const witnessId = ({ key }: KnownWitness): string => `${key.name}+${key.id}`;

/** `<verifier key> <address>`, several with commas between; undefined when one cannot be read. */
export function parseWitnesses(text: string): KnownWitness[] | undefined {
  const witnesses = text
    .split(",")
    .filter((one) => one.trim() !== "")
    .map((one) => parseWitness(one.trim()));
  return witnesses.every((one) => one !== undefined) ? witnesses : undefined;
}

export function parseWitness(text: string): KnownWitness | undefined {
  const [verifierKey = "", url = "", ...rest] = text.split(/\s+/);
  const key = parseVerifierKey(verifierKey);
  if (key?.type !== 4 || rest.length > 0 || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) return undefined;
  return { key, url: url.replace(/\/+$/, "") };
}

const PATIENCE_MS = 5000;
const PAUSE_MS = 10_000;
/** A cosignature is asked for again after this time, so that one sees that the witness is still there. */
const FRESH_MS = 600_000;
const MOST_BYTES = 64 * 1024;

type Answer = { readonly status: number; readonly body: string };
type Heard = { readonly state: WitnessState; readonly size: number; readonly line?: string; readonly at?: Date };

export function createWitnessing(means: {
  store: LogStore;
  tree: Tree;
  clock: Clock;
  log: Log;
  witnesses: () => readonly KnownWitness[];
}) {
  const { store, tree, clock, log } = means;
  /** Until when a witness is left alone, on the clock of the machine. */
  const resting = new Map<string, number>();

  async function submit(witness: KnownWitness, old: number, checkpoint: StoredCheckpoint): Promise<Answer | undefined> {
    const body = writeSubmission(old, await tree.consistency(old, checkpoint.size), checkpoint.note);
    try {
      const response = await fetch(`${witness.url}/add-checkpoint`, {
        method: "POST",
        body,
        headers: { "content-type": "text/plain; charset=utf-8" },
        redirect: "error",
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      return { status: response.status, body: (await response.text()).slice(0, MOST_BYTES) };
    } catch (error) {
      log.warn("witness silent", { witness: witness.key.name, code: error instanceof Error ? error.name : "unknown" });
      return undefined;
    }
  }

  async function ask(witness: KnownWitness, known: number, checkpoint: StoredCheckpoint): Promise<Heard> {
    let old = Math.min(known, checkpoint.size);
    // It may have seen more or less than we know: its own answer says where it stands, so the second try fits.
    for (let attempt = 1; ; attempt++) {
      const answer = await submit(witness, old, checkpoint);
      if (!answer) return { state: "silent", size: known };
      if (answer.status !== 409) return read(witness, answer, { known: old, checkpoint });
      const stands = /^(0|[1-9]\d{0,15})\n$/.exec(answer.body)?.[1];
      if (stands === undefined || attempt > 2) return { state: "refuses", size: old };
      old = Number(stands);
      if (old > checkpoint.size) {
        // Another process of ours may have shown it a newer checkpoint meanwhile; if not, our log has lost entries.
        const isAhead = old > ((await store.head())?.size ?? 0);
        return { state: isAhead ? "ahead" : "agrees", size: old };
      }
    }
  }

  function read(witness: KnownWitness, answer: Answer, given: { known: number; checkpoint: StoredCheckpoint }): Heard {
    const { known, checkpoint } = given;
    if (answer.status === 422) return { state: "fork", size: known };
    if (answer.status === 404) return { state: "unknown-log", size: known };
    const lines = answer.body.split("\n").filter((line) => {
      const signature = parseSignatureLine(line);
      return signature?.name === witness.key.name && signature.id === witness.key.id;
    });
    const note = parseNote(`${checkpoint.note}${lines.map((line) => `${line}\n`).join("")}`);
    const at = answer.status === 200 && lines.length > 0 && note ? cosignedAt(note, witness.key) : undefined;
    if (!(at instanceof Date)) return { state: "refuses", size: known };
    return { state: "agrees", size: checkpoint.size, line: `${lines[0]}\n`, at };
  }

  return {
    /** Shows the latest checkpoint to every witness whose line does not stand under it yet. */
    async round(): Promise<void> {
      const witnesses = means.witnesses();
      const checkpoint = witnesses.length > 0 ? await store.latestCheckpoint() : undefined;
      if (!checkpoint) return;
      const known = new Map((await store.witnesses()).map((one) => [one.witness, one]));
      const lines = new Map((await store.cosignatures(checkpoint.size)).map((one) => [one.witness, one.at.getTime()]));
      await Promise.all(
        witnesses.map(async (witness) => {
          const id = witnessId(witness);
          const isFresh = clock.now().getTime() - (lines.get(id) ?? Number.NEGATIVE_INFINITY) < FRESH_MS;
          if (isFresh || performance.now() < (resting.get(id) ?? 0)) return;
          const before = known.get(id);
          const heard = await ask(witness, before?.size ?? 0, checkpoint);
          if (heard.state === "agrees") resting.delete(id);
          else resting.set(id, performance.now() + PAUSE_MS);
          if (heard.state !== "agrees" && heard.state !== before?.state)
            log.warn("witness does not agree", { witness: witness.key.name, state: heard.state, size: heard.size });
          await store.hear({ witness: id, size: heard.size, state: heard.state, at: heard.at ?? clock.now() }, heard);
        }),
      );
    },
  };
}
