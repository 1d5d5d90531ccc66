/** The first official of a country: said by an operator at the machine, since nobody can sign in to say it. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { sql } from "@kerege/kernel/database";
import { aizada, bakyt, late, openPlace, type Place } from "./place.ts";

let place: Place;
before(async () => {
  place = await openPlace({ demo: false });
});
after(() => place?.close());

const operator = { kind: "system", body: "digital", name: "kerege root" } as const;
const link = (official: string, pin: string) =>
  place.door.factors.linkOfficial(operator, { official, pin, reason: "First installation" });

test("M-A4: an operator says which person the first official is; it is recorded who did it and why, without the number", async () => {
  await link("o-1", bakyt.pin);
  assert.equal(await place.door.factors.officialOf(bakyt.pin), "o-1");
  const events = await place.house.database.rows<{ body: object }>(
    sql`select body from kernel.event where type = 'identity.official-linked'`,
  );
  assert.deepEqual(
    events.map(({ body }) => body),
    [{ official: "o-1", by: "system:digital/kerege root", reason: "First installation" }],
  );
});

test("who does not live, or is nobody, is no official; and one official is one person", async () => {
  for (const pin of [late.pin, "29999199000000", "nobody", ""])
    await assert.rejects(link("o-2", pin), { code: "identity.no-such-person" }, pin);
  await link("o-3", aizada.pin);
  await assert.rejects(link("o-3", bakyt.pin), { code: "identity.linked-already" });
  await assert.rejects(link("o-4", aizada.pin), { code: "identity.linked-already" });
  const told = await place.house.database.rows(
    sql`select id from kernel.event where type = 'identity.official-linked' and body ->> 'official' <> 'o-1'`,
  );
  assert.equal(told.length, 1, "what was refused is not told");
});
