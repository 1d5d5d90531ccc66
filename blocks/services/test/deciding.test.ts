import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import { readDeclarations } from "@kerege/kernel/house";
import type { Language } from "@kerege/kernel/locale";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { PostDoor } from "@kerege/post";
import post from "@kerege/post/block";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import services from "../block.ts";
import { citer, decide } from "../decision.ts";
import type { ExampleDeclaration } from "../declaration.ts";
import type { ServicesDoor } from "../door.ts";
import { settleExample } from "../examples.ts";
import { simulatedService } from "../simulation-editions.ts";
import { handerIn, makePlace } from "./place.ts";

const blocks = [trust, identity, reference, process, registry, documents, post, services];
const folder = "packs/library-card/services/library-card";
const AIZHAN = { kind: "person", pin: "11205198701011", assurance: "high" } as const;
const AZAMAT = { kind: "person", pin: "20203198501017", assurance: "high" } as const;
const cite = citer((_, key, values) => `${key} ${JSON.stringify(values)}`);

describe("decisions in services", () => {
  let place: ReturnType<typeof makePlace>;
  before(() => {
    const elsewhere = `<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="More" namespace="urn:elsewhere"><inputData id="i" name="day"><variable name="day" typeRef="date"/></inputData></definitions>`;
    place = makePlace(["library-card"], { "packs/library-card/decisions/more.dmn": elsewhere });
  });
  after(() => place?.remove());

  type Change = [file: string, from: string, to: string];
  /** Does something with files changed, which are put back afterwards. */
  function changed<T>(changes: readonly Change[], act: () => T): T {
    const before = changes.map(([file]) => [file, readFileSync(path.join(place.root, folder, file), "utf8")] as const);
    for (const [file, from, to] of changes) {
      const whole = path.join(place.root, folder, file);
      const text = readFileSync(whole, "utf8");
      assert.ok(text.includes(from), `${file} has no ${from}`);
      writeFileSync(whole, text.replace(from, to));
    }
    try {
      return act();
    } finally {
      for (const [file, text] of before.toReversed()) writeFileSync(path.join(place.root, folder, file), text);
    }
  }
  const read = () => readDeclarations(blocks, { root: place.root, country: "test" });
  const said = (...changes: Change[]) =>
    changed(changes, () =>
      read().faults.map(({ file, line, code, params }) => ({ file: path.basename(file), line, code, params })),
    );
  const lineOf = (file: string, text: string) =>
    readFileSync(path.join(place.root, folder, file), "utf8")
      .split("\n")
      .findIndex((line) => line.includes(text)) + 1;
  const decided = (example: string, more: Partial<ExampleDeclaration> = {}, ...changes: Change[]) =>
    changed(changes, () => {
      const { packs, faults } = read();
      assert.deepEqual(
        faults.filter(({ code }) => !/example|not-reached/.test(code)),
        [],
      );
      const { edition, files } = simulatedService(packs, "library-card")!;
      const { value } = files.examples.find((file) => file.value.example === example)!;
      const { settled, errors } = settleExample(edition, { ...value, ...more });
      assert.deepEqual(errors, []);
      return decide(settled, cite);
    });
  const changesOf = (outcome: ReturnType<typeof decide>) =>
    outcome.kind === "refused" ? outcome.refusals.map(({ rule, changes = [] }) => [rule, ...changes.map(({ en }) => en)]) : [];

  test("the library card as it stands has no faults", () => assert.deepEqual(said(), []));

  for (const [what, changes, file, at, code] of [
    [
      "an input the service does not know",
      [
        ["limits.dmn", 'inputData id="answers_input" name="answers"', 'inputData id="answers_input" name="wishes"'],
        ["limits.dmn", 'variable name="answers"', 'variable name="wishes"'],
        ["limits.dmn", "<text>answers.where", "<text>wishes.where"],
        ["limits.dmn", "<text>answers.books", "<text>wishes.books"],
      ],
      "limits.dmn",
      "<inputData",
      "unknown-input",
    ],
    [
      "a part of an input the form does not ask",
      [
        ["limits.dmn", '<itemComponent name="books"', '<itemComponent name="volumes"'],
        ["limits.dmn", "<text>answers.books", "<text>answers.volumes"],
      ],
      "limits.dmn",
      "<inputData",
      "unknown-input",
    ],
    [
      "an input of another type",
      [
        ["limits.dmn", '<itemComponent name="where"><typeRef>string', '<itemComponent name="where"><typeRef>date'],
        ["limits.dmn", '<inputExpression typeRef="string"><text>answers.where', "<inputExpression><text>string(answers.where)"],
      ],
      "limits.dmn",
      "<inputData",
      "input-unlike",
    ],
    [
      "an act without a name",
      [["limits.dmn", "library-rules:5.2", "other-rules:5.2"]],
      "limits.dmn",
      'id="rule_2"',
      "unknown-act",
    ],
    [
      "a file that is not there",
      [
        [
          "limits.dmn",
          '<itemDefinition name="asked">',
          '<import name="more" namespace="urn:elsewhere" importType="https://www.omg.org/spec/DMN/20191111/MODEL/"/>\n  <itemDefinition name="asked">',
        ],
      ],
      "limits.dmn",
      '<itemDefinition name="asked"',
      "import-elsewhere",
    ],
    ["a title of no decision", [["rules.yaml", "  lending:\n", "  landing:\n"]], "rules.yaml", "lending:", "unknown-decision"],
    ["a name the service has", [["facts.yaml", "  card:\n", "  lending:\n"]], "limits.dmn", "<decision ", "name-taken"],
    [
      "a decision nobody asks for",
      [
        ["rules.yaml", "lending.allowed = true", "answers.books < 10"],
        ["outcome.yaml", "if lending.deposit = null then 0 else lending.deposit", '"0"'],
      ],
      "limits.dmn",
      "<decision ",
      "unused-decision",
    ],
    [
      "a rule of a table no example reaches",
      [["examples/books-with-deposit.yaml", "books: 6", "books: 5"]],
      "limits.dmn",
      'id="rule_2"',
      "table-rule-not-reached",
    ],
    [
      "a decision that comes to something else",
      [["examples/books-with-deposit.yaml", "deposit: 500 }", "deposit: 400 }"]],
      "books-with-deposit.yaml",
      "decisions:",
      "example-differs",
    ],
    [
      "another rule of a table",
      [["examples/five-books.yaml", "lending: [1]", "lending: [2]"]],
      "five-books.yaml",
      "tables:",
      "example-differs",
    ],
  ] as [string, Change[], string, string, string][])
    test(`${what} is told with its place`, () => {
      const faults = said(...changes);
      const found = faults.find((fault) => fault.code === `services.faults.${code}`);
      assert.ok(found, JSON.stringify(faults));
      const shown = file.endsWith(".dmn") || file === "rules.yaml" ? file : `examples/${file}`;
      assert.deepEqual([found.file, found.line], [file, lineOf(shown, at)]);
    });

  test("a circle between a decision and a fact is refused", () => {
    const table = readFileSync(path.join(place.root, folder, "limits.dmn"), "utf8");
    const own = table
      .replace(
        /<itemDefinition name="asked">[\s\S]*?<\/itemDefinition>/,
        '<itemDefinition name="held"><itemComponent name="branch"><typeRef>string</typeRef></itemComponent></itemDefinition>',
      )
      .replaceAll('"answers"', '"card"')
      .replace('typeRef="asked"', 'typeRef="held"')
      .replace("answers.where", "card.branch")
      .replace("answers.books", "number(card.branch)");
    const faults = said(
      ["limits.dmn", table, own],
      ["facts.yaml", "key: applicant", "key: if lending.allowed then applicant else null"],
    );
    assert.ok(
      faults.some(({ code }) => code === "services.faults.fact-circle"),
      JSON.stringify(faults),
    );
  });

  test("a page is asked by what a decision comes to with the answers before it", () => {
    const title = "{ ky: а, ru: а, kk: а, en: a }";
    const more: Change = [
      "form.yaml",
      '        max: "100"\n',
      `        max: "100"\n  - page: deposit\n    title: ${title}\n    when: lending.deposit > 0\n    fields:\n      - { field: agreed, type: yes-no, title: ${title} }\n`,
    ];
    changed([more], () => {
      const { edition, files } = simulatedService(read().packs, "library-card")!;
      const asked = (example: string) => {
        const { value } = files.examples.find((file) => file.value.example === example)!;
        return settleExample(edition, value).errors;
      };
      assert.deepEqual([asked("books-with-deposit"), asked("five-books"), asked("too-many-books")], [["agreed"], [], []]);
    });
  });

  test("M-A18: what would change a refusal is found in the table and in plain rules, and nothing is said that would not help", () => {
    const answers = (more: ExampleDeclaration["answers"]) => ({ answers: { where: "central", home: true, ...more } });
    const [[rule, ...ways] = []] = changesOf(decided("too-many-books"));
    assert.equal(rule, "within-limits");
    assert.ok(ways[0]?.includes("at-most") && ways[0].includes("10"), ways.join());
    // Twelve books are too many at every branch: the number is the only way.
    assert.equal(changesOf(decided("too-many-books", answers({ books: 12 })))[0]!.length, 2);
    // The form takes no more than four: nothing that it refuses is advised, and eleven old books are lent nowhere.
    const old = changesOf(decided("old-books-at-home", { answers: { where: "archive", home: true, books: 3 } }));
    assert.deepEqual(
      old.map(([name]) => name),
      ["old-books-stay", "within-limits"],
    );
    // A plain rule over a day: the first day on which it holds.
    const [[late, ...days] = []] = changesOf(decided("card-still-valid"));
    assert.equal(late, "no-card-yet");
    assert.equal(days.length, 1);
    assert.match(days[0]!, /services\.explained\.day.*2026-11-23/s);
  });

  test("what registers are asked by is not advised: nobody knows what they would say of another value", () => {
    const asking: Change = ["facts.yaml", "key: applicant", "key: if answers.books > 3 then applicant else null"];
    assert.equal(changesOf(decided("too-many-books"))[0]!.length, 2);
    assert.deepEqual(changesOf(decided("too-many-books", {}, asking)), [["within-limits"]]);
  });

  test("a fact that is declared changeable is advised before any other that is not", () => {
    const tests: Change = [
      "rules.yaml",
      "holds: card = null or card.valid_until < day",
      'holds: card = null or card.valid_until < date("2026-01-01")',
    ];
    const ways = (...more: Change[]) => changesOf(decided("card-still-valid", {}, tests, ...more))[0]!.slice(1);
    assert.match(ways()[0]!, /would-differ.*until.*2025-12-31/s);
    assert.match(
      ways(["facts.yaml", "    ground: library-card", "    ground: library-card\n    changeable: true"])[0]!,
      /would-change/,
    );
  });
});

