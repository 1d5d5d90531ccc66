import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { after, before, test } from "node:test";
import type { Problem } from "@kerege/kernel/problem";
import { openWritingHouse, owner, type WritingHouse } from "./writing-house.ts";

let given: WritingHouse;
let serial = 0;
before(async () => {
  given = await openWritingHouse();
});
after(() => given.house.close());

const fresh = (prefix: string) => `${prefix}${++serial}`;
const said = (problem: Problem, language: "ky" | "ru" | "kk" | "en" = "en") =>
  problem.fields.map((field) => `${field.pointer} ${given.house.texts.translate(language, field.key, field.params)}`);
/** What a refused event says, field by field. */
async function refusal(work: Promise<unknown>, language?: "ky" | "ru" | "kk" | "en"): Promise<string[]> {
  const problem = await work.then(
    () => assert.fail("it was recorded"),
    (error: Problem) => error,
  );
  return [problem.code, ...said(problem, language)];
}

test("M-A9: an event in a state that forbids it is refused in the reader's language, naming state and event", async () => {
  const key = fresh("B");
  await given.open(key);
  assert.equal((await given.read("branch", key))?.state, "open");
  await given.tell("branch", "suspension", { key, validFrom: "2021-01-01" });
  assert.equal((await given.read("branch", key))?.state, "suspended");
  const again = () => given.tell("branch", "suspension", { key, validFrom: "2021-06-01" });
  assert.deepEqual(await refusal(again(), "ru"), [
    "registry.wrong-state",
    "/event «Приостановка» невозможно, пока запись в состоянии «Приостановлен»",
  ]);
  assert.match((await refusal(again(), "ky"))[1]!, /Токтотулган/);
  // On a day before the suspension the branch was open.
  await given.tell("branch", "closing", { key, validFrom: "2022-01-01" });
  assert.deepEqual(await refusal(given.tell("branch", "renaming", { key, values: { name: "Башка" }, validFrom: "2023-01-01" })), [
    "registry.ended",
  ]);
});

test("an event is recorded by the owner and by bodies it is entrusted to, and by nobody else", async () => {
  const key = fresh("B");
  await given.open(key);
  const by = (body: string, event: string) =>
    given.tell("branch", event, {
      key,
      values: event === "renaming" ? { name: `Ысым ${fresh("")}`.replace(/\d/g, "а") } : {},
      actor: { kind: "system", body, name: "desk" },
    });
  await by("ministry", "renaming");
  assert.deepEqual(await refusal(by("ministry", "suspension")), ["registry.not-owner"]);
  assert.deepEqual(await refusal(by("tax", "renaming")), ["registry.not-owner"]);
  assert.deepEqual(
    await refusal(given.tell("branch", "renaming", { key, values: { name: "А" }, actor: { kind: "person", pin: "1" } })),
    ["registry.not-owner"],
  );
});

test("a ground document of a declared kind must come, with a day that has been", async () => {
  const opening = (document: Parameters<WritingHouse["tell"]>[2]["document"]) =>
    refusal(given.tell("branch", "opening", { key: fresh("B"), values: { name: "Бөлүм" }, document }));
  assert.deepEqual(await opening("Order 7"), [
    "registry.wrong-value",
    "/document/kind Another kind of document is needed for this",
  ]);
  assert.deepEqual(await opening({ kind: "letter", number: "7" }), [
    "registry.wrong-value",
    "/document/kind Another kind of document is needed for this",
  ]);
  assert.deepEqual(await opening({ kind: "order", number: " ", on: "2030-01-01" }), [
    "registry.wrong-value",
    "/document/number Name the document this rests on",
    "/document/on Not after 2026-11-22",
  ]);
});

