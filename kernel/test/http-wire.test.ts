import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import type { Language } from "../locale.ts";
import { assertProblem, openTestServer, sendRaw } from "./server.ts";

let server: Awaited<ReturnType<typeof openTestServer>>;
before(async () => {
  server = await openTestServer();
  await server.app.listen({ host: "127.0.0.1", port: 0 });
});
beforeEach(() => {
  server.received.length = 0;
});
after(() => server.app.close());

const host = "Host: localhost\r\n";
const end = "Connection: close\r\n\r\n";
const post = (path: string, type: string, body: string | Buffer) =>
  Buffer.concat([
    Buffer.from(`POST ${path} HTTP/1.1\r\n${host}Content-Type: ${type}\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${end}`),
    Buffer.from(body),
  ]);
const bytes = (...parts: (string | number)[]) =>
  Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))));

const refused: [string, { status: number; code: string; language?: Language }, string | Buffer][] = [
  ["what is no HTTP", { status: 400, code: "kernel.bad-request" }, "\x16\x03\x01\x02\x00\x01\x00\r\n\r\n"],
  ["a method that is none", { status: 400, code: "kernel.bad-request" }, `BREW / HTTP/1.1\r\n${host}${end}`],
  ["a method no route has", { status: 405, code: "kernel.method-not-allowed" }, `TRACE / HTTP/1.1\r\n${host}${end}`],
  ["a version that is none", { status: 400, code: "kernel.bad-request" }, `GET / HTTP/9.9\r\n${host}${end}`],
  ["a request to nobody", { status: 400, code: "kernel.bad-request" }, `GET / HTTP/1.1\r\n${end}`],
  ["a header with a broken name", { status: 400, code: "kernel.bad-request" }, `GET / HTTP/1.1\r\n${host}a b: c\r\n${end}`],
  ["a header with NUL", { status: 400, code: "kernel.bad-request" }, `GET / HTTP/1.1\r\n${host}a: b\0c\r\n${end}`],
  [
    "a length that is none",
    { status: 400, code: "kernel.bad-request" },
    `POST /anything HTTP/1.1\r\n${host}Content-Length: x\r\n${end}`,
  ],
  [
    "two lengths",
    { status: 400, code: "kernel.bad-request" },
    `POST /anything HTTP/1.1\r\n${host}Content-Length: 2\r\nContent-Length: 3\r\n${end}{}`,
  ],
  [
    "a length and chunks together",
    { status: 400, code: "kernel.bad-request" },
    `POST /anything HTTP/1.1\r\n${host}Content-Length: 2\r\nTransfer-Encoding: chunked\r\n${end}0\r\n\r\n`,
  ],
  [
    "a chunk whose length is none",
    { status: 400, code: "kernel.bad-request" },
    `POST /anything HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n${end}zz\r\n`,
  ],
  [
    "an overflow of headers",
    { status: 431, code: "kernel.head-too-large" },
    `GET / HTTP/1.1\r\n${host}${`x: ${"y".repeat(4000)}\r\n`.repeat(10)}${end}`,
  ],
  [
    "a query of a hundred thousand letters",
    { status: 431, code: "kernel.head-too-large" },
    `GET /?q=${"x".repeat(100_000)} HTTP/1.1\r\n${host}${end}`,
  ],
  [
    "a query of ten thousand letters",
    { status: 414, code: "kernel.uri-too-long" },
    `GET /?q=${"x".repeat(10_000)} HTTP/1.1\r\n${host}${end}`,
  ],
  [
    "a query with raw bytes",
    { status: 400, code: "kernel.bad-request" },
    bytes("GET /?q=", 0xff, 0xfe, ` HTTP/1.1\r\n${host}${end}`),
  ],
  ["a query with a broken escape", { status: 400, code: "kernel.bad-request" }, `GET /?q=%f HTTP/1.1\r\n${host}${end}`],
  ["a path with a broken escape", { status: 400, code: "kernel.bad-request" }, `GET /%f HTTP/1.1\r\n${host}${end}`],
  ["a target that is no address", { status: 400, code: "kernel.bad-request" }, `GET nowhere HTTP/1.1\r\n${host}${end}`],
  [
    "JSON that is not UTF-8",
    { status: 400, code: "kernel.not-utf-8" },
    post("/anything", "application/json", bytes('"', 0xe0, 0x80, '"')),
  ],
  [
    "JSON with one name twice",
    { status: 400, code: "kernel.bad-request" },
    post("/anything", "application/json", '{"a":1,"a":2}'),
  ],
  [
    "a body a byte too large",
    { status: 413, code: "kernel.too-large" },
    post("/anything", "application/json", `"${"x".repeat(64 * 1024 - 1)}"`),
  ],
  [
    "a body that says it is huge",
    { status: 413, code: "kernel.too-large" },
    `POST /anything HTTP/1.1\r\n${host}Content-Type: application/json\r\nContent-Length: 99999999999\r\n${end}{`,
  ],
  [
    "chunks without an end",
    { status: 413, code: "kernel.too-large" },
    `POST /anything HTTP/1.1\r\n${host}Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n${end}${`4000\r\n${"x".repeat(0x4000)}\r\n`.repeat(5)}`,
  ],
  [
    "a broken query in Russian",
    { status: 400, code: "kernel.bad-request", language: "ru" },
    `GET /ru/page?q=%f HTTP/1.1\r\n${host}${end}`,
  ],
  [
    "a broken path in Kazakh",
    { status: 400, code: "kernel.bad-request", language: "kk" },
    `GET /kk/%f HTTP/1.1\r\n${host}${end}`,
  ],
  [
    "a broken header in English",
    { status: 400, code: "kernel.bad-request", language: "en" },
    `GET / HTTP/1.1\r\n${host}Accept-Language: en-GB\r\na b: c\r\n${end}`,
  ],
  [
    "an overflow of headers in Kazakh",
    { status: 431, code: "kernel.head-too-large", language: "kk" },
    `GET /kk/page HTTP/1.1\r\n${host}${`x: ${"y".repeat(4000)}\r\n`.repeat(10)}${end}`,
  ],
];

for (const [what, wanted, request] of refused) {
  test(`on the wire ${what} is refused with ${wanted.status}`, async () => {
    assertProblem(await sendRaw(server.app, request), wanted);
    assert.deepEqual(server.received, []);
    assert.deepEqual(server.lines, []);
  });
}

test("what a client expects of us and we do not know is passed over", async () => {
  const answer = await sendRaw(server.app, `GET / HTTP/1.1\r\n${host}Expect: tea\r\n${end}`);
  assert.equal(answer.statusCode, 200);
});

test("an older client need not say to whom it speaks", async () => {
  assert.equal((await sendRaw(server.app, "GET / HTTP/1.0\r\n\r\n")).statusCode, 200);
});

test("the server goes on after all that", async () => {
  assert.equal((await sendRaw(server.app, `GET / HTTP/1.1\r\n${host}${end}`)).statusCode, 200);
});
