import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { InjectOptions } from "fastify";
import { assertProblem, assertProtected, openTestServer } from "./server.ts";

let server: Awaited<ReturnType<typeof openTestServer>>;
before(async () => {
  server = await openTestServer((app) => app.get("/gone", (_request, reply) => reply.callNotFound()));
});
beforeEach(() => {
  server.received.length = 0;
});
after(() => server.app.close());

const json = { "content-type": "application/json" };
const form = { "content-type": "application/x-www-form-urlencoded" };
const multipart = { "content-type": "multipart/form-data; boundary=x" };
const fields = (count: number) => Array.from({ length: count }, (_, n) => `f${n}=1`).join("&");

const refused: [string, { status: number; code: string }, InjectOptions][] = [
  [
    "JSON that is cut short",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: json, payload: '{"name":' },
  ],
  [
    "an empty JSON body",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: json, payload: "" },
  ],
  [
    "JSON with two bodies",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: json, payload: "{}{}" },
  ],
  [
    "JSON with __proto__",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: json, payload: '{"a":{"__proto__":{"admin":true}}}' },
  ],
  [
    "JSON with an escaped __proto__",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: json, payload: '{"__pr\\u006fto__":{}}' },
  ],
  [
    "JSON with constructor.prototype",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: json, payload: '{"constructor":{"prototype":{}}}' },
  ],
  [
    "JSON with one name twice",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: json, payload: '[{"a":[{"b":1,"\\u0062":2}]}]' },
  ],
  [
    "JSON with NUL in a value",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: json, payload: '{"name":"a\\u0000b"}' },
  ],
  [
    "JSON with NUL in a name",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: json, payload: '{"a\\u0000":1}' },
  ],
  [
    "JSON with half a surrogate pair",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: json, payload: '{"name":"\\ud83d"}' },
  ],
  [
    "JSON nested thirty thousand deep",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: json, payload: `${"[".repeat(30_000)}${"]".repeat(30_000)}` },
  ],
  [
    "JSON that is not UTF-8",
    { status: 400, code: "kernel.not-utf-8" },
    {
      method: "POST",
      url: "/form",
      headers: json,
      payload: Buffer.from([...Buffer.from('{"name":"'), 0xc3, 0x28, ...Buffer.from('"}')]),
    },
  ],
  [
    "JSON in UTF-16",
    { status: 400, code: "kernel.not-utf-8" },
    { method: "POST", url: "/form", headers: json, payload: Buffer.from('\ufeff{"name":"a"}', "utf16le") },
  ],
  [
    "a JSON body of the wrong type",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: json, payload: "[]" },
  ],
  [
    "a JSON body that is null",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: json, payload: "null" },
  ],
  ["no body at all", { status: 422, code: "kernel.invalid-input" }, { method: "POST", url: "/form" }],
  [
    "a number that no float can hold",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: json, payload: '{"name":"a","age":1e400}' },
  ],
  [
    "a number where a text is wanted",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: json, payload: '{"name":1}' },
  ],
  [
    "a field nobody knows",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: json, payload: '{"name":"a","role":"admin"}' },
  ],
  [
    "a thousand fields in JSON",
    { status: 422, code: "kernel.invalid-input" },
    {
      method: "POST",
      url: "/form",
      headers: json,
      payload: JSON.stringify(Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`f${n}`, n]))),
    },
  ],
  [
    "a thousand fields in a form",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: form, payload: fields(1000) },
  ],
  [
    "a field sent twice",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: form, payload: "name=a&name=b" },
  ],
  [
    "a form with a broken escape",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: form, payload: "name=%zz" },
  ],
  [
    "a form with an escape cut short",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: form, payload: "name=100%" },
  ],
  [
    "a form with escaped bytes that are not UTF-8",
    { status: 400, code: "kernel.not-utf-8" },
    { method: "POST", url: "/form", headers: form, payload: "name=%ff%fe" },
  ],
  [
    "a form with an overlong escape",
    { status: 400, code: "kernel.not-utf-8" },
    { method: "POST", url: "/form", headers: form, payload: "name=%c0%af" },
  ],
  [
    "a form with bytes that are not UTF-8",
    { status: 400, code: "kernel.not-utf-8" },
    { method: "POST", url: "/form", headers: form, payload: Buffer.from([0x6e, 0x3d, 0xff]) },
  ],
  [
    "a form with an escaped NUL",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: form, payload: "name=a%00b" },
  ],
  [
    "a form with a bare NUL",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/form", headers: form, payload: "name=a\0b" },
  ],
  [
    "a form with __proto__",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/anything", headers: form, payload: "__proto__=1" },
  ],
  [
    "a body one byte over 64 KB",
    { status: 413, code: "kernel.too-large" },
    { method: "POST", url: "/anything", headers: json, payload: `"${"x".repeat(64 * 1024 - 1)}"` },
  ],
  [
    "a text",
    { status: 415, code: "kernel.unsupported-media-type" },
    { method: "POST", url: "/form", headers: { "content-type": "text/plain" }, payload: "name=a" },
  ],
  [
    "XML",
    { status: 415, code: "kernel.unsupported-media-type" },
    { method: "POST", url: "/form", headers: { "content-type": "application/xml" }, payload: "<a/>" },
  ],
  [
    "a content type that is none",
    { status: 415, code: "kernel.unsupported-media-type" },
    { method: "POST", url: "/form", headers: { "content-type": ";;" }, payload: "a" },
  ],
  [
    "a form of files where none is wanted",
    { status: 422, code: "kernel.invalid-input" },
    { method: "POST", url: "/form", headers: multipart, payload: "--x--\r\n" },
  ],
  [
    "no form of files where one is wanted",
    { status: 415, code: "kernel.unsupported-media-type" },
    { method: "POST", url: "/upload", headers: json, payload: "{}" },
  ],
  [
    "a form of files without its boundary",
    { status: 400, code: "kernel.bad-request" },
    { method: "POST", url: "/upload", headers: { "content-type": "multipart/form-data" }, payload: "--x--\r\n" },
  ],
  [
    "a form of files cut short",
    { status: 400, code: "kernel.bad-request" },
    {
      method: "POST",
      url: "/upload",
      headers: multipart,
      payload: '--x\r\nContent-Disposition: form-data; name="f"; filename="a.pdf"\r\n\r\nabc',
    },
  ],
  [
    "an address over eight thousand letters",
    { status: 414, code: "kernel.uri-too-long" },
    { method: "GET", url: `/?q=${"x".repeat(100_000)}` },
  ],
  ["a query of a thousand fields", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: `/?${fields(1000)}` }],
  ["a query with a broken escape", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: "/?q=%zz" }],
  ["a query that is not UTF-8", { status: 400, code: "kernel.not-utf-8" }, { method: "GET", url: "/?q=%ff" }],
  ["a query with NUL", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: "/?q=%00" }],
  ["a query with __proto__", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: "/?__proto__=1" }],
  [
    "a broken query on an address that is not there",
    { status: 404, code: "kernel.not-found" },
    { method: "GET", url: "/nowhere?q=%ff" },
  ],
  ["a field of the query nobody knows", { status: 422, code: "kernel.invalid-input" }, { method: "GET", url: "/search?q=a&x=b" }],
  ["a path with a broken escape", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: "/item/%zz" }],
  ["a path that is not UTF-8", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: "/item/%ff" }],
  ["a path with NUL", { status: 400, code: "kernel.bad-request" }, { method: "GET", url: "/item/1%00" }],
  [
    "a part of the path that is too long",
    { status: 414, code: "kernel.uri-too-long" },
    { method: "GET", url: `/item/${"1".repeat(700)}` },
  ],
  ["a part of the path of the wrong form", { status: 404, code: "kernel.not-found" }, { method: "GET", url: "/item/abc" }],
  ["an address that is not there", { status: 404, code: "kernel.not-found" }, { method: "GET", url: "/nowhere" }],
  ["a way up the folders", { status: 404, code: "kernel.not-found" }, { method: "GET", url: "/item/..%2f..%2fetc%2fpasswd" }],
  [
    "a form posted to an address that is not there",
    { status: 404, code: "kernel.not-found" },
    { method: "POST", url: "/nowhere", headers: form, payload: "a=b" },
  ],
  ["a method no route has", { status: 405, code: "kernel.method-not-allowed" }, { method: "DELETE", url: "/form" }],
  ["a method nobody uses", { status: 405, code: "kernel.method-not-allowed" }, { method: "PROPFIND" as "GET", url: "/" }],
];

