/** Outside programs read what we write. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Language } from "@kerege/kernel/locale";
import { encodeQR } from "qr";
import { drawQr, QUIET } from "../qr.ts";
import { aigul, card, missing, openStandard, portal } from "./standard.ts";

const LANGUAGES: Language[] = ["ky", "ru", "kk", "en"];
const folder = mkdtempSync(path.join(tmpdir(), "kerege-documents-"));
const files = new Map<Language, { file: string; statement: string; number: string }>();
let standard: Awaited<ReturnType<typeof openStandard>>;
const run = (program: string, ...parts: string[]) =>
  execFileSync(program, parts, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

before(async () => {
  standard = await openStandard();
  for (const language of LANGUAGES) {
    const { id, pdf, number } = await standard.door.issue(portal, card({ case: language, language }));
    const file = path.join(folder, `${language}.pdf`);
    writeFileSync(file, pdf);
    files.set(language, { file, number, statement: (await standard.door.read(aigul, id)).statement });
  }
});
after(async () => {
  await standard.house.close();
  rmSync(folder, { recursive: true, force: true });
});

test("qpdf finds nothing wrong with the structure", { skip: missing(["qpdf", "qpdf"]) }, () => {
  for (const { file } of files.values()) {
    const said = run("qpdf", "--check", file);
    assert.match(said, /No syntax or stream encoding errors found/);
    assert.doesNotMatch(said, /WARNING/);
  }
});

test("qpdf reads the facts out again as they were attached", { skip: missing(["qpdf", "qpdf"]) }, () => {
  const { file, statement, number } = files.get("ru")!;
  assert.equal(run("qpdf", "--show-attachment=statement.txt", file), statement);
  const facts = JSON.parse(run("qpdf", "--show-attachment=facts.json", file));
  assert.equal(facts.number, number);
  assert.deepEqual(facts.facts, card().facts);
});

test("all fonts are inside and say which characters they show", { skip: missing(["pdffonts", "poppler-utils"]) }, () => {
  for (const { file } of files.values()) {
    const rows = run("pdffonts", file).trim().split("\n").slice(2);
    assert.equal(rows.length, 2);
    for (const row of rows) assert.match(row, /CID TrueType +Identity-H +yes yes yes/);
  }
});

test("the text comes out letter for letter, with every letter of Kyrgyz and Kazakh", {
  skip: missing(["pdftotext", "poppler-utils"]),
}, () => {
  const texts: Record<Language, string[]> = {
    ky: ["Клубдун мүчөлүк баракчасы", "1990-жылдын 12-майы", "Гүлжаң Өмүрбековна Үсөнбаева клубдун мүчөсү."],
    ru: ["Карточка члена клуба", "12 мая 1990 г.", "Гүлжаң Өмүрбековна Үсөнбаева состоит в клубе."],
    kk: ["Клуб мүшесінің карточкасы", "1990 жылғы 12 мамыр", "Гүлжаң Өмүрбековна Үсөнбаева клуб мүшесі."],
    en: ["Club membership card", "12 May 1990", "Гүлжаң Өмүрбековна Үсөнбаева is a member of the club."],
  };
  for (const [language, { file, number }] of files) {
    // Lines that were broken are joined: columns are read one after the other in the order of the content.
    const said = run("pdftotext", "-raw", file, "-").replace(/\s+/g, " ");
    for (const text of [
      ...texts[language],
      number,
      card().facts.pin!,
      "ң ө ү ә ғ қ ұ һ і Ң Ө Ү Ә Ғ Қ Ұ Һ І",
      "“№ 5” — ₸",
      "Ат-Башы району,",
    ]) {
      assert.ok(said.includes(text), `${language}: ${text}\n${said}`);
    }
  }
});

test("the code on the printed page reads as the statement", {
  skip: missing(["pdftoppm", "poppler-utils"], ["zbarimg", "zbar-tools"]),
}, () => {
  for (const { file, statement } of files.values()) {
    const picture = file.replace(/\.pdf$/, "");
    run("pdftoppm", "-png", "-r", "150", "-gray", "-singlefile", file, picture);
    assert.equal(run("zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", `${picture}.png`).trimEnd(), statement);
  }
});

test("poppler accepts the signature", { skip: missing(["pdfsig", "poppler-utils"]) }, () => {
  for (const { file } of files.values()) {
    const said = run("pdfsig", "-nocert", file);
    assert.match(said, /Signature is Valid/);
    assert.match(said, /Total document signed/);
  }
});

test("a reading program finds the structure: language, headings, rows and what the code is", {
  skip: missing(["pdfinfo", "poppler-utils"]),
}, () => {
  const { file, number } = files.get("ru")!;
  const information = run("pdfinfo", file);
  assert.match(information, /Tagged: +yes/);
  assert.match(information, new RegExp(`Title: +Карточка члена клуба ${number}`));
  const structure = run("pdfinfo", "-struct-text", file);
  for (const kind of ["Document", "Sect", "H1", "H2", "Table", "TR", "TH", "TD", "L ", "LI", "Lbl", "LBody", "Figure"]) {
    assert.match(structure, new RegExp(`^ *${kind}`, "m"), kind);
  }
  assert.match(structure, /TH:\s+\/Scope \/Row\s+"Фамилия"\s+TD\s+"Үсөнбаева"/);
  const plain = readFileSync(file, "latin1");
  for (const language of ["ky", "ru"]) assert.ok(plain.includes(`/Lang(${language})`));
});

test("statements are written in the mode for digits and capitals, which takes 5.5 bits a character", () => {
  const { statement } = files.get("en")!;
  assert.match(statement, /^[0-9A-Z $%*+\-./:]+$/);
  const sides = (["alphanumeric", "byte"] as const).map(
    (encoding) => encodeQR(statement, "raw", { ecc: "medium", border: QUIET, encoding }).length,
  );
  assert.equal(drawQr(statement).modules, sides[0]);
  assert.ok(sides[0]! < sides[1]!, `${sides}`);
});
