/** Numbers that look random and are the same for the same seed. For invented cases only, never for keys. */
export interface Random {
  /** At least 0, under 1. */
  next(): number;
  /** A whole number from `least` to `most`, both included. */
  whole(least: number, most: number): number;
  pick<Value>(from: readonly Value[]): Value;
  /** One of the values, each as often as its weight says. */
  weighted<Value>(from: readonly { readonly value: Value; readonly weight: number }[]): Value;
  /** Normally distributed (Box and Muller 1958). */
  normal(mean: number, deviation: number): number;
}

/** sfc32 (Doty-Humphrey, PractRand), begun from a seed spread by splitmix32. */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  const spread = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return mixed ^ (mixed >>> 15);
  };
  let [a, b, c, counter] = [spread(), spread(), spread(), 1];
  const next = () => {
    const sum = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (((c << 21) | (c >>> 11)) + sum) | 0;
    return (sum >>> 0) / 4294967296;
  };
  for (let turn = 0; turn < 12; turn++) next();
  return {
    next,
    whole: (least, most) => least + Math.floor(next() * (most - least + 1)),
    pick: (from) => from[Math.floor(next() * from.length)]!,
    weighted(from) {
      let left = next() * from.reduce((sum, { weight }) => sum + weight, 0);
      for (const { value, weight } of from) {
        left -= weight;
        if (left < 0) return value;
      }
      return from.at(-1)!.value;
    },
    normal(mean, deviation) {
      const radius = Math.sqrt(-2 * Math.log(1 - next()));
      return mean + deviation * radius * Math.cos(2 * Math.PI * next());
    },
  };
}