for (const [what, wanted, request] of refused) {
  test(`${what} is refused with ${wanted.status}, and reaches nothing`, async () => {
    assertProblem(await server.app.inject(request), wanted);
    assert.deepEqual(server.received, []);
    assert.deepEqual(server.lines, []);
  });
}

test("what is well formed gets through", async () => {
  const name = "Үсөн-Ата 👋 \\\" 'name':";
  for (const payload of [{ name }, { name: "", age: 0 }]) {
    const answer = await server.app.inject({ method: "POST", url: "/form", payload });
    assert.equal(answer.statusCode, 200);
    assertProtected(answer);
  }
  const posted = await server.app.inject({
    method: "POST",
    url: "/form",
    headers: form,
    payload: `name=${encodeURIComponent(name)}`,
  });
  assert.equal(posted.statusCode, 200);
  assert.deepEqual(server.received, [{ name }, { name: "", age: 0 }, Object.assign(Object.create(null), { name })]);
});

test("a body of exactly 64 KB gets through", async () => {
  const answer = await server.app.inject({
    method: "POST",
    url: "/anything",
    headers: json,
    payload: `"${"x".repeat(64 * 1024 - 2)}"`,
  });
  assert.equal(answer.statusCode, 200);
});

test("JSON whose texts look like names, and equal names in different maps, get through", async () => {
  const payload = '{"a":"b\\":","c":["a:","\\"a\\" :"],"d":{"a":1,"":2},"e":[{"a":1},{"a":2}]}';
  const answer = await server.app.inject({ method: "POST", url: "/anything", headers: json, payload });
  assert.equal(answer.statusCode, 200);
  assert.deepEqual(server.received, [JSON.parse(payload)]);
});

