import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { Problem } from "@kerege/kernel/problem";
import { aigul, bermet, card, openStandard, portal } from "./standard.ts";

let standard: Awaited<ReturnType<typeof openStandard>>;
before(async () => {
  standard = await openStandard();
});
after(() => standard.house.close());

const refusedWith = (code: string) => (error: unknown) => error instanceof Problem && error.code === code;

test("a document is issued once for a case and kind, and is told of once", async () => {
  const { door, house } = standard;
  const first = await door.issue(portal, card({ case: "once" }));
  const again = await door.issue(portal, card({ case: "once" }));
  assert.match(first.number, /^C-2026-\d{6}$/);
  assert.equal(again.id, first.id);
  assert.ok(again.pdf.equals(first.pdf));
  const told = await house.database.rows<{ body: { id: string } }>(
    sql`select body from kernel.event where type = ${"documents.issued"} and body ->> 'case' = ${"once"}`,
  );
  assert.deepEqual(
    told.map(({ body }) => body.id),
    [first.id],
  );
});

test("of many requests for one case at once one document comes", async () => {
  const issued = await Promise.all(Array.from({ length: 8 }, () => standard.door.issue(portal, card({ case: "race" }))));
  assert.equal(new Set(issued.map(({ id }) => id)).size, 1);
  const rows = await standard.house.database.rows(sql`select id from documents.document where case_id = ${"race"}`);
  assert.equal(rows.length, 1);
});

test("documents issued at the same time have numbers of their own", async () => {
  const issued = await Promise.all(
    Array.from({ length: 12 }, (_, index) => standard.door.issue(portal, card({ case: `many-${index}` }))),
  );
  assert.equal(new Set(issued.map(({ number }) => number)).size, 12);
});

test("numbers begin anew with the year of the state's own time zone", async () => {
  const { door, house } = standard;
  const note = (name: string) =>
    door.issue(portal, { document: "note", language: "en", subject: "21205199001234", case: name, facts: { word: "x" } });
  house.clock.set("2026-12-31T17:59:00Z");
  assert.equal((await note("before")).number, "2026-000001");
  house.clock.set("2026-12-31T18:00:00Z");
  assert.equal((await note("after")).number, "2027-000001");
  house.clock.set("2026-11-05T09:30:00Z");
});

test("a person sees the own documents and nobody else's, and cannot tell another's from none", async () => {
  const { door } = standard;
  const { id, pdf } = await door.issue(portal, card({ case: "mine" }));
  assert.ok((await door.list(aigul)).some((entry) => entry.id === id));
  assert.deepEqual(await door.list(bermet), []);
  assert.deepEqual(await door.list({ kind: "official", body: "archive", post: "clerk", person: "10101198505678" }), []);
  const read = await door.read(aigul, id);
  assert.ok(read.pdf.equals(pdf));
  assert.equal(read.title.en, "Club membership card");
  assert.equal(read.validThrough, "2027-02-04");
  const strangers = [bermet, portal, { kind: "official", body: "archive", post: "clerk", person: "10101198505678" } as const];
  for (const stranger of strangers) await assert.rejects(door.read(stranger, id), refusedWith("documents.not-found"));
  for (const wrong of ["01a00000-0000-7000-8000-000000000000", "x", "' or 1=1", ""]) {
    await assert.rejects(door.read(aigul, wrong), refusedWith("documents.not-found"));
  }
});

test("M-A1: a parent receives the certificate of a child; both see it, and nobody else does", async () => {
  const { door, house } = standard;
  const parent = { kind: "person", pin: "12003198501234" } as const;
  const child = { kind: "person", pin: "20101201501234" } as const;
  const { id, pdf } = await door.issue(portal, card({ case: "child", subject: child.pin, recipient: parent.pin }));
  for (const reader of [parent, child]) {
    const [entry, ...others] = await door.list(reader, { limit: 3 });
    assert.deepEqual(others, []);
    assert.deepEqual([entry?.id, entry?.subject, entry?.recipient], [id, child.pin, parent.pin]);
    assert.ok((await door.read(reader, id)).pdf.equals(pdf));
  }
  for (const stranger of [
    aigul,
    bermet,
    portal,
    { kind: "official", body: "archive", post: "clerk", person: parent.pin } as const,
  ]) {
    assert.ok(!(await door.list(stranger)).some((entry) => entry.id === id));
    await assert.rejects(door.read(stranger, id), refusedWith("documents.not-found"));
  }
  await door.withdraw({ kind: "official", body: "archive", post: "clerk", person: "10101198505678" }, { id, reason: "Trial" });
  const told = await house.database.rows<{ body: Record<string, string> }>(
    sql`select body from kernel.event where body ->> 'id' = ${id} order by type`,
  );
  assert.deepEqual(
    told.map(({ body }) => [body.subject, body.recipient]),
    [
      [child.pin, parent.pin],
      [child.pin, parent.pin],
    ],
  );
});

test("M-A1: the own and the received stand in one list, the newest first, up to the limit", async () => {
  const { door, house } = standard;
  const person = { kind: "person", pin: "12003198505555" } as const;
  const issue = (name: string, people: { subject: string; recipient?: string }) =>
    door.issue(portal, { document: "note", language: "en", case: name, facts: { word: name }, ...people });
  const issued: string[] = [];
  for (const [index, people] of [
    { subject: person.pin },
    { subject: "20101201505555", recipient: person.pin },
    { subject: person.pin, recipient: person.pin },
    { subject: "20101201505555", recipient: person.pin },
  ].entries()) {
    house.clock.set(`2026-11-06T09:3${index}:00Z`);
    issued.unshift((await issue(`mixed-${index}`, people)).id);
  }
  house.clock.set("2026-11-05T09:30:00Z");
  assert.deepEqual(
    (await door.list(person)).map(({ id }) => id),
    issued,
  );
  assert.deepEqual(
    (await door.list(person, { limit: 3 })).map(({ id }) => id),
    issued.slice(0, 3),
  );
});

