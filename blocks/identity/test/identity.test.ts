import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import identity from "../block.ts";
import type { IdentityDoor } from "../session.ts";

let house: TestHouse;
let door: IdentityDoor;
let root: string;
before(async () => {
  root = mkdtempSync(path.join(tmpdir(), "kerege-identity-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
  const country = `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`;
  writeFileSync(path.join(root, "countries", "test", "country.yaml"), country);
  house = await openTestHouse([identity], { root, country: "test" });
  door = house.doors.identity as IdentityDoor;
});
after(async () => {
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

const open = (pin: string) => door.signInAsDemo({ pin, name: `name ${pin}` }, "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0");

test("sessions asked for together are each found by their own token", async () => {
  const opened = await Promise.all(["1", "2", "3"].map(open));
  const found = await Promise.all(opened.map(({ token }) => door.find(token)));
  assert.deepEqual(
    found,
    opened.map(({ session }) => session),
  );
});

test("an ended session, one whose time is over and a token that is none are not found, though others are asked for with them", async () => {
  const [kept, left, ended] = (await Promise.all(["4", "5", "6"].map(open))) as [
    Awaited<ReturnType<typeof open>>,
    Awaited<ReturnType<typeof open>>,
    Awaited<ReturnType<typeof open>>,
  ];
  await door.signOut(left.token);
  await door.end("6", ended.session.id);
  const tokens = [kept.token, left.token, ended.token, "x".repeat(43), "", "'; --"];
  const found = await Promise.all(tokens.map((token) => door.find(token)));
  assert.deepEqual(
    found.map((session) => session?.pin),
    ["4", undefined, undefined, undefined, undefined, undefined],
  );
  house.clock.advance(8 * 3_600_000);
  assert.equal(await door.find(kept.token), undefined);
});

const clerk = { official: "o-1", body: "office", post: "clerk", name: "Биринчи Адам" };
const operator: Actor = { kind: "system", body: "office", name: "terminal" };

test("M-A4: a desk is open for a working day, under its post, until it is closed", async () => {
  const { token, desk } = await door.openDemoDesk(clerk, "Mozilla/5.0 (Windows NT 10.0) Firefox/140.0");
  assert.deepEqual(
    { ...(await door.findDesk(token)), openedAt: 0, expiresAt: 0 },
    { ...clerk, id: desk.id, device: "Firefox, Windows", openedAt: 0, expiresAt: 0 },
  );
  assert.equal(await door.find(token), undefined, "a desk is no session of a person");
  const other = await door.openDemoDesk(clerk, "");
  await door.closeDesk(token);
  assert.equal(await door.findDesk(token), undefined);
  assert.equal((await door.findDesk(other.token))?.id, other.desk.id);
  house.clock.advance(10 * 3_600_000);
  assert.equal(await door.findDesk(other.token), undefined);
  for (const wrong of ["", "x".repeat(43), "'; --"]) assert.equal(await door.findDesk(wrong), undefined);
});

test("M-A3: a system of a body is found by its secret, which is kept nowhere, until it is taken off the list", async () => {
  const { client, secret } = await door.addClient(operator, { body: "bank", name: "Bank system" });
  const found = await door.findClient(secret);
  assert.deepEqual([found?.id, found?.body, found?.name], [client.id, "bank", "Bank system"]);
  assert.deepEqual(
    (await door.clients()).map(({ id }) => id),
    [client.id],
  );
  const kept = await house.database.rows<{ text: string }>({ text: "select c::text as text from identity.client c", values: [] });
  assert.equal(JSON.stringify(kept).includes(secret), false);
  await door.endClient(client.id);
  assert.equal(await door.findClient(secret), undefined);
  assert.deepEqual(await door.clients(), []);
  for (const wrong of [client.id, "019ab3f0-0000-7000-8000-000000000001", "'; --"])
    await assert.rejects(door.endClient(wrong), { code: "identity.no-such-client" });
});

test("M-A4: in a country that is no demo nobody sits down at another's desk", async () => {
  const country = path.join(root, "countries", "real");
  mkdirSync(country);
  const declared = readFileSync(path.join(root, "countries", "test", "country.yaml"), "utf8");
  writeFileSync(
    path.join(country, "country.yaml"),
    declared.replace("country: test", "country: real").replace("demo: true", "demo: false"),
  );
  const real = await openTestHouse([identity], { root, country: "real" });
  try {
    await assert.rejects((real.doors.identity as IdentityDoor).openDemoDesk(clerk, ""), { code: "identity.not-a-demo" });
  } finally {
    await real.close();
  }
});
