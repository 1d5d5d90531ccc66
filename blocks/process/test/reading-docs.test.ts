import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { NODES } from "../reading/elements.ts";
import { stockProcesses } from "../stock/stock.ts";

const read = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");

test("the page on drawing a process names every element that is carried out, every own attribute and every stock process", () => {
  const page = read("../../../docs/how-to/draw-a-process.md");
  const { types } = JSON.parse(read("../reading/kerege.json")) as {
    types: { name: string; isAbstract?: boolean; extends?: string[]; properties?: { name: string }[] }[];
  };
  const attributes = types.flatMap((type) => (type.properties ?? []).map(({ name }) => name));
  const own = types.filter((type) => !type.extends && !type.isAbstract).map(({ name }) => `kerege:${name.toLowerCase()}`);
  for (const word of [...attributes, ...own, ...stockProcesses]) assert.match(page, new RegExp(`\\b${word}\\b`), word);
  const events = /Event$/;
  for (const type of Object.keys(NODES)) {
    const name = type.slice(5);
    if (!events.test(name)) assert.ok(page.includes(`\`${name[0]!.toLowerCase()}${name.slice(1)}\``), name);
  }
});
