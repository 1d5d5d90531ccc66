import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts, type Language, languages, type Multilingual } from "@kerege/kernel/locale";
import type { DocumentDeclaration } from "../declaration.ts";
import type { Content } from "../facts.ts";
import { createKept } from "../kept.ts";
import { compileKind } from "../kind.ts";
import { createRenderer } from "../render.ts";
import { openTypefaces } from "../typeface.ts";

const same = (text: string): Multilingual => ({ ky: text, ru: text, kk: text, en: text });
const people: Content["facts"][] = [{ name: "Айгүл" }, { name: "Ağrı", street: "Кеңсай көчөсү ".repeat(12).trim() }];
const perLanguage = (text: string): Multilingual =>
  Object.fromEntries(languages.map((language) => [language, `${text} ${language}`])) as Multilingual;

const declaration: DocumentDeclaration = {
  document: "leaf",
  title: perLanguage("Баракча"),
  law: [],
  body: { code: "body", name: perLanguage("Мекеме") },
  languages: "state-and-person",
  retention: "forever",
  facts: {
    name: { type: "text", title: perLanguage("Аты") },
    street: { type: "address", title: perLanguage("Дареги"), optional: true },
  },
  texts: {
    // Longer than a line, with letters beyond the common ones.
    always: perLanguage(`Ağrı ӯ ${"сөз ".repeat(40)}`),
    about: same("{name} — {issued_on, date}"),
    point: perLanguage("Пункт"),
  },
};
const template = `<document><h1>{{t title}}</h1><number/><p>{{t always}}<br/><b>{{t point}}</b></p><facts><fact name="name"/><fact name="street"/>
<fact name="issued_on"/></facts><ul><li>{{t point}}</li><li>{{name}}</li></ul><small>{{t about}}</small></document>`;

/** A house that has not made a document yet. */
function openRenderer() {
  const texts = createTexts();
  addLocales(texts, "documents", new URL("../locales/", import.meta.url));
  const own = Object.fromEntries(["number", "issued_on", "valid_through"].map((name) => [name, same(name)]));
  const kind = compileKind(declaration, template, own);
  const renderer = createRenderer({
    texts,
    typefaces: openTypefaces(),
    state: perLanguage("Өлкө"),
    address: "https://portal.example",
  });
  return (number: number, { shown, day, facts }: { shown: Language[]; day: string; facts: Content["facts"] }): Buffer => {
    const content: Content = {
      document: "leaf",
      number: `2026-${number}`,
      issued_on: day,
      body: "body",
      body_name: {},
      title: {},
      facts,
      labels: [],
    };
    const at = new Date(`${day}T09:00:00Z`);
    const statement = `KRG1:${number}`;
    return renderer.render({ kind, content, facts: Buffer.from("{}"), statement, languages: shown, heads: shown, at });
  };
}

test("a document has the same bytes whether it is the first of a house or follows any others", () => {
  const given = (["ky", "ru", "kk", "en"] as const).flatMap((person, index) =>
    ["2026-11-05", "2026-11-06"].flatMap((day) =>
      people.map((facts) => ({
        shown: index === 0 ? [person] : (["ky", person] as Language[]),
        day,
        facts,
      })),
    ),
  );
  const first = given.map((each, number) => openRenderer()(number, each));
  const render = openRenderer();
  for (const [number, each] of [...given.entries()].reverse())
    assert.ok(render(number, each).equals(first[number]!), `${number}`);
  for (const [number, each] of given.entries()) assert.ok(render(number, each).equals(first[number]!), `${number} again`);
});

test("what is kept is made once, and the one not asked for longest goes first", () => {
  const kept = createKept<string>(2);
  const made: string[] = [];
  const ask = (text: string) =>
    kept.of(text, () => {
      made.push(text);
      return text.toUpperCase();
    });
  assert.deepEqual(["a", "b", "a", "c", "a", "b"].map(ask), ["A", "B", "A", "C", "A", "B"]);
  assert.deepEqual(made, ["a", "b", "c", "b"]);
});
