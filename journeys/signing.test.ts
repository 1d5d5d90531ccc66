/** A person makes a key and signs; anyone checks it; an official gives a certificate over a request and ends it. In a real browser. */
import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { axe, type Language, noBrowser, overflow, type Page, screenshot, withPage } from "./browser.ts";
import { fillSignIn } from "./factors.ts";
import { type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { createVisitor, readDemoPeople } from "./visitor.ts";
import { words } from "./words.ts";

const skip = await noBrowser();
const languages: Language[] = ["ky", "ru", "kk", "en"];
const OFFICER = "service-centres-operator";
const PHRASE = "төрт жылкы жайлоодо";
const noOpenssl = spawnSync("openssl", ["version"]).error ? "needs openssl (package openssl)" : false;

let house: RunningHouse;
let person = { pin: "", name: "" };
before(async () => {
  house = await startHouse();
  person = (await readDemoPeople(createVisitor(house.address)))[0]!;
});
after(() => house?.stop());

async function sound(page: Page): Promise<void> {
  assert.deepEqual(await axe(page), [], page.url());
  assert.equal(await overflow(page), 0, page.url());
}

async function signIn(page: Page): Promise<void> {
  await page.goto(`${house.address}/ky/sign-in`);
  await fillSignIn(page, house.address, person.pin);
  await page.waitForURL(/\/ky\/cabinet$/);
}

for (const javascript of [true, false]) {
  test(
    `M-A5: a person makes a key, reads what is to be signed, signs it and has it checked, JavaScript ${javascript ? "on" : "off"}`,
    { skip },
    () =>
      withPage({ javascript }, async (page) => {
        await signIn(page);
        await page.goto(`${house.address}/ky/cabinet/signatures`);
        await sound(page);
        if (javascript) {
          await page.fill("#key", PHRASE);
          await page.fill("#key-again", PHRASE);
          await page.locator('form[action$="/key"] button').click();
        }
        await sound(page);
        await page.setInputFiles("#own", {
          name: "Арыз.txt",
          mimeType: "text/plain",
          buffer: Buffer.from("Өргүү берүүңүздү суранам.\n"),
        });
        await page.locator('form[action$="/own"] button').click();
        assert.match(page.url(), /\/ky\/sign\/[0-9a-f-]{36}$/);
        assert.match(await page.locator("main").innerText(), /Өргүү берүүңүздү суранам\./);
        await sound(page);
        if (javascript) await screenshot(page, "sign-step-ky");
        await page.fill("#phrase", "башка бир сөз");
        await page.locator('button[value="sign"]').click();
        assert.match(await page.locator('[role="alert"]').innerText(), /4 аракет калды/);
        await sound(page);
        await page.fill("#phrase", PHRASE);
        await page.locator('button[value="sign"]').click();
        assert.match(page.url(), /\/ky\/cabinet\/signatures$/);
        await sound(page);
        if (javascript) await screenshot(page, "signatures-ky");
        const [download] = await Promise.all([
          page.waitForEvent("download"),
          page.locator('a[download][href$="/file"]').first().click(),
        ]);
        const signed = readFileSync(await download.path());
        await page.goto(`${house.address}/ky/check`);
        await page.setInputFiles("#file", { name: "x.p7m", mimeType: "application/octet-stream", buffer: signed });
        await page.locator("main form button").click();
        const said = await page.locator("main").innerText();
        assert.ok(said.includes(words("ky", "trust.signing.indications.TOTAL-PASSED")), said);
        assert.ok(said.includes(person.name.split(" ")[0]!), said);
        await sound(page);
        if (javascript) await screenshot(page, "check-good-ky");
      }),
  );
}

test("M-A5: pages of trust are sound in four languages on a narrow screen", { skip }, () =>
  withPage({ width: 320 }, async (page) => {
    for (const language of languages) {
      for (const place of ["trust", "trust?serial=01", "check", "log/monitor"]) {
        await page.goto(`${house.address}/${language}/${place}`);
        await sound(page);
      }
    }
    await screenshot(page, "monitor-en-320");
  }),
);

test(
  "M-A5: an official gives a certificate over a request, suspends and revokes it; a wrong request is told why",
  { skip: skip || noOpenssl },
  () =>
    withPage({}, async (page) => {
      const folder = temporaryFolder();
      const file = (name: string) => path.join(folder, name);
      const openssl = (...args: string[]) => {
        const { status, stderr } = spawnSync("openssl", args, { encoding: "utf8" });
        assert.equal(status, 0, stderr);
      };
      openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("key.pem"));
      openssl("req", "-new", "-key", file("key.pem"), "-subj", "/", "-out", file("own.csr"));
      await page.goto(`${house.address}/ky/desk/sign-in`);
      await page.locator(`form:has(input[value="${OFFICER}"]) button`).click();
      await page.getByRole("link", { name: words("ky", "portal.certificates.title") }).click();
      await sound(page);
      await page.locator("main form button").last().click();
      assert.equal(await page.locator('[role="alert"] li').count(), 2, "what for, and the request");
      await sound(page);
      const order = async (request: string) => {
        await page.locator('input[value="person-authentication"]').check();
        await page.fill("#pin", person.pin);
        await page.setInputFiles("#file", request);
        await page.locator("main form button").last().click();
      };
      await order(file("own.csr"));
      assert.match(page.url(), /\/desk\/certificates\/[0-9a-f]+$/, await page.locator("main").innerText());
      await sound(page);
      await screenshot(page, "certificate-desk-ky");
      const serial = page.url().split("/").at(-1)!;
      await page.locator('button[value="suspend"]').click();
      await page.locator('button[value="resume"]').click();
      await page.locator('button[value="revoke"]').click();
      assert.ok((await page.locator('[role="alert"]').innerText()).includes(words("ky", "portal.certificates.say-why")));
      await page.locator('input[value="key-compromise"]').check();
      await page.locator('button[value="revoke"]').click();
      assert.equal(await page.locator('button[value="revoke"]').count(), 0, "for ever");
      const acts = await page.locator("table tbody tr").count();
      assert.equal(acts, 4);
      await page.goto(`${house.address}/ky/trust?serial=${serial}`);
      const said = await page.locator("main").innerText();
      assert.ok(said.includes(words("ky", "trust.authorities.states.revoked")), said);
      assert.ok(!said.includes(person.name.split(" ")[0]!) && !said.includes(person.pin), "a number tells nobody the person");

      await page.goto(`${house.address}/ky/desk/certificates`);
      await order(file("own.csr"));
      assert.match(await page.locator('[role="alert"]').innerText(), /ачкыч/i, "one key, one certificate");
      await page.fill("#pin", "99999999999999");
      await page.setInputFiles("#file", file("own.csr"));
      await page.locator("main form button").last().click();
      assert.ok((await page.locator('[role="alert"]').innerText()).includes(words("ky", "portal.certificates.say-nobody")));
      assert.equal(await page.inputValue("#pin"), "99999999999999", "nothing typed is lost");

      openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", file("system.pem"));
      openssl("req", "-new", "-key", file("system.pem"), "-subj", "/", "-out", file("system.csr"));
      await page.locator('input[value="system"]').check();
      await page.fill("#system", "Иш кагаздары");
      for (const [dns, status] of [
        ["no host name!", 422],
        ["cases.example", 200],
      ] as const) {
        await page.fill("#dns", dns);
        await page.setInputFiles("#file", file("system.csr"));
        const [answer] = await Promise.all([
          page.waitForResponse((one) => one.url().includes("/desk/certificates") && one.status() !== 303),
          page.locator("main form button").last().click(),
        ]);
        assert.equal(answer.status(), status, await page.locator("main").innerText());
      }
      assert.match(page.url(), /\/desk\/certificates\/[0-9a-f]+$/);
      const other = createVisitor(house.address);
      await other.post("/ky/desk/sign-in", { post: "civil-registry-registrar-1" });
      assert.equal((await other.get("/ky/desk/certificates")).status, 403, "another post may not");
    }),
);
