/** An official of the whole house: from the page of the desks through the provider to the work, and out again. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { answerForReal, enter, type OwnFactors } from "./factors.ts";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { createVisitor, readDemoPeople, type Visitor } from "./visitor.ts";

let house: InsideHouse;
let address = "";
let own: OwnFactors;

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  const [person] = await readDemoPeople(createVisitor(address));
  own = await enter(createVisitor(address, "en"), person!.pin);
  const chief = createVisitor(address, "en");
  await chief.post("/en/desk/sign-in", { post: "digital-deputy" });
  const linked = await chief.post("/en/desk/official-accounts", { official: "o-1014", pin: person!.pin });
  assert.equal(linked.status, 200, linked.text);
});
after(async () => {
  assert.deepEqual(house?.faults, []);
  await house?.close();
});

const WORK = "/en/desk/registers";
const queryOf = (path: string) => new URL(path, address).search;

/** From the button of the page of the desks to the work; gives every address on the way after the sign-in page. */
async function come(visitor: Visitor): Promise<void> {
  const asked = await visitor.get("/en/desk/sign-in/begin");
  assert.match(asked.path, /^\/en\/sign-in\?interaction=/);
  assert.match(asked.text, /Desks of officials/, "the page says where one signs in to");
  const { path, text } = await answerForReal(visitor, own, queryOf(asked.path));
  assert.equal(path, WORK, text.slice(0, 500));
}

test("M-A4: an official comes through the provider, sits at the one post that is held, and is no person of the portal by that", async () => {
  const visitor = createVisitor(address, "en");
  await come(visitor);
  assert.equal((await visitor.send("/en/cabinet")).status, 401);
  await visitor.post("/en/desk/sign-out");
  assert.equal((await visitor.send(WORK)).status, 401);
  const again = await visitor.get("/en/desk/sign-in/begin");
  assert.match(again.path, /^\/en\/sign-in\?interaction=/, "nobody goes on at that browser under that name");
});

test("M-A4: who is signed in at the portal chooses a post and is asked nothing more; signing out there closes the desk", async () => {
  const visitor = createVisitor(address, "en");
  await visitor.signIn(own.pin);
  const page = await visitor.get(`/en/desk/sign-in?return=${encodeURIComponent("/en/desk/activations")}`);
  assert.match(page.text, /name="post" value="service-centres-operator"/);
  const fields = { post: "service-centres-operator", return: "/en/desk/activations" };
  const way: string[] = [];
  let answer = await visitor.send("/en/desk/sign-in/post", { method: "POST", body: new URLSearchParams(fields) });
  for (let to = answer.headers.get("location"); to !== null; to = answer.headers.get("location")) {
    way.push(new URL(to, address).pathname);
    answer = await visitor.send(to);
  }
  assert.deepEqual(way, ["/oidc/auth", "/centre/sign-in/back", "/en/desk/activations"]);
  assert.equal(answer.status, 200);
  const devices = await visitor.get("/en/cabinet/devices");
  assert.match(devices.text, /Your desks as an official/);
  await visitor.post("/en/sign-out");
  assert.equal((await visitor.send(WORK)).status, 401, "the desk ended with the session at the provider");
});

test("M-A4: a person who is no official comes as far as the page that says so", async () => {
  const visitor = createVisitor(address, "en");
  const [, other] = await readDemoPeople(createVisitor(address));
  await visitor.signIn(other!.pin);
  const page = await visitor.get("/en/desk/sign-in/begin");
  assert.match(page.path, /^\/en\/desk\/sign-in\?return=/);
  assert.match(page.text, /You hold no post today/);
  assert.equal((await visitor.post("/en/desk/sign-in/post", { post: "service-centres-operator" })).status, 403);
  assert.equal((await visitor.send(WORK)).status, 401);
});
