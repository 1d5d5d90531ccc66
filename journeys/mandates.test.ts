/** Acting for others: a parent for a child, a director and an accountant for a company; and what nobody gets by trying. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IdentityDoor } from "@kerege/identity";
import type { ReferenceDoor } from "@kerege/reference";
import type { SyntheticDoor } from "@kerege/synthetic";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { applyForCertificate, createVisitor, pdfLinks, type Visitor } from "./visitor.ts";

let house: InsideHouse;
let address = "";
let director: { pin: string; tin: string; name: string };
let parent: { pin: string; child: string; childName: string };
let accountant: string;
let stranger: string;

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  const people = await (house.doors.synthetic as SyntheticDoor).demoPeople(400);
  const taken = new Set<string>();
  for (const { pin } of people) {
    const held = await house.app.askers.represents.held(pin);
    const company = held.find((one) => one.kind === "director");
    const child = held.find((one) => one.kind === "parent");
    if (company && !director) director = { pin, tin: company.subject, name: company.name.en };
    else if (child && !parent) parent = { pin, child: child.subject, childName: child.name.en };
    else continue;
    taken.add(pin);
    if (director && parent) break;
  }
  const others = people.filter(({ pin }) => !taken.has(pin)).map(({ pin }) => pin);
  [accountant = "", stranger = ""] = others;
});
after(() => house?.close());

const signedIn = async (pin: string): Promise<Visitor> => {
  const visitor = createVisitor(address, "en");
  await visitor.signIn(pin);
  return visitor;
};
const list = async (visitor: Visitor) => (await visitor.get("/en/cabinet/mandates")).text;
const decoded = (text: string) => text.replaceAll("&quot;", '"').replaceAll("&#39;", "'").replaceAll("&amp;", "&");

/** Chooses the mandate over somebody as the page offers it. */
async function actFor(visitor: Visitor, name: string): Promise<string> {
  const rows = decoded(await list(visitor)).split("<tr>");
  const row = rows.find((one) => one.includes(`>${name}<`) && one.includes('name="mandate"'));
  const id = /name="mandate" value="([0-9a-f-]{36})"/.exec(row ?? "")?.[1];
  assert.ok(id, `nobody by the name of ${name} to act for`);
  const page = await visitor.post("/en/cabinet/acting", { mandate: id });
  assert.match(decoded(page.text), new RegExp(`You are acting for <b>${escaped(name)}</b>`));
  return id;
}
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");

async function applyForExtract(visitor: Visitor): Promise<string> {
  const form = await visitor.post("/en/services/entity-extract/start");
  assert.equal(form.status, 200, form.text);
  const review = await visitor.post(form.path, { document_language: "en" });
  const decided = await visitor.post(review.path.replace(/review$/, "submit"));
  assert.match(decided.path, /^\/en\/cases\/[0-9a-f-]{36}$/);
  return decided.path;
}

/** The director gives the accountant a mandate of the company, who accepts. Gives its id. */
async function giveToAccountant(boss: Visitor, books: Visitor, more: Record<string, string> = {}): Promise<string> {
  const sent = await boss.post("/en/cabinet/mandates/new", { holder: accountant, kind: "accountant", scope: "all", ...more });
  assert.equal(sent.status, 200, sent.text);
  const offer = /\/cabinet\/mandates\/([0-9a-f-]{36})\/answer/.exec(await list(books))?.[1];
  assert.ok(offer, "the accountant sees the offer");
  await books.post(`/en/cabinet/mandates/${offer}/answer`, { accept: "yes" });
  return offer;
}

