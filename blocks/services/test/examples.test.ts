import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import { readDeclarations } from "@kerege/kernel/house";
import post from "@kerege/post/block";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import services from "../block.ts";
import { runExamples } from "../examples.ts";
import { makePlace } from "./place.ts";

const blocks = [trust, identity, reference, process, registry, documents, post, services];
const folder = "packs/library-card/services/library-card";

describe("examples are tests", () => {
  let place: ReturnType<typeof makePlace>;
  before(() => {
    place = makePlace(["library-card"]);
  });
  after(() => place?.remove());

  const faults = () => readDeclarations(blocks, { root: place.root, country: "test" }).faults;
  /** What the check says of a changed file, the file being put back afterwards. */
  const said = (file: string, change: (text: string) => string) => {
    const whole = path.join(place.root, folder, file);
    const before = readFileSync(whole, "utf8");
    const after = change(before);
    assert.notEqual(after, before, "the change must change something");
    writeFileSync(whole, after);
    try {
      return faults().map((fault) => ({ ...fault, file: fault.file.replace(`${folder}/`, "") }));
    } finally {
      writeFileSync(whole, before);
    }
  };
  const codes = (found: { code: string }[]) => found.map((fault) => fault.code.replace("services.faults.", ""));

  test("M-0.2 M-0.4 M-0.5: every example of the packs comes out as it says", () => {
    const whole = makePlace(["library-card", "population", "residence"]);
    const { packs, faults: found } = readDeclarations(blocks, { root: whole.root, country: "test" });
    whole.remove();
    assert.deepEqual(found, []);
    const results = runExamples(packs);
    assert.ok(results.length >= 20);
    for (const result of results) assert.deepEqual(result.differences, [], `${result.service}/${result.example}`);
    const proved = new Set(results.flatMap((result) => result.proves));
    for (const row of ["M-0.2", "M-0.4", "M-0.5"]) assert.ok(proved.has(row), row);
  });

  test("a rule that no example reaches is refused, at its line", () => {
    const rule = `  - rule: never-tried\n    holds: 1 = 1\n    refuse: &t { ky: а, ru: а, kk: а, en: a }\n    norm: { act: library-rules, article: "9" }\n    wouldHelp: *t\n`;
    const [fault, ...more] = said("rules.yaml", (text) => text + rule);
    assert.deepEqual(more, []);
    assert.equal(fault!.code, "services.faults.rule-not-reached");
    assert.deepEqual([fault!.file, fault!.params.rule], ["rules.yaml", "never-tried"]);
    const lines = readFileSync(path.join(place.root, folder, "rules.yaml"), "utf8")
      .trimEnd()
      .split("\n").length;
    assert.equal(fault!.line, lines + 1);
  });

  test("an example that comes out otherwise is refused, with what was expected and what came", () => {
    const found = said("rules.yaml", (text) => text.replace("card.valid_until < day", "card.valid_until <= day"));
    assert.ok(codes(found).includes("example-differs"));
    assert.ok(
      found.every(
        (fault) => fault.file === "examples/card-still-valid.yaml" || fault.code === "services.faults.rule-not-reached",
      ),
    );
    const outcome = found.find((fault) => fault.params.what === "outcome");
    assert.deepEqual([outcome?.params.expected, outcome?.params.came], ['"refused"', '"granted"']);
  });

  test("M-0.2: a question whose answer a register in scope holds is refused unless it says why", () => {
    const asking = (text: string) => text.replace("field: telephone", "field: phone");
    assert.deepEqual(codes(said("form.yaml", asking)).slice(0, 1), ["asks-what-is-known"]);
    const bound = (text: string) => text.replace("field: telephone", "field: telephone\n        asks: library_card.phone");
    assert.deepEqual(codes(said("form.yaml", bound)), ["asks-what-is-known"]);
    const reason =
      "reason: { ky: Номериңиз өзгөрсө, ru: Если номер изменился, kk: Нөмір өзгерсе, en: In case the number has changed }";
    const explained = (text: string) =>
      text.replace("field: telephone", `field: telephone\n        asks: library_card.phone\n        ${reason}`);
    assert.deepEqual(said("form.yaml", explained), []);
  });

  test("M-0.4: a fee for a certificate about oneself is refused", () => {
    const paid = (text: string) =>
      text
        .replace("kind: registration", "kind: certificate")
        .replace("fee: { free: true }", "fee: { amount: 5000, norm: { act: library-rules } }");
    assert.deepEqual(codes(said("service.yaml", paid)), ["fee-for-own-facts"]);
  });

  test("a service without examples is refused", () => {
    const files = readdirSync(path.join(place.root, folder, "examples"));
    assert.ok(files.length >= 4);
    const bare = makePlace(["library-card"]);
    try {
      for (const file of files) writeFileSync(path.join(bare.root, folder, "examples", file), "");
      const found = readDeclarations(blocks, { root: bare.root, country: "test" }).faults;
      assert.equal(found.length > 0, true);
    } finally {
      bare.remove();
    }
  });

  for (const [what, file, from, to, code] of [
    ["a FEEL fault", "rules.yaml", "card.valid_until < day", "card.valid_till < day", "feel"],
    ["an act without a name", "rules.yaml", 'act: library-rules, article: "3"', 'act: nowhere, article: "3"', "unknown-act"],
    [
      "a field the register does not have",
      "facts.yaml",
      "[branch, valid_until]",
      "[branch, valid_until, colour]",
      "unknown-field",
    ],
    [
      "a field the ground does not allow",
      "../../grounds/library-card.yaml",
      "[reader, branch, takes_home, phone, valid_until]",
      "[reader, branch]",
      "ground-denies-fields",
    ],
    [
      "a body the ground does not name",
      "../../grounds/library-card.yaml",
      "bodies: [library]",
      "bodies: [tax]",
      "ground-denies-body",
    ],
    ["an event the register does not know", "outcome.yaml", "event: renewal", "event: renewl", "unknown-event"],
    [
      "a value the event does not set",
      "outcome.yaml",
      "branch: answers.where",
      "reader: applicant\n        branch: answers.where",
      "event-does-not-set",
    ],
    ["another body’s register", "service.yaml", "body: library", "body: tax", "not-owner"],
    ["a letter with a hole", "outcome.yaml", "        until: day", "        till: day", "letter-lacks"],
    ["a letter that cannot be read", "outcome.yaml", "{until, date}.", "{until, date.", "letter-text"],
    ["a choice without options", "form.yaml", "type: yes-no", "type: choice", "field-lacks"],
    ["a fact with two ways to read", "facts.yaml", "key: applicant", "key: applicant\n    keys: applicant", "one-way-to-read"],
  ] as const) {
    test(`${what} is told with its place`, () => {
      const found = said(file, (text) => text.replace(from, to));
      const fault = found.find((one) => one.code === `services.faults.${code}`);
      assert.ok(fault, JSON.stringify(codes(found)));
      assert.ok(fault.line > 1);
    });
  }
});
