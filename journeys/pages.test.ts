/**
 * Every page a person may see, in four languages and four looks, 320 px wide: nothing sticks out, nothing is left untranslated, the
 * browser complains of nothing. axe looks at each page in each language and in each look once (a Latin square), not in all sixteen
 * pairs: what it finds depends on the one or on the other.
 */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { type AxeFault, axe, type Language, noBrowser, overflow, type Page, screenshot, withPage } from "./browser.ts";
import { type RunningHouse, startHouse } from "./house.ts";
import { applyForCertificate, createVisitor, readDemoPeople, type Visitor } from "./visitor.ts";
import { words } from "./words.ts";

const skip = await noBrowser();
const languages: Language[] = ["ky", "ru", "kk", "en"];
const looks = [
  { look: "light", cookie: "", theme: "light" },
  { look: "dark", cookie: "", theme: "dark" },
  { look: "contrast", cookie: "contrast.high", theme: "light" },
  { look: "largest", cookie: "size.largest", theme: "light" },
] as const;

const open = [
  "",
  "/services",
  "/services/residence-certificate",
  "/services/change-of-address",
  "/services/library-card",
  "/life-events/home",
  "/bodies/civil-registry",
  "/search?q=spravka",
  "/search?q=zzzzz",
  "/help",
  "/accessibility",
  "/verify",
  "/sign-in",
  "/there-is-no-such-page",
];
/** With `:granted`, `:form`, `:draft` and `:letter` in the place of the person's own things. */
const own = [
  "/cabinet",
  "/cabinet/cases",
  "/cabinet/documents",
  "/cabinet/letters",
  "/cabinet/letters/:letter",
  "/cabinet/reads",
  "/cabinet/me",
  "/cabinet/devices",
  "/cases/:granted",
  "/cases/:draft/form/:form",
  "/cases/:moving/form/new-address",
  "/cases/:draft/review",
  "/cases/:draft/withdraw",
];

let house: RunningHouse;
let settled: Visitor;
let newcomer: Visitor;
const places = new Map<string, string>();

