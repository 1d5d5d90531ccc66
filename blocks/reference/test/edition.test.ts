import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { sql } from "@kerege/kernel/database";
import { readDeclarations } from "@kerege/kernel/house";
import { Problem } from "@kerege/kernel/problem";
import reference from "../block.ts";
import { completePairs, diffItems } from "../edition.ts";
import { openTestServer, type TestServer } from "./server.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
let server: TestServer;

before(async () => {
  server = await openTestServer({ root, country: "dated" });
});
after(() => server?.close());

for (const [code, on, state] of [
  ["B", "2019-12-31", "valid"],
  ["B", "2020-01-01", "closed"],
  ["A1", "2019-12-31", "upcoming"],
  ["A1", "2020-01-01", "valid"],
  ["D", "2022-06-30", "valid"],
  ["D", "2022-07-01", "closed"],
  ["Z", "2026-11-22", "upcoming"],
  ["Z", "2030-01-01", "valid"],
  ["A", "2009-12-31", "upcoming"],
  ["A", "2029-12-31", "valid"],
  ["A", "2030-01-01", "closed"],
  ["Q", "2026-11-22", "unknown"],
] as const) {
  test(`M-A3: on ${on} the code ${code} is ${state}`, () => {
    assert.equal(server.door.codeState("trades", code, on), state);
    assert.equal(server.door.item("trades", code, { on })?.code, state === "valid" ? code : undefined);
  });
}

test("M-A3: a code means what its edition says, and a former one keeps its name", () => {
  const { door } = server;
  assert.equal(door.item("trades", "A")?.name.en, "Farming");
  assert.equal(door.item("trades", "A", { on: "2015-05-05" })?.name.en, "Crops");
  assert.equal(door.item("trades", "A", { edition: "2010-01-01" })?.name.en, "Crops");
  assert.equal(door.item("trades", "A", { edition: "2011-01-01" }), undefined);
  assert.equal(door.label("trades", "B", "en"), "Fish");
  assert.equal(door.itemBy("trades", "short", "tr")?.code, "C");
  assert.deepEqual(
    door.heads("trades").map(({ edition, validUntil }) => [edition, validUntil]),
    [
      ["2030-01-01", undefined],
      ["2020-01-01", "2030-01-01"],
      ["2010-01-01", "2020-01-01"],
    ],
  );
});

test("a name that is borrowed from another language is marked", () => {
  const item = server.door.item("trades", "C");
  assert.equal(item?.name.kk, "Оптовая торговля");
  assert.deepEqual(item?.borrowed, ["ky", "kk", "en"]);
});

test("M-A3: the mapping of two editions tells what became of each code, with shares", () => {
  const pairs = server.door.mapping("trades", "2010-01-01", "2020-01-01");
  assert.deepEqual(
    pairs.map(({ from, to, kind, share }) => [from, to, kind, share]),
    [
      ["A", "A", "merge", undefined],
      ["B", "A", "merge", undefined],
      ["C", "C", "split", 0.6],
      ["C", "D", "split", 0.4],
      ["X", "", "ended", undefined],
      ["", "N", "new", undefined],
      ["K", "K", "same", undefined],
    ],
  );
  assert.deepEqual(server.door.mapping("trades", "2020-01-01", "2030-01-01"), []);
  assert.throws(
    () => server.door.mapping("trades", "2020-01-01", "2031-01-01"),
    (error) => error instanceof Problem && error.code === "reference.unknown-edition",
  );
});

test("M-A3: the history of a code tells its names, its days and what became of it", () => {
  const history = server.door.history("trades", "C");
  assert.deepEqual(
    history.map(({ edition, from, until, item }) => [edition, from, until, item.name.ru]),
    [
      ["2010-01-01", "2010-01-01", "2020-01-01", "Торговля"],
      ["2020-01-01", "2020-01-01", "2030-01-01", "Оптовая торговля"],
    ],
  );
  assert.deepEqual(
    history.map(({ became, cameFrom }) => [became.map(({ to }) => to), cameFrom.map(({ from }) => from)]),
    [
      [["C", "D"], []],
      [[], ["C"]],
    ],
  );
  assert.deepEqual(server.door.history("trades", "Q"), []);
});

test("two lists differ by what came, went, was renamed, moved or otherwise changed", () => {
  const name = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
  const before = ["a", "b", "c", "d", "e"].map((code) => ({ code, name: name(code) }));
  const after = [
    { code: "f", name: name("f") },
    { code: "a", name: name("other") },
    { code: "b", name: name("b"), parent: "a" },
    { code: "c", name: name("c"), properties: { x: "1" } },
    { name: name("d"), code: "d" },
  ];
  assert.deepEqual(
    diffItems(before, after).map(({ code, kind }) => `${code} ${kind}`),
    ["e removed", "f added", "a renamed", "b moved", "c changed"],
  );
  assert.deepEqual(diffItems(after, after), []);
});

test("a code that is split into parts others join as well is many to many", () => {
  const pairs = [
    { from: "a", to: "x" },
    { from: "a", to: "y" },
    { from: "b", to: "y" },
    { from: "c", to: "z" },
  ];
  const made = completePairs({ pairs, sameCodes: false, before: [], after: new Set() });
  assert.deepEqual(
    made.map(({ kind }) => kind),
    ["split", "many-to-many", "merge", "one-to-one"],
  );
});

