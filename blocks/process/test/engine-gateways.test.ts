import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "./engine-follow.ts";
import { type DrawnNode, draw, END, person, START, script, TASK } from "./engine-model.ts";

const XOR: DrawnNode = { kind: "exclusive" };
const AND: DrawnNode = { kind: "parallel" };
const OR: DrawnNode = { kind: "inclusive" };

test("exclusive: the first flow that holds is taken, in the order of the file", () => {
  const c = follow(
    draw({ nodes: { s: START, x: XOR, a: TASK, b: TASK, e: END }, flows: ["s>x", "x>a: n > 1", "x>b: n > 0", "a>e", "b>e"] }),
  );
  assert.equal(c.start({ n: 5 }).trace, "a");
});

test("exclusive: when nothing holds and there is no default the case waits as an incident and can be tried again", () => {
  const c = follow(draw({ nodes: { s: START, x: XOR, a: TASK, e: END }, flows: ["s>x", "x>a: n > 1", "a>e"] })).start({ n: 0 });
  assert.equal(c.incidents, "no-flow");
  c.send({ kind: "set", variables: { n: 2 }, by: "officer:9" });
  c.send({ kind: "retry", token: c.token("x")!.id, reason: "n was wrong", by: "officer:9" });
  assert.equal(c.status, "ended");
  assert.equal(c.trace, "a");
});

test("parallel: ways meet once all have come", () => {
  const c = follow(
    draw({
      nodes: { s: START, f: AND, a: person(), b: TASK, j: AND, z: TASK, e: END },
      flows: ["s>f", "f>a", "f>b", "a>j", "b>j", "j>z", "z>e"],
    }),
  ).start();
  assert.equal(c.trace, "b");
  assert.equal(c.complete("a").trace, "b a z");
  assert.equal(c.status, "ended");
});

test("parallel: a second token on the same flow waits for the next round", () => {
  const c = follow(
    draw({
      nodes: { s: START, f: AND, m: XOR, a: person(), j: AND, z: TASK, other: person(), e: END },
      flows: ["s>f", "f>m", "f>m", "f>a", "f>other", "m>j", "a>j", "j>z", "z>e", "other>e"],
    }),
  ).start();
  c.complete("a");
  assert.equal(c.trace, "a z");
  assert.deepEqual(c.token("j")?.waits, { for: "join", arrived: ["m>j"] });
});

const orSplit = draw({
  nodes: { s: START, o: OR, a: person(), b: person(), d: TASK, j: OR, z: TASK, e: END },
  flows: ["s>o", "o>a: x > 0", "o>b: y > 0", "o>d: else", "a>j", "b>j", "d>j", "j>z", "z>e"],
});

test("inclusive: every flow that holds is taken and the join waits for just those", () => {
  assert.equal(follow(orSplit).start({ x: 0, y: 0 }).trace, "d z");
  assert.equal(follow(orSplit).start({ x: 1, y: 0 }).complete("a").trace, "a z");
  const both = follow(orSplit).start({ x: 1, y: 1 }).complete("b");
  assert.equal(both.trace, "b");
  assert.equal(both.complete("a").trace, "b a z");
  assert.equal(both.status, "ended");
});

test("inclusive: a join within a loop waits for what can still reach it without passing it", () => {
  // a may go back before the join: the join waits for b, and for a again.
  const c = follow(
    draw({
      nodes: { s: START, f: AND, m: XOR, a: person(), x: XOR, b: person(), j: OR, z: TASK, e: END },
      flows: ["s>f", "f>m", "m>a", "a>x", "x>m: again = true", "x>j: else", "f>b", "b>j", "j>z", "z>e"],
    }),
  ).start();
  c.complete("b");
  assert.equal(c.trace, "b");
  c.complete("a", { again: true });
  assert.equal(c.trace, "b a");
  c.complete("a", { again: false });
  assert.equal(c.trace, "b a a z");
});

test("inclusive: a token behind the join that can only come back through it is not waited for", () => {
  const c = follow(
    draw({
      nodes: { s: START, f: AND, j: OR, a: person(), x: XOR, b: person(), e: END },
      flows: ["s>f", "f>j", "f>b", "j>a", "a>x", "x>j: again = true", "x>e: else", "b>j"],
    }),
  ).start();
  assert.equal(c.waiting.includes("a"), false);
  c.complete("b");
  assert.equal(c.token("a") !== undefined, true);
  c.complete("a", { again: true });
  assert.equal(c.complete("a", { again: false }).status, "ended");
});

test("inclusive: a token that a boundary event could still send is waited for", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        f: AND,
        a: person(),
        late: { kind: "boundary", on: "a", interrupting: true, events: [{ kind: "signal", name: "late" }] },
        b: TASK,
        j: OR,
        z: TASK,
        e: END,
        g: END,
      },
      flows: ["s>f", "f>a", "f>b", "a>g", "late>j", "b>j", "j>z", "z>e"],
    }),
  ).start();
  assert.equal(c.trace, "b");
  c.send({ kind: "signal", name: "late" });
  assert.equal(c.trace, "b z");
  assert.equal(c.status, "ended");
});

