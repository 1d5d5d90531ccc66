import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
const official = (person: string): Actor => ({ kind: "official", body: "library", post: "clerk", person });
const [first, second] = [official("10101199000011"), official("10101199000022")];
before(async () => {
  given = await openWritingHouse();
});
after(() => given.house.close());

const propose = (from: string, into: string) =>
  given.registry.proposeMerge(first, { register: "branch", from, into, reason: "One branch, written twice" });

test("M-A9: two records of one thing are merged under four eyes; the one that goes keeps its history and what pointed at it is told", async () => {
  await given.open("A");
  await given.open("B");
  await given.tell("book", "purchase", { key: "N1", values: { branch: "A" }, validFrom: "2021-01-01" });
  const { id } = await propose("A", "B");
  await assert.rejects(given.registry.decideMerge(first, { id, accept: true }), { code: "registry.same-person" });
  await assert.rejects(given.registry.decideMerge(owner, { id, accept: true }), { code: "registry.same-person" });
  await assert.rejects(given.registry.decideMerge({ ...second, body: "tax" } as Actor, { id, accept: true }), {
    code: "registry.not-owner",
  });
  assert.equal((await given.read("branch", "A"))?.key, "A");
  const decided = await given.registry.decideMerge(second, { id, accept: true });
  assert.equal(decided.state, "accepted");
  assert.deepEqual(decided.links, [{ register: "book", field: "branch", key: "N1" }]);
  assert.equal(await given.read("branch", "A"), undefined);
  assert.equal(await given.registry.mergedInto("branch", "A"), "B");
  const history = await given.registry.history(owner, { register: "branch", key: "A", fields: ["name"], ground: "stock" });
  assert.deepEqual(
    history.map(({ event, document }) => [event, document]),
    [
      ["merged", id],
      ["opening", "7"],
    ],
  );
  const [told] = await given.events("registry.merged");
  assert.deepEqual([told!.from, told!.into, told!.links], ["A", "B", decided.links]);
  await assert.rejects(given.registry.decideMerge(second, { id, accept: false }), { code: "registry.decided-already" });
  assert.deepEqual(await given.consistent(), []);
});

test("a refused merge changes nothing; one that is not there or at an end cannot be proposed", async () => {
  await given.open("C");
  await given.open("D");
  const { id } = await propose("C", "D");
  assert.equal((await given.registry.decideMerge(second, { id, accept: false })).state, "refused");
  assert.equal((await given.read("branch", "C"))?.version, 1);
  assert.equal(await given.registry.mergedInto("branch", "C"), undefined);
  for (const [from, into] of [
    ["C", "C"],
    ["C", "A"],
    ["nowhere", "C"],
  ] as const)
    await assert.rejects(propose(from, into), { code: "registry.wrong-value" });
  const states = (await given.registry.merges(first, { register: "branch" })).map(({ from, state }) => [from, state]);
  assert.deepEqual(states, [
    ["C", "refused"],
    ["A", "accepted"],
  ]);
});

test("of two decisions at the same time one counts, and what is done is what it says", async () => {
  for (let round = 0; round < 4; round++) {
    const [from, into] = [`E${round}`, `F${round}`];
    await given.open(from, { town: from });
    await given.open(into, { town: into });
    const { id } = await propose(from, into);
    const results = await Promise.allSettled([
      given.registry.decideMerge(second, { id, accept: true }),
      given.registry.decideMerge(second, { id, accept: false }),
    ]);
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
    const state = (await given.registry.merges(first, { register: "branch" }))[0]?.state;
    assert.equal((await given.read("branch", from)) === undefined, state === "accepted");
  }
  assert.deepEqual(await given.consistent(), []);
});

test("M-A9: what pointed at the record that went points at the one that stays, with its history; cut and run again it is done once", async () => {
  await given.open("P");
  await given.open("Q");
  for (let index = 0; index < 130; index++)
    await given.tell("book", "purchase", {
      key: `R${String(index).padStart(3, "0")}`,
      values: { branch: "P" },
      validFrom: "2021-01-01",
    });
  await given.tell("book", "writing_off", { key: "R000", validFrom: "2022-01-01" });
  const { id } = await propose("P", "Q");
  await given.registry.decideMerge(second, { id, accept: true });
  await given.house.jobs.drain();
  assert.equal((await given.read("book", "R001"))?.values.branch, "Q");
  assert.equal((await given.read("book", "R129"))?.values.branch, "Q");
  const history = await given.registry.history(owner, { register: "book", key: "R001", fields: ["branch"], ground: "stock" });
  assert.deepEqual(
    history.map(({ event, document, values, actor, validFrom }) => [event, document, values.branch, actor, validFrom]),
    [
      ["repointed", id, "Q", "system:library/merge", "2026-11-22"],
      ["purchase", "7", "P", "system:library/desk", "2021-01-01"],
    ],
  );
  const before = await given.house.database.rows({ text: "select count(*) as n from registry.book_version", values: [] });
  await given.house.database.transaction((tx) => given.house.jobs.ask(tx, { name: "registry.repoint", body: { merge: id } }));
  await given.house.jobs.drain();
  assert.deepEqual(
    await given.house.database.rows({ text: "select count(*) as n from registry.book_version", values: [] }),
    before,
  );
  assert.deepEqual(await given.events("registry.not-repointed"), []);
  assert.deepEqual(await given.consistent(), []);
});

test("M-A9: a reader with the old key is led to where the record went, through several merges, and only under his ground", async () => {
  for (const key of ["X", "Y", "Z"]) await given.open(key);
  for (const [from, into] of [
    ["X", "Y"],
    ["Y", "Z"],
  ] as const) {
    const { id } = await propose(from, into);
    await given.registry.decideMerge(second, { id, accept: true });
  }
  const asked = { register: "branch", key: "X", fields: ["code", "name"], ground: "stock" };
  assert.equal(await given.registry.read(owner, asked), undefined);
  const found = await given.registry.read(owner, { ...asked, follow: true });
  assert.deepEqual([found?.key, found?.values.code], ["Z", "Z"]);
  // As it was before, it answers itself.
  assert.equal((await given.registry.read(owner, { ...asked, follow: true, trueOn: "2021-01-01" }))?.key, "X");
  assert.equal(await given.registry.read(owner, { ...asked, key: "never", follow: true }), undefined);
  await assert.rejects(given.registry.read({ kind: "system", body: "other", name: "x" }, { ...asked, follow: true }), {
    code: "registry.no-ground",
  });
});
