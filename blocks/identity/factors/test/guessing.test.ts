import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { aizada, bakyt, late, openPlace, PASSWORD, type Place, type TestBrowser } from "./place.ts";

let place: Place;
before(async () => {
  place = await openPlace();
});
after(() => place?.close());

const signIn = (browser: TestBrowser, identifier: string, password = PASSWORD) =>
  browser.post("/en/sign-in/password", { identifier, password });
/** A window of counting later. */
const wait = () => place.house.clock.advance(3_600_000);
const openByMail = async (address: string, pin = bakyt.pin) => {
  const browser = place.browser();
  await browser.post("/en/register", {
    name: "Somebody",
    pin,
    "born.day": "12",
    "born.month": "5",
    "born.year": "1990",
    address,
  });
  const code = /code to open an account: (\d{6})/.exec(await place.message(browser))?.[1] ?? "";
  const confirmed = await browser.post("/en/register/code", { code });
  assert.equal(confirmed.location, "/en/register/password");
  const opened = await browser.post("/en/register/password", { password: PASSWORD, repeated: PASSWORD });
  assert.equal(opened.location, "/en/cabinet");
  return { browser, code };
};

test("M-A4: who opens an account alone signs in at the simple level and sees nothing of the number that is claimed", async () => {
  const { browser } = await openByMail("claims@example.org");
  const session = await place.door.find(browser.cookies.get("session") ?? "");
  assert.equal(session?.assurance, "simple");
  assert.match(session?.pin ?? "", /^account:/, "a number that is only claimed gets into no session");
  assert.deepEqual(JSON.parse((await browser.get("/who")).text), { actor: null });
  const needed = await browser.get("/needed");
  assert.equal(needed.status, 403);
  assert.equal(JSON.parse(needed.text).code, "identity.assurance-too-low");
  assert.equal((await browser.get("/en/cabinet/security")).status, 200);
  // Nobody finds the account by the number that was claimed.
  wait();
  assert.equal((await signIn(place.browser(), bakyt.pin)).status, 422);
  assert.equal((await signIn(place.browser(), "claims@example.org")).location, "/en/cabinet");
});

test("abuse 9: guesses of a password, sent at once from many addresses, are all counted", async () => {
  await openByMail("guessed@example.org");
  wait();
  const answers = await Promise.all(
    Array.from({ length: 24 }, (_, index) => {
      const browser = place.browser();
      browser.from = `198.51.100.${index}`;
      return signIn(browser, "guessed@example.org", `wrong guess ${index}`);
    }),
  );
  assert.equal(answers.filter(({ status }) => status === 422).length, 10);
  assert.equal(answers.filter(({ status }) => status === 429).length, 14);
  assert.equal((await signIn(place.browser(), "guessed@example.org")).status, 429, "nor does the right one get in now");
  wait();
  assert.equal((await signIn(place.browser(), "guessed@example.org")).location, "/en/cabinet", "nobody is locked out for good");
});

test("abuse 9: one password tried on many accounts is seen at the address it comes from", async () => {
  wait();
  const browser = place.browser();
  browser.from = "203.0.113.9";
  let refused = 0;
  // Codes of service centres take no password hash, so that many tries take no time.
  for (let index = 0; index < 61; index++) {
    const { status } = await browser.post("/en/activate", { pin: `2120519900${String(index).padStart(4, "0")}`, code: "x" });
    if (status === 429) refused++;
  }
  assert.equal(refused, 1);
});

test("abuse 9: a code of an app is taken once, also when sent eight times at once", async () => {
  const { secret } = await place.activated(bakyt.pin);
  wait();
  const browser = place.browser();
  assert.equal((await signIn(browser, bakyt.pin)).location, "/en/sign-in/second");
  const code = place.appCode(secret);
  const answers = await Promise.all(Array.from({ length: 8 }, () => browser.post("/en/sign-in/second", { code })));
  assert.equal(answers.filter(({ status }) => status === 303).length, 1);
  const again = place.browser();
  await signIn(again, bakyt.pin);
  assert.equal((await again.post("/en/sign-in/second", { code })).status, 422, "seen over a shoulder it is of no use");
});

test("abuse 9: a sent code is for one browser and one purpose, for five tries and three minutes", async () => {
  wait();
  const register = { name: "Somebody", pin: aizada.pin, "born.day": "1", "born.month": "1", "born.year": "1990" };
  const [one, other] = [place.browser(), place.browser()];
  await one.post("/en/register", { ...register, address: "+996700000001" });
  await other.post("/en/register", { ...register, address: "+996700000002" });
  const message = await place.message(one);
  const code = /: (\d{6})\./.exec(message)?.[1] ?? "";
  assert.match(message, new RegExp(`@127\\.0\\.0\\.1 #${code}`), "bound to the site that asks");
  if (!(await place.message(other)).includes(code))
    assert.equal((await other.post("/en/register/code", { code })).status, 422, "a code of another browser");
  for (let round = 0; round < 5; round++) assert.equal((await one.post("/en/register/code", { code: "000000" })).status, 422);
  assert.match((await one.post("/en/register/code", { code })).text, /three minutes and five tries/);
  await one.post("/en/register/code", { again: "yes" });
  const second = /: (\d{6})\./.exec(await place.message(one))?.[1] ?? "";
  place.house.clock.advance(3 * 60_000);
  assert.equal((await one.post("/en/register/code", { code: second })).status, 422);
  assert.equal((await one.get("/en/register/password")).status, 410, "nothing was confirmed");
});