test("least and most are kept, also where the most is today", async () => {
  const opening = (values: Record<string, string | number>) =>
    refusal(given.tell("branch", "opening", { key: fresh("B"), values: { name: "Бөлүм", ...values } }));
  assert.deepEqual(await opening({ opened_on: "2026-11-23", seats: 0 }), [
    "registry.wrong-value",
    "/values/opened_on Not after 2026-11-22",
    "/values/seats Not less than 1",
  ]);
  assert.deepEqual(await opening({ opened_on: "1899-12-31", seats: 501 }), [
    "registry.wrong-value",
    "/values/opened_on Not before 1900-01-01",
    "/values/seats Not more than 500",
  ]);
});

test("a code of a closed edition is refused on a day when it is closed, and taken for a day when it was in force", async () => {
  const buy = (shelf: string, validFrom: string) =>
    given.tell("book", "purchase", { key: fresh("N"), values: { shelf }, validFrom });
  await buy("OLD", "2020-01-01");
  await buy("B", "2025-01-01");
  assert.deepEqual(await refusal(buy("OLD", "2025-01-01")), [
    "registry.wrong-value",
    "/values/shelf This code is no longer in force on that day",
  ]);
  assert.deepEqual(await refusal(buy("Z", "2025-01-01")), ["registry.wrong-value", "/values/shelf There is no such code"]);
});

test("a value that only one record may have is refused to a second one, free after the first is at an end, and again after a change", async () => {
  const [first, second, third] = [fresh("B"), fresh("B"), fresh("B")];
  const values = { name: "Жападан", town: "Талас" };
  await given.open(first, values);
  const problem = await given.open(second, values).catch((error: Problem) => error);
  assert.ok("code" in problem);
  assert.deepEqual(
    [problem.code, ...said(problem, "kk"), problem.params.holder],
    ["registry.taken", "/values/name Бұл қалада мұндай атау бар", first],
  );
  await given.open(second, { ...values, town: "Нарын" });
  await given.tell("branch", "closing", { key: first, validFrom: "2022-01-01" });
  await given.tell("branch", "opening", { key: third, values, validFrom: "2022-01-01" });
  await given.tell("branch", "renaming", { key: third, values: { name: "Башкача" }, validFrom: "2023-01-01" });
  await given.tell("branch", "opening", { key: fresh("B"), values, validFrom: "2023-01-01" });
  assert.deepEqual(await given.consistent(), []);
});

test("of many who claim one value at the same time exactly one gets it", async () => {
  const values = { name: "Жарыш", town: "Талас" };
  const results = await Promise.allSettled(Array.from({ length: 12 }, () => given.open(fresh("B"), values)));
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  for (const result of results) if (result.status === "rejected") assert.equal(result.reason.code, "registry.taken");
});

test("M-A9: a rule of the register refuses in its own words, in four languages, at its field", async () => {
  const buy = (values: Record<string, string>) =>
    given.tell("book", "purchase", { key: fresh("N"), values, validFrom: "2025-01-01" });
  const late = () => buy({ printed_on: "2025-02-01", printed_on_precision: "month" });
  assert.deepEqual(await refusal(late()), ["registry.wrong-value", "/values/printed_on A book is printed before it is bought"]);
  assert.deepEqual(await refusal(late(), "ky"), ["registry.wrong-value", "/values/printed_on Китеп алардан мурун басылат"]);
  const first = await buy({ printed_on: "2020-01-01", printed_on_precision: "year" });
  const older = () => buy({ printed_on: "2019-01-01", printed_on_precision: "year", first_volume: first.key });
  // A title with signs that mean something to a message format comes out as it was written.
  assert.deepEqual(await refusal(older()), [
    "registry.wrong-value",
    "/values/first_volume A volume isn't older than the first {one}",
  ]);
  await buy({ printed_on: "2021-01-01", printed_on_precision: "year", first_volume: first.key });
});

