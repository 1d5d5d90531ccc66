import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";
import { planKeys } from "../keys.ts";
import { isEnough, wantedLevel } from "../levels.ts";
import { matchChoices, matchNumber } from "../match.ts";
import { safeReturn } from "../paths.ts";
import { faultsOf, type ProgramDeclaration } from "../program.ts";
import { openVault } from "../vault.ts";

const HOUR = 3_600_000;
const at = (hours: number) => new Date(Date.UTC(2026, 0, 1) + hours * HOUR);

test("a level is enough for itself and for what is below, demo only in a demo country, and nothing is never enough", () => {
  const enough = (shown: Parameters<typeof isEnough>[0], wanted: Parameters<typeof isEnough>[0], demo = false) =>
    isEnough(shown, { wanted, demo });
  assert.ok(enough("high", "substantial") && enough("simple", "simple") && enough("simple", undefined));
  assert.ok(!enough("simple", "substantial") && !enough(undefined, undefined) && !enough(undefined, "simple", true));
  assert.ok(enough("demo", "high", true) && !enough("demo", undefined) && !enough("high", "demo"));
});

test("of several levels the least is what is asked for, and one that nobody knows asks for nothing", () => {
  assert.equal(wantedLevel("high substantial"), "substantial");
  assert.equal(wantedLevel("urn:mace:gold high"), "high");
  assert.equal(wantedLevel("gold"), undefined);
  assert.equal(wantedLevel(undefined), undefined);
});

test("keys: the first at once, the next a day before it is used, the old one gone two days after", () => {
  const plan = (kept: [string, number][], now: number, rotate = false) =>
    planKeys(
      kept.map(([kid, from]) => ({ kid, usedFrom: at(from) })),
      { now: at(now), rotate },
    );
  assert.deepEqual(plan([], 0), { add: [{ usedFrom: at(0) }], end: [] });
  assert.deepEqual(plan([], 0, true).add, [{ usedFrom: at(0) }, { usedFrom: at(24) }]);
  assert.deepEqual(plan([["a", 0]], 10), { add: [], end: [] });
  assert.deepEqual(plan([["a", 0]], 10, true), { add: [{ usedFrom: at(34) }], end: [] });
  // One that waits already is not followed by another.
  assert.deepEqual(
    plan(
      [
        ["a", 0],
        ["b", 34],
      ],
      11,
      true,
    ).add,
    [],
  );
  assert.deepEqual(
    plan(
      [
        ["a", 0],
        ["b", 34],
      ],
      81,
    ).end,
    [],
  );
  assert.deepEqual(
    plan(
      [
        ["a", 0],
        ["b", 34],
      ],
      82,
    ).end,
    ["a"],
  );
  // After ninety days the next comes by itself.
  assert.deepEqual(plan([["a", 0]], 89 * 24).add, [{ usedFrom: at(90 * 24) }]);
});

test("what is sealed for one place opens nowhere else, not when changed, and not with another key", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-vault-"));
  try {
    const vault = openVault(folder);
    const sealed = vault.seal(Buffer.from("secret"), "here");
    assert.equal(vault.open(sealed, "here").toString(), "secret");
    assert.equal(openVault(folder).open(sealed, "here").toString(), "secret");
    const gone = { code: "identity.sealed" };
    assert.throws(() => vault.open(sealed, "there"), gone);
    for (let byte = 0; byte < sealed.length; byte++) {
      const changed = Buffer.from(sealed);
      changed[byte]! ^= 1;
      assert.throws(() => vault.open(changed, "here"), gone);
    }
    assert.throws(() => vault.open(Buffer.alloc(3), "here"), gone);
    assert.throws(() => openVault(path.join(folder, "other")).open(sealed, "here"), gone);
    assert.equal(readFileSync(path.join(folder, "provider.key")).length, 32);
    assert.equal(
      new Set(Array.from({ length: 2000 }, () => vault.seal(Buffer.from(""), "").subarray(0, 12).toString("hex"))).size,
      2000,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("the number of a device is one of three that differ, and follows from its code alone", () => {
  const folder = mkdtempSync(path.join(tmpdir(), "kerege-vault-"));
  try {
    const vault = openVault(folder);
    for (let n = 0; n < 500; n++) {
      const choices = matchChoices(vault, `CODE${n}`);
      assert.equal(new Set(choices).size, 3);
      assert.ok(choices.includes(matchNumber(vault, `CODE${n}`)));
      assert.ok(choices.every((choice) => /^[1-9]\d$/.test(choice)));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test("one is led back to a page of this house and nowhere else", () => {
  for (const path of ["//evil.example", "/\\evil.example", "https://evil.example", "/ky\\x", "/ky /x", "/deutsch", "ky", "/ky\n"])
    assert.equal(safeReturn(path, "/ky"), "/ky", path);
  assert.equal(safeReturn("/ru/cabinet?x=1", "/ky"), "/ru/cabinet?x=1");
});

test("a declaration that is no declaration is refused with the place of each fault", () => {
  for (const nonsense of [null, 1, "x", [], {}, { id: {} }, { scopes: "openid" }, { redirectUris: { length: 1 } }])
    assert.ok(faultsOf(nonsense, { demo: true }).length > 0);
  const right: ProgramDeclaration = {
    id: "shop",
    body: "bank",
    name: "Shop",
    profile: "partner",
    agreement: "1",
    authMethod: "client_secret_basic",
    redirectUris: ["https://app.example/back"],
    scopes: ["openid"],
  };
  assert.deepEqual(faultsOf(right, { demo: false }), []);
  const fault = (more: object, demo = false) => faultsOf({ ...right, ...more }, { demo }).map(({ pointer }) => pointer);
  assert.deepEqual(fault({ secret: "x" }), ["/secret"]);
  assert.deepEqual(fault({ redirectUris: ["http://127.0.0.1/back"] }), ["/redirectUris"]);
  assert.deepEqual(fault({ redirectUris: ["http://127.0.0.1/back"] }, true), []);
  assert.deepEqual(fault({ agreement: undefined }), ["/agreement"]);
  assert.deepEqual(fault({ keys: { keys: [] } }), ["/keys"]);
  assert.deepEqual(fault({ quota: 0 }), ["/quota"]);
  assert.deepEqual(fault({ scopes: ["registers"] }), ["/scopes"]);
});
