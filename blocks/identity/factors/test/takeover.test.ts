import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createSoftKey, type Wrongly } from "./authenticator.ts";
import { aizada, bakyt, late, openPlace, PASSWORD, type Place, people, type TestBrowser } from "./place.ts";

let place: Place;
before(async () => {
  place = await openPlace();
});
after(() => place?.close());

const HOUR = 3_600_000;
const wait = (hours = 1) => place.house.clock.advance(hours * HOUR);
const sessionOf = (browser: TestBrowser) => place.door.find(browser.cookies.get("session") ?? "");
const signInWithApp = async (browser: TestBrowser, pin: string, secret: Buffer, password = PASSWORD) => {
  await browser.post("/en/sign-in/password", { identifier: pin, password });
  const answer = await browser.post("/en/sign-in/second", { code: place.appCode(secret) });
  place.house.clock.advance(30_000);
  return answer;
};
const optionsIn = (text: string, act: "create" | "get") => {
  const found = new RegExp(`data-passkey="${act}" data-options="([^"]+)"`).exec(text)?.[1] ?? "";
  return JSON.parse(found.replaceAll("&quot;", '"').replaceAll("&amp;", "&"));
};
const softKey = () => createSoftKey({ origin: "http://localhost:8080", party: "localhost" });
const addPasskey = async (browser: TestBrowser, key = softKey(), wrongly: Wrongly = {}) => {
  const page = await browser.get("/en/cabinet/security/passkey");
  const answer = key.create(optionsIn(page.text, "create"), wrongly);
  return { key, answer, added: await browser.post("/en/cabinet/security/passkey", { answer, name: "key" }) };
};
const showPasskey = async (key: ReturnType<typeof softKey>, wrongly: Wrongly = {}, browser = place.browser()) => {
  const page = await browser.get("/en/sign-in/again");
  return {
    browser,
    answer: await browser.post("/en/sign-in/passkey", { answer: key.get(optionsIn(page.text, "get"), wrongly) }),
  };
};

test("M-A5: what somebody showed is known to those who write evidence: the factors and when, and of nobody nothing", async () => {
  const { browser } = await place.activated(aizada.pin);
  const token = browser.cookies.get("session")!;
  const shown = await place.door.shown(token);
  assert.deepEqual([...shown!.methods].sort(), ["mfa", "otp", "pwd"]);
  assert.ok(shown!.at <= place.house.clock.now());
  assert.equal(await place.door.shown("A".repeat(43)), undefined);
  await place.door.signOut(token);
  assert.equal(await place.door.shown(token), undefined);
});

test("M-A4: an activation code, a password and an app lead to the substantial level, a passkey to the high one", async () => {
  const { browser, kept } = await place.activated(bakyt.pin);
  assert.equal((await sessionOf(browser))?.assurance, "substantial");
  assert.equal((await sessionOf(browser))?.pin, bakyt.pin);
  assert.equal(kept.length, 8);
  const { key, added } = await addPasskey(browser);
  assert.equal(added.location, "/en/cabinet/security");
  const shown = await showPasskey(key);
  assert.equal(shown.answer.location, "/en/cabinet");
  assert.equal((await sessionOf(shown.browser))?.assurance, "high");
  const history = await shown.browser.get("/en/cabinet/security/history");
  for (const said of ["Identity confirmed at a service centre", "Way to sign in added", "High"])
    assert.ok(history.text.includes(said), said);
});

