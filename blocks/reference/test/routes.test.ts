import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { compileSchema } from "@kerege/kernel/schema";
import { readCsv } from "../csv.ts";
import { openTestServer, type TestServer } from "./server.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
const API = "/api/reference/v1";
let server: TestServer;

before(async () => {
  server = await openTestServer({ root, country: "dated" });
});
after(() => server?.close());

interface Call {
  parameters: { name: string; in: string; required?: boolean }[];
  responses: Record<string, { content: Record<string, { schema: { $ref?: string } }> }>;
}

const json = async (path: string) => {
  const { status, body } = await server.get(`${API}${path}`);
  return { status, body: JSON.parse(body) };
};

test("M-A3: an item is asked for on a day; a code of a closed edition is refused in words", async () => {
  const found = await json("/classifiers/trades/items/A1?on=2021-01-01");
  assert.deepEqual([found.status, found.body.item.name.en, found.body.path], [200, "Crops", ["A", "A1"]]);
  for (const [path, word] of [
    ["B", "закрыт"],
    ["B?on=2030-01-01", "закрыт"],
    ["Z", "не действовал"],
    ["Q", "Такого кода нет"],
    ["D?on=2022-07-01", "закрыт"],
  ] as const) {
    const { status, body } = await server.get(`${API}/classifiers/trades/items/${path}`, { "accept-language": "ru" });
    assert.equal(status, 404, path);
    assert.match(JSON.parse(body).detail, new RegExp(word), path);
  }
  assert.equal((await json("/classifiers/trades/items/B?edition=2010-01-01")).status, 200);
});

test("M-A3: items come a page at a time, every one once, those in force by default", async () => {
  const codes: string[] = [];
  let after = "";
  for (;;) {
    const { body } = await json(`/classifiers/trades/items?limit=2${after && `&after=${after}`}`);
    assert.equal(body.total, 5, "the code closed in 2022 is left out");
    codes.push(...body.items.map((item: { code: string }) => item.code));
    if (!body.after) break;
    after = body.after;
  }
  assert.deepEqual(codes, ["A", "A1", "C", "K", "N"]);
  assert.equal((await json("/classifiers/trades/items?edition=2020-01-01")).body.total, 6);
  assert.deepEqual((await json("/classifiers/trades/items?parent=A")).body.items.length, 1);
  assert.deepEqual((await json("/classifiers/trades/items?q=tr")).body.items[0].code, "C", "found by a property");
  assert.equal((await json("/classifiers/trades/items?after=Q")).status, 404);
  assert.equal((await json("/classifiers/trades/items?on=2009-01-01")).status, 404);
});

for (const path of [
  "/classifiers/trades/items?limit=0",
  "/classifiers/trades/items?limit=99999",
  "/classifiers/trades/items?on=yesterday",
  "/classifiers/trades/items?on=2026-01-01&on=2026-01-02",
  "/classifiers/trades/items?other=1",
  "/classifiers/trades/diff?from=2010-01-01",
  "/classifiers/trades/changes?since=-1",
  `/classifiers/trades/items?q=${"a".repeat(201)}`,
]) {
  test(`${path.slice(0, 60)} is refused as wrong input`, async () => assert.equal((await json(path)).status, 422));
}

test("M-A3: whoever has a list already is answered 304, also with other validators beside and weakly", async () => {
  const url = `${API}/classifiers/trades/items`;
  const { headers } = await server.get(url);
  const etag = String(headers.etag);
  assert.match(etag, /^"[\w-]+"$/);
  for (const sent of [etag, `W/${etag}`, `"other", ${etag}`, "*"]) {
    const again = await server.get(url, { "if-none-match": sent });
    assert.deepEqual([again.status, again.body], [304, ""], sent);
  }
  assert.equal((await server.get(url, { "if-none-match": '"other"' })).status, 200);
});

test("M-A3: a CSV file holds the whole edition, and reads back", async () => {
  const { status, headers, body } = await server.get(`${API}/classifiers/trades/items.csv?edition=2020-01-01`);
  assert.equal(status, 200);
  assert.match(String(headers["content-disposition"]), /trades-2020-01-01\.csv/);
  const { rows, faults } = readCsv(body);
  assert.deepEqual(faults, []);
  assert.deepEqual(
    rows.map(({ values }) => [values.code, values.parent, values.until, values.name_kk, values.short]),
    [
      ["A", "", "", "Ауыл шаруашылығы", "ag"],
      ["A1", "A", "", "Егін", ""],
      ["C", "", "", "", "tr"],
      ["D", "", "2022-07-01", "Бөлшек сауда", ""],
      ["K", "", "", "Кен", ""],
      ["N", "", "", "Жаңа іс", ""],
    ],
    "a borrowed name is left empty",
  );
  assert.equal(rows.at(-1)?.values.name_en, "New, work");
});

test("M-A3: another body's system follows a list by the number of the last change it has", async () => {
  const first = (await json("/classifiers/trades/changes?limit=2")).body;
  assert.deepEqual(
    first.changes.map(({ number }: { number: number }) => number),
    [1, 2],
  );
  const rest = (await json(`/classifiers/trades/changes?since=${first.last}`)).body;
  assert.deepEqual(
    rest.changes.map(({ edition }: { edition: string }) => edition),
    ["2030-01-01"],
  );
  assert.deepEqual((await json(`/classifiers/trades/changes?since=${rest.last}`)).body, { changes: [], last: 3 });
});

