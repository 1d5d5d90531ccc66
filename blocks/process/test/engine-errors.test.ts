import assert from "node:assert/strict";
import { test } from "node:test";
import { follow, HOUR } from "./engine-follow.ts";
import {
  AND,
  begins,
  boundary,
  draw,
  END,
  ends,
  error,
  escalation,
  feel,
  person,
  START,
  service,
  TASK,
  throws,
} from "./engine-model.ts";

const failing = draw({
  nodes: {
    s: START,
    f: AND,
    call: service("register"),
    known: boundary("call", true, error("not-found")),
    any: boundary("call", true, error()),
    a: TASK,
    b: TASK,
    other: person(),
    e: END,
  },
  flows: ["s>f", "f>call", "f>other", "call>e", "known>a", "any>b", "a>e", "b>e", "other>e"],
});

test("error: the boundary event of the code is taken before one for all codes", () => {
  const known = follow(failing).start();
  known.send({ kind: "error", token: known.token("call")!.id, code: "not-found", by: "system" });
  assert.equal(known.trace, "a");
  const other = follow(failing).start();
  other.send({ kind: "error", token: other.token("call")!.id, code: "else", by: "system" });
  assert.equal(other.trace, "b");
});

test("error: one nobody catches is an incident of that token; the case goes on elsewhere", () => {
  const c = follow(
    draw({
      nodes: { s: START, f: AND, call: service("r"), other: person(), e: END },
      flows: ["s>f", "f>call", "f>other", "call>e", "other>e"],
    }),
  ).start();
  const token = c.token("call")!.id;
  c.send({ kind: "error", token, code: "bad", by: "system" });
  assert.equal(c.incidents, "bad");
  c.complete("other");
  assert.equal(c.status, "running");
  c.send({ kind: "retry", token, reason: "mended", by: "officer:9" });
  assert.deepEqual(
    c.effects.map((effect) => effect.key),
    [String(token), String(token)],
  );
  assert.equal(c.complete("call").status, "ended");
});

test("error: an end event is caught at the sub-process, and one nobody catches ends the case with its code", () => {
  const drawn = (code: string) =>
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: { nodes: { i: START, f: AND, a: person(), x: ends(error("E1")) }, flows: ["i>f", "f>a", "f>x"] },
        },
        b: boundary("p", true, error(code)),
        t: TASK,
        e: END,
        g: END,
      },
      flows: ["s>p", "p>e", "b>t", "t>g"],
    });
  const caught = follow(drawn("E1")).start();
  assert.equal(caught.trace, "t");
  assert.equal(caught.status, "ended");
  const not = follow(drawn("E2")).start();
  assert.equal(not.status, "terminated");
  assert.deepEqual(not.events.at(-1), { kind: "terminated", node: "x", said: { error: "E1" } });
});

test("error: an event sub-process of the scope takes it over and the scope ends as usual", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: {
            nodes: {
              i: START,
              f: AND,
              a: person(),
              x: ends(error("E1")),
              h: {
                kind: "event-sub-process",
                inner: { nodes: { hs: begins(true, error("E1")), ht: TASK, he: END }, flows: ["hs>ht", "ht>he"] },
              },
            },
            flows: ["i>f", "f>a", "f>x"],
          },
        },
        t: TASK,
        e: END,
      },
      flows: ["s>p", "p>t", "t>e"],
    }),
  ).start();
  assert.equal(c.trace, "ht h p t");
  assert.equal(c.status, "ended");
});

test("escalation: a boundary that does not interrupt lets the sub-process go on; one nobody catches is noted", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: {
            nodes: { i: START, x: throws(escalation("late")), a: person(), j: ends(escalation("other")) },
            flows: ["i>x", "x>a", "a>j"],
          },
        },
        b: boundary("p", false, escalation("late")),
        t: TASK,
        e: END,
        g: END,
      },
      flows: ["s>p", "p>e", "b>t", "t>g"],
    }),
  ).start();
  assert.equal(c.trace, "t");
  assert.equal(c.waiting, "p a");
  assert.equal(c.complete("a").status, "ended");
  assert.deepEqual(
    c.events.filter((event) => event.kind === "thrown").map((event) => event.said),
    [
      { escalation: "late", caught: true },
      { escalation: "other", caught: false },
    ],
  );
});

