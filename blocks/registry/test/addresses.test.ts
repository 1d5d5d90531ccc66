/** Nothing about a person stands in an address: keys are sealed there, what is looked for and why is sent and kept for the sitting. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { createAddresses, isOpenSearch } from "../addresses.ts";
import { queryOf, reasonIn } from "../api-body.ts";
import type { RegisterDeclaration } from "../declaration.ts";
import { makePin } from "../pin.ts";
import { createSeal } from "../seal.ts";
import { type Answer, API, type ApiServer, type Ask, asking, eventOf, openApiServer } from "./api-server.ts";

const [pin, second, third] = [611, 612, 613].map((serial) => makePin({ sex: "f", bornOn: "1990-05-12", serial })!) as [
  string,
  string,
  string,
];
const SURNAME = "Жашырынова";
const DESK = "/en/desk/registers/resident";

let server: ApiServer;
let office: Ask;
let clerk: Ask;

before(async () => {
  server = await openApiServer();
  office = await server.system("office");
  clerk = await server.official({ official: "one", body: "office", post: "clerk" });
  for (const key of [pin, second, third]) {
    const values = { surname: SURNAME, street: "Достук" };
    assert.equal((await office(`${API}/resident/events`, eventOf("birth", { key, values }))).status, 201);
  }
});
after(async () => {
  assert.deepEqual(server.faults, []);
  await server?.close();
});

const page = (ask: Ask, path: string) => ask(path, { headers: { accept: "text/html" } });
/** Sends a form; gives the address that it leads to, in which nothing of what was typed stands. */
async function lead(ask: Ask, path: string, typed: Record<string, string>): Promise<string> {
  const answer = await ask(path, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", accept: "text/html" },
    body: new URLSearchParams(typed).toString(),
  });
  assert.equal(answer.status, 303, answer.text);
  const address = answer.headers.location!;
  assertSilent(decodeURIComponent(address));
  return address;
}
function assertSilent(address: string): void {
  for (const said of [pin, second, third, SURNAME, "Достук", "Кулап"]) assert.ok(!address.includes(said), address);
  // Nor in Base64, which is no seal.
  for (const part of address.split(/[/?&=]/))
    assert.ok(!Buffer.from(part, "base64url").toString("utf8").includes(SURNAME.slice(0, 4)), address);
}
const hrefs = (answer: Answer, pattern: RegExp) =>
  [...answer.text.matchAll(/href="([^"]+)"/g)]
    .map(([, href = ""]) => href.replaceAll("&amp;", "&"))
    .filter((href) => pattern.test(href));

test("a seal opens in its place and with its secret only, and gives the same name for the same text", () => {
  const [seal, other] = [createSeal(randomBytes(32)), createSeal(randomBytes(32))];
  const sealed = seal.close(pin, "a");
  assert.equal(seal.close(pin, "a"), sealed);
  assert.equal(seal.open(sealed, "a"), pin);
  assert.notEqual(seal.close(pin, "b"), sealed);
  assert.equal(seal.open(sealed, "b"), undefined);
  assert.equal(other.open(sealed, "a"), undefined);
  for (let at = 0; at < sealed.length; at++) {
    const letter = sealed[at] === "A" ? "B" : "A";
    assert.equal(seal.open(sealed.slice(0, at) + letter + sealed.slice(at + 1), "a"), undefined, `letter ${at}`);
  }
  for (const wrong of ["", pin, sealed.slice(1), `${sealed}=`, `${sealed}A`, "я".repeat(40)])
    assert.equal(seal.open(wrong, "a"), undefined, wrong);
  // Place and text are kept apart: what is moved from one to the other is something else.
  assert.notEqual(createSeal(Buffer.alloc(32)).close("bc", "a"), createSeal(Buffer.alloc(32)).close("c", "ab"));
});

test("keys stand in addresses where they are no personal data, also through a register they point at", () => {
  const register = (name: string, field: object) =>
    ({
      register: name,
      key: "k",
      fields: { k: { class: "public", type: "text", ...field } },
      search: {},
    }) as unknown as RegisterDeclaration;
  const addresses = createAddresses(
    [
      register("code", {}),
      register("official", { class: "official" }),
      register("number", { class: "personal" }),
      register("pin", { type: "pin" }),
      register("of_pin", { type: "reference", register: "pin" }),
      register("of_code", { type: "reference", register: "code" }),
      register("of_itself", { type: "reference", register: "of_itself" }),
    ],
    createSeal(randomBytes(32)),
  );
  const readable = ["code", "official", "number", "pin", "of_pin", "of_code", "of_itself", "none"].filter(addresses.readable);
  assert.deepEqual(readable, ["code", "official", "of_code", "of_itself"]);
  const name = addresses.name({ register: "number", key: "1" }, "a");
  assert.equal(addresses.key({ register: "number", name }, "a"), "1");
  assert.equal(addresses.key({ register: "pin", name }, "a"), undefined, "a name is of one register");
  assert.equal(addresses.key({ register: "number", name: "1" }, "a"), undefined);
  assert.equal(addresses.name({ register: "code", key: "x/1" }, "a"), "x/1");
});

