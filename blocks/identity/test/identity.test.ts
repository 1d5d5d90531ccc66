import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
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