test("abuse 12: a passkey of another origin, another site, without its holder, with an old counter or a bad signature is refused", async () => {
  const { browser } = await place.activated(aizada.pin);
  const { key } = await addPasskey(browser);
  assert.equal((await showPasskey(key)).answer.status, 303);
  const wrong: Record<string, Wrongly> = {
    "another origin": { origin: "http://localhost.evil.example:8080" },
    "an address in numbers": { origin: "http://127.0.0.1:8080" },
    "another site": { party: "evil.example" },
    "no user verification": { unverified: true },
    "a counter that went back": { counter: 1 },
    "the same counter": { counter: key.counter },
    "a damaged signature": { damaged: true },
    "a challenge of nobody": { challenge: "A".repeat(56) },
    "another account": { userHandle: Buffer.from("00000000-0000-7000-8000-000000000000").toString("base64url") },
  };
  for (const [name, wrongly] of Object.entries(wrong)) assert.equal((await showPasskey(key, wrongly)).answer.status, 422, name);
  assert.equal((await showPasskey(softKey())).answer.status, 422, "a passkey that nobody registered");
  key.counter += 5;
  assert.equal((await showPasskey(key)).answer.status, 303, "and the right one still gets in");
});

test("abuse 12: an answer counts once, also when sent eight times at once, and a challenge of one use is none of another", async () => {
  wait(25);
  const { browser } = await place.activated(people[aizada.pin]!.pin);
  const { key, answer } = await addPasskey(browser);
  const page = await browser.get("/en/sign-in/again");
  const shown = key.get(optionsIn(page.text, "get"));
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => place.browser().post("/en/sign-in/passkey", { answer: shown })),
  );
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  assert.equal((await place.browser().post("/en/sign-in/passkey", { answer: shown })).status, 422);
  // The answer of a registration, sent again or as a sign-in.
  assert.equal((await browser.post("/en/cabinet/security/passkey", { answer, name: "twice" })).status >= 300, true);
  const list = await browser.get("/en/cabinet/security");
  assert.equal(list.text.includes("twice"), false);
  const creation = optionsIn((await browser.get("/en/cabinet/security/passkey")).text || page.text, "create");
  assert.equal((await place.browser().post("/en/sign-in/passkey", { answer: key.get(creation) })).status, 422);
  // A challenge is good for ten minutes.
  const late = optionsIn((await browser.get("/en/sign-in/again")).text, "get");
  place.house.clock.advance(10 * 60_000);
  assert.equal((await place.browser().post("/en/sign-in/passkey", { answer: key.get(late) })).status, 422);
});

test("abuse 11: no official registers himself, approves what he asked for, or does either without the right", async () => {
  const code = async (official: string, post: string, pin: string) =>
    (await place.atDesk(official, post)).post("/en/desk/activations", { pin });
  assert.equal((await code("o-1", "clerk", bakyt.pin)).status, 403);
  assert.equal((await code("o-1", "controller", bakyt.pin)).status, 403);
  assert.equal((await code("o-1", "operator", late.pin)).status, 422, "a dead person gets no code");
  assert.equal((await code("o-1", "operator", "11111111111111")).status, 422);
  const asked = await code("o-1", "both", bakyt.pin);
  assert.equal(asked.status, 303);
  const same = await (await place.atDesk("o-1", "both")).post(asked.location, { act: "approve" });
  assert.equal(same.status, 403);
  assert.doesNotMatch(same.text, /activation-code/);
  assert.equal((await (await place.atDesk("o-2", "operator")).post(asked.location, { act: "approve" })).status, 403);
  // The one who is that person neither asks nor approves.
  await (await place.atDesk("o-9", "linker")).post("/en/desk/official-accounts", { official: "o-11", pin: bakyt.pin });
  assert.equal((await code("o-11", "operator", bakyt.pin)).status, 422);
  await (await place.atDesk("o-9", "linker")).post("/en/desk/official-accounts", { official: "o-3", pin: aizada.pin });
  const other = await code("o-2", "operator", aizada.pin);
  assert.equal((await (await place.atDesk("o-3", "controller")).post(other.location, { act: "approve" })).status, 403);
  const linked = await (await place.atDesk("o-9", "linker")).post("/en/desk/official-accounts", {
    official: "o-7",
    pin: aizada.pin,
  });
  assert.equal(linked.status, 422, "one person is one official");
});

