import assert from "node:assert/strict";
import { test } from "node:test";
import { createRecent } from "../recent.ts";
import type { Session } from "../session.ts";

const session = (expiresAt: number): Session => ({
  id: "s",
  pin: "1",
  name: "A",
  assurance: "demo",
  device: "",
  openedAt: new Date(0),
  expiresAt: new Date(expiresAt),
});

test("what was found is good for one second and never beyond its own end", async () => {
  let [time, asked] = [0, 0];
  const recent = createRecent(() => new Date(time));
  const find = async () => {
    asked++;
    return session(2500);
  };
  await recent.of("a", find);
  await recent.of("a", find);
  assert.equal(asked, 1);
  await recent.of("b", find);
  assert.equal(asked, 2);
  time = 1000;
  await recent.of("a", find);
  assert.equal(asked, 3);
  time = 1900;
  await recent.of("a", find);
  time = 2600;
  await recent.of("a", find);
  assert.equal(asked, 4, "its own end has come");
});

test("an end is known at once, also while somebody is asking", async () => {
  const recent = createRecent(() => new Date(0));
  await recent.of("a", async () => session(9000));
  recent.forget();
  assert.equal(await recent.of("a", async () => undefined), undefined);
  const { promise, resolve } = Promise.withResolvers<Session | undefined>();
  const late = recent.of("a", () => promise);
  recent.forget();
  resolve(session(9000));
  await late;
  assert.equal(await recent.of("a", async () => undefined), undefined);
});
