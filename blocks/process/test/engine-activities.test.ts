import assert from "node:assert/strict";
import { test } from "node:test";
import { follow } from "./engine-follow.ts";
import { type Drawn, type DrawnNode, draw, END, person, START, script, service, TASK } from "./engine-model.ts";

const sub = (inner: Drawn, more: Partial<DrawnNode> = {}): DrawnNode => ({ kind: "sub-process", inner, ...more });

test("sub-process: its own variables end with it; those of the process stay", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: sub({
          nodes: { i: START, x: script("n + 1", "local"), y: script("local * 2", "n"), j: END },
          flows: ["i>x", "x>y", "y>j"],
          variables: { local: "0" },
        }),
        t: TASK,
        e: END,
      },
      flows: ["s>p", "p>t", "t>e"],
    }),
  ).start({ n: 4 });
  assert.equal(c.trace, "x y p t");
  assert.deepEqual(c.variables, { n: 10 });
});

test("sub-process without anything inside is passed", () => {
  const c = follow(draw({ nodes: { s: START, p: sub({ nodes: {}, flows: [] }), e: END }, flows: ["s>p", "p>e"] })).start();
  assert.equal(c.status, "ended");
});

test("call: the called process sees what is mapped in and gives what is mapped out", () => {
  const inner: Drawn = {
    nodes: { "p/i": START, "p/x": script("given * 2", "result"), "p/y": script("1", "secret"), "p/j": END },
    flows: ["p/i>p/x", "p/x>p/y", "p/y>p/j"],
  };
  const mapped = follow(
    draw({
      nodes: { s: START, p: { kind: "call", inner, input: { given: "n" }, output: { n: "result" } }, e: END },
      flows: ["s>p", "p>e"],
    }),
  ).start({ n: 4, other: 1 });
  assert.deepEqual(mapped.variables, { n: 8, other: 1 });
  const open = follow(draw({ nodes: { s: START, p: { kind: "call", inner }, e: END }, flows: ["s>p", "p>e"] })).start({
    given: 1,
  });
  assert.deepEqual(open.variables, { given: 1, result: 2, secret: 1 });
});

test("mappings: a task sees what is mapped in and only what is mapped out joins the case", () => {
  const c = follow(
    draw({
      nodes: { s: START, a: { ...person(), input: { sum: "a + b" }, output: { verdict: "answer" } }, e: END },
      flows: ["s>a", "a>e"],
    }),
  ).start({ a: 1, b: 2 });
  assert.deepEqual(c.token("a")?.own, { sum: 3 });
  c.complete("a", { answer: "ok", noise: 1 });
  assert.deepEqual(c.variables, { a: 1, b: 2, verdict: "ok" });
});

test("multi-instance: parallel instances each have their item; what they give is gathered in order", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: { ...person(), repeat: { over: "members", item: "member", gather: { into: "votes", value: "vote" } } },
        t: TASK,
        e: END,
      },
      flows: ["s>a", "a>t", "t>e"],
    }),
  ).start({ members: ["x", "y", "z"] });
  const tokens = c.state!.tokens.filter((token) => token.of !== undefined);
  assert.deepEqual(
    tokens.map((token) => token.own),
    [
      { loopCounter: 0, member: "x" },
      { loopCounter: 1, member: "y" },
      { loopCounter: 2, member: "z" },
    ],
  );
  for (const [index, token] of tokens.toReversed().entries())
    c.send({ kind: "complete", token: token.id, by: "o", output: { vote: index } });
  assert.deepEqual(c.variables, { members: ["x", "y", "z"], votes: [2, 1, 0] });
  assert.equal(c.trace, "a a a a t");
});

test("multi-instance: sequential instances come one after another", () => {
  const c = follow(
    draw({ nodes: { s: START, a: { ...person(), repeat: { over: "2", sequential: true } }, e: END }, flows: ["s>a", "a>e"] }),
  ).start();
  assert.equal(c.waiting, "a a");
  c.complete("a");
  assert.deepEqual(c.token("a")?.own, { loopCounter: 1 });
  assert.equal(c.complete("a").status, "ended");
});

