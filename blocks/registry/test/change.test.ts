import assert from "node:assert/strict";
import { test } from "node:test";
import { changeOf, claimsOf, correctedBy, heldOf, needsVersions } from "../change.ts";
import type { RegisterDeclaration, RegisterEvent } from "../declaration.ts";
import { fold } from "../timeline.ts";

const title = { ky: "А", ru: "А", kk: "А", en: "A" };
const move: RegisterEvent = { title, sets: ["street"] };
const standing = {
  version: 3,
  validFrom: "2020-01-01",
  recordedAt: new Date("2026-01-01T00:00:00Z"),
  endedOn: null,
  nextChangeOn: null,
  state: "active",
  values: { street: "A", surname: "B" },
};
const version = (from: string, values: Record<string, string>, more: object = {}) => ({
  version: 1,
  from,
  to: null,
  ended: false,
  state: null,
  recordedAt: new Date("2026-01-01T00:00:00Z"),
  values,
  ...more,
});

test("versions are read only where the change reaches behind the current row, or something is known of the future, or a wrong value is put right", () => {
  assert.equal(needsVersions(standing, move, "2020-01-01"), false);
  assert.equal(needsVersions(standing, move, "2026-05-05"), false);
  assert.equal(needsVersions(standing, move, "2019-12-31"), true);
  assert.equal(needsVersions({ ...standing, nextChangeOn: "2027-01-01" }, move, "2026-05-05"), true);
  assert.equal(needsVersions(standing, { ...move, corrects: true }, "2026-05-05"), true);
});

test("from the current row alone comes the same as from all versions", () => {
  const versions = [version("2018-01-01", { street: "X", surname: "B" }), version("2020-01-01", standing.values, { version: 2 })];
  for (const validFrom of ["2020-01-01", "2021-06-06", "2030-01-01"]) {
    const given = { request: { values: { street: "C" }, validFrom }, event: { ...move, to: "moved" }, today: "2026-11-22" };
    const short = changeOf(heldOf({ ...standing, state: null }, undefined), given);
    const long = changeOf(heldOf({ ...standing, state: null }, versions), given);
    assert.deepEqual(short.made, long.made);
    assert.deepEqual(short.now, long.now);
    assert.equal(short.nextChangeOn, long.nextChangeOn);
    assert.equal(short.before?.values.street, "A");
  }
});

test("a change for a day to come leaves the current row and says when it changes", () => {
  const change = changeOf(heldOf(standing, undefined), {
    request: { values: { street: "C" }, validFrom: "2027-01-01" },
    event: move,
    today: "2026-11-22",
  });
  assert.equal(change.now.values.street, "A");
  assert.equal(change.nextChangeOn, "2027-01-01");
});

test("a unique value is claimed while it is held, in the states that count, also from a day to come; not once it is over or at an end", () => {
  const register = {
    unique: { plate: { fields: ["plate", "region"], states: ["active"], title } },
  } as unknown as RegisterDeclaration;
  const segment = (from: string, to: string | null, more: object) => ({
    from,
    to,
    values: { plate: "01", region: "KG" },
    ended: false,
    state: "active",
    ...more,
  });
  const claims = claimsOf(
    register,
    [
      segment("2020-01-01", "2021-01-01", { values: { plate: "over", region: "KG" } }),
      segment("2021-01-01", "2027-01-01", {}),
      segment("2027-01-01", "2028-01-01", { values: { plate: "02", region: "KG" } }),
      segment("2028-01-01", "2029-01-01", { values: { plate: "03", region: null } }),
      segment("2029-01-01", "2030-01-01", { values: { plate: "04", region: "KG" }, state: "lost" }),
      segment("2030-01-01", null, { values: { plate: "05", region: "KG" }, ended: true }),
    ],
    "2026-11-22",
  );
  assert.deepEqual(
    claims.map(({ value }) => value),
    ['["01", "KG"]', '["02", "KG"]'],
  );
});

test("a correction knows which fields were wrong and since when without a break", () => {
  const at = (day: number) => new Date(Date.UTC(2026, 0, day));
  const versions = [
    version("2020-01-01", { name: "Bakyt", street: "A" }, { recordedAt: at(1) }),
    version("2020-01-01", { name: "Bakytbek", street: "A" }, { version: 2, recordedAt: at(2) }),
    version("2020-01-01", { name: "Bakyt", street: "A" }, { version: 3, recordedAt: at(3) }),
    version("2021-01-01", { name: "Bakyt", street: "B" }, { version: 4, recordedAt: at(4) }),
  ];
  const held = fold(versions);
  const change = changeOf(held, {
    request: { values: { name: "Bakytbek" }, validFrom: "2020-01-01" },
    event: { ...move, corrects: true },
    today: "2026-11-22",
  });
  assert.equal(change.made.length, 2);
  assert.deepEqual(correctedBy(change, versions), [{ field: "name", wrongSince: at(3) }]);
});