test("abuse 11: of two who approve at once one sees a code, and both officials stand in the record", async () => {
  const asked = await (await place.atDesk("o-5", "operator")).post("/en/desk/activations", { pin: bakyt.pin });
  const desks = await Promise.all(["o-6", "o-7"].map((official) => place.atDesk(official, "controller")));
  const answers = await Promise.all(desks.map((desk) => desk.post(asked.location, { act: "approve" })));
  assert.equal(answers.filter(({ text }) => text.includes("activation-code")).length, 1);
  const page = await (await place.atDesk("o-5", "operator")).get(asked.location);
  assert.doesNotMatch(page.text, /activation-code/, "the code is shown once");
});

test("abuse 11: an activation code is for its number, once, for five tries and three days; a new one voids the old", async () => {
  wait(100);
  const activate = (browser: TestBrowser, pin: string, code: string) => browser.post("/en/activate", { pin, code });
  const old = await place.activationCode(bakyt.pin);
  const fresh = await place.activationCode(bakyt.pin);
  assert.equal((await activate(place.browser(), bakyt.pin, old)).status, 422, "an old code after reissue");
  assert.equal((await activate(place.browser(), aizada.pin, fresh)).status, 422, "another number");
  const answers = await Promise.all(Array.from({ length: 8 }, () => activate(place.browser(), bakyt.pin, fresh)));
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  wait();
  const tried = await place.activationCode(bakyt.pin);
  const wrong = await place.activationCode(aizada.pin);
  for (let round = 0; round < 5; round++) assert.equal((await activate(place.browser(), bakyt.pin, wrong)).status, 422);
  assert.equal((await activate(place.browser(), bakyt.pin, tried)).status, 422, "void after five tries");
  wait();
  const lasting = await place.activationCode(bakyt.pin);
  wait(72);
  assert.equal((await activate(place.browser(), bakyt.pin, lasting)).status, 422, "over after 72 hours");
});

test("abuse 11: a phished password and code add nothing where a passkey is, and what is added takes nothing away for a day", async () => {
  wait(100);
  const { browser, secret } = await place.activated(bakyt.pin);
  wait(25);
  await signInWithApp(browser, bakyt.pin, secret);
  // A place to be told of it.
  await browser.post("/en/cabinet/security/channel", { address: "bakyt@example.org" });
  const code = /: (\d{6})\./.exec(await place.message(browser))?.[1] ?? "";
  assert.equal((await browser.post("/en/cabinet/security/channel/code", { code })).location, "/en/cabinet/security");
  wait(25);
  // The thief has the password and a code of this half-minute, no more.
  const thief = place.browser();
  assert.equal((await signInWithApp(thief, bakyt.pin, secret)).status, 303);
  const { key, added } = await addPasskey(thief);
  assert.equal(added.status, 303);
  assert.match(await place.message(browser), /a way to sign in was added/, "the owner is told at once");
  assert.equal(
    (await sessionOf((await showPasskey(key)).browser))?.assurance,
    "substantial",
    "what was added a moment ago does not open the most",
  );
  assert.notEqual(await place.door.factors.guardedUntil(bakyt.pin), undefined);
  const taken = /factors\/([0-9a-f-]{36})\/remove/.exec((await thief.get("/en/cabinet/security")).text)?.[1] ?? "";
  const removal = await thief.post(`/en/cabinet/security/factors/${taken}/remove`);
  assert.equal(removal.status, 409, "nothing is taken away");
  // The owner goes to the centre: all ways of the thief are gone and his sessions ended.
  const anew = await place.activated(bakyt.pin);
  assert.equal(await sessionOf(thief), undefined);
  assert.equal((await showPasskey(key)).answer.status, 422);
  assert.match(await place.message(browser), /access to your account was recovered/);
  assert.equal((await sessionOf(anew.browser))?.pin, bakyt.pin);
});

