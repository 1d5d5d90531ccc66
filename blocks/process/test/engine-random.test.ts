import assert from "node:assert/strict";
import { test } from "node:test";
import { openCase } from "../engine/live.ts";
import type { Model } from "../engine/model.ts";
import type { Command, HistoryEvent, State } from "../engine/state.ts";
import { step } from "../engine/step.ts";
import { AT, DAY } from "./engine-follow.ts";
import { type Drawn, draw, END, person, START, TASK } from "./engine-model.ts";
import { makeModel, seeded } from "./engine-random-model.ts";

const SEEDS = Array.from({ length: 120 }, (_, index) => index + 1);

/** What must hold of every state that is saved, whatever was done. */
function checkSound(model: Model, state: State, said = ""): void {
  const ids = [...state.tokens.map((token) => token.id), ...state.scopes.map((scope) => scope.id)];
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => id < state.next));
  const scopes = new Map(state.scopes.map((scope) => [scope.id, scope]));
  const tokens = new Map(state.tokens.map((token) => [token.id, token]));
  for (const token of state.tokens) {
    assert.ok(scopes.has(token.scope), `token ${token.id} stands in a scope that is open ${said}`);
    if (token.waits.for === "scope") assert.equal(scopes.get(token.waits.scope)?.token, token.id, said);
    if (token.of !== undefined) assert.ok(tokens.has(token.of), said);
    if (token.waits.for === "instances") {
      assert.equal(state.tokens.filter((one) => one.of === token.id).length, token.waits.open, said);
      assert.ok(token.waits.open > 0, `a repeated activity has something going on ${said}`);
    }
    if (token.node !== "") assert.ok(model.nodeOf.has(token.node));
  }
  for (const scope of state.scopes.slice(1)) {
    assert.ok(tokens.has(scope.token ?? 0), `an open scope is held by a token ${said}`);
    assert.ok(
      state.tokens.some((token) => token.scope === scope.id),
      `an open scope has something going on ${said}`,
    );
  }
  if (state.status === "running" || state.status === "suspended")
    assert.ok(state.tokens.length > 0, `a case that runs has something going on ${said}`);
  else assert.deepEqual([state.tokens.length, state.scopes.length], [0, 1]);
}

/** Answers whoever waits, in an order the seed gives, until the case is over. */
function drive(model: Model, seed: number, step: (command: Command, at: number) => State): State {
  const random = seeded(seed * 7919);
  let state = step({ kind: "start", variables: {}, by: "o" }, AT);
  for (let turn = 0; state.status === "running" && turn < 2000; turn++) {
    const waiting = state.tokens.filter(({ waits }) => waits.for === "person" || waits.for === "call");
    const token = waiting[random(waiting.length)];
    if (!token) assert.fail(`nobody is waited for: ${JSON.stringify(state.tokens)}`);
    state = step({ kind: "complete", token: token.id, by: "o", output: { last: turn } }, AT + turn);
  }
  checkSound(model, state);
  return state;
}

interface Told {
  readonly events: HistoryEvent[];
  readonly effects: unknown[];
  readonly state: State;
}

/** The case is saved as JSON and read again after every step. */
function inSteps(model: Model, seed: number): Told {
  const told = { events: [] as HistoryEvent[], effects: [] as unknown[] };
  let state: State | undefined;
  const end = drive(model, seed, (command, at) => {
    const before = JSON.stringify(state);
    const stepped = step(model, state, { command, at, most: 100_000 });
    assert.equal(JSON.stringify(state), before, "the state that was given is as it was");
    assert.equal(stepped.refused, undefined);
    told.events.push(...stepped.events);
    told.effects.push(...stepped.effects);
    checkSound(model, stepped.state);
    state = JSON.parse(JSON.stringify(stepped.state)) as State;
    return state;
  });
  return { ...told, state: end };
}

/** The case is kept in memory from its start to its end. */
function inPlace(model: Model, seed: number): Told {
  const live = openCase(model, undefined, 100_000);
  const told = { events: [] as HistoryEvent[], effects: [] as unknown[] };
  const end = drive(model, seed, (command, at) => {
    const applied = live.apply(command, at);
    told.events.push(...applied.events);
    told.effects.push(...applied.effects);
    return live.save();
  });
  return { ...told, state: end };
}

test("sound processes: every case ends, and each activity is done just as often as drawn", () => {
  for (const seed of SEEDS) {
    const { drawn, times } = makeModel(seed);
    const model = draw(drawn);
    const { events, state } = inPlace(model, seed);
    assert.equal(state.status, "ended", `seed ${seed}`);
    const counted = new Map<string, number>();
    for (const { kind, node } of events) if (kind === "done" && node) counted.set(node, (counted.get(node) ?? 0) + 1);
    for (const [node, expected] of times) assert.equal(counted.get(node) ?? 0, expected, `seed ${seed}: ${node}`);
    assert.equal(counted.size, [...times.values()].filter((count) => count > 0).length, `seed ${seed}`);
  }
});

