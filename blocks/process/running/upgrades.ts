import { actorKey } from "@kerege/kernel/actor";
import type { Clock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import { compileExpression, type Plain, toPlain } from "@kerege/kernel/feel";
import type { Upgrade, UpgradeDoor, UpgradePreview } from "../door.ts";
import type { State } from "../engine/state.ts";
import { step } from "../engine/step.ts";
import { problem } from "../problems.ts";
import type { Cases } from "./cases.ts";
import type { Editions } from "./editions.ts";
import type { Hand } from "./hand.ts";
import { inverseOf, type Move, moveState, type Obstacle } from "./moving.ts";
import { earliest } from "./projection.ts";
import { load } from "./store.ts";
import { createUpgradeStore, type MovedRow } from "./store-upgrade.ts";

const BATCH = 200;
const NAMED_MOST = 1000;
const FIRST = "00000000-0000-0000-0000-000000000000";

/** How an edition is named in a file of a pack: by its hash, or by the day it is valid from. */
export type EditionName = { model: string } | { validFrom: string };

/** `upgrades/<name>.yaml` of a pack. */
export interface DeclaredUpgrade {
  upgrade: string;
  process: string;
  from: EditionName;
  to: EditionName;
  nodes?: Record<string, string>;
  variables?: { to: string; from: string }[];
  timers?: "keep" | "recompute";
  law: Plain;
}

interface Reasoned {
  upgrade: string;
  by: string;
  reason: string;
}

export interface Moving {
  door: UpgradeDoor;
  /** Moves one case. @throws {Problem} `process.cannot-move-there`, `process.changed-meanwhile` */
  moveOne(asked: Reasoned & { instance: string; version?: number }): ReturnType<Cases["settle"]>;
}

export function createUpgrades(
  means: { database: Database; clock: Clock; editions: Editions; cases: Cases },
  declared: readonly DeclaredUpgrade[],
): Moving {
  const { database, clock, editions, cases } = means;
  const store = createUpgradeStore(database);

  const hashOf = async (process: string, name: EditionName): Promise<string> => {
    if ("model" in name) return name.model;
    const found = (await editions.editions(process)).find(({ validFrom }) => validFrom === name.validFrom);
    if (!found) throw problem("no-edition", { params: { process, day: name.validFrom } });
    return found.model;
  };
  const resolve = async (one: DeclaredUpgrade): Promise<Upgrade> => ({
    ...{ upgrade: one.upgrade, process: one.process, law: one.law, nodes: one.nodes ?? {} },
    ...{ variables: one.variables ?? [], timers: one.timers ?? "keep" },
    from: await hashOf(one.process, one.from),
    to: await hashOf(one.process, one.to),
  });
  const upgradeOf = async (name: string): Promise<Upgrade> => {
    const one = declared.find(({ upgrade }) => upgrade === name);
    if (!one) throw problem("no-such-upgrade");
    return resolve(one);
  };
  const moveOf = async (upgrade: Upgrade): Promise<Move> => ({
    from: await editions.model(upgrade.from),
    to: await editions.model(upgrade.to),
    nodes: upgrade.nodes,
  });

  /** The state of a case under the other edition, or what stands in its way; tried to the end, so that nothing surprises later. */
  const moved = (state: State, given: { upgrade: Upgrade; move: Move; at: number }) => {
    const { upgrade, move, at } = given;
    const result = moveState(state, move);
    if (!result.ok) return result;
    const changed = withVariables(result.state, upgrade.variables, { now: new Date(at), zone: move.to.calendar.zone });
    if ("variable" in changed) return { ok: false as const, obstacles: [{ node: changed.variable, why: "no-target" as const }] };
    if (upgrade.timers === "keep") return { ok: true as const, state: changed };
    const command = { kind: "recount", reason: upgrade.upgrade, by: "system" } as const;
    const recounted = step(move.to, changed, { command, at });
    return { ok: true as const, state: recounted.refused === undefined ? recounted.state : changed };
  };

  /** Puts the new state into a hand, as a step of its own. */
  const put = (hand: Hand, given: { state: State; move: Move; inverse: boolean } & Reasoned): void => {
    const { state, move, inverse, upgrade, by, reason } = given;
    const at = Math.max(clock.now().getTime(), state.at);
    const said = { upgrade, from: move.from.hash, to: move.to.hash, reason };
    hand.model = move.to;
    hand.state = state;
    hand.steps.push({
      at,
      command: { kind: "migrate", model: move.to.hash, upgrade, inverse, reason, by, state },
      events: [{ kind: "moved", by, said }],
    });
    hand.due = earliest(state);
  };

  const change = (given: { upgrade: Upgrade; move: Move } & Omit<Reasoned, "upgrade">) => (hand: Hand) => {
    const { upgrade, move, by, reason } = given;
    if (hand.model.hash !== upgrade.from) return "cannot-move-there" as const;
    const result = moved(hand.state!, { upgrade, move, at: clock.now().getTime() });
    if (!result.ok) return "cannot-move-there" as const;
    put(hand, { state: result.state, move, inverse: false, upgrade: upgrade.upgrade, by, reason });
    return undefined;
  };

  const eachLive = async (model: string, work: (rows: { instance: string; key: string }[]) => Promise<void>) => {
    for (let after = FIRST; ; ) {
      const rows = await store.live(model, after, BATCH);
      if (rows.length > 0) await work(rows);
      if (rows.length < BATCH) return;
      after = rows.at(-1)!.instance;
    }
  };

  const door: UpgradeDoor = {
    async upgrades() {
      const done = new Map((await store.applied()).map((row) => [row.upgrade, row]));
      return Promise.all(
        declared.map(async (one) => {
          const row = done.get(one.upgrade);
          return {
            ...(await resolve(one)),
            cases: row?.cases ?? 0,
            ...(row && { appliedAt: row.applied_at }),
            ...(row?.undone_at && { undoneAt: row.undone_at }),
          };
        }),
      );
    },
    async preview(name) {
      const upgrade = await upgradeOf(name);
      const move = await moveOf(upgrade);
      const preview: UpgradePreview = { upgrade, total: 0, ready: 0, left: [] };
      await eachLive(upgrade.from, async (rows) => {
        const keys = new Map(rows.map(({ instance, key }) => [instance, key]));
        for (const held of await load(
          database,
          rows.map(({ instance }) => instance),
        )) {
          preview.total++;
          const result = moved(held.state, { upgrade, move, at: clock.now().getTime() });
          if (result.ok) preview.ready++;
          else if (preview.left.length < NAMED_MOST)
            preview.left.push({
              instance: held.instance,
              key: keys.get(held.instance) ?? "",
              nodes: result.obstacles satisfies Obstacle[],
            });
        }
      });
      return preview;
    },
    async upgrade(actor, { upgrade: name, reason }) {
      if (reason.trim() === "") throw problem("reason-needed");
      const upgrade = await upgradeOf(name);
      const move = await moveOf(upgrade);
      const by = actorKey(actor);
      await store.apply({ upgrade: name, plan: upgrade as unknown as Plain, at: clock.now(), by, reason });
      const counts = { moved: 0, left: 0 };
      await eachLive(upgrade.from, async (rows) => {
        const held = await load(
          database,
          rows.map(({ instance }) => instance),
        );
        const before: MovedRow[] = held.map(({ instance, version, state }) => ({
          instance,
          version: version + 1,
          before: state,
        }));
        await store.moving(name, before);
        const settled = await Promise.allSettled(
          held.map((one) =>
            // Only as it was looked at: what it was before must be what was kept.
            cases.settle({
              ...{ instance: one.instance, held: one, version: one.version, commands: [] },
              change: change({ upgrade, move, by, reason }),
            }),
          ),
        );
        const left: string[] = [];
        settled.forEach((one, index) => {
          if (one.status === "fulfilled" && one.value.refused === undefined) counts.moved++;
          else left.push(held[index]!.instance);
        });
        counts.left += left.length;
        await store.markUndone(name, left);
      });
      return counts;
    },
    async undo(actor, { upgrade: name, reason }) {
      if (reason.trim() === "") throw problem("reason-needed");
      const upgrade = await upgradeOf(name);
      if (!(await store.applied()).some((row) => row.upgrade === name)) throw problem("upgrade-not-applied");
      const move = await moveOf(upgrade);
      const back = inverseOf(move);
      const by = actorKey(actor);
      const counts = { moved: 0, left: 0 };
      for (let after = FIRST; ; ) {
        const rows = await store.moved(name, after, BATCH);
        const settled = await Promise.allSettled(
          rows.map((row) => cases.settle({ instance: row.instance, commands: [], change: (hand) => undo(hand, row) })),
        );
        const done = rows.filter((_, index) => {
          const one = settled[index]!;
          return one.status === "fulfilled" && one.value.refused === undefined;
        });
        counts.moved += done.length;
        counts.left += rows.length - done.length;
        await store.markUndone(
          name,
          done.map(({ instance }) => instance),
        );
        if (rows.length < BATCH) break;
        after = rows.at(-1)!.instance;
      }
      await store.undone({ upgrade: name, at: clock.now(), by });
      return counts;

      function undo(hand: Hand, row: MovedRow) {
        if (hand.model.hash !== upgrade.to || hand.state?.status === undefined) return "cannot-move-there" as const;
        if (hand.state.status !== "running" && hand.state.status !== "suspended") return "over" as const;
        const given = { move: back ?? { ...move, from: move.to, to: move.from }, inverse: true, upgrade: name, by, reason };
        // Nothing has happened since: the state it had is the state it has again.
        if (hand.was?.version === row.version) {
          put(hand, { ...given, state: row.before });
          return undefined;
        }
        const result = back && moveState(hand.state, back);
        if (!result?.ok) return "cannot-move-there" as const;
        put(hand, { ...given, state: result.state });
        return undefined;
      }
    },
  };
  return {
    door,
    async moveOne({ upgrade: name, by, reason, instance, version }) {
      const upgrade = await upgradeOf(name);
      const move = await moveOf(upgrade);
      const held = (await load(database, [instance]))[0];
      if (!held) throw problem("no-such-case");
      if (version !== undefined && held.version !== version) throw problem("changed-meanwhile");
      await store.apply({ upgrade: name, plan: upgrade as unknown as Plain, at: clock.now(), by, reason });
      await store.moving(name, [{ instance, version: held.version + 1, before: held.state }]);
      const settled = await cases.settle({
        ...{ instance, held, version: held.version, commands: [] },
        change: change({ upgrade, move, by, reason }),
      });
      if (settled.refused !== undefined) await store.markUndone(name, [instance]);
      return settled;
    },
  };
}

/** Variables of the process by FEEL over what they were; the first one that speaks of what this case does not have. */
function withVariables(
  state: State,
  changes: Upgrade["variables"],
  moment: { now: Date; zone: string },
): State | { variable: string } {
  const [root, ...others] = state.scopes;
  if (changes.length === 0 || !root) return state;
  const variables: Record<string, Plain> = { ...root.variables };
  for (const { to, from } of changes) {
    const compiled = compileExpression(from, { names: Object.keys(root.variables) });
    if (!compiled.ok) return { variable: to };
    variables[to] = toPlain(compiled.evaluate(root.variables, moment));
  }
  return { ...state, scopes: [{ ...root, variables }, ...others] };
}
