/** Statuses, time stamps and checks are open to all, and nobody gets more of them than leaves enough for the others. */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { after, before, test } from "node:test";
import { createBound } from "@kerege/kernel/bound";
import { createServer } from "@kerege/kernel/http";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import { writeStampRequest } from "../pki/time-stamp.ts";
import { addTrustPages } from "../routes-pages.ts";
import { country, migrateTrust } from "./log-scene.ts";
import { pkiOver, serverOf } from "./pki-scene.ts";

const MOST = 4;
let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

test("M-A5: one address is told a bounded number of statuses and stamps a minute, in whatever way it asks; others go on", async (t) => {
  const scene = pkiOver(t, shared.database);
  const app = await serverOf(t, scene, MOST);
  const digest = createHash("sha256").update("x").digest();
  const kinds = {
    status: () => ({ method: "POST" as const, url: "/trust/ocsp", type: "application/ocsp-request", payload: Buffer.from("x") }),
    stamp: () => ({
      method: "POST" as const,
      url: "/trust/tsa",
      type: "application/timestamp-query",
      payload: writeStampRequest(digest),
    }),
  };
  for (const [kind, asked] of Object.entries(kinds)) {
    const ask = (remoteAddress: string) => {
      const { type, ...rest } = asked();
      return app.inject({ ...rest, remoteAddress, headers: { "content-type": type, "accept-language": "ru" } });
    };
    for (let n = 0; n < MOST; n++) assert.equal((await ask("192.0.2.1")).statusCode, 200, kind);
    const refused = await ask("192.0.2.1");
    assert.equal(refused.statusCode, 429, kind);
    assert.equal(refused.headers["retry-after"], "15");
    assert.equal(refused.json<{ title: string }>().title, "Слишком много запросов");
    assert.equal((await ask("192.0.2.2")).statusCode, 200, "another address");
    scene.clock.advance(15_000);
    assert.equal((await ask("192.0.2.1")).statusCode, 200, "when it was told to come again");
  }
  // By the path it is the same bound: RFC 6960 knows both ways, and nobody has twice as much.
  assert.equal((await app.inject({ url: "/trust/ocsp/AA%3D%3D", remoteAddress: "192.0.2.3" })).statusCode, 200);
  for (let n = 1; n < MOST; n++)
    await app.inject({
      method: "POST",
      url: "/trust/ocsp",
      remoteAddress: "192.0.2.3",
      headers: { "content-type": "application/ocsp-request" },
      payload: "x",
    });
  assert.equal((await app.inject({ url: "/trust/ocsp/AA%3D%3D", remoteAddress: "192.0.2.3" })).statusCode, 429);
});

test("M-A5: checks of files are bounded, and the page of the check opens as ever", async (t) => {
  const { trust, pki, clock } = pkiOver(t, shared.database);
  const texts = createTexts();
  addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
  addLocales(texts, "trust", new URL("../locales/", import.meta.url));
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  t.after(() => app.close());
  addTrustPages(app, { means: { country, clock }, trust, pki, checkBound: createBound({ each: 2, all: 3 }, clock) });
  const check = (remoteAddress: string) => app.inject({ method: "POST", url: "/en/check", remoteAddress });
  for (let n = 0; n < 2; n++) assert.equal((await check("192.0.2.1")).statusCode, 422);
  assert.equal((await check("192.0.2.1")).statusCode, 429);
  assert.equal((await check("192.0.2.2")).statusCode, 422);
  assert.equal((await check("192.0.2.3")).statusCode, 429, "the bound over all");
  for (let n = 0; n < 5; n++) assert.equal((await app.inject({ url: "/en/check", remoteAddress: "192.0.2.1" })).statusCode, 200);
});
