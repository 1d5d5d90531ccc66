import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { addLocales, compileMessage as compileIcu, createTexts, languages } from "@kerege/kernel/locale";
import { loadPacks, reporter } from "@kerege/kernel/pack";
import block from "../block.ts";
import { checkMessage, compileMessage } from "../message.ts";
import { parseTemplate, type Vocabulary } from "../template.ts";
import { installation } from "./standard.ts";

const vocabulary: Vocabulary = {
  facts: { name: { type: "text" }, born_on: { type: "date" } },
  texts: new Set(["title", "said"]),
};
const faultsOf = (text: string) =>
  parseTemplate(text, vocabulary).faults.map(({ line, column, code, params }) =>
    `${line}:${column} ${code.split(".").at(-1)} ${Object.values(params)[0] ?? ""}`.trim(),
  );
const within = (inner: string) => `<document>\n<h1>{{t title}}</h1>\n${inner}\n</document>`;

test("a template is read into nodes, without the space that indents it", () => {
  const { nodes, faults, uses } = parseTemplate(
    within("<p>\n  {{t said}} <b>{{name}}</b>, {{date born_on}}<br/>\n  {{name}}\n</p>"),
    vocabulary,
  );
  assert.deepEqual(faults, []);
  assert.deepEqual([...uses.facts], ["name", "born_on"]);
  assert.deepEqual(nodes[1], {
    kind: "p",
    inline: [
      { bold: false, part: { kind: "text", key: "said" } },
      { bold: false, part: { kind: "literal", text: " " } },
      { bold: true, part: { kind: "fact", name: "name" } },
      { bold: false, part: { kind: "literal", text: ", " } },
      { bold: false, part: { kind: "fact", name: "born_on" } },
      { bold: false, part: { kind: "break" } },
      { bold: false, part: { kind: "fact", name: "name" } },
    ],
  });
});

const faulty: [what: string, text: string, fault: string][] = [
  ["an unknown element", within("<div></div>"), "3:1 unknown-element div"],
  ["a script", within("<script></script>"), "3:1 unknown-element script"],
  ["an unknown fact", within("<p>\n {{surname}}</p>"), "4:2 unknown-fact surname"],
  ["an inherited name", within("<p>{{constructor}}</p>"), "3:4 unknown-fact constructor"],
  [
    "an expression",
    within("<p>{{constructor.constructor('x')()}}</p>"),
    "3:4 unknown-placeholder constructor.constructor('x')()",
  ],
  ["an unknown text", within("<p>{{t hello}}</p>"), "3:4 unknown-text hello"],
  ["a day as text", within("<p>{{born_on}}</p>"), "3:4 date-as-text born_on"],
  ["a text as a day", within("<p>{{date name}}</p>"), "3:4 text-as-date name"],
  ["words of its own", within("<p>Hello</p>"), "3:4 literal-words Hello"],
  ["words outside", within("{{name}}"), "3:1 words-outside {{name}}"],
  ["a misplaced element", within("<li>{{name}}</li>"), "3:1 misplaced-element li"],
  ["an attribute", within('<p style="x">{{name}}</p>'), "3:1 unknown-attribute style"],
  ["a row of nothing", within("<facts><fact/></facts>"), "3:8 missing-attribute name"],
  ["a row of an unknown fact", within('<facts><fact name="surname"/></facts>'), "3:8 unknown-fact surname"],
  ["a wrong end", within("<p>{{name}}</small>"), "3:12 wrong-end small"],
  ["no end", "<document>\n<h1>{{t title}}</h1>", "1:1 not-ended document"],
  ["an element that must end itself", within("<p>{{name}}<br></p>"), "3:12 needs-end br"],
  ["no document", "", "1:1 no-document"],
  ["no heading", "<document><p>{{name}}</p></document>", "1:1 no-heading"],
  ["a second document", `${within("")}<document><h1>{{name}}</h1></document>`, "4:12 second-document"],
];
for (const [what, text, fault] of faulty) {
  test(`a template with ${what} is refused with its place`, () =>
    assert.ok(faultsOf(text).includes(fault), faultsOf(text).join("; ")));
}

