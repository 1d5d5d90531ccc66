/** A body's system asks a person to agree, over the API; the person answers in the cabinet and takes it back; who may do what is explained. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { IdentityDoor } from "@kerege/identity";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { createVisitor, readDemoPeople, type Visitor } from "./visitor.ts";

let house: InsideHouse;
let address = "";
let secret = "";
let pin = "";
let other = "";

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  const [first, second] = await readDemoPeople(createVisitor(address));
  [pin, other] = [first!.pin, second!.pin];
  const owner = { kind: "system", body: "labour", name: "test" } as const;
  ({ secret } = await (house.doors.identity as IdentityDoor).addClient(owner, { body: "labour", name: "benefits" }));
});
after(() => house?.close());

const signedIn = async (who: string): Promise<Visitor> => {
  const visitor = createVisitor(address, "en");
  await visitor.signIn(who);
  return visitor;
};
const api = (path: string, init: RequestInit = {}) =>
  fetch(new URL(path, address), { ...init, headers: { authorization: `Bearer ${secret}`, "content-type": "application/json" } });
const asked = async (more: Record<string, unknown> = {}) => {
  const body = JSON.stringify({ subject: pin, ground: "household-for-benefits", until: "2099-01-01", ...more });
  return api("/api/consents/v1/requests", { method: "POST", body });
};

test("M-A21: asked over the API, agreed to in plain words in the cabinet, taken back; the state is seen by the one that asked", async () => {
  const answer = await asked();
  assert.equal(answer.status, 201);
  const { id, state } = (await answer.json()) as { id: string; state: string };
  assert.equal(state, "open");
  const stateOf = async () => ((await (await api(`/api/consents/v1/requests/${id}`)).json()) as { state: string }).state;

  const visitor = await signedIn(pin);
  assert.match((await visitor.get("/en/cabinet/consents")).text, new RegExp(`/cabinet/consents/requests/${id}`));
  const page = await visitor.get(`/en/cabinet/consents/requests/${id}`);
  for (const words of [/Households: .*cattle/i, /whether a benefit is due/, /article 21\.2/, /until 1 January 2099/, /benefits/])
    assert.match(page.text, words);
  const list = await visitor.post(`/en/cabinet/consents/requests/${id}`, { agree: "yes" });
  assert.equal(list.path, "/en/cabinet/consents");
  assert.equal(await stateOf(), "agreed");

  const body = JSON.stringify({ key: pin, ground: "household-for-benefits" });
  const read = () => api("/api/registers/v1/household_member/records/find", { method: "POST", body });
  assert.notEqual((await read()).status, 403, "what was agreed to is read");
  const consent = /\/cabinet\/consents\/([0-9a-f-]{36})"/.exec(list.text)![1]!;
  assert.match((await visitor.get(`/en/cabinet/consents/${consent}`)).text, /reads these facts no more/);
  await visitor.post(`/en/cabinet/consents/${consent}/withdraw`);
  assert.equal(await stateOf(), "withdrawn");
  const refused = await read();
  assert.ok([403, 404].includes(refused.status), "the next read gives nothing");
});

test("abuse 18: what the API of consents does not ask is refused, and a doubled name with it", async () => {
  for (const extra of [{ state: "agreed" }, { reader: "tax" }, { system: "x" }, { subject: 1 }, { until: "soon" }])
    assert.equal((await asked(extra)).status, 422, JSON.stringify(extra));
  const doubled = await api("/api/consents/v1/requests", {
    method: "POST",
    body: `{"subject":"${pin}","ground":"household-for-benefits","subject":"${other}"}`,
  });
  assert.equal(doubled.status, 400);
});

test("abuse 16: another person's request is not found, nor by a person over the API", async () => {
  const { id } = (await (await asked({ subject: other })).json()) as { id: string };
  const visitor = await signedIn(pin);
  assert.equal((await visitor.get(`/en/cabinet/consents/requests/${id}`)).status, 404);
  assert.equal((await visitor.post(`/en/cabinet/consents/requests/${id}`, { agree: "yes" })).status, 404);
  assert.equal((await visitor.get(`/api/consents/v1/requests/${id}`)).status, 404);
  assert.equal((await fetch(new URL(`/api/consents/v1/requests/${id}`, address))).status, 401);
});

test("M-A4: who may do what is a table, and each answer says why and what would change it, in four languages", async () => {
  const nobody = await createVisitor(address, "en").get("/en/access");
  assert.match(nobody.text, /Refused because you are not signed in/);
  const visitor = await signedIn(pin);
  const page = await visitor.get("/en/access/explain?service=entity-extract");
  assert.match(page.text, /Refused because this is not done for a person/);
  assert.match(page.text, /Change in your cabinet for whom you act/);
  const answer = JSON.parse((await visitor.get("/api/access/v1/explain?service=entity-extract")).text);
  assert.deepEqual([answer.allowed, answer.why, answer.what], [false, "whom", "person"]);
  assert.deepEqual(Object.keys(answer.words).sort(), ["en", "kk", "ky", "ru"]);
  const own = JSON.parse((await visitor.get("/api/access/v1/explain?register=person&ground=own-data")).text);
  assert.deepEqual([own.allowed, own.why], [true, "oneself"]);
  const foreign = JSON.parse((await visitor.get("/api/access/v1/explain?register=person&ground=change-of-address")).text);
  assert.deepEqual([foreign.allowed, foreign.why, foreign.what], [false, "ground", "reader"]);
  for (const wrong of ["", "?service=x&register=y", "?register=person", "?service=entity-extract&pin=1"])
    assert.equal((await visitor.get(`/api/access/v1/explain${wrong}`)).status, 422, wrong);
  const { token } = await (house.doors.identity as IdentityDoor).openDemoDesk(
    { official: "o-1005", body: "civil-registry", post: "civil-registry-controller", name: "Шайымбекова Гүлзина" },
    "",
  );
  const desk = await createVisitor(address, "en").send("/en/access", { headers: { cookie: `desk=${token}` } });
  assert.match(desk.text, /<code>registry\.confirm-merge<\/code>/);
  assert.match(desk.text, /registry\.merge: One official proposes a merge of records, another decides it/);
  assert.match(desk.text, /an official does not do this/, "an official applies for nothing");
  const described = await visitor.get("/api/access/v1/openapi.json");
  assert.equal(JSON.parse(described.text).openapi, "3.1.0");
});
