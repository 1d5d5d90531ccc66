import { actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Act, ActorCommand, Base, ProcessDoor } from "../door.ts";
import type { Command, Refusal } from "../engine/state.ts";
import { problem } from "../problems.ts";
import { baseOf, createCases, LEASE_MS } from "./cases.ts";
import { createEditions } from "./editions.ts";
import { createMessages } from "./messages.ts";
import { createPerformers } from "./performers.ts";
import { correlationText } from "./projection.ts";
import { createRepair } from "./repair.ts";
import { createSaver } from "./saver.ts";
import { createSchedule } from "./schedule.ts";
import { claimCallsOf, loadOne, takeOver } from "./store.ts";
import { createInbox } from "./store-inbox.ts";
import { createLooking } from "./store-look.ts";
import { createUpgrades, type DeclaredUpgrade } from "./upgrades.ts";
import { createWorker } from "./worker.ts";

export interface Running {
  door: ProcessDoor;
  /** Writes editions that were published. */
  prepare(): Promise<void>;
  /** Begins to work on what is due. */
  start(): void;
  stop(): Promise<void>;
}

const MESSAGE_MS = 30 * 86_400_000;

/** Everything that runs and lasts: cases in their table, those who work on them, and what people do to them. */
export function createRunning(
  means: Pick<Means, "database" | "clock" | "ids" | "log" | "country">,
  upgrades: readonly DeclaredUpgrade[] = [],
): Running {
  const { database, clock, ids, log } = means;
  const editions = createEditions(means);
  const performers = createPerformers((error, { process, node, name, attempt }) =>
    log.fault("a call failed", error, { process, node, name, attempt }),
  );
  const worker = createWorker({ database, clock, log, performers }, () => ({ saver, cases, messages, schedule }));
  const saver = createSaver({
    database,
    making: () => cases.making(),
    claim: worker.claim,
    claimed: worker.claimed,
    failed: worker.failed,
  });
  const cases = createCases({ database, clock, ids, editions, performers }, { saver, ...worker });
  const zone = means.country.timeZone;
  const schedule = createSchedule({ database, clock, editions, cases, zone });
  const messages = createMessages(
    {
      ...{ database, clock, editions, cases, schedule, zone, nextId: ids.next },
      fault: (error, { kind, name }) => log.fault("what was told cannot be handed on", error, { kind, name }),
    },
    worker.wake,
  );
  const inbox = createInbox();
  const looking = createLooking(database, clock);
  const moving = createUpgrades({ database, clock, editions, cases }, upgrades);
  const repair = createRepair({ database, clock, ids, editions, cases, looking, moving });

  /** Calls that follow are left to the workers where there are some here, else to those of other nodes. */
  const settleBy = async (by: string, { instance, command, version, deadline }: Act): Promise<Base> => {
    const settled = await cases.settle({
      ...{ instance, commands: [commandBy(command, by)] },
      ...(version !== undefined && { version }),
      ...(deadline && { deadline }),
    });
    if (settled.refused !== undefined) throw refusal(settled.refused);
    if (settled.calls.length > 0) worker.background(cases.carry(settled.calls, settled.held));
    return baseOf(settled.held);
  };

  const door: ProcessDoor = {
    ...{
      publish: editions.publish,
      revive: editions.revive,
      editionFor: editions.editionFor,
      processes: editions.processes,
      nameOf: editions.nameOf,
      actOf: editions.actOf,
      wordOf: editions.wordOf,
    },
    ...{ model: editions.model, files: editions.files, editions: (process) => editions.editions(process) },
    ...looking,
    ...repair,
    ...moving.door,
    perform: (name, performer, how = {}) => performers.add(name, performer, how),
    begin: cases.begin,
    command: (actor, asked) => settleBy(actorKey(actor), asked),
    async advance(instance) {
      let held = await loadOne(database, instance);
      if (!held) throw problem("no-such-case");
      for (;;) {
        const now = clock.now();
        const claim = { now, lease: new Date(now.getTime() + LEASE_MS), cases: 0, calls: 0, names: performers.names() };
        const calls = await claimCallsOf(database, instance, claim);
        if (calls.length === 0) return baseOf(held);
        held = await cases.carry(calls, held);
      }
    },
    async message({ id, name, correlation, instance, variables = {}, until }) {
      const at = clock.now();
      await database.transaction((tx) =>
        inbox.tell(tx, {
          ...{ id: id ?? ids.next(), kind: "message", name, correlation: correlationText(correlation), at, variables },
          ...{ instance: instance ?? null, until: until ?? new Date(at.getTime() + MESSAGE_MS) },
        }),
      );
      await messages.deliver();
    },
    async signal({ id, name, variables = {} }) {
      const at = clock.now();
      const until = new Date(at.getTime() + MESSAGE_MS);
      await database.transaction((tx) =>
        inbox.tell(tx, { id: id ?? ids.next(), kind: "signal", name, correlation: "", instance: null, variables, at, until }),
      );
      worker.wake();
    },
    drain: worker.drain,
    takeOver: () => takeOver(database, clock.now()),
  };
  return {
    door,
    async prepare() {
      await editions.keep();
      await schedule.keep();
    },
    start: worker.start,
    stop: worker.stop,
  };
}

export function refusal(refused: Refusal) {
  return problem(refused);
}

function commandBy(command: ActorCommand, by: string): Command {
  if (command.kind === "hold") return { kind: "hold", token: command.token, by: command.release ? undefined : by };
  return { ...command, by };
}
