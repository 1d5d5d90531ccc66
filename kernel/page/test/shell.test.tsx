import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts, type Language, languages } from "../../locale.ts";
import { AppShell, renderPage, type ShellProps } from "../index.ts";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../locales/", import.meta.url));
const portalName = { ky: "Сыноо порталы", ru: "Пробный портал", kk: "Сынақ порталы", en: "Trial portal" };

function page(language: Language, more: Partial<ShellProps> = {}, given: Partial<ShellProps["visit"]> = {}): string {
  const visit: ShellProps["visit"] = {
    language,
    t: texts.of(language),
    path: `/${language}`,
    prefs: { size: "normal", contrast: "normal", images: "on", theme: "auto" },
    links: [{ href: `/${language}/help`, text: "?" }],
    country: { name: portalName, portalName, demo: true, languages: [...languages] },
    ...given,
  };
  return renderPage(<AppShell visit={visit} title="Ү & Ө" children={<h1>Ү</h1>} {...more} />);
}

for (const language of languages) {
  test(`a page in ${language} names its language, itself and its portal`, () => {
    const html = page(language);
    assert.match(html, new RegExp(`^<!doctype html><html lang="${language}" `));
    const title = texts.translate(language, "kernel.page.title", { title: "Ү &amp; Ө", portal: portalName[language] });
    assert.deepEqual(html.match(/<title>.*?<\/title>/gs), [`<title>${title}</title>`]);
  });

  test(`the first thing to reach on a page in ${language} leads to its content`, () => {
    const body = page(language).split("<body>")[1]!;
    assert.ok(
      body.startsWith(`<a class="skip" href="#main">${texts.translate(language, "kernel.page.skip")}</a>`),
      body.slice(0, 200),
    );
    assert.equal(body.match(/<main id="main"[^>]*tabindex="-1"/g)?.length, 1);
  });
}

test("the frame has no first heading of its own: it belongs to the page", () => {
  assert.equal(page("ky").match(/<h1/g)?.length, 1);
  assert.equal(page("ky", { children: "no heading" }).match(/<h[1-6]/g), null);
});

test("every mark has an id once", () => {
  const ids = [...page("ru").matchAll(/ id="([^"]*)"/g)].map(([, id]) => id);
  assert.deepEqual(ids, [...new Set(ids)]);
});

test("every field of the frame has a label", () => {
  const html = page("kk");
  const inputs = [...html.matchAll(/<input ([^>]*)>/g)].map(([, attributes]) => attributes!);
  const unlabelled = inputs.filter((attributes) => {
    const id = / ?id="([^"]*)"/.exec(attributes)?.[1];
    return !/type="(hidden|radio)"/.test(attributes) && !html.includes(`for="${id}"`);
  });
  assert.deepEqual(unlabelled, []);
  const radios = [...html.matchAll(/<label>\s*<input type="radio"/g)].length;
  assert.equal(radios, inputs.filter((attributes) => attributes.includes('type="radio"')).length);
});

test("what changes something is posted, and only to this site", () => {
  for (const [form] of page("en").matchAll(/<form[^>]*>/g)) {
    assert.match(form, / action="\/en\//);
    assert.match(form, /method="post"|role="search"/);
  }
});

test("a page under work is asked for again only where it says so", () => {
  assert.doesNotMatch(page("ky"), /http-equiv="refresh"/);
  assert.match(page("ky", { refresh: 5 }), /<meta http-equiv="refresh" content="5"/);
});

test("who acts for another sees for whom on every page, with the way back", () => {
  const html = page("en", {}, { person: { name: "A", acting: "B & C" } });
  assert.match(html, /<section class="acting"[^>]*>.*B &amp; C.*action="\/en\/cabinet\/acting\/end"/s);
  assert.doesNotMatch(page("en", {}, { person: { name: "A" } }), /class="acting"/);
});

test("the search of the header is left out where the page has its own", () => {
  assert.match(page("ky"), /id="q-head"/);
  assert.doesNotMatch(page("ky", { noSearch: true }), /id="q-head"/);
});

test("a frame drawn for one person and address tells nothing of them on the next page", () => {
  const country = { name: portalName, portalName, demo: true, languages: [...languages] };
  const links = [{ href: "/ru/help", text: "?" }];
  const secret = { title: "TITLE", top: <p>TOP</p>, children: <p>CONTENT</p> };
  const first = page("ru", secret, { country, links, person: { name: "NAME", acting: "ACTING" }, path: "/ru/PATH" });
  const second = page("ru", { top: <p>b</p> }, { country, links, person: { name: "b" }, path: "/ru/b" });
  for (const word of ["TITLE", "TOP", "CONTENT", "NAME", "ACTING", "PATH"]) {
    assert.ok(first.includes(word), word);
    assert.ok(!second.includes(word), word);
  }
  assert.doesNotMatch(first + second, /[\uE000\uE001]/);
});

test("one frame is drawn for each set of switches, each person signed in or not, each country", () => {
  const country = { name: portalName, portalName, demo: true, languages: [...languages] };
  const links = [{ href: "/ru/help", text: "?" }];
  const plain = page("ru", {}, { country, links });
  const others = [
    page("ru", {}, { country, links, prefs: { size: "large", contrast: "normal", images: "on", theme: "auto" } }),
    page("ru", {}, { country, links, person: { name: "a" } }),
    page("ru", {}, { country, links, person: { name: "a", acting: "c" } }),
    page("ru", { noSearch: true }, { country, links }),
    page("ru", { refresh: 3 }, { country, links }),
    page("ru", {}, { country: { ...country, demo: false }, links }),
    page("ru", {}, { country, links: [{ href: "/ru/verify", text: "!" }] }),
    page("ru", {}, { country, links, t: (key) => key }),
  ];
  for (const other of others) assert.notEqual(other, plain);
  assert.equal(new Set(others).size, others.length);
  assert.equal(page("ru", {}, { country, links }), plain);
});
