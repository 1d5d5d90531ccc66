import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { makePin } from "../pin.ts";
import { type Checked, checkedBy } from "./api-schema.ts";
import { type Answer, API, type ApiServer, type Ask, asking, eventOf, openApiServer } from "./api-server.ts";
import { png } from "./content-files.ts";

const pins = Array.from({ length: 60 }, (_, serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial: 200 + serial })).filter(
  (pin) => pin !== undefined,
);
const polygon = {
  type: "Polygon",
  coordinates: [
    [
      [74, 42],
      [75, 42],
      [75, 43],
      [74, 42],
    ],
  ],
};
let server: ApiServer;
let office: Ask;
let bank: Ask;
let clerk: Ask;
let checked: Checked;
let used = 0;
let made = 0;

before(async () => {
  server = await openApiServer();
  [office, bank] = [await server.system("office"), await server.system("bank")];
  clerk = await server.official({ official: "one", body: "office", post: "clerk" });
  checked = await checkedBy(server.nobody);
});
after(async () => {
  assert.deepEqual(server.faults, []);
  await server?.close();
});

/** RFC 9651, 4.1.11. */
const displayString = (text: string) => `%"${encodeURIComponent(text).toLowerCase()}"`;

/** The answer, after it was held against the schema that the server itself gives. */
const call = async (ask: Ask, path: string, given?: Parameters<Ask>[1]): Promise<Answer> => {
  const answer = await ask(`${API}${path}`, given);
  checked.answer(given?.method ?? "GET", path, answer);
  return answer;
};

const thing = async (values: object = {}, validFrom = "2020-01-01") => {
  const number = `t-${++made}`;
  const answer = await call(
    office,
    `/thing/records/${number}/events`,
    eventOf("entry", { values: { label: { ky: "Кумура" }, ...values }, validFrom }),
  );
  assert.equal(answer.status, 201, answer.text);
  return number;
};
const resident = async (surname = "Асанова", street = "Достук") => {
  const pin = pins[used++]!;
  const values = { surname, street, born_on: "1990-05-12" };
  const answer = await call(office, "/resident/events", eventOf("birth", { key: pin, values }));
  assert.equal(answer.status, 201, answer.text);
  ids.set(pin, answer.body.id);
  return pin;
};
/** Names of residents in addresses, by their numbers. */
const ids = new Map<string, string>();
const at = (pin: string) => `/resident/records/${ids.get(pin)}`;
const move = (pin: string, street: string, headers: Record<string, string> = {}, ask = office) =>
  call(ask, `${at(pin)}/events?ground=clerk`, eventOf("move", { values: { street }, headers, validFrom: "2021-01-01" }));

test("M-A3: what is recorded through the API is read through it: money, texts, partial dates, names, shapes, files as JSON", async () => {
  const bytes = png();
  const picture = { sha256: createHash("sha256").update(bytes).digest("hex"), type: "image/png", size: bytes.length };
  const brought = await call(office, `/thing/files/${picture.sha256}?field=picture`, {
    method: "PUT",
    headers: { "content-type": "image/png" },
    body: bytes,
  });
  assert.deepEqual([brought.status, brought.body], [201, picture]);
  const values = {
    label: { ky: "Кумура", en: "Jug" },
    price: { amount: "150.50", currency: "KGS" },
    made_on: "1964-05",
    maker: { value: "Жаныбек", latin: "Janybek" },
    shape: polygon,
    picture: { ...picture, name: "jug.png" },
    weight: "1.250",
    pieces: 3,
    whole: true,
    kind: "small",
    currency: "KGS",
    limit: "x",
  };
  const number = await thing(values);
  const found = await call(server.nobody, `/thing/records/${number}?ground=open`);
  assert.deepEqual([found.status, found.body.state, found.body.validFrom], [200, "held", "2020-01-01"]);
  const { number: held, ...rest } = found.body.values;
  assert.equal(held, number);
  assert.deepEqual(rest, values);
  assert.equal("note" in rest, false, "only what the ground allows");
  const some = await call(server.nobody, `/thing/records/${number}?ground=open&fields=price,made_on`);
  assert.deepEqual(some.body.values, { price: values.price, made_on: values.made_on });
});

