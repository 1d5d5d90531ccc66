/** How long a refused sign-in takes must not tell whether there is an account: the two samples are one by Mann and Whitney's test. */
import assert from "node:assert/strict";
import { randomInt } from "node:crypto";
import { after, before, test } from "node:test";
import { temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";

/** Each account is guessed at eight times: fewer than are refused unseen. */
const ACCOUNTS = 64;
const GUESSES = 8;
/** Of a difference by chance alone: one run of a thousand. */
const LEAST_CHANCE = 0.001;

let house: InsideHouse;
before(async () => {
  house = await openInside({ dataFolder: temporaryFolder() });
});
after(() => house?.close());

async function send(path: string, fields: Record<string, string> | undefined, cookies: Map<string, string>) {
  const answer = await house.app.inject({
    method: fields ? "POST" : "GET",
    url: path,
    remoteAddress: `198.18.${randomInt(256)}.${randomInt(256)}`,
    headers: {
      host: "127.0.0.1:8080",
      accept: "text/html",
      cookie: [...cookies].map(([name, value]) => `${name}=${value}`).join("; "),
      ...(fields && { "content-type": "application/x-www-form-urlencoded" }),
    },
    ...(fields && { payload: new URLSearchParams(fields).toString() }),
  });
  for (const { name, value } of answer.cookies) cookies.set(name, value);
  return answer;
}

async function openAccount(address: string): Promise<void> {
  const cookies = new Map<string, string>();
  const born = { "born.day": "1", "born.month": "2", "born.year": "1990" };
  await send("/en/register", { name: "Somebody", pin: "10102199000001", ...born, address }, cookies);
  const code = /: (\d{6})\./.exec((await send("/en/demo/messages", undefined, cookies)).body)?.[1] ?? "";
  await send("/en/register/code", { code }, cookies);
  const password = "three calm yaks graze";
  const opened = await send("/en/register/password", { password, repeated: password }, cookies);
  assert.equal(opened.statusCode, 303, opened.body);
}

async function guess(identifier: string): Promise<number> {
  const began = performance.now();
  const answer = await send("/en/sign-in/password", { identifier, password: "not the password at all" }, new Map());
  const took = performance.now() - began;
  assert.equal(answer.statusCode, 422);
  return took;
}

/** The chance that two samples of one kind differ as much in their ranks (normal approximation, two-sided). */
function chanceOf(one: number[], other: number[]): number {
  const ranked = [...one.map((value) => ({ value, first: true })), ...other.map((value) => ({ value, first: false }))].sort(
    (a, b) => a.value - b.value,
  );
  const ranks = ranked.reduce((sum, { first }, index) => (first ? sum + index + 1 : sum), 0);
  const [n, m] = [one.length, other.length];
  const z = Math.abs(ranks - (n * (n + m + 1)) / 2) / Math.sqrt((n * m * (n + m + 1)) / 12);
  // Abramowitz and Stegun, 7.1.26.
  const t = 1 / (1 + (0.3275911 * z) / Math.SQRT2);
  const series = [0.254829592, -0.284496736, 1.421413741, -1.453152027, 1.061405429];
  return series.reduce((sum, factor, power) => sum + factor * t ** (power + 1), 0) * Math.exp((-z * z) / 2);
}

test("abuse 10: a refused sign-in takes as long for an unknown account as for a known one", async () => {
  const known = Array.from({ length: ACCOUNTS }, (_, index) => `known${index}@example.org`);
  for (const address of known) await openAccount(address);
  const took: { known: number[]; unknown: number[] } = { known: [], unknown: [] };
  for (let round = 0; round < GUESSES; round++) {
    for (const [index, address] of known.entries()) {
      const pair = [
        async () => took.known.push(await guess(address)),
        async () => took.unknown.push(await guess(`u${address.slice(1)}`)),
      ];
      // Neither is always the first.
      for (const ask of (index + round) % 2 === 0 ? pair : pair.reverse()) await ask();
    }
  }
  assert.ok(took.known.length >= 500 && took.unknown.length >= 500);
  const chance = chanceOf(took.known, took.unknown);
  const middle = (values: number[]) => [...values].sort((a, b) => a - b)[values.length >> 1]!.toFixed(2);
  process.stdout.write(`${middle(took.known)} ms known, ${middle(took.unknown)} ms unknown, chance ${chance.toFixed(3)}\n`);
  assert.ok(chance > LEAST_CHANCE, `they differ: ${middle(took.known)} and ${middle(took.unknown)} ms`);
});
