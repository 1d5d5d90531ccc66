/** Chance that comes out the same each time. */
export interface Dice {
  roll(sides: number): number;
  of<T>(choices: readonly T[]): T;
}

export function createDice(seed: number): Dice {
  let state = seed >>> 0;
  const roll = (sides: number): number => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return (state >>> 8) % sides;
  };
  return { roll, of: (choices) => choices[roll(choices.length)]! };
}
