/** The desk of programs: an official with the right registers them, bounds them, stops them, and each act stays with who did it. */
import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { after, before, test } from "node:test";
import { openPlace, type Place, type TestBrowser } from "../../factors/test/place.ts";

let place: Place;
let desk: TestBrowser;
before(async () => {
  place = await openPlace({ demo: true });
  place.door.claimSources.bodyName = (code) => (code === "bank" ? "Жер банкы" : undefined);
  desk = await place.atDesk("o-7", "programs");
});
after(() => place?.close());

const HOME = "/en/desk/programs";
const system = (more: Record<string, string> = {}) => ({
  ...{ id: "ledger", name: "Эсеп китеби", body: "bank", profile: "system", agreement: "2026/1" },
  ...{ authMethod: "client_secret_basic", scopes: "registers", quota: "600", ...more },
});
const secretIn = (text: string) => /<code class="long">([A-Za-z0-9_-]{43})<\/code>/.exec(text)?.[1] ?? "";
async function tokenFor(id: string, secret: string): Promise<number> {
  const answer = await place.app.inject({
    method: "POST",
    url: "/oidc/token",
    headers: {
      host: "127.0.0.1:8080",
      authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}`,
      "content-type": "application/x-www-form-urlencoded",
    },
    payload: "grant_type=client_credentials&scope=registers",
  });
  return answer.statusCode;
}

test("M-A4 M-A5: only a post that has the right for it sees and does anything here", async () => {
  const others = [await place.atDesk("o-8", "linker"), await place.atDesk("o-8", "clerk")];
  for (const one of others) {
    assert.equal((await one.get(HOME)).status, 403);
    assert.equal((await one.post(HOME, system())).status, 403);
    assert.equal((await one.post(`${HOME}/ledger`, { act: "end" })).status, 403);
    assert.equal((await one.post("/en/desk/systems", { body: "bank", name: "x" })).status, 403);
  }
  assert.equal((await place.browser().get(HOME)).status, 401);
  assert.deepEqual(await place.door.programs.list(), []);
});

test("M-A5: the pages are there in four languages, empty and with a program", async () => {
  for (const language of ["ky", "ru", "kk", "en"])
    for (const page of ["", "/new"]) {
      const { status, text } = await desk.get(`/${language}/desk/programs${page}`);
      assert.equal(status, 200);
      assert.doesNotMatch(text, /identity\.programs\./, "a text is missing");
    }
});

test("M-A5: what is wrong stands beside its field, nothing typed is lost, and nothing is registered", async () => {
  const cases: [Record<string, string>, RegExp][] = [
    [system({ body: "nobody" }), /There is no body of this code/],
    [system({ id: "portal" }), /not one of our own names/],
    [system({ id: "desks" }), /not one of our own names/],
    [system({ quota: "0" }), /whole number from 1 to 1,000,000/],
    [system({ quota: "much" }), /whole number from 1 to 1,000,000/],
    [system({ agreement: "" }), /agreement/i],
    [system({ authMethod: "private_key_jwt", keys: "{" }), /public keys as a JWK Set/],
    [system({ profile: "partner", scopes: "openid", redirectUris: "http://app.example/back" }), /https|address/i],
  ];
  for (const [typed, said] of cases) {
    const { status, text } = await desk.post(HOME, typed);
    assert.equal(status, 422, JSON.stringify(typed));
    assert.match(text, said);
    assert.match(text, /value="Эсеп китеби"/, "what was typed is still there");
  }
  assert.deepEqual(await place.door.programs.list(), []);
});

test("M-A4 M-A5: a system is registered with a secret shown once, suspended, resumed, given a new secret, ended", async () => {
  const registered = await desk.post(HOME, system());
  assert.equal(registered.status, 200);
  const secret = secretIn(registered.text);
  assert.equal(await tokenFor("ledger", secret), 200);
  const page = await desk.get(`${HOME}/ledger`);
  for (const words of ["Эсеп китеби", "Жер банкы (bank)", "2026/1", "600 a minute", "service-centres, programs (o-7)"])
    assert.ok(page.text.includes(words), words);
  assert.equal(secretIn(page.text), "", "the secret is gone");
  assert.equal((await desk.post(HOME, system())).status, 422, "the name is taken");

  await desk.post(`${HOME}/ledger`, { act: "suspend" });
  assert.equal(await tokenFor("ledger", secret), 401);
  assert.match((await desk.get(HOME)).text, /suspended/);
  await desk.post(`${HOME}/ledger`, { act: "resume" });
  assert.equal(await tokenFor("ledger", secret), 200);

  const renewed = secretIn((await desk.post(`${HOME}/ledger`, { act: "secret" })).text);
  assert.notEqual(renewed, secret);
  assert.equal(await tokenFor("ledger", secret), 401, "the former secret is refused at once");
  assert.equal(await tokenFor("ledger", renewed), 200);

  const wrong = await desk.post(`${HOME}/ledger`, { act: "terms", agreement: "", quota: "600" });
  assert.equal(wrong.status, 422);
  await desk.post(`${HOME}/ledger`, { act: "terms", agreement: "2026/2", quota: "3" });
  assert.match((await desk.get(`${HOME}/ledger`)).text, /2026\/1, 600 → 2026\/2, 3/);
  // Tokens that were taken in this minute count already.
  const answers = [await tokenFor("ledger", renewed), await tokenFor("ledger", renewed), await tokenFor("ledger", renewed)];
  assert.ok(answers.includes(429), `the new quota holds: ${answers}`);

  assert.equal((await desk.post(`${HOME}/ledger`, { act: "end" })).status, 422, "who is not sure ends nothing");
  await desk.post(`${HOME}/ledger`, { act: "end", sure: "yes" });
  assert.equal(await tokenFor("ledger", renewed), 401);
  assert.equal((await desk.get(`${HOME}/ledger`)).status, 404);
  assert.equal((await desk.post(HOME, system())).status, 422, "its name is not given again");
  const acts = (await place.door.programs.acts("ledger")).map(({ act }) => act);
  assert.deepEqual(acts, ["ended", "terms", "secret", "resumed", "suspended", "registered"]);
});

test("M-A5: a program that signs its requests gets other keys, and never a private one", async () => {
  const jwk = () => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    return { open: publicKey.export({ format: "jwk" }), whole: privateKey.export({ format: "jwk" }) };
  };
  const [first, second] = [jwk(), jwk()];
  const keys = (key: object) => JSON.stringify({ keys: [{ ...key, kid: "k" }] });
  const app = { id: "app", name: "Колдонмо", profile: "partner", scopes: "openid", redirectUris: "https://app.example/back" };
  const refused = await desk.post(HOME, system({ ...app, authMethod: "private_key_jwt", keys: keys(first.whole) }));
  assert.equal(refused.status, 422);
  const registered = await desk.post(HOME, system({ ...app, authMethod: "private_key_jwt", keys: keys(first.open) }));
  assert.equal(registered.status, 200, registered.text);
  assert.equal((await desk.post(`${HOME}/app`, { act: "keys", keys: keys(second.whole) })).status, 422);
  assert.equal((await desk.post(`${HOME}/app`, { act: "keys", keys: "[]" })).status, 422);
  assert.equal((await desk.post(`${HOME}/app`, { act: "secret" })).status, 404, "it has no secret to renew");
  assert.equal((await desk.post(`${HOME}/app`, { act: "keys", keys: keys(second.open) })).status, 303);
  assert.equal((await place.door.programs.read("app")).keys?.keys[0]?.x, second.open.x);
});

test("M-A3 M-A5: a system with a secret is added under a body that exists, and removed", async () => {
  assert.equal((await desk.post("/en/desk/systems", { body: "nobody", name: "x" })).status, 422);
  assert.equal((await desk.post("/en/desk/systems", { body: "bank", name: " " })).status, 422);
  const added = await desk.post("/en/desk/systems", { body: "bank", name: "Кредит бөлүмү" });
  const secret = secretIn(added.text);
  assert.equal((await place.door.findClient(secret))?.name, "Кредит бөлүмү");
  const id = /\/desk\/systems\/([0-9a-f-]{36})"/.exec(added.text)?.[1] ?? "";
  await desk.post(`/en/desk/systems/${id}`, { act: "end" });
  assert.equal(await place.door.findClient(secret), undefined);
  assert.equal((await desk.post(`/en/desk/systems/${id}`, { act: "end" })).status, 404);
  assert.equal((await desk.post("/en/desk/systems/x", { act: "end" })).status, 400);
});