test("multi-instance: when enough have voted the rest is given up", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: {
          ...person(),
          repeat: { over: "3", gather: { into: "votes", value: "vote" }, completion: "numberOfCompletedInstances >= 2" },
        },
        late: { kind: "boundary", on: "a", events: [{ kind: "time", duration: '"P1D"' }] },
        t: TASK,
        e: END,
        g: END,
      },
      flows: ["s>a", "a>t", "t>e", "late>g"],
    }),
  ).start();
  c.complete("a", { vote: 1 }).complete("a", { vote: 2 });
  assert.equal(c.status, "ended");
  assert.deepEqual(c.variables.votes, [1, 2, null]);
});

test("multi-instance: its boundary event stands on the whole of it", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: { ...person(), repeat: { over: "3" } },
        late: { kind: "boundary", on: "a", events: [{ kind: "time", duration: '"P1D"' }] },
        t: TASK,
        e: END,
      },
      flows: ["s>a", "a>e", "late>t", "t>e"],
    }),
  ).start();
  c.complete("a").pass(86_400_000);
  assert.equal(c.trace, "a t");
  assert.equal(c.status, "ended");
});

test("multi-instance: an error of one instance is caught on the whole of it", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: { ...service("r"), repeat: { over: "3" } },
        bad: { kind: "boundary", on: "a", events: [{ kind: "error", code: "E" }] },
        t: TASK,
        e: END,
      },
      flows: ["s>a", "a>e", "bad>t", "t>e"],
    }),
  ).start();
  c.send({ kind: "error", token: c.token("a")!.id, code: "E", by: "system" });
  assert.equal(c.trace, "t");
  assert.equal(c.status, "ended");
});

test("multi-instance: none at all is passed, and what is no list is an incident", () => {
  const model = draw({ nodes: { s: START, a: { ...person(), repeat: { over: "xs" } }, e: END }, flows: ["s>a", "a>e"] });
  assert.equal(follow(model).start({ xs: [] }).status, "ended");
  assert.equal(follow(model).start({ xs: "text" }).incidents, "not-repeatable");
  assert.equal(follow(model).start({ xs: -1 }).incidents, "not-repeatable");
});

test("multi-instance: sub-processes at the same time do not write over each other", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        p: sub(
          { nodes: { i: START, x: script("item * 10", "own"), a: person(), j: END }, flows: ["i>x", "x>a", "a>j"] },
          { repeat: { over: "[1, 2]", item: "item", gather: { into: "all", value: "own" } } },
        ),
        e: END,
      },
      flows: ["s>p", "p>e"],
    }),
  ).start();
  c.complete("a").complete("a");
  assert.equal(c.status, "ended");
  assert.deepEqual(c.variables, { all: [10, 20] });
});

test("multi-instance: a thousand instances within a step", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: { ...script("loopCounter", "x"), repeat: { over: "1000", sequential: true, gather: { into: "xs", value: "x" } } },
        e: END,
      },
      flows: ["s>a", "a>e"],
    }),
  ).start();
  assert.equal(c.status, "ended");
  const { xs } = c.variables;
  assert.ok(Array.isArray(xs) && xs.length === 1000 && xs[999] === 999);
});

test("multi-instance: it tells its boundary events at each instance or at the first", () => {
  const drawn = (tell: "none" | "one" | "all") =>
    draw({
      nodes: {
        s: START,
        a: { kind: "task", repeat: { over: "3", sequential: true, tell, tells: { kind: "signal", name: "S" } } },
        b: { kind: "boundary", on: "a", interrupting: false, events: [{ kind: "signal", name: "S" }] },
        t: TASK,
        e: END,
        g: END,
      },
      flows: ["s>a", "a>e", "b>t", "t>g"],
    });
  const times = (tell: "none" | "one" | "all"): number =>
    follow(drawn(tell))
      .start()
      .trace.split(" ")
      .filter((node) => node === "t").length;
  assert.deepEqual([times("none"), times("one"), times("all")], [3, 1, 0]);
});

