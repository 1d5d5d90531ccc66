import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeBase45, encodeBase45 } from "../base45.ts";

// RFC 9285, 4.3 and 4.4.
for (const [plain, text] of [
  ["AB", "BB8"],
  ["Hello!!", "%69 VD92EX0"],
  ["base-45", "UJCLQE7W581"],
  ["ietf!", "QED8WEX0"],
] as const) {
  test(`${plain} is ${text}`, () => {
    assert.equal(encodeBase45(Buffer.from(plain)), text);
    assert.equal(decodeBase45(text)?.toString(), plain);
  });
}

for (const text of ["A", "AAAA", "ab8", "BB8\n", ":::", "::", "BBö", "BB,", "GGW"]) {
  test(`refused: ${JSON.stringify(text)}`, () => {
    assert.equal(decodeBase45(text), undefined);
  });
}

test("each pair of bytes has one text", () => {
  for (let value = 0; value < 65_536; value += 97) {
    const bytes = Buffer.from([value >> 8, value & 0xff]);
    assert.deepEqual(decodeBase45(encodeBase45(bytes)), bytes);
  }
});
