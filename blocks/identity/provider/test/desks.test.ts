/** Officials come to their desks by an authorization request of their own, with a session that ends with the provider's. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { DeskProgram, Seat } from "../desk-arrivals.ts";
import { deskProgramOf, deskPrograms } from "../desk-arrivals.ts";
import { ownPrograms } from "../own-programs.ts";
import { type Browser, here, openProviderHouse, type ProviderHouse } from "./house.ts";

const PIN = "21205199001234";
let it: ProviderHouse;

/** Pages of a desk as the portal has them, without the list of posts: one sits down at the one that was asked for. */
function addDeskPages(house: ProviderHouse): void {
  const { app, door } = house;
  const official = { official: "o-1", body: "office", post: "clerk", name: "Асанова Айгүл" };
  app.get("/en/desk", async (request, reply) => {
    const { program } = request.query as { program: DeskProgram };
    return door.deskArrivals().begin(reply, { program, back: "/en/done", language: "en", post: "clerk" });
  });
  for (const program of deskPrograms)
    app.get(ownPrograms[program].backPath, async (request, reply) => {
      const { seat, post } = await door.deskArrivals().arrive(request, reply, program);
      if (!seat) return { refused: true };
      assert.equal(post, "clerk");
      door.deskArrivals().keep(reply, seat);
      return seat;
    });
  app.get("/seat", async (request) => (await door.deskArrivals().seatOf(request)) ?? { nobody: true });
  app.post("/sit", async (request) => {
    const seat = await door.deskArrivals().seatOf(request);
    return seat ? { token: (await door.factors.sitDown(seat, official, "")).token } : { nobody: true };
  });
}

before(async () => {
  it = await openProviderHouse({ beforeListening: addDeskPages });
  it.door.factors.people.find = async (pin) => ({ pin, name: "Асанова Айгүл", bornOn: "1990-05-12", alive: true });
  await it.door.factors.linkOfficial(
    { kind: "system", body: "office", name: "kerege test" },
    { official: "o-1", pin: PIN, reason: "Test" },
  );
});
after(async () => {
  assert.deepEqual(it.faults, []);
  await it.close();
});

const arrive = async (browser: Browser, program: DeskProgram = "desks") => browser.get(`/en/desk?program=${program}`);
const seatOf = async (browser: Browser) => JSON.parse((await browser.get("/seat")).text) as Partial<Seat>;
const sit = async (browser: Browser) => (JSON.parse((await browser.post("/sit", {})).text) as { token: string }).token;

test("M-A4: posts that confirm who somebody is belong to the service centres, all others to the desks", () => {
  assert.equal(deskProgramOf(["identity.activate"]), "centres");
  assert.equal(deskProgramOf(["registry.record", "identity.confirm-activation"]), "centres");
  assert.equal(deskProgramOf(["registry.record"]), "desks");
  assert.equal(deskProgramOf([]), "desks");
});

test("M-A4 M-A5: who is known surely enough comes to a desk without a second question; each program sends its own request", async () => {
  const browser = it.browser();
  await browser.signIn("/en/sign-in", { pin: PIN, assurance: "high" });
  for (const program of deskPrograms) {
    const first = await browser.send(`/en/desk?program=${program}`);
    const asked = new URL(first.headers.get("location")!, "http://house");
    assert.equal(asked.pathname, "/oidc/auth");
    assert.equal(asked.searchParams.get("client_id"), program);
    assert.equal(asked.searchParams.get("acr_values"), "substantial");
    const second = await browser.send(here(asked));
    assert.ok(second.headers.get("location")!.startsWith(ownPrograms[program].backPath), "straight back, no page in between");
    const seat = JSON.parse((await browser.get(second.headers.get("location")!)).text) as Seat;
    assert.deepEqual([seat.pin, seat.assurance, seat.program], [PIN, "high", program]);
    assert.match(seat.providerSession, /.{20}/);
  }
});