test("loop: tested before or after, and at most so often", () => {
  const loop = (repeat: DrawnNode["repeat"]) =>
    follow(
      draw({ nodes: { s: START, a: { ...script("n + 1", "n"), ...(repeat && { repeat }) }, e: END }, flows: ["s>a", "a>e"] }),
    ).start({ n: 0 }).variables.n;
  assert.equal(loop({ while: "n < 3" }), 3);
  assert.equal(loop({ while: "false" }), 0);
  assert.equal(loop({ while: "false", before: false }), 1);
  assert.equal(loop({ while: "true", most: 4 }), 4);
  assert.equal(loop({ while: "loopCounter < 2" }), 2);
});

test("receive task: waits for its message", () => {
  const c = follow(
    draw({
      nodes: { s: START, r: { kind: "receive", work: { kind: "message", name: "m", parameters: [] } }, e: END },
      flows: ["s>r", "r>e"],
    }),
  ).start();
  assert.equal(c.message("m", undefined, { x: 1 }).trace, "r");
  assert.deepEqual(c.variables, { x: 1 });
});

test("service: a failure is tried again after a pause, with the same key, and is an incident when its tries are spent", () => {
  const c = follow(draw({ nodes: { s: START, a: service("r", 3), e: END }, flows: ["s>a", "a>e"] })).start();
  const fail = () => c.send({ kind: "fail", token: c.token("a")!.id, code: "timeout" });
  fail();
  assert.equal(c.due, c.at + 10_000);
  assert.equal(fail().refused, "not-waiting");
  c.pass(10_000);
  fail();
  assert.equal(c.due, c.at + 60_000);
  c.pass(60_000);
  assert.equal(c.effects.length, 3);
  assert.equal(new Set(c.effects.map((effect) => effect.key)).size, 1);
  fail();
  assert.equal(c.incidents, "timeout");
  assert.equal(c.due, undefined);
  c.send({ kind: "skip", token: c.token("a")!.id, output: { x: 1 }, reason: "known by letter", by: "officer:9" });
  assert.equal(c.status, "ended");
  assert.deepEqual(c.variables, { x: 1 });
});

const adHoc = (adHocOf: NonNullable<Drawn["adHoc"]>) =>
  draw({
    nodes: {
      s: START,
      p: { kind: "ad-hoc", inner: { nodes: { a: person(), b: person() }, flows: [], adHoc: adHocOf } },
      t: TASK,
      e: END,
    },
    flows: ["s>p", "p>t", "t>e"],
  });

test("ad-hoc: an officer begins what is wanted, as often as wanted, and says when it is done", () => {
  const c = follow(adHoc({})).start();
  assert.equal(c.waiting, "p");
  const begin = (node: string) => c.send({ kind: "begin", node, by: "officer:1" });
  begin("a");
  begin("a");
  begin("b");
  assert.equal(c.waiting, "p a a b");
  c.complete("a").complete("b").complete("a");
  assert.equal(c.status, "running");
  assert.equal(c.complete("p").status, "ended");
  assert.equal(begin("s").refused, "over");
});

test("ad-hoc: one after another where it is sequential, and over when its condition holds", () => {
  const c = follow(adHoc({ sequential: true, completion: "enough = true" })).start();
  c.send({ kind: "begin", node: "a", by: "officer:1" });
  assert.equal(c.send({ kind: "begin", node: "b", by: "officer:1" }).refused, "not-waiting");
  c.complete("a", { enough: false });
  assert.equal(c.status, "running");
  c.send({ kind: "begin", node: "b", by: "officer:1" });
  assert.equal(c.complete("b", { enough: true }).status, "ended");
});

test("ad-hoc: activities that begin by themselves, and those that are given up when it is enough", () => {
  const auto = follow(adHoc({ auto: true })).start();
  assert.equal(auto.waiting, "p a b");
  assert.equal(auto.complete("a").complete("b").status, "ended");
  const one = follow(adHoc({ auto: true, sequential: true })).start();
  assert.equal(one.waiting, "p a");
  assert.equal(one.complete("a").waiting, "p b");
  const cut = follow(adHoc({ auto: true, completion: "enough = true" })).start();
  assert.equal(cut.complete("a", { enough: true }).status, "ended");
});
