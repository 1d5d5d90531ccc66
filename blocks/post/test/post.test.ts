import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import post from "../block.ts";
import type { PostDoor, SendRequest } from "../declaration.ts";

const READER = { kind: "person", pin: "11205198701011" } as const;
const OTHER = { kind: "person", pin: "20203198501017" } as const;
const BODY = { kind: "system", body: "library", name: "test" } as const;
const CASE = "0193b2a0-0000-7000-8000-000000000001";
const words = (text: string) => ({ ky: `${text} ky`, ru: `${text} ru`, kk: `${text} kk`, en: `${text} en` });
const letter = (more: Partial<SendRequest> = {}): SendRequest => ({
  to: READER.pin,
  from: "library",
  subject: words("subject"),
  body: words("body"),
  kind: "tell",
  ...more,
});

describe("letters to the cabinet", () => {
  let house: TestHouse;
  let door: PostDoor;
  let root: string;
  before(async () => {
    root = mkdtempSync(path.join(tmpdir(), "kerege-post-"));
    mkdirSync(path.join(root, "countries", "test"), { recursive: true });
    const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
    const country = `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`;
    writeFileSync(path.join(root, "countries", "test", "country.yaml"), country);
    house = await openTestHouse([post], { root, country: "test" });
    door = house.doors.post as PostDoor;
  });
  after(async () => {
    await house?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("a letter is read in the reader’s language and marked as read once", async () => {
    const { id } = await door.send(BODY, letter({ document: "d-1" }));
    assert.equal(await door.unread(READER), 1);
    const first = await door.read(READER, { id, language: "kk" });
    assert.deepEqual(
      [first.subject, first.body, first.document, first.from, first.case],
      ["subject kk", "body kk", "d-1", "library", null],
    );
    house.clock.advance(60_000);
    const second = await door.read(READER, { id, language: "en" });
    assert.equal(second.subject, "subject en");
    assert.deepEqual(second.readAt, first.readAt);
    assert.equal(await door.unread(READER), 0);
  });

  test("one letter of a kind for one case, even when it is sent many times at once", async () => {
    const sent = await Promise.all([1, 2, 3, 4].map(() => door.send(BODY, letter({ case: CASE }))));
    assert.equal(new Set(sent.map((one) => one.id)).size, 1);
    const other = await door.send(BODY, letter({ case: CASE, kind: "refusal" }));
    assert.notEqual(other.id, sent[0]!.id);
    const partner = await door.send(BODY, letter({ case: CASE, to: OTHER.pin }));
    assert.notEqual(partner.id, sent[0]!.id);
  });

  test("another person’s letter does not exist and is not marked", async () => {
    const { id } = await door.send(BODY, letter());
    for (const wrong of [id, "not-an-id", "0193b2a0-0000-7000-8000-00000000ffff"]) {
      await assert.rejects(door.read(OTHER, { id: wrong, language: "en" }), { code: "post.no-such-letter", status: 404 });
    }
    const row = await house.database.first<{ read_at: Date | null }>(sql`select read_at from post.letter where id = ${id}`);
    assert.equal(row!.read_at, null);
  });

  test("the list is paged, newest first, without gaps or repeats", async () => {
    for (let count = 0; count < 5; count++) await door.send(BODY, letter({ to: OTHER.pin, subject: words(`letter ${count}`) }));
    const seen: string[] = [];
    let after: string | undefined;
    do {
      const page = await door.list(OTHER, { language: "en", after, limit: 2 });
      seen.push(...page.rows.map((row) => row.subject));
      after = page.next;
    } while (after);
    assert.deepEqual(
      seen.slice(0, 5),
      [4, 3, 2, 1, 0].map((count) => `letter ${count} en`),
    );
    assert.equal(new Set(seen).size, seen.length);
  });

  test("the newest letters come with the number of all that are unread", async () => {
    const reader = { kind: "person", pin: "11205198701012" } as const;
    assert.deepEqual(await door.newest(reader, { language: "ru", limit: 2 }), { rows: [], unread: 0 });
    const sent: string[] = [];
    for (let count = 0; count < 4; count++)
      sent.push((await door.send(BODY, letter({ to: reader.pin, subject: words(`letter ${count}`) }))).id);
    await door.read(reader, { id: sent[3]!, language: "ru" });
    const { rows, unread } = await door.newest(reader, { language: "kk", limit: 2 });
    assert.deepEqual([rows.map((row) => row.subject), unread], [["letter 3 kk", "letter 2 kk"], 3]);
    assert.deepEqual(rows, (await door.list(reader, { language: "kk", limit: 2 })).rows);
    await assert.rejects(door.newest(BODY, { language: "ru", limit: 2 }), { code: "post.only-for-people" });
  });

  test("a person cannot write official letters, a body has no cabinet", async () => {
    await assert.rejects(door.send(READER, letter()), { code: "post.only-for-bodies", status: 403 });
    assert.throws(() => door.unread(BODY), { code: "post.only-for-people" });
  });

  const told = async (type: string, body: Record<string, unknown>) => {
    await house.database.run(
      sql`insert into kernel.event (id, type, at, body) values (gen_random_uuid(), ${type}, ${house.clock.now()}, '{}')`,
    );
    const by = {
      "registry.glass-broken": "broken-glass",
      "registry.record-corrected": "correction",
      "registry.contest-decided": "contest",
    }[type];
    const event = { id: "0193b2a0-0000-7000-8000-0000000000aa", at: house.clock.now().toISOString(), type, body };
    // The reaction may run twice: a node that died after the work leaves the job to another.
    for (const id of ["0193b2a0-0000-7000-8000-0000000000b1", "0193b2a0-0000-7000-8000-0000000000b2"]) {
      await house.database.run(sql`insert into kernel.job (id, name, body, due_at)
        values (${id}, ${`react:post.letter-on-${by}`}, ${JSON.stringify(event)}, ${house.clock.now()})`);
      await house.jobs.drain();
    }
  };
  const person = { kind: "person", pin: "10101199001019" } as const;
  const newest = async () => (await door.list(person, { language: "en" })).rows;

  test("M-A21: broken glass, a corrected record and a decided contest become one letter each", async () => {
    const common = { owner: "library", title: words("Readers"), subjects: [person.pin] };
    await told("registry.glass-broken", {
      ...common,
      body: "ambulance",
      bodyTitle: words("Ambulance"),
      law: { act: words("Law on health"), article: "5" },
      reason: "Unconscious after an accident",
    });
    assert.equal((await newest()).length, 1);
    const letter = await door.read(person, { id: (await newest())[0]!.id, language: "en" });
    for (const word of ["Ambulance en", "Readers en", "Law on health en", "article 5", "Unconscious after an accident"])
      assert.ok(letter.body.includes(word), word);
    await told("registry.record-corrected", { ...common, fields: [words("Surname")], bodies: ["tax"], bodyTitles: [null] });
    await told("registry.contest-decided", {
      ...common,
      by: person.pin,
      fieldTitle: words("Surname"),
      state: "refused",
      answer: "No",
    });
    assert.equal((await newest()).length, 3);
  });
});
