import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import type { VNode } from "preact";
import { addLocales, createTexts, type Language, languages } from "../../locale.ts";
import {
  AppShell,
  BackLink,
  CardGrid,
  Choices,
  DateInput,
  EmptyState,
  ErrorSummary,
  Facts,
  FileUpload,
  Input,
  Known,
  LinkList,
  Outcome,
  renderPage,
  SearchBox,
  StackTable,
  StatusTag,
  safeHref,
  Textarea,
  Timeline,
  type Visit,
} from "../index.ts";

const texts = createTexts();
addLocales(texts, "kernel", new URL("../../locales/", import.meta.url));

const portalName = { ky: "Кереге", ru: "Кереге", kk: "Кереге", en: "Kerege" };

function visitIn(language: Language, given: Partial<Visit> = {}): Visit {
  return {
    language,
    t: texts.of(language),
    path: `/${language}/services/birth?q=a`,
    prefs: { size: "normal", contrast: "normal", images: "on", theme: "auto" },
    links: [{ href: `/${language}/help`, text: "?" }],
    country: { name: portalName, portalName, demo: true, languages: [...languages] },
    ...given,
  };
}

const hostile = `"><img src=x onerror=alert(1)><script>alert(2)</script>'`;

/** Each part of the kit with the same hostile words wherever it takes words. */
function parts(visit: Visit): Record<string, VNode> {
  const field = { t: visit.t, id: hostile, name: hostile, label: hostile, hint: hostile, error: hostile };
  const day = { day: hostile, month: hostile, year: hostile };
  return {
    AppShell: (
      <AppShell
        visit={{ ...visit, person: { name: hostile }, path: hostile, links: [{ href: hostile, text: hostile }] }}
        title={hostile}
      >
        {hostile}
      </AppShell>
    ),
    SearchBox: <SearchBox visit={visit} value={hostile} example={hostile} />,
    BackLink: <BackLink href={hostile} text={hostile} />,
    CardGrid: <CardGrid cards={[{ href: hostile, title: hostile, text: hostile }]} />,
    LinkList: <LinkList links={[{ href: hostile, title: hostile, text: hostile }]} />,
    Facts: <Facts rows={[{ name: hostile, value: hostile }]} />,
    Known: <Known title={hostile} groups={[{ source: hostile, rows: [{ name: hostile, value: hostile }] }]} note={hostile} />,
    StackTable: <StackTable caption={hostile} columns={[hostile]} rows={[[hostile]]} />,
    Timeline: <Timeline entries={[{ when: hostile, at: new Date(0), text: hostile }]} />,
    StatusTag: <StatusTag tone="good" text={hostile} />,
    EmptyState: <EmptyState text={hostile}>{hostile}</EmptyState>,
    Outcome: (
      <Outcome tone="bad" title={hostile}>
        {hostile}
      </Outcome>
    ),
    ErrorSummary: <ErrorSummary title={hostile} errors={[{ href: hostile, text: hostile }]} />,
    Input: <Input {...field} value={hostile} autocomplete={hostile} />,
    Textarea: <Textarea {...field} value={hostile} />,
    FileUpload: <FileUpload {...field} accept={hostile} />,
    Choices: <Choices {...field} value={hostile} options={[{ value: hostile, label: hostile, hint: hostile }]} />,
    DateInput: <DateInput {...field} value="" words={day} parts={day} />,
  };
}

for (const [name, part] of Object.entries(parts(visitIn("en")))) {
  test(`${name} shows hostile words as words`, () => {
    const html = renderPage(part);
    assert.doesNotMatch(html, /<img/);
    assert.doesNotMatch(html, /<script>/);
    assert.match(html, /&lt;img src=x onerror=alert\(1\)/);
  });
}

test("the kit has no way to put unescaped markup on a page", () => {
  const folder = new URL("../", import.meta.url);
  for (const file of readdirSync(folder).filter((name) => name.endsWith(".tsx"))) {
    assert.doesNotMatch(readFileSync(new URL(file, folder), "utf8"), /dangerouslySetInnerHTML|innerHTML/, file);
  }
});

for (const address of ["/ky/services", "#name", "?q=a", "https://example.org/a", "mailto:a@example.org", "tel:+996312000000"]) {
  test(`a link may lead to ${address}`, () => assert.equal(safeHref(address), address));
}

for (const address of [
  "javascript:alert(1)",
  "JavaScript:alert(1)",
  " javascript:alert(1)",
  "java\nscript:alert(1)",
  "\u0001javascript:alert(1)",
  "data:text/html,<script>alert(1)</script>",
  "vbscript:a",
  "//example.org",
  "/\\example.org",
  "/\t/example.org",
  "file:///etc/passwd",
  "",
]) {
  test(`a link never leads to ${JSON.stringify(address)}`, () => assert.equal(safeHref(address), "#"));
}

test("a page asks for no style and no script but the two files", () => {
  const html = renderPage(<AppShell visit={visitIn("ky")} title="a" children="b" />);
  assert.match(html, /^<!doctype html><html lang="ky"/);
  assert.doesNotMatch(html, / style="| on[a-z]+="|<style/);
  assert.equal(html.match(/<script/g)?.length, 1);
  assert.equal(html.match(/rel="stylesheet"/g)?.length, 1);
});

