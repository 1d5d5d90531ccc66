import assert from "node:assert/strict";
import { test } from "node:test";
import { gather } from "../gather.ts";

/** A source that answers when told to. */
function source(held: Record<string, number>) {
  const asked: string[][] = [];
  const answers: (() => void)[] = [];
  const find = gather<number>((keys) => {
    asked.push(keys);
    const found = new Map(keys.flatMap((key) => (key in held ? [[key, held[key]!] as const] : [])));
    return new Promise((resolve) => answers.push(() => resolve(found)));
  });
  return { asked, answers, find };
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test("keys of one turn are asked for at once, each one once, and each gets its own answer", async () => {
  const { asked, answers, find } = source({ a: 1, b: 2 });
  const found = Promise.all(["a", "b", "a", "c"].map(find));
  await turn();
  assert.deepEqual(asked, [["a", "b", "c"]]);
  answers[0]!();
  assert.deepEqual(await found, [1, 2, 1, undefined]);
});

test("a key that was asked for already and is still on its way is asked for anew: what ended meanwhile is not found", async () => {
  const held: Record<string, number> = { a: 1 };
  const { asked, answers, find } = source(held);
  const before = find("a");
  await turn();
  delete held.a;
  const after = find("a");
  await turn();
  assert.deepEqual(asked, [["a"], ["a"]]);
  for (const answer of answers) answer();
  assert.deepEqual([await before, await after], [1, undefined]);
});

test("what comes while two are under way waits and leaves together, in groups of at most 128", async () => {
  const { asked, answers, find } = source({});
  const first = find("x");
  await turn();
  const second = find("y");
  await turn();
  const rest = Promise.all(Array.from({ length: 130 }, (_, number) => find(String(number))));
  await turn();
  assert.equal(asked.length, 2);
  for (const answer of answers.splice(0)) answer();
  await Promise.all([first, second]);
  await turn();
  assert.deepEqual(
    asked.slice(2).map((keys) => keys.length),
    [128, 2],
  );
  for (const answer of answers) answer();
  assert.equal((await rest).length, 130);
});

test("a fault reaches everyone who waited for it, and the next one is asked again", async () => {
  let broken = true;
  const find = gather<number>(async (keys) => {
    if (broken) throw new RangeError("gone");
    return new Map(keys.map((key) => [key, 1]));
  });
  const answers = await Promise.allSettled([find("a"), find("b")]);
  assert.deepEqual(
    answers.map((answer) => answer.status),
    ["rejected", "rejected"],
  );
  broken = false;
  assert.equal(await find("a"), 1);
});