test("a search is open where all it compares and orders by is public", () => {
  const fields = { a: { class: "public" }, b: { class: "official" }, c: { class: "public" } };
  const search = {
    open: { exact: ["a"], range: "c" },
    compared: { exact: ["a"], fuzzy: ["b"] },
    ordered: { prefix: "a", order: ["b"] },
    begun: { prefix: "b" },
  };
  const declared = { fields, search } as unknown as RegisterDeclaration;
  assert.deepEqual(
    [...Object.keys(search), "none", "toString"].filter((name) => isOpenSearch(declared, name)),
    ["open"],
  );
});

test("the reason in a header is a string or a display string of RFC 9651; anything else is refused", () => {
  const read = (text: string) => reasonIn({ "kerege-reason": text });
  assert.equal(reasonIn({}), undefined);
  assert.equal(read('"He \\"fell\\""'), 'He "fell"');
  assert.equal(read('%"%d0%9a%d1%83 %22 a"'), 'Ку " a');
  for (const wrong of ["plain", '"open', '%"%ff"', '%"%D0"', '%"%d0"', '"я"', `"${"a".repeat(1001)}"`])
    assert.throws(() => read(wrong), { code: "kernel.invalid-input" }, wrong);
  assert.deepEqual(queryOf({ fields: ["a", "b"], limit: 3, closed: true, key: "1" }), {
    fields: "a,b",
    limit: "3",
    closed: "true",
    key: "1",
  });
});

test("M-0.8 M-A3: the API names a person's record by an id; by the number in an address it says how to ask", async () => {
  for (const key of [pin, "21205199009999", "x"])
    for (const path of ["", "/history", "/differences?from=1&to=2", "/versions/1/proof"]) {
      const refused = await office(`${API}/resident/records/${key}${path}${path.includes("?") ? "&" : "?"}ground=clerk`);
      assert.deepEqual([refused.status, refused.body.code], [400, "registry.key-in-address"], path);
      assert.match(refused.body.detail, /records\/find/);
    }
  const event = await office(`${API}/resident/records/${pin}/events`, eventOf("move", { values: { street: "Манас" } }));
  assert.deepEqual([event.status, event.body.code], [400, "registry.key-in-address"]);
  const found = await office(`${API}/resident/records/find`, asking({ key: pin, ground: "clerk", fields: ["surname"] }));
  assert.deepEqual([found.status, found.body.key, found.body.values], [200, pin, { surname: SURNAME }]);
  const { id } = found.body;
  assertSilent(id);
  assert.equal(found.headers["content-location"], `${API}/resident/records/${id}`);
  assert.match(found.headers["cache-control"]!, /no-store/);
  const read = await office(`${API}/resident/records/${id}?ground=clerk`);
  assert.deepEqual([read.status, read.body.id, read.body.key, read.headers.etag], [200, id, pin, found.headers.etag]);
  const person = await server.person(pin);
  assert.equal((await person(`${API}/resident/records/mine?ground=own`)).body.key, pin);
  assert.equal((await person(`${API}/resident/records/find`, asking({ key: second, ground: "own" }))).status, 404);
  assert.equal((await server.nobody(`${API}/resident/records/mine?ground=own`)).status, 401);
  const none = await office(`${API}/resident/records/find`, asking({ key: "21205199009999", ground: "clerk" }));
  assert.equal(none.status, 404);
});

test("M-0.8 M-A3: a search of personal fields by an address is refused, by a body it is answered page by page; so is the file", async () => {
  const inAddress = `search=by_street&street=${encodeURIComponent("Достук")}&ground=clerk`;
  for (const path of ["records", "export"]) {
    const refused = await office(`${API}/resident/${path}?${inAddress}`);
    assert.deepEqual([refused.status, refused.body.code], [400, "registry.search-in-address"]);
  }
  const search = { search: "by_street", street: "Достук", ground: "clerk", fields: ["pin"] };
  const first = await office(`${API}/resident/records/search`, asking({ ...search, limit: 2 }));
  const next = await office(`${API}/resident/records/search`, asking({ ...search, after: first.body.next }));
  const keys = [...first.body.records, ...next.body.records].map(({ key }) => key);
  assert.deepEqual(keys.sort(), [pin, second, third].sort());
  const file = await office(`${API}/resident/export`, asking({ ...search, format: "jsonl" }));
  assert.equal(file.text.trim().split("\n").length, 3);
  const reason = await office(`${API}/resident/changes?ground=clerk&reason=Кулап`);
  assert.deepEqual([reason.status, reason.body.fields[0].pointer], [422, "/reason"]);
});

