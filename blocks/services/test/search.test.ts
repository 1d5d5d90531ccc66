import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import { loadPacks } from "@kerege/kernel/pack";
import services from "../block.ts";
import { editionOf, serviceFiles } from "../edition.ts";
import { closeness, createSearch } from "../search.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const folders = ["residence", "library-card"].map((pack) => `${root}packs/${pack}`);
const packs = loadPacks({ root, folders, kinds: services.packFiles! });
const search = createSearch([...serviceFiles(packs).services.values()].map(editionOf));

describe("search for a service", () => {
  for (const [text, language, first] of [
    ["жашаган жери жөнүндө маалымкат", "ky", "residence-certificate"],
    ["жашаган жеринен маалымкат", "ky", "residence-certificate"],
    ["жонундо маалымкат", "ky", "residence-certificate"],
    ["jashagan jeri maalymkat", "ky", "residence-certificate"],
    ["справка с места жительства", "ru", "residence-certificate"],
    ["спрвака о месте жительтсва", "ru", "residence-certificate"],
    ["тұрғылықты жері анықтама", "kk", "residence-certificate"],
    ["turgylykty zheri anyqtama", "kk", "residence-certificate"],
    ["proof of address", "en", "residence-certificate"],
    ["certif", "en", "residence-certificate"],
    ["переезд", "ru", "change-of-address"],
    ["көчүү", "ky", "change-of-address"],
    ["kochuu", "ky", "change-of-address"],
    ["сменить адрес", "ru", "change-of-address"],
    ["китепкана", "ky", "library-card"],
    ["читательский", "ru", "library-card"],
    ["libary card", "en", "library-card"],
  ] as const) {
    test(`“${text}” finds ${first}`, () => assert.equal(search(text, language)[0], first));
  }

  test("what is nowhere is not found, and nothing typed finds nothing", () => {
    assert.deepEqual(search("xylophone", "en"), []);
    assert.deepEqual(search("   ", "ky"), []);
    assert.deepEqual(search("'); drop table", "en"), []);
    assert.deepEqual(search("а".repeat(10_000), "ru"), []);
  });

  test("a word is closer than its beginning, and a beginning closer than a slip", () => {
    assert.ok(closeness("adres", "adres") > closeness("adre", "adres"));
    assert.ok(closeness("adre", "adres") > closeness("adrse", "adres"));
    assert.equal(closeness("dom", "tom"), 0);
  });
});
