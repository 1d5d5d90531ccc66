import assert from "node:assert/strict";
import { test } from "node:test";
import { isPin, makePin, readPin } from "../pin.ts";

function* pins() {
  for (const [sex, bornOn] of [
    ["f", "1999-12-31"],
    ["m", "2004-02-29"],
    ["m", "1936-01-05"],
    ["f", "2026-11-22"],
  ] as const) {
    for (let serial = 0; serial < 60; serial++) {
      const pin = makePin({ sex, bornOn, serial: serial * 163 });
      if (pin) yield { pin, sex, bornOn };
    }
  }
}

test("a made number is correct and tells what it was made of", () => {
  let made = 0;
  for (const { pin, sex, bornOn } of pins()) {
    assert.match(pin, /^\d{14}$/);
    assert.ok(isPin(pin), pin);
    assert.deepEqual(readPin(pin), { sex, bornOn });
    made++;
  }
  assert.ok(made > 200, `only one serial in eleven is left out, ${made} of 240 made`);
});

test("every single wrong digit is refused", () => {
  for (const { pin } of pins()) {
    for (let at = 0; at < 14; at++) {
      for (let digit = 0; digit < 10; digit++) {
        if (String(digit) === pin[at]) continue;
        const wrong = pin.slice(0, at) + digit + pin.slice(at + 1);
        assert.equal(isPin(wrong), false, `${pin} and ${wrong}`);
      }
    }
  }
});

test("every swap of two neighbours is refused, and nearly every swap of any two digits", () => {
  let swaps = 0;
  let missed = 0;
  for (const { pin } of pins()) {
    for (let a = 0; a < 13; a++) {
      for (let b = a + 1; b < 14; b++) {
        if (pin[a] === pin[b]) continue;
        const digits = [...pin];
        [digits[a], digits[b]] = [digits[b]!, digits[a]!];
        const accepted = isPin(digits.join(""));
        if (b === a + 1) assert.equal(accepted, false, pin);
        swaps++;
        if (accepted) missed++;
      }
    }
  }
  assert.ok(missed / swaps < 0.03, `${missed} of ${swaps} swaps were not seen`);
});

test("what is no day, no sex or not fourteen digits is refused", () => {
  for (const text of ["", "21205199001234 ", "abc", "3".repeat(14), "0".repeat(14), "٢١٢٠٥١٩٩٠٠١٢٣٤"])
    assert.equal(isPin(text), false, text);
  const noDay = makePin({ sex: "m", bornOn: "1999-02-30", serial: 1 }) ?? makePin({ sex: "m", bornOn: "1999-02-30", serial: 2 });
  assert.equal(isPin(noDay!), false);
});
