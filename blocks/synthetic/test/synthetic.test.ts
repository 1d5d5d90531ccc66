import assert from "node:assert/strict";
import { after, test } from "node:test";
import { fileURLToPath } from "node:url";
import { sql } from "@kerege/kernel/database";
import { readDeclarations } from "@kerege/kernel/house";
import { Problem } from "@kerege/kernel/problem";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import type { ReferenceDoor } from "@kerege/reference";
import reference from "@kerege/reference/block";
import type { RegistryDoor } from "@kerege/registry";
import registry from "@kerege/registry/block";
import trust from "@kerege/trust/block";
import synthetic from "../block.ts";
import type { PeopleDeclaration, SyntheticDoor } from "../declaration.ts";
import { compileStep } from "../mapping.ts";
import { readModel } from "../model.ts";
import { readPlaces } from "../places.ts";
import { generateChunks } from "../world.ts";

const root = fileURLToPath(new URL("./fixture/", import.meta.url));
const blocks = [trust, reference, registry, synthetic];
const opened: TestHouse[] = [];

async function open(country: string): Promise<{ house: TestHouse; people: SyntheticDoor; registers: RegistryDoor }> {
  const house = await openTestHouse(blocks, { root, country });
  opened.push(house);
  return { house, people: house.doors.synthetic as SyntheticDoor, registers: house.doors.registry as RegistryDoor };
}
after(async () => {
  for (const house of opened) await house.close();
});

const persons = async (house: TestHouse) =>
  Number((await house.database.first<{ n: number }>(sql`select count(*) as n from registry.soul`))!.n);

test("people are made at the start, once, and more are made where the last time ended", async () => {
  const { house, people, registers } = await open("invented");
  const said: string[] = [];
  for (const { opened: one } of house.opened) await one.prepare?.((key) => said.push(key));
  assert.ok(said.includes("synthetic.progress.made"));
  const first = await people.ensure(60);
  assert.ok(first >= 60);
  const before = await persons(house);
  assert.ok(before >= first, "the dead are there too");
  assert.equal(await people.ensure(10), first, "fewer than there are: nothing is done");
  assert.equal(await persons(house), before);
  const later = await people.ensure(first + 150);
  assert.ok(later >= first + 150);
  assert.ok((await persons(house)) >= before + 150);
  assert.ok((await registers.count("lodging")) > 0);
  const { name } = (await house.database.first<{ name: string }>(sql`select name from registry.soul limit 1`))!;
  assert.equal(name, name.toUpperCase(), "the expression of the mapping was evaluated");
});

test("two who ask at once make people once", async () => {
  const { house, people } = await open("invented");
  const made = await Promise.all([people.ensure(80), people.ensure(80), people.ensure(80)]);
  assert.equal(new Set(made).size, 1);
  const world = await house.database.first<{ living: number }>(sql`select living from synthetic.world`);
  assert.equal(world?.living, made[0]);
});

test("a load that was broken off goes on where it stood, and ends with the same people", async () => {
  const whole = await open("invented");
  await whole.people.ensure(200);
  const { chunks: made } = (await whole.house.database.first<{ chunks: number }>(sql`select chunks from synthetic.world`))!;
  const { house, people, registers } = await open("invented");
  // As a process leaves it that is killed after the first records were written and before that was noted.
  const { model, names } = readModel(house.packs)!;
  const today = "2026-11-22";
  const chunks = generateChunks({
    seed: 7,
    today,
    model,
    names,
    places: readPlaces(house.doors.reference as ReferenceDoor, model),
  });
  const batch = Array.from({ length: made }, () => chunks.next().value);
  const declared = house.packs.files<PeopleDeclaration>("people")[0]!.value;
  const step = compileStep(declared.steps[0]!, declared.document);
  const rows = batch.flatMap((chunk) => step.rows(chunk));
  await registers.load(
    { kind: "system", body: "office", name: "test" },
    { register: "lodging", event: "entry", document: "x", rows },
  );
  await house.database.run(sql`insert into synthetic.world values (true, 7, ${today}, 0, 0, now())`);
  await house.database.run(sql`insert into synthetic.batch values (0, ${made}, 0)`);
  await people.ensure(200);
  const [broken, unbroken] = await Promise.all(
    [house, whole.house].map((one) => one.database.rows(sql`select number, name, mother from registry.soul order by number`)),
  );
  assert.deepEqual(broken, unbroken);
  assert.equal(await house.database.first(sql`select * from synthetic.batch`), undefined);
});

