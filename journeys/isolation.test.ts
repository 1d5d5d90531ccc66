/** Two people at one portal: whatever address the one opens, not a byte of the other comes back. Every route of the house is tried. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import { applyForCertificate, createVisitor, pdfLinks, readDemoPeople, type Visitor } from "./visitor.ts";

interface Person {
  pin: string;
  name: string;
  visitor: Visitor;
  /** Its own things, by the name a route has for them. */
  own: Record<string, string[]>;
  /** Words that only pages about this person hold. */
  secrets: string[];
}

let house: InsideHouse;
let address = "";
let aida: Person;
let bakyt: Person;

before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
  address = await house.app.listen({ host: "127.0.0.1", port: 0 });
  const people = await readDemoPeople(createVisitor(address));
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
  const idsIn = (text: string, pattern: RegExp) => [...new Set([...text.matchAll(pattern)].map(([, id = ""]) => id))];
  const number = /R-\d{4}-\d{6}/.exec(view.text)?.[0] ?? "";
  const own = {
    case: [decided.split("/").at(-1)!, draft.path.split("/")[3]!],
    file: [pdf.split("/").at(-1)!],
    letter: idsIn(letters.text, /\/cabinet\/letters\/([0-9a-f-]{36})"/g),
    read: idsIn(reads.text, /"id":"([0-9a-f-]{36})"/g),
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

/** What a route lets one try with the things of another. Nothing else is allowed to exist: a new route has to be put here. */
type Kind =
  /** Anyone may open it; it shows nobody's things. */
  | "open"
  /** Shows the person's own things. */
  | "own"
  /** Its address names somebody's thing. */
  | "named"
  /** Only an official at a desk opens it. */
  | "desk"
  /** Changes something of the session itself. */
  | "session";

/** An id that names nothing. */
const NOBODYS = "019a0000-0000-7000-8000-000000000000";

/** A page of a desk, with the personal number of another person where it names a record. */
function desk(path: string): { kind: Kind; fill(person: Person): string[] } {
  return { kind: "desk", fill: ({ pin }) => [`/ky/desk${path.replaceAll(":pin", pin)}`] };
}

/** What the register of people shows and lets search without signing in: nothing of anyone. */
function openRegisters(pin: string): string[] {
  return ["/ky/registers/person", `/ky/registers/person?search=by_name&v.surname=a&ask=yes&key=${pin}`];
}

const routes: Record<string, { kind: Kind; fill?: (person: Person) => string[] }> = {
  "GET /": { kind: "open" },
  "GET /health": { kind: "open" },
  "GET /verify": { kind: "open" },
  "GET /favicon.ico": { kind: "open" },
  "GET /problems": { kind: "open" },
  "GET /problems/:code": { kind: "open", fill: () => ["/problems/kernel.not-found"] },
  "GET /manifest.webmanifest": { kind: "open" },
  "GET /assets/:file": { kind: "open", fill: () => ["/assets/page.css"] },
  "GET /trust/anchors.pem": { kind: "open" },
  "GET /trust/crl/:list": { kind: "open", fill: () => ["/trust/crl/bodies.crl"] },
  "GET /log": { kind: "open" },
  "GET /:language/log": { kind: "open" },
  "GET /log/checkpoint": { kind: "open" },
  "GET /log/keys": { kind: "open" },
  // /log/tile/*: the drawing leaves out what stands between a route and its star.
  "GET /log*": { kind: "open", fill: () => ["/log/tile/0/000.p/1"] },
  "GET /log/proof": { kind: "open", fill: () => ["/log/proof?from=0"] },
  "GET /api/registers/v1": { kind: "open" },
  "GET /api/registers/v1/openapi.json": { kind: "open" },
  "GET /api/registers/v1/:register": { kind: "open", fill: register("") },
  "GET /api/registers/v1/:register/openapi.json": { kind: "open", fill: register("/openapi.json") },
  "GET /api/registers/v1/:register/records": {
    kind: "named",
    fill: register("/records?search=by_mother&ground=own-data&mother=", true),
  },
  "GET /api/registers/v1/:register/export": {
    kind: "named",
    fill: register("/export?search=by_mother&ground=own-data&mother=", true),
  },
  "GET /api/registers/v1/:register/records/:key": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}?ground=own-data`],
  },
  "GET /api/registers/v1/:register/records/:key/history": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}/history?ground=own-data`],
  },
  "GET /api/registers/v1/:register/records/:key/differences": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}/differences?ground=own-data&from=1&to=1`],
  },
  "GET /api/registers/v1/:register/records/:key/versions/:version/proof": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}/versions/1/proof?ground=own-data`],
  },
  "GET /api/registers/v1/:register/records/:key/versions/:version/proof": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}/versions/1/proof?ground=own-data`],
  },
  "POST /api/registers/v1/:register/records/:key/events": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}/events`],
  },
  "GET /api/registers/v1/:register/changes": { kind: "own", fill: register("/changes?ground=own-data") },
  "POST /api/registers/v1/:register/imports": { kind: "named", fill: register("/imports?event=birth&document=1") },
  "GET /api/registers/v1/:register/imports/:id": { kind: "named", fill: imports("") },
  "POST /api/registers/v1/:register/imports/:id/start": { kind: "named", fill: imports("/start") },
  "POST /api/registers/v1/:register/imports/:id/lines/:line": { kind: "named", fill: imports("/lines/1") },
  "GET /api/me/reads": { kind: "own" },
  "GET /api/me/reads/:id/proof": { kind: "named", fill: ({ own }) => own.read!.map((id) => `/api/me/reads/${id}/proof`) },
  "GET /api/reference/v1/openapi.json": { kind: "open" },
  "GET /api/reference/v1/classifiers": { kind: "open" },
  "GET /api/reference/v1/classifiers/:name": { kind: "open", fill: classifier("") },
  "GET /api/reference/v1/classifiers/:name/items": { kind: "open", fill: classifier("/items") },
  "GET /api/reference/v1/classifiers/:name/items.csv": { kind: "open", fill: classifier("/items.csv") },
  "GET /api/reference/v1/classifiers/:name/items/:code": { kind: "open", fill: classifier("/items/41707215000000") },
  "GET /api/reference/v1/classifiers/:name/items/:code/history": {
    kind: "open",
    fill: classifier("/items/41707215000000/history"),
  },
  "GET /api/reference/v1/classifiers/:name/diff": { kind: "open", fill: classifier("/diff?from=1991-08-31&to=2022-01-01") },
  "GET /api/reference/v1/classifiers/:name/mapping": { kind: "open", fill: classifier("/mapping?from=1991-08-31&to=2022-01-01") },
  "GET /api/reference/v1/classifiers/:name/changes": { kind: "open", fill: classifier("/changes") },
  "GET /api/reference/v1/calendars": { kind: "open" },
  "GET /api/reference/v1/calendars/:name/days": { kind: "open", fill: () => ["/api/reference/v1/calendars/holidays/days"] },
  "GET /api/reference/v1/bodies/:body/posts": { kind: "open", fill: () => ["/api/reference/v1/bodies/civil-registry/posts"] },
  "GET /reference": { kind: "open" },
  "GET /reference/:name": { kind: "open", fill: () => ["/reference/units"] },
  "GET /reference/:name/feed.atom": { kind: "open", fill: () => ["/reference/units/feed.atom"] },
  "GET /:language/reference": { kind: "open" },
  "GET /:language/reference/:name": { kind: "open", fill: () => ["/ky/reference/units", "/ky/reference/holidays"] },
  "GET /:language/reference/:name/codes/:code": { kind: "open", fill: () => ["/ky/reference/bodies/codes/civil-registry"] },
  "GET /:language/reference/:name/changes": {
    kind: "open",
    fill: () => ["/ky/reference/units/changes?from=1991-08-31&to=2022-01-01"],
  },
  "GET /:language": { kind: "open" },
  "GET /:language/services": { kind: "open" },
  "GET /:language/services/:service": { kind: "open", fill: () => ["/ky/services/residence-certificate"] },
  "GET /:language/life-events/:event": { kind: "open", fill: () => ["/ky/life-events/home"] },
  "GET /:language/bodies/:body": { kind: "open", fill: () => ["/ky/bodies/civil-registry"] },
  "GET /:language/help": { kind: "open" },
  "GET /:language/accessibility": { kind: "open" },
  "GET /:language/problems": { kind: "open" },
  "GET /:language/problems/:code": { kind: "open", fill: () => ["/ky/problems/kernel.not-found"] },
  "GET /:language/search": { kind: "open", fill: () => ["/ky/search?q=a"] },
  "GET /:language/language": { kind: "open" },
  "GET /:language/verify": { kind: "open" },
  "POST /:language/verify": { kind: "open" },
  "POST /:language/preferences": { kind: "open" },
  // The sign-in page of a demo country lists the invented people: that is what it is for.
  "GET /:language/sign-in": { kind: "session" },
  "POST /:language/sign-in": { kind: "session" },
  "POST /:language/sign-out": { kind: "session" },
  "GET /registers": { kind: "open" },
  "GET /registers/style.css": { kind: "open" },
  "GET /registers/desk.js": { kind: "open" },
  "GET /:language/registers": { kind: "open" },
  "GET /:language/registers/deferrals": { kind: "open" },
  "GET /:language/registers/:register": { kind: "open", fill: ({ pin }) => openRegisters(pin) },
  "GET /:language/registers/:register/access": { kind: "open", fill: () => ["/ky/registers/person/access"] },
  "GET /:language/registers/:register/records/:key": { kind: "open", fill: ({ pin }) => [`/ky/registers/person/records/${pin}`] },
  "GET /:language/cabinet/reads.csv": { kind: "own" },
  "GET /:language/cabinet/contests": { kind: "own" },
  "GET /:language/cabinet/contests/new": {
    kind: "named",
    fill: ({ pin }) => [`/ky/cabinet/contests/new?register=person&key=${pin}&field=surname`],
  },
  "POST /:language/cabinet/contests/new": { kind: "named", fill: () => ["/ky/cabinet/contests/new"] },
  "GET /:language/desk/registers": desk("/registers"),
  "GET /:language/desk/registers/:register": desk("/registers/person"),
  "GET /:language/desk/registers/:register/open": desk("/registers/person/open?key=:pin"),
  "GET /:language/desk/registers/:register/compare": desk("/registers/person/compare?one=:pin&other=:pin"),
  "GET /:language/desk/registers/:register/records/:key": desk("/registers/person/records/:pin"),
  "GET /:language/desk/registers/:register/records/:key/history": desk("/registers/person/records/:pin/history"),
  "GET /:language/desk/registers/:register/records/:key/events/:event": desk("/registers/person/records/:pin/events/death"),
  "POST /:language/desk/registers/:register/records/:key/events/:event": desk("/registers/person/records/:pin/events/death"),
  "GET /:language/desk/registers/:register/new/:event": desk("/registers/person/new/birth"),
  "POST /:language/desk/registers/:register/new/:event": desk("/registers/person/new/birth"),
  "GET /:language/desk/registers/:register/merges": desk("/registers/person/merges"),
  "POST /:language/desk/registers/:register/merges": desk("/registers/person/merges"),
  "POST /:language/desk/registers/:register/merges/:id": desk(`/registers/person/merges/${NOBODYS}`),
  "GET /:language/desk/registers/:register/import": desk("/registers/person/import"),
  "POST /:language/desk/registers/:register/import": desk("/registers/person/import"),
  "GET /:language/desk/imports/:id": desk(`/imports/${NOBODYS}`),
  "POST /:language/desk/imports/:id/run": desk(`/imports/${NOBODYS}/run`),
  "POST /:language/desk/imports/:id/lines/:line": desk(`/imports/${NOBODYS}/lines/1`),
  "GET /:language/desk/contests": desk("/contests"),
  "GET /:language/desk/contests/:id": desk(`/contests/${NOBODYS}?key=:pin`),
  "POST /:language/desk/contests/:id": desk(`/contests/${NOBODYS}`),
  "GET /:language/desk/notices": desk("/notices"),
  // So does the page of the desks, which lists invented officials.
  "GET /:language/desk/sign-in": { kind: "session" },
  "POST /:language/desk/sign-in": { kind: "session" },
  "POST /:language/desk/sign-out": { kind: "session" },
  "POST /:language/services/:service/start": { kind: "own", fill: () => ["/ky/services/residence-certificate/start"] },
  "GET /:language/cabinet": { kind: "own" },
  "GET /:language/cabinet/cases": { kind: "own" },
  "GET /:language/cabinet/documents": { kind: "own" },
  "GET /:language/cabinet/letters": { kind: "own" },
  "GET /:language/cabinet/reads": { kind: "own" },
  "GET /:language/cabinet/me": { kind: "own" },
  "GET /:language/cabinet/devices": { kind: "own" },
  "GET /:language/cabinet/letters/:id": {
    kind: "named",
    fill: ({ own }) => own.letter!.map((id) => `/ky/cabinet/letters/${id}`),
  },
  "POST /:language/cabinet/devices/:id/end": {
    kind: "named",
    fill: ({ own }) => own.session!.map((id) => `/ky/cabinet/devices/${id}/end`),
  },
  "GET /:language/documents/:file": {
    kind: "named",
    fill: ({ own }) =>
      own.file!.flatMap((file) => [
        `/ky/documents/${file}`,
        `/ky/documents/${file.replace(/\.pdf$/, "")}`,
        `/ky/documents/${file}?show=yes`,
      ]),
  },
  "GET /:language/cases/:case": { kind: "named", fill: cases("") },
  "GET /:language/cases/:case/review": { kind: "named", fill: cases("/review") },
  "GET /:language/cases/:case/withdraw": { kind: "named", fill: cases("/withdraw") },
  "POST /:language/cases/:case/withdraw": { kind: "named", fill: cases("/withdraw") },
  "POST /:language/cases/:case/submit": { kind: "named", fill: cases("/submit") },
  "GET /:language/cases/:case/form/:page": { kind: "named", fill: cases("/form/whose") },
  "POST /:language/cases/:case/form/:page": { kind: "named", fill: cases("/form/whose") },
};

function register(rest: string, byPin = false): (person: Person) => string[] {
  return ({ pin }) => [`/api/registers/v1/person${rest}${byPin ? pin : ""}`];
}

function imports(rest: string): () => string[] {
  return () => [`/api/registers/v1/person/imports/019ab3f0-0000-7000-8000-000000000001${rest}`];
}

function classifier(rest: string): () => string[] {
  return () => [`/api/reference/v1/classifiers/units${rest}`];
}

function cases(rest: string): (person: Person) => string[] {
  return ({ own }) => own.case!.map((id) => `/ky/cases/${id}${rest}`);
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

async function ask(visitor: Visitor, route: string, path: string) {
  const method = route.split(" ")[0]!;
  return visitor.send(path, method === "POST" ? { method, body: new URLSearchParams() } : {});
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
        const answer = await ask(one.visitor, route, path);
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
      for (const path of pathsOf(route, other)) assertSilent(await ask(one.visitor, route, path), other, path);
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
      const answer = await ask(nobody, route, path);
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
        const answer = await ask(visitor, route, path);
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