test("M-A3: every edition is kept as declared, and publications are numbered without gap", async () => {
  const { door } = server;
  assert.deepEqual(await door.itemsOfEdition("trades", "2020-01-01"), door.items("trades"));
  assert.deepEqual(await door.itemsOfEdition("trades", "2010-01-01"), door.items("trades", { edition: "2010-01-01" }));
  const published = await door.publications({ name: "trades" });
  assert.deepEqual(
    published.map(({ number, kind, edition, changes }) => [number, kind, edition, changes.length]),
    [
      [1, "published", "2010-01-01", 0],
      [2, "published", "2020-01-01", 7],
      [3, "published", "2030-01-01", 7],
    ],
  );
  assert.deepEqual(await door.publications({ name: "trades", after: 2 }), published.slice(2));
});

test("M-A3: a correction of an edition is one more publication that names the codes; nothing changed is none", async () => {
  const { door, house, prepare } = server;
  await prepare();
  assert.equal((await door.publications({ name: "trades" })).length, 3, "the same content is not published again");
  await house.database.run(sql`update reference.edition set hash = 'other' where name = 'trades' and edition = '2020-01-01'`);
  await house.database.run(
    sql`update reference.item set en = 'Wrong' where classifier = 'trades' and edition = '2020-01-01' and code = 'K'`,
  );
  await Promise.all([prepare(), prepare()]);
  const [corrected, ...more] = await door.publications({ name: "trades", after: 3 });
  assert.deepEqual(
    [corrected?.number, corrected?.kind, corrected?.changes, more],
    [4, "replaced", [{ code: "K", kind: "renamed" }], []],
    "two processes that start together publish once",
  );
});

test("one calendar holds the years of several files, and a day that a day off was moved from is worked", () => {
  const { door } = server;
  assert.deepEqual(door.calendars(), ["state-days", "bank-days"]);
  assert.equal(door.workingDay("2026-01-02"), false);
  assert.equal(door.workingDay("2026-01-10"), true, "a Saturday worked for the 2nd");
  assert.equal(door.workingDay("2026-01-17"), false);
  assert.equal(door.workingDay("2027-01-01"), false, "of the file of another year");
  assert.equal(door.workingDay("2026-01-10", "bank-days"), true);
  assert.equal(door.workingDay("2026-01-05", "bank-days"), false);
  assert.equal(door.addWorkingDays("2026-01-09", 1), "2026-01-10");
  assert.equal(door.addWorkingDays("2026-01-04", 1, "bank-days"), "2026-01-06");
  assert.throws(() => door.workingDay("2026-01-05", "none"), Problem);
});

test("M-A3: a check finds every fault of editions, mappings, years and posts, each with file and line", () => {
  const { texts, faults } = readDeclarations([reference], { root, country: "tangled" });
  const told = faults.map(
    ({ file, line, code }) =>
      `${file.replace("countries/tangled/reference/", "")}:${line} ${code.replace(/^(reference|kernel)\.faults\./, "")}`,
  );
  // A file of days that two parts name is told about by each.
  assert.deepEqual([...new Set(told)].sort(), [
    "officials.yaml:13 unknown-post",
    "officials.yaml:13 wrong-term",
    "officials.yaml:14 duplicate-code",
    "officials.yaml:17 post-taken",
    "one-days.csv:2 wrong-day",
    "one-days.csv:3 day-outside",
    "one-days.yaml:14 editions-overlap",
    "organisation.yaml:10 duplicate-code",
    "organisation.yaml:10 unknown-place",
    "organisation.yaml:11 circle",
    "organisation.yaml:12 circle",
    "organisation.yaml:14 unknown-unit",
    "organisation.yaml:15 duplicate-code",
    "organisation.yaml:16 duties-together",
    "organisation.yaml:19 unknown-right",
    "organisation.yaml:9 unknown-body",
    "trades-pairs.csv:2 unknown-mapped",
    "trades-pairs.csv:2 wrong-number",
    "trades-pairs.csv:2 wrong-shares",
    "trades-pairs.csv:3 pair-twice",
    "trades.csv:3 missing-name",
    "trades.csv:3 wrong-day",
    "trades.csv:4 wrong-term",
    "trades.yaml:15 unknown-parent",
    "trades.yaml:16 duplicate-code",
    "trades.yaml:17 edition-twice",
    "trades.yaml:19 wrong-term",
    "trades.yaml:26 wrong-shares",
    "trades.yaml:27 pair-twice",
    "trades.yaml:28 unknown-mapped",
    "trades.yaml:29 unknown-edition",
    "trades.yaml:7 editions-overlap",
    "two-days.csv:2 wrong-day",
    "two-days.csv:3 day-outside",
    "two-days.yaml:1 second-calendar",
    "two-days.yaml:14 editions-overlap",
  ]);
  for (const { code, params } of faults) {
    for (const language of ["ky", "ru", "kk", "en"] as const) {
      for (const part of ["message", "remedy"]) {
        const said = texts.translate(language, `${code}.${part}`, params);
        assert.notEqual(said, `${code}.${part}`);
        assert.doesNotMatch(said, /[{}]|undefined/);
      }
    }
  }
});
