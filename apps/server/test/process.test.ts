/** How a process of ours lives and ends: real processes, real signals. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { Refusal } from "@kerege/kernel/embedded";
import { claimAddress, listen, readAddress, urlOf } from "../process.ts";
import { type Child, holdPort, start } from "./child.ts";

const living = (way: string, ...more: string[]) => start("apps/server/test/living.ts", [way, ...more]);
const go = (child: Child) => child.process.stdin!.write("go\n");
const count = (text: string, part: string) => text.split(part).length - 1;

for (const name of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
  test(`${name} closes what was opened, the last first, and ends with 0`, async () => {
    const child = living("waits");
    await child.hears(/ready/);
    child.send(name);
    assert.deepEqual(await child.ended, { code: 0, signal: null });
    assert.match(child.said(), /closed last opened\nclosed first opened\n$/);
    // A hang-up means that nobody reads any more.
    assert.equal(count(child.said(), "stopping\n"), name === "SIGHUP" ? 0 : 1);
  });
}

test("the same signal twice in a moment is one: the launcher passes on what the group already got", async () => {
  const child = living("waits");
  await child.hears(/ready/);
  child.send("SIGINT");
  child.send("SIGTERM");
  child.send("SIGINT");
  assert.deepEqual(await child.ended, { code: 0, signal: null });
  assert.equal(count(child.said(), "stopping\n"), 1);
});

for (const [name, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  test(`a second ${name}, when closing takes too long for someone, ends at once with ${code}`, async () => {
    const child = living("never-closes");
    await child.hears(/ready/);
    child.send(name);
    await child.hears(/stopping/);
    const again = setInterval(() => child.send(name), 50);
    const end = await child.ended;
    clearInterval(again);
    assert.deepEqual(end, { code, signal: null });
    assert.equal(count(child.said(), "stopping\n"), 1);
  });
}

test("a stop while something is still being opened closes that too and goes no further", async () => {
  const child = living("is-slow-to-open");
  await child.hears(/opening/);
  child.send("SIGTERM");
  await child.hears(/stopping/);
  go(child);
  assert.deepEqual(await child.ended, { code: 0, signal: null });
  assert.match(child.said(), /closed what was opened/);
  assert.doesNotMatch(child.said(), /went on/);
});

test("the work itself may ask for the end and say with which code", async () => {
  const child = living("asks-for-the-end");
  assert.deepEqual(await child.ended, { code: 3, signal: null });
  assert.match(child.said(), /closed/);
});

for (const [way, event] of [
  ["throws", "process.uncaught"],
  ["rejects", "process.unhandled"],
] as const) {
  test(`an error nobody caught (${way}) is logged without its words, everything is closed, and the code is 1`, async () => {
    const child = living(way);
    await child.hears(/ready/);
    go(child);
    assert.deepEqual(await child.ended, { code: 1, signal: null });
    const line = child
      .said()
      .split("\n")
      .find((one) => one.startsWith("{"));
    const logged = JSON.parse(line ?? "{}") as Record<string, string>;
    assert.equal(logged.level, "fault");
    assert.equal(logged.event, event);
    assert.equal(logged.error, "RangeError");
    assert.match(logged.place ?? "", /apps\/server\/test\/living\.ts/);
    assert.doesNotMatch(child.said(), /Айгүл/, "what an error says may be a record");
    assert.match(child.said(), /closed/);
  });
}

test("a part that closes badly does not keep the others from being closed, is logged, and the code is 1", async () => {
  const child = living("closes-badly");
  await child.hears(/ready/);
  child.send("SIGTERM");
  assert.deepEqual(await child.ended, { code: 1, signal: null });
  assert.match(child.said(), /"event":"process.close"/);
  assert.match(child.said(), /closed the other/);
  assert.doesNotMatch(child.said(), /Айгүл/);
});

test("a refusal at the start is a sentence, not a trace, and the code is 1", async () => {
  const child = living("refuses");
  assert.deepEqual(await child.ended, { code: 1, signal: null });
  assert.match(child.said(), /There is no room left on the disk that holds \/somewhere/);
  assert.doesNotMatch(child.said(), /\bat .*\.ts:\d+/);
});

test("anything else that breaks the start is told in full, and the code is 1", async () => {
  const child = living("breaks");
  assert.deepEqual(await child.ended, { code: 1, signal: null });
  assert.match(child.said(), /no such host: db\.example/);
});

test("whoever reads our output may go, and the process lives on", async () => {
  const child = living("serves");
  const [, address = ""] = await child.hears(/at (\S+)\.\n/);
  child.process.stdout!.destroy();
  child.process.stderr!.destroy();
  for (let turn = 0; turn < 3; turn++) {
    assert.equal((await fetch(`${address}/quick`)).status, 200);
  }
  child.send("SIGTERM");
  assert.deepEqual(await child.ended, { code: 0, signal: null });
});

test("a request under way at the end is answered in full", async () => {
  const child = living("serves");
  const [, address = ""] = await child.hears(/at (\S+)\.\n/);
  const answer = fetch(`${address}/slow`);
  await child.hears(/asked/);
  child.send("SIGTERM");
  await child.hears(/stopping/);
  go(child);
  assert.deepEqual(await (await answer).json(), { answer: "whole" });
  assert.deepEqual(await child.ended, { code: 0, signal: null });
});

test("a request that does not end is cut when the patience is over, and the end is still a good one", async () => {
  const child = living("serves", "20");
  const [, address = ""] = await child.hears(/at (\S+)\.\n/);
  const answer = fetch(`${address}/slow`).then(
    () => "answered",
    () => "cut",
  );
  await child.hears(/asked/);
  child.send("SIGTERM");
  assert.equal(await answer, "cut");
  assert.deepEqual(await child.ended, { code: 0, signal: null });
});

const refuses = (code: string) => (error: unknown) => error instanceof Refusal && error.code === code;

test("the address is HOST and PORT, with what holds when nobody says", () => {
  assert.deepEqual(readAddress({}), { host: "127.0.0.1", port: 8080 });
  assert.deepEqual(readAddress({ HOST: " ::1 ", PORT: " 0 " }), { host: "::1", port: 0 });
  assert.deepEqual(readAddress({ HOST: "", PORT: "65535" }), { host: "127.0.0.1", port: 65535 });
});

for (const value of ["65536", "-1", "80a", "8080.5", "0x50", "http"]) {
  test(`"${value}" is no port`, () => assert.throws(() => readAddress({ PORT: value }), refuses("port-wrong")));
}

test("a browser on this machine finds it where the address says", () => {
  assert.equal(urlOf({ host: "127.0.0.1", port: 8080 }), "http://127.0.0.1:8080");
  assert.equal(urlOf({ host: "0.0.0.0", port: 80 }), "http://127.0.0.1:80");
  assert.equal(urlOf({ host: "::", port: 80 }), "http://127.0.0.1:80");
  assert.equal(urlOf({ host: "::1", port: 80 }), "http://[::1]:80");
  assert.equal(urlOf({ host: "localhost", port: 80 }), "http://localhost:80");
});

test("a port the system chose is a real one and nobody else's until it is released", async () => {
  const claim = await claimAddress({ host: "127.0.0.1", port: 0 });
  assert.ok(claim.address.port > 0);
  await assert.rejects(claimAddress(claim.address), refuses("port-taken"));
  await claim.release();
  await (await claimAddress(claim.address)).release();
});

test("a port that is taken is refused, also when it was taken after the first look", async () => {
  const held = await holdPort();
  const address = { host: "127.0.0.1", port: held.port };
  await assert.rejects(claimAddress(address), refuses("port-taken"));
  const door = {
    listen: () => Promise.reject(Object.assign(new RangeError("taken"), { code: "EADDRINUSE" })),
    close: async () => {},
    server: {},
  };
  await assert.rejects(listen(door, address), refuses("port-taken"));
  held.close();
});

test("an address that is not of this machine is refused", async () => {
  // TEST-NET-3 of RFC 5737: no machine has it.
  await assert.rejects(claimAddress({ host: "203.0.113.7", port: 0 }), refuses("host-wrong"));
});