test("M-A1: a document kept before there were recipients stays with the person it is about", async () => {
  const { door, house } = standard;
  const { id } = await door.issue(portal, card({ case: "of-before", subject: "21205199007777" }));
  const row = await house.database.first(sql`select recipient from documents.document where id = ${id}`);
  assert.deepEqual(row, { recipient: null });
  const read = await door.read({ kind: "person", pin: "21205199007777" }, id);
  assert.equal(read.recipient, "21205199007777");
});

test("all wrong facts are named at once, and nothing is kept", async () => {
  const facts = {
    ...card().facts,
    surname: undefined,
    pin: "123",
    born_on: "2026-02-30",
    address: "one\ntwo",
    colour: "red",
    __proto__: null,
  };
  const fault = await standard.door.issue(portal, card({ case: "wrong", subject: "12", recipient: "", facts })).then(
    () => assert.fail("issued"),
    (error: unknown) => error,
  );
  assert.ok(fault instanceof Problem && fault.code === "documents.wrong-facts");
  assert.deepEqual(fault.fields.map(({ pointer, key }) => `${pointer} ${key}`).sort(), [
    "/facts/address documents.fields.wrong-text",
    "/facts/born_on documents.fields.wrong-date",
    "/facts/colour documents.fields.unknown",
    "/facts/pin documents.fields.wrong-pin",
    "/facts/surname documents.fields.missing",
    "/recipient documents.fields.wrong-recipient",
    "/subject documents.fields.wrong-subject",
  ]);
  assert.deepEqual(await standard.house.database.rows(sql`select id from documents.document where case_id = ${"wrong"}`), []);
});

test("a character that cannot be printed is a problem, never an empty box", async () => {
  const { door } = standard;
  for (const [character, name] of [
    ["漢", "U+6F22"],
    ["😀", "U+1F600"],
    ["\u202e", "U+202E"],
    ["\u200b", "U+200B"],
  ] as const) {
    const request = card({ case: "odd", facts: { ...card().facts, hobby: `a${character}b` } });
    await assert.rejects(door.issue(portal, request), (error) => {
      assert.ok(error instanceof Problem && error.code === "documents.unprintable");
      return error.params.character === name && error.params.fact === "hobby";
    });
  }
});

test("an unknown kind, and facts too long for the code, are problems", async () => {
  const { door } = standard;
  await assert.rejects(door.issue(portal, card({ document: "toString" })), refusedWith("documents.unknown-kind"));
  const long = "Ң".repeat(500);
  const facts = { ...card().facts, surname: long, given_name: long, patronymic: long, address: long };
  await assert.rejects(door.issue(portal, card({ case: "long", facts })), refusedWith("documents.too-much-for-code"));
});

test("only the body that issued a document takes it back; from then on a check says so", async () => {
  const { door, house } = standard;
  const { id, pdf } = await door.issue(portal, card({ case: "withdrawn" }));
  const official = (body: string) => ({ kind: "official", body, post: "clerk", person: "10101198505678" }) as const;
  await assert.rejects(door.withdraw(aigul, { id, reason: "?" }), refusedWith("documents.not-found"));
  await assert.rejects(door.withdraw(official("library"), { id, reason: "?" }), refusedWith("documents.wrong-body"));
  assert.equal((await door.check({ pdf })).valid, true);
  await door.withdraw(official("archive"), { id, reason: "Issued by mistake" });
  await door.withdraw(official("archive"), { id, reason: "Twice" });
  const verdict = await door.check({ pdf });
  assert.equal(verdict.reason, "withdrawn");
  assert.deepEqual(verdict.params, { date: "2026-11-05" });
  assert.deepEqual(verdict.checks.at(-1), { name: "register", passed: false });
  const { statement, withdrawnAt } = await door.read(aigul, id);
  assert.equal(withdrawnAt?.toISOString(), "2026-11-05T09:30:00.000Z");
  assert.equal((await door.check({ text: statement })).reason, "withdrawn");
  const told = await house.database.rows(
    sql`select id from kernel.event where type = ${"documents.withdrawn"} and body ->> 'id' = ${id}`,
  );
  assert.equal(told.length, 1);
});

test("a document that was never kept is refused, however well it is signed", async () => {
  const { door, house } = standard;
  const { id, pdf } = await door.issue(portal, card({ case: "lost" }));
  await house.database.run(sql`delete from documents.document where id = ${id}`);
  assert.equal((await door.check({ pdf })).reason, "not-in-register");
});

test("a check shows facts with their titles, from the file and from the code alone", async () => {
  const { door } = standard;
  const { id, pdf } = await door.issue(portal, card({ case: "shown" }));
  const fromFile = (await door.check({ pdf })).signed!;
  assert.deepEqual(fromFile.facts[0], { name: "surname", value: "Үсөнбаева", title: { ky: "Фамилиясы", ru: "Фамилия" } });
  const { statement } = await door.read(aigul, id);
  const fromCode = (await door.check({ text: ` ${statement}\n` })).signed!;
  assert.deepEqual(fromCode.body, { code: "archive", name: "Архив кызматы" });
  assert.equal(fromCode.facts.find(({ name }) => name === "surname")?.title?.en, "Surname");
  assert.equal(fromCode.number, fromFile.number);
  await assert.rejects(door.check({}), refusedWith("documents.nothing-to-check"));
  await assert.rejects(door.check({ text: "  " }), refusedWith("documents.nothing-to-check"));
});
