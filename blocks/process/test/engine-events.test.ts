import assert from "node:assert/strict";
import { test } from "node:test";
import { DAY, follow, HOUR } from "./engine-follow.ts";
import {
  AND,
  begins,
  boundary,
  catches,
  draw,
  END,
  ends,
  feel,
  person,
  START,
  script,
  signal,
  TASK,
  throws,
} from "./engine-model.ts";

test("message: only the one with the same correlation is caught, and it brings its variables", () => {
  const correlation = script("case_id").work;
  assert.equal(correlation?.kind, "script");
  if (correlation?.kind !== "script") return;
  const c = follow(
    draw({
      nodes: { s: START, m: catches({ kind: "message", name: "reply", correlation: correlation.script }), t: TASK, e: END },
      flows: ["s>m", "m>t", "t>e"],
    }),
  ).start({ case_id: "k1" });
  assert.equal(c.message("reply", "k2").refused, "not-waiting");
  assert.equal(c.message("reply").refused, "not-waiting");
  assert.equal(c.message("reply", "k1", { answer: 3 }).status, "ended");
  assert.equal(c.variables.answer, 3);
});

test("message before the wait: refused, so that it is kept and told again", () => {
  const c = follow(
    draw({
      nodes: { s: START, a: person(), m: catches({ kind: "message", name: "reply" }), e: END },
      flows: ["s>a", "a>m", "m>e"],
    }),
  ).start();
  assert.equal(c.message("reply").refused, "not-waiting");
  assert.equal(c.complete("a").message("reply").status, "ended");
});

test("signal: a catch reached in the same activation is not missed, whichever way is drawn first", () => {
  for (const order of [
    ["f>x", "f>y"],
    ["f>y", "f>x"],
  ]) {
    const c = follow(
      draw({
        nodes: { s: START, f: AND, x: throws(signal("go")), a: TASK, b: TASK, y: catches(signal("go")), z: TASK, e: END, g: END },
        flows: ["s>f", ...order, "x>e", "y>z", "z>g"],
      }),
    ).start();
    assert.equal(c.status, "ended");
    assert.equal(c.trace, "z");
    assert.deepEqual(
      c.effects.map((effect) => effect.kind),
      ["signal"],
    );
  }
});

test("signal: everyone who waits is reached", () => {
  const c = follow(
    draw({
      nodes: { s: START, f: AND, x: catches(signal("go")), y: catches(signal("go")), a: TASK, b: TASK, e: END },
      flows: ["s>f", "f>x", "f>y", "x>a", "y>b", "a>e", "b>e"],
    }),
  ).start();
  assert.equal(c.send({ kind: "signal", name: "go" }).trace, "a b");
  assert.equal(c.status, "ended");
});

test("link: the way goes on at the catch of the same name", () => {
  const c = follow(
    draw({
      nodes: { s: START, x: throws({ kind: "link", name: "L" }), y: catches({ kind: "link", name: "L" }), t: TASK, e: END },
      flows: ["s>x", "y>t", "t>e"],
    }),
  ).start();
  assert.equal(c.trace, "t");
  assert.equal(c.status, "ended");
});

test("boundary: an interrupting one ends the activity, another leaves it", () => {
  const drawn = (interrupting: boolean) =>
    draw({
      nodes: {
        s: START,
        a: person(),
        b: boundary("a", interrupting, { kind: "time", duration: '"P1D"' }),
        t: TASK,
        e: END,
        g: END,
      },
      flows: ["s>a", "a>e", "b>t", "t>g"],
    });
  const cut = follow(drawn(true)).start().pass(DAY);
  assert.equal(cut.status, "ended");
  assert.equal(cut.trace, "t");
  const kept = follow(drawn(false)).start().pass(DAY);
  assert.equal(kept.waiting, "a");
  assert.equal(kept.pass(DAY).refused, "not-waiting");
  assert.equal(kept.complete("a").trace, "t a");
  assert.equal(kept.status, "ended");
});

test("boundary: a cycle fires as often as it says", () => {
  const c = follow(
    draw({
      nodes: { s: START, a: person(), b: boundary("a", false, { kind: "time", cycle: '"R3/PT1H"' }), t: TASK, e: END, g: END },
      flows: ["s>a", "a>e", "b>t", "t>g"],
    }),
  ).start();
  c.pass(HOUR).pass(HOUR);
  assert.equal(c.trace, "t t");
  assert.equal(c.pass(10 * HOUR).trace, "t t t");
  assert.equal(c.due, undefined);
});

test("boundary: an interrupted sub-process ends with all inside it", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: {
          kind: "sub-process",
          inner: { nodes: { i: START, f: AND, a: person(), b: person(), j: END }, flows: ["i>f", "f>a", "f>b", "a>j", "b>j"] },
        },
        x: boundary("p", true, signal("stop")),
        t: TASK,
        e: END,
        g: END,
      },
      flows: ["s>p", "p>e", "x>t", "t>g"],
    }),
  ).start();
  const late = c.token("a")!.id;
  c.send({ kind: "signal", name: "stop" });
  assert.equal(c.status, "ended");
  assert.equal(c.trace, "t");
  assert.equal(c.send({ kind: "complete", token: late, by: "x" }).refused, "over");
});