test("M-A4: a lower session has to show more first, the same person, and who says no gets no seat", async () => {
  const browser = it.browser();
  await browser.signIn("/en/sign-in", { pin: PIN, assurance: "simple" });
  const page = await arrive(browser);
  assert.equal(page.url.pathname, "/en/sign-in");
  const arrival = JSON.parse(page.text) as { wanted: string; pin: string; client: string };
  assert.deepEqual([arrival.wanted, arrival.pin, arrival.client], ["substantial", PIN, "Desks of officials"]);
  const little = await browser.post(here(page.url), { pin: PIN, name: "x", assurance: "simple" });
  assert.match(little.text, /identity\.not-enough/);
  const other = await browser.post(here(page.url), { pin: "11503198507777", name: "x", assurance: "high" });
  assert.match(other.text, /identity\.another-person/);
  assert.deepEqual(await seatOf(browser), { nobody: true });
  const enough = await browser.post(here(page.url), { pin: PIN, name: "x", assurance: "substantial" });
  assert.equal((JSON.parse(enough.text) as Seat).assurance, "substantial");

  const unwilling = it.browser();
  const asked = await arrive(unwilling);
  assert.deepEqual(JSON.parse((await unwilling.post(here(asked.url), { pin: "" })).text), { refused: true });
  assert.deepEqual(await seatOf(unwilling), { nobody: true });
});

test("M-A4: a desk has a session of its own, and ends with the session at the provider", async () => {
  const browser = it.browser();
  await browser.signIn("/en/desk?program=desks", { pin: PIN, assurance: "substantial" });
  const token = await sit(browser);
  assert.equal((await it.door.findDesk(token))?.official, "o-1");
  assert.equal(browser.cookies.has("session"), false, "the person is not signed in at the portal by that");
  // Signing in at the portal is no second question, and signing out there ends the desk as well.
  await browser.get("/en/sign-in");
  const session = browser.cookies.get("session")!;
  assert.equal((await it.door.find(session))?.pin, PIN);
  await it.door.signOut(session);
  assert.equal(await it.door.findDesk(token), undefined);
  assert.deepEqual(await seatOf(browser), { nobody: true }, "nor does anyone sit down again by what the browser kept");
});

test("M-A4: who leaves a desk leaves nobody signed in at that browser, unless the portal still shows the person", async () => {
  const browser = it.browser();
  await browser.signIn("/en/desk?program=desks", { pin: PIN, assurance: "substantial" });
  await it.door.leaveDesk(await sit(browser), { session: undefined });
  assert.equal((await arrive(browser)).url.pathname, "/en/sign-in", "asked anew");

  const both = it.browser();
  await both.signIn("/en/sign-in", { pin: PIN, assurance: "substantial" });
  await arrive(both);
  const token = await sit(both);
  const session = both.cookies.get("session");
  await it.door.leaveDesk(token, { session });
  assert.equal(await it.door.findDesk(token), undefined);
  assert.equal((await it.door.find(session!))?.pin, PIN);
});

test("M-A4: a person sees one's desks among one's sessions and ends them; so does whoever recovers the account", async () => {
  const open = async () => {
    const browser = it.browser();
    await browser.signIn("/en/desk?program=centres", { pin: PIN, assurance: "high" });
    return { browser, token: await sit(browser) };
  };
  const [one, other] = [await open(), await open()];
  const mine = await it.door.listDesks(PIN);
  assert.deepEqual(
    mine.map(({ post }) => post),
    ["clerk", "clerk"],
  );
  assert.deepEqual(await it.door.listDesks("11503198507777"), []);
  const [newest] = mine;
  await assert.rejects(it.door.end("11503198507777", newest!.id), { code: "identity.no-such-session" });
  assert.ok(await it.door.findDesk(other.token));
  await it.door.end(PIN, newest!.id);
  assert.equal(await it.door.findDesk(other.token), undefined);
  assert.ok(await it.door.findDesk(one.token));
  await it.door.endAll(PIN);
  assert.equal(await it.door.findDesk(one.token), undefined);
  assert.equal((await arrive(one.browser)).url.pathname, "/en/sign-in", "the session at the provider is over too");
});

