/** A country that is not marked as demo: nobody signs in as somebody else, and nobody invents people. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { makeInstallation } from "./installation.ts";
import { createVisitor } from "./visitor.ts";

const dataFolder = temporaryFolder();
let root = "";
let house: RunningHouse;

before(async () => {
  root = makeInstallation((country) => country.replace("demo: true", "demo: false").replace(/^people:.*\n/m, ""));
  house = await startHouse({ root, dataFolder });
});
after(() => house?.stop());

test("M-A4 M-0.11: the server says that the country is not a demo and lists nobody to sign in as", async () => {
  const health = (await (await fetch(`${house.address}/health`)).json()) as { demo: boolean };
  assert.equal(health.demo, false);
  assert.doesNotMatch(house.said(), /invent/i);
});

test("M-A4 M-0.11: no page lists people, and the route that signs in as one of them does not exist", async () => {
  const visitor = createVisitor(house.address);
  const page = await createVisitor(house.address).get("/ky/sign-in");
  assert.equal(page.status, 200);
  assert.match(page.path, /^\/ky\/sign-in\?interaction=/);
  assert.doesNotMatch(page.text, /name="pin"|class="cards people"/);
  const found = await createVisitor(house.address).get("/ky/sign-in?q=a");
  assert.doesNotMatch(found.text, /name="pin"|class="cards people"/);
  for (const pin of ["11805199624344", "", "x"]) {
    const answer = await visitor.send("/ky/sign-in", { method: "POST", body: new URLSearchParams({ pin }) });
    // The page is there to be looked at; nothing takes what is sent to it.
    assert.equal(answer.status, 405);
    assert.equal(visitor.cookies(), "", "no session was opened");
  }
  assert.equal((await visitor.send("/ky/cabinet")).status, 401);
});

test("M-A1 M-0.8: what is open to all works without anybody to sign in as", async () => {
  const visitor = createVisitor(house.address);
  for (const path of ["/ky", "/ru/services", "/en/services/residence-certificate", "/kk/verify", "/trust/anchors.pem"]) {
    const answer = await visitor.send(path);
    assert.equal(answer.status, 200, path);
    assert.doesNotMatch(answer.text, /class="demo"/);
  }
});

test("M-A4 M-0.11: kerege people refuses, with the server running and without", async () => {
  const beside = await kerege(["people", "--count", "10"], { root, dataFolder });
  assert.equal(beside.code, 1, beside.text);
  assert.match(beside.text, /demo/i);
  assert.equal(await house.stop(), 0, house.said());
  const alone = await kerege(["people", "--count", "10"], { root, dataFolder });
  assert.equal(alone.code, 1, alone.text);
});
