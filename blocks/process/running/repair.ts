import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Clock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import type { Ids } from "@kerege/kernel/id";
import type { LookingDoor, Proposal, Repair, RepairDoor } from "../door.ts";
import type { Model } from "../engine/model.ts";
import type { Command, State } from "../engine/state.ts";
import { problem } from "../problems.ts";
import { baseOf, type Cases } from "./cases.ts";
import type { Editions } from "./editions.ts";
import { samePerson } from "./same-person.ts";
import { createUpgradeStore } from "./store-upgrade.ts";
import type { Moving } from "./upgrades.ts";

const PROPOSAL_ID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** What operators do to cases that do not go on by themselves; each with a reason, some only with another one's agreement. */
export function createRepair(means: {
  database: Database;
  clock: Clock;
  ids: Ids;
  editions: Editions;
  cases: Cases;
  looking: LookingDoor;
  moving: Moving;
}): RepairDoor {
  const { clock, ids, editions, cases, looking, moving } = means;
  const store = createUpgradeStore(means.database);

  const carryOut = async (asked: {
    instance: string;
    repair: Repair;
    reason: string;
    by: string;
    version: number | undefined;
    confirmedBy?: string;
  }) => {
    const { instance, repair, reason, by, version, confirmedBy } = asked;
    if (repair.kind === "upgrade") {
      const settled = await moving.moveOne({
        ...{ upgrade: repair.upgrade, instance, reason, by },
        ...(version !== undefined && { version }),
      });
      if (settled.refused !== undefined) throw problem(settled.refused);
      return baseOf(settled.held);
    }
    // Who agreed stands in the record beside who proposed; the interpreter asks only for the one who acts.
    const command: Command & { confirmedBy?: string } = { ...repair, reason, by, ...(confirmedBy && { confirmedBy }) };
    const settled = await cases.settle({ instance, commands: [command], ...(version !== undefined && { version }) });
    if (settled.refused !== undefined) throw problem(settled.refused);
    if (settled.calls.length === 0) return baseOf(settled.held);
    return baseOf(await cases.carry(settled.calls, settled.held));
  };

  const proposalOf = async (id: string): Promise<Proposal> => {
    const found = PROPOSAL_ID.test(id) ? (await store.proposals({ id }))[0] : undefined;
    if (!found) throw problem("no-such-proposal");
    return found;
  };

  return {
    async repair(actor, { instance, repair, reason, version }) {
      const by = officialOnly(actor);
      if (reason.trim() === "") throw problem("reason-needed");
      const found = await looking.find(instance);
      if (!found) throw problem("no-such-case");
      if (version !== undefined && found.version !== version) throw problem("changed-meanwhile");
      const model = await editions.model(found.model);
      if (!needsTwo(model, found.state, repair)) return { done: await carryOut({ instance, repair, reason, by, version }) };
      const proposal = { id: ids.next(), instance, repair, reason, by, at: clock.now(), version: found.version };
      await store.propose(proposal);
      return { proposed: { ...proposal, process: found.process, key: found.key } };
    },
    async confirm(actor, id) {
      const by = officialOnly(actor);
      const proposal = await proposalOf(id);
      if (samePerson(by, proposal.by)) throw problem("same-person");
      const { instance, repair, reason, version } = proposal;
      const base = await carryOut({ instance, repair, reason, by: proposal.by, version, confirmedBy: by });
      await store.decide({ instance, id, by, at: clock.now(), outcome: "confirmed" });
      return base;
    },
    async decline(actor, { proposal: id, reason }) {
      const by = officialOnly(actor);
      if (reason.trim() === "") throw problem("reason-needed");
      const { instance } = await proposalOf(id);
      if (!(await store.decide({ instance, id, by, at: clock.now(), outcome: "declined", answer: reason })))
        throw problem("decided-already");
    },
    proposals: ({ instance } = {}) => store.proposals(instance === undefined ? {} : { instance }),
  };
}

function officialOnly(actor: Actor): string {
  if (actor.kind !== "official") throw problem("only-for-officials");
  return actorKey(actor);
}

/**
 * Trying again and stopping for a while change nothing that a person decided. The rest takes two where the process says so, or where
 * it would pass over a step that itself takes two.
 */
export function needsTwo(model: Model, state: State, repair: Repair): boolean {
  if (repair.kind === "retry" || repair.kind === "suspend" || repair.kind === "resume") return false;
  if (model.repairByTwo) return true;
  const passed = repair.kind === "skip" ? [repair.token] : repair.kind === "move" ? repair.tokens : [];
  return state.tokens.some(({ id, node }) => {
    const work = passed.includes(id) ? model.nodes[model.nodeOf.get(node) ?? -1]?.work : undefined;
    return work?.kind === "person" && work.fourEyes;
  });
}