test("M-A4: a name chosen from the list of invented people opens no desk, and one's number no desk of another", async () => {
  const pretender = it.browser();
  await pretender.signIn("/en/desk?program=desks", { pin: PIN, assurance: "demo" });
  assert.match((await pretender.post("/sit", {})).text, /identity\.wrong-post/);
  const stranger = it.browser();
  await stranger.signIn("/en/desk?program=desks", { pin: "11503198507777", assurance: "high" });
  assert.match((await stranger.post("/sit", {})).text, /identity\.wrong-post/);
});

test("M-A5: an answer that was asked for by another program, or by nobody here, opens no seat", async () => {
  const browser = it.browser();
  await browser.signIn("/en/sign-in", { pin: PIN, assurance: "high" });
  const first = await browser.send("/en/desk?program=desks");
  const second = await browser.send(first.headers.get("location")!);
  const answer = new URL(second.headers.get("location")!, "http://house").search;
  assert.match((await browser.get(`/centre/sign-in/back${answer}`)).text, /identity\.sign-in-gone/);
  assert.match((await it.browser().get(`/desk/sign-in/back${answer}`)).text, /identity\.sign-in-gone/);
});

test("M-A4: where the country wants it, officials show a passkey or a certificate", async () => {
  const strict = await openProviderHouse({ env: { KEREGE_DESK_LEVEL: "high" }, beforeListening: addDeskPages });
  try {
    const browser = strict.browser();
    await browser.signIn("/en/sign-in", { pin: PIN, assurance: "substantial" });
    const page = await arrive(browser);
    assert.equal((JSON.parse(page.text) as { wanted: string }).wanted, "high");
  } finally {
    await strict.close();
  }
});

test("M-A4 M-A5: who signed in without having been sent there is known at the provider too, and signing out ends all of it", async () => {
  const browser = it.browser();
  const direct = (pin: string, assurance: string) => browser.post("/en/sign-in", { pin, name: "x", assurance });
  await direct(PIN, "substantial");
  const first = browser.cookies.get("provider");
  assert.ok(first && browser.cookies.has("provider.sig"));
  assert.equal((JSON.parse((await arrive(browser)).text) as Seat).assurance, "substantial", "no second question");
  const token = await sit(browser);

  // Shown more, under a new name of the same session: the desk stays, the level rises.
  await direct(PIN, "high");
  assert.notEqual(browser.cookies.get("provider"), first);
  assert.equal((JSON.parse((await arrive(browser)).text) as Seat).assurance, "high");
  assert.ok(await it.door.findDesk(token));
  await it.door.signOut(browser.cookies.get("session")!);
  assert.equal(await it.door.findDesk(token), undefined);
  assert.equal((await arrive(browser)).url.pathname, "/en/sign-in");

  // Another person at the same browser takes nothing over.
  await direct(PIN, "substantial");
  await arrive(browser);
  const left = await sit(browser);
  await direct("11503198507777", "high");
  assert.equal(await it.door.findDesk(left), undefined);
  assert.equal((JSON.parse((await arrive(browser)).text) as Seat).pin, "11503198507777");
});

test("abuse 7: a session at the provider that was planted before signing in directly is not the session afterwards", async () => {
  const attacker = it.browser();
  // A session without anybody in it, as a device flow leaves one.
  await attacker.get("/oidc/device");
  const planted = attacker.cookies.get("provider");
  assert.ok(planted);
  const victim = it.browser();
  for (const name of ["provider", "provider.sig"]) victim.cookies.set(name, attacker.cookies.get(name)!);
  await victim.post("/en/sign-in", { pin: PIN, name: "x", assurance: "high" });
  assert.notEqual(victim.cookies.get("provider"), planted);
  assert.equal((await arrive(attacker)).url.pathname, "/en/sign-in", "nobody is signed in by the planted one");
});
