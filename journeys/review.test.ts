/** A person asks for a new name, a registrar asks back, the person answers, the registrar grants: each on pages everybody can use. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, noBrowser, overflow, type Page, screenshot, withPage } from "./browser.ts";
import { fillSignIn } from "./factors.ts";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { createVisitor, readDemoPeople } from "./visitor.ts";
import { words } from "./words.ts";

const skip = await noBrowser();
const FIRST = "civil-registry-registrar-1";
const SECOND = "civil-registry-registrar-2";
const NEW_NAME = "Тянь-Шанская";
let house: InsideHouse;
let address = "";
let pin = "";

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  pin = (await readDemoPeople(createVisitor(address)))[0]!.pin;
});
after(() => house?.close());

const say = (key: string, values?: Record<string, string | number>) => words("ky", key, values);
const unwritten = /\b(?:portal|kernel|services|process)\.[a-z][\w-]*(?:\.[\w-]+)+|\{\w+(?:,|\})/g;

/** The page as it stands is one that everybody can use, also on a narrow screen; nobody's number stands in its address. */
async function sound(page: Page, name: string): Promise<void> {
  for (const width of [1280, 320]) {
    await page.setViewportSize({ width, height: 900 });
    const faults = (await axe(page)).filter(({ rule, target }) => rule !== "color-contrast" || !/tspan|text/.test(target));
    assert.deepEqual(faults, [], page.url());
    assert.equal(await overflow(page), 0, `${page.url()} at ${width}`);
    await screenshot(page, `${name}-${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
  assert.deepEqual((await page.locator("body").innerText()).match(unwritten), null, page.url());
  assert.ok(!page.url().includes(pin));
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${address}/ky/sign-in`);
  await fillSignIn(page, address, pin);
}

async function sitDown(page: Page, post: string): Promise<void> {
  await page.goto(`${address}/ky/desk/sign-in`);
  await page.locator(`form:has(input[value="${post}"]) button`).first().click();
  await page.goto(`${address}/ky/desk/cases`);
}

test("M-A1 M-A15: a registrar asks, the person answers and puts a field right, another registrar grants", { skip }, async () => {
  let caseUrl = "";
  await withPage({ language: "ky" }, async (page) => {
    await signIn(page);
    await page.goto(`${address}/ky/services/change-of-name`);
    await page.locator("main form .button").click();
    await page.fill("#surname", "Тянь-Шанскйа");
    await page.locator("main form .button").click();
    await page.fill("#why", "Ата-бабамдын фамилиясы");
    await page.locator("main form .button").click();
    await page.locator('form[action$="/submit"] .button').click();
    await page.waitForURL(/\/cases\/[0-9a-f-]{36}$/);
    caseUrl = page.url();
    assert.ok((await page.locator("main").innerText()).includes(say("portal.case.review-title")));
    await sound(page, "review-in-review-ky");
  });
  await withPage({ language: "ky" }, async (page) => {
    await sitDown(page, FIRST);
    assert.ok(!(await page.content()).includes(pin), "the queue says nothing of whose case it is");
    await sound(page, "review-queue-ky");
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/desk\/cases\/[0-9a-f-]{36}$/);
    await page.locator("main details summary").click();
    assert.equal((await page.locator("svg .node.now").count()) > 0, true, "the step it stands at is marked on the drawing");
    await sound(page, "review-card-ky");
    await page.locator('button[value="refuse"]').click();
    assert.ok((await page.locator("main").innerText()).includes(say("services.problems.ground-needed.title")));
    await sound(page, "review-card-wrong-ky");
    await page.fill("#question", "Фамилияда ката жокпу?");
    await page.locator(".choice input[value=surname]").check();
    await page.locator('button[value="ask"]').click();
    await page.waitForURL(/said=asked/);
  });
  await withPage({ language: "ky" }, async (page) => {
    await signIn(page);
    await page.goto(caseUrl);
    assert.ok((await page.locator("main").innerText()).includes("Фамилияда ката жокпу?"));
    await sound(page, "review-waiting-ky");
    await page.locator('a.button[href$="/question"]').click();
    await page.locator("main form .button").click();
    assert.equal(await page.locator("#text[aria-invalid=true]").count(), 1, "an empty answer is named where it is");
    await sound(page, "review-answer-ky");
    await page.fill("#surname", NEW_NAME);
    await page.fill("#text", "Ооба, ката кеткен, оңдодум");
    await page.locator("main form .button").click();
    await page.waitForURL(caseUrl);
  });
  await withPage({ language: "ky" }, async (page) => {
    await sitDown(page, SECOND);
    await page.locator("main form .button").click();
    assert.ok((await page.locator("main").innerText()).includes("Ооба, ката кеткен, оңдодум"));
    await page.locator('button[value="grant"]').click();
    await page.waitForURL(/said=granted/);
    await sound(page, "review-done-ky");
  });
  await withPage({ language: "ky" }, async (page) => {
    await signIn(page);
    await page.goto(caseUrl);
    await page.locator(".outcome.good, .outcome").first().waitFor();
    await page.waitForFunction(`document.body.innerText.includes(${JSON.stringify(say("portal.case.granted-title"))})`);
    await sound(page, "review-granted-ky");
    await page.goto(`${address}/ky/cabinet/letters`);
    await page.locator("main a", { hasText: "Аты-жөнүңүз өзгөртүлдү" }).first().click();
    assert.ok((await page.locator("main").innerText()).includes(NEW_NAME));
  });
  assert.deepEqual(house.faults, []);
});