describe("a refusal by a table, on a real database", () => {
  let house: TestHouse;
  let place: ReturnType<typeof makePlace>;
  let door: ServicesDoor;
  before(async () => {
    place = makePlace(["library-card"]);
    house = await openTestHouse(blocks, { root: place.root, country: "test" });
    door = house.doors.services as ServicesDoor;
  });
  after(async () => {
    await house?.close();
    place?.remove();
  });

  const handIn = async (actor: typeof AIZHAN | typeof AZAMAT, books: string, language: Language) => {
    const { case: id, page } = await door.begin(actor, { service: "library-card", language });
    const next = await door.answer(actor, { case: id, page, language, answers: { where: "central", home: "yes" } });
    assert.equal(next.kind, "next");
    await door.answer(actor, { case: id, page: "contact", language, answers: { telephone: "", books } });
    const result = await handerIn(door)(actor, { case: id, language });
    assert.ok(result.kind === "case");
    return result.case;
  };

  test("M-A18: a refusal says which rule of which table refused, by which norm, and what would change it", async () => {
    const refused = await handIn(AIZHAN, "15", "en");
    assert.equal(refused.state, "refused");
    const [refusal, ...more] = refused.refusals;
    assert.deepEqual(more, []);
    assert.deepEqual(
      [refusal!.rule, refusal!.because, refusal!.changes],
      [
        "within-limits",
        ["Rule 3 of “How many books are lent out” holds: Rules of the library (invented for the tutorial), article 5."],
        ["The decision would be another one if: How many books do you want at once? – at most 10."],
      ],
    );
    assert.deepEqual(refusal!.facts.map(({ title, value }) => [title, value]).sort(), [
      ["Choose a branch", "Central library"],
      ["How many books do you want at once?", "15"],
    ]);
    for (const language of ["ky", "ru", "kk"] as const) {
      const [shown] = (await door.view(AIZHAN, { case: refused.case, language })).refusals;
      assert.match(shown!.because.join(), /3/, language);
      assert.match(shown!.changes.join(), /10/, language);
      assert.doesNotMatch(shown!.changes.join() + shown!.because.join(), /lending|answers|process\./, language);
    }
    const { rows } = await (house.doors.post as PostDoor).list(AIZHAN, { language: "en" });
    const letter = await (house.doors.post as PostDoor).read(AIZHAN, { id: rows[0]!.id, language: "en" });
    assert.match(letter.body, /Rule 3 of “How many books are lent out”[\s\S]*at most 10\.$/);
    // What was advised helps.
    assert.equal((await handIn(AIZHAN, "10", "en")).state, "granted");
  });

  test("a fact of a register is told with the day on which it was read", async () => {
    assert.equal((await handIn(AZAMAT, "2", "en")).state, "granted");
    const again = await handIn(AZAMAT, "2", "en");
    const [refusal] = again.refusals;
    const known = refusal!.facts.find(({ name }) => name === "card.valid_until");
    assert.match(known?.readOn ?? "", /^\d{4}-\d\d-\d\d$/);
    assert.equal(refusal!.changes.length, 1);
    assert.match(refusal!.changes[0]!, /^The decision would be another one if: Day of the application – not earlier than/);
  });
});
