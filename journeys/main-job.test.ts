/**
 * The main job on real input: every administrative unit and populated place of the country, ten thousand people, and a certificate
 * for one of them through the browser that outside programs accept when the server is gone.
 */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import type { RegistryDoor } from "@kerege/registry";
import { noBrowser, screenshot, withPage } from "./browser.ts";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { openInside } from "./inside.ts";
import { accepted, missing, pdfsig, readWords } from "./judge.ts";

const skip = await noBrowser();
const dataFolder = temporaryFolder();
const folder = temporaryFolder();
const paper = join(folder, "certificate.pdf");
const anchors = join(folder, "anchors.pem");
let house: RunningHouse;

before(async () => {
  house = await startHouse({ dataFolder });
});
after(() => house?.stop());

test("M-A9 M-A3: ten thousand people are made beside the running server, over the real places", async () => {
  const made = await kerege(["people", "--count", "10000"], { dataFolder });
  assert.equal(made.code, 0, made.text);
  const inside = await openInside({ dataFolder, join: true });
  try {
    const registry = inside.doors.registry as RegistryDoor;
    const [people, homes] = await Promise.all(["person", "residence"].map((register) => registry.count(register)));
    assert.ok(people! >= 10_000, `${people} people`);
    assert.ok(homes! >= 9_000, `${homes} places of residence`);
  } finally {
    await inside.close();
  }
});

test("M-A1 M-A9 M-F20 M-0.5: one of the ten thousand, found by name, gets the certificate in the browser", { skip }, async () => {
  await withPage({ language: "ky" }, async (page) => {
    await page.goto(`${house.address}/ky/sign-in?return=/ky/services/residence-certificate`);
    await page.fill("#person", "Асанов");
    await page.locator('main form[action="/ky/sign-in"][method="get"] button').click();
    const found = page.locator(".people").last().locator("button");
    assert.ok((await found.count()) > 1, "several people of this name");
    await screenshot(page, "sign-in-found-ky");
    const name = await found.first().locator("b").innerText();
    await found.first().click();
    await page.locator("main form .button").click();
    await page.locator("main form .button").click();
    await page.locator('main form[action$="/submit"] .button').click();
    assert.equal(await page.locator(".outcome.good").count(), 1, await page.locator("main").innerText());
    const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".outcome .button").click()]);
    await download.saveAs(paper);
    writeFileSync(anchors, await (await fetch(`${house.address}/trust/anchors.pem`)).text());
    if (missing("pdftotext") === false)
      for (const part of name.split(" ")) assert.ok(readWords(paper).includes(part), `${part} is on the paper`);
  });
});

test("M-A5 M-0.6: pdfsig accepts it with the server stopped", { skip: skip || missing("pdfsig", "certutil") }, async () => {
  assert.equal(await house.stop(), 0, house.said());
  const said = pdfsig(paper, readFileSync(anchors, "utf8"));
  for (const line of accepted) assert.ok(said.includes(line), `${line} not in: ${said}`);
});

test("M-A5 M-0.6: kerege verify accepts it with the server stopped", { skip }, async () => {
  await house.stop();
  const verdict = await kerege(["verify", paper, "--anchors", anchors]);
  assert.equal(verdict.code, 0, verdict.text);
});
