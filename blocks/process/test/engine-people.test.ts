import assert from "node:assert/strict";
import { test } from "node:test";
import { AT, DAY, follow } from "./engine-follow.ts";
import { draw, END, feel, person, START, service } from "./engine-model.ts";

test("M-A18: two officers deciding: the first wins, the second is told", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), b: person(), e: END }, flows: ["s>a", "a>b", "b>e"] })).start();
  const token = c.token("a")!.id;
  c.send({ kind: "complete", token, by: "officer:1", output: { granted: true } });
  c.send({ kind: "complete", token, by: "officer:2", output: { granted: false } });
  assert.equal(c.refused, "no-such-token");
  assert.deepEqual(c.variables, { granted: true });
});

test("a task that is held is done by its holder alone, until it is given back", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), e: END }, flows: ["s>a", "a>e"] })).start();
  const token = c.token("a")!.id;
  c.send({ kind: "hold", token, by: "officer:1" });
  assert.equal(c.send({ kind: "hold", token, by: "officer:2" }).refused, "held-by-other");
  assert.equal(c.complete("a", {}, "officer:2").refused, "held-by-other");
  assert.equal(c.send({ kind: "error", token, code: "x", by: "officer:2" }).refused, "held-by-other");
  c.send({ kind: "hold", token, by: undefined });
  assert.equal(c.complete("a", {}, "officer:2").status, "ended");
});

test("four eyes: a second person has to agree, and what both gave joins the case", () => {
  const c = follow(draw({ nodes: { s: START, a: person("judge", { fourEyes: true }), e: END }, flows: ["s>a", "a>e"] })).start();
  const token = c.token("a")!.id;
  c.send({ kind: "hold", token, by: "officer:1" });
  c.complete("a", { granted: true, note: "n" }, "officer:1");
  assert.equal(c.status, "running");
  assert.equal(c.complete("a", { granted: true }, "officer:1").refused, "same-person");
  assert.equal(c.send({ kind: "hold", token, by: "officer:1" }).refused, "same-person");
  assert.equal(c.complete("a", { granted: false }, "officer:2").status, "ended");
  assert.deepEqual(c.variables, { granted: false, note: "n" });
});

test("separation of duties: who did one step may not do the other", () => {
  const c = follow(
    draw({
      nodes: { s: START, inspect: person("inspector"), decide: person("clerk", { notBy: ["inspect"] }), e: END },
      flows: ["s>inspect", "inspect>decide", "decide>e"],
    }),
  ).start();
  c.complete("inspect", {}, "officer:1");
  assert.equal(c.send({ kind: "hold", token: c.token("decide")!.id, by: "officer:1" }).refused, "same-person");
  assert.equal(c.complete("decide", {}, "officer:1").refused, "same-person");
  assert.equal(c.complete("decide", {}, "officer:2").status, "ended");
});

test("a task is due at the end of its last working day", () => {
  const c = follow(
    draw({ nodes: { s: START, a: person("clerk", { days: feel("n"), body: feel("body") }), e: END }, flows: ["s>a", "a>e"] }),
  ).start({
    n: 5,
    body: "land-office",
  });
  // Monday and five working days: the Monday after, to its end in Bishkek (UTC+6).
  assert.deepEqual(c.token("a")?.waits, {
    for: "person",
    role: "clerk",
    body: "land-office",
    due: Date.parse("2026-11-30T18:00:00Z"),
  });
  assert.equal(c.due, undefined);
});

test("a step nobody drew: the case does not end before it is done", () => {
  const c = follow(draw({ nodes: { s: START, a: person(), e: END }, flows: ["s>a", "a>e"] })).start();
  c.send({ kind: "add", title: "Ask the archive", role: "archivist", days: 2, reason: "the book is old", by: "officer:1" });
  const added = c.state!.tokens.at(-1)!;
  assert.deepEqual(added.added, { title: "Ask the archive", days: 2 });
  c.complete("a");
  assert.equal(c.status, "running");
  c.send({ kind: "complete", token: added.id, by: "officer:3", output: { page: 12 } });
  assert.equal(c.status, "ended");
  assert.deepEqual(c.variables, { page: 12 });
});

test("moved to another step, forward and back to an earlier one, with the reason in the record", () => {
  const c = follow(
    draw({ nodes: { s: START, a: person(), b: person(), d: person(), e: END }, flows: ["s>a", "a>b", "b>d", "d>e"] }),
  ).start();
  const move = (from: string, to: string) =>
    c.send({ kind: "move", tokens: [c.token(from)!.id], to, reason: "a paper was missing", by: "officer:9" });
  move("a", "d");
  assert.equal(c.waiting, "d");
  move("d", "b");
  assert.equal(c.complete("b").waiting, "d");
  assert.equal(c.complete("d").status, "ended");
  assert.deepEqual(
    c.events.filter((event) => event.kind === "moved").map(({ node, by, said }) => ({ node, by, said })),
    [
      { node: "d", by: "officer:9", said: { reason: "a paper was missing", from: ["a"] } },
      { node: "b", by: "officer:9", said: { reason: "a paper was missing", from: ["d"] } },
    ],
  );
});

