/** How often one may ask: a minute's worth at once, then at the pace of the bound; the machine itself is not counted by address. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bounded, createBound, requestBounds } from "../bound.ts";
import { createManualClock } from "../clock.ts";
import { createServer } from "../http.ts";
import { addLocales, createTexts } from "../locale.ts";
import { silentLog } from "../log.ts";

const START = "2026-01-01T00:00:00Z";

test("a minute's worth may come at once, then one for each share of the minute that has passed", () => {
  const clock = createManualClock(START);
  const bound = createBound({ each: 60, all: 0 }, clock);
  for (let n = 0; n < 60; n++) assert.equal(bound.take("192.0.2.1"), undefined, String(n));
  assert.deepEqual(bound.take("192.0.2.1"), { seconds: 1 });
  assert.equal(bound.take("192.0.2.2"), undefined, "another address is another");
  clock.advance(1000);
  assert.equal(bound.take("192.0.2.1"), undefined);
  assert.notEqual(bound.take("192.0.2.1"), undefined);
  clock.advance(60_000);
  for (let n = 0; n < 60; n++) assert.equal(bound.take("192.0.2.1"), undefined, String(n));
  assert.notEqual(bound.take("192.0.2.1"), undefined);
});

test("what is refused is not counted: who asks all the time is answered at the pace of the bound", () => {
  const clock = createManualClock(START);
  const bound = createBound({ each: 10, all: 0 }, clock);
  let answered = 0;
  for (let second = 0; second < 300; second++) {
    for (let n = 0; n < 7; n++) if (!bound.take("192.0.2.1")) answered++;
    clock.advance(1000);
  }
  assert.ok(answered >= 58 && answered <= 60, `${answered} in five minutes: ten at once, then ten a minute`);
});

test("the bound over all holds whoever asks, and a wait is said for as long as it lasts", () => {
  const clock = createManualClock(START);
  const bound = createBound({ each: 5, all: 6 }, clock);
  for (let n = 0; n < 6; n++) assert.equal(bound.take(`192.0.2.${n}`), undefined);
  const over = bound.take("192.0.2.99");
  assert.deepEqual(over, { seconds: 10 });
  clock.advance(9999);
  assert.notEqual(bound.take("192.0.2.99"), undefined);
  clock.advance(1);
  assert.equal(bound.take("192.0.2.99"), undefined);
});

test("a household of IPv6 is one address, however it is written; the machine itself has only the bound over all", () => {
  const clock = createManualClock(START);
  const bound = createBound({ each: 1, all: 0 }, clock);
  const same = ["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:0db8:0001:0002:0:0:0:7", "2001:db8:1:2::"];
  assert.equal(bound.take(same[0]!), undefined);
  for (const address of same) assert.notEqual(bound.take(address), undefined, address);
  assert.equal(bound.take("2001:db8:1:3::1"), undefined);
  assert.equal(bound.take("::ffff:192.0.2.1"), undefined);
  assert.notEqual(bound.take("192.0.2.1"), undefined, "the same IPv4 address in both forms");
  for (const own of ["127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1"])
    for (let n = 0; n < 3; n++) assert.equal(bound.take(own), undefined, own);
  const all = createBound({ each: 1, all: 2 }, clock);
  assert.equal(all.take("127.0.0.1") ?? all.take("127.0.0.1"), undefined);
  assert.notEqual(all.take("127.0.0.1"), undefined);
});

test("a bound is two whole numbers with a slash between, and nothing else", () => {
  const { parse } = requestBounds("X", "x", { each: 1, all: 2 });
  assert.deepEqual(parse("600/60000"), { each: 600, all: 60_000 });
  assert.deepEqual(parse("0/0"), { each: 0, all: 0 });
  for (const wrong of ["600", "600/", "/600", "-1/5", "1/2/3", "1.5/2", "a/b", "1 / 2", "1000000000/1"])
    assert.equal(parse(wrong), undefined, wrong);
});

async function serverWith(proxies: string[]) {
  const texts = createTexts();
  addLocales(texts, "kernel", new URL("../locales/", import.meta.url));
  const app = await createServer({ log: silentLog, texts, languages: ["ky", "ru", "kk", "en"], proxies });
  app.get("/much", bounded(createBound({ each: 2, all: 0 }, createManualClock(START))), async () => "answered");
  const ask = (remoteAddress: string, headers: Record<string, string> = {}) =>
    app.inject({ url: "/much", remoteAddress, headers });
  return { app, ask };
}

test("over it one hears 429, when to come again, and why, in one's own language", async (t) => {
  const { app, ask } = await serverWith([]);
  t.after(() => app.close());
  for (let n = 0; n < 2; n++) assert.equal((await ask("192.0.2.1")).statusCode, 200);
  for (const [language, words] of Object.entries({
    ky: "Суроолор өтө көп",
    ru: "Слишком много запросов",
    kk: "Сұраулар тым көп",
  })) {
    const refused = await ask("192.0.2.1", { "accept-language": language });
    assert.equal(refused.statusCode, 429);
    assert.equal(refused.headers["retry-after"], "30");
    assert.match(String(refused.headers["content-type"]), /^application\/problem\+json/);
    const said = refused.json<{ code: string; title: string; detail: string }>();
    assert.deepEqual([said.code, said.title], ["kernel.too-many-requests", words]);
    assert.match(said.detail, /30/);
  }
});

test("a proxy that is declared tells who asks; from anybody else that word is worth nothing", async (t) => {
  const declared = await serverWith(["198.51.100.0/24"]);
  t.after(() => declared.app.close());
  const from = (address: string) => ({ "x-forwarded-for": address });
  for (let n = 0; n < 2; n++) assert.equal((await declared.ask("198.51.100.7", from("192.0.2.1"))).statusCode, 200);
  assert.equal((await declared.ask("198.51.100.7", from("192.0.2.1"))).statusCode, 429);
  assert.equal((await declared.ask("198.51.100.7", from("203.0.113.9, 192.0.2.2"))).statusCode, 200, "the nearest word counts");
  for (const [n, address] of ["192.0.2.3", "192.0.2.4", "192.0.2.5"].entries())
    assert.equal((await declared.ask("203.0.113.5", from(address))).statusCode, n < 2 ? 200 : 429, "a stranger's word");
});