test("texts name facts as ICU MessageFormat does, and nothing else", () => {
  const facts = { name: "Айгүл", born_on: "1990-05-12" };
  for (const language of languages) {
    const text = "{name}: {born_on, date}";
    assert.equal(compileMessage(text, language)(facts).replaceAll("\u00a0", " "), compileIcu(text, language)(facts));
  }
  const codes = (text: string) => checkMessage(text, vocabulary).map(({ code }) => code.split(".").at(-1));
  assert.deepEqual(codes("{name} {born_on, date}"), []);
  assert.deepEqual(codes("{surname}"), ["unknown-fact"]);
  assert.deepEqual(codes("{born_on}"), ["date-as-text"]);
  assert.deepEqual(codes("{name, plural, other {# x}}"), ["unknown-placeholder"]);
  assert.deepEqual(codes("{"), ["unknown-placeholder"]);
  assert.equal(compileMessage("{name} {second} {third}, x", "en")({ name: "A" }), "A, x");
});

test("each fault of a declaration is told with its file and line, and has words in four languages", () => {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-faulty-"));
  try {
    const folder = path.join(root, "fixture");
    cpSync(path.join(installation, "packs/fixture"), folder, { recursive: true });
    const edit = (file: string, change: (text: string) => string) => {
      const place = path.join(folder, "documents", file);
      writeFileSync(place, change(readFileSync(place, "utf8")));
    };
    edit(
      "note.yaml",
      (text) =>
        `${text
          .replace("document: note", "document: club-card")
          .replace(
            "  word: {",
            "  number: { type: text, title: { ky: а, ru: а, kk: а, en: 漢 } }\n  other: { type: text, short: w, title: { ky: а, ru: а, kk: а, en: a } }\n  word: {",
          )
          .replace('en: "Said: {word}"', 'en: "Said: {world}"')}  idle: { ky: а, ru: а, kk: а, en: a }\n`,
    );
    edit("note.html", (text) => text.replace("<number/>", "<number/><blink/>"));
    writeFileSync(path.join(folder, "documents/orphan.html"), "<document/>");
    const packs = loadPacks({ root, folders: [folder], kinds: block.packFiles! });
    block.check!(packs, reporter(packs.faults));
    const found = packs.faults
      .map(({ file, line, code }) => `${path.basename(file)}:${line} ${code.replace("documents.faults.", "")}`)
      .sort();
    assert.deepEqual(found, [
      "note.html:3 unknown-element",
      "note.yaml:1 name-differs",
      "note.yaml:1 twice",
      "note.yaml:10 own-fact",
      "note.yaml:10 unprintable",
      "note.yaml:12 short-twice",
      "note.yaml:14 unknown-fact",
      "note.yaml:15 unused-text",
      "orphan.html:1 no-declaration",
    ]);
    const texts = createTexts();
    addLocales(texts, "documents", block.locales!);
    const codes = [
      ...packs.faults.map(({ code }) => code),
      ...faulty.map(([, , fault]) => `documents.faults.${fault.split(" ")[1]}`),
    ];
    for (const language of languages) {
      const keys = new Set(texts.keys(language));
      for (const code of codes)
        for (const part of ["message", "remedy"]) assert.ok(keys.has(`${code}.${part}`), `${language} ${code}.${part}`);
    }
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});

test("a file that breaks the schema is refused field by field", () => {
  const schema = readFileSync(fileURLToPath(new URL("../pack/document.schema.json", import.meta.url)), "utf8");
  assert.ok(schema.includes("2020-12"));
  const root = mkdtempSync(path.join(tmpdir(), "kerege-faulty-"));
  try {
    const folder = path.join(root, "fixture");
    cpSync(path.join(installation, "packs/fixture"), folder, { recursive: true });
    const place = path.join(folder, "documents/note.yaml");
    const text = readFileSync(place, "utf8")
      .replace("languages: person", "languages: all\ncolour: red")
      .replace("retention: forever", "retention: { years: 0 }");
    writeFileSync(place, text);
    const { faults } = loadPacks({ root, folders: [folder], kinds: block.packFiles! });
    const found = faults.map(({ line, code }) => `${line} ${code.replace("kernel.faults.", "")}`);
    for (const fault of ["7 not-one-of", "8 unknown-field", "9 out-of-range"]) assert.ok(found.includes(fault), found.join("; "));
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
