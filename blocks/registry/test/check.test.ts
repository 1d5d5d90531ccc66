import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { type Fault, loadPacks, reporter } from "@kerege/kernel/pack";
import block from "../block.ts";
import { checkRegisters } from "../check.ts";
import type { Ground, KnownFact, RegisterDeclaration, RegisterField } from "../declaration.ts";

const title = { ky: "Ат", ru: "Имя", kk: "Ат", en: "Title" };
const law = { act: title, article: "1" };
const field = (type: RegisterField["type"], more: Partial<RegisterField> = {}): RegisterField => ({
  type,
  title,
  class: "personal",
  ...more,
});

/** A register without a fault, of every kind of thing a declaration can hold. */
const good: RegisterDeclaration = {
  register: "car",
  title,
  owner: "traffic",
  law: [{ act: title }],
  key: "code",
  subject: "holder",
  fields: {
    code: field("text", { required: true }),
    holder: field("pin"),
    surname: field("name"),
    price: field("money"),
    made: field("partial-date"),
    name: field("multilingual"),
    place: field("geometry"),
    finger: field("file", { class: "biometric" }),
    next: field("reference", { register: "car" }),
    size: field("integer", { least: 1, most: 9 }),
  },
  states: { active: { title }, gone: { title, closed: true } },
  events: {
    entry: { title, creates: true, sets: ["holder", "surname", "price", "size"], to: "active" },
    loss: { title, sets: [], from: ["active"], to: "gone", ends: true },
  },
  search: {
    by_holder: { title, exact: ["holder"], order: ["made"], limit: 10 },
    by_surname: { title, fuzzy: ["surname"], limit: 10 },
    by_name: { title, prefix: "name_ru", limit: 10 },
    by_price: { title, range: "price", limit: 10 },
    by_place: { title, within: "place", limit: 10 },
  },
  unique: { one: { title, fields: ["holder", "price"], states: ["active"] } },
  rules: {
    few: {
      title,
      holds: "count(others) < 3 and (price = null or price.amount > 0)",
      events: ["entry"],
      field: "holder",
      with: {
        others: { register: "car", search: "by_holder", values: { holder: "holder" } },
        after: { register: "car", key: "next" },
      },
    },
  },
  retention: { after: "P75Y", law },
};
const ground: Ground = {
  ground: "look",
  title,
  law,
  purpose: title,
  readers: { bodies: ["tax"] },
  reads: { car: ["holder", "price"] },
  searches: { car: ["by_holder"] },
  rows: { car: { size: [1, 2] } },
};
const fact: KnownFact = { fact: "car-of", title, register: "car", field: "price", by: "subject" };

const roots: string[] = [];
after(() => {
  for (const root of roots) rmSync(root, { recursive: true, force: true });
});

function faultsOf(files: Record<string, unknown>): Fault[] {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-check-"));
  roots.push(root);
  const folder = path.join(root, "packs/sample");
  const manifest = { pack: "sample", title, version: "0.1.0", owner: "traffic", law: [{ act: "x" }] };
  for (const [name, value] of Object.entries({ "pack.yaml": manifest, ...files })) {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), typeof value === "string" ? value : JSON.stringify(value));
  }
  const packs = loadPacks({ root, folders: [folder], kinds: block.packFiles! });
  checkRegisters(packs, reporter(packs.faults));
  return packs.faults;
}
const codesOf = (files: Record<string, unknown>) => faultsOf(files).map((fault) => fault.code.replace("registry.faults.", ""));
const register = (change: Partial<RegisterDeclaration>) => codesOf({ "registers/car.yaml": { ...good, ...change } });
const withField = (name: string, declared: Partial<RegisterField>) =>
  register({ fields: { ...good.fields, [name]: { ...(good.fields[name] ?? field("text")), ...declared } } });
const withGround = (change: Partial<Ground>, more: Record<string, unknown> = {}) =>
  codesOf({ "registers/car.yaml": good, "grounds/look.yaml": { ...ground, ...change }, ...more });
const withFinds = (change: Partial<Ground>) =>
  codesOf({ "registers/car.yaml": { ...good, subjectFinds: true }, "grounds/look.yaml": { ...ground, ...change } });
const withFact = (change: Partial<KnownFact>) =>
  codesOf({ "registers/car.yaml": good, "known-facts/car-of.yaml": { ...fact, ...change } });

