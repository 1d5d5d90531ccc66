/** The legal record as sentences: every kind of event in every language, with who, when and why, and with nothing of a person. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import type { Recorded } from "../door.ts";
import type { Command, HistoryEvent, HistoryKind } from "../engine/state.ts";
import { sentencesOf, type Telling } from "../pages/sentences.ts";
import { outputOf } from "../pages/typed.ts";
import { waitText } from "../pages/waits.ts";

const texts = createTexts();
addLocales(texts, "process", new URL("../locales/", import.meta.url));
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
const PIN = "20101199000017";
const OFFICIAL = "official:civil-registry/registrar/o-1";

const telling = (language: (typeof languages)[number]): Telling => ({
  book: {
    who: (by) =>
      by === undefined || by === "system"
        ? texts.translate(language, "process.who.system")
        : by.startsWith("person:")
          ? "APPLICANT"
          : "REGISTRAR",
    when: (_, at) => at.toISOString(),
  },
  visit: { language, t: texts.of(language) },
  stepOf: (id) => `step ${id}`,
  flowOf: (id) => `way ${id}`,
  actOf: (code) => (code === "benefits" ? `ACT ${language}` : code),
  kindOf: (id) => (id === "end" ? "end" : id === "wait" ? "catch" : id === "begin" ? "start" : "user"),
});

const KINDS: Record<HistoryKind, true> = {
  started: true,
  entered: true,
  done: true,
  taken: true,
  held: true,
  agreed: true,
  recounted: true,
  decided: true,
  caught: true,
  thrown: true,
  interrupted: true,
  failed: true,
  incident: true,
  set: true,
  moved: true,
  added: true,
  retried: true,
  skipped: true,
  suspended: true,
  resumed: true,
  compensated: true,
  ended: true,
  terminated: true,
  cancelled: true,
};

const recorded = (events: HistoryEvent[], command: Command = { kind: "tick" }): Recorded => ({
  version: 1,
  at: new Date("2026-11-23T04:00:00Z"),
  command,
  events,
});

test("M-A18: every kind of event is a sentence in every language, without a name of a text or a hole in it", () => {
  for (const language of languages) {
    const said = new Set<string>();
    for (const kind of Object.keys(KINDS) as HistoryKind[]) {
      const event: HistoryEvent = {
        kind,
        node: "review",
        flow: "f1",
        by: OFFICIAL,
        said: { code: "no-answer", reason: "Because", title: "Look", to: "end" },
      };
      const [sentence] = sentencesOf(telling(language), { history: [recorded([event])], all: true });
      assert.ok(sentence!.text.length > 5, `${language} ${kind}`);
      assert.doesNotMatch(sentence!.text, /process\.|\{|undefined/, `${language} ${kind}: ${sentence!.text}`);
      assert.ok(!said.has(sentence!.text), `${language}: ${kind} sounds like another kind`);
      said.add(sentence!.text);
    }
  }
});

test("M-A18: who did it and why stands in the sentence of a repair, told by post and not by name", () => {
  const command: Command = { kind: "skip", token: 1, reason: "The other system is away", by: OFFICIAL, output: { paid: true } };
  const [sentence] = sentencesOf(telling("en"), {
    history: [
      recorded(
        [{ kind: "skipped", node: "ask", by: OFFICIAL, said: { output: { paid: true }, reason: command.reason } }],
        command,
      ),
    ],
    all: false,
  });
  assert.equal(sentence!.text, "“step ask” was skipped. By: REGISTRAR.");
  assert.deepEqual(sentence!.more, ["Reason: The other system is away"]);
});

test("a decision is told with its norm and its rules, in the reader's language, and not with the facts of a person", () => {
  const why = {
    decision: "benefit",
    rules: [
      { table: "Пособие", rule: 2, norm: { act: "benefits", article: "5" } },
      { table: "Пособие", rule: 3 },
    ],
    facts: { pin: PIN, age: 17 },
  };
  const event: HistoryEvent = {
    kind: "decided",
    node: "decide",
    said: { decision: "benefit", value: { amount: 1000, pin: PIN }, why },
  };
  const [sentence] = sentencesOf(telling("ru"), { history: [recorded([event])], all: false });
  assert.deepEqual(sentence!.more, ["Верно правило 2 таблицы «Пособие»: ACT ru, 5.", "Верно правило 3 таблицы «Пособие»."]);
  assert.ok(!JSON.stringify(sentence).includes(PIN));
});

test("values that a case works with are told by no sentence", () => {
  const command: Command = { kind: "set", variables: { applicant: PIN }, by: `person:${PIN}` };
  const history = [
    recorded([{ kind: "started", by: `person:${PIN}` }], { kind: "start", variables: { applicant: PIN }, by: `person:${PIN}` }),
    recorded([{ kind: "set", by: `person:${PIN}`, said: { applicant: PIN } }], command),
    recorded([{ kind: "done", node: "review", by: OFFICIAL, said: { output: { applicant: PIN } } }]),
    recorded([{ kind: "caught", node: "wait", said: { brought: { applicant: PIN } } }], {
      kind: "message",
      name: "answer",
      correlation: PIN,
    }),
  ];
  for (const language of languages)
    assert.ok(!JSON.stringify(sentencesOf(telling(language), { history, all: true })).includes(PIN), language);
  const wait = { for: "message", name: "answer", correlation: PIN } as const;
  const book = { who: () => "", role: (role: string) => role, when: () => "" };
  assert.ok(!waitText({ book, visit: { language: "en", t: texts.of("en") }, stepOf: (id) => id }, wait).includes(PIN));
});

test("what is only passed is left out until it is asked for; an end is reached, an event is waited for", () => {
  const history = [
    recorded([
      { kind: "entered", node: "begin" },
      { kind: "entered", node: "review" },
      { kind: "failed", node: "review", said: { code: "away" } },
      { kind: "incident", node: "review", said: { code: "away" } },
      { kind: "entered", node: "wait" },
      { kind: "entered", node: "end" },
      { kind: "ended" },
    ]),
  ];
  const short = sentencesOf(telling("en"), { history, all: false }).map(({ text }) => text);
  assert.deepEqual(short, [
    "“step review” stopped with an incident: away.",
    "Waiting at “step wait”.",
    "The case reached the end “step end”.",
    "The case ended.",
  ]);
  assert.equal(sentencesOf(telling("en"), { history, all: true }).length, 7);
});

test("a migration is told with its edition and its reason", () => {
  const history: Recorded[] = [
    {
      version: 2,
      at: new Date(0),
      events: [],
      command: {
        kind: "migrate",
        upgrade: "u",
        model: "abcdef0123456789",
        inverse: true,
        reason: "The act was repealed",
        by: OFFICIAL,
      },
    },
  ];
  const [sentence] = sentencesOf(telling("en"), { history, all: false });
  assert.equal(sentence!.text, "The case was taken back to edition abcdef01. By: REGISTRAR.");
  assert.deepEqual(sentence!.more, ["Reason: The act was repealed"]);
});

test("an operator writes a result line by line; a line that is no name and value is refused, a number of a person stays a text", () => {
  assert.deepEqual(outputOf('paid: true\n amount = 12.50\nnote: all well: yes\n\nkind: "7"\npin: 020101199000017'), {
    paid: true,
    amount: 12.5,
    note: "all well: yes",
    kind: "7",
    pin: "020101199000017",
  });
  assert.equal(outputOf("paid"), undefined);
  assert.equal(outputOf("1paid: true"), undefined);
  assert.deepEqual(outputOf(""), {});
});
