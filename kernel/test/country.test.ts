import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { actorKey } from "../actor.ts";
import { readDeclarations } from "../house.ts";
import { country, makeFolder, manifest } from "./folder.ts";

const folders: { remove(): void }[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

function declare(files: Record<string, string>, name = "trial") {
  const made = makeFolder(files);
  folders.push(made);
  return readDeclarations([], { root: made.root, country: name });
}
const faultsOf = (files: Record<string, string>, name?: string) =>
  declare(files, name).faults.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`);

test("a country is read, its languages in the order of the switch", () => {
  const { country: read, faults } = declare({ "countries/trial/country.yaml": country({ languages: "kk, ru" }) });
  assert.deepEqual(faults, []);
  assert.deepEqual(read!.languages, ["kk", "ru"]);
  assert.equal(read!.timeZone, "Asia/Bishkek");
});

for (const name of ["nowhere", "../trial", "", "Trial", "trial/"]) {
  test(`there is no country "${name}", and it is told`, () => {
    const { country: read, faults } = declare({ "countries/trial/country.yaml": country() }, name);
    assert.equal(read, undefined);
    assert.deepEqual(faults, [
      { file: `countries/${name}`, line: 1, column: 1, code: "kernel.faults.no-country", params: { name } },
    ]);
  });
}

test("a pack the country names and nobody has is told where it is named", () => {
  const files = {
    "countries/trial/country.yaml": country({ packs: "here, absent" }),
    "packs/here/pack.yaml": manifest("here"),
  };
  assert.deepEqual(faultsOf(files), ["countries/trial/country.yaml:9:15 kernel.faults.unknown-pack"]);
});

test("a pack nobody names is not read", () => {
  const files = { "countries/trial/country.yaml": country(), "packs/other/pack.yaml": "pack: [" };
  assert.deepEqual(faultsOf(files), []);
});

const faulty: [string, string, string[]][] = [
  ["a language nobody speaks here", country({ languages: "ky, de" }), ["6:17 kernel.faults.not-one-of"]],
  ["a language twice", country({ languages: "ky, ky" }), ["6:1 kernel.faults.not-unique"]],
  ["no language", country({ languages: "" }), ["6:1 kernel.faults.too-short"]],
  ["a colour of another name", country({ rest: 'colours: { imk: "#000000" }' }), ["10:12 kernel.faults.unknown-field"]],
  ["a colour that is none", country({ rest: "colours:\n  ink: black" }), ["11:3 kernel.faults.wrong-form"]],
  ["no people at all", country({ rest: "people: { count: 0, seed: 1 }" }), ["10:11 kernel.faults.out-of-range"]],
];

for (const [what, text, faults] of faulty) {
  test(`${what} is told with its place, once, and the country is not read`, () => {
    const { country: read, faults: found } = declare({ "countries/trial/country.yaml": text });
    assert.deepEqual(
      found.map(({ file, line, column, code }) => `${file}:${line}:${column} ${code}`),
      faults.map((fault) => `countries/trial/country.yaml:${fault}`),
    );
    assert.equal(read, undefined);
  });
}

test("the texts of a pack and of a country are added under their names", () => {
  const { texts, faults } = declare({
    "countries/trial/country.yaml": country({ packs: "here" }),
    "countries/trial/locales/ky.yaml": "welcome: Кош келиңиз, {name}!",
    "packs/here/pack.yaml": manifest("here"),
    "packs/here/locales/ky.yaml": "title: Сыноо",
  });
  assert.deepEqual(faults, []);
  assert.equal(texts.translate("ky", "trial.welcome", { name: "Айгүл" }), "Кош келиңиз, Айгүл!");
  assert.equal(texts.translate("ky", "here.title"), "Сыноо");
});

test("who acts is named in one line", () => {
  assert.equal(actorKey({ kind: "person", pin: "21205199001234" }), "person:21205199001234");
  assert.equal(actorKey({ kind: "official", body: "gov", post: "clerk", person: "1" }), "official:gov/clerk/1");
  assert.equal(actorKey({ kind: "system", body: "gov", name: "portal" }), "system:gov/portal");
});
