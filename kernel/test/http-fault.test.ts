import assert from "node:assert/strict";
import { after, before, beforeEach, test } from "node:test";
import { kernelProblem, Problem } from "../problem.ts";
import { assertProblem, assertProtected, openTestServer } from "./server.ts";

const pin = "21205199001234";
let server: Awaited<ReturnType<typeof openTestServer>>;
let thrown: unknown;

before(async () => {
  server = await openTestServer((app) => {
    app.post("/:language/fault/:key", async () => {
      throw thrown;
    });
    app.get("/fault", (_request, _reply) => {
      throw thrown;
    });
  });
});
beforeEach(() => {
  server.lines.length = 0;
  server.app.problemPage.draw = undefined;
});
after(() => server.app.close());

const person = { name: "Айгүл Асанова", pin };
const fault = (headers: Record<string, string> = {}) =>
  server.app.inject({ method: "POST", url: `/ru/fault/${pin}?pin=${pin}`, headers, payload: person });

class RowError extends Error {
  readonly code = "23505";
  readonly detail = `Key (pin)=(${pin}) already exists.`;
}

const faults: [string, unknown][] = [
  ["an error", new Error(`no person ${pin} (Айгүл) in table registry.person`)],
  ["an error of the database", new RowError(`duplicate key value ${pin}`)],
  ["an error with a cause", new Error("outer", { cause: new Error(pin) })],
  ["an error that names a status of 500 or more", Object.assign(new Error(pin), { statusCode: 502 })],
  ["a text", `no person ${pin}`],
  ["nothing", undefined],
  ["null", null],
  ["a map", { pin, statusCode: 200 }],
  ["a fault of our own with a cause", kernelProblem("internal", { cause: new Error(pin) })],
];

for (const [what, value] of faults) {
  test(`where a route throws ${what}, the answer is a problem that speaks of no internals`, async () => {
    thrown = value;
    const answer = await fault();
    assertProblem(answer, { status: 500, code: "kernel.internal", language: "ru" });
    assert.ok(!/2120|table|duplicate|stack|\\.ts|Error/.test(answer.payload), answer.payload);
  });

  test(`where a route throws ${what}, one line is logged, with the place and no personal value`, async () => {
    thrown = value;
    await fault();
    assert.equal(server.lines.length, 1);
    const line = JSON.parse(server.lines[0]!) as Record<string, unknown>;
    assert.equal(line.level, "fault");
    assert.equal(line.method, "POST");
    assert.equal(line.route, "/:language/fault/:key");
    assert.ok(!server.lines[0]!.includes(pin) && !server.lines[0]!.includes("Айгүл"), server.lines[0]);
    if (value instanceof Error) assert.match(String(line.place), /http-fault\.test\.ts/);
  });
}

test("what a route throws at once is told the same way", async () => {
  thrown = new Error(pin);
  assertProblem(await server.app.inject({ method: "GET", url: "/fault" }), { status: 500, code: "kernel.internal" });
});

test("a problem that is no fault of ours is not logged", async () => {
  thrown = new Problem("kernel.too-large", { status: 413 });
  assertProblem(await fault(), { status: 413, code: "kernel.too-large", language: "ru" });
  assert.deepEqual(server.lines, []);
});

test("a person gets the problem as a page, a program as JSON", async () => {
  server.app.problemPage.draw = (_request, problem, language) => `<p>${language} ${problem.code}</p>`;
  thrown = new Error(pin);
  const page = await fault({ accept: "text/html,application/xhtml+xml,*/*;q=0.8" });
  assert.equal(page.statusCode, 500);
  assert.equal(page.headers["content-type"], "text/html; charset=utf-8");
  assert.equal(page.payload, "<p>ru kernel.internal</p>");
  assertProtected(page);
  assertProblem(await fault({ accept: "application/json" }), { status: 500, code: "kernel.internal", language: "ru" });
});

test("a person gets the page also where the address cannot be read", async () => {
  server.app.problemPage.draw = async (_request, problem, language) => `<p>${language} ${problem.status}</p>`;
  const answer = await server.app.inject({ method: "GET", url: "/kk/%zz", headers: { accept: "text/html" } });
  assert.equal(answer.statusCode, 400);
  assert.equal(answer.payload, "<p>kk 400</p>");
  assertProtected(answer);
});

test("where the page of a problem fails itself, the problem is told without it", async () => {
  server.app.problemPage.draw = () => {
    throw new Error(`page ${pin}`);
  };
  thrown = kernelProblem("not-found");
  assertProblem(await fault({ accept: "text/html" }), { status: 404, code: "kernel.not-found", language: "ru" });
  assert.equal(server.lines.length, 1);
  assert.ok(!server.lines[0]!.includes(pin));
});

test("the server goes on after faults", async () => {
  thrown = new Error(pin);
  await Promise.all(Array.from({ length: 20 }, () => fault()));
  assert.equal((await server.app.inject({ method: "GET", url: "/" })).statusCode, 200);
});
