import assert from "node:assert/strict";
import { test } from "node:test";
import { openCase } from "../engine/live.ts";
import { AT, follow, HOUR } from "./engine-follow.ts";
import { draw, END, person, rule, START, script, service, TASK } from "./engine-model.ts";

test("a case runs from start to end through people, services and choices", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        ask: service("register"),
        see: person(),
        choose: { kind: "exclusive" },
        yes: TASK,
        no: TASK,
        e: END,
        f: END,
      },
      flows: ["s>ask", "ask>see", "see>choose", "choose>yes: granted = true", "choose>no: else", "yes>e", "no>f"],
    }),
  );
  c.start({ name: "x" });
  assert.deepEqual(
    c.effects.map((effect) => `${effect.kind} ${effect.name}`),
    ["call register"],
  );
  c.complete("ask", { found: 1 });
  assert.equal(c.waiting, "see");
  c.complete("see", { granted: true });
  assert.equal(c.status, "ended");
  assert.equal(c.trace, "ask see yes");
  assert.deepEqual(c.variables, { name: "x", found: 1, granted: true });
});

test("a timer fires when it is due and not before", () => {
  const c = follow(
    draw({
      nodes: { s: START, w: { kind: "catch", events: [{ kind: "time", duration: '"PT1H"' }] }, t: TASK, e: END },
      flows: ["s>w", "w>t", "t>e"],
    }),
  ).start();
  assert.equal(c.due, AT + HOUR);
  assert.equal(c.pass(HOUR - 1).refused, "not-waiting");
  assert.equal(c.pass(1).status, "ended");
});

test("a decision and a script are done within the step", () => {
  const model = draw({
    nodes: { s: START, d: rule("fee", "fee", () => ({ value: 7, why: { rule: 1 } })), x: script("fee * 2", "total"), e: END },
    flows: ["s>d", "d>x", "x>e"],
  });
  const live = openCase(model);
  const applied = live.apply({ kind: "start", variables: {}, by: "a" }, AT);
  assert.deepEqual(live.variables, { fee: 7, total: 14 });
  assert.deepEqual(applied.events.find((event) => event.kind === "decided")?.said, {
    decision: "fee",
    value: 7,
    why: { rule: 1 },
  });
  assert.equal(live.status, "ended");
});

test("M-A18: a model that goes round without a wait is refused, and the state is as it was", () => {
  const c = follow(
    draw({
      nodes: { s: START, see: person(), x: { kind: "exclusive" }, t: TASK, e: END },
      flows: ["s>see", "see>x", "x>t: not(ready = true)", "x>e: else", "t>x"],
    }),
  ).start();
  const before = c.state;
  c.complete("see");
  assert.equal(c.refused, "too-many-steps");
  assert.deepEqual(c.state, before);
  assert.equal(c.complete("see", { ready: true }).status, "ended");
});

test("a late command is refused, never thrown", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), b: person(), e: END }, flows: ["s>a", "a>b", "b>e"] })).start();
  const first = c.token("a")!.id;
  c.complete("a");
  assert.equal(c.send({ kind: "complete", token: first, by: "officer:2" }).refused, "no-such-token");
  assert.equal(c.waiting, "b");
  c.complete("b");
  assert.equal(c.send({ kind: "complete", token: first, by: "officer:2" }).refused, "over");
  assert.equal(c.start().refused, "begun");
  assert.equal(follow(c.model).pass(0).refused, "not-begun");
});

test("a state waiting for an officer is small", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), e: END }, flows: ["s>a", "a>e"] })).start();
  assert.ok(JSON.stringify(c.state).length < 320, JSON.stringify(c.state));
});

test("a refused command gives back the very state that was given", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), e: END }, flows: ["s>a", "a>e"] })).start();
  const before = c.state;
  c.at -= HOUR;
  assert.equal(c.message("nobody waits").refused, "not-waiting");
  assert.deepEqual(c.state, before);
});

test("a state of another model is not taken for one of this", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), e: END }, flows: ["s>a", "a>e"] })).start();
  const other = draw({ nodes: { s: START, b: person(), e: END }, flows: ["s>b", "b>e"] });
  assert.throws(() => openCase(other, c.state), TypeError);
});

test("each line of the record names its flow, so that the path of a case can be drawn", () => {
  const c = follow(
    draw({
      nodes: { s: START, x: { kind: "exclusive" }, a: TASK, b: TASK, e: END },
      flows: ["s>x", "x>a: n > 0", "x>b: else", "a>e", "b>e"],
    }),
  ).start({ n: 1 });
  assert.deepEqual(
    c.events.flatMap(({ flow }) => (flow === undefined ? [] : [flow])),
    ["s>x", "x>a", "a>e"],
  );
});