const nested = draw({
  nodes: {
    s: START,
    p: {
      kind: "sub-process",
      inner: {
        nodes: { i: START, f: { kind: "parallel" }, a: person(), b: person(), j: END },
        flows: ["i>f", "f>a", "f>b", "a>j", "b>j"],
      },
    },
    late: { kind: "boundary", on: "p", events: [{ kind: "time", duration: '"P1D"' }] },
    z: person(),
    e: END,
  },
  flows: ["s>p", "p>z", "late>e", "z>e"],
});

test("moved out of a sub-process: it ends when nothing is left in it, and else goes on", () => {
  const one = follow(nested).start();
  one.send({ kind: "move", tokens: [one.token("a")!.id], to: "z", reason: "r", by: "o" });
  assert.equal(one.waiting, "p b z");
  const both = follow(nested).start();
  both.send({ kind: "move", tokens: [both.token("a")!.id, both.token("b")!.id], to: "z", reason: "r", by: "o" });
  assert.equal(both.waiting, "z");
  assert.equal(both.due, undefined);
  assert.equal(both.complete("z").status, "ended");
});

test("moved into a sub-process: it is opened, with its boundary events", () => {
  const c = follow(nested).start();
  c.send({ kind: "move", tokens: [c.token("a")!.id, c.token("b")!.id], to: "z", reason: "r", by: "o" });
  c.send({ kind: "move", tokens: [c.token("z")!.id], to: "b", reason: "r", by: "o" });
  assert.equal(c.waiting, "p b");
  assert.equal(c.due, AT + DAY);
  c.complete("b");
  assert.equal(c.waiting, "z");
});

test("moved within a sub-process: it is not left in between", () => {
  const c = follow(nested).start().complete("a");
  c.send({ kind: "move", tokens: [c.token("b")!.id], to: "a", reason: "r", by: "o" });
  assert.equal(c.waiting, "p a");
  assert.equal(c.complete("a").waiting, "z");
});

test("what cannot be moved to is refused and nothing changes", () => {
  const c = follow(nested).start();
  const before = c.state;
  const move = (to: string, tokens: number[]) => c.send({ kind: "move", tokens, to, reason: "r", by: "o" }).refused;
  assert.equal(move("nowhere", []), "no-such-node");
  assert.equal(move("late", [c.token("a")!.id]), "cannot-move-there");
  assert.equal(move("z", [999]), "no-such-token");
  assert.deepEqual(c.state, before);
});

test("a step left out: the case goes on as if it were done", () => {
  const c = follow(nested).start();
  c.send({ kind: "skip", token: c.token("p")!.id, reason: "not needed", by: "o", output: { x: 1 } });
  assert.equal(c.waiting, "z");
  assert.deepEqual(c.variables, { x: 1 });
  const skipped = c.events.find((event) => event.kind === "skipped");
  assert.deepEqual(skipped?.said, { reason: "not needed", output: { x: 1 } });
});

test("a suspended case takes nothing but resume and cancel; its terms are looked at when it goes on", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: person(),
        late: { kind: "boundary", on: "a", events: [{ kind: "time", duration: '"P1D"' }] },
        e: END,
        g: END,
      },
      flows: ["s>a", "a>e", "late>g"],
    }),
  ).start();
  c.send({ kind: "suspend", reason: "court", by: "o" });
  assert.equal(c.due, undefined);
  assert.equal(c.complete("a").refused, "suspended");
  assert.equal(c.pass(2 * DAY).refused, "suspended");
  c.send({ kind: "resume", reason: "court said yes", by: "o" });
  assert.equal(c.due, AT + DAY);
  assert.equal(c.pass(0).status, "ended");
  assert.equal(c.send({ kind: "resume", reason: "", by: "o" }).refused, "over");
});

test("a cancelled case has nothing left", () => {
  const c = follow(nested).start();
  c.send({ kind: "cancel", reason: "withdrawn by letter", by: "o" });
  assert.equal(c.status, "cancelled");
  assert.equal(c.waiting, "");
  assert.equal(c.state?.scopes.length, 1);
  assert.equal(c.pass(DAY).refused, "over");
});

test("an answer of a service that comes after its activity was cut off is refused", () => {
  const c = follow(
    draw({
      nodes: {
        s: START,
        a: service("r"),
        late: { kind: "boundary", on: "a", events: [{ kind: "time", duration: '"P1D"' }] },
        z: person(),
        e: END,
      },
      flows: ["s>a", "a>e", "late>z", "z>e"],
    }),
  ).start();
  const token = c.token("a")!.id;
  c.pass(DAY);
  assert.equal(c.send({ kind: "complete", token, by: "system", output: { x: 1 } }).refused, "no-such-token");
  assert.deepEqual(c.variables, {});
});