test("abuse 9: parallel guesses of a sent code are all counted", async () => {
  wait();
  const browser = place.browser();
  await browser.post("/en/register", {
    name: "Somebody",
    pin: aizada.pin,
    "born.day": "1",
    "born.month": "1",
    "born.year": "1990",
    address: "parallel@example.org",
  });
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) => browser.post("/en/register/code", { code: String(index).padStart(6, "0") })),
  );
  assert.equal(answers.filter(({ text }) => text.includes("This code is not right")).length <= 5, true);
});

test("abuse 9: an address gets five messages an hour, whoever asks, and a block of numbers sixty", async () => {
  wait();
  const register = { name: "Somebody", pin: aizada.pin, "born.day": "1", "born.month": "1", "born.year": "1990" };
  const ask = async (address: string, from: string) => {
    const browser = place.browser();
    browser.from = from;
    return (await browser.post("/en/register", { ...register, address })).status;
  };
  const bombed = [];
  for (let round = 0; round < 7; round++) bombed.push(await ask("+996555111222", `198.51.100.${round}`));
  assert.deepEqual(bombed, [303, 303, 303, 303, 303, 429, 429]);
  let pumped = 0;
  for (let round = 0; round < 70; round++)
    if ((await ask(`+9967771${String(round).padStart(5, "0")}`, `192.0.2.${round}`)) === 429) pumped++;
  assert.equal(pumped, 10);
});

const bare = ({ text, status, headers, location }: Awaited<ReturnType<TestBrowser["get"]>>, typed: string) => ({
  status,
  location,
  // The challenge of the passkey is new on every page and as long as any other; what was typed is shown again.
  text: text.replaceAll(/challenge&quot;:&quot;[\w-]+/g, "challenge").replaceAll(typed, ""),
  length: text.length - text.split(typed).length * typed.length,
  names: Object.keys(headers)
    .filter((name) => name !== "date")
    .sort()
    .join(),
});

test("abuse 10: whether a number has an account, exists or belongs to a dead person is told by nothing", async () => {
  wait();
  const numbers = [bakyt.pin, aizada.pin, late.pin, "11111111111111"];
  const tries: [string, (pin: string) => Promise<Awaited<ReturnType<TestBrowser["get"]>>>][] = [
    ["sign in", (pin) => signIn(place.browser(), pin, "not the password")],
    ["activate", (pin) => place.browser().post("/en/activate", { pin, code: "7Q4M-XD0K-W2HB-9" })],
    ["recover", (pin) => place.browser().post("/en/recover", { identifier: pin })],
    [
      "recover, proof",
      async (pin) => {
        const browser = place.browser();
        await browser.post("/en/recover", { identifier: pin });
        return browser.post("/en/recover/proof", { sent: "123456", second: "" });
      },
    ],
    [
      "register",
      (pin) =>
        place.browser().post("/en/register", {
          name: "Somebody",
          pin,
          "born.day": "12",
          "born.month": "5",
          "born.year": "1990",
          address: `${pin}@example.org`,
        }),
    ],
  ];
  for (const [name, attempt] of tries) {
    const answers = [];
    for (const pin of numbers) answers.push(bare(await attempt(pin), pin));
    for (const answer of answers) assert.deepEqual(answer, answers[0], name);
  }
});

test("abuse 10: whether an address has an account is told to its owner alone", async () => {
  wait();
  await openByMail("owner@example.org", aizada.pin);
  wait();
  const register = { name: "Somebody", pin: aizada.pin, "born.day": "1", "born.month": "1", "born.year": "1990" };
  const answers = [];
  for (const address of ["owner@example.org", "nobody@example.org"]) {
    const browser = place.browser();
    const sent = await browser.post("/en/register", { ...register, address });
    const code = await browser.get("/en/register/code");
    const wrong = await browser.post("/en/register/code", { code: "123456" });
    answers.push(
      [bare(sent, address), bare(code, address), bare(wrong, address)].map(({ length, ...rest }) => ({
        ...rest,
        text: rest.text.replaceAll(/[on]…@example.org/g, ""),
      })),
    );
  }
  assert.deepEqual(answers[0], answers[1]);
});