for (const language of languages) {
  test(`every word of the frame is there in ${language}`, () => {
    const missing: string[] = [];
    const visit = visitIn(language, {
      t: (key, values) => {
        const text = texts.translate(language, key, values);
        if (text === key) missing.push(key);
        return text;
      },
    });
    const field = { t: visit.t, id: "a", name: "a", label: "a", error: "b" };
    renderPage(<AppShell visit={visit} title="a" children={<Input {...field} />} />);
    renderPage(<AppShell visit={{ ...visit, person: { name: "a" } }} title="a" children="b" />);
    assert.deepEqual(missing, []);
  });

  test(`from a page in ${language} the other languages lead to the same page`, () => {
    const html = renderPage(<AppShell visit={visitIn(language)} title="a" children="b" />);
    const current = [...html.matchAll(/aria-current="true">([^<]+)</g)].map(([, name]) => name);
    assert.deepEqual(current, [{ ky: "Кыргызча", ru: "Русский", kk: "Қазақша", en: "English" }[language]]);
    for (const other of languages.filter((one) => one !== language)) {
      const address = `/${other}/services/birth?q=a`;
      assert.ok(html.includes(`rel="alternate" hreflang="${other}" href="${address}"`), other);
      assert.ok(html.includes(`/${other}/language?return=${encodeURIComponent(address)}`), other);
    }
  });
}

test("a country shows only the languages it has, and says nothing of a demo when it is none", () => {
  const visit = visitIn("ru");
  const html = renderPage(
    <AppShell visit={{ ...visit, country: { ...visit.country, demo: false, languages: ["kk", "ru"] } }} title="a" children="b" />,
  );
  assert.doesNotMatch(html, /Кыргызча|English|class="demo"/);
  assert.match(html, /Қазақша/);
});

test("the heading of a page is inside its main part, also when it stands in the hero", () => {
  const html = renderPage(<AppShell visit={visitIn("en")} title="a" top={<h1>Top</h1>} children="b" />);
  assert.ok(html.indexOf("<main") < html.indexOf("<h1>Top"));
});

test("the switches show what a person chose", () => {
  const prefs = { size: "largest", contrast: "high", images: "off", theme: "dark" } as const;
  const html = renderPage(<AppShell visit={visitIn("en", { prefs })} title="a" children="b" />);
  assert.match(html, /<html lang="en" data-size="largest" data-contrast="high" data-images="off" data-theme="dark">/);
  const chosen = [...html.matchAll(/<input type="radio" name="(\w+)" value="(\w+)" checked\/?>/g)].map(([, name, value]) => [
    name,
    value,
  ]);
  assert.deepEqual(chosen, Object.entries(prefs));
});

test("a field tells its hint and its error to who cannot see them", () => {
  const html = renderPage(
    <Input t={texts.of("en")} id="a" name="a" label="Name" hint="As in the passport" error="Write a name" />,
  );
  assert.match(html, /aria-describedby="a-hint a-error"/);
  assert.match(html, /id="a-hint"/);
  assert.match(html, /id="a-error"/);
  assert.match(html, /aria-invalid="true"/);
  assert.match(html, /<label class="label" for="a">/);
});

test("a field without hint and error is described by nothing", () => {
  const html = renderPage(<Textarea t={texts.of("en")} id="a" name="a" label="Name" />);
  assert.doesNotMatch(html, /aria-describedby|aria-invalid/);
});

test("the link of an error leads to the first choice, and every choice has a label of its own", () => {
  const options = [
    { value: "a", label: "A" },
    { value: "b", label: "B" },
  ];
  const html = renderPage(<Choices t={texts.of("en")} id="who" name="who" label="Who" value="b" options={options} />);
  assert.match(html, /<fieldset id="who"/);
  const inputs = [...html.matchAll(/<input[^>]* id="([^"]+)"/g)].map(([, id]) => id);
  const labels = [...html.matchAll(/<label for="([^"]+)"/g)].map(([, id]) => id);
  assert.equal(new Set(inputs).size, 2);
  assert.deepEqual(labels, inputs);
  assert.match(html, /value="b" checked/);
  assert.doesNotMatch(html, /value="a" checked/);
});

test("a date is shown in three fields, and what was typed is given back as it was", () => {
  const field = { t: texts.of("en"), id: "d", name: "d", label: "Born", words: { day: "Day", month: "Month", year: "Year" } };
  const values = (html: string) => [...html.matchAll(/name="d\.(\w+)" value="([^"]*)"/g)].map(([, part, value]) => [part, value]);
  assert.deepEqual(values(renderPage(<DateInput {...field} value="1987-03-05" />)), [
    ["day", "5"],
    ["month", "3"],
    ["year", "1987"],
  ]);
  const typed = { day: "31", month: "o2", year: "87" };
  assert.deepEqual(values(renderPage(<DateInput {...field} value="" parts={typed} />)), Object.entries(typed));
});

test("no errors, no summary", () => {
  assert.equal(renderPage(<ErrorSummary title="a" errors={[]} />), "<!doctype html>");
});
