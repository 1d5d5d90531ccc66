/** Cases that an official decides: asked, granted, refused, taken back, late; over a real database with the clock moved by hand. */
import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { PostDoor } from "@kerege/post";
import post from "@kerege/post/block";
import type { ProcessDoor } from "@kerege/process";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import { makePin, type RegistryDoor } from "@kerege/registry";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import services from "../block.ts";
import type { ServicesDoor } from "../door.ts";
import { makePlace } from "./place.ts";

const DAY = 86_400_000;
const BODY = "civil-registry";
const LANGUAGE = "en";
const official = (post: string, person: string) => ({ kind: "official", body: BODY, post, person }) as const;
const FIRST = official("civil-registry-registrar-1", "o-1002");
const SECOND = official("civil-registry-registrar-2", "o-1003");
const HEAD = official("civil-registry-head", "o-1001");
const LIBRARIAN = { kind: "official", body: "library", post: "library-librarian", person: "o-9" } as const;
const SYSTEM = { kind: "system", body: BODY, name: "test" } as const;
/** Numbers of invented women, one after another. */
const pins = Array.from({ length: 60 }, (_, serial) => makePin({ sex: "f", bornOn: "1970-05-12", serial })).filter(
  (pin) => pin !== undefined,
);
const MOTHER = makePin({ sex: "f", bornOn: "1950-05-12", serial: 1 })!;

const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
const file = (path: string) => readFileSync(at(path), "utf8");
const folder = (path: string) => readdirSync(at(path));
const reference_ = "countries/demo/reference";
const passport = (name: string) => `packs/${name}/services/${name}/service.yaml`;
/** The pack whose service an official decides, and the packs it stands on. */
const pack = folder("packs").find(
  (name) => existsSync(at(passport(name))) && file(passport(name)).includes("process: one-review"),
)!;
const needs = /^needs: \[(.*)\]$/m.exec(file(`packs/${pack}/pack.yaml`))![1]!.split(", ");
const service = `packs/${pack}/services/${pack}`;
/** The demo country's bodies and posts, and a copy of the service where silence means yes. */
const places = (): Record<string, string> => ({
  ...Object.fromEntries(
    folder(reference_)
      .filter((name) => /^(?!regions|districts).*\.(yaml|csv)$/.test(name))
      .map((name) => [`countries/test/reference/${name}`, file(`${reference_}/${name}`)]),
  ),
  ...Object.fromEntries(
    folder(service)
      .concat(folder(`${service}/examples`).map((name) => `examples/${name}`))
      .filter((name) => name.endsWith(".yaml"))
      .map((name) => [`packs/${pack}/services/silent-name/${name}`, silent(file(`${service}/${name}`))]),
  ),
});
const silent = (text: string) =>
  text.replace(`service: ${pack}`, "service: silent-name").replace("answerDays: 10", "answerDays: 10\n  silentConsent: true");