test("escalation: an officer's escalation reaches the boundary of his task", () => {
  const c = follow(
    draw({
      nodes: { s: START, a: person(), b: boundary("a", true, escalation()), t: TASK, e: END },
      flows: ["s>a", "a>e", "b>t", "t>e"],
    }),
  ).start();
  c.send({ kind: "escalate", token: c.token("a")!.id, code: "too hard", by: "officer:1" });
  assert.equal(c.trace, "t");
});

test("event sub-process: a message runs it beside the process, as often as it comes", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        h: {
          kind: "event-sub-process",
          inner: {
            nodes: { hs: begins(false, { kind: "message", name: "question" }), ha: person("desk"), he: END },
            flows: ["hs>ha", "ha>he"],
          },
        },
        e: END,
      },
      flows: ["s>a", "a>e"],
    }),
  ).start();
  c.message("question", undefined, { text: 1 }).message("question", undefined, { text: 2 });
  assert.equal(c.waiting, "a h ha h ha");
  c.complete("ha").complete("a");
  assert.equal(c.status, "running");
  assert.equal(c.complete("ha").status, "ended");
});

test("event sub-process: an interrupting one ends what goes on in the process", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        h: {
          kind: "event-sub-process",
          inner: {
            nodes: { hs: begins(true, { kind: "message", name: "withdrawn" }), ht: TASK, he: END },
            flows: ["hs>ht", "ht>he"],
          },
        },
        e: END,
      },
      flows: ["s>a", "a>e"],
    }),
  ).start();
  c.message("withdrawn");
  assert.equal(c.status, "ended");
  assert.equal(c.trace, "ht h");
});

test("event sub-process: a timer cycle and a condition begin it", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        h: {
          kind: "event-sub-process",
          inner: {
            nodes: { hs: begins(false, { kind: "time", cycle: '"R2/PT1H"' }), ht: TASK, he: END },
            flows: ["hs>ht", "ht>he"],
          },
        },
        k: {
          kind: "event-sub-process",
          inner: {
            nodes: { ks: begins(false, { kind: "conditional", condition: feel("n > 3") }), kt: TASK, ke: END },
            flows: ["ks>kt", "kt>ke"],
          },
        },
        e: END,
      },
      flows: ["s>a", "a>e"],
    }),
  ).start({ n: 1 });
  c.pass(HOUR);
  assert.equal(c.trace, "ht h");
  const set = (n: number) => c.send({ kind: "set", variables: { n }, by: "officer:9" });
  set(4);
  set(5);
  assert.equal(c.trace, "ht h kt k");
  set(0);
  set(9);
  assert.equal(c.trace, "ht h kt k kt k");
  c.pass(5 * HOUR);
  assert.equal(c.trace, "ht h kt k kt k ht h");
});

test("terminate: ends the case at once; in a sub-process only that", () => {
  const c = follow(
    draw({ nodes: { s: START, f: AND, a: person(), x: ends({ kind: "terminate" }) }, flows: ["s>f", "f>a", "f>x"] }),
  ).start();
  assert.equal(c.status, "terminated");
  assert.equal(c.waiting, "");
  const inner = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: { nodes: { i: START, f: AND, a: person(), x: ends({ kind: "terminate" }) }, flows: ["i>f", "f>a", "f>x"] },
        },
        t: TASK,
        e: END,
      },
      flows: ["s>p", "p>t", "t>e"],
    }),
  ).start();
  assert.equal(inner.trace, "p t");
  assert.equal(inner.status, "ended");
});
