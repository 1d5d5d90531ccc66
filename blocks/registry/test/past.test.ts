/** What was true on days that are over counts too: values that one record alone may have, and lists that rules look at. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openWritingHouse, type WritingHouse } from "./writing-house.ts";

let place: WritingHouse;
before(async () => {
  place = await openWritingHouse();
});
after(() => place?.house.close());

const named = (key: string, name: string, validFrom: string) =>
  place.tell("branch", "opening", { key, values: { name, town: "Ош" }, validFrom });
const renamed = (key: string, name: string, validFrom: string) =>
  place.tell("branch", "renaming", { key, values: { name }, validFrom });
const refusedAs = (code: string, pointer: string) => (error: { code: string; fields: { pointer: string }[] }) => {
  assert.deepEqual([error.code, error.fields.map((field) => field.pointer)], [code, [pointer]]);
  return true;
};

test("M-A9: a value that one record alone may have is refused for days on which another had it, though it is free now", async () => {
  await named("u-1", "Алатоо", "2020-01-01");
  await renamed("u-1", "Манас", "2022-01-01");
  await assert.rejects(named("u-2", "Алатоо", "2021-06-01"), refusedAs("registry.taken", "/values/name"));
  await assert.rejects(named("u-2", "Алатоо", "2019-01-01"), refusedAs("registry.taken", "/values/name"), "the days overlap");
  await named("u-2", "Алатоо", "2022-01-01");
  // What the record itself said on those days is no new claim, and may be said again with something else.
  await place.tell("branch", "correction", { key: "u-1", values: { seats: 12 }, validFrom: "2020-03-01" });
  await named("u-3", "Сулайман", "2020-01-01");
  await renamed("u-3", "Өзгөн", "2021-01-01");
  await assert.rejects(renamed("u-3", "Манас", "2022-05-01"), refusedAs("registry.taken", "/values/name"));
  await assert.rejects(
    place.tell("branch", "correction", { key: "u-3", values: { name: "Алатоо" }, validFrom: "2020-06-01" }),
    refusedAs("registry.taken", "/values/name"),
    "over the months before it was renamed",
  );
  await place.tell("branch", "closing", { key: "u-2", validFrom: "2023-01-01" });
  await assert.rejects(named("u-4", "Алатоо", "2022-12-31"), refusedAs("registry.taken", "/values/name"));
  await named("u-4", "Алатоо", "2023-01-01");
  assert.deepEqual(await place.consistent(), []);
});

test("M-A9: of two who claim the same for the same days that are over, one is refused, however close together they come", async () => {
  for (let round = 0; round < 5; round++) {
    const [one, two] = [`r-${round}-a`, `r-${round}-b`];
    const name = `Бир жыл ${"абвгд"[round]}`;
    for (const key of [one, two]) {
      await named(key, `Башында ${key.endsWith("a") ? "бир" : "эки"} ${"абвгд"[round]}`, "2019-01-01");
      await renamed(key, `Аягында ${key.endsWith("a") ? "бир" : "эки"} ${"абвгд"[round]}`, "2022-01-01");
    }
    // Both years lie before the renaming: nothing of it is claimed for today.
    const both = await Promise.allSettled([renamed(one, name, "2021-01-01"), renamed(two, name, "2021-01-01")]);
    assert.deepEqual(both.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    const [refused] = both.filter((result) => result.status === "rejected");
    assert.equal(refused!.reason.code, "registry.taken");
  }
  assert.deepEqual(await place.consistent(), []);
});

test("M-A9: a rule of a past day counts the records that were there then, also those whose value has changed away since or will come", async () => {
  await named("b-0", "Китепкана", "2018-01-01");
  for (const key of ["b-1", "b-2"])
    await place.tell("book", "purchase", { key, values: { branch: "b-0" }, validFrom: "2019-01-01" });
  const give = (key: string, book: string, given: { percent: string; validFrom: string }) =>
    place.tell("share", "giving", { key, values: { book, percent: given.percent }, validFrom: given.validFrom });
  await give("s-1", "b-1", { percent: "60", validFrom: "2020-01-01" });
  await place.tell("share", "moving", { key: "s-1", values: { book: "b-2" }, validFrom: "2021-01-01" });
  await assert.rejects(
    give("s-2", "b-1", { percent: "50", validFrom: "2020-06-01" }),
    refusedAs("registry.wrong-value", "/values/percent"),
  );
  await give("s-2", "b-1", { percent: "50", validFrom: "2021-01-01" });
  // The half that moves on a day to come counts from that day.
  await place
    .tell("share", "moving", { key: "s-2", values: { book: "b-2" }, validFrom: "2027-03-01" })
    .then(() => assert.fail("60 and 50 of one book"), refusedAs("registry.wrong-value", "/values/percent"));
  await place.tell("share", "change", { key: "s-1", values: { percent: "40" }, validFrom: "2026-01-01" });
  await place.tell("share", "moving", { key: "s-2", values: { book: "b-2" }, validFrom: "2027-03-01" });
  await assert.rejects(
    give("s-3", "b-2", { percent: "20", validFrom: "2026-12-01" }),
    refusedAs("registry.wrong-value", "/values/percent"),
  );
  await give("s-3", "b-2", { percent: "10", validFrom: "2026-12-01" });
  assert.deepEqual(await place.consistent(), []);
});
