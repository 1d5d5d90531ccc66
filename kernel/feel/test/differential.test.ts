/** Random expressions on the ground where feelin is right (text, booleans, small whole numbers, lists) give the same value in both. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { evaluate } from "feelin";
import { compileExpression, toPlain } from "../index.ts";

class Dice {
  #seed: number;

  constructor(seed: number) {
    this.#seed = seed;
  }

  roll(sides: number): number {
    this.#seed = (Math.imul(this.#seed, 1_664_525) + 1_013_904_223) >>> 0;
    return (this.#seed >>> 8) % sides;
  }

  of<T>(choices: readonly T[]): T {
    return choices[this.roll(choices.length)]!;
  }
}

const TEXTS = ['"a"', '"foo bar"', '""', '"өмүр"', "s"];

function text(dice: Dice, depth: number): string {
  if (depth === 0) return dice.of(TEXTS);
  switch (dice.roll(6)) {
    case 0:
      return `(${text(dice, depth - 1)} + ${text(dice, depth - 1)})`;
    case 1:
      return `upper case(${text(dice, depth - 1)})`;
    case 2:
      return `substring before(${text(dice, depth - 1)}, "o")`;
    case 3:
      return `string join(${texts(dice, depth - 1)}, "-")`;
    case 4:
      return `(if ${truth(dice, depth - 1)} then ${text(dice, depth - 1)} else ${text(dice, depth - 1)})`;
    default:
      return dice.of(TEXTS);
  }
}

function texts(dice: Dice, depth: number): string {
  return `[${text(dice, depth)}, ${text(dice, depth)}]`;
}

function whole(dice: Dice, depth: number): string {
  if (depth === 0) return dice.of(["0", "1", "2", "7", "n", "-3"]);
  switch (dice.roll(7)) {
    case 0:
      return `(${whole(dice, depth - 1)} + ${whole(dice, depth - 1)})`;
    case 1:
      return `(${whole(dice, depth - 1)} - ${whole(dice, depth - 1)})`;
    case 2:
      return `(${whole(dice, depth - 1)} * ${whole(dice, depth - 1)})`;
    case 3:
      return `string length(${text(dice, depth - 1)})`;
    case 4:
      return `count(${wholes(dice, depth - 1)})`;
    case 5:
      return `${dice.of(["sum", "min", "max"])}(${wholes(dice, depth - 1)})`;
    default:
      return `abs(${whole(dice, depth - 1)})`;
  }
}

function wholes(dice: Dice, depth: number): string {
  if (depth <= 0) return dice.of(["[1, 2, 3]", "l", "[5]"]);
  switch (dice.roll(6)) {
    case 0:
      return `concatenate(${wholes(dice, depth - 1)}, ${wholes(dice, depth - 1)})`;
    case 1:
      return `reverse(${wholes(dice, depth - 1)})`;
    case 2:
      return `(for i in ${wholes(dice, depth - 1)} return i + ${dice.roll(5)})`;
    case 3:
      return `append(${wholes(dice, depth - 1)}, ${whole(dice, depth - 1)})`;
    case 4:
      return `distinct values(${wholes(dice, depth - 1)})`;
    default:
      return `[${whole(dice, depth - 1)}, ${whole(dice, depth - 1)}]`;
  }
}

function truth(dice: Dice, depth: number): string {
  if (depth === 0) return dice.of(["true", "false", "b"]);
  switch (dice.roll(8)) {
    case 0:
      return `(${truth(dice, depth - 1)} and ${truth(dice, depth - 1)})`;
    case 1:
      return `(${truth(dice, depth - 1)} or ${truth(dice, depth - 1)})`;
    case 2:
      return `not(${truth(dice, depth - 1)})`;
    case 3:
      return `(${whole(dice, depth - 1)} ${dice.of(["<", "<=", ">", ">=", "=", "!="])} ${whole(dice, depth - 1)})`;
    case 4:
      return `${dice.of(["contains", "starts with", "ends with"])}(${text(dice, depth - 1)}, ${text(dice, depth - 1)})`;
    case 5:
      return `(${whole(dice, depth - 1)} in [${dice.roll(3)}..${3 + dice.roll(5)}])`;
    case 6:
      return `(${dice.of(["some", "every"])} i in ${wholes(dice, depth - 1)} satisfies i > ${dice.roll(6)})`;
    default:
      return `list contains(${wholes(dice, depth - 1)}, ${whole(dice, depth - 1)})`;
  }
}

const KINDS = [text, texts, whole, wholes, truth];
const FACTS = { s: "some text", n: 4, b: true, l: [4, 8, 15, 16] };

for (const [index, kind] of KINDS.entries()) {
  test(`differential: 200 random expressions of kind ${kind.name} agree with feelin`, () => {
    const dice = new Dice(1000 + index);
    for (let round = 0; round < 200; round += 1) {
      const expression = kind(dice, 1 + (round % 3));
      const compiled = compileExpression(expression, { names: { s: "string", n: "number", b: "boolean", l: ["number"] } });
      assert.ok(compiled.ok, `${expression}: ${JSON.stringify(compiled)}`);
      const { value } = evaluate(expression, FACTS);
      // Deep equality through JSON: feelin has -0, which FEEL has not.
      assert.equal(JSON.stringify(toPlain(compiled.evaluate(FACTS))), JSON.stringify(value), expression);
    }
  });
}
