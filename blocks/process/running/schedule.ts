import { createHash } from "node:crypto";
import { type Clock, dayOf } from "@kerege/kernel/clock";
import type { Database, Transaction } from "@kerege/kernel/database";
import type { EventDefinition, Model, Node } from "../engine/model.ts";
import { type Due, dueOf, nextOf } from "../engine/timers.ts";
import type { Cases } from "./cases.ts";
import type { Editions } from "./editions.ts";
import { begin } from "./store.ts";
import { createInbox, type Note } from "./store-inbox.ts";

type Timer = Extract<EventDefinition, { kind: "timer" }>;

export interface Schedule {
  /** Notes when processes that begin by the clock begin next; what is noted already stays. */
  keep(): Promise<void>;
  /** Begins a case whose hour has come, and notes the next one. */
  fire(tx: Transaction, note: Note): Promise<void>;
}

/**
 * Processes whose start is a timer (BPMN 2.0.2, 13.2): one note for each such start, moved on with each firing. The case has an id made
 * of process, start and hour, so an hour begins one case, on however many nodes.
 */
export function createSchedule(means: {
  database: Database;
  clock: Clock;
  editions: Editions;
  cases: Cases;
  zone: string;
}): Schedule {
  const { clock, editions, cases, zone } = means;
  const inbox = createInbox();
  const today = () => dayOf(clock.now(), zone);

  const firstOf = (model: Model, timer: Timer): Due | undefined => {
    const at = clock.now().getTime();
    const value = timer.value.evaluate({}, { at, zone });
    return dueOf(value, { when: timer.when, from: at }, { calendar: model.calendar, working: timer.working });
  };

  return {
    async keep() {
      const now = clock.now().getTime();
      const notes = editions.inForce(today()).flatMap((model) =>
        timerStarts(model).flatMap(({ node, timer }) => {
          const first = firstOf(model, timer);
          // An hour that had passed before anybody knew of it does not come again.
          if (!first || first.due < now) return [];
          const { due, ...more } = first;
          return [
            {
              id: idOf(model.process, node.id),
              name: model.process,
              correlation: node.id,
              due: new Date(due),
              variables: { text: timer.value.text, ...more },
            },
          ];
        }),
      );
      if (notes.length === 0) return;
      await means.database.transaction(async (tx) => {
        for (const note of notes) await inbox.schedule(tx, note, clock.now());
      });
    },
    async fire(tx, note) {
      const model = editions.inForce(today()).find(({ process }) => process === note.name);
      const found = model && timerStarts(model).find(({ node }) => node.id === note.correlation);
      if (!model || !found) return inbox.drop(tx, note.id);
      const due = note.due.getTime();
      const instance = idOf(model.process, found.node.id, String(due));
      const start = { instance, edition: { model: model.hash }, variables: {}, by: "system" };
      const hand = cases.newHand(start, { timer: found.node.id });
      await begin(tx, { hand }, cases.making());
      const { left, every } = note.variables as { left?: number; every?: string };
      const next = nextOf(
        { due, ...(left !== undefined && { left }), ...(every !== undefined && { every }) },
        { calendar: model.calendar, working: found.timer.working },
      );
      if (!next) return inbox.rest(tx, note.id, clock.now());
      const { due: then, ...more } = next;
      await inbox.reschedule(tx, { id: note.id, due: new Date(then), variables: { text: note.variables.text ?? "", ...more } });
    },
  };
}

function timerStarts(model: Model): { node: Node; timer: Timer }[] {
  return model.nodes.flatMap((node) => {
    const timer = node.events.find((event) => event.kind === "timer");
    return node.kind === "start" && node.scope === 0 && timer?.kind === "timer" ? [{ node, timer }] : [];
  });
}

/** The same words give the same id (UUIDv8 of a SHA-256, RFC 9562). */
function idOf(...words: string[]): string {
  const bytes = createHash("sha256").update(JSON.stringify(words)).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  return bytes.toString("hex").replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
