import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { assertProblem, openTestServer } from "./server.ts";

let server: Awaited<ReturnType<typeof openTestServer>>;
before(async () => {
  server = await openTestServer();
});
beforeEach(() => {
  server.received.length = 0;
});
after(() => server.app.close());

const foreign: [string, Record<string, string>][] = [
  ["a page of another site", { "sec-fetch-site": "cross-site" }],
  ["a page of a neighbouring host", { "sec-fetch-site": "same-site" }],
  ["another site in an older browser", { origin: "https://evil.example" }],
  ["another port", { origin: "http://localhost:81" }],
  ["nowhere that can be named", { origin: "null" }],
  ["an origin that is no address", { origin: "http://" }],
];

for (const [what, headers] of foreign) {
  test(`a change asked for by ${what} is refused`, async () => {
    for (const method of ["POST", "DELETE"] as const) {
      const answer = await server.app.inject({ method, url: "/form", headers, payload: { name: "a" } });
      assertProblem(answer, { status: 403, code: "kernel.foreign-origin" });
    }
    assert.deepEqual(server.received, []);
    assert.equal((await server.app.inject({ method: "GET", url: "/", headers })).statusCode, 200, "it may be looked at");
  });
}

const own: Record<string, string>[] = [
  { "sec-fetch-site": "same-origin" },
  { "sec-fetch-site": "none" },
  { host: "state.example:8080", origin: "http://state.example:8080" },
  {},
];

for (const headers of own) {
  test(`a change asked for by our own page, or by no page, is accepted: ${JSON.stringify(headers)}`, async () => {
    const answer = await server.app.inject({ method: "POST", url: "/form", headers, payload: { name: "a" } });
    assert.equal(answer.statusCode, 200);
  });
}
