import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, test } from "node:test";
import { fileURLToPath } from "node:url";
import type { DocumentsDoor } from "@kerege/documents";
import documents from "@kerege/documents/block";
import identity from "@kerege/identity/block";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { PostDoor } from "@kerege/post";
import post from "@kerege/post/block";
import process from "@kerege/process/block";
import reference from "@kerege/reference/block";
import type { RegistryDoor } from "@kerege/registry";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import services from "../block.ts";
import type { AnswerResult, RawAnswers, ServicesDoor } from "../door.ts";
import { handerIn, makePlace } from "./place.ts";

const AIZHAN = { kind: "person", pin: "11205198701011", assurance: "high" } as const;
const AZAMAT = { kind: "person", pin: "20203198501017", assurance: "high" } as const;
const NURLAN = "23009201501019";
const STRANGER = "20606201601016";
/** Villages of one name, in four regions. */
const ARALS = ["1528303", "1528834", "1528928", "8196120", "8281269", "8328294", "8140017", "8139608", "8144415", "8221257"];
const CIVIL_REGISTRY = { kind: "system", body: "civil-registry", name: "test" } as const;
const CADASTRE = { kind: "system", body: "cadastre", name: "test" } as const;

/** Real places of the demo country. */
function referenceFiles(): Record<string, string> {
  const folder = fileURLToPath(new URL("../../../countries/demo/reference/", import.meta.url));
  const files = [
    "countries.yaml",
    "countries.csv",
    "units.yaml",
    "units.csv",
    "units-1991.csv",
    "places.yaml",
    "places.csv",
    "bodies.yaml",
  ];
  return Object.fromEntries(files.map((file) => [`countries/test/reference/${file}`, readFileSync(`${folder}${file}`, "utf8")]));
}

