/** A letter when a mandate is offered, handed on, answered or withdrawn: to whoever did not do it, once. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import post from "../block.ts";
import type { PostDoor } from "../declaration.ts";

const [HOLDER, GIVER, SUBJECT] = ["10101199001011", "10101199001012", "10101199001013"];
const name = { ky: "Асан", ru: "Асан", kk: "Асан", en: "Asan" };
let house: TestHouse;
let door: PostDoor;
let root: string;
let event = 0;

before(async () => {
  root = mkdtempSync(path.join(tmpdir(), "kerege-post-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const word = "{ ky: Т, ru: Т, kk: Т, en: T }";
  const country = `country: test\ncode: KG\nname: ${word}\nportalName: ${word}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`;
  writeFileSync(path.join(root, "countries", "test", "country.yaml"), country);
  house = await openTestHouse([post], { root, country: "test" });
  door = house.doors.post as PostDoor;
});
after(async () => {
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

/** What identity tells, as it tells it; gives the letters that each of the three got by it, in English. */
async function told(what: string, more: Record<string, unknown>) {
  const before = await lettersOf();
  const id = `0193b2a0-0000-7000-8000-00000000${String(++event).padStart(4, "0")}`;
  const body = {
    ...{ id: "0193b2a0-0000-7000-8000-000000000001", holder: HOLDER, holderName: null, of: "person", subject: GIVER },
    ...{ subjectName: name, givenBy: GIVER, kind: "power-of-attorney", handedOn: false, by: GIVER, keeper: "digital", ...more },
  };
  const happening = { id, at: house.clock.now().toISOString(), type: `identity.mandate-${what}`, body };
  // The reaction may run twice: a node that died after the work leaves the job to another.
  for (const job of ["a", "b"]) {
    await house.database.run(sql`insert into kernel.job (id, name, body, due_at)
      values (${id.replace("00000000", `${job.repeat(8)}`)}, ${`react:post.letter-on-mandate-${what}`}, ${JSON.stringify(happening)}, ${house.clock.now()})`);
    await house.jobs.drain();
  }
  const now = await lettersOf();
  return now.map((letters, at) => letters.slice(0, letters.length - before[at]!.length));
}

async function lettersOf() {
  return Promise.all(
    [HOLDER, GIVER, SUBJECT].map(async (pin) => {
      const actor = { kind: "person", pin: pin! } as const;
      const { rows } = await door.list(actor, { language: "en", limit: 100 });
      return Promise.all(rows.map(({ id }) => door.read(actor, { id, language: "en" })));
    }),
  );
}

const subjects = (letters: { subject: string }[][]) => letters.map((each) => each.map(({ subject }) => subject));

test("M-A4: whoever is asked to act gets a letter, from the body that keeps mandates; the giver does not", async () => {
  const letters = await told("given", {});
  assert.deepEqual(subjects(letters), [["You are asked to act for Asan"], [], []]);
  assert.equal(letters[0]![0]!.from, "digital");
  const [, company] = [null, await told("given", { kind: "accountant", of: "company", subject: "01234567890123" })];
  assert.match(company[0]![0]!.body, /in this name as an accountant\./);
});

test("M-A4: who is acted for hears that a mandate is handed on, though another gives it", async () => {
  const letters = await told("given", { subject: SUBJECT, handedOn: true });
  assert.deepEqual(subjects(letters), [["You are asked to act for Asan"], [], ["A mandate to act for you was handed on"]]);
});

test("M-A4: the giver hears what was answered, by name", async () => {
  const accepted = await told("accepted", { by: HOLDER, holderName: "Bakyt" });
  assert.deepEqual(subjects(accepted), [[], ["Your mandate was accepted"], []]);
  assert.match(accepted[1]![0]!.body, /^Bakyt accepted to act for Asan\./);
  const declined = await told("declined", { by: HOLDER, holderName: "Bakyt" });
  assert.deepEqual(subjects(declined), [[], ["Your mandate was declined"], []]);
});

test("M-A4: when a mandate ends, every side hears of it but the one that ended it", async () => {
  const withdrawn = await told("ended", { holderName: "Bakyt" });
  assert.deepEqual(subjects(withdrawn), [["You no longer act for Asan"], [], []]);
  const givenUp = await told("ended", { by: HOLDER, holderName: "Bakyt" });
  assert.deepEqual(subjects(givenUp), [[], ["A mandate was given up"], []]);
  assert.match(givenUp[1]![0]!.body, /^Bakyt no longer acts/);
  const byTheFirst = await told("ended", { by: SUBJECT, subject: SUBJECT, handedOn: true });
  assert.deepEqual(subjects(byTheFirst), [["You no longer act for Asan"], ["A mandate was withdrawn"], []]);
});

test("M-A4: the letters are there in every language, without a hole", async () => {
  const actor = { kind: "person", pin: GIVER! } as const;
  for (const language of ["ky", "ru", "kk"] as const)
    for (const { id } of (await door.list(actor, { language, limit: 100 })).rows) {
      const { subject, body } = await door.read(actor, { id, language });
      assert.match(body, /Асан|доверенност|ишеним|сенімхат/i);
      assert.doesNotMatch(`${subject}${body}`, /[{}]|post\.letters|undefined/);
    }
});
