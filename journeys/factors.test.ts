/** Who somebody is, from the service centre to the passkey, as in a country that is no demo. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, noBrowser, overflow, type Page, screenshot, withPage } from "./browser.ts";
import { activate, activationCode, addVirtualKey, appCode, type OwnFactors, PASSWORD, signInForReal } from "./factors.ts";
import { type RunningHouse, startHouse } from "./house.ts";
import { createVisitor, readDemoPeople } from "./visitor.ts";

let house: RunningHouse;
/** By name: browsers make passkeys for no address in numbers. */
let named = "";
let people: { pin: string; name: string }[];

before(async () => {
  house = await startHouse();
  named = house.address.replace("127.0.0.1", "localhost");
  people = await readDemoPeople(createVisitor(house.address));
});
after(() => house?.stop());

const submit = (page: Page) => page.click("main form:not([hidden]) button.button");

/** What is true of every page: nothing to scroll sideways, nothing that axe finds. */
async function look(page: Page, name: string): Promise<void> {
  assert.equal(await overflow(page), 0, name);
  assert.deepEqual(await axe(page), [], name);
  await screenshot(page, name);
}

test("M-A4: from the service centre to a passkey: activation, step-up, devices, recovery", {
  skip: await noBrowser(),
}, async () => {
  const [{ pin, name }] = people as [{ pin: string; name: string }];
  const code = await activationCode(house.address, pin);
  const own: OwnFactors = { pin, password: PASSWORD, key: "", kept: [] };

  // Without scripts and on the narrowest screen: number and code, password, app, codes to keep.
  await withPage({ javascript: false, width: 320, language: "ky" }, async (page) => {
    await page.goto(`${named}/ky/sign-in`);
    await look(page, "sign-in-ky-320");
    await page.click('a[href^="/ky/activate"]');
    await page.fill("#pin", pin);
    await page.fill("#code", "0000-0000-0000-0");
    await submit(page);
    await look(page, "activate-wrong-ky-320");
    await page.fill("#code", code.toLowerCase().replaceAll("-", " "));
    await submit(page);
    await page.fill("#password", "кыска");
    await submit(page);
    await look(page, "password-ky-320");
    await page.fill("#password", PASSWORD);
    await page.fill("#repeated", PASSWORD);
    await submit(page);
    own.key = (await page.innerText("main code")).replaceAll(/\s/g, "");
    await look(page, "app-ky-320");
    await page.fill("#code", appCode(own.key));
    await submit(page);
    own.kept = await page.locator(".kept-codes code").allInnerTexts();
    assert.equal(own.kept.length, 8);
    await look(page, "codes-ky-320");
    await submit(page);
    assert.equal(new URL(page.url()).pathname, "/ky/cabinet");
    assert.ok((await page.innerText("h1")).includes(name.split(" ")[1]!), "greeted by name");
    await page.goto(`${named}/ky/cabinet/security`);
    await look(page, "security-ky-320");
  });

  // With scripts: the app's next code, then a passkey, which opens the highest level.
  await withPage({ language: "ru" }, async (page) => {
    await addVirtualKey(page);
    await page.goto(`${named}/ru/sign-in`);
    await look(page, "sign-in-ru");
    await page.fill("#identifier", pin);
    await page.fill("#password", PASSWORD);
    await page.click('form[action^="/ru/sign-in/password"] button');
    await page.fill("#code", appCode(own.key, 1));
    await submit(page);
    await page.waitForURL("**/ru/cabinet");
    await page.goto(`${named}/ru/cabinet/security/passkey`);
    await look(page, "passkey-ru");
    await page.fill("#name", "мой телефон");
    await page.click("form[data-passkey] button");
    await page.waitForURL("**/ru/cabinet/security");
    assert.ok((await page.innerText("main")).includes("мой телефон"));
    await look(page, "security-ru");
    await page.click('form[action="/ru/sign-out"] button');
    await page.goto(`${named}/ru/sign-in`);
    await page.click('form[data-passkey="get"] button');
    await page.waitForURL("**/ru/cabinet");
    await page.goto(`${named}/ru/cabinet/security`);
    assert.deepEqual((await page.locator(".facts dd").allInnerTexts()).slice(0, 2), ["Высокий", "Высокий"]);

    // A sign-in with less has to show more before anything changes; the passkey leads back to where it was asked.
    await page.click('form[action="/ru/sign-out"] button');
    await page.goto(`${named}/ru/sign-in`);
    await page.fill("#identifier", pin);
    await page.fill("#password", PASSWORD);
    await page.click('form[action^="/ru/sign-in/password"] button');
    await page.fill("#code", own.kept.pop()!);
    await submit(page);
    await page.waitForURL("**/ru/cabinet");
    await page.goto(`${named}/ru/cabinet/security/channel`);
    assert.equal(new URL(page.url()).pathname, "/ru/sign-in/again");
    await look(page, "again-ru");
    await page.click('form[data-passkey="get"] button');
    await page.waitForURL("**/ru/cabinet/security/channel");

    // An address for messages, confirmed by a code.
    await page.fill("#address", "aida@example.org");
    await submit(page);
    await page.goto(`${named}/ru/demo/messages`);
    const sent = /: (\d{6})\./.exec(await page.innerText(".message"))?.[1] ?? "";
    await page.goto(`${named}/ru/cabinet/security/channel/code`);
    await page.fill("#code", sent);
    await submit(page);
    await page.waitForURL("**/ru/cabinet/security");

    // Devices: what one does not know is ended, and is out at once.
    const other = createVisitor(house.address, "en");
    await signInForReal(other, own);
    await page.goto(`${named}/ru/cabinet/devices`);
    assert.equal((await page.locator('form[action$="/end"]').count()) >= 1, true);
    for (let left = await page.locator('form[action$="/end"]').count(); left > 0; left--)
      await page.locator('form[action$="/end"] button').first().click();
    assert.equal((await other.get("/en/cabinet")).status, 401);

    // Recovery: the message and a kept code, and nothing of the former password is left.
    const lost = createVisitor(house.address, "en");
    await lost.post("/en/recover", { identifier: pin });
    await page.goto(`${named}/ru/demo/messages`);
    const recover = /: (\d{6})\./.exec(await page.innerText(".message >> nth=0"))?.[1] ?? "";
    const proof = await lost.post("/en/recover/proof", { sent: recover, second: own.kept.pop()! });
    assert.equal(proof.path, "/en/recover/password", proof.text);
    const anew = "a quite different yak";
    assert.match((await lost.post("/en/recover/password", { password: anew, repeated: anew })).path, /^\/en\/sign-in/);
    assert.equal((await page.goto(`${named}/ru/cabinet`))?.status(), 401, "every session ended");
    await assert.rejects(signInForReal(createVisitor(house.address, "en"), { ...own, kept: [...own.kept] }));
    await signInForReal(createVisitor(house.address, "en"), { ...own, password: anew });
  });
});