test("abuse 11: with a passkey in the account a password and a code change nothing", async () => {
  wait(100);
  const { browser, secret } = await place.activated(aizada.pin);
  await addPasskey(browser);
  wait(25);
  const thief = place.browser();
  await signInWithApp(thief, aizada.pin, secret);
  const asked = await thief.get("/en/cabinet/security/passkey");
  assert.equal(asked.location, "/en/sign-in/again?return=%2Fen%2Fcabinet%2Fsecurity%2Fpasskey");
  assert.equal(
    (
      await thief.post("/en/cabinet/security/password", { password: "another calm yak", repeated: "another calm yak" })
    ).location.startsWith("/en/sign-in/again"),
    true,
  );
});

test("M-A4: a session older than ten minutes shows anew who it is before anything changes", async () => {
  wait(100);
  const { browser, secret } = await place.activated(bakyt.pin);
  assert.equal((await browser.get("/en/cabinet/security/password")).status, 200);
  const before = browser.cookies.get("session");
  place.house.clock.advance(10 * 60_000);
  assert.equal((await browser.get("/en/cabinet/security/password")).status, 303);
  await browser.post("/en/sign-in/password?return=%2Fen%2Fcabinet%2Fsecurity%2Fpassword", {
    identifier: bakyt.pin,
    password: PASSWORD,
  });
  const back = await browser.post("/en/sign-in/second?return=%2Fen%2Fcabinet%2Fsecurity%2Fpassword", {
    code: place.appCode(secret),
  });
  assert.equal(back.location, "/en/cabinet/security/password");
  assert.notEqual(browser.cookies.get("session"), before, "a new sign-in has a new token");
  assert.equal((await browser.get("/en/cabinet/security/password")).status, 200);
});

test("M-A4: who lost the password recovers by two independent things, once each, and all channels hear of it", async () => {
  wait(100);
  const { browser, kept } = await place.activated(bakyt.pin);
  await browser.post("/en/cabinet/security/channel", { address: "recovers@example.org" });
  const added = /: (\d{6})\./.exec(await place.message(browser))?.[1] ?? "";
  await browser.post("/en/cabinet/security/channel/code", { code: added });
  const recover = async (second: string, sent?: string) => {
    wait();
    const lost = place.browser();
    await lost.post("/en/recover", { identifier: "recovers@example.org" });
    const code = sent ?? /: (\d{6})\./.exec(await place.message(browser))?.[1] ?? "";
    return { lost, proof: await lost.post("/en/recover/proof", { sent: code, second }) };
  };
  assert.equal((await recover("")).proof.status, 422, "the message alone is not enough");
  assert.equal((await recover(kept[0]!, "000000")).proof.status, 422, "nor the kept code alone");
  const { lost, proof } = await recover(kept[1]!);
  assert.equal(proof.location, "/en/recover/password");
  const anew = await lost.post("/en/recover/password", { password: "a quite different yak", repeated: "a quite different yak" });
  assert.equal(anew.location, "/en/sign-in");
  assert.equal(await sessionOf(browser), undefined, "all sessions ended");
  assert.match(await place.message(browser), /recovered/);
  assert.equal((await recover(kept[1]!)).proof.status, 422, "a kept code is good once");
  assert.equal((await place.browser().post("/en/sign-in/password", { identifier: bakyt.pin, password: PASSWORD })).status, 422);
  wait();
  const back = await place.browser().post("/en/sign-in/password", { identifier: bakyt.pin, password: "a quite different yak" });
  assert.equal(back.location, "/en/sign-in/second");
});

test("M-A4: a code, a page of a way or a session of one browser is none of another’s", async () => {
  wait(100);
  const one = place.browser();
  await one.post("/en/activate", { pin: aizada.pin, code: await place.activationCode(aizada.pin) });
  assert.equal((await one.get("/en/activate/password")).status, 200);
  assert.equal((await place.browser().get("/en/activate/password")).status, 410);
  assert.equal((await place.browser().post("/en/activate/done")).status, 410);
  assert.equal((await one.post("/en/activate/done")).status, 410, "no step can be left out");
  assert.equal((await one.post("/en/activate/app", { code: "123456" })).status, 410);
});