test("M-A3: the tag of a record is its version: who has it gets 304, and what all may know may be kept on the way", async () => {
  const number = await thing();
  const path = `/thing/records/${number}?ground=open`;
  const first = await call(server.nobody, path);
  const tag = first.headers.etag!;
  assert.equal(tag, '"1.2020-01-01"');
  assert.match(first.headers["cache-control"]!, /^public/);
  assert.match(first.headers.vary!, /authorization, cookie/);
  const again = await call(server.nobody, path, { headers: { "if-none-match": `W/${tag}` } });
  assert.deepEqual([again.status, again.text], [304, ""]);
  assert.equal(
    (await call(office, `/thing/records/${number}/events`, eventOf("change", { values: { pieces: 4 }, validFrom: "2021-01-01" })))
      .status,
    200,
  );
  const changed = await call(server.nobody, path, { headers: { "if-none-match": tag } });
  assert.deepEqual([changed.status, changed.headers.etag], [200, '"2.2021-01-01"']);
  const known = await call(office, path);
  assert.equal(known.headers["cache-control"], "private, no-store");
});

test("M-0.7: nobody reads what is not public, a stranger is asked who he is, a wrong secret is never taken for nobody", async () => {
  const pin = await resident();
  const path = `${at(pin)}?ground=clerk`;
  const nobody = await call(server.nobody, path);
  assert.deepEqual([nobody.status, nobody.headers["www-authenticate"]], [401, "Bearer"]);
  const wrong = await call(server.nobody, "/thing/records/x?ground=open", {
    headers: { authorization: `Bearer ${"A".repeat(43)}` },
  });
  assert.deepEqual(
    [wrong.status, wrong.body.code, wrong.headers["www-authenticate"]],
    [401, "identity.unknown-secret", 'Bearer error="invalid_token"'],
  );
  assert.equal((await call(server.nobody, path, { headers: { authorization: "Basic YTpi" } })).status, 401);
  const other = await call(bank, path);
  assert.deepEqual([other.status, other.body.code], [403, "registry.no-ground"]);
  const own = await call(office, path);
  assert.deepEqual([own.status, own.headers["cache-control"]], [200, "private, no-store"]);
  assert.equal((await call(bank, `${at(pin)}?ground=bank&fields=street`)).status, 403);
});

test("M-A21: a person reads his own record and who read it, with purpose and law; another person's is not found", async () => {
  const pin = await resident();
  await call(office, `${at(pin)}?ground=clerk&case=R-2026-000001`, { headers: { "kerege-reason": displayString("Текшерүү") } });
  const [self, other] = [await server.person(pin), await server.person(pins.at(-1)!)];
  assert.equal((await call(self, `${at(pin)}?ground=own`)).body.values.surname, "Асанова");
  assert.equal((await call(other, `${at(pin)}?ground=own`)).status, 404);
  // What was allowed to a person a moment ago is not allowed to whoever does not say who he is.
  assert.equal((await call(server.nobody, `${at(pin)}?ground=own`)).status, 401);
  assert.equal((await call(office, `${at(pin)}?ground=own`)).status, 403);
  const reads = await self("/api/me/reads");
  checked.answer("GET", "/me/reads", reads);
  const entry = reads.body.reads.find((one: { case: string }) => one.case === "R-2026-000001");
  assert.deepEqual(entry.reader, { kind: "system", body: "office", name: "office system" });
  assert.deepEqual([entry.reason, entry.ground.purpose.en, entry.ground.law.article], ["Текшерүү", "For clerk", "1"]);
  const proof = await self(`/api/me/reads/${entry.id}/proof`);
  checked.answer("GET", "/me/reads/{id}/proof", proof);
  // The log shows a reading only once a witness has seen it there.
  assert.ok(proof.status === 200 || proof.body.code === "registry.not-witnessed", proof.text);
  assert.equal((await other(`/api/me/reads/${entry.id}/proof`)).status, 404);
  assert.equal((await server.nobody("/api/me/reads")).status, 401);
  assert.equal((await office("/api/me/reads")).status, 401);
  assert.equal((await self("/api/me/reads?limit=x")).status, 422);
});