test("M-A4: who was activated at the centre sees what registers hold; who only claims the number does not", async () => {
  const [, , { pin }] = people as { pin: string; name: string }[] as [unknown, unknown, { pin: string }];
  const claims = createVisitor(house.address, "en");
  const born = /^\d(\d{2})(\d{2})(\d{4})/.exec(pin)?.slice(1) ?? [];
  await claims.post("/en/register", {
    name: "Somebody",
    pin,
    "born.day": born[0]!,
    "born.month": born[1]!,
    "born.year": born[2]!,
    address: "claims@example.org",
  });
  const sent = /: (\d{6})\./.exec((await claims.get("/en/demo/messages")).text)?.[1] ?? "";
  await claims.post("/en/register/code", { code: sent });
  const opened = await claims.post("/en/register/password", { password: PASSWORD, repeated: PASSWORD });
  assert.equal(opened.status, 403);
  assert.match(opened.text, /href="\/en\/level"/);
  for (const path of ["/en/cabinet", "/en/cabinet/me", "/en/cabinet/reads", "/en/cabinet/contests", "/api/me/reads"]) {
    const answer = await claims.get(path);
    assert.equal(answer.status, 403, path);
    assert.equal(answer.text.includes(pin), false, path);
  }
  assert.equal((await claims.get("/en/cabinet/devices")).status, 200, "its own sessions it may see and end");
  const known = createVisitor(house.address, "en");
  await activate(known, { pin, code: await activationCode(house.address, pin) });
  assert.equal((await known.get("/en/cabinet/me")).status, 200);
  // The claim and the official's look are in the record of reads, as any other.
  assert.match((await known.get("/en/cabinet/reads")).text, /Confirming who somebody is|number, name and date of birth/);
});

test("M-A4: an official signs in as a person and sits down at the desk of a post that is held, and at no other", async () => {
  const [, { pin }] = people as { pin: string; name: string }[] as [unknown, { pin: string }];
  const official = createVisitor(house.address, "en");
  await activate(official, { pin, code: await activationCode(house.address, pin) });
  const chief = createVisitor(house.address, "en");
  await chief.post("/en/desk/sign-in", { post: "digital-deputy" });
  assert.equal((await chief.post("/en/desk/official-accounts", { official: "o-1014", pin })).status, 200);
  const page = await official.get("/en/desk/sign-in");
  assert.match(page.text, /action="\/en\/desk\/sign-in\/post"/);
  assert.equal((await official.post("/en/desk/sign-in/post", { post: "tax-inspector" })).status, 403);
  const desk = await official.post("/en/desk/sign-in/post", { post: "service-centres-operator" });
  assert.equal(desk.path, "/en/desk/registers");
  const pretender = createVisitor(house.address, "en");
  await pretender.pickFromList(pin);
  assert.equal((await pretender.post("/en/desk/sign-in/post", { post: "service-centres-operator" })).status, 403);
});
