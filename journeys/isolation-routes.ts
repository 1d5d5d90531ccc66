/** Every route of the house, for the test that no person ever sees another's things: a new route has to be put here. */
import type { Visitor } from "./visitor.ts";

export interface Person {
  pin: string;
  name: string;
  visitor: Visitor;
  /** Its own things, by the name a route has for them. */
  own: Record<string, string[]>;
  /** Words that only pages about this person hold. */
  secrets: string[];
}

/** What a route lets one try with the things of another. Nothing else is allowed to exist: a new route has to be put here. */
export type Kind =
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

/** Mandates the person gave. */
function mandates(rest: string) {
  return ({ own }: Person) => own.mandate!.map((id) => `/ky/cabinet/mandates/${id}${rest}`);
}

/** Consents of the person; a request of nobody stands for one that is another's. */
function consents(path: string) {
  return ({ own }: Person) => own.consent!.map((id) => `/ky/cabinet/consents${path.replace(":id", id)}`);
}

export const routes: Record<string, { kind: Kind; fill?: (person: Person) => string[] }> = {
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
  "PUT /api/registers/v1/:register/files/:fingerprint": {
    kind: "named",
    fill: () => [`/api/registers/v1/normative_act/files/${"0".repeat(64)}?field=text`],
  },
  "GET /api/registers/v1/:register/records/:key/files/:field": {
    kind: "named",
    fill: ({ pin }) => [`/api/registers/v1/person/records/${pin}/files/photo?ground=own-data`],
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
  // The OpenID provider: what it shows of a person it shows to whoever holds that person's own question, code or token.
  "GET /oidc/.well-known/openid-configuration": { kind: "open" },
  "GET /oidc/.well-known/oauth-authorization-server": { kind: "open" },
  "GET /oidc/jwks": { kind: "open" },
  "GET /oidc/auth": { kind: "session" },
  "GET /oidc/auth/:question": { kind: "session" },
  "POST /oidc/par": { kind: "session" },
  "POST /oidc/token": { kind: "session" },
  "POST /oidc/introspect": { kind: "session" },
  "POST /oidc/revoke": { kind: "session" },
  "GET /oidc/userinfo": { kind: "session" },
  "POST /oidc/userinfo": { kind: "session" },
  "POST /oidc/device/auth": { kind: "session" },
  "GET /oidc/device": { kind: "session" },
  "POST /oidc/device": { kind: "session" },
  "GET /oidc/device/:question": { kind: "session" },
  "GET /oidc/sign-out": { kind: "session" },
  "POST /oidc/sign-out/confirm": { kind: "session" },
  "GET /oidc/sign-out/success": { kind: "session" },
  "GET /sign-in/back": { kind: "session" },
  "GET /:language/device": { kind: "session" },
  "GET /:language/sign-in/consent": { kind: "session" },
  "POST /:language/sign-in/consent": { kind: "session" },
  // The sign-in page of a demo country lists the invented people: that is what it is for.
  "GET /:language/sign-in": { kind: "session" },
  "POST /:language/sign-in": { kind: "session" },
  "POST /:language/sign-out": { kind: "session" },
  "POST /:language/sign-in/password": { kind: "session" },
  "GET /:language/sign-in/again": { kind: "session" },
  "GET /:language/sign-in/second": { kind: "session" },
  "POST /:language/sign-in/second": { kind: "session" },
  "POST /:language/sign-in/passkey": { kind: "session" },
  "GET /:language/sign-in/certificate": { kind: "session" },
  "POST /:language/sign-in/certificate": { kind: "session" },
  "GET /sign-in/passkey.js": { kind: "open" },
  "GET /:language/level": { kind: "open" },
  "GET /:language/register": { kind: "session" },
  "POST /:language/register": { kind: "session" },
  "GET /:language/register/code": { kind: "session" },
  "POST /:language/register/code": { kind: "session" },
  "GET /:language/register/password": { kind: "session" },
  "POST /:language/register/password": { kind: "session" },
  "GET /:language/activate": { kind: "session" },
  "POST /:language/activate": { kind: "session" },
  "GET /:language/activate/password": { kind: "session" },
  "POST /:language/activate/password": { kind: "session" },
  "GET /:language/activate/app": { kind: "session" },
  "POST /:language/activate/app": { kind: "session" },
  "POST /:language/activate/done": { kind: "session" },
  "GET /:language/recover": { kind: "session" },
  "POST /:language/recover": { kind: "session" },
  "GET /:language/recover/proof": { kind: "session" },
  "POST /:language/recover/proof": { kind: "session" },
  "GET /:language/recover/password": { kind: "session" },
  "POST /:language/recover/password": { kind: "session" },
  // Messages of this browser's own registrations.
  "GET /demo/messages": { kind: "open" },
  "GET /:language/demo/messages": { kind: "open" },
  "GET /:language/cabinet/security": { kind: "own" },
  "GET /:language/cabinet/security/history": { kind: "own" },
  "GET /:language/cabinet/security/passkey": { kind: "own" },
  "POST /:language/cabinet/security/passkey": { kind: "own" },
  "GET /:language/cabinet/security/password": { kind: "own" },
  "POST /:language/cabinet/security/password": { kind: "own" },
  "GET /:language/cabinet/security/app": { kind: "own" },
  "POST /:language/cabinet/security/app": { kind: "own" },
  "GET /:language/cabinet/security/codes": { kind: "own" },
  "POST /:language/cabinet/security/codes": { kind: "own" },
  "POST /:language/cabinet/security/kept": { kind: "own" },
  "GET /:language/cabinet/security/channel": { kind: "own" },
  "POST /:language/cabinet/security/channel": { kind: "own" },
  "GET /:language/cabinet/security/channel/code": { kind: "own" },
  "POST /:language/cabinet/security/channel/code": { kind: "own" },
  "POST /:language/cabinet/security/factors/:id/remove": {
    kind: "named",
    fill: () => [`/ky/cabinet/security/factors/${NOBODYS}/remove`],
  },
  "POST /:language/cabinet/security/channels/:id/remove": {
    kind: "named",
    fill: () => [`/ky/cabinet/security/channels/${NOBODYS}/remove`],
  },
  "GET /:language/desk/activations": desk("/activations"),
  "POST /:language/desk/activations": desk("/activations"),
  "GET /:language/desk/activations/:id": desk(`/activations/${NOBODYS}`),
  "POST /:language/desk/activations/:id": desk(`/activations/${NOBODYS}`),
  "GET /:language/desk/official-accounts": desk("/official-accounts"),
  "POST /:language/desk/official-accounts": desk("/official-accounts"),
  "POST /:language/desk/sign-in/post": { kind: "session" },
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
  "GET /:language/cases/:case/withdraw": { kind: "named", fill: cases("/withdraw") },
  "POST /:language/cases/:case/withdraw": { kind: "named", fill: cases("/withdraw") },
  "POST /:language/cases/:case/submit": { kind: "named", fill: cases("/submit") },
  "GET /:language/cases/:case/form/:page": { kind: "named", fill: cases("/form/whose") },
  "POST /:language/cases/:case/form/:page": { kind: "named", fill: cases("/form/whose") },
};

function toSign(before: string, after = ""): (person: Person) => string[] {
  return ({ own }) => own.sign!.map((id) => `${before}/${id}${after}`);
}

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
