import assert from "node:assert/strict";
import { test } from "node:test";
import { skeleton } from "@kerege/kernel/skeleton";
import { distanceOf, formsOf, nearest } from "../name-forms.ts";

const meet = (one: string, other: string) => {
  const forms = new Set(formsOf(skeleton(one)));
  return formsOf(skeleton(other)).some((form) => forms.has(form));
};

test("a name and what is made of it by one wrong letter have a form in common", () => {
  for (const [name, typed] of [
    ["Жаныбеков", "Жаныбеко"],
    ["Жаныбеков", "Жанибекков"],
    ["Жаныбеков", "Жпныбеков"],
    ["Жаныбеков", "Жанбыеков"],
    ["Асанова", "Аанова"],
    ["Ташиев", "Тапиев"],
    ["Кадырова", "Кадыровя"],
    ["Zhanybekov", "Жанибеков"],
    ["Чыңгыз", "Chyngyz"],
    ["Шүкүрбек", "Sukurbek"],
  ] as const)
    assert.ok(meet(name, typed), `${name} ${typed}`);
});

test("names far from one another have none", () => {
  for (const [name, other] of [
    ["Асанов", "Токтогулов"],
    ["Айгүл", "Нурлан"],
    ["Садыр", "Темир"],
  ] as const)
    assert.ok(!meet(name, other), `${name} ${other}`);
});

test("the distance counts letters changed, left out, added and swapped", () => {
  assert.equal(distanceOf("asanov", "asanov"), 0);
  assert.equal(distanceOf("asanov", "asano"), 1);
  assert.equal(distanceOf("asanov", "asonov"), 1);
  assert.equal(distanceOf("asanov", "asnaov"), 1);
  assert.equal(distanceOf("kadirov", "kaidrov"), 1);
  // Ш is one sound, however it is written.
  assert.equal(distanceOf("tashiev", "tapiev"), 1);
});

test("the nearest come first and the far ones not at all", () => {
  assert.deepEqual(
    nearest("asanov", ["asanova", "asanov", "toktogulov", "isaev"]).map(({ name }) => name),
    ["asanov", "asanova"],
  );
});
