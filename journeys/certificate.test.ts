/** The whole way of the certificate of residence: from the first page to a paper that anyone can check without us. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { noBrowser, overflow, type Page, pictureFile, screenshot, withPage } from "./browser.ts";
import { fillSignIn } from "./factors.ts";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { accepted, drawPage, missing, pdfsig, readCode, readWords } from "./judge.ts";
import { applyForCertificate, createVisitor, pdfLinks, readDemoPeople } from "./visitor.ts";
import { words } from "./words.ts";

const skip = await noBrowser();
const folder = temporaryFolder();
const own = join(folder, "own.pdf");
const ofAnother = join(folder, "another.pdf");
const tampered = join(folder, "tampered.pdf");
const anchorsFile = join(folder, "anchors.pem");
let house: RunningHouse;
let name = "";
let pin = "";

before(async () => {
  house = await startHouse();
  const visitor = createVisitor(house.address);
  const [first, second] = await readDemoPeople(visitor);
  ({ name, pin } = first!);
  writeFileSync(anchorsFile, (await visitor.get("/trust/anchors.pem")).bytes);
  for (const [person, file] of [
    [first!, own],
    [second!, ofAnother],
  ] as const) {
    await visitor.signIn(person.pin);
    const decided = await visitor.get(await applyForCertificate(visitor));
    writeFileSync(file, (await visitor.get(pdfLinks(decided)[0]!)).bytes);
  }
  const bytes = readFileSync(own);
  // Inside the pages: a stretch that the signature covers and that no reader of files notices.
  bytes[Math.floor(bytes.length / 3)]! ^= 1;
  writeFileSync(tampered, bytes);
});
after(() => house?.stop());

const typed = [
  { language: "ky", text: "жашаган жери жөнүндө маалымкат", how: "in Kyrgyz" },
  { language: "ky", text: "жашаган жери жонундо маалымкат", how: "in Kyrgyz without Kyrgyz letters" },
  { language: "ky", text: "jashagan jeri maalymkat", how: "in Kyrgyz with Latin letters" },
  { language: "ky", text: "маалымка", how: "only the beginning of a word" },
  { language: "ru", text: "справка о месте жительства", how: "in Russian" },
  { language: "ru", text: "спрвка прописка", how: "in Russian with a slip" },
  { language: "kk", text: "тұрғылықты жері туралы анықтама", how: "in Kazakh" },
  { language: "kk", text: "turgylykty jeri anyktama", how: "in Kazakh with Latin letters" },
  { language: "en", text: "certificate of residence", how: "in English" },
  { language: "ky", text: "Справка", how: "in Russian on the Kyrgyz pages" },
] as const;

for (const { language, text, how } of typed) {
  test(`M-A1 M-0.12: a person who types ${how} finds the certificate first`, async () => {
    const page = await createVisitor(house.address).get(`/${language}/search?q=${encodeURIComponent(text)}`);
    const [first] = [...page.text.matchAll(/href="\/[a-z]{2}\/services\/([a-z-]+)"/g)].map(([, service]) => service);
    assert.equal(first, "residence-certificate", page.text.replaceAll(/<[^>]+>/g, " ").slice(-600));
  });
}

test("M-A1: a search for something else says so and leads on", async () => {
  const page = await createVisitor(house.address).get("/ky/search?q=жалбызтикен");
  assert.match(page.text, /class="empty"/);
  assert.match(page.text, /href="\/ky\/services"/);
});

const ways = [
  { javascript: true, language: "ky", width: 1280, typed: "жашаган жери маалымкат" },
  { javascript: false, language: "ru", width: 320, typed: "справка о месте жительства" },
] as const;

for (const way of ways) {
  const title = `M-A1 M-F20 M-0.2 M-0.5: from the first page to the signed PDF ${way.javascript ? "with" : "without"} JavaScript, ${way.width} px wide`;
  test(title, { skip }, async () => {
    await withPage(way, async (page) => {
      const complaints = watch(page);
      const shot = async (step: string) => {
        assert.equal(await overflow(page), 0, `${step} is wider than the window`);
        if (way.javascript || step === "service") await screenshot(page, `${step}-${way.language}-${way.width}`);
      };
      await page.goto(house.address);
      await shot("home");
      await page.fill("#q", way.typed);
      await page.press("#q", "Enter");
      await page.locator("main .links a").first().click();
      assert.equal(new URL(page.url()).pathname, `/${way.language}/services/residence-certificate`);
      await page.goto(`${house.address}/${way.language}/sign-in?return=${encodeURIComponent(new URL(page.url()).pathname)}`);
      await shot("sign-in");
      await fillSignIn(page, house.address, pin);
      await shot("service");
      await page.locator("main form .button").click();
      await shot("form");
      assert.ok((await page.locator(".known").innerText()).includes(name.split(" ")[0]!), "what is known is shown, not asked");
      assert.equal(await page.locator("main input[type=text]").count(), 0, "nothing has to be typed");
      await page.locator("main form .button").click();
      await shot("review");
      await page.locator('main form[action$="/submit"] .button').click();
      await shot("granted");
      assert.equal(await page.locator(".outcome.good h1").innerText(), words(way.language, "portal.case.granted-title"));
      const [download] = await Promise.all([page.waitForEvent("download"), page.locator(".outcome .button").click()]);
      const file = join(folder, `${way.language}.pdf`);
      await download.saveAs(file);
      assert.match(download.suggestedFilename(), /^R-\d{4}-\d{6}\.pdf$/);
      assert.equal(readFileSync(file).subarray(0, 5).toString(), "%PDF-");
      await page.goto(`${house.address}/${way.language}/cabinet`);
      await shot("cabinet");
      assert.deepEqual(complaints, []);
    });
  });
}

test("M-A1 M-0.12: the first page on a phone begins with what a person can do", { skip }, async () => {
  await withPage({ width: 320, language: "ky" }, async (page) => {
    await page.goto(house.address);
    assert.equal(await overflow(page), 0);
    assert.ok((await page.locator("#q").boundingBox())!.y < 640, "the search is in view without scrolling");
    await screenshot(page, "home-ky-320");
  });
});

test("M-A5 M-0.6: pdfsig accepts the signature of every certificate that was given", {
  skip: missing("pdfsig", "certutil"),
}, () => {
  for (const file of [own, ofAnother]) {
    const said = pdfsig(file, readFileSync(anchorsFile, "utf8"));
    for (const line of accepted) assert.ok(said.includes(line), `${line} not in: ${said}`);
  }
  assert.doesNotMatch(pdfsig(tampered, readFileSync(anchorsFile, "utf8")), /Signature is Valid/);
});

test("M-F20 M-0.1: the paper says who, where and by what number, and tells how to check it", {
  skip: missing("pdftotext", "pdftoppm"),
}, () => {
  const text = readWords(own);
  for (const part of name.split(" ")) assert.ok(text.includes(part), `${part} not in: ${text}`);
  assert.match(text, /№ R-\d{4}-\d{6}/);
  assert.ok(text.includes(`${house.address}/verify`), "the address at which it can be checked");
  assert.ok(drawPage(own, pictureFile("certificate-ky")));
});

test("M-A5 M-0.1: the page of checking accepts the file and refuses a changed byte and another person's code, saying which", {
  skip: skip || missing("pdftoppm", "zbarimg"),
}, async () => {
  await withPage({ language: "ky" }, async (page) => {
    const check = async (file: string, code = "") => {
      await page.goto(`${house.address}/ky/verify`);
      await page.setInputFiles("#file", file);
      await page.fill("#text", code);
      await page.locator("main form .button").click();
    };
    const outcome = () => page.locator(".outcome").innerText();
    await check(own);
    assert.ok((await outcome()).includes(words("ky", "documents.verdict.valid.title")));
    assert.ok((await page.locator(".facts").innerText()).includes(name.split(" ")[0]!), "what was signed is shown");
    await screenshot(page, "verify-good-ky");
    await check(own, readCode(own));
    assert.ok((await outcome()).includes(words("ky", "documents.verdict.valid.title")), "its own code agrees");
    await check(tampered);
    assert.equal(await page.locator(".outcome.bad").count(), 1);
    assert.ok((await outcome()).includes(words("ky", "documents.verdict.refused.title")));
    assert.equal(
      (await outcome()).includes(name.split(" ")[0]!),
      false,
      "nothing of a changed file is repeated as if it were true",
    );
    await check(own, readCode(ofAnother));
    assert.ok((await outcome()).includes(words("ky", "documents.refusals.qr-of-another-document.title")), await outcome());
    await screenshot(page, "verify-refused-ky");
  });
});

test("M-A5: the code alone, as a camera reads it, is checked too, and an invented one is refused", {
  skip: missing("pdftoppm", "zbarimg"),
}, async () => {
  const visitor = createVisitor(house.address, "en");
  const code = readCode(own);
  assert.match(code, /^KRG1:/);
  assert.match((await visitor.post("/en/verify", { text: code })).text, /class="outcome good"/);
  for (const wrong of [`${code.slice(0, 40)}A${code.slice(41)}`, "KRG1:", "привет", "KRG1:" + "A".repeat(4000)]) {
    const page = await visitor.post("/en/verify", { text: wrong });
    assert.equal(page.status, 200);
    assert.match(page.text, /class="outcome bad"/);
  }
});

test("M-A5 M-0.6: with the server stopped kerege verify still accepts the certificate and refuses the changed one", async () => {
  assert.equal(await house.stop(), 0, house.said());
  const genuine = await kerege(["verify", own, "--anchors", anchorsFile]);
  assert.equal(genuine.code, 0, genuine.text);
  for (const part of name.split(" ")) assert.ok(genuine.text.includes(part), genuine.text);
  const refused = await kerege(["verify", tampered, "--anchors", anchorsFile]);
  assert.equal(refused.code, 1, refused.text);
  assert.equal(refused.text.includes(name.split(" ")[0]!), false);
  const unknown = await kerege(["verify", own, "--anchors", await anchorsOfAnotherState()]);
  assert.equal(unknown.code, 1, unknown.text);
});

async function anchorsOfAnotherState(): Promise<string> {
  const other = await startHouse();
  const file = join(folder, "other-anchors.pem");
  writeFileSync(file, (await createVisitor(other.address).get("/trust/anchors.pem")).bytes);
  await other.stop();
  return file;
}

/** What the browser complains of: errors of scripts, refused by the content policy, files that did not come. */
function watch(page: Page): string[] {
  const complaints: string[] = [];
  page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  return complaints;
}
