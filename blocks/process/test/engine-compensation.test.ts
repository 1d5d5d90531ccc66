import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "./engine-follow.ts";
import { type Drawn, type DrawnNode, draw, END, person, START, script, TASK } from "./engine-model.ts";

const undo = (on: string): DrawnNode => ({ kind: "boundary", on, events: [{ kind: "compensation" }] });
const throws = (activity?: string): DrawnNode => ({
  kind: "throw",
  events: [{ kind: "compensation", ...(activity && { activity }) }],
});

/** An activity with its handler: `x`, `x_b`, `x_undo`. */
function undoable(name: string, node: DrawnNode = TASK, handler: DrawnNode = TASK): Record<string, DrawnNode> {
  return {
    [name]: { ...node, undoneBy: `${name}_undo` },
    [`${name}_b`]: undo(name),
    [`${name}_undo`]: { ...handler, undoes: true },
  };
}

test("what was done is undone in reverse order, and the thrower goes on after the last handler", () => {
  const c = follow(
    draw({
      nodes: { s: START, ...undoable("a"), ...undoable("b", TASK, person()), ...undoable("d"), x: throws(), t: TASK, e: END },
      flows: ["s>a", "a>b", "b>x", "x>t", "t>e", "d>e"],
    }),
  ).start();
  assert.equal(c.trace, "a b");
  assert.equal(c.waiting, "x b_undo");
  c.complete("b_undo");
  assert.equal(c.trace, "a b b_undo a_undo t");
  assert.equal(c.status, "ended");
});

test("one activity can be undone alone, and only once", () => {
  const c = follow(
    draw({
      nodes: { s: START, ...undoable("a"), ...undoable("b"), x: throws("a"), y: throws("a"), e: END },
      flows: ["s>a", "a>b", "b>x", "x>y", "y>e"],
    }),
  ).start();
  assert.equal(c.trace, "a b a_undo");
  assert.equal(c.status, "ended");
});

test("a handler sees the variables as they were when the activity was done", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        ...undoable("a", script("1", "n"), script("n + 100", "undone")),
        b: script("2", "n"),
        x: throws(),
        e: END,
      },
      flows: ["s>a", "a>b", "b>x", "x>e"],
    }),
  ).start({ n: 0 });
  assert.deepEqual(c.variables, { n: 2, undone: 101 });
});

test("an activity done several times is undone as often, the last first", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        ...undoable(
          "a",
          { ...script("loopCounter", "x"), repeat: { over: "3", sequential: true } },
          script("append(log, loopCounter)", "log"),
        ),
        x: throws(),
        e: END,
      },
      flows: ["s>a", "a>x", "x>e"],
    }),
  );
  c.start({ log: [] });
  // Each handler sees the log as it was then: the last to run is that of the first instance.
  assert.deepEqual(c.variables.log, [0]);
  assert.equal(c.trace.split(" ").filter((node) => node === "a_undo").length, 3);
});

const inner: Drawn = { nodes: { i: START, ...undoable("a"), ...undoable("b"), j: END }, flows: ["i>a", "a>b", "b>j"] };

test("a sub-process that is done is undone activity by activity", () => {
  const c = follow(
    draw({
      nodes: { s: START, p: { kind: "sub-process", inner }, x: throws(), t: TASK, e: END },
      flows: ["s>p", "p>x", "x>t", "t>e"],
    }),
  ).start();
  assert.equal(c.trace, "a b p b_undo a_undo p t");
  assert.equal(c.status, "ended");
});

test("a sub-process with a handler of its own is undone by that alone", () => {
  const c = follow(
    draw({
      nodes: { s: START, ...undoable("p", { kind: "sub-process", inner }), x: throws("p"), e: END },
      flows: ["s>p", "p>x", "x>e"],
    }),
  ).start();
  assert.equal(c.trace, "a b p p_undo");
});

test("a sub-process undoes itself by its event sub-process, which may undo what is inside", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: {
            nodes: {
              ...inner.nodes,
              h: {
                kind: "event-sub-process",
                inner: {
                  nodes: { hs: { kind: "start", events: [{ kind: "compensation" }] }, ht: TASK, hx: throws(), he: END },
                  flows: ["hs>ht", "ht>hx", "hx>he"],
                },
              },
            },
            flows: inner.flows,
          },
        },
        x: throws("p"),
        e: END,
      },
      flows: ["s>p", "p>x", "x>e"],
    }),
  ).start();
  assert.equal(c.trace, "a b p ht b_undo a_undo h p");
  assert.equal(c.status, "ended");
});

test("an end event that undoes ends its scope only when all is undone", () => {
  const c = follow(
    draw({
      nodes: { s: START, ...undoable("a", TASK, person()), x: { kind: "end", events: [{ kind: "compensation" }] } },
      flows: ["s>a", "a>x"],
    }),
  ).start();
  assert.equal(c.status, "running");
  assert.equal(c.complete("a_undo").status, "ended");
});

test("transaction: cancelled, what was done in it is undone and it is left by its cancel event", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "transaction",
          inner: {
            nodes: {
              i: START,
              f: { kind: "parallel" },
              ...undoable("a", TASK, person()),
              w: person(),
              d: { kind: "end" },
              x: { kind: "end", events: [{ kind: "cancel" }] },
            },
            flows: ["i>f", "f>w", "f>a", "w>d", "a>x"],
          },
        },
        cancelled: { kind: "boundary", on: "p", events: [{ kind: "cancel" }] },
        t: TASK,
        u: TASK,
        e: END,
      },
      flows: ["s>p", "p>t", "cancelled>u", "t>e", "u>e"],
    }),
  ).start();
  assert.equal(c.waiting, "p x a_undo");
  c.complete("a_undo");
  assert.equal(c.trace, "a a_undo u");
  assert.equal(c.status, "ended");
});

test("a handler that goes on when the case is cut off goes with it", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: { nodes: { i: START, ...undoable("a", TASK, person()), x: throws(), j: END }, flows: ["i>a", "a>x", "x>j"] },
        },
        late: { kind: "boundary", on: "p", events: [{ kind: "time", duration: '"P1D"' }] },
        t: TASK,
        e: END,
      },
      flows: ["s>p", "p>e", "late>t", "t>e"],
    }),
  ).start();
  c.pass(86_400_000);
  assert.equal(c.trace, "a t");
  assert.equal(c.status, "ended");
});