test("conditional: a catch goes on at once when it holds, else when it comes to hold", () => {
  const model = draw({
    nodes: { s: START, w: catches({ kind: "conditional", condition: feel("paid = true") }), t: TASK, e: END },
    flows: ["s>w", "w>t", "t>e"],
  });
  assert.equal(follow(model).start({ paid: true }).status, "ended");
  const c = follow(model).start({ paid: false });
  assert.equal(c.status, "running");
  assert.equal(c.send({ kind: "set", variables: { paid: true }, by: "officer:9" }).status, "ended");
});

test("conditional: what interrupts as soon as it holds comes before what the activity would have done", () => {
  const model = draw({
    nodes: {
      s: START,
      p: {
        kind: "sub-process",
        inner: { nodes: { i: START, a: script("n + 5", "n"), b: script("0", "n"), j: END }, flows: ["i>a", "a>b", "b>j"] },
      },
      much: boundary("p", true, { kind: "conditional", condition: feel("n > 3") }),
      t: TASK,
      e: END,
    },
    flows: ["s>p", "p>e", "much>t", "t>e"],
  });
  assert.equal(follow(model).start({ n: 9 }).trace, "t");
  assert.equal(follow(model).start({ n: 0 }).trace, "a t");
});

test("timer: an intermediate cycle sends a token at each of its times", () => {
  const c = follow(
    draw({
      nodes: { s: START, w: catches({ kind: "time", cycle: '"R3/PT1H"' }), t: TASK, e: END },
      flows: ["s>w", "w>t", "t>e"],
    }),
  ).start();
  assert.equal(c.pass(HOUR).pass(HOUR).trace, "t t");
  assert.equal(c.status, "running");
  assert.equal(c.pass(HOUR).trace, "t t t");
  assert.equal(c.status, "ended");
});

test("message: of several that wait the oldest gets it, and only that one", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        f: AND,
        x: catches({ kind: "message", name: "m" }),
        y: catches({ kind: "message", name: "m" }),
        a: TASK,
        b: TASK,
        e: END,
      },
      flows: ["s>f", "f>x", "f>y", "x>a", "y>b", "a>e", "b>e"],
    }),
  ).start();
  assert.equal(c.message("m").trace, "a");
  assert.equal(c.message("m").trace, "a b");
});

test("signal: one thrown as the last thing of a sub-process reaches the boundary of that", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: { kind: "sub-process", inner: { nodes: { i: START, x: ends(signal("S")) }, flows: ["i>x"] } },
        b: boundary("p", true, signal("S")),
        t: TASK,
        u: TASK,
        e: END,
      },
      flows: ["s>p", "p>u", "b>t", "t>e", "u>e"],
    }),
  ).start();
  assert.equal(c.trace, "t");
  assert.equal(c.status, "ended");
});

test("multiple: any of the events is enough; a parallel multiple needs all", () => {
  const events = [{ kind: "message", name: "m" } as const, signal("s")];
  const any = follow(draw({ nodes: { s: START, w: catches(...events), e: END }, flows: ["s>w", "w>e"] })).start();
  assert.equal(any.message("m").status, "ended");
  const all = follow(
    draw({ nodes: { s: START, w: { ...catches(...events), all: true }, e: END }, flows: ["s>w", "w>e"] }),
  ).start();
  assert.equal(all.message("m").status, "running");
  assert.equal(all.message("m").refused, "not-waiting");
  assert.equal(all.send({ kind: "signal", name: "s" }).status, "ended");
});

test("multiple: a start with several events is begun by any; a parallel one waits for the rest", () => {
  const events = [{ kind: "message", name: "m" } as const, signal("s")];
  const trigger = { kind: "start", variables: {}, by: "x", trigger: { message: "m" } } as const;
  assert.equal(
    follow(draw({ nodes: { s: begins(true, ...events), t: TASK, e: END }, flows: ["s>t", "t>e"] })).send(trigger).trace,
    "t",
  );
  const all = follow(
    draw({ nodes: { s: { ...begins(true, ...events), all: true }, t: TASK, e: END }, flows: ["s>t", "t>e"] }),
  ).send(trigger);
  assert.equal(all.trace, "");
  assert.equal(all.send({ kind: "signal", name: "s" }).trace, "t");
});

test("an end event sends its message with what is mapped in", () => {
  const c = follow(
    draw({ nodes: { s: START, e: { ...ends({ kind: "message", name: "done" }), input: { sum: "a + b" } } }, flows: ["s>e"] }),
  ).start({ a: 1, b: 2 });
  assert.deepEqual(c.effects, [{ kind: "message", node: "e", name: "done", key: c.effects[0]?.key, input: { sum: 3 } }]);
  assert.equal(c.status, "ended");
});