before(async () => {
  house = await startHouse();
  settled = createVisitor(house.address);
  newcomer = createVisitor(house.address);
  const [first, second] = await readDemoPeople(settled);
  await settled.signIn(first!.pin);
  await newcomer.signIn(second!.pin);
  places.set(":granted", (await applyForCertificate(settled)).split("/").at(-1)!);
  await refuseMove();
  const draft = await settled.post("/ky/services/residence-certificate/start");
  await settled.post(draft.path, { whose: "me", document_language: "ky" });
  places.set(":draft", draft.path.split("/")[3]!).set(":form", draft.path.split("/")[5]!);
  const letters = await settled.get("/ky/cabinet/letters");
  places.set(":letter", /\/cabinet\/letters\/([0-9a-f-]{36})"/.exec(letters.text)?.[1] ?? "none");
  const moving = await settled.post("/ky/services/change-of-address/start");
  places.set(":moving", moving.path.split("/")[3]!);
});
after(() => house?.stop());

/** Moves the person to where he lives already: refused, with a letter that says why. */
async function refuseMove(): Promise<void> {
  let page = await settled.post("/ky/services/change-of-address/start");
  const [place = "", street = "", number = ""] = [...page.text.matchAll(/<dd>([^<]+)<\/dd>/g)]
    .map(([, value = ""]) => value)
    .slice(2, 5);
  const typed: [string, string][] = [
    ["new_home.place", place],
    ["new_home.street", street],
    ["new_home.house", number],
  ];
  page = await settled.post(page.path, typed);
  const choice = /name="new_home" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
  page = await settled.post(page.path, [...typed, ["new_home", choice]]);
  const [year = "", month = "", day = ""] = new Date().toLocaleDateString("sv", { timeZone: "Asia/Bishkek" }).split("-");
  page = await settled.post(page.path, [
    ["moved_on.day", day],
    ["moved_on.month", month],
    ["moved_on.year", year],
    ["with_children", "no"],
  ]);
  page = await settled.post(page.path.replace(/review$/, "submit"));
  assert.match(page.text, /class="outcome bad"/);
  places.set(":refused", page.path.split("/").at(-1)!);
}

interface Fault {
  page: string;
  faults: (string | AxeFault)[];
}

/** Opens each page in a language and look and gives every fault of every page. */
async function walk(given: {
  paths: string[];
  language: Language;
  look: (typeof looks)[number];
  visitor?: Visitor;
}): Promise<Fault[]> {
  const { paths, language, look, visitor } = given;
  const found: Fault[] = [];
  await withPage({ width: 320, language, theme: look.theme }, async (page) => {
    const complaints: string[] = [];
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("pageerror", (error) => complaints.push(error.message));
    const cookies = [...(visitor?.cookies().split("; ") ?? []), look.cookie && `preferences=${look.cookie}`].filter(
      Boolean,
    ) as string[];
    await page
      .context()
      .addCookies(cookies.map((pair) => ({ name: pair.split("=")[0]!, value: pair.split("=")[1]!, url: house.address })));
    for (const [index, path] of paths.entries()) {
      const address = `/${language}${path.replaceAll(/:[a-z]+/g, (name) => places.get(name) ?? name)}`;
      const answer = await page.goto(house.address + address);
      const faults: Fault["faults"] = await faultsOf(page, language);
      // Chromium tells every answer that is not 2xx as an error: what is expected is not a complaint.
      const missing = path === "/there-is-no-such-page";
      if (answer?.status() !== (missing ? 404 : 200)) faults.push(`answered ${answer?.status()}`);
      faults.push(...complaints.splice(0).filter((line) => !(missing && line.includes("404"))));
      if ((index + languages.indexOf(language)) % looks.length === looks.indexOf(look)) faults.push(...(await axe(page)));
      if (faults.length > 0) found.push({ page: `${address} (${look.look})`, faults });
    }
  });
  return found;
}

/** Two or more names with dots between: a text that nobody wrote. A message that was not filled in: `{count, plural`. */
const unwritten =
  /\b(?:portal|kernel|services|documents|trust|identity|post|registry|reference|synthetic)\.[a-z][\w-]*(?:\.[\w-]+)+|\{\w+(?:,|\})/g;
/** Four Latin words in a row are a sentence in another language, unless they are marked as such. */
const english = /(?:\b[A-Za-z]{2,}[\s,]+){3,}[A-Za-z]{2,}/g;

async function faultsOf(page: Page, language: Language): Promise<string[]> {
  const faults: string[] = [];
  const wide = await overflow(page);
  if (wide > 0) faults.push(`${wide} px too wide`);
  const seen = await page.evaluate<{ lang: string; title: string; text: string; names: string }>(`(() => {
    const foreign = [...document.body.querySelectorAll("[lang]")];
    const text = [];
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) if (!foreign.some((one) => one.contains(walker.currentNode))) text.push(walker.currentNode.textContent);
    const named = [...document.querySelectorAll("[aria-label],[alt],[placeholder],[title]")];
    const names = named.flatMap((one) => ["aria-label", "alt", "placeholder", "title"].map((name) => one.getAttribute(name) ?? ""));
    return { lang: document.documentElement.lang, title: document.title, text: text.join("\\n"), names: names.join("\\n") };
  })()`);
  if (seen.lang !== language) faults.push(`lang is ${seen.lang}`);
  const everything = [seen.title, seen.text, seen.names].join("\n");
  for (const [match] of everything.matchAll(unwritten)) faults.push(`not translated: ${match}`);
  if (language !== "en")
    for (const [match] of everything.replaceAll("kerege verify", "").matchAll(english)) faults.push(`in English: ${match}`);
  if (/undefined|\[object|NaN|null\b/.test(everything)) faults.push("a value that is none");
  return faults;
}

for (const language of languages) {
  for (const look of looks) {
    test(`M-0.12 M-A1: open pages, ${language}, ${look.look}, 320 px: no fault`, { skip }, async () => {
      assert.deepEqual(await walk({ paths: open, language, look }), []);
    });
    test(`M-0.12 M-A1: the person's own pages, ${language}, ${look.look}, 320 px: no fault`, { skip }, async () => {
      assert.deepEqual(await walk({ paths: [...own, "/cases/:refused"], language, look, visitor: settled }), []);
    });
  }
}

test("M-A1: the cabinet of a person for whom nothing has been done yet says what will be there", { skip }, async () => {
  for (const look of looks)
    assert.deepEqual(
      await walk({
        paths: own.filter((path) => path.startsWith("/cabinet") && !path.includes(":")),
        language: "ky",
        look,
        visitor: newcomer,
      }),
      [],
    );
});

test("M-0.12: the switches work without JavaScript and stay", { skip }, async () => {
  await withPage({ javascript: false, language: "ky" }, async (page) => {
    await page.goto(`${house.address}/ky/help`);
    await page.locator(".prefs summary").click();
    await page.locator('.prefs input[name="size"][value="largest"]').check();
    await page.locator('.prefs input[name="theme"][value="dark"]').check();
    await page.locator('.prefs input[name="images"][value="off"]').check();
    await page.locator(".prefs button").click();
    assert.equal(new URL(page.url()).pathname, "/ky/help", "back where it was pressed");
    await page.goto(`${house.address}/ru`);
    const chosen = await Promise.all(
      ["size", "theme", "images", "contrast"].map((name) => page.locator("html").getAttribute(`data-${name}`)),
    );
    assert.deepEqual(chosen, ["largest", "dark", "off", "normal"]);
    assert.equal(await page.locator(".lattice").isVisible(), false, "pictures are off");
    await screenshot(page, "home-ru-dark");
  });
});

test("M-0.12: the language is chosen by address, by what was chosen before and by what the browser asks for", {
  skip,
}, async () => {
  for (const language of languages) {
    await withPage({ language }, async (page) => {
      await page.goto(house.address);
      assert.equal(await page.locator("html").getAttribute("lang"), language);
      const other = language === "kk" ? "ru" : "kk";
      await page.locator(`.langs a[hreflang="${other}"]`).click();
      assert.equal(await page.locator("html").getAttribute("lang"), other);
      await page.goto(house.address);
      assert.equal(await page.locator("html").getAttribute("lang"), other, "what was chosen is kept");
    });
  }
});

test("M-0.12: with the keyboard alone one comes past the head of the page, and every stop is seen", { skip }, async () => {
  await withPage({ language: "ky" }, async (page) => {
    await page.goto(`${house.address}/ky/services/residence-certificate`);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate<string>("document.activeElement.className"), "skip");
    assert.equal(await page.evaluate<string>("document.activeElement.textContent"), words("ky", "kernel.page.skip"));
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate<string>("document.activeElement.id"), "main");
    for (let stop = 0; stop < 6; stop++) {
      await page.keyboard.press("Tab");
      const shown = await page.evaluate<boolean>(
        "(() => { const style = getComputedStyle(document.activeElement); return style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2; })()",
      );
      assert.ok(shown, await page.evaluate<string>("document.activeElement.outerHTML"));
    }
  });
});
