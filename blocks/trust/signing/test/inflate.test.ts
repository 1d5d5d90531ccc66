import assert from "node:assert/strict";
import { test } from "node:test";
import { constants, deflateRawSync } from "node:zlib";
import { seeded } from "../../test/fixture.ts";
import { InflateFault, inflate } from "../inflate.ts";

const { Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE, Z_DEFAULT_STRATEGY } = constants;

test("what zlib packs comes out as it was, by every level and strategy", () => {
  const random = seeded(5);
  for (let round = 0; round < 400; round++) {
    const size = Math.floor(random() ** 4 * 200_000);
    const letters = 1 + Math.floor(random() * 255);
    const repeat = random();
    const content = Buffer.alloc(size);
    for (let i = 0; i < size; i++) {
      content[i] = random() < repeat && i > 40 ? content[i - 1 - Math.floor(random() * 40)]! : Math.floor(random() * letters);
    }
    for (const strategy of [Z_DEFAULT_STRATEGY, Z_FIXED, Z_HUFFMAN_ONLY, Z_RLE]) {
      const packed = deflateRawSync(content, { strategy, level: round % 10 });
      assert.ok(inflate(packed, size).equals(content), `round ${round}`);
      assert.throws(() => inflate(packed, size + 1), InflateFault);
      if (size > 0) assert.throws(() => inflate(packed, size - 1), InflateFault);
      assert.throws(() => inflate(Buffer.concat([packed, Buffer.from([0])]), size), InflateFault);
      assert.throws(() => inflate(packed.subarray(0, packed.length - 1), size), InflateFault);
    }
  }
});

test("a megabyte of one letter and of none", () => {
  const content = Buffer.alloc(1 << 20, "a");
  assert.ok(inflate(deflateRawSync(content), content.length).equals(content));
  assert.equal(inflate(deflateRawSync(Buffer.alloc(0)), 0).length, 0);
  assert.throws(() => inflate(Buffer.alloc(0), 0), InflateFault);
});