/** Asks the register of people, with what is asked in the body. */
const askPeople = (visitor: Visitor, given: { path: string; body: object; headers?: Record<string, string> | undefined }) =>
  visitor.send(`/api/registers/v1/person/${given.path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...given.headers },
    body: JSON.stringify(given.body),
  });
const findPerson = (visitor: Visitor, given: { pin: string; ground: string }, headers?: Record<string, string>) =>
  askPeople(visitor, { path: "records/find", body: { key: given.pin, ground: given.ground }, headers });

test("M-A4: a parent acts for a child: the certificate is the child's, the way says who acted, and the way back is on every page", async () => {
  const visitor = await signedIn(parent.pin);
  await actFor(visitor, parent.childName);
  const decided = await applyForCertificate(visitor, { whose: "me", document_language: "en" });
  const view = await visitor.get(decided.replace("/ky/", "/en/"));
  assert.match(view.text, new RegExp(`handed in by mandate \\(personal number ${parent.pin}\\)`));
  const [pdf = ""] = pdfLinks(view);
  assert.equal((await visitor.get(pdf)).headers.get("content-type"), "application/pdf");

  const reads = decoded((await visitor.get("/en/cabinet/reads")).text);
  assert.match(
    reads,
    /To see each time that it is a parent who acts for a child under 18/,
    "the child's reads say that the right was looked at",
  );

  const me = decoded((await visitor.get("/en/cabinet/me")).text);
  for (const part of parent.childName.split(" "))
    assert.match(me, new RegExp(`<dd>${escaped(part)}`), "what registers hold about the child");

  await visitor.post("/en/cabinet/acting/end");
  assert.equal((await visitor.get(decided)).status, 404, "as himself the parent has no such case");
  assert.doesNotMatch((await visitor.get("/en/cabinet")).text, /You are acting for/);
});

test("M-A4: a director gets the extract of the company, then the accountant he gave a mandate", async () => {
  const boss = await signedIn(director.pin);
  const refused = await boss.post("/en/services/entity-extract/start");
  assert.equal(refused.status, 403);
  assert.match(refused.text, /Refused because this is not done for a person/);

  await actFor(boss, director.name);
  const view = await boss.get(await applyForExtract(boss));
  assert.match(view.text, /E-\d{4}-\d{6}/);
  assert.equal((await boss.get(pdfLinks(view)[0]!)).headers.get("content-type"), "application/pdf");

  const books = await signedIn(accountant);
  const id = await giveToAccountant(boss, books);
  await actFor(books, director.name);
  const own = await applyForExtract(books);
  assert.match((await books.get(own)).text, new RegExp(`personal number ${accountant}`));
  assert.equal((await boss.get(own)).status, 200, "the director sees what was done for the company");

  await boss.post(`/en/cabinet/mandates/${id}/end`);
  for (const path of [own, "/en/cabinet", "/en/cabinet/documents", "/api/me/reads"]) {
    const answer = await books.get(path);
    assert.equal(answer.status, 403, `${path} under a mandate that was revoked`);
    assert.match(answer.text, /the mandate was revoked/);
  }
  assert.equal((await books.post("/en/services/entity-extract/start")).status, 403);
});

test("abuse 14: a mandate for one service opens that service and nothing else", async () => {
  const boss = await signedIn(director.pin);
  await actFor(boss, director.name);
  const before = await applyForExtract(boss);
  const [pdf = ""] = pdfLinks(await boss.get(before));
  const books = await signedIn(accountant);
  await giveToAccountant(boss, books, { scope: "service:entity-extract" });
  await actFor(books, director.name);
  assert.equal((await books.get(before)).status, 200, "a case of the service");
  assert.equal((await books.get(pdf)).status, 200, "its document");
  for (const path of ["/en/cabinet/letters", "/en/cabinet/reads"]) {
    const answer = await books.get(path);
    assert.ok(!answer.text.includes(director.tin), path);
  }
  const reads = JSON.parse((await books.get("/api/me/reads")).text) as { reads: unknown[] };
  assert.deepEqual(reads.reads, []);
  const record = await books.get(`/api/registers/v1/legal_entity/records/${director.tin}?ground=own-companies`);
  assert.equal(record.status, 403);
  const other = await books.post("/en/services/residence-certificate/start");
  assert.equal(other.status, 403);
});

test("abuse 14: the name of another's mandate, an altered cookie and a stolen choice act for nobody", async () => {
  const boss = await signedIn(director.pin);
  const id = await actFor(boss, director.name);
  const tried = await signedIn(stranger);
  assert.equal((await tried.post("/en/cabinet/acting", { mandate: id })).status, 404);
  const acting = /acting=([^;]+)/.exec(boss.cookies())![1]!;
  const session = /session=([^;]+)/.exec(tried.cookies())![1]!;
  // The director's choice in another's browser, with his session named or the other's: nothing of the company is shown.
  const own = (await (house.doors.identity as IdentityDoor).find(session))!;
  for (const value of [acting, `${own.id}.${id}`]) {
    const answer = await tried.send("/en/cabinet/documents", { headers: { cookie: `session=${session}; acting=${value}` } });
    assert.ok(!decoded(answer.text).includes(director.name));
    assert.ok([200, 404].includes(answer.status));
  }
  for (const path of [`/en/cabinet/mandates/${id}`, `/en/cabinet/mandates/${id.replace(/.$/, "0")}`])
    assert.equal((await tried.get(path)).status, 404);
  for (const path of [`/en/cabinet/mandates/${id}/answer`, `/en/cabinet/mandates/${id}/end`])
    assert.equal((await tried.post(path, path.endsWith("answer") ? { accept: "yes" } : {})).status, 404);
});

test("abuse 14: the subject cannot be changed by a parameter, a header or a field", async () => {
  const visitor = await signedIn(stranger);
  const reads = await visitor.get("/api/me/reads?pin=1&subject=2&behalf=3");
  assert.equal(reads.status, 422, "parameters that are not declared are refused");
  const spoofed = await visitor.send("/en/cabinet", {
    headers: { "x-represents": director.tin, represents: director.tin, "x-subject": director.tin },
  });
  assert.doesNotMatch(spoofed.text, /You are acting for/);
  const field = await visitor.post("/en/services/entity-extract/start", { applicant: director.tin, behalf: director.tin });
  assert.equal(field.status, 403);
});

test("abuse 16: whatever number of another is named, nothing is found, by one parameter, by two or by doubled names", async () => {
  const boss = await signedIn(director.pin);
  await actFor(boss, director.name);
  const made = await applyForExtract(boss);
  const [pdf = ""] = pdfLinks(await boss.get(made));
  const thief = await signedIn(stranger);
  const reader = JSON.parse((await boss.get("/api/me/reads")).text) as { reads: { id: string }[] };
  const paths = [
    made,
    `${made}/review`,
    `${made}/withdraw`,
    `${made}/form/extract`,
    pdf,
    `/api/me/reads/${reader.reads[0]?.id}/proof`,
  ];
  for (const path of paths) {
    const answer = await thief.get(path);
    assert.equal(answer.status, 404, path);
    assert.ok(!decoded(answer.text).includes(director.name), path);
    assert.ok(!answer.text.includes(director.tin), path);
  }
  const { id } = JSON.parse((await findPerson(await signedIn(director.pin), { pin: director.pin, ground: "own-data" })).text) as {
    id: string;
  };
  const person = `/api/registers/v1/person/records/${id}`;
  assert.equal((await findPerson(thief, { pin: director.pin, ground: "own-data" })).status, 404);
  for (const path of [`${person}?ground=own-data`, `${person}/history?ground=own-data`])
    assert.equal((await thief.get(path)).status, 404);
  for (const path of [
    `${person}?ground=own-data&ground=entities-desk`,
    `/api/registers/v1/person/export?search=by_mother&ground=own-data&mother=${director.pin}`,
    `/api/registers/v1/person/records?search=by_mother&ground=own-data&mother=${stranger}&mother=${director.pin}`,
  ]) {
    const answer = await thief.get(path);
    assert.ok([400, 403, 404, 422].includes(answer.status), `${path}: ${answer.status}`);
    assert.ok(!answer.text.includes('"surname"'), path);
  }
  for (const path of ["records/search", "export"]) {
    const answer = await askPeople(thief, { path, body: { search: "by_mother", ground: "own-data", mother: director.pin } });
    assert.ok([403, 404].includes(answer.status), `${path}: ${answer.status}`);
  }
  const doubled = await thief.send("/en/cabinet/acting", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: `{"mandate":"${"0".repeat(8)}-0000-7000-8000-000000000000","mandate":"x"}`,
  });
  assert.equal(doubled.status, 400, "a name that comes twice is refused before anybody reads it");
  const twice = await thief.post("/en/cabinet/acting", [
    ["mandate", "019a0000-0000-7000-8000-000000000000"],
    ["mandate", "019a0000-0000-7000-8000-000000000001"],
  ]);
  assert.equal(twice.status, 422);
});

test("abuse 17: a person opens no page of officials and calls nothing of theirs", async () => {
  const visitor = await signedIn(stranger);
  for (const path of [
    "/en/desk/registers",
    `/en/desk/registers/person/records/${director.pin}`,
    "/en/desk/contests",
    "/en/desk/notices",
  ]) {
    const answer = await visitor.get(path);
    assert.equal(answer.status, 401, path);
    assert.doesNotMatch(answer.text, /<dd>/, "not a fact is shown");
  }
  const event = await visitor.send("/api/registers/v1/person/events", {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": "019a0000-0000-7000-8000-000000000009" },
    body: JSON.stringify({
      key: stranger,
      event: "change_of_name",
      validFrom: "2026-01-01",
      document: "1",
      values: { surname: "Новая" },
    }),
  });
  assert.ok([401, 403].includes(event.status), `${event.status}`);
});

test("abuse 17: an official of one body reads nothing of another's ground, and nothing after the post is gone", async () => {
  const identity = house.doors.identity as IdentityDoor;
  const reference = house.doors.reference as ReferenceDoor;
  const { token } = await identity.openDemoDesk(
    { official: "o-1012", body: "justice", post: "justice-registrar", name: "Турдумаматова Жанара" },
    "",
  );
  const headers = { cookie: `desk=${token}` };
  const ask = (path: string) => createVisitor(address, "en").send(path, { headers });
  const find = (ground: string) => findPerson(createVisitor(address, "en"), { pin: director.pin, ground }, headers);
  const own = `/api/registers/v1/entity_head/records/${director.tin}?ground=entities-desk`;
  assert.equal((await ask(own)).status, 200);
  assert.equal((await find("change-of-address")).status, 403, "a ground of another body");
  assert.equal((await find("own-data")).status, 403, "a person's own ground");
  const today = new Date().toISOString().slice(0, 10);
  await reference.dismiss(
    { kind: "system", body: "digital", name: "test" },
    { post: "justice-registrar", on: today, ground: { document: "99-k", on: today } },
  );
  assert.equal((await ask(own)).status, 403, "between two requests the term ended");
});

test("abuse 18: what a form does not ask is refused, not passed over", async () => {
  const boss = await signedIn(director.pin);
  await actFor(boss, director.name);
  const good = { holder: stranger, kind: "accountant", scope: "all" };
  const extras: Record<string, string>[] = [
    { state: "accepted" },
    { given_by: stranger },
    { subject: stranger },
    { passes_on: "maybe" },
    { kind: "director" },
    { id: "019a0000-0000-7000-8000-000000000001" },
  ];
  for (const extra of extras) {
    const answer = await boss.post("/en/cabinet/mandates/new", { ...good, ...extra });
    assert.equal(answer.status, 422, JSON.stringify(extra));
  }
  const tried = await signedIn(stranger);
  assert.doesNotMatch(await list(tried), /\/answer"/, "nothing was given by any of them");
  const form = await boss.post("/en/services/entity-extract/start");
  const more = { status: "granted", applicant: stranger, fee_paid: "yes", decided_by: "x", version: "9" };
  const kept = await boss.post(form.path, { document_language: "en", ...more });
  assert.equal(kept.status, 400);
  assert.match((await boss.get(form.path)).text, /document_language/, "the draft is as it was");
});
