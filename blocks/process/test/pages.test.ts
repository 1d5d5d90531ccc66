/** Pages drawn over real cases: what a migration would do, what time will bring, who has how much to do. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { addLocales, createTexts, type Language, languages } from "@kerege/kernel/locale";
import type { Visit } from "@kerege/kernel/page";
import type { ReferenceDoor } from "@kerege/reference";
import type { VNode } from "preact";
import { render } from "preact-render-to-string";
import type { UpgradeState } from "../door.ts";
import { createBook } from "../pages/book.ts";
import { CasePage } from "../pages/case.tsx";
import { EditionPage } from "../pages/editions.tsx";
import { LoadPage } from "../pages/load.tsx";
import { namesOf } from "../pages/parts.tsx";
import type { Right, Seat } from "../pages/seat.ts";
import { TimersPage } from "../pages/timers.tsx";
import { UpgradePage } from "../pages/upgrades.tsx";
import { caseShown } from "../routes-pages-cases.ts";
import type { Running } from "../running/running.ts";
import { file, flows, modelOf } from "./reading-files.ts";
import { open, openRunning } from "./running-house.ts";

const PIN = "20101199000017";
const OFFICIAL = { kind: "official", body: "civil-registry", post: "clerk-1", person: "o-1" } as const;
const texts = createTexts();
addLocales(texts, "process", new URL("../locales/", import.meta.url));
addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));

/** A review, and beside it a step that the newer edition has no more. */
const older = file(
  `<startEvent id="begin"/><exclusiveGateway id="which" default="f2"/><userTask id="seal" name="Put a seal" kerege:role="clerk"/>
   <intermediateCatchEvent id="wait"><timerEventDefinition><timeDuration>P2D</timeDuration></timerEventDefinition></intermediateCatchEvent>
   <userTask id="review" name="Review" kerege:role="clerk"/><endEvent id="end"/><endEvent id="sealed"/>
   ${flows("begin which, which seal, which wait: sealed = false, wait review, review end, seal sealed")}`,
);
const newer = older
  .replace('<userTask id="seal" name="Put a seal" kerege:role="clerk"/>', '<serviceTask id="stamp" kerege:call="stamp"/>')
  .replaceAll('"seal"', '"stamp"');

let place: Awaited<ReturnType<typeof openRunning>>;
let node: Running;
const [before_, after_] = [modelOf(older, open), modelOf(newer, open)];

before(async () => {
  place = await openRunning({
    upgrades: [
      {
        upgrade: "no-seals",
        process: "p",
        from: { model: before_.hash },
        to: { model: after_.hash },
        nodes: {},
        variables: [],
        timers: "keep",
        law: { act: { ky: "Мыйзам", ru: "Закон", kk: "Заң", en: "Act" }, article: "7" },
      },
    ],
  });
  node = place.node();
  node.door.publish({
    model: before_,
    owner: "trial",
    files: { "p.bpmn": older },
    words: { Review: { ky: "Кароо", ru: "Рассмотреть", kk: "Қарау", en: "Review" } },
    title: { ky: "Мөөр", ru: "Печать", kk: "Мөр", en: "Seal" },
  });
  node.door.publish({ model: after_, owner: "trial", files: { "p.bpmn": newer } });
  for (const [at, sealed] of [false, false, true].entries())
    await node.door.begin({
      instance: `019a0000-0000-7000-8000-00000000000${at}`,
      edition: { model: before_.hash },
      variables: { sealed, applicant: PIN },
      by: `person:${PIN}`,
      key: `T-${at}`,
      body: "civil-registry",
    });
});
after(() => place?.close());

const bookOf = () => {
  const reference = { post: () => undefined, body: () => undefined } as unknown as ReferenceDoor;
  const means = { clock: place.clock, country: { timeZone: "Asia/Bishkek" } as never, texts, database: place.database };
  return createBook({ means, door: node.door, reference, identity: { findDesk: async () => undefined } } as never);
};

function seatOf(language: Language, ...rights: Right[]): Seat {
  const portal = { ky: "P", ru: "P", kk: "P", en: "P" };
  const visit: Visit = {
    language,
    t: texts.of(language),
    path: `/${language}/process`,
    prefs: { size: "normal", contrast: "normal", images: "on", theme: "light" },
    links: [],
    country: { name: portal, portalName: portal, demo: false, languages: [...languages] },
  };
  return { actor: OFFICIAL, visit, post: "Clerk", body: "Registry", may: (right) => rights.includes(right) };
}

const wordsOf = (page: VNode) =>
  render(page)
    .replaceAll(/<(?:title|svg)[\s\S]*?<\/(?:title|svg)>|<[^>]+>/g, " ")
    .replaceAll(/\s+/g, " ");
const unwritten = /\bprocess\.[a-z][\w-]*(?:\.[\w-]+)+|\{\w+(?:,|\})/;