test("M-A9: as of a day and an instant, history and the difference of two versions, each value as a whole", async () => {
  const number = await thing({ price: { amount: "1.00", currency: "KGS" } });
  const before = server.house.clock.now().toISOString();
  server.house.clock.advance(1000);
  await call(
    office,
    `/thing/records/${number}/events`,
    eventOf("change", { values: { price: { amount: "2.00", currency: "KGS" } }, validFrom: "2021-01-01" }),
  );
  const priceAt = async (query: string) =>
    (await call(server.nobody, `/thing/records/${number}?ground=open&${query}`)).body.values?.price?.amount;
  assert.equal(await priceAt("on=2020-06-01"), "1.00");
  assert.equal(await priceAt("on=2022-01-01"), "2.00");
  assert.equal(await priceAt(`on=2022-01-01&known-at=${before}`), "1.00");
  assert.equal((await call(server.nobody, `/thing/records/${number}?ground=open&on=1999-01-01`)).status, 404);
  const { body } = await call(office, `/thing/records/${number}/history?ground=clerk`);
  assert.deepEqual(
    body.versions.map((one: { event: string }) => one.event),
    ["change", "entry"],
  );
  assert.equal(body.versions[0].actor, "system:office/office system");
  const open = await call(server.nobody, `/thing/records/${number}/history?ground=open`);
  assert.equal("actor" in open.body.versions[0], false, "who recorded it is not for everyone");
  const differences = await call(server.nobody, `/thing/records/${number}/differences?ground=open&from=1&to=2`);
  assert.deepEqual(differences.body.differences, [
    { field: "price", before: { amount: "1.00", currency: "KGS" }, after: { amount: "2.00", currency: "KGS" } },
  ]);
  assert.equal((await call(server.nobody, `/thing/records/${number}/differences?ground=open&from=1&to=9`)).status, 404);
  assert.equal((await call(server.nobody, `/thing/records/none/history?ground=open`)).status, 404);
});

test("M-A9: two clerks at one record: one wins, the other sees the difference", async () => {
  const pin = await resident();
  const other = await server.official({ official: "two", body: "office", post: "chief" });
  const tag = (await call(clerk, `${at(pin)}?ground=clerk`)).headers.etag!;
  const match = { "if-match": tag };
  const both = await Promise.all([move(pin, "Манас", match, clerk), move(pin, "Чүй", match, other)]);
  assert.deepEqual(both.map(({ status }) => status).sort(), [200, 412]);
  const [winner, loser] = both[0]!.status === 200 ? ["Манас", both[1]!] : ["Чүй", both[0]!];
  assert.equal(loser.body.code, "registry.changed-meanwhile");
  assert.deepEqual(loser.body.differences, [{ field: "street", before: "Достук", after: winner }]);
  assert.equal(loser.body.version, 2);
  const now = await call(clerk, `${at(pin)}?ground=clerk`);
  assert.equal(now.body.values.street, winner);
  assert.equal((await move(pin, "Ала-Тоо", { "if-match": now.headers.etag! })).status, 200);
  // The version in the body is a conflict of contents; without a ground only that there is one is told.
  const { headers, method, body } = eventOf("move", { values: { street: "Токтогул" }, validFrom: "2022-01-01" });
  const conflict = await call(office, `${at(pin)}/events`, { method, headers, body: { ...body, version: 1 } });
  assert.deepEqual(
    [conflict.status, conflict.body.code, conflict.body.differences],
    [409, "registry.version-differs", undefined],
  );
  assert.equal((await move(pin, "Токтогул", { "if-match": "W/anything" })).status, 412);
});