test("the people to sign in as are living people of the registers, each of another kind, and stay the same", async () => {
  const { house, people } = await open("invented");
  await people.ensure(400);
  const faces = await people.demoPeople();
  assert.ok(faces.length >= 5);
  assert.equal(new Set(faces.map(({ role }) => role)).size, faces.length);
  for (const { pin, name, about, place } of faces) {
    const found = await house.database.first<{ died_on: string | null }>(
      sql`select died_on from registry.soul where number = ${pin}`,
    );
    assert.equal(found?.died_on, null);
    assert.ok(name.split(" ").length >= 2);
    for (const language of ["ky", "ru", "kk", "en"] as const) assert.ok(about[language].includes(place[language]));
  }
  await people.ensure(800);
  assert.deepEqual(
    (await people.demoPeople()).filter(({ role }) => faces.some((face) => face.role === role)),
    faces,
  );
  assert.equal((await people.demoPeople(2)).length, 2);
});

test("a living person is found by number, and by the beginning of the name in any spelling", async () => {
  const { house, people } = await open("invented");
  await people.ensure(200);
  const [face] = await people.demoPeople();
  assert.deepEqual(await people.findPeople(face!.pin), [{ pin: face!.pin, name: face!.name, place: face!.place }]);
  const named = await people.findPeople("usonov", 50);
  assert.ok(named.length > 0 && named.every(({ name }) => name.startsWith("Үсөнов")));
  assert.deepEqual(await people.findPeople("УСОНОВ", 50), named);
  assert.equal((await people.findPeople("a", 3)).length, 3);
  assert.deepEqual(await people.findPeople(" "), []);
  assert.deepEqual(await people.findPeople("%"), []);
  const dead = await house.database.first<{ number: string }>(sql`select number from registry.soul where died_on is not null`);
  assert.deepEqual(await people.findPeople(dead!.number), []);
});

test("a country that is no demo has no invented people", async () => {
  const { house, people } = await open("real");
  for (const { opened: one } of house.opened) await one.prepare?.(() => {});
  const refused = (error: unknown) => error instanceof Problem && error.code === "synthetic.not-a-demo" && error.status === 403;
  await assert.rejects(people.ensure(10), refused);
  await assert.rejects(people.demoPeople(), refused);
  assert.equal(await persons(house), 0);
});

test("people made with another seed are not mixed with these", async () => {
  const { house, people } = await open("invented");
  await house.database.run(sql`insert into synthetic.world values (true, 8, '2026-01-01', 3, 90, now())`);
  await assert.rejects(people.ensure(100), (error) => error instanceof Problem && error.code === "synthetic.other-world");
});

test("every fault of mappings and names is told with its line", () => {
  const { faults, texts } = readDeclarations(blocks, { root, country: "faulty" });
  const told = faults.map(({ file, line, code }) => `${file.split("/").slice(1).join("/")}:${line} ${code}`);
  assert.deepEqual(told.sort(), [
    "faulty/country.yaml:10 synthetic.faults.people-in-real-country",
    "faulty/people/load.yaml:1 synthetic.faults.name-differs",
    "faulty/people/load.yaml:10 feel.faults.name-unknown",
    "faulty/people/load.yaml:11 synthetic.faults.field-missing",
    "faulty/people/load.yaml:12 synthetic.faults.field-not-of-event",
    "faulty/people/load.yaml:13 feel.faults.operand-missing",
    "faulty/people/load.yaml:18 synthetic.faults.step-document",
    "faulty/people/load.yaml:4 synthetic.faults.unknown-register",
    "faulty/people/load.yaml:5 synthetic.faults.unknown-event",
    "faulty/people/load.yaml:9 feel.faults.field-near",
    "faulty/synthetic/model.yaml:7 synthetic.faults.community-without-names",
    "faulty/synthetic/model.yaml:7 synthetic.faults.community-without-names",
    "faulty/synthetic/names.csv:2 synthetic.faults.wrong-name-row",
    "faulty/synthetic/names.csv:3 reference.faults.csv-columns",
  ]);
  // The texts of faults in expressions are those of FEEL itself.
  for (const { code, params } of faults.filter((fault) => !fault.code.startsWith("feel."))) {
    for (const language of ["ky", "ru", "kk", "en"] as const)
      assert.notEqual(texts.translate(language, `${code}.message`, params), `${code}.message`);
  }
});
