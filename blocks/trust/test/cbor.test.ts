import assert from "node:assert/strict";
import { test } from "node:test";
import { CborFault, type ClaimValue, decodeCbor, encodeCbor } from "../cbor.ts";

// RFC 8949, appendix A, as far as it is in the deterministic subset.
const vectors: [ClaimValue, string][] = [
  [0, "00"],
  [23, "17"],
  [24, "1818"],
  [100, "1864"],
  [1000, "1903e8"],
  [1_000_000, "1a000f4240"],
  [1_000_000_000_000, "1b000000e8d4a51000"],
  [-1, "20"],
  [-100, "3863"],
  [-1000, "3903e7"],
  [false, "f4"],
  [true, "f5"],
  [null, "f6"],
  ["", "60"],
  ["IETF", "6449455446"],
  ["ü", "62c3bc"],
  ["水", "63e6b0b4"],
  [[1, 2, 3], "83010203"],
  [[], "80"],
];
for (const [value, bytes] of vectors) {
  test(`${JSON.stringify(value)} is ${bytes}`, () => {
    assert.equal(encodeCbor(value).toString("hex"), bytes);
    assert.deepEqual(decodeCbor(Buffer.from(bytes, "hex")), value);
  });
}

test("keys that are numbers are numbers on the wire, and keys are sorted", () => {
  assert.equal(encodeCbor({ b: 1, a: 2, "10": 3, "-1": 4 }).toString("hex"), "a4" + "0a03" + "2004" + "616102" + "616201");
  const back = decodeCbor(encodeCbor({ b: 1, a: { "7": [true, Buffer.from("x")] } }));
  assert.deepEqual(JSON.parse(JSON.stringify(back)), { b: 1, a: { "7": [true, { type: "Buffer", data: [120] }] } });
});

const refused: [string, string][] = [
  ["a key given twice", "a2010001 00".replace(" ", "")],
  ["keys not sorted", "a2616200616100"],
  ["a number as a text key beside the number", "a2010061 3100".replace(" ", "")],
  ["the key __proto__", "a1695f5f70726f746f5f5f00"],
  ["a map as a key", "a1a000"],
  ["a number longer than needed", "1817"],
  ["a number in two bytes where one is enough", "1900ff"],
  ["an indefinite list", "9f01ff"],
  ["an indefinite text", "7f6161ff"],
  ["a float", "f97c00"],
  ["undefined", "f7"],
  ["a tag", "c11a514b67b0"],
  ["text that is not UTF-8", "61ff"],
  ["text cut short", "6361"],
  ["a list that says it is longer than the bytes", "9affffffff00"],
  ["a map that says it is longer than the bytes", "bb0000000fffffffff"],
  ["a number above what is safe", "1b0020000000000000"],
  ["bytes after the value", "0000"],
  ["a nest deeper than 8", "8181818181818181818100"],
  ["nothing", ""],
];
for (const [what, bytes] of refused) {
  test(`refused: ${what}`, () => {
    assert.throws(() => decodeCbor(Buffer.from(bytes, "hex")), CborFault);
  });
}

for (const value of [1.5, Number.NaN, -0, 2 ** 60, "\ud800", { ["x".repeat(65)]: 1 }] as ClaimValue[]) {
  test(`not written: ${typeof value} ${String(value).slice(0, 20)}`, () => {
    assert.throws(() => encodeCbor(value), CborFault);
  });
}
