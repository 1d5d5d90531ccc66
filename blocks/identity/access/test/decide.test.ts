import assert from "node:assert/strict";
import { test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { type Circumstances, type Deed, decide, levelOf, levels, type Refused, type Target, whoms } from "../decide.ts";

/** Seeded numbers (mulberry32), so that a situation that fails comes again. */
function seeded(seed: number) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const one = <Value>(of: readonly Value[]): Value => of[Math.floor(next() * of.length)]!;
  return { one, chance: (share: number) => next() < share, some: <Value>(of: readonly Value[]) => of.filter(() => next() < 0.5) };
}

interface Situation {
  actor: Actor | undefined;
  deed: Deed;
  target: Target;
  on: Circumstances;
}

const rights = ["registry.merge", "registry.confirm-merge", "services.decide"] as const;
const pins = ["1", "2"] as const;

function situation(seed: number): Situation {
  const { one, chance, some } = seeded(seed);
  const behalf = {
    mandate: "m",
    kind: one(["parent", "guardian", "power-of-attorney", "director", "accountant"]),
    of: one(["person", "company"] as const),
    subject: one(pins),
    ...(chance(0.3) && { only: one([{ service: "s1" }, { service: "s2" }, { case: "c1" }, { case: "c2" }]) }),
  };
  const assurance = one([undefined, "demo", "simple", "substantial", "high"] as const);
  const actor = one<Actor | undefined>([
    undefined,
    { kind: "person", pin: one(pins), assurance, ...(chance(0.5) && { behalf }) },
    { kind: "person", pin: one(pins), assurance, ...(chance(0.5) && { behalf }) },
    { kind: "official", body: one(["a", "b"]), post: "p", person: one(["o1", "o2"]) },
    { kind: "official", body: one(["a", "b"]), post: "p", person: one(["o1", "o2"]) },
    { kind: "system", body: one(["a", "b"]), name: "n" },
  ]);
  const by = some(["person", "official", "system"] as const);
  return {
    actor,
    deed: {
      name: "deed",
      by: by.length === 0 ? ["person"] : by,
      ...(chance(0.6) && { for: some(whoms) }),
      ...(chance(0.5) && { assurance: one(levels) }),
      ...(chance(0.7) && { right: one(rights) }),
      ...(chance(0.3) && { body: one(["a", "b"]) }),
    },
    target: {
      ...(chance(0.5) && { subject: one(pins) }),
      ...(chance(0.7) && { service: one(["s1", "s2"]) }),
      ...(chance(0.7) && { case: one(["c1", "c2"]) }),
      ...(chance(0.8) && { before: [{ right: one(rights), person: one(["o1", "o2"]) }] }),
    },
    on: {
      demo: chance(0.5),
      ...(chance(0.2) && { fallen: one(["ended", "over", "register"] as const) }),
      ...(chance(0.95) && { post: { held: chance(0.9), rights: chance(0.5) ? rights : some(rights) } }),
      ...(chance(0.7) && {
        apart: [{ rights: ["registry.merge", "registry.confirm-merge"], by: one(["person", "post"] as const) }],
      }),
      ...(chance(0.4) && {
        ground: one([true, false].map((allowed) => ({ allowed, why: one(["public", "reader"]), what: "" }))),
      }),
    },
  };
}

/**
 * The same said another way: each reason is a sentence that is true or not by itself, whatever the others say. A deed is allowed when
 * none is true, and refused for the first that is.
 */
