import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { type App, createServer } from "@kerege/kernel/http";
import { silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import identity from "../block.ts";
import { createDeskReception } from "../desk-reception.ts";
import type { IdentityDoor } from "../session.ts";

const post = { code: "clerk", name: { ky: "Катчы", ru: "Писарь", kk: "Хатшы", en: "Clerk" }, rights: ["registry.record"] };
const official = { official: "o-1", body: "office", post: "clerk", name: "Биринчи Адам" };
let house: TestHouse;
let door: IdentityDoor;
let app: App;
let root: string;
/** Official who holds the post today. */
let holder = "o-1";

before(async () => {
  root = mkdtempSync(path.join(tmpdir(), "kerege-credentials-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
  const country = `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`;
  writeFileSync(path.join(root, "countries", "test", "country.yaml"), country);
  house = await openTestHouse([identity], { root, country: "test" });
  door = house.doors.identity as IdentityDoor;
  const { languages } = house.country;
  app = await createServer({ log: silentLog, texts: house.texts, languages, country: house.country });
  await house.opened[0]!.opened.routes!(app);
  app.get("/who", async (request) => ({ actor: (await app.askers.of(request)) ?? null }));
  app.get("/needed", (request) => app.askers.need(request));
  const desks = createDeskReception(app, {
    identity: door,
    languages,
    postOf: (code) => (code === post.code ? post : undefined),
  });
  app.get("/desk", async (request) => {
    const { actor, rights, visit } = await desks.atDesk(request);
    return { actor, rights, person: visit.person };
  });
});
after(async () => {
  await app?.close();
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

const ask = async (url: string, headers: Record<string, string> = {}) => {
  const answer = await app.inject({ url, headers: { host: "test", ...headers } });
  return { status: answer.statusCode, body: answer.json(), headers: answer.headers };
};
const cookies = async () => {
  const session = await door.signInAsDemo({ pin: "21205199001234", name: "Адам" }, "");
  const desk = await door.openDemoDesk(official, "");
  return { session: `session=${session.token}`, desk: `desk=${desk.token}` };
};

test("M-A4: until it is known who holds which post no official is let in", async () => {
  const { desk } = await cookies();
  assert.deepEqual([(await ask("/who", { cookie: desk })).body.code], ["identity.not-in-post"]);
  app.askers.holds = async ({ person }) => person === holder;
  assert.equal((await ask("/who", { cookie: desk })).status, 200);
});

test("M-A4: a secret goes before the desk, the desk before the person's session, and nobody is nobody", async () => {
  const { session, desk } = await cookies();
  const { secret } = await door.addClient({ kind: "system", body: "office", name: "t" }, { body: "bank", name: "Bank system" });
  const whoIs = async (headers: Record<string, string>) => (await ask("/who", headers)).body.actor;
  const authorization = `Bearer ${secret}`;
  assert.deepEqual(await whoIs({ cookie: `${session}; ${desk}`, authorization }), {
    kind: "system",
    body: "bank",
    name: "Bank system",
  });
  assert.deepEqual(await whoIs({ cookie: `${session}; ${desk}` }), {
    kind: "official",
    body: "office",
    post: "clerk",
    person: "o-1",
  });
  assert.deepEqual(await whoIs({ cookie: session }), { kind: "person", pin: "21205199001234", assurance: "demo" });
  assert.equal(await whoIs({}), null);
  assert.equal(await whoIs({ cookie: "session=x; desk=x" }), null);
  const needed = await ask("/needed");
  assert.deepEqual(
    [needed.status, needed.body.code, needed.headers["www-authenticate"]],
    [401, "kernel.sign-in-needed", "Bearer"],
  );
});

test("M-A4: a wrong secret is refused though a good cookie came with it", async () => {
  const { session } = await cookies();
  for (const authorization of ["Bearer", "Bearer ", `Bearer ${"A".repeat(43)}`, "Basic YTpi", "bearer x y", "Bearer '; --"]) {
    const { status, body, headers } = await ask("/who", { cookie: session, authorization });
    assert.deepEqual(
      [status, body.code, headers["www-authenticate"]],
      [401, "identity.unknown-secret", 'Bearer error="invalid_token"'],
      authorization,
    );
  }
});

test("M-A4: the right to act ends with the post, at once", async () => {
  const { desk } = await cookies();
  const at = await ask("/desk", { cookie: desk, "accept-language": "ru" });
  assert.deepEqual(at.body, {
    actor: { kind: "official", body: "office", post: "clerk", person: "o-1" },
    rights: ["registry.record"],
    person: { name: "Биринчи Адам", post: "Писарь" },
  });
  holder = "o-2";
  assert.deepEqual(
    [(await ask("/desk", { cookie: desk })).body.code, (await ask("/who", { cookie: desk })).status],
    ["identity.not-in-post", 403],
  );
  holder = "o-1";
  assert.equal((await ask("/desk")).status, 401);
});