test("M-A9: an act sent twice is recorded once; without its number nothing is recorded", async () => {
  const pin = await resident();
  const event = eventOf("move", { values: { street: "Манас" }, validFrom: "2021-01-01" });
  const path = `${at(pin)}/events`;
  const answers = [await call(office, path, event), await call(office, path, event)];
  const quoted = { ...event, headers: { ...event.headers, "idempotency-key": `"${event.headers["idempotency-key"]}"` } };
  answers.push(await call(office, path, quoted));
  assert.deepEqual(
    answers.map(({ status, body }) => [status, body.version]),
    [
      [200, 2],
      [200, 2],
      [200, 2],
    ],
  );
  for (const key of ["", "1", "x".repeat(36)]) {
    const none = await call(office, path, { ...event, headers: { ...event.headers, "idempotency-key": key } });
    assert.deepEqual([none.status, none.body.code], [400, "registry.act-needed"]);
  }
});

test("M-A9: the number of an act sent again with something else, to another record or by another sender is refused", async () => {
  const [pin, other] = [await resident(), await resident()];
  const event = eventOf("move", { values: { street: "Манас" }, validFrom: "2021-01-01" });
  assert.equal((await call(office, `${at(pin)}/events`, event)).status, 200);
  const changed = { ...event, body: { ...event.body, values: { street: "Чүй" } } };
  const refused = await Promise.all([
    call(office, `${at(pin)}/events`, changed),
    call(office, `${at(other)}/events`, event),
    call(clerk, `${at(pin)}/events`, event),
    call(office, `${at(pin)}/events`, { ...event, headers: { ...event.headers, "if-match": '"1"' } }),
  ]);
  assert.deepEqual(
    refused.map(({ status, headers, body }) => [status, headers["content-type"]?.split(";")[0], body.code]),
    refused.map(() => [422, "application/problem+json", "registry.act-differs"]),
  );
  // Names in another order say the same.
  const turned = { ...event, body: Object.fromEntries(Object.entries(event.body).reverse()) };
  assert.equal((await call(office, `${at(pin)}/events`, turned)).body.version, 2);
  const held = await call(clerk, `${at(pin)}?ground=clerk`);
  assert.deepEqual([held.body.version, held.body.values.street], [2, "Манас"]);
});

test("M-0.7: nobody and no person records; an official whose post has ended is told so; a foreign page changes nothing by a cookie", async () => {
  const pin = await resident();
  assert.equal((await move(pin, "Манас", {}, server.nobody)).status, 401);
  const self = await move(pin, "Манас", {}, await server.person(pin));
  assert.deepEqual([self.status, self.body.code], [403, "registry.not-owner"]);
  assert.equal((await move(pin, "Манас", {}, bank)).status, 403);
  for (const headers of [{ "sec-fetch-site": "cross-site" }, { origin: "https://evil.example" }] as Record<string, string>[]) {
    const foreign = await move(pin, "Манас", headers, clerk);
    assert.deepEqual([foreign.status, foreign.body.code], [403, "kernel.foreign-origin"]);
  }
  assert.equal((await move(pin, "Манас", { "sec-fetch-site": "same-origin" }, clerk)).status, 200);
  const other = await server.official({ official: "two", body: "office", post: "clerk" });
  const notHeld = await call(other, `${at(pin)}?ground=clerk`);
  assert.deepEqual([notHeld.status, notHeld.body.code], [403, "identity.not-in-post"]);
});

