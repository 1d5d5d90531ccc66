/** A person is refused by a table of the service: reads by which of its rules, on which norm, does what was advised, and is granted. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, type Language, noBrowser, overflow, type Page, screenshot, withPage } from "./browser.ts";
import { fillSignIn } from "./factors.ts";
import { type RunningHouse, startHouse } from "./house.ts";
import { createVisitor, readDemoPeople } from "./visitor.ts";
import { words } from "./words.ts";

const skip = await noBrowser();
let house: RunningHouse;
let pin = "";

before(async () => {
  house = await startHouse();
  pin = (await readDemoPeople(createVisitor(house.address))).at(4)!.pin;
});
after(() => house?.stop());

const press = (page: Page) => page.locator("main form .button").first().click();

/** Asks for a card with so many books at once, and gives the page of the case. */
async function apply(page: Page, books: string): Promise<string> {
  await page.goto(`${house.address}/ky/services/library-card`);
  await press(page);
  await page.check('input[name="where"][value="central"]');
  await page.check('input[name="home"][value="yes"]');
  await press(page);
  await page.fill('[name="books"]', books);
  await press(page);
  await press(page);
  await page.waitForURL(/\/cases\/[^/]+$/);
  return new URL(page.url()).pathname.replace("/ky/", "");
}

test("M-A18: the page of a case says which rule of which table refused, by which norm, and what would change it, and that helps", {
  skip,
}, async () => {
  await withPage({ language: "ky", javascript: false }, async (page) => {
    await page.goto(`${house.address}/ky/sign-in`);
    await fillSignIn(page, house.address, pin);
    const refused = await apply(page, "15");
    for (const language of ["ky", "ru", "kk", "en"] as Language[]) {
      await page.setViewportSize({ width: 1280, height: 900 });
      await page.goto(`${house.address}/${language}/${refused}`);
      const text = await page.locator("main").innerText();
      const rule = words(language, "process.deciding.rule-by", { table: "#", number: 3, norm: "#" }).split("#");
      const change = words(language, "process.deciding.would-change", { changes: "#" }).split("#")[0]!;
      for (const part of [rule[0]!, rule[1]!, change, words(language, "process.deciding.at-most", { value: 10 })])
        assert.ok(text.includes(part), `${language}: ${part}`);
      assert.deepEqual(await axe(page), [], language);
      if (language === "ky") await screenshot(page, "case-refused-by-table-ky");
      await page.setViewportSize({ width: 320, height: 900 });
      assert.equal(await overflow(page), 0, language);
      if (language === "ky") await screenshot(page, "case-refused-by-table-ky-320");
    }
    const granted = await apply(page, "10");
    await page.goto(`${house.address}/ky/${granted}`);
    assert.equal(await page.locator(".outcome.good").count(), 1);
  });
});
