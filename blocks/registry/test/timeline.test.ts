import assert from "node:assert/strict";
import { test } from "node:test";
import { apply, fold, nextChange, on, type Segment } from "../timeline.ts";

const day = (n: number) => `2020-01-${String(n).padStart(2, "0")}`;
const asVersions = (segments: Segment[], from = 0) =>
  segments.map((segment, index) => ({ ...segment, version: from + index + 1 }));

test("a first event holds from its day for good", () => {
  const made = apply([], { from: day(5), values: { a: 1 }, ended: false });
  assert.deepEqual(made, [{ from: day(5), to: null, values: { a: 1 }, ended: false, state: null }]);
});

test("a move recorded late does not undo the move after it", () => {
  const first = apply([], { from: day(1), values: { street: "A", since: 1 }, ended: false });
  const held = fold([
    ...asVersions(first),
    ...asVersions(apply(first, { from: day(20), values: { street: "C" }, ended: false }), 1),
  ]);
  const late = apply(held, { from: day(10), values: { street: "B" }, ended: false });
  const now = fold([...asVersions(held), ...asVersions(late, held.length)]);
  assert.equal(on(now, day(5))!.values.street, "A");
  assert.equal(on(now, day(15))!.values.street, "B");
  assert.equal(on(now, day(25))!.values.street, "C");
});

test("a correction of another field reaches every later segment", () => {
  const first = apply([], { from: day(1), values: { name: "Bakyt", street: "A" }, ended: false });
  const moved = fold([
    ...asVersions(first),
    ...asVersions(apply(first, { from: day(20), values: { street: "C" }, ended: false }), 1),
  ]);
  const corrected = apply(moved, { from: day(1), values: { name: "Bakytbek" }, ended: false });
  const now = fold([...asVersions(moved), ...asVersions(corrected, moved.length)]);
  assert.deepEqual(on(now, day(3))!.values, { name: "Bakytbek", street: "A" });
  assert.deepEqual(on(now, day(21))!.values, { name: "Bakytbek", street: "C" });
});

test("what is already known of the future waits for its day", () => {
  const first = apply([], { from: day(1), values: { a: 1 }, ended: false });
  const now = fold([...asVersions(first), ...asVersions(apply(first, { from: day(9), values: { a: 2 }, ended: false }), 1)]);
  assert.equal(nextChange(now, day(3)), day(9));
  assert.equal(nextChange(now, day(9)), null);
});

test("an end holds for every day after it", () => {
  const first = apply([], { from: day(1), values: { a: 1 }, ended: false });
  const end = apply(first, { from: day(8), values: {}, ended: true });
  const now = fold([...asVersions(first), ...asVersions(end, 1)]);
  assert.equal(on(now, day(7))!.ended, false);
  assert.equal(on(now, day(30))!.ended, true);
  assert.equal(on(now, day(30))!.values.a, 1);
});

test("a state follows the same way: what a later event made of it stays", () => {
  const first = apply([], { from: day(1), values: { a: 1 }, ended: false, state: "active" });
  const closed = fold([
    ...asVersions(first),
    ...asVersions(apply(first, { from: day(20), values: {}, ended: false, state: "closed" }), 1),
  ]);
  const late = apply(closed, { from: day(10), values: {}, ended: false, state: "suspended" });
  const now = fold([...asVersions(closed), ...asVersions(late, closed.length)]);
  assert.deepEqual(
    [5, 15, 25].map((one) => on(now, day(one))!.state),
    ["active", "suspended", "closed"],
  );
});

// A model with one value a day and field: an event writes from its day until the next day on which an earlier-recorded event set the field.
test("over random histories the segments equal a plain day-by-day model", () => {
  let seed = 20261122;
  const random = (below: number) => {
    seed = (seed * 1103515245 + 12345) % 2147483648;
    return Math.floor((seed / 2147483648) * below);
  };
  for (let round = 0; round < 300; round++) {
    let versions: (Segment & { version: number })[] = [];
    const model = new Map<string, (number | undefined)[]>([
      ["a", Array(32).fill(undefined)],
      ["b", Array(32).fill(undefined)],
    ]);
    let start = 31;
    for (let event = 0; event < 6; event++) {
      const from = event === 0 ? 1 + random(10) : start + random(20);
      if (event === 0) start = from;
      const fields = event === 0 ? ["a", "b"] : [["a"], ["b"], ["a", "b"]][random(3)]!;
      const values = Object.fromEntries(fields.map((field) => [field, round * 100 + event * 10 + (field === "a" ? 1 : 2)]));
      const made = apply(fold(versions), { from: day(from), values, ended: false });
      versions = [...versions, ...made.map((segment, index) => ({ ...segment, version: versions.length + index + 1 }))];
      for (const field of fields) {
        const days = model.get(field)!;
        let until = 32;
        for (let d = from + 1; d < 32; d++) {
          if (days[d] !== days[d - 1]) {
            until = d;
            break;
          }
        }
        for (let d = from; d < until; d++) days[d] = values[field];
      }
    }
    const now = fold(versions);
    for (let d = start; d < 32; d++) {
      for (const field of ["a", "b"])
        assert.equal(on(now, day(d))!.values[field], model.get(field)![d], `round ${round}, day ${d}, ${field}`);
    }
    for (let index = 1; index < now.length; index++)
      assert.equal(now[index]!.from, now[index - 1]!.to, "segments follow one another without gap");
  }
});
