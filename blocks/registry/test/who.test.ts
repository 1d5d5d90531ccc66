import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts } from "@kerege/kernel/locale";
import type { Agreement, Ground, RegisterDeclaration } from "../declaration.ts";
import { accessTable, accessText, accessWords } from "../who.ts";

const title = { ky: "Ат", ru: "Имя", kk: "Ат", en: "Title" };
const law = { act: { ky: "Мыйзам", ru: "Закон", kk: "Заң", en: "Law" }, article: "5" };
const register: RegisterDeclaration = {
  register: "car",
  title: { ...title, ru: "Машины" },
  owner: "traffic",
  law: [{ act: title }],
  key: "code",
  subject: "holder",
  fields: {
    code: { type: "text", title: { ...title, ru: "Номер" }, class: "personal" },
    holder: { type: "pin", title: { ...title, ru: "Владелец" }, class: "personal" },
  },
  events: {},
  search: { by_holder: { title: { ...title, ru: "По владельцу" }, exact: ["holder"], limit: 5 } },
};
const ground = (name: string, more: Partial<Ground>): Ground => ({
  ground: name,
  title: { ...title, ru: name },
  law,
  purpose: title,
  readers: {},
  reads: { car: ["code"] },
  ...more,
});
const bank: Agreement = {
  agreement: "bank",
  title,
  parties: ["bank-a", "bank-b"],
  number: "7",
  signedOn: "2026-01-01",
  validFrom: "2026-01-01",
};
const grounds = [
  ground("check", { readers: { bodies: ["tax", "police"] }, searches: { car: ["by_holder"] }, rows: { car: { code: ["A"] } } }),
  ground("own", { readers: { self: true }, searches: { car: ["by_holder"] } }),
  ground("credit", { readers: { agreements: ["bank", "gone"] }, consent: true }),
  ground("other", { readers: { bodies: ["tax"] }, reads: { boat: ["code"] } }),
];
const texts = createTexts();
addLocales(texts, "registry", new URL("../locales/", import.meta.url));

test("M-0.7: who may read what about whom is one line for each ground and reader, and nobody else is there", () => {
  const rows = accessTable(register, grounds, [bank]);
  assert.deepEqual(
    rows.map((row) => [row.ground, row.reader.kind, row.searches]),
    [
      ["check", "body", ["by_holder"]],
      ["check", "body", ["by_holder"]],
      ["credit", "agreement", []],
      ["own", "self", []],
    ],
  );
});

test("the lines are said in the reader's language, with fields by their titles, rows, consent and law", () => {
  const words = { texts, language: "ru" as const, bodyName: (code: string) => `«${code}»` };
  const rows = accessTable(register, grounds, [bank]);
  assert.deepEqual(accessWords(register, rows, words)[0], [
    "check",
    "«tax»",
    "Номер: A",
    "Номер",
    "По владельцу",
    "Закон, статья 5",
  ]);
  assert.equal(accessWords(register, rows, words)[2]![1], "«bank-a», «bank-b» (соглашение № 7)");
  assert.match(accessWords(register, rows, words)[2]![2]!, /с согласия/);
  const printed = accessText(register, rows, words);
  assert.match(printed, /^Кто о ком что может читать: Машины\n/);
  assert.ok(printed.split("\n").every((line) => line.length <= 160));
  assert.match(accessText(register, [], words), /ни одно основание/);
});

test("the table says whom a record is about where it is about several, and whose consent is needed", () => {
  const couple: RegisterDeclaration = {
    ...register,
    subject: ["holder", "driver"],
    fields: { ...register.fields, driver: { type: "pin", title: { ...title, ru: "Водитель" }, class: "personal" } },
  };
  const words = { texts, language: "ru" as const };
  const consents = [ground("each", { readers: { bodies: ["a"] }, consent: true })].concat(
    ground("one", { readers: { bodies: ["b"] }, consent: "any" }),
  );
  const whom = (of: RegisterDeclaration) => accessWords(of, accessTable(of, consents, []), words).map((row) => row[2]);
  assert.deepEqual(whom(couple), ["все записи; с согласия каждого", "все записи; с согласия одного из них"]);
  assert.deepEqual(whom(register), ["все записи; с согласия", "все записи; с согласия"]);
  const rows = accessTable(couple, consents, []);
  assert.match(accessText(couple, rows, words), /О ком запись: Владелец, Водитель/);
  assert.doesNotMatch(accessText(register, accessTable(register, consents, []), words), /О ком запись/);
});
