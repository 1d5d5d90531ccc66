/** Routes of registers: their API, open pages, desks. */
import { desk, NOBODYS, type Person, type Route } from "./isolation-shapes.ts";

const API = "/api/registers/v1";
const PERSON = `${API}/person`;

/** What is asked of the person's record by its name in addresses, which the person was told and nobody else was. */
const record =
  (rest: string) =>
  ({ own }: Person) =>
    own.record!.map((id) => `${PERSON}/records/${id}${rest}`);
const fixed =
  (...paths: string[]) =>
  () =>
    paths;
/** Children of the person, by a search that compares personal numbers. */
const byMother = ({ pin }: Person) => ({ search: "by_mother", mother: pin, ground: "own-data" });
const inAddress =
  (path: string) =>
  ({ pin }: Person) => [`${PERSON}/${path}?search=by_mother&ground=own-data&mother=${pin}`, `${PERSON}/${path}`];

export const registerRoutes: Record<string, Route> = {
  "GET /api/registers/v1": { kind: "open" },
  "GET /api/registers/v1/openapi.json": { kind: "open" },
  "GET /api/registers/v1/:register": { kind: "open", fill: fixed(PERSON) },
  "GET /api/registers/v1/:register/openapi.json": { kind: "open", fill: fixed(`${PERSON}/openapi.json`) },
  // Searches of public fields only: with a personal one in the address it is refused whoever asks.
  "GET /api/registers/v1/:register/records": { kind: "open", fill: inAddress("records") },
  "GET /api/registers/v1/:register/export": { kind: "open", fill: inAddress("export") },
  "POST /api/registers/v1/:register/records/search": {
    kind: "named",
    fill: fixed(`${PERSON}/records/search`),
    json: byMother,
  },
  "POST /api/registers/v1/:register/export": { kind: "named", fill: fixed(`${PERSON}/export`), json: byMother },
  "POST /api/registers/v1/:register/records/find": {
    kind: "named",
    fill: fixed(`${PERSON}/records/find`),
    json: ({ pin }) => ({ key: pin, ground: "own-data" }),
  },
  "POST /api/registers/v1/:register/events": { kind: "named", fill: fixed(`${PERSON}/events`) },
  "GET /api/registers/v1/:register/records/:record": { kind: "named", fill: record("?ground=own-data") },
  "PUT /api/registers/v1/:register/files/:fingerprint": {
    kind: "named",
    fill: fixed(`${API}/normative_act/files/${"0".repeat(64)}?field=text`),
  },
  "GET /api/registers/v1/:register/records/:record/files/:field": {
    kind: "named",
    fill: record("/files/photo?ground=own-data"),
  },
  "GET /api/registers/v1/:register/records/:record/history": { kind: "named", fill: record("/history?ground=own-data") },
  "GET /api/registers/v1/:register/records/:record/differences": {
    kind: "named",
    fill: record("/differences?ground=own-data&from=1&to=1"),
  },
  "GET /api/registers/v1/:register/records/:record/versions/:version/proof": {
    kind: "named",
    fill: record("/versions/1/proof?ground=own-data"),
  },
  "POST /api/registers/v1/:register/records/:record/events": { kind: "named", fill: record("/events") },
  "GET /api/registers/v1/:register/changes": { kind: "own", fill: fixed(`${PERSON}/changes?ground=own-data`) },
  "POST /api/registers/v1/:register/imports": { kind: "named", fill: fixed(`${PERSON}/imports?event=birth&document=1`) },
  "GET /api/registers/v1/:register/imports/:id": { kind: "named", fill: imports("") },
  "POST /api/registers/v1/:register/imports/:id/start": { kind: "named", fill: imports("/start") },
  "POST /api/registers/v1/:register/imports/:id/lines/:line": { kind: "named", fill: imports("/lines/1") },
  "GET /api/alarms/v1/openapi.json": { kind: "open" },
  // A person gets no alarm, whosoever it is.
  "GET /api/alarms/v1": { kind: "named" },
  "GET /api/alarms/v1/:id": { kind: "named", fill: fixed(`/api/alarms/v1/${NOBODYS}`) },
  "GET /registers": { kind: "open" },
  "GET /registers/style.css": { kind: "open" },
  "GET /registers/desk.js": { kind: "open" },
  "GET /:language/registers": { kind: "open" },
  "GET /:language/registers/deferrals": { kind: "open" },
  "GET /:language/registers/:register": {
    kind: "open",
    fill: ({ pin }) => ["/ky/registers/person", `/ky/registers/person?search=by_name&v.surname=a&ask=yes&key=${pin}`],
  },
  "GET /:language/registers/:register/access": { kind: "open", fill: fixed("/ky/registers/person/access") },
  "GET /:language/registers/:register/records/:key": { kind: "open", fill: ({ pin }) => [`/ky/registers/person/records/${pin}`] },
  "GET /:language/desk/registers": desk("/registers"),
  "GET /:language/desk/registers/:register": desk("/registers/person"),
  "POST /:language/desk/registers/:register/found": desk("/registers/person/found"),
  "GET /:language/desk/registers/:register/found/:reference": desk(`/registers/person/found/${"A".repeat(22)}`),
  "POST /:language/desk/registers/:register/open": desk("/registers/person/open?key=:pin"),
  "POST /:language/desk/registers/:register/under": desk("/registers/person/under"),
  "GET /:language/desk/registers/:register/compare": desk("/registers/person/compare?one=:pin&other=:pin"),
  "POST /:language/desk/registers/:register/compare": desk("/registers/person/compare?one=:pin&other=:pin"),
  "GET /:language/desk/registers/:register/records/:key": desk("/registers/person/records/:pin"),
  "GET /:language/desk/registers/:register/records/:key/history": desk("/registers/person/records/:pin/history"),
  "GET /:language/desk/registers/:register/records/:key/files/:field": desk("/registers/person/records/:pin/files/photo"),
  "GET /:language/desk/registers/:register/records/:key/events/:event": desk("/registers/person/records/:pin/events/death"),
  "POST /:language/desk/registers/:register/records/:key/events/:event": desk("/registers/person/records/:pin/events/death"),
  "GET /:language/desk/registers/:register/new/:event": desk("/registers/person/new/birth"),
  "POST /:language/desk/registers/:register/new/:event": desk("/registers/person/new/birth"),
  "GET /:language/desk/registers/:register/merges": desk("/registers/person/merges"),
  "POST /:language/desk/registers/:register/merges": desk("/registers/person/merges"),
  "POST /:language/desk/registers/:register/merges/:id": desk(`/registers/person/merges/${NOBODYS}`),
  "GET /:language/desk/supervision": desk("/supervision"),
  "GET /:language/desk/supervision/:owner/:id": desk(`/supervision/civil-registry/${NOBODYS}`),
  "GET /:language/desk/registers/:register/import": desk("/registers/person/import"),
  "POST /:language/desk/registers/:register/import": desk("/registers/person/import"),
};

function imports(rest: string): () => string[] {
  return () => [`${PERSON}/imports/019ab3f0-0000-7000-8000-000000000001${rest}`];
}
