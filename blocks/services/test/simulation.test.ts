import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import { readDeclarations } from "@kerege/kernel/house";
import type { Packs } from "@kerege/kernel/pack";
import post from "@kerege/post/block";
import { simulate } from "@kerege/process";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import services from "../block.ts";
import type { ExampleDeclaration } from "../declaration.ts";
import { settleExample } from "../examples.ts";
import { groupsOf, type PastApplication, pastApplication, sideOf } from "../simulation.ts";
import { compileGroups } from "../simulation-declared.ts";
import { adjustables, editionFrom, movedEdition, type Simulated, simulatedService } from "../simulation-editions.ts";
import { syntheticApplications } from "../simulation-synthetic.ts";
import { makePlace } from "./place.ts";

const blocks = [trust, identity, reference, process, registry, documents, post, services];

describe("simulation of services", () => {
  let place: ReturnType<typeof makePlace>;
  let packs: Packs;
  before(() => {
    place = makePlace(["library-card", "population", "residence"]);
    const declared = readDeclarations(blocks, { root: place.root, country: "test" });
    assert.deepEqual(declared.faults, []);
    packs = declared.packs;
  });
  after(() => place?.remove());

  const service = (name: string): Simulated => simulatedService(packs, name)!;
  const invented = (simulated: Simulated, count: number, seed = 7) =>
    syntheticApplications({
      edition: simulated.edition,
      examples: simulated.files.examples.map((file) => file.value),
      declared: simulated.declared,
      seed,
      count,
    });
  const compared = (simulated: Simulated, edition: Simulated["edition"], cases: Iterable<PastApplication>) =>
    simulate(cases, {
      before: sideOf(simulated.edition, simulated.edition, { ...simulated.declared, name: "now" }),
      after: sideOf(edition, simulated.edition, { ...simulated.declared, name: "then" }),
      groups: groupsOf(compileGroups(simulated.edition, simulated.declared)),
    });

  test("M-A18: numbers, days and spans of the rules can be moved, and nothing else", () => {
    const certificate = service("residence-certificate");
    assert.deepEqual(
      adjustables(certificate).map(({ name, kind, value }) => [name, kind, value]),
      [
        ["child-under-age.holds.1", "duration", "P18Y"],
        ["registered.when.1", "duration", "P18Y"],
      ],
    );
    const faults = (moves: Record<string, string>) =>
      movedEdition(certificate, moves).faults.map(({ code, place: at }) => [at, code]);
    assert.deepEqual(faults({ "child-under-age.holds.1": "P16Y" }), []);
    assert.deepEqual(faults({ "child-under-age.holds.1": 'P1Y") or true or duration("P1Y' }), [
      ["child-under-age.holds.1", "not-a-value"],
    ]);
    assert.deepEqual(faults({ "no-such.holds.1": "3" }), [["no-such.holds.1", "no-such-place"]]);
  });

  test("M-A18: an age limit that is moved down refuses those between, and the group says who they are", () => {
    const certificate = service("residence-certificate");
    const { edition } = movedEdition(certificate, { "child-under-age.holds.1": "P16Y", "registered.when.1": "P16Y" });
    const report = compared(certificate, edition, invented(certificate, 6000));
    assert.equal(report.cases, 6000);
    assert.ok(report.changed.least > 50, `${report.changed.least} changed`);
    assert.deepEqual(report.changed.least, report.changed.most);
    assert.deepEqual(Object.keys(report.after.rules).includes("child-under-age"), true);
    const ages = report.groups.find(({ by }) => by === "age")!;
    for (const line of ages.lines)
      assert.equal(line.changed.most > 0, line.band === "16–17", `${line.band}: ${line.changed.most}`);
    assert.equal(
      ages.lines.reduce((sum, { cases }) => sum + cases, 0),
      6000,
    );
  });

  test("an edition put against itself changes nothing, and the same seed gives the same cases", () => {
    for (const name of ["residence-certificate", "change-of-address", "library-card"]) {
      const simulated = service(name);
      const report = compared(simulated, simulated.edition, invented(simulated, 500));
      assert.deepEqual([report.changed, report.moves], [{ least: 0, most: 0 }, []]);
      assert.ok(report.before.outcomes.granted!.least > 250, `${name}: ${JSON.stringify(report.before.outcomes)}`);
      assert.ok(report.before.outcomes.refused!.least > 0, name);
      assert.deepEqual(report, compared(simulated, simulated.edition, invented(simulated, 500)));
    }
  });

  test("the sides of a simulation decide as the service does", () => {
    for (const name of ["residence-certificate", "change-of-address", "library-card"]) {
      const simulated = service(name);
      const side = sideOf(simulated.edition, simulated.edition, { ...simulated.declared, name: "now" });
      for (const { value } of simulated.files.examples) {
        if (value.expect.outcome === "invalid") continue;
        const ending = side.end(applicationOf(simulated, value));
        assert.deepEqual([...ending.rules].sort(), [...(value.expect.refusals ?? [])].sort(), `${name}/${value.example}`);
        assert.deepEqual(ending.outcomes, [value.expect.outcome], `${name}/${value.example}`);
      }
    }
  });

  test("what was never asked is not guessed: both outcomes are counted", () => {
    const card = service("library-card");
    const folder = mkdtempSync(path.join(tmpdir(), "kerege-edition-"));
    const text = readFileSync(card.files.rules!.path, "utf8");
    const form = readFileSync(card.files.form!.path, "utf8");
    writeFileSync(
      path.join(folder, "rules.yaml"),
      text.replace("card.valid_until < day", "card.valid_until < day or answers.lost"),
    );
    const title = "{ ky: а, ru: а, kk: а, en: a }";
    writeFileSync(
      path.join(folder, "form.yaml"),
      form.replace("    fields:\n", `    fields:\n      - { field: lost, type: yes-no, title: ${title} }\n`),
    );
    const { edition, changed, faults } = editionFrom(card, folder, services.packFiles!);
    assert.deepEqual([faults, changed], [[], ["form", "rules"]]);
    const report = compared(card, edition, invented(card, 800));
    rmSync(folder, { recursive: true });
    assert.equal(report.changed.least, 0);
    // Everybody may come out another way now: the rule that looks at the new answer is open for all who passed or failed it.
    assert.ok(report.changed.most > 0);
    assert.equal(report.after.outcomes.granted!.least, 0);
    assert.equal(report.missing["answers.lost"], 800);
    assert.equal(report.after.questions, report.before.questions + 800);
  });

  test("M-A18: a limit in a table of the service is moved, and applications between come out otherwise", () => {
    const folder = "packs/library-card/services/library-card";
    const rule = `
  - rule: not-so-late
    holds: early
    refuse: &late { ky: а, ru: а, kk: а, en: a }
    norm: { act: library-rules, article: "3" }
    wouldHelp: *late
`;
    const rows = [
      ["&lt; date(&quot;2026-09-01&quot;)", "true"],
      ["-", "false"],
    ].map(
      ([day, early], index) =>
        `<rule id="r${index}"><inputEntry><text>${day}</text></inputEntry><outputEntry><text>${early}</text></outputEntry><annotationEntry><text>library-rules:3</text></annotationEntry></rule>`,
    );
    const table = `<?xml version="1.0" encoding="UTF-8"?>
<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="f" name="early" namespace="urn:early">
<inputData id="i" name="day"><variable name="day" typeRef="date"/></inputData>
<decision id="d" name="early"><variable name="early" typeRef="boolean"/><informationRequirement><requiredInput href="#i"/></informationRequirement>
<decisionTable hitPolicy="FIRST"><input><inputExpression typeRef="date"><text>day</text></inputExpression></input><output typeRef="boolean"/><annotation name="norm"/>${rows.join("")}</decisionTable></decision>
</definitions>`;
    const rules = readFileSync(service("library-card").files.rules!.path, "utf8");
    const whole = makePlace(["library-card"], { [`${folder}/rules.yaml`]: rules + rule, [`${folder}/early.dmn`]: table });
    const declared = readDeclarations(blocks, { root: whole.root, country: "test" });
    whole.remove();
    const simulated = simulatedService(declared.packs, "library-card")!;
    assert.deepEqual(
      adjustables(simulated).flatMap(({ name, kind, value, of }) => (of === "early" ? [[name, kind, value, of]] : [])),
      [["early.1.1", "day", "2026-09-01", "early"]],
    );
    const moved = (day: string) => {
      const { edition, faults } = movedEdition(simulated, { "early.1.1": day });
      assert.deepEqual(faults, []);
      return compared(simulated, edition, invented(simulated, 1500));
    };
    assert.equal(moved("2026-09-01").changed.most, 0);
    const sooner = moved("2026-06-01");
    // A quarter of the year lies between.
    assert.ok(sooner.changed.least > 200, `${sooner.changed.least}`);
    assert.equal(sooner.changed.least, sooner.changed.most);
    assert.ok(sooner.after.rules["not-so-late"]! > sooner.before.rules["not-so-late"]!);
    assert.deepEqual(
      movedEdition(simulated, { "early.1.1": "today" }).faults.map(({ code }) => code),
      ["not-a-value"],
    );
  });

  test("M-A18: an amount that is raised is counted, for those who are granted", () => {
    const card = service("library-card");
    const deposit = adjustables(card).find(({ of, value }) => of === "lending" && value === "500")!;
    const { edition } = movedEdition(card, { [deposit.name]: "700" });
    const { before, after, changed } = compared(card, edition, invented(card, 2000));
    assert.equal(changed.most, 0, "nobody is refused for it");
    assert.ok(before.amount.most < 0, "people pay it");
    assert.equal(after.amount.most / before.amount.most, 1.4);
    assert.equal(Math.abs(before.amount.most % 50_000), 0, "500 som each, in tyiyn");
  });

  test("M-A18: what an official looked at he says again; where a rule lets more pass to him, both branches are counted", () => {
    const card = service("library-card");
    const text = { ky: "а", ru: "а", kk: "а", en: "a" };
    const grounds = ["no-room", "unanswered"].map((ground) => ({
      ground,
      refuse: text,
      norm: { act: "library-rules" },
      wouldHelp: text,
    }));
    const review = { answerDays: 10, grounds, unanswered: "unanswered" };
    const withReview = (edition: Simulated["edition"]): Simulated["edition"] => ({
      ...edition,
      declaration: { ...edition.declaration, service: { ...edition.declaration.service, review } },
    });
    const now = withReview(card.edition);
    // Three of four whom the rules let pass were granted, one was refused; whom the rules refused came before no official.
    const side = sideOf(card.edition, card.edition, { name: "rules" });
    const cases = [...invented(card, 1200)].map(({ opinion: _, ...one }, at): PastApplication => {
      const passed = side.end(one).outcomes[0] === "granted";
      return passed ? { ...one, opinion: at % 4 === 0 ? "no-room" : "granted" } : one;
    });
    const run = (after: Simulated["edition"]) =>
      simulate(cases, { before: sideOf(now, now, { name: "now" }), after: sideOf(after, now, { name: "then" }), groups: [] });
    const same = run(now);
    assert.deepEqual([same.changed.most, same.before.unknown], [0, 0]);
    assert.ok(same.before.rules["no-room"]! > 200);
    assert.equal(same.before.work[0]!.tasks, cases.filter(({ opinion }) => opinion !== undefined).length);
    const without = { ...now, rules: now.rules.filter(({ declaration }) => declaration.rule !== "no-card-yet") };
    const more = run(without);
    const asked = more.missing.official!;
    assert.ok(asked > 5, `${asked}`);
    assert.deepEqual(more.changed, { least: 0, most: asked });
    assert.equal(more.after.outcomes.granted!.most - more.after.outcomes.granted!.least, asked);
  });

  test("what a simulation.yaml names must be there: each fault at its line", () => {
    const text = `patterns: { first-card: 1, second-card: 1 }
distributions:
  answers.when: { days: { from: 0, to: 1 } }
  library_card.valid_until: { days: { from: 0, to: 1 } }
missing: { person: 0.1 }
groups:
  - { group: where, title: { ky: а, ru: а, kk: а, en: a }, of: answers.wher }
  - { group: age, title: { ky: а, ru: а, kk: а, en: a }, of: "1 + 1", bands: [10, 5] }
`;
    const whole = makePlace(["library-card"], { "packs/library-card/services/library-card/simulation.yaml": text });
    const { faults } = readDeclarations(blocks, { root: whole.root, country: "test" });
    whole.remove();
    assert.deepEqual(
      faults.map(({ line, code }) => [line, code]),
      [
        [1, "services.faults.no-such-example"],
        [3, "services.faults.no-such-place"],
        [5, "services.faults.register-not-read"],
        [7, "services.faults.feel"],
        [8, "services.faults.bands-fall"],
      ],
    );
  });

  test("an edition with a fault says it at its place", () => {
    const card = service("library-card");
    const folder = mkdtempSync(path.join(tmpdir(), "kerege-edition-"));
    const text = readFileSync(card.files.rules!.path, "utf8");
    writeFileSync(path.join(folder, "rules.yaml"), text.replace("card.valid_until < day", "card.valid_until < dey"));
    const { faults } = editionFrom(card, folder, services.packFiles!);
    rmSync(folder, { recursive: true });
    assert.deepEqual(
      faults.map((fault) => ["part" in fault && fault.part, fault.code]),
      [["rules", "feel"]],
    );
  });

  /** The example as it stands, nothing drawn. */
  function applicationOf(simulated: Simulated, example: ExampleDeclaration): PastApplication {
    const { settled } = settleExample(simulated.edition, example);
    const { day, applicant, language = "ky" } = example;
    const { answers } = settled.form;
    return pastApplication(simulated.edition, {
      day,
      applicant,
      language,
      answers,
      facts: settled.facts,
      recorded: () => undefined,
    });
  }
});
