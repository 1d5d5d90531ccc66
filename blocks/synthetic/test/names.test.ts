import assert from "node:assert/strict";
import { test } from "node:test";
import { type PatronymicStyle, patronymic, surnameFor } from "../names.ts";

for (const [father, style, son, daughter] of [
  ["Бакыт", "slavic", "Бакытович", "Бакытовна"],
  ["Токтогул", "slavic", "Токтогулович", "Токтогуловна"],
  ["Жумабай", "slavic", "Жумабаевич", "Жумабаевна"],
  ["Али", "slavic", "Алиевич", "Алиевна"],
  ["Муса", "slavic", "Мусаевич", "Мусаевна"],
  ["Шералы", "slavic", "Шералиевич", "Шералиевна"],
  ["Кубаныч", "slavic", "Кубанычевич", "Кубанычевна"],
  ["Дмитрий", "slavic", "Дмитриевич", "Дмитриевна"],
  ["Юрий", "slavic", "Юрьевич", "Юрьевна"],
  ["Василий", "slavic", "Васильевич", "Васильевна"],
  ["Илья", "slavic", "Ильич", "Ильинична"],
  ["Пётр", "slavic", "Петрович", "Петровна"],
  ["Игорь", "slavic", "Игоревич", "Игоревна"],
  ["Бакыт", "uulu", "Бакыт уулу", "Бакыт кызы"],
  ["Серік", "uly", "Серікұлы", "Серікқызы"],
  ["Бакыт", "none", undefined, undefined],
] as const) {
  test(`the children of ${father} (${style}) are ${son ?? "without a patronymic"}`, () => {
    assert.equal(patronymic(father, "m", style as PatronymicStyle), son);
    assert.equal(patronymic(father, "f", style as PatronymicStyle), daughter);
  });
}

for (const [man, woman] of [
  ["Асанов", "Асанова"],
  ["Үсөнбаев", "Үсөнбаева"],
  ["Ковалёв", "Ковалёва"],
  ["Рощин", "Рощина"],
  ["Птицын", "Птицына"],
  ["Белинский", "Белинская"],
  ["Коваленко", "Коваленко"],
  ["Ким", "Ким"],
] as const) {
  test(`${man} is ${woman} for a woman`, () => {
    assert.equal(surnameFor(man, "f"), woman);
    assert.equal(surnameFor(man, "m"), man);
  });
}
