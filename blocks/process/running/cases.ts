import type { Clock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import type { Ids } from "@kerege/kernel/id";
import type { Base, Call, Start } from "../door.ts";
import type { Command, Effect, Refusal, Trigger } from "../engine/state.ts";
import { problem } from "../problems.ts";
import type { Editions } from "./editions.ts";
import { act, type Hand, type Held, handOf, heldOf, openHand } from "./hand.ts";
import { createLoader } from "./loader.ts";
import { commandOf, type Performers } from "./performers.ts";
import { refusedToPerson } from "./same-person.ts";
import type { Saver } from "./saver.ts";
import { type ClaimedCall, dropCall, type Line, loadOne, type Making, postpone } from "./store.ts";
import { createTurns } from "./turns.ts";
import type { Worker } from "./worker.ts";

/** A lease ends so long after it was taken or renewed: what a node had in hand when it died is taken up by others then. */
export const LEASE_MS = 20_000;
const LATER_MS = 60_000;
/** A call handed out so often without an answer ended its node each time. */
const HANDED_OUT_MOST = 8;
/** Repeatable calls made without a save between, and milliseconds after which the rest goes to the outbox. */
const CHAIN_MOST = 200;
const CHAIN_MS = 2000;
const BACK_OFF_MOST_MS = 3_600_000;

export interface CaseMeans {
  database: Database;
  clock: Clock;
  ids: Ids;
  editions: Editions;
  performers: Performers;
}

export interface Settled {
  held: Held;
  /** Calls the case asks for now, which this process has in hand. */
  calls: ClaimedCall[];
  refused?: Refusal;
}

export interface Settling {
  instance: string;
  commands: readonly Command[];
  /** The case as it was read a moment ago. */
  held?: Held;
  /** Only on this version. */
  version?: number;
  deadline?: Date;
  /** Key of the call that was performed. */
  doneCall?: string;
  /** A change that is no command of the interpreter. */
  change?(hand: Hand): Refusal | undefined;
}

export interface Cases {
  making(): Making;
  newHand(start: Start, trigger?: Trigger): Hand;
  begin(start: Start): Promise<Base>;
  /** Does commands and writes what came of them; a refusal is a result. @throws {Problem} `process.no-such-case`, `process.changed-meanwhile` */
  settle(asked: Settling): Promise<Settled>;
  /** Makes calls that are in hand, and those that follow from them. The case as it stands at the end. */
  carry(calls: readonly ClaimedCall[], held: Held): Promise<Held>;
  /** Calls in hand, by place. */
  readonly inHand: ReadonlyMap<string, { instance: string; key: string }>;
}

/** What is done to cases, one case at a time within this process; between processes the version in the row decides. */
export function createCases(
  means: CaseMeans,
  given: { saver: Saver } & Pick<Worker, "isWorking" | "wake" | "expect" | "background">,
): Cases {
  const { database, clock, editions, performers } = means;
  const inHand = new Map<string, { instance: string; key: string }>();
  const serial = createTurns<Held>();
  const read = createLoader(database);
  const leaseEnd = () => new Date(clock.now().getTime() + LEASE_MS);
  const making = (): Making => ({ now: clock.now(), nextId: means.ids.next, performs: performers.has });

  const newHand = (start: Start, trigger?: Trigger): Hand => {
    const model =
      "model" in start.edition
        ? editions.installed(start.edition.model)
        : editions.editionFor(start.edition.process, start.edition.dates);
    const { instance, key = "", body, deadline, variables, by } = start;
    const hand = openHand({
      ...{ instance, process: model.process, model, key, was: undefined, due: undefined },
      ...(body !== undefined && { body }),
      ...(deadline !== undefined && { deadline }),
    });
    const begun = act(hand, { kind: "start", variables, by, ...(trigger && { trigger }) }, clock.now().getTime());
    if ("refused" in begun) throw problem(begun.refused);
    return hand;
  };

  const callsOf = (hand: Hand, { effects, attempts }: { effects: readonly Effect[]; attempts: number }): ClaimedCall[] => {
    if (effects.length === 0) return [];
    const waiting = new Set(
      hand.state!.tokens.flatMap(({ waits }) => (waits.for === "call" && !waits.retryAt ? [waits.key] : [])),
    );
    return effects.flatMap((effect) =>
      effect.kind === "call" && waiting.has(effect.key) && performers.has(effect.name)
        ? [{ instance: hand.instance, ...effect, attempts }]
        : [],
    );
  };
  const lineOf = (hand: Hand, { here, doneCall }: { here: boolean; doneCall?: string }): { line: Line; calls: ClaimedCall[] } => {
    const calls = here ? callsOf(hand, { effects: hand.effects, attempts: 1 }) : [];
    return {
      line: {
        hand,
        ...(calls.length > 0 && { callsUntil: leaseEnd() }),
        ...(doneCall !== undefined && { doneCalls: [doneCall] }),
      },
      calls,
    };
  };
  const requestOf = (call: ClaimedCall, { process, model }: Held): Call => {
    const { instance, node, name, input, attempts } = call;
    return { instance, process, model, node, name, input, key: `${instance}:${call.key}`, attempt: attempts };
  };

  /**
   * Calls that may be made before the case is written, and what follows from them. Whoever asked for the step is told of it only after
   * it was written; if the node dies before, he asks again, and they are made again alike.
   */
  const chain = async (hand: Hand): Promise<void> => {
    if (hand.effects.length === 0) return;
    let from = 0;
    const until = performance.now() + CHAIN_MS;
    for (let made = 0; made < CHAIN_MOST && from < hand.effects.length && performance.now() < until; ) {
      const fresh = hand.effects.slice(from);
      from = hand.effects.length;
      const calls = callsOf(hand, { effects: fresh, attempts: 1 }).filter(({ name }) => performers.isRepeatable(name));
      made += calls.length;
      const held = heldOf(hand);
      const outcomes = await Promise.all(calls.map((call) => performers.perform(requestOf(call, held))));
      for (const [index, { token }] of calls.entries()) act(hand, commandOf(token, outcomes[index]!), clock.now().getTime());
    }
  };

  const settle = (asked: Settling): Promise<Settled> =>
    serial(asked.instance, async (latest) => {
      let held = newer(latest, asked.held);
      let isFresh = held === undefined;
      for (;;) {
        held ??= await read(asked.instance);
        if (!held) throw problem("no-such-case");
        const result = await settleOn(held, asked);
        if (typeof result === "object" && (result.refused === undefined || isFresh)) return result;
        if (result === "other-version" && isFresh) throw problem("changed-meanwhile");
        // What was at hand may be behind what another process wrote: once more on what stands in the table.
        held = undefined;
        isFresh = true;
      }
    });

  const settleOn = async (held: Held, asked: Settling): Promise<Settled | "changed" | "other-version"> => {
    if (asked.version !== undefined && held.version !== asked.version) return "other-version";
    const hand = handOf(held, await editions.model(held.model));
    if (asked.deadline) hand.deadline = asked.deadline;
    const at = clock.now().getTime();
    for (const command of asked.commands) {
      const refused = refusedToPerson(hand.model, hand.state!, command);
      const done = refused ? { refused } : act(hand, command, at);
      if ("refused" in done) return { held, calls: [], refused: done.refused };
    }
    const refused = asked.change?.(hand);
    if (refused !== undefined) return { held, calls: [], refused };
    await chain(hand);
    const { line, calls } = lineOf(hand, { here: given.isWorking() || asked.doneCall !== undefined, doneCall: asked.doneCall });
    if (!(await given.saver.save(line))) return "changed";
    if (hand.effects.some(({ kind }) => kind !== "call")) given.wake();
    if (hand.due !== undefined) given.expect(hand.due);
    return { held: heldOf(hand), calls };
  };

  const carryOne = async (call: ClaimedCall, held: Held): Promise<Held> => {
    const place = `${call.instance} ${call.key}`;
    if (inHand.has(place)) return held;
    inHand.set(place, { instance: call.instance, key: call.key });
    try {
      const outcome =
        call.attempts > HANDED_OUT_MOST && call.token > 0
          ? { failed: "no-answer" }
          : await performers.perform(requestOf(call, held));
      if (call.key.startsWith("told-")) {
        if ("answer" in outcome) await dropCall(database, call);
        else
          await postpone(
            database,
            [call],
            new Date(clock.now().getTime() + Math.min(1000 * 3 ** call.attempts, BACK_OFF_MOST_MS)),
          );
        return held;
      }
      const settling = { instance: call.instance, held, doneCall: call.key };
      let settled = await settle({ ...settling, commands: [commandOf(call.token, outcome)] });
      // An error nobody drew a way for is an incident by itself; a refusal means that the case no longer asks.
      if (settled.refused === "suspended") await postpone(database, [call], new Date(clock.now().getTime() + LATER_MS));
      else if (settled.refused !== undefined) await dropCall(database, call);
      if (settled.calls.length > 0) settled = { ...settled, held: await carry(settled.calls, settled.held) };
      return settled.held;
    } finally {
      inHand.delete(place);
    }
  };
  const carry = async (calls: readonly ClaimedCall[], held: Held): Promise<Held> => {
    const ends = await Promise.all(calls.map((call) => carryOne(call, held)));
    return ends.reduce((latest, one) => (one.version > latest.version ? one : latest), held);
  };

  const afterStart = ({ start, hand, held, calls }: { start: Start; hand: Hand; held: Held; calls: ClaimedCall[] }) => {
    if (hand.effects.some(({ kind }) => kind !== "call")) given.wake();
    if (hand.due !== undefined) given.expect(hand.due);
    if (!start.here && calls.length > 0) given.background(carry(calls, held));
  };

  return {
    making,
    newHand,
    settle,
    carry,
    inHand,
    async begin(start) {
      const { held, calls } = await serial(start.instance, async () => {
        const hand = newHand(start);
        await chain(hand);
        const { line, calls } = lineOf(hand, { here: start.here === true || given.isWorking() });
        if (!(await given.saver.save(line))) return { held: (await loadOne(database, start.instance))!, calls: [] };
        const held = heldOf(hand);
        afterStart({ start, hand, held, calls });
        return { held, calls };
      });
      return baseOf(start.here ? await carry(calls, held) : held);
    },
  };
}

/** The one that was written last; both are of one case. */
function newer(one: Held | undefined, other: Held | undefined): Held | undefined {
  return one && other ? (one.version >= other.version ? one : other) : (one ?? other);
}

export function baseOf({ instance, process, model, version, state }: Held): Base {
  return { instance, process, model, version, state };
}