/** Tokens that came in by each flow, by its index. */
function countFlows(model: Model, events: readonly HistoryEvent[]): number[] {
  const index = new Map(model.flows.map((flow) => [flow.id, flow.index]));
  const counts = new Array<number>(model.flows.length).fill(0);
  for (const { flow } of events) if (flow !== undefined) counts[index.get(flow)!]! += 1;
  return counts;
}

test("tokens are conserved: no node gives more or fewer than its kind says", () => {
  for (const seed of SEEDS) {
    const model = draw(makeModel(seed).drawn);
    const counts = countFlows(model, inPlace(model, seed).events);
    for (const node of model.nodes) {
      const came = node.incoming.map((flow) => counts[flow]!);
      const went = node.outgoing.map((flow) => counts[flow]!);
      const sum = (all: readonly number[]): number => all.reduce((one, other) => one + other, 0);
      const said = `seed ${seed}: ${node.id} ${came} > ${went}`;
      if (came.length === 0 || went.length === 0) continue;
      if (node.kind === "parallel") assert.equal(new Set([...came, ...went]).size, 1, said);
      else if (node.kind === "inclusive" && came.length === 1)
        assert.ok(sum(went) >= came[0]! && Math.max(...went) <= came[0]!, said);
      else if (node.kind === "inclusive") assert.ok(sum(came) >= went[0]! && Math.max(...came) <= went[0]!, said);
      else assert.equal(sum(came), sum(went), said);
    }
  }
});

test("M-A18: the same case in memory and saved after every step: the same events, effects and state", () => {
  for (const seed of SEEDS) {
    const model = draw(makeModel(seed).drawn);
    const stepped = inSteps(model, seed);
    const placed = inPlace(model, seed);
    assert.deepEqual(stepped.events, placed.events, `seed ${seed}`);
    assert.deepEqual(stepped.effects, placed.effects, `seed ${seed}`);
    assert.deepEqual(JSON.parse(JSON.stringify(placed.state)), JSON.parse(JSON.stringify(stepped.state)), `seed ${seed}`);
  }
});

test("the same commands give the same record, every time", () => {
  for (const seed of SEEDS.slice(0, 30)) {
    assert.deepEqual(inPlace(draw(makeModel(seed).drawn), seed), inPlace(draw(makeModel(seed).drawn), seed));
  }
});

/** Any command, sensible or not. */
function anyCommand(model: Model, state: State, random: (below: number) => number): Command {
  const token = state.tokens[random(Math.max(1, state.tokens.length))]?.id ?? 1;
  const by = `officer:${random(3)}`;
  const node = model.nodes[random(model.nodes.length)]!.id;
  const late = random(state.next);
  const some: Command[] = [
    { kind: "complete", token, by, output: { last: 1 } },
    { kind: "complete", token: late, by },
    { kind: "hold", token, by: random(2) === 0 ? by : undefined },
    { kind: "error", token, code: random(2) === 0 ? "E" : "F", by },
    { kind: "escalate", token, code: "E", by },
    { kind: "fail", token, code: "timeout" },
    { kind: "retry", token, reason: "r", by },
    { kind: "skip", token, reason: "r", by },
    { kind: "move", tokens: [token], to: node, reason: "r", by },
    { kind: "move", tokens: state.tokens.map((one) => one.id), to: node, reason: "r", by },
    { kind: "move", tokens: [], to: node, reason: "r", by },
    { kind: "add", title: "t", role: "r", reason: "r", by },
    { kind: "message", name: random(2) === 0 ? "m" : "n" },
    { kind: "signal", name: "S" },
    { kind: "set", variables: { n: random(9) }, by },
    { kind: "begin", node, by },
    { kind: "suspend", reason: "r", by },
    { kind: "resume", reason: "r", by },
    { kind: "resume", reason: "r", by },
    { kind: "recount", reason: "r", by },
    { kind: "tick" },
    { kind: "tick" },
  ];
  return some[random(some.length)]!;
}

/** Whatever is commanded, sound or not: nothing is thrown, no state is broken, steps and memory agree. */
function disturb(model: Model, seed: number): void {
  const random = seeded(seed * 104_729);
  const begun = step(model, undefined, { command: { kind: "start", variables: { n: 1 }, by: "o" }, at: AT, most: 400 });
  if (begun.refused) return;
  let { state } = begun;
  const live = openCase(model, undefined, 400);
  live.apply({ kind: "start", variables: { n: 1 }, by: "o" }, AT);
  let at = AT;
  for (let turn = 0; turn < 60; turn++) {
    at += (random(9) - 1) * DAY * 10;
    const command = anyCommand(model, state, random);
    const stepped = step(model, JSON.parse(JSON.stringify(state)) as State, { command, at, most: 400 });
    if (stepped.refused) assert.deepEqual(stepped.state, state);
    if (stepped.refused === "too-many-steps") return;
    const applied = live.apply(command, at);
    const said = `seed ${seed}, turn ${turn}: ${JSON.stringify(command)}`;
    assert.deepEqual([applied.events, applied.refused, applied.due], [stepped.events, stepped.refused, stepped.due], said);
    state = JSON.parse(JSON.stringify(stepped.state)) as State;
    assert.deepEqual(JSON.parse(JSON.stringify(live.save())), state, said);
    checkSound(model, state, said);
  }
}

