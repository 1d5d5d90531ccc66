import assert from "node:assert/strict";
import { test } from "node:test";
import { readKept } from "../kept.ts";

/** A reader that counts; a name of its own keeps it apart from what other runs have kept. */
function counted(read: (text: string) => unknown) {
  let times = 0;
  const reader = {
    name: `test ${process.pid} ${Math.random()}`,
    read(text: string) {
      times++;
      return read(text);
    },
  };
  return { reader, times: () => times };
}

test("what was read once is not read again, and says the same", () => {
  const { reader, times } = counted((text) => ({ text, list: [1, null, { deep: "ң" }] }));
  const fresh = readKept(reader, "a");
  assert.deepEqual(readKept(reader, "a"), fresh);
  assert.equal(times(), 1);
  assert.deepEqual(readKept(reader, "b"), { text: "b", list: [1, null, { deep: "ң" }] });
  assert.equal(times(), 2);
});

test("readers with different rules do not share what they read", () => {
  const one = counted(() => 1);
  const two = counted(() => 2);
  assert.equal(readKept(one.reader, "same"), 1);
  assert.equal(readKept(two.reader, "same"), 2);
});

test("what JSON cannot say is read anew each time", () => {
  const { reader, times } = counted(() => ({ day: new Date(0), nothing: undefined }));
  assert.deepEqual(readKept(reader, "a"), { day: new Date(0), nothing: undefined });
  assert.deepEqual(readKept(reader, "a"), { day: new Date(0), nothing: undefined });
  assert.equal(times(), 2);
});

test("a text that cannot be read is refused each time", () => {
  const { reader } = counted(() => {
    throw new RangeError("broken");
  });
  for (let time = 0; time < 2; time++) assert.throws(() => readKept(reader, "a"), RangeError);
});

test("a value that is changed by its user is not changed for the next one", () => {
  const { reader } = counted(() => ({ list: [1] }));
  (readKept(reader, "a") as { list: number[] }).list.push(2);
  (readKept(reader, "a") as { list: number[] }).list.push(3);
  assert.deepEqual(readKept(reader, "a"), { list: [1] });
});