describe("cases that an official decides", () => {
  let house: TestHouse;
  let door: ServicesDoor;
  let running: ProcessDoor;
  let place: ReturnType<typeof makePlace>;
  let next = 0;

  before(async () => {
    place = makePlace([...needs, pack], places());
    house = await openTestHouse([trust, identity, reference, process, registry, documents, post, services], {
      root: place.root,
      country: "test",
    });
    door = house.doors.services as ServicesDoor;
    running = house.doors.process as ProcessDoor;
    const registers = house.doors.registry as RegistryDoor;
    const region = "41711000000000";
    await registers.load(
      { ...SYSTEM, body: "cadastre" },
      {
        register: "address",
        event: "entry",
        document: "Invented for a test",
        rows: [
          {
            key: "A-1",
            validFrom: "2000-01-01",
            values: { region, district: region, place: "1528675", street: "Достук көчөсү", house: "14" },
          },
        ],
      },
    );
    await person(MOTHER, { born_on: "1950-05-12" });
  });
  after(async () => {
    await house?.close();
    place?.remove();
  });

  async function person(pin: string, values: Record<string, string> = {}): Promise<void> {
    const registers = house.doors.registry as RegistryDoor;
    const document = "Invented for a test";
    const born = { surname: "Асанова", given_name: "Айжан", patronymic: "Бакытовна", sex: "f", born_on: "1970-05-12", ...values };
    const row = { key: pin, validFrom: born.born_on, values: born };
    await registers.load(SYSTEM, { register: "person", event: "birth", document, rows: [row] });
    const home = { address: "A-1", since: "2012-08-01", kind: "permanent" };
    await registers.load(SYSTEM, {
      register: "residence",
      event: "registration",
      document,
      rows: [{ key: pin, validFrom: "2012-08-01", values: home }],
    });
  }

  const numbered = (at: number) => pins.at(at)!;
  /** Somebody new hands an application in. */
  async function applied(name = pack, values: Record<string, string> = {}) {
    const pin = numbered(++next);
    await person(pin, values);
    const actor = { kind: "person", pin, assurance: "high" } as const;
    const { case: id, page } = await door.begin(actor, { service: name, language: LANGUAGE });
    const given = { surname: "Бакыт кызы", given_name: "Айжан", patronymic: "" };
    await door.answer(actor, { case: id, page, language: LANGUAGE, answers: given });
    await door.answer(actor, { case: id, page: "why", language: LANGUAGE, answers: { why: "After my father" } });
    const result = await door.submit(actor, { case: id, language: LANGUAGE });
    assert.equal(result.kind, "case");
    return { actor, id };
  }
  const look = (at: Awaited<ReturnType<typeof applied>>) => door.view(at.actor, { case: at.id, language: LANGUAGE });
  const told = async (at: Awaited<ReturnType<typeof applied>>) =>
    (await look(at)).timeline.map((entry) => entry.key.replace("services.timeline.", ""));
  const letters = async (at: Awaited<ReturnType<typeof applied>>) =>
    (await (house.doors.post as PostDoor).list(at.actor, { language: LANGUAGE })).rows.map((letter) => letter.subject);
  /** Hours pass, and what they bring is done. */
  async function pass(time: number): Promise<void> {
    house.clock.advance(time);
    await running.drain();
    await house.jobs.drain();
  }
  const refusedWith = (code: string) => (error: unknown) => {
    assert.equal((error as { code: string }).code, `services.${code}`);
    return true;
  };

  test("M-A1: an official grants: the act, the new name and the letter come of it", async () => {
    const one = await applied();
    const before = await look(one);
    assert.equal(before.state, "in-review");
    assert.deepEqual(before.timeline.at(-1)!.text, "The application is in the queue of the body");
    assert.deepEqual(await letters(one), []);
    assert.equal(await door.desk.next(FIRST), one.id);
    const card = await door.desk.card(FIRST, { case: one.id, language: LANGUAGE });
    assert.ok(card.mine && card.view.facts.some((fact) => fact.value === "Асанова" && fact.source === "People"));
    await door.desk.decide(FIRST, { case: one.id, verdict: { choice: "grant" } });
    const after = await look(one);
    assert.equal(after.state, "granted");
    assert.deepEqual((await told(one)).slice(-4), ["granted", "recorded", "recorded", "letter-sent"]);
    assert.deepEqual(await letters(one), ["Your name has been changed"]);
    const found = await (house.doors.registry as RegistryDoor).read(SYSTEM, {
      register: "person",
      key: one.actor.pin,
      fields: ["surname", "patronymic"],
      ground: pack,
    });
    assert.deepEqual(found?.values, { surname: "Бакыт кызы", patronymic: null });
    assert.equal(await door.desk.next(FIRST), undefined);
  });

  test("M-A15: a refusal without a ground of the service or without a reason is impossible; with both it names the norm", async () => {
    const one = await applied();
    await door.desk.next(FIRST);
    const refuse = (ground: string, reason: string) =>
      door.desk.decide(FIRST, { case: one.id, verdict: { choice: "refuse", ground, reason } });
    await assert.rejects(refuse("because", "No"), refusedWith("ground-needed"));
    await assert.rejects(refuse("others-rights", "  "), refusedWith("reason-needed"));
    await refuse("others-rights", "A debtor would be hard to find under the new name");
    const { state, refusals, appeal } = await look(one);
    assert.equal(state, "refused");
    assert.equal(refusals[0]!.rule, "others-rights");
    assert.equal(refusals[0]!.norm.act.en, "Law on acts of civil status of 1 August 2020 No. 110");
    assert.equal(refusals[0]!.said, "A debtor would be hard to find under the new name");
    assert.ok(appeal);
    assert.deepEqual(await letters(one), ["Your name was not changed"]);
  });

  test("M-A1: a question stops the clock, the answer puts a field right and starts it again", async () => {
    const one = await applied();
    const { expectedOn } = await look(one);
    await door.desk.next(FIRST);
    const verdict = { choice: "ask", question: "Is the patronymic left out on purpose?", fields: ["patronymic"] } as const;
    await door.desk.decide(FIRST, { case: one.id, verdict: { ...verdict, fields: [...verdict.fields] } });
    assert.equal((await look(one)).state, "waiting");
    assert.equal(await door.desk.next(FIRST), undefined, "who is asked stands in no queue");
    assert.ok((await letters(one))[0]!.startsWith("A question about your application"));
    await pass(5 * DAY);
    const question = await door.question(one.actor, { case: one.id, language: LANGUAGE });
    assert.deepEqual(
      question.fields.map(({ field }) => field),
      ["patronymic"],
    );
    const answer = (text: string, answers: Record<string, string>) =>
      door.answerQuestion(one.actor, { case: one.id, language: LANGUAGE, text, answers });
    await assert.rejects(answer("Yes", { surname: "Другая" }), refusedWith("unknown-answer"));
    const empty = await answer("", { patronymic: "" });
    assert.equal(empty.kind === "again" && empty.question.errors[0]?.key, "services.errors.enter");
    assert.deepEqual(await answer("No, here it is", { patronymic: "Бакытовна" }), { kind: "answered" });
    const view = await look(one);
    assert.equal(view.state, "in-review");
    assert.equal(view.questions[0]!.answer, "No, here it is");
    const moved = (Date.parse(view.expectedOn!) - Date.parse(expectedOn!)) / DAY;
    assert.equal(moved, 5, "the day moves by as long as the answer took");
    await assert.rejects(answer("Twice", { patronymic: "" }), refusedWith("nothing-asked"));
    assert.equal(await door.desk.next(SECOND), one.id);
    await door.desk.decide(SECOND, { case: one.id, verdict: { choice: "grant" } });
    assert.equal((await look(one)).answers.find(({ title }) => title === "Patronymic")?.value, "Бакытовна");
  });

  test("an answer that leaves nothing to grant is seen at the desk: it cannot be granted any more", async () => {
    const one = await applied();
    await door.desk.next(FIRST);
    const fields = ["surname", "given_name", "patronymic"];
    await door.desk.decide(FIRST, { case: one.id, verdict: { choice: "ask", question: "Which name?", fields } });
    const answers = { surname: "Асанова", given_name: "Айжан", patronymic: "Бакытовна" };
    await door.answerQuestion(one.actor, { case: one.id, language: LANGUAGE, text: "The old one", answers });
    assert.equal((await look(one)).state, "in-review", "the rules do not decide in the official's place");
    await door.desk.next(FIRST);
    const { unmet } = await door.desk.card(FIRST, { case: one.id, language: LANGUAGE });
    assert.deepEqual(
      unmet.map(({ rule }) => rule),
      ["something-changes"],
    );
    const grant = door.desk.decide(FIRST, { case: one.id, verdict: { choice: "grant" } });
    await assert.rejects(grant, refusedWith("unmet-rules"));
    await door.desk.decide(FIRST, {
      case: one.id,
      verdict: { choice: "refuse", ground: "others-rights", reason: "Nothing changes" },
    });
  });

  test("a question nobody answers ends in a refusal with its norm; the answer after it is too late", async () => {
    const one = await applied();
    await door.desk.next(FIRST);
    await door.desk.decide(FIRST, { case: one.id, verdict: { choice: "ask", question: "Why?", fields: [] } });
    await pass(15 * DAY);
    const { state, refusals } = await look(one);
    assert.equal(state, "refused");
    assert.deepEqual(
      refusals.map(({ rule, norm }) => [rule, norm.act.en.slice(0, 11)]),
      [["no-answer", "Instruction"]],
    );
    const late = door.answerQuestion(one.actor, { case: one.id, language: LANGUAGE, text: "Because", answers: {} });
    await assert.rejects(late, refusedWith("nothing-asked"));
  });

  test("the applicant takes it back while it waits for a decision, and while it waits for the answer", async () => {
    const [one, other] = [await applied(), await applied()];
    await door.withdraw(one.actor, { case: one.id });
    assert.equal((await look(one)).state, "withdrawn");
    assert.equal(await door.desk.next(FIRST), other.id, "what was taken back is in no queue");
    await door.desk.decide(FIRST, { case: other.id, verdict: { choice: "ask", question: "Why?", fields: [] } });
    await door.withdraw(other.actor, { case: other.id });
    assert.equal((await told(other)).at(-1), "taken-back");
    await assert.rejects(door.withdraw(other.actor, { case: other.id }), refusedWith("case-closed"));
  });

  test("M-B8: the term passes: the head sees it, the applicant is told, and it is still decided", async () => {
    const one = await applied();
    await pass(37 * DAY);
    assert.equal((await look(one)).state, "in-review");
    assert.equal((await told(one)).at(-1), "overdue");
    assert.ok((await letters(one))[0]!.endsWith("is late"));
    assert.equal((await door.desk.queue(HEAD, { language: LANGUAGE })).overdue, 1);
    assert.ok((await door.desk.card(HEAD, { case: one.id, language: LANGUAGE })).overdue, "the head looks");
    await door.desk.next(FIRST);
    await door.desk.decide(FIRST, { case: one.id, verdict: { choice: "grant" } });
    assert.equal((await look(one)).state, "granted");
  });

  test("M-B8: where silence means yes the term grants by itself", async () => {
    const one = await applied("silent-name");
    await pass(32 * DAY);
    assert.equal((await look(one)).state, "granted");
    assert.ok((await told(one)).includes("granted-by-silence"));
    assert.deepEqual(await letters(one), ["Your name has been changed"]);
  });

  test("M-A15: two officials take in order and never the same; out of turn only with a reason that is shown", async () => {
    const all = [await applied(), await applied(), await applied()];
    const [first, second] = await Promise.all([door.desk.next(FIRST), door.desk.next(SECOND)]);
    assert.deepEqual([first, second].sort(), [all[0]!.id, all[1]!.id].sort());
    assert.equal(await door.desk.next(FIRST), first, "one at a time");
    const mine = all.find(({ id }) => id === first)!;
    const theirs = door.desk.decide(SECOND, { case: mine.id, verdict: { choice: "grant" } });
    await assert.rejects(theirs, refusedWith("held-by-other"));
    await assert.rejects(door.desk.card(SECOND, { case: mine.id, language: LANGUAGE }), refusedWith("not-at-desk"));
    await door.desk.release(FIRST, { case: mine.id });
    const last = all[2]!;
    await assert.rejects(door.desk.jump(FIRST, { case: last.id, reason: " " }), refusedWith("reason-needed"));
    await door.desk.jump(FIRST, { case: last.id, reason: "Leaves for treatment tomorrow" });
    assert.ok((await look(last)).timeline.at(-1)!.text.endsWith("Leaves for treatment tomorrow"));
    await door.desk.decide(FIRST, { case: last.id, verdict: { choice: "grant" } });
    for (const _ of [1, 2]) {
      const id = (await door.desk.next(SECOND))!;
      await door.desk.decide(SECOND, { case: id, verdict: { choice: "grant" } });
    }
    assert.equal((await door.desk.queue(FIRST, { language: LANGUAGE })).waiting, 0);
  });

  test("M-A15: an official sees no case of his own or of his child; the next one comes instead", async () => {
    const own = await applied();
    const child = await applied(pack, { mother: MOTHER });
    const free = await applied();
    for (const [person, pin] of [
      [FIRST.person, own.actor.pin],
      [SECOND.person, MOTHER],
    ])
      await house.database.run(
        sql`insert into identity.official_account (official, pin, linked_by, linked_at) values (${person}, ${pin}, 'test', ${house.clock.now()})`,
      );
    assert.equal(await door.desk.next(SECOND), own.id);
    await door.desk.decide(SECOND, { case: own.id, verdict: { choice: "grant" } });
    assert.equal(await door.desk.next(SECOND), free.id, "her child's case is passed over");
    await assert.rejects(door.desk.jump(SECOND, { case: child.id, reason: "Quickly" }), refusedWith("own-interest"));
    assert.ok((await told(child)).includes("kept-away"));
    assert.equal(await door.desk.next(FIRST), child.id);
    await door.desk.decide(FIRST, { case: child.id, verdict: { choice: "grant" } });
    await door.desk.decide(SECOND, { case: free.id, verdict: { choice: "grant" } });
  });

  test("M-B8: a node that dies between what was written and its process loses neither the decision's case nor an answer", async () => {
    const one = await applied();
    const ask = (name: string) => house.database.transaction((tx) => house.jobs.ask(tx, { name, body: { case: one.id } }));
    await door.desk.next(FIRST);
    // Handed over, and the process never heard of it.
    await house.database.run(sql`update services."case" set state = 'in-progress', held_by = null where id = ${one.id}`);
    await ask("services.begin");
    await house.jobs.drain();
    assert.equal((await look(one)).state, "in-review");
    assert.equal(await door.desk.next(SECOND), one.id, "another official may take it");
    await door.desk.decide(SECOND, { case: one.id, verdict: { choice: "ask", question: "Why?", fields: [] } });
    // Answered, and the process never heard of it.
    await house.database.run(sql`
      update services.case_question set answer = 'So', answered_at = ${house.clock.now()} where case_id = ${one.id}`);
    await house.database.run(sql`update services."case" set state = 'in-progress' where id = ${one.id}`);
    await ask("services.hear");
    await ask("services.hear");
    await house.jobs.drain();
    assert.equal((await look(one)).state, "in-review");
    assert.equal(await door.desk.next(FIRST), one.id);
    await door.desk.decide(FIRST, { case: one.id, verdict: { choice: "grant" } });
    assert.equal((await look(one)).state, "granted");
  });

  test("nobody but officials of the body comes to its cases", async () => {
    const one = await applied();
    for (const actor of [LIBRARIAN, HEAD, one.actor, SYSTEM] as const)
      await assert.rejects(door.desk.jump(actor, { case: one.id, reason: "Look" }), (error: unknown) =>
        ["services.not-at-desk", "services.no-such-case"].includes((error as { code: string }).code),
      );
    const stranger = { kind: "person", pin: numbered(-1), assurance: "high" } as const;
    await assert.rejects(door.question(stranger, { case: one.id, language: LANGUAGE }), refusedWith("no-such-case"));
    await door.withdraw(one.actor, { case: one.id });
  });

  test("every case went by the process as it is drawn: what was done is what its record gives again", async () => {
    const live = await running.cases({ live: true, page: { limit: 200 } });
    assert.deepEqual(live.rows, [], "nothing is left standing");
    const { rows } = await running.incidents();
    assert.deepEqual(rows, []);
  });
});
