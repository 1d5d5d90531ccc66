/** Two people at one portal: whatever address the one opens, not a byte of the other comes back. Every route of the house is tried. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { type Person, routes } from "./isolation-routes.ts";
import { applyForCertificate, createVisitor, pdfLinks, readDemoPeople, type Visitor } from "./visitor.ts";

let house: InsideHouse;
let address = "";
let aida: Person;
let bakyt: Person;
let third = "";

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  const people = await readDemoPeople(createVisitor(address));
  third = people[4]!.pin;
  aida = await settle(people[0]!);
  bakyt = await settle(people[1]!);
});
after(() => house?.close());

/** Gives a person one of everything: a decided case with its document, a case with a letter, a draft, a second session. */
async function settle(who: { pin: string; name: string }): Promise<Person> {
  const visitor = createVisitor(address);
  await visitor.signIn(who.pin);
  await createVisitor(address).signIn(who.pin);
  const decided = await applyForCertificate(visitor);
  const view = await visitor.get(decided);
  const [pdf = ""] = pdfLinks(view);
  await applyForCard(visitor);
  const draft = await visitor.post("/ky/services/residence-certificate/start");
  const letters = await visitor.get("/ky/cabinet/letters");
  const devices = await visitor.get("/ky/cabinet/devices");
  const reads = await visitor.get("/api/me/reads");
  const form = new FormData();
  form.set("file", new Blob(["A text of one's own."]), "own.txt");
  const toSign = await visitor.send("/ky/cabinet/signatures/own", { method: "POST", body: form });
  const me = await visitor.get("/ky/cabinet/me");
  // To somebody who is neither of the two.
  await visitor.post("/ky/cabinet/mandates/new", [
    ["holder", third],
    ["kind", "power-of-attorney"],
    ["scope", "all"],
  ]);
  const choices = await visitor.get("/ky/cabinet/consents/new");
  const choice = /name="choice" value="([^"]+)"/.exec(choices.text)?.[1] ?? "";
  const consented = await visitor.post("/ky/cabinet/consents/new", [["choice", choice]]);
  const offered = await visitor.get("/ky/cabinet/mandates");
  const found = await visitor.send("/api/registers/v1/person/records/find", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ key: who.pin, ground: "own-data", fields: ["pin"] }),
  });
  const idsIn = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, id = ""]) => id))];
  const number = /R-\d{4}-\d{6}/.exec(view.text)?.[0] ?? "";
  const own = {
    case: [decided.split("/").at(-1)!, draft.path.split("/")[3]!],
    file: [pdf.split("/").at(-1)!],
    sign: [toSign.headers.get("location")!.split("/").at(-1)!],
    mandate: idsIn(offered.text, /\/cabinet\/mandates\/([0-9a-f-]{36})/g),
    consent: idsIn(consented.text, /\/cabinet\/consents\/([0-9a-f-]{36})/g),
    letter: idsIn(letters.text, /\/cabinet\/letters\/([0-9a-f-]{36})"/g),
    record: [(JSON.parse(found.text) as { id: string }).id],
    read: idsIn(reads.text, /"id":"([0-9a-f-]{36})"/g),
    card: idsIn(me.text, /href="(\/ky\/cabinet\/me\/[a-z_]+\/(?!mine")[^"]+)"/g),
    session: idsIn(devices.text, /\/cabinet\/devices\/([0-9a-f-]{36})\/end"/g),
  };
  for (const [kind, ids] of Object.entries(own))
    assert.ok(ids.length > 0 && ids.every((id) => id.length > 20), `${who.name} has no ${kind}`);
  const [surname = "", given = "", patronymic = ""] = who.name.split(" ");
  return {
    ...who,
    visitor,
    own,
    secrets: [who.pin, number, `${surname} ${given} ${patronymic}`, `${surname}</dd>`, ...Object.values(own).flat()],
  };
}

/** Another service, which sends a letter where it cannot help or hands something out. */
async function applyForCard(visitor: Visitor): Promise<void> {
  let page = await visitor.post("/ky/services/change-of-address/start");
  const known = [...page.text.matchAll(/<dd>([^<]+)<\/dd>/g)].map(([, value = ""]) => value);
  const [place = "", street = "", number = ""] = known.slice(2, 5);
  const typed: [string, string][] = [
    ["new_home.place", place],
    ["new_home.street", street],
    ["new_home.house", number],
  ];
  page = await visitor.post(page.path, typed);
  const choice = /type="radio" id="[^"]+" name="new_home" value="([^"]+)"/.exec(page.text)?.[1] ?? "";
  page = await visitor.post(page.path, [...typed, ["new_home", choice]]);
  const [year = "", month = "", day = ""] = new Date().toLocaleDateString("sv", { timeZone: "Asia/Bishkek" }).split("-");
  page = await visitor.post(page.path, [
    ["moved_on.day", day],
    ["moved_on.month", month],
    ["moved_on.year", year],
    ["with_children", "no"],
  ]);
  page = await visitor.post(page.path.replace(/review$/, "submit"));
  assert.equal(page.status, 200, page.text);
}

/** Every route of the house as `GET /:language/cabinet`, from the router's own drawing of its tree. */
function allRoutes(): string[] {
  const found: string[] = [];
  const path: string[] = [];
  for (const line of house.app.printRoutes({ commonPrefix: false }).split("\n")) {
    const [, indent = "", segment = "", methods = ""] = /^((?:│ {3}| {4}|├── |└── )+)(\S*)(?: \(([A-Z, ]+)\))?$/.exec(line) ?? [];
    if (indent === "") continue;
    path.splice(indent.length / 4 - 1, Number.POSITIVE_INFINITY, segment);
    const whole = path.join("").replace(/(.)\/$/, "$1");
    for (const method of methods.split(", ").filter((one) => one !== "" && one !== "HEAD" && one !== "OPTIONS"))
      found.push(`${method} ${whole}`);
  }
  return [...new Set(found)];
}

const pathsOf = (route: string, person: Person) =>
  routes[route]?.fill?.(person) ?? [route.split(" ")[1]!.replace(":language", "ky")];

/** Asks by a route for the things of a person. */
async function ask(visitor: Visitor, { route, path, about }: { route: string; path: string; about: Person }) {
  const method = route.split(" ")[0]!;
  if (method === "GET") return visitor.send(path);
  const { json } = routes[route]!;
  if (!json) return visitor.send(path, { method, body: new URLSearchParams() });
  return visitor.send(path, { method, body: JSON.stringify(json(about)), headers: { "content-type": "application/json" } });
}

function assertSilent(answer: { text: string; bytes: Buffer; headers: Headers }, about: Person, where: string): void {
  const everything = `${answer.text}\n${[...answer.headers].join("\n")}`;
  // What the asker put into the address himself may be repeated (to come back after signing in): it tells nothing.
  for (const secret of about.secrets.filter((one) => !where.includes(one))) {
    assert.equal(everything.includes(secret), false, `${where} tells "${secret}"`);
  }
}

test("M-0.7 M-A20: this test knows every route there is", () => {
  const found = allRoutes();
  assert.ok(found.length > 35, "the drawing of the routes was understood");
  assert.deepEqual(
    found.filter((route) => !routes[route]),
    [],
    "a new route needs its place in the table of this test",
  );
  assert.deepEqual(
    Object.keys(routes).filter((route) => !found.includes(route)),
    [],
    "a route of the table is gone",
  );
});

test("M-0.7 M-A20: the things of another person are not found, by whatever route and method", async () => {
  for (const [one, other] of [
    [bakyt, aida],
    [aida, bakyt],
  ] as const) {
    for (const [route] of Object.entries(routes).filter(([, { kind }]) => kind === "named")) {
      for (const path of pathsOf(route, other)) {
        const answer = await ask(one.visitor, { route, path, about: other });
        assert.ok(answer.status === 404 || answer.status === 403, `${route} ${path}: ${answer.status}`);
        assertSilent(answer, other, path);
      }
    }
  }
});

test("M-0.7 M-A20: one's own pages and the open ones hold nothing of another person", async () => {
  for (const [one, other] of [
    [bakyt, aida],
    [aida, bakyt],
  ] as const) {
    for (const [route] of Object.entries(routes).filter(([, { kind }]) => kind === "own" || kind === "open")) {
      for (const path of pathsOf(route, other)) assertSilent(await ask(one.visitor, { route, path, about: other }), other, path);
    }
  }
});

test("M-0.7: marks and numbers of another person put into a query open nothing", async () => {
  const other = aida;
  for (const page of ["cases", "letters", "reads"]) {
    for (const mark of [...other.own.case!, ...other.own.letter!, `${Date.now()}.${other.own.case![0]}`, other.pin]) {
      const path = `/ky/cabinet/${page}?after=${mark}`;
      const answer = await bakyt.visitor.send(path);
      assert.ok(answer.status < 500, path);
      assertSilent(answer, other, path);
    }
  }
});

test("M-0.7 M-A4: who has not signed in gets the page that asks for it, and not one byte of anyone", async () => {
  const nobody = createVisitor(address);
  for (const [route] of Object.entries(routes).filter(([, { kind }]) => kind === "own" || kind === "named")) {
    for (const path of pathsOf(route, aida)) {
      const answer = await ask(nobody, { route, path, about: aida });
      assert.equal(answer.status, 401, `${route} ${path}`);
      assert.match(answer.text, /href="\/ky\/sign-in\?return=/);
      assertSilent(answer, aida, path);
      assert.equal(answer.headers.get("cache-control")?.includes("no-store"), true, `${path} may be kept on the way`);
    }
  }
});

test("M-0.7 M-0.2: no desk opens to a person or to nobody, and not one byte of anyone comes back", async () => {
  for (const visitor of [bakyt.visitor, createVisitor(address)]) {
    for (const [route] of Object.entries(routes).filter(([, { kind }]) => kind === "desk")) {
      for (const path of pathsOf(route, aida)) {
        const answer = await ask(visitor, { route, path, about: aida });
        assert.equal(answer.status, 401, `${route} ${path}`);
        assert.match(answer.text, /href="\/ky\/(?:desk\/)?sign-in\?return=/);
        assertSilent(answer, aida, path);
      }
    }
  }
});

test("M-0.7 M-A4: a session that was ended, an invented one and another person's cookie name open nothing", async () => {
  const visitor = createVisitor(address);
  await visitor.signIn(aida.pin);
  const token = visitor.cookies();
  await visitor.post("/ky/sign-out");
  for (const cookie of [
    token,
    `session=${"A".repeat(43)}`,
    "session=",
    `session=${aida.pin}`,
    `session=${aida.own.session![0]}`,
  ]) {
    const answer = await createVisitor(address).get("/ky/cabinet", { cookie });
    assert.equal(answer.status, 401, cookie);
    assertSilent(answer, aida, "/ky/cabinet");
  }
});

test("M-0.7: what was tried changed nothing, and the house found no fault in itself", async () => {
  for (const person of [aida, bakyt]) {
    for (const id of person.own.case!) assert.equal((await person.visitor.send(`/ky/cases/${id}`)).status, 200);
    for (const file of person.own.file!)
      assert.equal((await person.visitor.send(`/ky/documents/${file}`)).bytes.subarray(0, 5).toString(), "%PDF-");
    const devices = await person.visitor.get("/ky/cabinet/devices");
    for (const id of person.own.session!) assert.ok(devices.text.includes(id), "the other session is still open");
  }
  assert.deepEqual(house.faults, []);
});