test("M-A3: the feed has an entry for each publication, the newest first, under names that stay", async () => {
  const { headers, body } = await server.get("/reference/trades/feed.atom?language=en");
  assert.match(String(headers["content-type"]), /^application\/atom\+xml/);
  const titles = [...body.matchAll(/<title>([^<]+)</g)].map(([, title]) => title);
  assert.deepEqual(titles, [
    "List",
    "List: the edition of 1 January 2030 was published",
    "List: the edition of 1 January 2020 was published",
    "List: the edition of 1 January 2010 was published",
  ]);
  const ids = [...body.matchAll(/<id>(urn:uuid:[0-9a-f-]{36})</g)].map(([, id]) => id);
  assert.equal(new Set(ids).size, 4);
  const russian = (await server.get("/reference/trades/feed.atom?language=ru")).body;
  assert.deepEqual(
    [...russian.matchAll(/<id>(urn:uuid:[0-9a-f-]{36})</g)].map(([, id]) => id),
    ids,
  );
  assert.equal((await server.get("/reference/none/feed.atom")).status, 404);
});

test("M-A3: the description of the API (OpenAPI 3.1) tells every call, and each answers as described", async () => {
  const { body: description } = await json("/openapi.json");
  assert.equal(description.openapi, "3.1.0");
  const values: Record<string, string> = { name: "trades", code: "A", body: "desk", from: "2010-01-01", to: "2020-01-01" };
  const schemas = JSON.parse(JSON.stringify(description.components.schemas).replaceAll("#/components/schemas/", "#/$defs/"));
  let asked = 0;
  for (const [path, { get }] of Object.entries<{ get: Call }>(description.paths)) {
    const { parameters, responses } = get;
    const query = parameters.filter((one) => one.in === "query" && one.required).map(({ name }) => `${name}=${values[name]}`);
    const calendar = path.startsWith("/calendars");
    const address = path.replace(/\{(\w+)\}/g, (_, name: string) => (calendar ? "state-days" : values[name]!));
    const answer = await server.get(`${API}${address}${query.length > 0 ? `?${query.join("&")}` : ""}`);
    assert.equal(answer.status, 200, path);
    asked++;
    const { content } = responses["200"]!;
    const ref = content["application/json"]?.schema.$ref;
    if (!ref) continue;
    const check = compileSchema({ $ref: ref.replace("#/components/schemas/", "#/$defs/"), $defs: schemas });
    assert.deepEqual(check(JSON.parse(answer.body)), [], path);
  }
  assert.equal(asked, 12);
});

test("who holds a post is told, the rights are not", async () => {
  const { body } = await json("/bodies/desk/posts?on=2026-06-01");
  assert.deepEqual(body.posts[0].holder, {
    name: { surname: "Экинчи", given: "Адам", patronymic: "Болотович" },
    from: "2026-06-01",
  });
  assert.equal("rights" in body.posts[0], false);
  assert.equal((await json("/bodies/none/posts")).status, 404);
});

const words = {
  ky: "Классификаторлор жана календарлар",
  ru: "Классификаторы и календари",
  kk: "Жіктеуіштер",
  en: "Classifiers and calendars",
};

for (const [language, title] of Object.entries(words)) {
  test(`M-A3 M-0.12: every page is there in ${language}, with no text missing`, async () => {
    const list = await server.get(`/${language}/reference`);
    assert.match(list.body, new RegExp(title));
    for (const page of [
      "",
      "/trades",
      "/trades?q=a",
      "/trades?edition=2010-01-01",
      "/trades/codes/C",
      "/trades/codes/C?edition=2010-01-01",
      "/trades/changes?from=2010-01-01&to=2020-01-01",
      "/state-days",
      "/state-days?year=2027",
      "/bodies/codes/desk",
    ]) {
      const { status, body } = await server.get(`/${language}/reference${page}`);
      assert.equal(status, 200, page);
      assert.doesNotMatch(body, /reference\.(pages|pair|change|feed|links)\.|undefined|\[object/, page);
      assert.match(body, new RegExp(`<html lang="${language}"`));
    }
  });
}

for (const [path, status] of [
  ["/xx/reference", 404],
  ["/en/reference/none", 404],
  ["/en/reference/trades?page=2", 404],
  ["/en/reference/trades?page=x", 404],
  ["/en/reference/trades?edition=2011-01-01", 404],
  ["/en/reference/trades?edition=x", 404],
  ["/en/reference/trades/codes/Q", 404],
  ["/en/reference/trades/changes", 404],
  ["/en/reference/state-days?year=2030", 404],
  ["/en/reference/trades?q=%3Cscript%3E", 200],
] as const) {
  test(`${path} answers ${status}`, async () => {
    const answer = await server.get(path);
    assert.equal(answer.status, status, answer.body);
    assert.equal(answer.body.includes("<script>"), false);
  });
}

test("an address without a language leads to the reader's own, with its query", async () => {
  const { status, headers } = await server.get("/reference/trades?q=a", { "accept-language": "kk" });
  assert.deepEqual([status, headers.location], [302, "/kk/reference/trades?q=a"]);
});

test("each side of a mapping is named as its own edition has it", async () => {
  const { body } = await server.get("/en/reference/trades/codes/C?edition=2010-01-01");
  assert.match(body, /split: C Trade → C Оптовая торговля \(60 %\)/);
});