describe("residence, through real registers to a signed document", () => {
  let house: TestHouse;
  let door: ServicesDoor;
  let handIn: ReturnType<typeof handerIn>;
  let registers: RegistryDoor;
  let place: ReturnType<typeof makePlace>;
  before(async () => {
    place = makePlace(["population", "residence"], referenceFiles());
    house = await openTestHouse([trust, identity, reference, process, registry, documents, post, services], {
      root: place.root,
      country: "test",
    });
    door = house.doors.services as ServicesDoor;
    handIn = handerIn(door);
    registers = house.doors.registry as RegistryDoor;
    const document = "Invented for a test";
    const region = "41711000000000";
    const address = (code: string, street: string, no: string, at = "1528675") => ({
      key: code,
      validFrom: "2000-01-01",
      values: { region, district: region, place: at, street, house: no },
    });
    await registers.load(CADASTRE, {
      register: "address",
      event: "entry",
      document,
      rows: [
        address("A-1", "Достук көчөсү", "14"),
        address("A-2", "Ынтымак көчөсү", "7-15"),
        address("A-3", "Ынтымак көчөсү", "9"),
        ...ARALS.map((village, index) => address(`ARAL-${index}`, "Чоку көчөсү", String(index), village)),
      ],
    });
    const person = (key: string, born_on: string, values: Record<string, string>) => ({
      key,
      validFrom: born_on,
      values: { born_on, ...values },
    });
    const parents = { mother: AIZHAN.pin, father: AZAMAT.pin };
    await registers.load(CIVIL_REGISTRY, {
      register: "person",
      event: "birth",
      document,
      rows: [
        person(AIZHAN.pin, "1987-05-12", { surname: "Асанова", given_name: "Айжан", patronymic: "Бакытовна", sex: "f" }),
        person(AZAMAT.pin, "1985-03-02", { surname: "Асанов", given_name: "Азамат", sex: "m" }),
        person(NURLAN, "2015-09-30", { surname: "Асанов", given_name: "Нурлан", sex: "m", ...parents }),
        person(STRANGER, "2016-06-06", { surname: "Маматов", given_name: "Эрлан", sex: "m" }),
      ],
    });
    const home = (key: string, since: string) => ({
      key,
      validFrom: since,
      values: { address: "A-1", since, kind: "permanent" },
    });
    await registers.load(CIVIL_REGISTRY, {
      register: "residence",
      event: "registration",
      document,
      rows: [home(AIZHAN.pin, "2012-08-01"), home(NURLAN, "2015-10-02"), home(STRANGER, "2016-07-01")],
    });
  });
  after(async () => {
    await house?.close();
    place?.remove();
  });

  const go = async (service: string, pages: RawAnswers[], actor: typeof AIZHAN | typeof AZAMAT = AIZHAN) => {
    const begun = await door.begin(actor, { service, language: "en" });
    let { page } = begun;
    const results: AnswerResult[] = [];
    for (const answers of pages) {
      const result = await door.answer(actor, { case: begun.case, page, language: "en", answers });
      results.push(result);
      if (result.kind === "next") page = result.page;
    }
    return { id: begun.case, results, last: results.at(-1)! };
  };
  const homeOf = (key: string, trueOn?: string) =>
    registers.read(CIVIL_REGISTRY, {
      register: "residence",
      key,
      fields: ["address", "since", "kind"],
      ground: "change-of-address",
      trueOn,
    });

  test("M-A1 M-0.5: a certificate at once, with no human step, and every read is shown to the person", async () => {
    const begun = await door.begin(AIZHAN, { service: "residence-certificate", language: "en" });
    const page = await door.page(AIZHAN, { case: begun.case, page: begun.page, language: "en" });
    assert.deepEqual(page.known.map((fact) => `${fact.title}: ${fact.value} (${fact.source})`).slice(0, 4), [
      "Surname: Асанова (People)",
      "Given name: Айжан (People)",
      "Patronymic: Бакытовна (People)",
      "Region or city: Bishkek City (Addresses)",
    ]);
    assert.equal(page.fields[0]!.value, "me");
    const { id, last } = await go("residence-certificate", [{ whose: "me", document_language: "ru" }]);
    assert.equal(id, begun.case);
    assert.equal(last.kind, "review");
    const result = await handIn(AIZHAN, { case: id, language: "en" });
    assert.equal(result.kind === "case" && result.case.state, "granted");
    if (result.kind !== "case") return;
    const { issued, number } = result.case;
    const document = await (house.doors.documents as DocumentsDoor).read(AIZHAN, issued!.id);
    assert.equal(document.number, issued!.number);
    assert.equal(document.pdf.subarray(0, 5).toString(), "%PDF-");
    const verdict = await (house.doors.documents as DocumentsDoor).check({ pdf: document.pdf } as never);
    assert.ok(JSON.stringify(verdict).includes("Асанова"));
    assert.ok(JSON.stringify(verdict).includes(number!));
    const reads = await registers.readsAbout(AIZHAN, { pin: AIZHAN.pin, limit: 50 });
    const own = reads.rows.filter((read) => read.case === id);
    assert.ok(own.length >= 2);
    assert.ok(own.every((read) => read.service === "residence-certificate" && read.ground === "residence-certificate"));
    assert.ok(own.every((read) => read.reader.kind === "system" && read.reader.name === "services/residence-certificate"));
  });

  test("a child’s certificate is for the parents only; of another’s child nothing is even read", async () => {
    const child = await go("residence-certificate", [{ whose: "child", document_language: "ky" }, { child: NURLAN }]);
    const result = await handIn(AIZHAN, { case: child.id, language: "en" });
    assert.equal(result.kind === "case" && result.case.state, "granted");
    const documents = house.doors.documents as DocumentsDoor;
    const issued = result.kind === "case" ? result.case.issued! : undefined;
    const [listed] = await documents.list({ kind: "person", pin: NURLAN, assurance: "high" });
    assert.deepEqual([listed?.id, listed?.subject, listed?.recipient], [issued?.id, NURLAN, AIZHAN.pin]);
    assert.equal((await documents.read(AIZHAN, issued!.id)).subject, NURLAN);
    const foreign = await go("residence-certificate", [{ whose: "child", document_language: "ky" }, { child: STRANGER }], AZAMAT);
    assert.equal(foreign.last.kind, "again");
    assert.deepEqual(foreign.last.kind === "again" && foreign.last.page.errors.map((error) => error.key), [
      "services.errors.not-an-option",
    ]);
    assert.deepEqual(foreign.last.kind === "again" && foreign.last.page.fields[0]!.options?.map((option) => option.value), [
      NURLAN,
    ]);
    const again = await handIn(AZAMAT, { case: foreign.id, language: "en" });
    assert.equal(again.kind, "again");
    const reads = await registers.readsAbout({ kind: "person", pin: STRANGER, assurance: "high" }, { pin: STRANGER });
    assert.deepEqual(reads.rows, []);
  });

  test("M-0.2: a move with a child: the address is found as people type it, the register is written, a letter comes", async () => {
    const typed = { "new_home.place": "bishkek", "new_home.street": "yntymak", "new_home.house": "" };
    const first = await go("change-of-address", [{ ...typed }]);
    assert.equal(first.last.kind, "again");
    if (first.last.kind !== "again") return;
    assert.deepEqual(first.last.page.errors, []);
    assert.deepEqual(first.last.page.fields[0]!.options, [
      { value: "A-2", label: "Bishkek City, Bishkek, Ынтымак көчөсү, 7-15" },
      { value: "A-3", label: "Bishkek City, Bishkek, Ынтымак көчөсү, 9" },
    ]);
    const without = await door.answer(AIZHAN, { case: first.id, page: "new-address", language: "en", answers: typed });
    assert.deepEqual(without.kind === "again" && without.page.errors.map((error) => error.key), ["services.errors.pick"]);
    const nothing = await door.answer(AIZHAN, {
      case: first.id,
      page: "new-address",
      language: "en",
      answers: { ...typed, "new_home.house": "99" },
    });
    assert.deepEqual(nothing.kind === "again" && nothing.page.errors.map((error) => error.key), [
      "services.errors.nothing-found",
    ]);
    const nowhere = await door.answer(AIZHAN, {
      case: first.id,
      page: "new-address",
      language: "en",
      answers: { ...typed, "new_home.place": "qwrtpsdf" },
    });
    assert.deepEqual(nowhere.kind === "again" && nowhere.page.errors.map((error) => [error.part, error.key]), [
      ["place", "services.errors.unknown-name"],
    ]);
    const narrowed = { ...typed, "new_home.house": "7-15" };
    await door.answer(AIZHAN, { case: first.id, page: "new-address", language: "en", answers: narrowed });
    const { id, last } = await go("change-of-address", [
      { ...narrowed, new_home: "A-2" },
      { "moved_on.day": "20", "moved_on.month": "11", "moved_on.year": "2026", with_children: "yes" },
      { children: [NURLAN] },
    ]);
    assert.equal(last.kind, "review");
    const review = await door.review(AIZHAN, { case: id, language: "ky" });
    assert.deepEqual(
      review.pages.flatMap((page) => page.answers.map((answer) => answer.value)),
      ["Бишкек шаары, Бишкек, Ынтымак көчөсү, 7-15", "2026-жылдын 20-ноябры", "Ооба", "Асанов Нурлан"],
    );
    const result = await handIn(AIZHAN, { case: id, language: "ru" });
    assert.equal(result.kind === "case" && result.case.state, "granted");
    for (const pin of [AIZHAN.pin, NURLAN])
      assert.deepEqual((await homeOf(pin))?.values, { address: "A-2", since: "2026-11-20", kind: "permanent" });
    assert.equal((await homeOf(AIZHAN.pin, "2026-11-19"))?.values.address, "A-1");
    const { rows } = await (house.doors.post as PostDoor).list(AIZHAN, { language: "ru" });
    const letter = await (house.doors.post as PostDoor).read(AIZHAN, { id: rows[0]!.id, language: "ru" });
    assert.match(letter.body, /С 20 ноября 2026 г\. Вы зарегистрированы по адресу: город Бишкек, Ынтымак көчөсү, 7-15\./);
    assert.equal(await (house.doors.post as PostDoor).unread(AIZHAN), rows.length - 1);
  });

  test("M-0.2: of ten villages of one name each is found, whichever the person moves to", async () => {
    for (const [index] of ARALS.entries()) {
      const typed = { "new_home.place": "арал", "new_home.street": "чоку", "new_home.house": String(index) };
      const { id, last } = await go("change-of-address", [typed]);
      await door.withdraw(AIZHAN, { case: id });
      assert.deepEqual(last.kind === "again" && last.page.fields[0]!.options?.map(({ value }) => value), [`ARAL-${index}`]);
    }
  });

  test("what changed between filling in and handing in is seen: the decision rests on the registers of the moment", async () => {
    const { id, last } = await go("change-of-address", [
      { "new_home.place": "Бишкек", "new_home.street": "Ынтымак", "new_home.house": "9", new_home: "A-3" },
      { moved_on: "2026-11-21", with_children: "no" },
    ]);
    assert.equal(last.kind, "review");
    const values = { address: "A-1", since: "2026-11-22" };
    await registers.record(CIVIL_REGISTRY, {
      register: "residence",
      event: "move",
      act: "0193b2a0-0000-7000-8000-000000000001",
      key: AIZHAN.pin,
      values,
      validFrom: "2026-11-22",
      document: "test",
    });
    const result = await handIn(AIZHAN, { case: id, language: "en" });
    assert.equal(result.kind === "case" && result.case.state, "refused");
    assert.deepEqual(result.kind === "case" && result.case.refusals.map((refusal) => refusal.rule), ["after-last-move"]);
    assert.equal((await homeOf(AIZHAN.pin))?.values.address, "A-1");
  });

  test("M-A9: when a register is put right, the case and its document that used the wrong value say so", async () => {
    const { id } = await go("residence-certificate", [{ whose: "me", document_language: "ru" }]);
    await handIn(AIZHAN, { case: id, language: "en" });
    await registers.record(CIVIL_REGISTRY, {
      register: "person",
      event: "correction",
      act: "0193b2a0-0000-7000-8000-000000000002",
      key: AIZHAN.pin,
      values: { patronymic: "Болотовна" },
      validFrom: "1987-05-12",
      document: "Decision 12",
    });
    await house.jobs.drain();
    const view = await door.view(AIZHAN, { case: id, language: "en" });
    const last = view.timeline.at(-1)!;
    assert.equal(last.key, "services.timeline.document-outdated");
    assert.match(
      last.text,
      /^Document No\. .+ rests on a value that was put right since in the register: People\. Ask for a new one$/,
    );
    const letters = await (house.doors.post as PostDoor).list(AIZHAN, { language: "en" });
    assert.ok(letters.rows.some((letter) => letter.from === "civil-registry"));
  });

  test("the passport shows what is asked from registers, the norms of refusals and the edition’s hash", () => {
    const passport = door.passport("residence-certificate");
    assert.match(passport.hash, /^[0-9a-f]{64}$/);
    assert.deepEqual([...new Set(passport.facts.map((fact) => fact.register))], ["person", "residence", "address"]);
    assert.equal(passport.facts[0]!.law.article, "21.2");
    assert.equal(passport.refusals.length, 4);
    assert.ok(passport.refusals.every((refusal) => refusal.norm.act.ky.length > 10));
    assert.deepEqual(passport.documents, ["residence-certificate"]);
    assert.equal(passport.bodyTitle.en, "Department of Population Registration");
    assert.throws(() => door.passport("nothing"), { code: "services.no-such-service" });
    assert.deepEqual(
      door
        .catalogue()
        .map((entry) => entry.service)
        .sort(),
      ["change-of-address", "residence-certificate"],
    );
    assert.equal(door.search("справка о месте жительства", "ru")[0]!.service, "residence-certificate");
  });
});
