import type { Clock } from "@kerege/kernel/clock";
import { dayOf } from "@kerege/kernel/clock";
import type { Database, Transaction } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import type { Command } from "../engine/state.ts";
import type { Cases } from "./cases.ts";
import type { Editions } from "./editions.ts";
import { act, handOf } from "./hand.ts";
import type { Schedule } from "./schedule.ts";
import type { Line } from "./store.ts";
import { begin, load, saveAndClaim } from "./store.ts";
import { createInbox, type Note } from "./store-inbox.ts";

/** Cases told of a signal in one transaction, and notes looked at in one round. */
const SIGNAL_MOST = 200;
const ROUND = 50;
const HOUR_MS = 3_600_000;

export interface Messages {
  /** Hands on what was told and is due to be looked at; how many notes it looked at. */
  deliver(): Promise<number>;
}

/**
 * A message goes to one case, once: the note and the case are locked together, so either the case has it and the note is gone, or
 * neither. Where nobody waits the note stays and is looked at ever less often; a case that begins to wait calls for it at once.
 */
export function createMessages(
  means: {
    database: Database;
    clock: Clock;
    editions: Editions;
    cases: Cases;
    schedule: Schedule;
    zone: string;
    nextId(): string;
    fault(error: unknown, note: Note): void;
  },
  wake: () => void,
): Messages {
  const inbox = createInbox();

  const writeAll = async (tx: Transaction, lines: readonly Line[]): Promise<void> => {
    if (lines.length === 0) return;
    // The rows are locked, so none can have changed.
    await saveAndClaim(tx, lines, { making: means.cases.making(), claim: undefined });
    tx.afterCommit(wake);
  };

  const linesOf = async (tx: Transaction, ids: readonly string[], command: Command): Promise<Line[]> => {
    const at = means.clock.now().getTime();
    const lines: Line[] = [];
    for (const held of await load(tx, ids, true)) {
      const model = await means.editions.model(held.model).catch(() => undefined);
      if (!model) continue;
      const hand = handOf(held, model);
      if (!("refused" in act(hand, command, at))) lines.push({ hand });
    }
    return lines;
  };

  /** Begins the cases that begin by it: one by a message, one of each process by a signal. */
  const beginBy = async (tx: Transaction, note: Note, kind: "message" | "signal"): Promise<boolean> => {
    const trigger = kind === "message" ? { message: note.name, ...withCorrelation(note) } : { signal: note.name };
    let begun = 0;
    for (const model of means.editions.begunBy(kind, note.name, dayOf(means.clock.now(), means.zone))) {
      const start = { instance: begun === 0 ? note.id : means.nextId(), variables: note.variables, by: "system" };
      try {
        const hand = means.cases.newHand({ ...start, edition: { model: model.hash } }, trigger);
        await begin(tx, { hand }, means.cases.making());
      } catch (error) {
        // It speaks of it, but does not begin by it.
        if (error instanceof Problem && error.code === "process.not-waiting") continue;
        throw error;
      }
      begun++;
      if (kind === "message") break;
    }
    if (begun > 0) tx.afterCommit(wake);
    return begun > 0;
  };

  const tellMessage = async (tx: Transaction, note: Note): Promise<void> => {
    const command: Command = { kind: "message", name: note.name, variables: note.variables, ...withCorrelation(note) };
    for (const instance of await inbox.waiting(tx, note)) {
      const lines = await linesOf(tx, [instance], command);
      if (lines.length === 0) continue;
      await writeAll(tx, lines);
      return inbox.hand(tx, note.id, means.clock.now());
    }
    if (note.instance === null && (await beginBy(tx, note, "message"))) return inbox.hand(tx, note.id, means.clock.now());
    const now = means.clock.now().getTime();
    await inbox.postpone(tx, note.id, new Date(now + Math.min(1000 * 4 ** note.checks, HOUR_MS)));
  };

  const tellSignal = async (tx: Transaction, note: Note): Promise<void> => {
    if (note.reached === null) await beginBy(tx, note, "signal");
    const ids = await inbox.waitingForSignal(tx, note, SIGNAL_MOST);
    const command: Command = { kind: "signal", name: note.name, variables: note.variables };
    await writeAll(tx, await linesOf(tx, ids, command));
    if (ids.length < SIGNAL_MOST) await inbox.hand(tx, note.id, means.clock.now());
    else await inbox.reach(tx, note.id, ids.at(-1)!);
  };

  return {
    async deliver() {
      let looked = 0;
      for (; looked < ROUND; looked++) {
        let at: Note | undefined;
        const found = await means.database
          .transaction(async (tx) => {
            const now = means.clock.now();
            const note = await inbox.next(tx, now);
            at = note;
            if (!note) return false;
            if (note.expires_at <= now) await inbox.drop(tx, note.id);
            else if (note.kind === "timer") await means.schedule.fire(tx, note);
            else if (note.kind === "signal") await tellSignal(tx, note);
            else await tellMessage(tx, note);
            return true;
          })
          .catch(async (error: unknown) => {
            if (!at) throw error;
            // One that cannot be handed on must not keep those behind it waiting.
            means.fault(error, at);
            const { id, checks } = at;
            const later = new Date(means.clock.now().getTime() + Math.min(1000 * 4 ** checks, HOUR_MS));
            await means.database.transaction((tx) => inbox.postpone(tx, id, later));
            return true;
          });
        if (!found) break;
      }
      return looked;
    },
  };
}

function correlationOf({ correlation }: Note) {
  return correlation === "" ? undefined : JSON.parse(correlation);
}
function withCorrelation(note: Note) {
  const correlation = correlationOf(note);
  return correlation === undefined ? {} : { correlation };
}