test("whatever is commanded of a sound process, its state stays whole", () => {
  for (const seed of SEEDS) disturb(draw(makeModel(seed).drawn), seed);
});

/** Nodes and flows thrown together: most of it is no sound process. */
function makeTangle(seed: number): Drawn {
  const random = seeded(seed * 31);
  const nodes: Record<string, Drawn["nodes"][string]> = { s: START };
  const kinds = ["exclusive", "parallel", "inclusive", "complex", "event-based"] as const;
  const undo: Drawn["nodes"][string] = { kind: "throw", events: [{ kind: "compensation" }] };
  const inside = (letter: string): Drawn => ({
    nodes: {
      [`${letter}s`]: START,
      [`${letter}a`]: { ...person(), undoneBy: `${letter}u` },
      [`${letter}b`]: { kind: "boundary", on: `${letter}a`, events: [{ kind: "compensation" }] },
      [`${letter}u`]: { ...person(), undoes: true },
      [`${letter}x`]: random(2) === 0 ? undo : { kind: "throw", events: [{ kind: "escalation", code: "E" }] },
      [`${letter}e`]: { kind: "end", events: random(2) === 0 ? [{ kind: "error", code: "E" }] : [] },
      [`${letter}h`]: {
        kind: "event-sub-process",
        inner: {
          nodes: {
            [`${letter}hs`]: { kind: "start", interrupting: random(2) === 0, events: [{ kind: "signal", name: "S" }] },
            [`${letter}ht`]: random(2) === 0 ? person() : TASK,
          },
          flows: [`${letter}hs>${letter}ht`],
        },
      },
    },
    flows: [`${letter}s>${letter}a`, `${letter}a>${letter}x`, `${letter}x>${letter}e`],
  });
  for (let index = 0; index < 12; index++) {
    const id = `n${index}`;
    const pick = random(12);
    nodes[id] =
      pick < 4
        ? { kind: kinds[random(kinds.length)]! }
        : pick === 4
          ? {
              kind: random(2) === 0 ? "transaction" : "sub-process",
              inner: inside(id),
              ...(random(3) === 0 && { repeat: { over: "2" } }),
            }
          : pick === 5
            ? { kind: "catch", events: [{ kind: "message", name: "m" }] }
            : pick === 6
              ? { kind: "throw", events: [{ kind: "signal", name: "S" }] }
              : pick === 7
                ? { kind: "end", events: random(2) === 0 ? [{ kind: "terminate" }] : [] }
                : pick === 8
                  ? undo
                  : pick === 9
                    ? TASK
                    : { ...person(), undoneBy: `${id}u` };
    if (nodes[id]?.undoneBy) nodes[`${id}u`] = { ...TASK, undoes: true };
    if (pick > 9 || pick === 4) {
      const events = [
        { kind: "error", code: "E" },
        { kind: "signal", name: "S" },
        { kind: "time", cycle: '"R/P20D"' },
      ] as const;
      nodes[`${id}b`] = { kind: "boundary", on: id, interrupting: random(2) === 0, events: [events[random(3)]!] };
    }
  }
  nodes.e = END;
  const sources = Object.entries(nodes).filter(([, node]) => node.kind !== "end" && !node.undoes);
  const targets = Object.entries(nodes).filter(([, node]) => node.kind !== "start" && node.kind !== "boundary" && !node.undoes);
  const flows = new Set<string>();
  for (const [id] of sources) {
    for (let count = 1 + random(2); count > 0; count--) flows.add(`${id}>${targets[random(targets.length)]![0]}`);
  }
  const list = [...flows].map((flow) => (random(4) === 0 ? `${flow}: n > ${random(9)}` : flow));
  return { nodes, flows: list };
}

test("M-A18: whatever is drawn and commanded: nothing is thrown, nothing hangs, the state stays whole", () => {
  for (const seed of Array.from({ length: 160 }, (_, index) => index + 1)) disturb(draw(makeTangle(seed)), seed);
});

test("memory stays flat over many cases", () => {
  const model = draw(makeModel(5).drawn);
  const run = (count: number): void => {
    for (let index = 0; index < count; index++) {
      const live = openCase(model);
      live.apply({ kind: "start", variables: {}, by: "o" }, AT);
      live.apply({ kind: "cancel", reason: "r", by: "o" }, AT);
    }
  };
  run(2000);
  global.gc?.();
  const before = process.memoryUsage().heapUsed;
  run(20_000);
  global.gc?.();
  assert.ok(process.memoryUsage().heapUsed - before < 60_000_000);
});