const model: [Refused, (given: Situation) => boolean][] = [
  ["nobody", ({ actor, on }) => actor === undefined && !(on.ground?.allowed && on.ground.why === "public")],
  ["kind", ({ actor, deed }) => actor !== undefined && deed.by.indexOf(actor.kind) === -1],
  [
    "assurance",
    ({ actor, deed, on }) => {
      if (actor?.kind !== "person") return false;
      const worth = { demo: on.demo ? 3 : 0, simple: 1, substantial: 2, high: 3, none: 0 }[actor.assurance ?? "none"];
      return worth < { simple: 1, substantial: 2, high: 3 }[deed.assurance ?? "substantial"];
    },
  ],
  ["fallen", ({ actor, on }) => actor?.kind === "person" && actor.behalf !== undefined && on.fallen !== undefined],
  [
    "whom",
    ({ actor, deed }) => {
      if (actor?.kind !== "person") return false;
      const open = new Set(deed.for ?? []);
      if (!actor.behalf) return deed.for !== undefined && !open.has("person");
      if (actor.behalf.of === "company") return !open.has("company");
      return actor.behalf.kind === "parent" ? !open.has("child") : !open.has("person");
    },
  ],
  [
    "scope",
    ({ actor, target }) => {
      const only = actor?.kind === "person" ? actor.behalf?.only : undefined;
      if (!only) return false;
      return "service" in only ? only.service !== target.service : only.case !== target.case;
    },
  ],
  [
    "foreign",
    ({ actor, target }) =>
      actor?.kind === "person" &&
      target.subject !== undefined &&
      ![actor.behalf ? actor.behalf.subject : actor.pin].includes(target.subject),
  ],
  [
    "body",
    ({ actor, deed }) => actor !== undefined && actor.kind !== "person" && deed.body !== undefined && deed.body !== actor.body,
  ],
  ["post", ({ actor, on }) => actor?.kind === "official" && on.post?.held !== true],
  [
    "right",
    ({ actor, deed, on }) => actor?.kind === "official" && deed.right !== undefined && !on.post?.rights.includes(deed.right),
  ],
  [
    "apart",
    ({ actor, deed, target, on }) =>
      actor?.kind === "official" &&
      (on.apart ?? []).some(({ rights: [one, other], by }) => {
        const pairs = [`${one} ${other}`, `${other} ${one}`];
        const both = [one, other].every((right) => on.post?.rights.includes(right)) && [one, other].includes(deed.right ?? "");
        const did = (target.before ?? []).some(
          (done) => done.person === actor.person && pairs.includes(`${deed.right} ${done.right}`),
        );
        return did || (by === "post" && both);
      }),
  ],
  ["ground", ({ actor, on }) => actor !== undefined && on.ground?.allowed === false],
];

test("M-A4: what is allowed and why agrees with a plain model, in twenty thousand situations", () => {
  const seen = new Map<string, number>();
  for (let seed = 1; seed <= 20_000; seed++) {
    const given = situation(seed);
    const expected = model.find(([, holds]) => holds(given))?.[0] ?? "allowed";
    const came = decide(given.actor, given.deed, { target: given.target, on: given.on });
    assert.equal(came.allowed ? "allowed" : came.why, expected, `seed ${seed}: ${JSON.stringify(given)}`);
    seen.set(expected, (seen.get(expected) ?? 0) + 1);
  }
  // A situation that never comes would prove nothing.
  assert.deepEqual([...seen.keys()].sort(), ["allowed", ...model.map(([why]) => why)].sort());
  for (const [why, times] of seen) assert.ok(times >= 20, `${why} came ${times} times`);
});

test("M-A4: an invented person counts as surely known in a demo country and as nobody in another", () => {
  const demo: Actor = { kind: "person", pin: "1", assurance: "demo" };
  const deed: Deed = { name: "services.submit", by: ["person"], assurance: "high" };
  assert.deepEqual(decide(demo, deed, { on: { demo: true } }), { allowed: true, as: "oneself" });
  assert.deepEqual(decide(demo, deed, { on: { demo: false } }), { allowed: false, why: "assurance", what: "high" });
  assert.equal(levelOf("demo", false), undefined);
});

test("M-A4: who is not known to be sure of is refused where nothing is declared", () => {
  for (const assurance of [undefined, "simple"] as const) {
    const actor: Actor = { kind: "person", pin: "1", ...(assurance && { assurance }) };
    assert.deepEqual(decide(actor, { name: "d", by: ["person"] }, { on: { demo: true } }), {
      allowed: false,
      why: "assurance",
      what: "substantial",
    });
  }
});
