/** Every route of the house, for the test that no person ever sees another's things: a new route has to be put here. */
import { identityRoutes } from "./isolation-identity.ts";
import { registerRoutes } from "./isolation-registers.ts";
import { desk, type Kind, NOBODYS, type Person, type Route } from "./isolation-shapes.ts";

export type { Kind, Person } from "./isolation-shapes.ts";

/** Mandates the person gave. */
function mandates(rest: string) {
  return ({ own }: Person) => own.mandate!.map((id) => `/ky/cabinet/mandates/${id}${rest}`);
}

/** Consents of the person; a request of nobody stands for one that is another's. */
function consents(path: string) {
  return ({ own }: Person) => own.consent!.map((id) => `/ky/cabinet/consents${path.replace(":id", id)}`);
}

/** A page of the operator of processes and of heads of desks. */
function processes(path: string): { kind: Kind; fill(person: Person): string[] } {
  return { kind: "desk", fill: () => [`/ky/process${path}`] };
}

export const routes: Record<string, Route> = {
  ...registerRoutes,
  "GET /": { kind: "open" },
  "GET /health": { kind: "open" },
  "GET /verify": { kind: "open" },
  "GET /favicon.ico": { kind: "open" },
  "GET /problems": { kind: "open" },
  "GET /problems/:code": { kind: "open", fill: () => ["/problems/kernel.not-found"] },
  "GET /manifest.webmanifest": { kind: "open" },
  "GET /assets/:file": { kind: "open", fill: () => ["/assets/page.css"] },
  "GET /trust/anchors.pem": { kind: "open" },
  "GET /trust/authorities/:file": { kind: "open", fill: () => ["/trust/authorities/root.cer"] },
  // /trust/ocsp/*: a request by GET has its Base64 in the path.
  "GET /trust/ocsp*": { kind: "open", fill: () => ["/trust/ocsp/MEIwQDA%2BMDwwOjAJBgUrDgMCGgUA"] },
  "POST /trust/ocsp": { kind: "open" },
  "POST /trust/tsa": { kind: "open" },
  "GET /trust/list.xml": { kind: "open" },
  "GET /trust/list.jws": { kind: "open" },
  "GET /trust/crl/:list": { kind: "open", fill: () => ["/trust/crl/bodies.crl"] },
  "GET /trust": { kind: "open" },
  "GET /:language/trust": { kind: "open", fill: () => ["/ky/trust", "/ky/trust?serial=01"] },
  "GET /check": { kind: "open" },
  "GET /:language/check": { kind: "open" },
  "POST /:language/check": { kind: "open" },
  "GET /log": { kind: "open" },
  "GET /:language/log": { kind: "open" },
  "GET /:language/log/monitor": { kind: "open" },
  "GET /log/checkpoint": { kind: "open" },
  "GET /log/keys": { kind: "open" },
  // /log/tile/*: the drawing leaves out what stands between a route and its star.
  "GET /log*": { kind: "open", fill: () => ["/log/tile/0/000.p/1"] },
  "GET /log/checkpoints": { kind: "open" },
  "GET /log/proof": { kind: "open", fill: () => ["/log/proof?from=0"] },
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
  ...identityRoutes,
  "GET /:language/cabinet/reads.csv": { kind: "own" },
  "GET /:language/cabinet/contests": { kind: "own" },
  "GET /:language/cabinet/contests/new": {
    kind: "named",
    fill: ({ pin }) => [`/ky/cabinet/contests/new?register=person&key=${pin}&field=surname`],
  },
  "POST /:language/cabinet/contests/new": { kind: "named", fill: () => ["/ky/cabinet/contests/new"] },
  "GET /process": { kind: "open" },
  "GET /process/style.css": { kind: "open" },
  "GET /process/desk.js": { kind: "open" },
  "GET /:language/process": processes(""),
  "GET /:language/process/incidents": processes("/incidents"),
  "GET /:language/process/timers": processes("/timers?by=hour"),
  "GET /:language/process/load": processes("/load"),
  "GET /:language/process/cases": processes("/cases"),
  "POST /:language/process/cases": processes("/cases"),
  "GET /:language/process/cases/:instance": processes(`/cases/${NOBODYS}`),
  "GET /:language/process/cases/:instance/repair": processes(`/cases/${NOBODYS}/repair`),
  "POST /:language/process/cases/:instance/repair": processes(`/cases/${NOBODYS}/repair`),
  "GET /:language/process/cases/:instance/deviation": processes(`/cases/${NOBODYS}/deviation`),
  "POST /:language/process/cases/:instance/deviation": processes(`/cases/${NOBODYS}/deviation`),
  "GET /:language/process/proposals": processes("/proposals"),
  "POST /:language/process/proposals/:proposal": processes(`/proposals/${NOBODYS}`),
  "GET /:language/process/editions": processes("/editions"),
  "GET /:language/process/figures": processes("/figures"),
  "GET /:language/process/figures.xes": processes("/figures.xes"),
  "GET /:language/process/figures.csv": processes("/figures.csv"),
  "GET /:language/process/simulations": processes("/simulations"),
  "GET /:language/process/simulations/of/:source": processes("/simulations/of/service%3Aresidence-certificate"),
  "POST /:language/process/simulations/of/:source": processes("/simulations/of/service%3Aresidence-certificate"),
  "GET /:language/process/simulations/:id": processes(`/simulations/${NOBODYS}`),
  "GET /:language/process/editions/:model": processes(`/editions/${"0".repeat(64)}`),
  "GET /:language/process/editions/:model/differences/:other": processes(
    `/editions/${"0".repeat(64)}/differences/${"1".repeat(64)}`,
  ),
  "GET /:language/process/upgrades": processes("/upgrades"),
  "GET /:language/process/upgrades/:upgrade": processes("/upgrades/none"),
  "POST /:language/process/upgrades/:upgrade": processes("/upgrades/none"),
  "GET /:language/desk/imports": desk("/imports"),
  "GET /:language/desk/imports/:id/report.csv": desk(`/imports/${NOBODYS}/report.csv`),
  "GET /:language/desk/help": desk("/help"),
  "GET /:language/desk/imports/:id": desk(`/imports/${NOBODYS}`),
  "POST /:language/desk/imports/:id/run": desk(`/imports/${NOBODYS}/run`),
  "POST /:language/desk/imports/:id/lines/:line": desk(`/imports/${NOBODYS}/lines/1`),
  "GET /:language/desk/contests": desk("/contests"),
  "GET /:language/desk/contests/:id": desk(`/contests/${NOBODYS}`),
  "POST /:language/desk/contests/:id": desk(`/contests/${NOBODYS}`),
  "GET /:language/desk/notices": desk("/notices"),
  "GET /:language/desk/alarms": desk("/alarms"),
  "GET /:language/desk/alarms/:id": desk(`/alarms/${NOBODYS}`),
  "POST /:language/desk/alarms/:id": desk(`/alarms/${NOBODYS}`),
  "GET /:language/desk/cases": desk("/cases"),
  "POST /:language/desk/cases/next": desk("/cases/next"),
  "GET /:language/desk/cases/:case": desk(`/cases/${NOBODYS}`),
  "POST /:language/desk/cases/:case": desk(`/cases/${NOBODYS}`),
  "GET /:language/desk/cases/:case/jump": desk(`/cases/${NOBODYS}/jump`),
  "POST /:language/desk/cases/:case/jump": desk(`/cases/${NOBODYS}/jump`),
  "GET /:language/desk/certificates": desk("/certificates?serial=01"),
  "POST /:language/desk/certificates": desk("/certificates"),
  "GET /:language/desk/certificates/:serial": desk("/certificates/01"),
  "POST /:language/desk/certificates/:serial": desk("/certificates/01"),
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
  "GET /:language/cabinet/me/:register": { kind: "own", fill: () => ["/ky/cabinet/me/vehicle"] },
  "GET /:language/cabinet/me/:register/:key": { kind: "named", fill: ({ own }) => own.card! },
  "GET /:language/cabinet/me/:register/:key/proof/:version": {
    kind: "named",
    fill: ({ own }) => own.card!.map((path) => `${path}/proof/1`),
  },
  "GET /:language/cabinet/devices": { kind: "own" },
  "GET /:language/cabinet/mandates": { kind: "own" },
  "GET /:language/cabinet/mandates/new": { kind: "own" },
  "POST /:language/cabinet/mandates/new": { kind: "session" },
  "GET /:language/cabinet/mandates/:id": { kind: "named", fill: mandates("") },
  "POST /:language/cabinet/mandates/:id/answer": { kind: "named", fill: mandates("/answer") },
  "POST /:language/cabinet/mandates/:id/end": { kind: "named", fill: mandates("/end") },
  "POST /:language/cabinet/acting": { kind: "session" },
  "POST /:language/cabinet/acting/end": { kind: "session" },
  "GET /:language/cabinet/consents": { kind: "own" },
  "GET /:language/cabinet/consents/new": { kind: "own" },
  "POST /:language/cabinet/consents/new": { kind: "session" },
  "GET /:language/cabinet/consents/requests/:id": { kind: "named", fill: consents("/requests/:id") },
  "POST /:language/cabinet/consents/requests/:id": { kind: "named", fill: consents("/requests/:id") },
  "GET /:language/cabinet/consents/:id": { kind: "named", fill: consents("/:id") },
  "POST /:language/cabinet/consents/:id/withdraw": { kind: "named", fill: consents("/:id/withdraw") },
  "GET /api/consents/v1/openapi.json": { kind: "open" },
  "POST /api/consents/v1/requests": { kind: "session" },
  "GET /api/consents/v1/requests/:id": {
    kind: "named",
    fill: ({ own }) => own.consent!.map((id) => `/api/consents/v1/requests/${id}`),
  },
  "GET /:language/access": { kind: "open" },
  "GET /:language/access/explain": { kind: "open", fill: () => ["/ky/access/explain?service=residence-certificate"] },
  "GET /api/access/v1/openapi.json": { kind: "open" },
  "GET /api/access/v1/explain": { kind: "open", fill: () => ["/api/access/v1/explain?service=residence-certificate"] },
  "GET /:language/cabinet/signatures": { kind: "own" },
  "POST /:language/cabinet/signatures/key": { kind: "own" },
  "POST /:language/cabinet/signatures/phrase": { kind: "own" },
  "POST /:language/cabinet/signatures/give-up": { kind: "own" },
  "POST /:language/cabinet/signatures/own": { kind: "own" },
  "GET /:language/cabinet/signatures/:id/file": { kind: "named", fill: toSign("/ky/cabinet/signatures", "/file") },
  "GET /:language/sign/:id": { kind: "named", fill: toSign("/ky/sign") },
  "POST /:language/sign/:id": { kind: "named", fill: toSign("/ky/sign") },
  "GET /:language/sign/:id/content": { kind: "named", fill: toSign("/ky/sign", "/content") },
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
  "GET /:language/cases/:case/question": { kind: "named", fill: cases("/question") },
  "POST /:language/cases/:case/question": { kind: "named", fill: cases("/question") },
  "GET /:language/cases/:case/withdraw": { kind: "named", fill: cases("/withdraw") },
  "POST /:language/cases/:case/withdraw": { kind: "named", fill: cases("/withdraw") },
  "POST /:language/cases/:case/submit": { kind: "named", fill: cases("/submit") },
  "GET /:language/cases/:case/form/:page": { kind: "named", fill: cases("/form/whose") },
  "POST /:language/cases/:case/form/:page": { kind: "named", fill: cases("/form/whose") },
};

function toSign(before: string, after = ""): (person: Person) => string[] {
  return ({ own }) => own.sign!.map((id) => `${before}/${id}${after}`);
}

function classifier(rest: string): () => string[] {
  return () => [`/api/reference/v1/classifiers/units${rest}`];
}

function cases(rest: string): (person: Person) => string[] {
  return ({ own }) => own.case!.map((id) => `/ky/cases/${id}${rest}`);
}