test("inclusive: joins that wait for each other do not stand still", () => {
  const c = follow(
    draw({
      nodes: { s: START, f: AND, j: OR, k: OR, x: XOR, y: XOR, a: person(), b: person(), e: END, g: END },
      flows: ["s>f", "f>j", "f>k", "j>a", "a>x", "x>k: back = true", "x>e: else", "k>b", "b>y", "y>j: back = true", "y>g: else"],
    }),
  ).start();
  assert.equal(c.token("a") !== undefined, true);
  c.complete("a").complete("b");
  assert.equal(c.status, "ended");
});

test("event-based: the first event is taken and the others are given up", () => {
  const model = draw({
    nodes: {
      s: START,
      g: { kind: "event-based" },
      m: { kind: "catch", events: [{ kind: "message", name: "reply" }] },
      t: { kind: "catch", events: [{ kind: "time", duration: '"P1D"' }] },
      a: TASK,
      b: TASK,
      e: END,
    },
    flows: ["s>g", "g>m", "g>t", "m>a", "t>b", "a>e", "b>e"],
  });
  const answered = follow(model).start().message("reply", undefined, { text: "yes" });
  assert.equal(answered.trace, "a");
  assert.equal(answered.variables.text, "yes");
  assert.equal(answered.status, "ended");
  const silent = follow(model).start().pass(86_400_000);
  assert.equal(silent.trace, "b");
  assert.equal(silent.message("reply").refused, "over");
});

test("event-based: a case can begin by one of its events, or by all of them", () => {
  const drawn = (waitsForAll: boolean) =>
    draw({
      nodes: {
        g: { kind: "event-based", instantiates: true, waitsForAll },
        m: { kind: "catch", events: [{ kind: "message", name: "m" }] },
        n: { kind: "catch", events: [{ kind: "message", name: "n" }] },
        a: TASK,
        b: TASK,
        e: END,
      },
      flows: ["g>m", "g>n", "m>a", "n>b", "a>e", "b>e"],
    });
  const one = follow(drawn(false)).send({ kind: "start", variables: {}, by: "x", trigger: { message: "n" } });
  assert.equal(one.trace, "b");
  assert.equal(one.status, "ended");
  const all = follow(drawn(true)).send({ kind: "start", variables: {}, by: "x", trigger: { message: "n" } });
  assert.equal(all.status, "running");
  assert.equal(all.message("m").status, "ended");
  assert.equal(all.trace, "b a");
  assert.equal(
    follow(drawn(true)).send({ kind: "start", variables: {}, by: "x", trigger: { message: "?" } }).refused,
    "not-waiting",
  );
});

test("complex: it goes on when enough have come, and takes in the rest", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        f: AND,
        a: person(),
        b: person(),
        d: person(),
        j: { kind: "complex", activation: "activationCount >= 2" },
        z: TASK,
        e: END,
      },
      flows: ["s>f", "f>a", "f>b", "f>d", "a>j", "b>j", "d>j", "j>z", "z>e"],
    }),
  ).start();
  assert.equal(c.complete("a").trace, "a");
  assert.equal(c.complete("b").trace, "a b z");
  assert.equal(c.status, "running");
  assert.equal(c.complete("d").trace, "a b z d");
  assert.equal(c.status, "ended");
});

test("flows with conditions on an activity: all that hold, else the default", () => {
  const model = draw({
    nodes: { s: START, t: script("1", "one"), a: TASK, b: TASK, d: TASK, e: END },
    flows: ["s>t", "t>a: x > 0", "t>b: y > 0", "t>d: else", "a>e", "b>e", "d>e"],
  });
  assert.equal(follow(model).start({ x: 1, y: 1 }).trace, "t a b");
  assert.equal(follow(model).start({ x: 0, y: 0 }).trace, "t d");
});

test("quantities: an activity waits for as many tokens as it needs and gives as many as it makes", () => {
  const c = follow(
    draw({
      nodes: { s: START, three: { kind: "task", completionQuantity: 3 }, two: { kind: "task", startQuantity: 2 }, e: END },
      flows: ["s>three", "three>two", "two>e"],
    }),
  ).start();
  assert.equal(c.trace, "three two");
  assert.equal(c.incidents, "never-joins");
});

test("a join that waits for what never comes is an incident, and an officer can let it go on", () => {
  const c = follow(
    draw({
      nodes: { s: START, x: XOR, a: TASK, b: TASK, j: AND, z: TASK, e: END },
      flows: ["s>x", "x>a: n > 0", "x>b: else", "a>j", "b>j", "j>z", "z>e"],
    }),
  ).start({ n: 1 });
  assert.equal(c.incidents, "never-joins");
  c.send({ kind: "retry", token: c.token("j")!.id, reason: "only one way was needed", by: "officer:9" });
  assert.equal(c.trace, "a z");
  assert.equal(c.status, "ended");
});
