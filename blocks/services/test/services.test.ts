import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import { sql } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { PostDoor } from "@kerege/post";
import post from "@kerege/post/block";
import type { ProcessDoor } from "@kerege/process";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import type { RegistryDoor } from "@kerege/registry";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import services from "../block.ts";
import type { ServicesDoor } from "../door.ts";
import { handerIn, makePlace } from "./place.ts";

const AIZHAN = { kind: "person", pin: "11205198701011", assurance: "high" } as const;
const AZAMAT = { kind: "person", pin: "20203198501017", assurance: "high" } as const;
const LIBRARY = { kind: "system", body: "library", name: "test" } as const;

describe("services on a real database, with the library card", () => {
  let house: TestHouse;
  let door: ServicesDoor;
  let handIn: ReturnType<typeof handerIn>;
  let place: ReturnType<typeof makePlace>;
  before(async () => {
    place = makePlace(["library-card"]);
    house = await openTestHouse([trust, identity, reference, process, registry, documents, post, services], {
      root: place.root,
      country: "test",
    });
    door = house.doors.services as ServicesDoor;
    handIn = handerIn(door);
  });
  after(async () => {
    await house?.close();
    place?.remove();
  });

  const apply = async (actor: typeof AIZHAN | typeof AZAMAT, answers: { where: string; home: string }) => {
    const { case: id, page } = await door.begin(actor, { service: "library-card", language: "en" });
    const next = await door.answer(actor, { case: id, page, language: "en", answers });
    if (next.kind === "next") await door.answer(actor, { case: id, page: next.page, language: "en", answers: { telephone: "" } });
    return id;
  };

  test("M-A1: a person applies, the register is written, a letter comes, the timeline says so", async () => {
    const id = await apply(AIZHAN, { where: "central", home: "yes" });
    const review = await door.review(AIZHAN, { case: id, language: "en" });
    assert.deepEqual(
      review.pages.map((page) => page.answers.map(({ field, value }) => [field, value])),
      [
        [
          ["where", "Central library"],
          ["home", "Yes"],
        ],
        [
          ["telephone", "No answer"],
          ["books", "No answer"],
        ],
      ],
    );
    const result = await handIn(AIZHAN, { case: id, language: "en" });
    assert.equal(result.kind, "case");
    if (result.kind !== "case") return;
    assert.equal(result.case.state, "granted");
    assert.match(result.case.number!, /^2026-\d{6}$/);
    assert.deepEqual(
      result.case.timeline.map((entry) => entry.key.replace("services.timeline.", "")),
      ["started", "submitted", "granted", "recorded", "letter-sent"],
    );
    assert.equal(result.case.timeline[3]!.text, "The change was entered in the register: Library cards");
    const found = await (house.doors.registry as RegistryDoor).read(LIBRARY, {
      register: "library_card",
      key: AIZHAN.pin,
      fields: ["branch", "takes_home", "valid_until"],
      ground: "library-card",
    });
    assert.deepEqual(found?.values, { branch: "central", takes_home: true, valid_until: "2027-11-22" });
    const letters = await (house.doors.post as PostDoor).list(AIZHAN, { language: "en" });
    assert.deepEqual(
      letters.rows.map((letter) => [letter.subject, letter.case]),
      [["Your library card is ready", id]],
    );
    const again = await handIn(AIZHAN, { case: id, language: "en" });
    assert.equal(again.kind === "case" && again.case.number, result.case.number);
  });

  test("a refusal names the rule, the norm, the facts and what would help, and changes no register", async () => {
    const id = await apply(AIZHAN, { where: "children", home: "no" });
    const result = await handIn(AIZHAN, { case: id, language: "ru" });
    assert.equal(result.kind === "case" && result.case.state, "refused");
    if (result.kind !== "case") return;
    const [refusal] = result.case.refusals;
    assert.equal(refusal!.rule, "no-card-yet");
    assert.equal(refusal!.text, "У Вас уже есть действующий билет.");
    assert.deepEqual(refusal!.norm, {
      act: {
        ky: "Китепкананын эрежелери (окуу куралы үчүн ойдон чыгарылган)",
        ru: "Правила библиотеки (выдуманы для учебника)",
        kk: "Кітапхана ережелері (оқулық үшін ойдан шығарылған)",
        en: "Rules of the library (invented for the tutorial)",
      },
      article: "3",
    });
    assert.deepEqual(
      refusal!.facts.map(({ name, value }) => [name, value]),
      [["card.valid_until", "22 ноября 2027 г."]],
    );
    assert.ok(result.case.appeal);
    const found = await (house.doors.registry as RegistryDoor).read(LIBRARY, {
      register: "library_card",
      key: AIZHAN.pin,
      fields: ["branch"],
      ground: "library-card",
    });
    assert.equal(found?.values.branch, "central");
  });

  test("two submits at the same time are one case with one number and one act", async () => {
    const id = await apply(AZAMAT, { where: "archive", home: "no" });
    const both = await Promise.all([1, 2, 3].map(() => handIn(AZAMAT, { case: id, language: "en" })));
    const numbers = new Set(both.map((one) => (one.kind === "case" ? one.case.number : "")));
    assert.equal(numbers.size, 1);
    const acts = await house.database.rows(sql`select * from services.case_event where case_id = ${id} and kind = 'submitted'`);
    assert.equal(acts.length, 1);
    const letters = await (house.doors.post as PostDoor).list(AZAMAT, { language: "en" });
    assert.equal(letters.rows.length, 1);
  });

  test("M-A4: who is not known surely enough begins nothing and hands nothing in, however far the draft has come", async () => {
    const person = { kind: "person", pin: "22001200401099" } as const;
    const low = { code: "identity.assurance-too-low" };
    const id = await apply({ ...person, assurance: "high" } as unknown as typeof AIZHAN, { where: "central", home: "no" });
    for (const weak of [person, { ...person, assurance: "simple" }] as const) {
      await assert.rejects(door.begin(weak, { service: "library-card", language: "en" }), low);
      await assert.rejects(door.page(weak, { case: id, page: "branch", language: "en" }), low);
      await assert.rejects(door.review(weak, { case: id, language: "en" }), low);
      await assert.rejects(door.submit(weak, { case: id, language: "en" }), low);
      await assert.rejects(door.view(weak, { case: id, language: "en" }), low);
      await assert.rejects(door.mine(weak), low);
    }
    // The house of this test is a demo: an invented person counts as surely known there.
    assert.equal((await door.submit({ ...person, assurance: "demo" }, { case: id, language: "en" })).kind, "case");
  });

  test("M-A4: for a person by a power of attorney: the case is that person's and says who acted; for a company or another service it is refused", async () => {
    const subject = "21404199902021";
    const behalf = { mandate: "019ab3f0-0000-7000-8000-000000000001", kind: "power-of-attorney", of: "person", subject } as const;
    const acting = { ...AZAMAT, behalf };
    const id = await apply(acting as unknown as typeof AIZHAN, { where: "central", home: "no" });
    const result = await handIn(acting, { case: id, language: "en" });
    assert.equal(result.kind === "case" && result.case.actedBy, AZAMAT.pin);
    const own = { kind: "person", pin: subject, assurance: "high" } as const;
    assert.equal((await door.view(own, { case: id, language: "en" })).actedBy, AZAMAT.pin, "the person sees who acted");
    await assert.rejects(door.view(AZAMAT, { case: id, language: "en" }), { code: "services.no-such-case" });
    const kept = await house.database.first<{ acted_as: string }>(sql`select acted_as from services."case" where id = ${id}`);
    assert.equal(kept?.acted_as, `person:${AZAMAT.pin}/for/person:${subject}/${behalf.mandate}`);

    const begin = (more: object) =>
      door.begin({ ...AZAMAT, behalf: { ...behalf, ...more } }, { service: "library-card", language: "en" });
    const refused = (why: string) => (error: { code?: string; params?: { why?: string } }) =>
      error.code === "identity.refused" && error.params?.why === why;
    await assert.rejects(begin({ of: "company", kind: "director" }), refused("whom"));
    await assert.rejects(begin({ kind: "parent" }), refused("whom"));
    await assert.rejects(begin({ only: { service: "another" } }), refused("scope"));
    await assert.rejects(begin({ only: { case: id } }), refused("scope"));
    const narrow = { ...AZAMAT, behalf: { ...behalf, only: { service: "another" } } };
    await assert.rejects(door.view(narrow, { case: id, language: "en" }), { code: "services.no-such-case" });
    assert.deepEqual((await door.mine(narrow)).rows, []);
    assert.equal((await door.mine({ ...AZAMAT, behalf: { ...behalf, only: { case: id } } })).rows.length, 1);
  });

  test("a case that stopped half-way is finished by the queue, once", async () => {
    const person = { kind: "person", pin: "22001200401013", assurance: "high" } as const;
    const id = await apply(person as unknown as typeof AIZHAN, { where: "central", home: "no" });
    // A node that died after the decision: the post refuses to write and the case stays in progress.
    await house.database.run(sql`alter table post.letter rename to letter_away`);
    const result = await handIn(person, { case: id, language: "en" });
    assert.equal(result.kind === "case" && result.case.state, "in-progress");
    await house.database.run(sql`alter table post.letter_away rename to letter`);
    house.clock.advance(31_000);
    await (house.doors.process as ProcessDoor).drain();
    const view = await door.view(person, { case: id, language: "en" });
    assert.equal(view.state, "granted");
    assert.equal(view.timeline.filter((entry) => entry.key === "services.timeline.recorded").length, 1);
    const history = await (house.doors.registry as RegistryDoor).history(LIBRARY, {
      register: "library_card",
      key: person.pin,
      fields: ["branch"],
      ground: "library-card",
    });
    assert.equal(history.length, 1);
  });

  test("another person’s case does not exist", async () => {
    const { case: id } = await door.begin(AIZHAN, { service: "library-card", language: "ky" });
    const request = { case: id, language: "ky" } as const;
    for (const attempt of [
      () => door.view(AZAMAT, request),
      () => door.review(AZAMAT, request),
      () => door.submit(AZAMAT, request),
      () => door.withdraw(AZAMAT, request),
      () => door.page(AZAMAT, { ...request, page: "wishes" }),
      () => door.answer(AZAMAT, { ...request, page: "wishes", answers: {} }),
      () => door.view(AIZHAN, { case: "not-an-id", language: "ky" }),
    ]) {
      await assert.rejects(
        attempt,
        (error: unknown) => error instanceof Problem && error.code === "services.no-such-case" && error.status === 404,
      );
    }
    const theirs = await door.mine(AZAMAT);
    assert.ok(theirs.rows.every((row) => row.case !== id));
    await assert.rejects(door.begin(LIBRARY, { service: "library-card", language: "ky" }), { code: "services.only-for-people" });
  });

  test("begin goes on with the open draft; what was typed is kept; errors say what and where", async () => {
    const first = await door.begin(AIZHAN, { service: "library-card", language: "en" });
    const second = await door.begin(AIZHAN, { service: "library-card", language: "en" });
    assert.equal(first.case, second.case);
    const bad = await door.answer(AIZHAN, {
      case: first.case,
      page: "wishes",
      language: "en",
      answers: { where: "moon", home: "yes" },
    });
    assert.equal(bad.kind, "again");
    if (bad.kind !== "again") return;
    assert.deepEqual(bad.page.errors, [{ field: "where", part: undefined, key: "services.errors.not-an-option", params: {} }]);
    assert.equal(bad.page.fields[1]!.value, "yes");
    await assert.rejects(door.answer(AIZHAN, { case: first.case, page: "wishes", language: "en", answers: { colour: "red" } }), {
      code: "services.unknown-answer",
    });
    await assert.rejects(door.review(AIZHAN, { case: first.case, language: "en" }), {
      code: "services.not-complete",
      params: { page: "wishes" },
    });
    const again = await handIn(AIZHAN, { case: first.case, language: "en" });
    assert.equal(again.kind === "again" && again.page.page, "wishes");
    await door.withdraw(AIZHAN, { case: first.case });
    await assert.rejects(door.page(AIZHAN, { case: first.case, page: "wishes", language: "en" }), {
      code: "services.case-closed",
    });
  });

  test("the list of cases is paged, newest first", async () => {
    const page = await door.mine(AIZHAN, { limit: 1, language: "en" });
    assert.equal(page.rows.length, 1);
    assert.ok(page.next);
    const rest = await door.mine(AIZHAN, { limit: 10, after: page.next, language: "en" });
    assert.ok(rest.rows.every((row) => row.case !== page.rows[0]!.case));
    assert.equal(rest.rows[0]!.serviceTitle, "Library card");
  });
});
