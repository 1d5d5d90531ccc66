import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import { Problem } from "@kerege/kernel/problem";
import type { StaffAct } from "../door.ts";
import { endedBy, mayFollow, termsOf } from "../staff.ts";
import { openTestServer, type TestServer } from "./server.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
const chief: Actor = { kind: "official", body: "office", post: "chief", person: "zero" };
const ground = { document: "9-к", on: "2026-11-20" };
const newcomer = { official: "three", name: { surname: "Үчүнчү", given: "Адам" } };
let server: TestServer;

before(async () => {
  server = await openTestServer({ root, country: "dated" });
});
after(() => server?.close());

const refused = (code: string) => (error: unknown) => error instanceof Problem && error.code === `reference.${code}`;

test("M-A9: units and posts of a body are as declared", () => {
  const { door } = server;
  assert.deepEqual(
    door.units("desk").map(({ code, body }) => [code, body]),
    [["front", "desk"]],
  );
  assert.deepEqual(
    door.posts().map(({ code, body, head }) => [code, body, head]),
    [
      ["chief", "office", true],
      ["clerk", "desk", false],
    ],
  );
  assert.deepEqual(door.posts("office"), [door.post("chief")]);
  assert.equal(door.post("none"), undefined);
});

for (const [on, official] of [
  ["2026-01-09", undefined],
  ["2026-01-10", "one"],
  ["2026-05-31", "one"],
  ["2026-06-01", "two"],
  ["2040-01-01", "two"],
] as const) {
  test(`M-A9: on ${on} the post is held by ${official ?? "nobody"}`, async () => {
    assert.equal((await server.door.holder("clerk", on))?.official, official);
  });
}

test("M-A9: rights end with the term of the post they came with", async () => {
  const { door } = server;
  const rights = async (official: string, on: string) => (await door.rightsOf(official, on)).map(({ right }) => right);
  assert.deepEqual(await rights("one", "2026-05-31"), ["services.decide", "registry.search"]);
  assert.deepEqual(await rights("one", "2026-06-01"), []);
  assert.deepEqual(await rights("two", "2026-06-01"), ["services.decide", "registry.search"]);
  assert.deepEqual(
    (await door.officials({ on: "2026-06-01" })).map(({ official, body, post, from, until }) => [
      official,
      body,
      post,
      from,
      until,
    ]),
    [["two", "desk", "clerk", "2026-06-01", undefined]],
  );
  assert.deepEqual(await door.officials({ on: "2026-06-01", body: "office" }), []);
});

test("M-A9: a person is dismissed and another appointed, each by a document, and nothing of it is lost", async () => {
  const { door, house, prepare } = server;
  const next = { ...newcomer, post: "clerk", from: "2026-12-01", ground };
  await assert.rejects(door.appoint(chief, next), refused("post-taken"));
  await assert.rejects(door.dismiss(chief, { post: "clerk", on: "2026-06-01", ground }), refused("wrong-term"));
  const ended = await door.dismiss(chief, { post: "clerk", on: "2026-12-01", ground });
  assert.deepEqual([ended.official, ended.on, ended.by], ["two", "2026-12-01", "official:office/chief/zero"]);
  await assert.rejects(door.dismiss(chief, { post: "clerk", on: "2027-01-01", ground }), refused("post-vacant"));
  await assert.rejects(door.appoint(chief, { ...next, from: "2026-11-30" }), refused("post-taken"));
  await assert.rejects(door.appoint(chief, { ...next, until: "2026-12-01" }), refused("wrong-term"));
  await assert.rejects(door.appoint(chief, { ...next, from: "1 December" }), refused("wrong-term"));
  await assert.rejects(door.appoint(chief, { ...next, post: "none" }), refused("unknown-post"));
  await door.appoint(chief, { ...next, until: "2027-12-01" });
  assert.equal((await door.holder("clerk", "2026-11-30"))?.official, "two");
  assert.deepEqual(await door.holder("clerk", "2026-12-01"), {
    ...newcomer,
    post: "clerk",
    body: "desk",
    from: "2026-12-01",
    until: "2027-12-01",
    ground,
  });
  assert.equal(await door.holder("clerk", "2027-12-01"), undefined);
  house.clock.advance(1000);
  await prepare();
  assert.deepEqual(
    (await door.staffHistory("clerk")).map(({ number, act, official }) => [number, act, official]),
    [
      [1, "appointed", "one"],
      [2, "appointed", "two"],
      [3, "dismissed", "two"],
      [4, "appointed", "three"],
    ],
    "what is declared is recorded once, and does not undo what was done since",
  );
});

test("of many appointments to one post at once one is recorded", async () => {
  const { door } = server;
  const tries = Array.from({ length: 8 }, (_, index) =>
    door.appoint(chief, { ...newcomer, official: `o${index}`, post: "chief", from: "2026-12-01", ground }),
  );
  const made = await Promise.allSettled(tries);
  assert.equal(made.filter(({ status }) => status === "fulfilled").length, 1);
  for (const one of made) if (one.status === "rejected") assert.ok(refused("post-taken")(one.reason), String(one.reason));
  assert.equal((await door.staffHistory("chief")).length, 1);
});

const act = (number: number, kind: StaffAct["act"], on: string, until?: string): StaffAct => ({
  post: "p",
  number,
  act: kind,
  official: "o",
  name: { surname: "s", given: "g" },
  on,
  until,
  ground,
  by: "system:b/n",
  recordedAt: new Date(0),
});

test("a dismissal ends the term before its own end, never after it", () => {
  const acts = [act(1, "appointed", "2026-01-01", "2026-12-31"), act(2, "dismissed", "2026-06-01")];
  assert.deepEqual(
    termsOf(acts).map(({ from, until }) => [from, until]),
    [["2026-01-01", "2026-06-01"]],
  );
  assert.equal(mayFollow(acts, { from: "2026-05-31" }), "taken");
  assert.equal(mayFollow(acts, { from: "2026-06-01" }), "yes");
  assert.equal(endedBy(acts.slice(0, 1), "2027-01-01"), "vacant");
  assert.equal(endedBy([], "2027-01-01"), "vacant");
});