test("M-0.8 M-A9: what an official looks for is sent and kept for the sitting; pages, languages and going back work, others find nothing", async () => {
  const address = await lead(clerk, `${DESK}/found`, { search: "by_surname", ground: "clerk", "v.surname": SURNAME });
  assert.match(address, /^\/en\/desk\/registers\/resident\/found\/[\w-]{22}$/);
  const found = await page(clerk, address);
  const cards = hrefs(found, /\/records\//);
  assert.equal(cards.length, 2, found.text);
  const [behind = ""] = hrefs(found, /\?after=/);
  for (const href of [...cards, behind]) assertSilent(href);
  const rest = hrefs(await page(clerk, behind), /\/records\//);
  assert.equal(new Set([...cards, ...rest]).size, 3, "the page behind shows the third");
  assert.deepEqual(hrefs(await page(clerk, address), /\/records\//), cards, "gone back to, it is the same");
  const russian = await page(clerk, address.replace("/en/", "/ru/"));
  assert.deepEqual(
    hrefs(russian, /\/records\//),
    cards.map((href) => href.replace("/en/", "/ru/")),
  );
  const card = await page(clerk, cards[0]!);
  assert.ok(card.status === 200 && card.text.includes(SURNAME));
  for (const href of hrefs(card, /\/desk\/registers\/resident\//)) assertSilent(href);

  const again = await server.official({ official: "one", body: "office", post: "clerk" });
  const colleague = await server.official({ official: "two", body: "office", post: "chief" });
  for (const other of [again, colleague])
    for (const href of [address, cards[0]!, cards[0]!.replace("?", "/history?"), behind]) {
      const answer = await other(href);
      assert.deepEqual([answer.status, answer.body.code], [404, "registry.reference-over"], href);
    }
  const bare = await clerk(`${DESK}/records/${pin}?ground=clerk`);
  assert.deepEqual([bare.status, bare.body.code], [404, "registry.reference-over"]);
  const rows = await server.house.database.rows<{ all: string }>(sql`select a::text as all from registry.asked a`);
  assert.ok(rows.length > 0);
  for (const row of rows) assert.ok(!row.all.includes(SURNAME) && !row.all.includes(address.split("/").at(-1)!));
});

test("M-0.8 M-A9: a record is opened and compared by numbers that are sent, never by numbers in an address", async () => {
  const card = await lead(clerk, `${DESK}/open`, { key: `${pin.slice(0, 4)} ${pin.slice(4)}` });
  assert.ok((await page(clerk, `${card}?ground=clerk`)).text.includes(pin));
  const compared = await lead(clerk, `${DESK}/compare`, { one: pin, other: second, ground: "clerk" });
  const answer = await page(clerk, compared);
  assert.ok(answer.text.includes(pin) && answer.text.includes(second));
  assert.equal((await clerk(`${DESK}/open`, asking({}))).status, 404);
});

test("M-0.8 M-A21: the reason of breaking the glass stands in no address, and goes with every page of the record", async () => {
  const reason = "Кулап калды, эшигин ачпай жатат, 103кө чалды";
  const bare = await lead(clerk, `${DESK}/open`, { key: third });
  const ask = await page(clerk, `${bare}?ground=danger&reason=${encodeURIComponent(reason)}`);
  assert.match(ask.text, /action="\/en\/desk\/registers\/resident\/under"/, "a reason in the address is none");
  const to = /name="to" value="([^"]+)"/
    .exec(ask.text)![1]!
    .replaceAll("&amp;", "&")
    .replace(/&reason=.*$/, "");
  const under = await lead(clerk, `${DESK}/under`, { to, ground: "danger", reason });
  assert.match(under, /\?under=[\w-]{22}$/);
  const card = await page(clerk, under);
  assert.ok(card.text.includes(SURNAME), card.text);
  const [history = ""] = hrefs(card, /\/history/);
  assert.ok((await page(clerk, history)).text.includes("Birth"));
  const reads = await (await server.person(third))("/api/me/reads");
  const told = reads.body.reads.filter((one: { reason: string }) => one.reason === reason);
  assert.equal(told.length, 2, "the card and the history");
  for (const elsewhere of [
    "https://evil.example/",
    "//evil.example",
    "/en/desk/registers/thing/records/x",
    `${DESK}/../../sign-out`,
    DESK,
  ]) {
    const sent = new URLSearchParams({ to: elsewhere, ground: "danger", reason }).toString();
    const headers = { "content-type": "application/x-www-form-urlencoded" };
    assert.equal((await clerk(`${DESK}/under`, { method: "POST", headers, body: sent })).status, 400, elsewhere);
  }
  const searched = await lead(clerk, `${DESK}/found`, { search: "by_surname", ground: "danger", reason, "v.surname": SURNAME });
  const [found = ""] = hrefs(await page(clerk, searched), /\/records\//);
  assert.match(found, /\?under=/);
  assert.equal((await page(clerk, found)).status, 200);
});

test("M-0.8: what was asked is over with the day's work, and goes from the table", async () => {
  const address = await lead(clerk, `${DESK}/found`, { search: "by_surname", ground: "clerk", "v.surname": SURNAME });
  server.house.clock.advance(13 * 3_600_000);
  const fresh = await server.official({ official: "one", body: "office", post: "clerk" });
  const later = await clerk(address);
  // The sitting itself may be over first.
  assert.ok([404, 401].includes(later.status), `${later.status}`);
  await lead(fresh, `${DESK}/found`, { search: "by_surname", ground: "clerk", "v.surname": SURNAME });
  const [left] = await server.house.database.rows<{ held: number }>(sql`select count(*)::int as held from registry.asked`);
  assert.equal(left!.held, 1);
});