test("M-A3: searches come a page at a time and miss nothing while others write", async () => {
  const keys: string[] = [];
  for (let index = 0; index < 7; index++) keys.push(await thing({ kind: "big" }));
  const found: string[] = [];
  for (let after = ""; ; ) {
    const page = await call(server.nobody, `/thing/records?search=by_kind&kind=big&ground=open&limit=2${after}`);
    found.push(...page.body.records.map((one: { key: string }) => one.key));
    await thing({ kind: "big" });
    if (page.body.next === undefined || found.length > 40) break;
    after = `&after=${encodeURIComponent(page.body.next)}`;
  }
  assert.equal(new Set(found).size, found.length);
  assert.deepEqual(
    keys.filter((key) => !found.includes(key)),
    [],
  );
  const one = await thing({
    maker: { value: "Жаныбек" },
    made_on: "1964",
    whole: false,
    pieces: 7,
    limit: "own",
    shape: polygon,
  });
  for (const query of [
    "search=by_maker&maker=Zhanybek",
    "search=by_made&made_on_from=1964-01-01&made_on_until=1964-02-01",
    "search=by_pieces&whole=false&pieces_from=7&pieces_until=8",
    "search=by_limit&limit-is=own&limit=5",
    "search=by_box&shape=74.1,42.1,74.2,42.2",
  ]) {
    const page = await call(server.nobody, `/thing/records?${query}&ground=open`);
    assert.ok(
      page.body.records.some((record: { key: string }) => record.key === one),
      `${query}: ${page.text}`,
    );
  }
});

test("M-0.7: a search of people is by its ground only, counted under the bulk rule, and each record found is written", async () => {
  for (let index = 0; index < 5; index++) await resident("Баялиева");
  assert.equal(
    (await call(bank, "/resident/records/search", asking({ search: "by_street", street: "Достук", ground: "bank" }))).status,
    403,
  );
  const search = { search: "by_surname", surname: "Баял", ground: "bank" };
  const first = await call(bank, "/resident/records/search", asking(search));
  assert.equal(first.body.records.length, 2);
  const pin = first.body.records[0].key as string;
  const own = await (await server.person(pin))("/api/me/reads");
  assert.equal(own.body.reads[0].reader.body, "bank");
  // Four different people may be read in a day: the third page is refused, and the file is cut off there.
  await assert.rejects(bank(`${API}/resident/export`, asking({ ...search, format: "jsonl" })));
  const over = await call(bank, "/resident/records/search", asking(search));
  assert.deepEqual([over.status, over.body.code], [429, "registry.too-many-reads"]);
});

test("M-A3: the feed gives each change once, to the owner all, to another only what its ground lets it see, and that is written", async () => {
  const mark = (await call(office, "/resident/changes?limit=1000")).body.next;
  const pin = await resident();
  await move(pin, "Манас");
  await call(office, `${at(pin)}/events`, eventOf("death", { validFrom: "2022-01-01" }));
  const after = mark === undefined ? "" : `&after=${mark}`;
  const feed = async (ask: Ask, query: string) => {
    for (;;) {
      const page = await call(ask, `/resident/changes?${query}${after}`);
      const mine = page.body.changes.filter((one: { key: string }) => one.key === pin);
      // A change gets its place in the log shortly after its commit.
      if (mine.length >= 3) return mine.map((one: { event: string }) => one.event);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  assert.deepEqual(await feed(office, "limit=1000"), ["birth", "move", "death"]);
  assert.deepEqual(await feed(bank, "ground=followed"), ["birth", "move", "death"]);
  const own = await (await server.person(pin))("/api/me/reads");
  assert.ok(own.body.reads.some((one: { reader: { body?: string } }) => one.reader.body === "bank"));
  assert.equal((await call(bank, "/resident/changes?ground=listed")).status, 403, "the key is not for this ground");
  assert.equal((await call(server.nobody, "/resident/changes?ground=own")).status, 401);
  assert.equal((await call(server.nobody, "/thing/changes?ground=open&limit=1000")).status, 200);
  assert.equal((await call(office, "/resident/changes?after=nonsense")).status, 400);
});

test("M-0.7: from the day on which the term in the post is over the desk opens nothing", async () => {
  const pin = await resident();
  server.house.clock.advance(10 * 86_400_000);
  const desk = await server.official({ official: "one", body: "office", post: "clerk" });
  const late = await call(desk, `${at(pin)}?ground=clerk`);
  assert.deepEqual([late.status, late.body.code], [403, "identity.not-in-post"]);
});