test("a second owner over 100 % is refused, also when two clerks give the last share at the same time", async () => {
  const { key: book } = await given.tell("book", "purchase", { key: fresh("N") });
  const give = (percent: string) => given.tell("share", "giving", { key: fresh("S"), values: { book, percent } });
  const first = await give("60");
  assert.deepEqual(await refusal(give("40.01")), [
    "registry.wrong-value",
    "/values/percent Shares are no more than 100 per cent",
  ]);
  const results = await Promise.allSettled(Array.from({ length: 6 }, () => give("30")));
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  // The record itself is not counted twice when it changes.
  await given.tell("share", "change", { key: first.key, values: { percent: "70.00" } });
  assert.equal((await given.read("share", first.key))?.values.percent, "70.00");
});

test("a link holds in time: to what is there on the day, and as long as it must", async () => {
  const branch = fresh("B");
  await given.tell("branch", "opening", { key: branch, values: { name: "Убактылуу" }, validFrom: "2021-01-01" });
  const buy = (validFrom: string, values: object = { branch }) =>
    given.tell("book", "purchase", { key: fresh("N"), values: values as Record<string, string>, validFrom });
  assert.deepEqual(await refusal(buy("2020-06-01")), ["registry.wrong-value", "/values/branch It was not there on 2020-06-01"]);
  assert.deepEqual(await refusal(buy("2022-01-01", { branch: "nowhere" })), [
    "registry.wrong-value",
    "/values/branch There is no such record",
  ]);
  const { key: book } = await buy("2022-01-01");
  const close = (validFrom: string) => given.tell("branch", "closing", { key: branch, validFrom });
  assert.deepEqual(await refusal(close("2024-01-01"), "ru"), ["registry.wrong-value", ` От неё ещё зависит: Книги, ${book}`]);
  await given.tell("book", "writing_off", { key: book, validFrom: "2023-01-01" });
  await close("2024-01-01");
  assert.deepEqual(await refusal(buy("2023-06-01")), [
    "registry.wrong-value",
    "/values/branch It ends on 2024-01-01, before this does",
  ]);
});

test("of a clerk who closes a branch and one who buys a book for it at the same time, one is refused", async () => {
  for (let round = 0; round < 5; round++) {
    const branch = fresh("B");
    await given.open(branch);
    const results = await Promise.allSettled([
      given.tell("branch", "closing", { key: branch, validFrom: "2024-01-01" }),
      given.tell("book", "purchase", { key: fresh("N"), values: { branch }, validFrom: "2023-01-01" }),
    ]);
    assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  }
});

test("where a broken link is only told, the end is recorded and the link is told in the same transaction", async () => {
  const { key: book } = await given.tell("book", "purchase", { key: fresh("N") });
  const { key: share } = await given.tell("share", "giving", { key: fresh("S"), values: { book, percent: "10" } });
  await given.tell("book", "writing_off", { key: book, validFrom: "2024-01-01" });
  const told = (await given.events("registry.link-broken")).filter((body) => body.key === book);
  assert.deepEqual(
    told.map((body) => [body.link, body.on]),
    [[{ register: "share", field: "book", key: share }, "2024-01-01"]],
  );
});

test("M-A10: a correction tells which fields were wrong and since when", async () => {
  const key = fresh("B");
  const wrong = given.house.clock.now();
  await given.open(key, { seats: 10 });
  given.house.clock.advance(60_000);
  await given.tell("branch", "renaming", { key, values: { name: "Жаңы ат" } });
  given.house.clock.advance(60_000);
  await given.tell("branch", "correction", { key, values: { seats: 12, town: "Ош" } });
  const [told] = (await given.events("registry.corrected")).filter((body) => body.key === key);
  assert.deepEqual([told!.fields, told!.wrongSince, told!.register], [["seats"], wrong.toISOString(), "branch"]);
});

test("two clerks at one record: one wins, the other is told and sees the version", async () => {
  const key = fresh("B");
  await given.open(key);
  const rename = (name: string) => given.tell("branch", "renaming", { key, values: { name }, version: 1 });
  const results = await Promise.allSettled([rename("Биринчи"), rename("Экинчи"), rename("Үчүнчү")]);
  assert.equal(results.filter((result) => result.status === "fulfilled").length, 1);
  for (const result of results) {
    if (result.status === "fulfilled") continue;
    assert.deepEqual([result.reason.code, result.reason.params.version], ["registry.version-differs", 2]);
  }
});

