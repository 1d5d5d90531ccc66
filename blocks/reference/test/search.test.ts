import assert from "node:assert/strict";
import { test } from "node:test";
import type { Item } from "../declaration.ts";
import { createSearchIndex } from "../search.ts";

const item = (code: string, [ky, ru, en]: [string, string, string], weight?: number): Item => ({
  code,
  name: { ky, ru, kk: ky, en },
  weight,
});
const items = [
  item("1", ["Жалал-Абад", "Джалал-Абад", "Jalal-Abad"], 75_700),
  item("2", ["Нарын", "Нарын", "Naryn"], 52_300),
  item("3", ["Ысык-Көл району", "Иссык-Кульский район", "Issyk-Kul District"]),
  item("4", ["Кара-Көл", "Кара-Куль", "Kara-Kul"]),
  item("5", ["Чоң-Алай", "Чон-Алай", "Chong-Alay"]),
  item("6", ["Өзгөн", "Узген", "Uzgen"], 40_360),
  item("7", ["Жаңы-Нарын", "Джаны-Нарын", "Jangy-Naryn"]),
];
const index = createSearchIndex(items);
const find = (text: string) => index.find(text, { language: "ky", limit: 20, allows: () => true }).map(({ code }) => code);

for (const [text, codes] of [
  ["naryn", ["2", "7"]],
  ["НАРЫН", ["2", "7"]],
  ["Jalal-Abad", ["1"]],
  ["джалал абад", ["1"]],
  ["жалал", ["1"]],
  ["абад", ["1"]],
  ["чон алай", ["5"]],
  ["озгон", ["6"]],
  ["узген", ["6"]],
  ["uzgen", ["6"]],
  ["Issyk kul", ["3"]],
  ["кол", ["4", "3"]],
  ["кара кол", ["4"]],
  ["кол кара", ["4"]],
  ["zzz", []],
  ["日本", []],
] as const) {
  test(`typing «${text}» finds ${codes.join(", ") || "nothing"}`, () => assert.deepEqual(find(text), codes));
}

test("nothing typed gives all, the weightiest first, no more than asked", () => {
  const first = index.find("  ", { language: "ky", limit: 3, allows: () => true });
  assert.deepEqual(
    first.map(({ code }) => code),
    ["1", "2", "6"],
  );
  assert.equal(find("").length, items.length);
});
