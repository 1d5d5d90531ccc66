import assert from "node:assert/strict";
import { test } from "node:test";
import { DerFault, integer, octets, oid, oidText, read, readTime, sequence, setOf, time } from "../der.ts";

const hex = (text: string): Buffer => Buffer.from(text, "hex");

test("what is written is read back, whatever its length", () => {
  for (const size of [0, 1, 127, 128, 255, 256, 65_535, 65_536]) {
    const value = read(sequence(octets(Buffer.alloc(size, 7))));
    assert.equal(value.children[0]?.content.length, size);
  }
});

test("object identifiers keep their arcs", () => {
  for (const text of ["1.2.840.10045.4.3.2", "2.5.4.97", "0.4.0.1862.1.6", "2.999.3", "1.3.6.1.5.5.7.3.36"]) {
    assert.equal(oidText(read(oid(text))), text);
  }
});

test("times before 2050 are short, later ones long", () => {
  for (const text of ["2026-03-02T09:30:00.000Z", "2049-12-31T23:59:59.000Z", "2050-01-01T00:00:00.000Z"]) {
    assert.equal(readTime(read(time(new Date(text)))).toISOString(), text);
  }
});

test("a set is sorted by its encodings", () => {
  assert.deepEqual(setOf(octets(hex("02")), octets(hex("01"))), setOf(octets(hex("01")), octets(hex("02"))));
});

test("an integer with its top bit set gets a zero before it", () => {
  assert.equal(integer(hex("ff")).toString("hex"), "020200ff");
});

const refused: [string, string][] = [
  ["nothing", ""],
  ["a length cut short", "3082"],
  ["a value cut short", "0403aabb"],
  ["an indefinite length", "30800000"],
  ["a length of two bytes where one is enough", "04810100"],
  ["a long length with a zero before it", "0482008101"],
  ["a length of four bytes", "04840000000100"],
  ["bytes after the value", "0401aa00"],
  ["bytes after the value inside a sequence", "30040401aa05"],
  ["a tag of two bytes", "1f810100"],
  ["a boolean that is neither 00 nor ff", "010101"],
  ["an integer with a needless zero", "02020001"],
  ["an integer with a needless ff", "0202ff80"],
  ["an integer without a byte", "0200"],
  ["a null with content", "050100"],
  ["bits that say more are free than there are", "030108"],
  ["bits whose free bits are not zero", "030201ff"],
  ["an object identifier with a padded arc", "06032a8001"],
  ["an object identifier that does not end", "06022a86"],
  ["a set that is not sorted", "31060401020401 01".replace(" ", "")],
  ["a constructed octet string", "24030401aa"],
  ["a primitive sequence", "1000"],
  ["the reserved tag 0", "0000"],
];
for (const [what, bytes] of refused) {
  test(`refused: ${what}`, () => {
    assert.throws(() => read(hex(bytes)), DerFault);
  });
}

test("refused: a nest deeper than 32", () => {
  let nest = octets(Buffer.alloc(0));
  for (let i = 0; i < 32; i++) nest = sequence(nest);
  read(nest);
  assert.throws(() => read(sequence(nest)), DerFault);
});

test("refused: a sequence of very many values", () => {
  assert.throws(() => read(sequence(...Array.from({ length: 30_000 }, () => integer(1)))), DerFault);
});

for (const text of ["260230120000Z", "2602011200Z", "260201120000+0000", "261301120000Z", "260201240000Z"]) {
  test(`refused: the time ${text}`, () => {
    assert.throws(() => readTime(read(Buffer.concat([Buffer.from([0x17, text.length]), Buffer.from(text)]))), DerFault);
  });
}
