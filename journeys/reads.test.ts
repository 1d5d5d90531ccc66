/** Who read my data: every reading of a register about a person stands on the person's own page, and on nobody else's. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { axe, noBrowser, screenshot, withPage } from "./browser.ts";
import { type RunningHouse, startHouse } from "./house.ts";
import { applyForCertificate, createVisitor, readDemoPeople, type Visitor } from "./visitor.ts";
import { words } from "./words.ts";

const skip = await noBrowser();
let house: RunningHouse;
let one: { pin: string; name: string };
let other: { pin: string; name: string };
let visitor: Visitor;
let casePath = "";

before(async () => {
  house = await startHouse();
  visitor = createVisitor(house.address);
  [one, other] = (await readDemoPeople(visitor)) as [typeof one, typeof other];
});
after(() => house?.stop());

/** Cells of the table, row by row, as text. */
async function rows(person: Visitor, language = "ky"): Promise<string[][]> {
  const { text } = await person.get(`/${language}/cabinet/reads`);
  const body = /<tbody>(.*?)<\/tbody>/s.exec(text)?.[1] ?? "";
  return [...body.matchAll(/<tr>(.*?)<\/tr>/gs)].map(([, row = ""]) =>
    [...row.matchAll(/<td>(.*?)<\/td>/gs)].map(([, cell = ""]) =>
      cell
        .replaceAll(/<span class="cell-name".*?<\/span>/gs, "")
        .replaceAll(/<[^>]+>/g, " ")
        .replaceAll(/\s+/g, " ")
        .trim(),
    ),
  );
}

test("M-A21 M-0.7: before anything is asked for, nobody has read anything", async () => {
  await visitor.pickFromList(one.pin);
  assert.deepEqual(await rows(visitor), []);
  assert.ok((await visitor.get("/ky/cabinet/reads")).text.includes(words("ky", "portal.cabinet.reads-none")));
});

test("M-A21 M-0.7 M-A9: after a certificate the page tells the body, the service, the fields in words, the purpose and the article", async () => {
  casePath = await applyForCertificate(visitor);
  for (const [language, body, service, field, purpose] of [
    ["ky", "Калкты каттоо департаменти", "Жашаган жери жөнүндө маалымкат", "фамилиясы", "маалымкатты даярдоо"],
    ["en", "Department of Population Registration", "Certificate of place of residence", "surname", "certificate"],
  ] as const) {
    const found = await rows(visitor, language);
    assert.ok(found.length >= 2, `registers read: ${JSON.stringify(found)}`);
    for (const [when = "", who = "", what = "", why = ""] of found) {
      assert.match(when, /\d{1,2}[:.]\d{2}/);
      assert.ok(who.includes(service), `the service in: ${who}`);
      assert.ok(who.includes(body), `the body in: ${who}`);
      assert.doesNotMatch(what, /[a-z]+_[a-z]+/, "a field by its name in the code");
      assert.ok(why.includes(purpose), `the purpose in: ${why}`);
      assert.match(why, /21\.2/, "the article");
    }
    assert.ok(
      found.some(([, , what = ""]) => what.includes(field)),
      `${field} is told`,
    );
  }
});

test("M-A21: what was not read is not told: the form asked for nothing about children", async () => {
  const about = (await rows(visitor)).map(([, , what = ""]) => what).join(" ");
  assert.doesNotMatch(about, /жынысы|туулган жери|жарандыгы/i);
});

test("M-A21 M-0.7: nobody sees the readings about another person, and looking at one's own is told too", async () => {
  const neighbour = createVisitor(house.address);
  await neighbour.pickFromList(other.pin);
  assert.deepEqual(await rows(neighbour), []);
  const before = (await rows(visitor)).length;
  await visitor.get("/ky/cabinet/me");
  const after = await rows(visitor);
  assert.ok(after.length > before, "the person's own look is written like any other");
  assert.equal(after[0]![1], words("ky", "portal.reads.you"));
  assert.deepEqual(await rows(neighbour), []);
});

test("M-A21: the case a reading was for is one step away", async () => {
  const { text } = await visitor.get("/ky/cabinet/reads");
  assert.ok(text.includes(`href="${casePath}"`));
});

test("M-A21 M-0.12: the page is pleasant on a phone and on a desk", { skip }, async () => {
  for (const width of [320, 1280]) {
    await withPage({ width, language: "ky" }, async (page) => {
      await page.context().addCookies(
        visitor
          .cookies()
          .split("; ")
          .map((pair) => ({ name: pair.split("=")[0]!, value: pair.split("=")[1]!, url: house.address })),
      );
      await page.goto(`${house.address}/ky/cabinet/reads`);
      assert.deepEqual(await axe(page), []);
      await screenshot(page, `reads-ky-${width}`);
    });
  }
});