test("a query is read with its spaces, letters and repeated fields", async () => {
  const answer = await server.app.inject({ method: "GET", url: "/?q=%D0%91%D0%B8%D1%88%D0%BA%D0%B5%D0%BA+12&x=1&x=2&y&z=a=b" });
  assert.deepEqual(answer.json().query, { q: "Бишкек 12", x: ["1", "2"], y: "", z: "a=b" });
});

test("a file of ten megabytes is taken, a larger one is too large", async () => {
  const upload = (size: number) => {
    const head = '--x\r\nContent-Disposition: form-data; name="f"; filename="a.pdf"\r\n\r\n';
    const payload = Buffer.concat([Buffer.from(head), Buffer.alloc(size, 65), Buffer.from("\r\n--x--\r\n")]);
    return server.app.inject({ method: "POST", url: "/upload", headers: multipart, payload });
  };
  const limit = 10 * 1024 * 1024;
  assert.deepEqual((await upload(limit)).json(), { size: limit });
  assertProblem(await upload(limit + 1), { status: 413, code: "kernel.too-large" });
});

test("every fault of a body is named with its place", async () => {
  const answer = await server.app.inject({ method: "POST", url: "/en/form", payload: { age: -1, "a/b~c": 1, x: 2 } });
  const body = assertProblem(answer, { status: 422, code: "kernel.invalid-input", language: "en" });
  const found = (body.fields as { pointer: string; detail: string }[]).toSorted((a, b) => (a.pointer < b.pointer ? -1 : 1));
  assert.deepEqual(found, [
    { pointer: "/age", detail: "Check this value" },
    { pointer: "/a~1b~0c", detail: "There is no such field" },
    { pointer: "/name", detail: "Fill this in" },
    { pointer: "/x", detail: "There is no such field" },
  ]);
});

test("the values that were refused are not said back", async () => {
  const answer = await server.app.inject({ method: "POST", url: "/form", payload: { name: 1, age: "21205199001234" } });
  assert.ok(!answer.payload.includes("21205199001234"));
});

const known: [string, string, string | undefined][] = [
  ["POST", "/?a=b", "GET, HEAD"],
  ["DELETE", "/form", "POST"],
  ["PUT", "/form/", "POST"],
  ["GET", "/form", "POST"],
  ["OPTIONS", "/item/5", "GET, HEAD"],
  ["POST", "/ky/page", "GET, HEAD"],
  ["POST", "/xx/page", undefined],
  ["POST", "/ky/nowhere", undefined],
  ["POST", "/item/", undefined],
  ["POST", "/nowhere", undefined],
  ["GET", "/gone", undefined],
];
for (const [method, url, allowed] of known) {
  test(`${method} ${url} is told ${allowed ? `to use ${allowed}` : "that there is nothing"}`, async () => {
    const answer = await server.app.inject({ method: method as "GET", url });
    const wanted = allowed ? { status: 405, code: "kernel.method-not-allowed" } : { status: 404, code: "kernel.not-found" };
    assertProblem(answer, wanted);
    assertProtected(answer);
    assert.equal(answer.headers.allow, allowed);
  });
}