test("M-A9: 400 events at once, with bad ones among them, leave every good one with history, act, leaf and batch", async () => {
  const branches = Array.from({ length: 40 }, () => fresh("B"));
  await Promise.all(branches.map((branch) => given.open(branch, { town: branch })));
  const results = await Promise.allSettled(
    Array.from({ length: 400 }, (_, index) =>
      given.tell("branch", index % 10 === 9 ? "correction" : "renaming", {
        key: branches[index % 40]!,
        values: index % 10 === 9 ? { seats: index % 20 === 9 ? 0 : 7 } : { name: `Ат ${"абвгд"[index % 5]}` },
        validFrom: `20${String(20 + (index % 7)).padStart(2, "0")}-01-01`,
      }),
    ),
  );
  const refused = results.filter((result) => result.status === "rejected");
  assert.equal(refused.length, 20);
  assert.ok(refused.every((result) => result.reason.code === "registry.wrong-value"));
  const versions = await given.house.database.first<{ count: number }>({
    text: "select count(distinct act)::int as count from registry.branch_version where code = any($1)",
    values: [branches],
  });
  assert.equal(versions!.count, 40 + 380);
  assert.deepEqual(await given.consistent(), []);
});

test("an act is recorded once however often and by however many it is given", async () => {
  const key = fresh("B");
  await given.open(key);
  const request = {
    register: "branch",
    event: "renaming",
    act: randomUUID(),
    key,
    values: { name: "Бир жолу" },
    validFrom: "2021-01-01",
    document: "Form 1",
  };
  const made = await Promise.all(Array.from({ length: 20 }, () => given.registry.record(owner, request)));
  assert.ok(made.every((one) => one.version === 2));
});

test("what is read back is exactly what was recorded, so that its leaf comes out again", async () => {
  const key = fresh("N");
  await given.tell("book", "purchase", { key, values: { price: "-0.00", shelf: "A" } }).catch(() => {});
  await given.tell("book", "purchase", { key: fresh("N"), values: { price: "007.50", shelf: "A" } });
  assert.deepEqual(await given.consistent(), []);
});

test("a rule sees a list as it is on each day of the event: what begins later counts from its first day, what has ended no more", async () => {
  const { key: book } = await given.tell("book", "purchase", { key: fresh("N") });
  const give = (percent: string, validFrom: string) =>
    given.tell("share", "giving", { key: fresh("S"), values: { book, percent }, validFrom });
  const first = await give("60.00", "2022-01-01");
  await given.tell("share", "ending", { key: first.key, validFrom: "2024-01-01" });
  await give("100.00", "2027-01-01");
  // In 2024 and after nobody has a share before 2027: 30 per cent until then would do, but not beyond.
  await assert.rejects(give("30.00", "2024-06-01"), { code: "registry.wrong-value" });
  // Before it the first share leaves 40 per cent.
  await assert.rejects(give("50.00", "2022-06-01"), { code: "registry.wrong-value" });
  const second = await given.tell("share", "giving", {
    key: fresh("S"),
    values: { book, percent: "0.00" },
    validFrom: "2022-06-01",
  });
  await given.tell("share", "ending", { key: second.key, validFrom: "2026-12-01" });
  // The stretch of 2024 to 2026, where no other share is: all of it may be had, and not more.
  await given.tell("share", "change", { key: second.key, values: { percent: "100.00" }, validFrom: "2024-06-01" });
  await assert.rejects(
    given.tell("share", "change", { key: second.key, values: { percent: "50.00" }, validFrom: "2023-06-01" }),
    {
      code: "registry.wrong-value",
    },
  );
  assert.deepEqual(await given.consistent(), []);
});