test("M-A18: a migration is looked at over every live case; those without a place are named with the step and the reason", async () => {
  const { door } = node;
  const state = (await door.upgrades()).find(({ upgrade }) => upgrade === "no-seals") as UpgradeState;
  const preview = await door.preview("no-seals");
  for (const language of languages) {
    const seat = seatOf(language, "operate");
    const names = await namesOf(bookOf(), seat.visit, [state.from, state.to]);
    const given = { book: bookOf(), seat, state, preview, names, reason: "", faults: {} };
    const words = wordsOf(UpgradePage(given));
    assert.doesNotMatch(words, unwritten);
    assert.ok(words.includes("T-2") && !words.includes("T-0"), words);
    assert.ok(words.includes(`Put a seal: ${texts.translate(language, "process.pages.upgrades.because.no-target")}`), words);
    assert.ok(words.includes({ ky: "Мыйзам, 7", ru: "Закон, 7", kk: "Заң, 7", en: "Act, 7" }[language]));
  }
});

test("M-A18: what time will bring is told by hour and by day with the number of cases", async () => {
  for (const by of ["hour", "day"] as const) {
    const rows = await node.door.timersDue({ by });
    assert.deepEqual(
      rows.map(({ cases }) => cases),
      [2],
    );
    const words = wordsOf(TimersPage({ book: bookOf(), seat: seatOf("en", "operate"), by, rows }));
    assert.ok(words.includes("25 November 2026"), words);
  }
});

test("M-A18: the load of a desk is told by role and by who has taken what, and no official's own name", async () => {
  const [task] = (await node.door.tasks({ body: "civil-registry" })).rows;
  await node.door.command(OFFICIAL, { instance: task!.instance, command: { kind: "hold", token: task!.token } });
  const words = wordsOf(
    LoadPage({ book: bookOf(), seat: seatOf("en", "oversee"), lines: await node.door.load({ body: "civil-registry" }) }),
  );
  assert.ok(words.includes("clerk-1, civil-registry") && !words.includes("o-1"), words);
});

test("M-A18: values of a case are shown to the body whose case it is, and to nobody who only keeps it running", async () => {
  const instance = "019a0000-0000-7000-8000-000000000000";
  const book = bookOf();
  for (const [rights, sees] of [
    [["operate"], false],
    [["oversee"], true],
    [["operate", "oversee"], true],
  ] as [Right[], boolean][]) {
    const seat = seatOf("ky", ...rights);
    const words = wordsOf(CasePage({ book, seat, shown: await caseShown(book, seat, instance), all: true }));
    assert.equal(words.includes(PIN), sees, rights.join());
    assert.doesNotMatch(words, unwritten);
    assert.ok(words.includes("Мөөр"), "the process is called as people call it");
    assert.ok(words.includes("Кароо") && !words.includes("Review"), "so are its steps");
  }
  const elsewhere = { ...seatOf("ky", "oversee"), actor: { ...OFFICIAL, body: "cadastre" } };
  assert.ok(
    !wordsOf(CasePage({ book, seat: elsewhere, shown: await caseShown(book, elsewhere, instance), all: true })).includes(PIN),
  );
  await assert.rejects(book.caseOf({ ...elsewhere, only: "cadastre" }, instance), { code: "kernel.not-found" });
});

test("M-A18: cases wait where they are drawn: how many, since when the longest of them, and half of them", async () => {
  const start = (at: number) =>
    node.door.begin({
      instance: `019a0000-0000-7000-8000-00000000010${at}`,
      edition: { model: after_.hash },
      variables: { sealed: false },
      by: "system",
    });
  const begun = place.clock.now();
  for (const [at, hours] of [0, 5, 1].entries()) {
    place.clock.advance(hours * 3_600_000);
    await start(at);
  }
  const [line] = await node.door.atNodes(after_.hash);
  assert.deepEqual(
    {
      node: line!.node,
      cases: line!.cases,
      since: line!.since.getTime() - begun.getTime(),
      median: line!.median.getTime() - begun.getTime(),
    },
    { node: "wait", cases: 3, since: 0, median: 5 * 3_600_000 },
  );
  const [edition] = (await node.door.editions("p")).filter(({ model }) => model === after_.hash);
  const given = {
    book: bookOf(),
    seat: seatOf("en", "operate"),
    edition: edition!,
    others: [],
    model: after_,
    drawings: await bookOf().drawingsOf(after_.hash),
  };
  const html = render(EditionPage({ ...given, atNodes: await node.door.atNodes(after_.hash) }));
  assert.match(html, /class="badge load"[\s\S]*?>3 · 1 h</);
});

test("a process that calls another is drawn with the other one, whose steps are known by the call", async () => {
  const xml = file(
    `<startEvent id="s"/><callActivity id="ask" calledElement="other"/><endEvent id="e"/>${flows("s ask, ask e")}`,
    `<process id="other" isExecutable="true"><startEvent id="os"/><userTask id="look" name="Look" kerege:role="clerk"/><endEvent id="oe"/>
     <sequenceFlow id="of1" sourceRef="os" targetRef="look"/><sequenceFlow id="of2" sourceRef="look" targetRef="oe"/></process>`,
  );
  const model = modelOf(xml, { ...open, process: "p" });
  node.door.publish({ model, owner: "trial", files: { "calls.bpmn": xml } });
  const drawings = await bookOf().drawingsOf(model.hash);
  const ids = drawings.map(({ shapes }) => shapes.map(({ id }) => id).toSorted());
  assert.deepEqual(ids, [
    ["ask", "e", "s"],
    ["ask/look", "ask/oe", "ask/os"],
  ]);
  for (const id of ids.flat()) assert.ok(model.nodeOf.has(id), id);
});
