import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import type { Represented } from "@kerege/kernel/asker";
import { type App, createServer } from "@kerege/kernel/http";
import { silentLog } from "@kerege/kernel/log";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import identity from "../../block.ts";
import type { IdentityDoor } from "../../session.ts";
import type { Offer } from "../mandate.ts";
import type { Mandates, Person } from "../mandates.ts";

const name = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
const person = (pin: string): Person => ({ kind: "person", pin, assurance: "high" });
const [aida, bolot, chinara, director] = ["100001", "100002", "100003", "100004"].map(person) as [Person, Person, Person, Person];
const COMPANY = "900001";
const CHILD = "100009";

let house: TestHouse;
let root: string;
let mandates: Mandates;
let app: App;
/** What registers say at the moment: the edge of the block. */
let registers: (Represented & { holder: string })[] = [];
before(async () => {
  root = mkdtempSync(path.join(tmpdir(), "kerege-mandates-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const title = "{ ky: Т, ru: Т, kk: Т, en: T }";
  writeFileSync(
    path.join(root, "countries", "test", "country.yaml"),
    `country: test\ncode: KG\nname: ${title}\nportalName: ${title}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`,
  );
  house = await openTestHouse([identity], { root, country: "test" });
  mandates = (house.doors.identity as IdentityDoor).mandates;
  app = await createServer({ log: silentLog, texts: house.texts, languages: house.country.languages, country: house.country });
  await house.opened[0]!.opened.routes!(app);
  app.askers.represents = {
    held: async (holder) => registers.filter((one) => one.holder === holder),
    holds: async (asked) =>
      registers.find((one) => one.holder === asked.holder && one.kind === asked.kind && one.subject === asked.subject),
  };
});
after(async () => {
  await app?.close();
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

const all: Offer = { kind: "power-of-attorney", holder: bolot.pin, scope: { all: true }, until: null, passesOn: false };
const give = (by: Person, more: Partial<Offer> = {}) => mandates.give(by, { ...all, ...more, name: name("giver") });
const accept = (by: Person, id: string) => mandates.answer(by, { id, name: `name ${by.pin}`, accept: true });
const acting = async (by: Person, id: string): Promise<Person> => ({ ...by, behalf: (await mandates.behalf(by.pin, id)).behalf });
const fallen = (why: string) => (error: { code?: string; params?: { why?: string } }) =>
  error.code === "identity.mandate-ended" && error.params?.why === why;

test("M-A4: a mandate is given, accepted and stands; both sides see it with its history", async () => {
  const { id } = await give(aida, { until: "2027-01-01" });
  await assert.rejects(mandates.behalf(bolot.pin, id), fallen("offered"));
  await accept(bolot, id);
  assert.deepEqual((await mandates.behalf(bolot.pin, id)).behalf, {
    mandate: id,
    kind: "power-of-attorney",
    of: "person",
    subject: aida.pin,
  });
  for (const side of [aida, bolot]) {
    const { mandate, history } = await mandates.read(side, id);
    assert.equal(mandate.fallen, undefined);
    assert.equal(mandate.holderName, `name ${bolot.pin}`);
    assert.deepEqual(
      history.map(({ kind, by }) => `${kind} ${by}`),
      ["given giver", "accepted holder"],
    );
  }
  assert.ok((await mandates.list(bolot)).held.some((one) => one.id === id));
  assert.ok((await mandates.list(aida)).given.some((one) => one.id === id));
  await assert.rejects(accept(bolot, id), { code: "identity.answered-already" });
});

test("M-A4: either side revokes, and from then on nobody acts by it", async () => {
  for (const side of [aida, bolot]) {
    const { id } = await give(aida);
    await accept(bolot, id);
    await mandates.end(side, id);
    await assert.rejects(mandates.behalf(bolot.pin, id), fallen("ended"));
    await assert.rejects(mandates.end(side, id), fallen("ended"));
  }
});

test("M-A4: a declined mandate never stands", async () => {
  const { id } = await give(aida);
  await mandates.answer(bolot, { id, name: "x", accept: false });
  await assert.rejects(mandates.behalf(bolot.pin, id), fallen("declined"));
  assert.equal((await mandates.read(aida, id)).mandate.holderName, null, "who declines tells nothing of himself");
});

test("M-A4: a mandate ends on its day", async () => {
  const { id } = await give(aida, { until: "2026-11-24" });
  await accept(bolot, id);
  await mandates.behalf(bolot.pin, id);
  house.clock.advance(2 * 86_400_000);
  await assert.rejects(mandates.behalf(bolot.pin, id), fallen("over"));
});

test("M-A4: whose number it is is told to nobody: an offer to a number that is nobody's looks the same", async () => {
  const { id } = await give(aida, { holder: "999999" });
  const { mandate } = await mandates.read(aida, id);
  assert.deepEqual([mandate.holderName, mandate.state], [null, "offered"]);
});

test("abuse 14: another's mandate is not found, by whatever side it is asked", async () => {
  const { id } = await give(aida);
  await accept(bolot, id);
  const missing = { code: "identity.no-such-mandate" };
  await assert.rejects(mandates.behalf(chinara.pin, id), missing);
  await assert.rejects(mandates.read(chinara, id), missing);
  await assert.rejects(mandates.end(chinara, id), missing);
  await assert.rejects(mandates.answer(chinara, { id, name: "x", accept: true }), missing);
  await assert.rejects(
    mandates.answer(aida, { id, name: "x", accept: true }),
    missing,
    "the giver does not accept for the holder",
  );
  for (const wrong of ["", "'; --", "019ab3f0-0000-7000-8000-000000000001", `${id}\u0000`])
    await assert.rejects(mandates.behalf(bolot.pin, wrong), missing);
});

test("abuse 14: a mandate is handed on once, where it says so, never wider nor longer, and falls with the first", async () => {
  const closed = await give(aida);
  await accept(bolot, closed.id);
  await assert.rejects(give(await acting(bolot, closed.id), { holder: chinara.pin }), { code: "identity.may-not-pass-on" });

  const open = await give(aida, { passesOn: true, scope: { service: "one" }, until: "2027-03-01" });
  await accept(bolot, open.id);
  const link = await acting(bolot, open.id);
  const narrow: Partial<Offer> = { holder: chinara.pin, scope: { service: "one" }, until: "2027-02-01" };
  const wrong = (pointer: string) => (error: { code?: string; fields?: { pointer: string }[] }) =>
    error.code === "identity.wrong-mandate" && error.fields?.[0]?.pointer === pointer;
  await assert.rejects(give(link, { ...narrow, scope: { all: true } }), wrong("/scope"));
  await assert.rejects(give(link, { ...narrow, scope: { service: "two" } }), wrong("/scope"));
  await assert.rejects(give(link, { ...narrow, until: null }), wrong("/until"));
  await assert.rejects(give(link, { ...narrow, until: "2027-03-02" }), wrong("/until"));
  await assert.rejects(give(link, { ...narrow, passesOn: true }), wrong("/passes_on"));
  await assert.rejects(give(link, { ...narrow, holder: aida.pin }), wrong("/holder"));

  const second = await give(link, narrow);
  await accept(chinara, second.id);
  const last = await acting(chinara, second.id);
  assert.equal(last.behalf?.subject, aida.pin);
  await assert.rejects(give(last, { holder: director.pin, scope: { service: "one" }, until: "2027-02-01" }), {
    code: "identity.may-not-pass-on",
  });
  assert.ok(
    (await mandates.list(aida)).given.some((one) => one.id === second.id),
    "the first giver sees the second link",
  );
  await mandates.end(aida, open.id);
  await assert.rejects(mandates.behalf(chinara.pin, second.id), fallen("chain"));
});

test("M-A4: what a register says stands only as long as the register says it", async () => {
  registers = [
    { holder: aida.pin, kind: "parent", of: "person", subject: CHILD, name: name("child"), until: "2026-12-01" },
    { holder: director.pin, kind: "director", of: "company", subject: COMPANY, name: name("company") },
  ];
  const { held } = await mandates.list(aida);
  const parent = held.find((one) => one.kind === "parent")!;
  assert.deepEqual([parent.subject, parent.until, parent.fallen], [CHILD, "2026-12-01", undefined]);
  assert.equal((await mandates.list(aida)).held.filter((one) => one.kind === "parent").length, 1, "found twice it is kept once");
  await mandates.behalf(aida.pin, parent.id);
  assert.ok(
    (await mandates.list(person(CHILD))).given.some((one) => one.id === parent.id),
    "the child sees who acts for it",
  );
  await assert.rejects(mandates.end(aida, parent.id), { code: "identity.says-the-register" });
  await assert.rejects(mandates.behalf(bolot.pin, parent.id), { code: "identity.no-such-mandate" });
  house.clock.advance(10 * 86_400_000);
  await assert.rejects(mandates.behalf(aida.pin, parent.id), fallen("register"), "the child is of age");
  registers = [];
  assert.equal((await mandates.list(aida)).held.find((one) => one.kind === "parent")?.fallen, "register");
});

test("M-A4: for a look a register that said yes is believed for a minute, for an act never", async () => {
  registers = [{ holder: aida.pin, kind: "guardian", of: "person", subject: "100010", name: name("ward") }];
  const { id } = (await mandates.list(aida)).held.find((one) => one.kind === "guardian")!;
  await mandates.behalf(aida.pin, id);
  registers = [];
  await mandates.behalf(aida.pin, id, true);
  await assert.rejects(mandates.behalf(aida.pin, id), fallen("register"));
  house.clock.advance(60_000);
  await assert.rejects(mandates.behalf(aida.pin, id, true), fallen("register"));
});

test("M-A4: a director gives a mandate of the company; it outlives the director, who then has no say over it", async () => {
  registers = [{ holder: director.pin, kind: "director", of: "company", subject: COMPANY, name: name("company") }];
  const { held } = await mandates.list(director);
  const atHead = await acting(director, held.find((one) => one.kind === "director")!.id);
  const { id } = await mandates.give(atHead, { ...all, kind: "accountant", holder: chinara.pin, name: name("company") });
  await accept(chinara, id);
  assert.deepEqual((await mandates.behalf(chinara.pin, id)).behalf.subject, COMPANY);
  assert.ok((await mandates.list(atHead)).given.some((one) => one.id === id));
  await assert.rejects(mandates.read(director, id), { code: "identity.no-such-mandate" }, "for himself he is no side of it");

  registers = [{ holder: bolot.pin, kind: "director", of: "company", subject: COMPANY, name: name("company") }];
  await assert.rejects(mandates.behalf(director.pin, atHead.behalf!.mandate), fallen("register"));
  assert.equal((await mandates.behalf(chinara.pin, id)).behalf.kind, "accountant");
  const next = await acting(bolot, (await mandates.list(bolot)).held.find((one) => one.kind === "director")!.id);
  await mandates.end(next, id);
  await assert.rejects(mandates.behalf(chinara.pin, id), fallen("ended"));
});

test("abuse 14: whoever acts under a narrow mandate neither gives nor answers nor ends mandates of the one he acts for", async () => {
  const own = await give(aida, { holder: chinara.pin });
  const { id } = await give(aida);
  await accept(bolot, id);
  const asAida = await acting(bolot, id);
  await assert.rejects(mandates.end(asAida, own.id), { code: "identity.outside-mandate" });
  await assert.rejects(mandates.list(asAida), { code: "identity.outside-mandate" });
  await assert.rejects(mandates.answer(asAida, { id: own.id, name: "x", accept: true }), { code: "identity.outside-mandate" });
});

test("abuse 14: of two answers and two ends at once one counts", async () => {
  const { id } = await give(aida);
  const answers = await Promise.allSettled(
    [true, false, true, false].map((yes) => mandates.answer(bolot, { id, name: "x", accept: yes })),
  );
  assert.equal(answers.filter(({ status }) => status === "fulfilled").length, 1);
});