test("a declaration of every kind of thing has no fault", () => {
  const agreement = {
    agreement: "bank",
    title,
    parties: ["bank"],
    number: "5",
    signedOn: "2026-01-01",
    validFrom: "2026-01-01",
  };
  assert.deepEqual(
    codesOf({
      "registers/car.yaml": good,
      "grounds/look.yaml": {
        ...ground,
        readers: { agreements: ["bank"] },
        reads: { car: ["price", "finger"] },
        classes: ["biometric"],
      },
      "agreements/bank.yaml": agreement,
      "known-facts/car-of.yaml": fact,
    }),
    [],
  );
});

const { entry, loss } = good.events as Record<"entry" | "loss", RegisterDeclaration["events"][string]>;
const cases: Record<string, [string[], string[]]> = {
  "a state that is not declared": [
    register({ events: { entry: entry!, loss: { ...loss!, from: ["activ"] } } }),
    ["unknown-state", "unreachable-state"],
  ],
  "a state nobody gets into": [register({ states: { ...good.states, lost: { title } } }), ["unreachable-state"]],
  "an event that can never happen": [
    register({
      states: { ...good.states, lost: { title } },
      events: { ...good.events, find: { title, sets: [], from: ["lost"], to: "lost" } },
    }),
    ["unreachable-state", "event-never"],
  ],
  "a record made without a state": [
    register({ events: { entry: { ...entry!, to: undefined } as never, loss: loss! } }),
    ["creates-without-state", "unreachable-state", "unreachable-state", "event-never"],
  ],
  "a making event from a state": [register({ events: { entry: { ...entry!, from: ["gone"] }, loss: loss! } }), ["creates-from"]],
  "an event that sets the key": [
    register({ events: { entry: { ...entry!, sets: [...entry!.sets, "code"] }, loss: loss! } }),
    ["key-is-set"],
  ],
  "an event of an unknown field": [
    register({ events: { entry: { ...entry!, sets: ["holder", "colour"] }, loss: loss! } }),
    ["unknown-field"],
  ],
  "a key that is money": [register({ key: "price" }), ["wrong-key-type", "key-is-set", "required-not-set"]],
  "a subject that is a text": [register({ subject: "code" }), ["subject-not-pin"]],
  "several subjects, one of them a text, one of them nowhere": [
    register({ subject: ["holder", "code", "wife"] }),
    ["subject-not-pin", "unknown-field"],
  ],
  "a list of subjects with one": [register({ subject: ["holder"] }), ["kernel.faults.too-short"]],
  "the same subject twice": [register({ subject: ["holder", "holder"] }), ["kernel.faults.not-unique"]],
  "a fuzzy number": [
    register({ search: { ...good.search, by_size: { title, fuzzy: ["size"], limit: 5 } } }),
    ["search-not-of-type"],
  ],
  "a prefix of a date": [
    register({ search: { ...good.search, by_made: { title, prefix: "made", limit: 5 } } }),
    ["search-not-of-type"],
  ],
  "a box around money": [
    register({ search: { ...good.search, by_box: { title, within: "price", limit: 5 } } }),
    ["search-not-of-type"],
  ],
  "two ways in one search": [
    register({ search: { ...good.search, by_two: { title, prefix: "surname", range: "size", limit: 5 } } }),
    ["search-mixed"],
  ],
  "a search of nothing": [register({ search: { ...good.search, by_none: { title, limit: 5 } } }), ["search-of-nothing"]],
  "a unique unknown field": [
    register({ unique: { one: { title, fields: ["colour"], states: ["lost"] } } }),
    ["unknown-field", "unknown-state"],
  ],
  "a rule of an unknown event": [register({ rules: { few: { title, holds: "true", events: ["birth"] } } }), ["unknown-event"]],
  "a rule that is a number": [register({ rules: { few: { title, holds: "size + 1" } } }), ["rule-not-boolean"]],
  "a rule over an unknown register": [
    register({ rules: { few: { title, holds: "true", with: { other: { register: "boat", key: "next" } } } } }),
    ["unknown-register"],
  ],
  "a rule by a search that is not exact": [
    register({
      rules: { few: { title, holds: "true", with: { other: { register: "car", search: "by_surname", values: {} } } } },
    }),
    ["search-not-exact"],
  ],
  "a rule that leaves out a value": [
    register({ rules: { few: { title, holds: "true", with: { other: { register: "car", search: "by_holder", values: {} } } } } }),
    ["value-missing"],
  ],
  "a rule that hides a field": [
    register({ rules: { few: { title, holds: "true", with: { size: { register: "car", key: "next" } } } } }),
    ["name-taken"],
  ],
  "a retention of nothing that ends": [
    register({ events: { entry: entry!, loss: { ...loss!, ends: false } } }),
    ["retention-without-end"],
  ],
  "a retention that is no duration": [register({ retention: { after: "75 years", law } }), ["kernel.faults.wrong-form"]],
  "a law in one language": [register({ law: [{ act: "Act" as never }] }), ["kernel.faults.wrong-type"]],
  "a classifier on a text": [withField("surname", { classifier: "places" }), ["not-of-type"]],
  "a code of no classifier": [withField("kind", { type: "code" }), ["no-classifier"]],
  "a reference to nowhere": [withField("next", { register: "boat" }), ["unknown-register"]],
  "a part that is taken": [withField("price_currency", {}), ["column-taken"]],
  "limits that cross": [withField("size", { least: 10 }), ["limits-crossed"]],
  "a limit that is no day": [withField("made", { least: "yesterday" }), ["wrong-limit"]],
  "a name of the engine": [withField("recorded_at", {}), ["reserved-name"]],
  "a field that was what still is": [withField("size", { was: "price" }), ["was-still-there"]],
  "a biometric field not meant": [withGround({ reads: { car: ["finger"] }, searches: {} }), ["class-not-named"]],
  "personal fields for anyone": [
    withGround({ readers: { anyone: true }, searches: {} }),
    ["anyone-not-public", "anyone-not-public"],
  ],
  "a search for anyone by what is not public": [
    withGround({ readers: { anyone: true }, reads: { car: ["price"] } }),
    ["anyone-not-public", "anyone-searches-hidden"],
  ],
  "an unknown agreement": [withGround({ readers: { agreements: ["bank"] } }), ["unknown-agreement"]],
  "a ground for nobody": [withGround({ readers: { self: false } }), ["no-reader"]],
  "own records of nobody": [register({ subject: undefined, subjectFinds: true }).slice(0, 1), ["finds-without-subject"]],
  "own records without a search": [
    register({ subjectFinds: true, search: { by_holder: { title, exact: ["holder", "size"], limit: 10 } }, rules: {} }),
    ["finds-without-search"],
  ],
  "own records no ground lets one find": [withFinds({ readers: { bodies: ["tax"] } }), ["finds-without-ground"]],
  "own records to be found, searched by none": [withFinds({ readers: { self: true }, searches: {} }), ["finds-without-ground"]],
  "nothing where own records are found": [withFinds({ readers: { self: true } }), []],
  "rows of an unknown field": [withGround({ rows: { car: { colour: ["red"] } } }), ["unknown-field"]],
  "a refusal before the alarm": [withGround({ bulk: { alarm: 5, refuse: 2 } }), ["refuse-before-alarm"]],
  "an agreement that is never in force": [
    withGround(
      {},
      {
        "agreements/bank.yaml": {
          agreement: "bank",
          title,
          parties: ["bank"],
          number: "5",
          signedOn: "2026-01-01",
          validFrom: "2026-01-01",
          validUntil: "2026-01-01",
        },
      },
    ),
    ["never-in-force"],
  ],
  "a fact by itself": [withFact({ by: { fact: "car-of" } }), ["fact-circle"]],
  "a fact by an unknown one": [withFact({ by: { fact: "other" } }), ["unknown-fact"]],
  "a fact of an unknown field": [withFact({ field: "colour" }), ["unknown-field"]],
  "a fact by half a search": [
    withFact({ by: { search: "by_holder", values: { surname: "subject" } } }),
    ["unknown-field", "value-missing"],
  ],
};
const texts = createTexts();
addLocales(texts, "registry", new URL("../locales/", import.meta.url));
for (const [name, [found, wanted]] of Object.entries(cases)) {
  test(`refused: ${name}`, () => {
    assert.deepEqual(found, wanted);
    for (const code of wanted.filter((one) => !one.startsWith("kernel."))) {
      for (const part of ["message", "remedy"])
        for (const language of languages) {
          const key = `registry.faults.${code}.${part}`;
          assert.notEqual(texts.translate(language, key, {}), key, `${key} in ${language}`);
        }
    }
  });
}

test("a rule that cannot be read is said at the very sign", () => {
  const text = JSON.stringify(good, null, 2).replace("count(others) < 3", "count(others) < thre");
  const faults = faultsOf({ "registers/car.yaml": text });
  assert.equal(faults.length, 1);
  const [{ code, line, column }] = faults as [Fault];
  assert.match(code, /^feel\.faults\./);
  const lines = text.split("\n");
  assert.equal(lines[line - 1]!.slice(column - 1, column + 3), "thre");
});
