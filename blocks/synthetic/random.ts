/** A stream of numbers that is the same for the same seed, on every machine. Never for keys or secrets. */
export interface Random {
  /** From 0 up to but not 1. */
  next(): number;
  /** A whole number from `from` to `to`, both possible. */
  between(from: number, to: number): number;
  chance(probability: number): boolean;
  pick<Value>(list: readonly Value[]): Value;
}

/** The generator sfc32 of the PractRand suite, seeded by a number and the words of a place in the work. */
export function createRandom(seed: number, ...place: (number | string)[]): Random {
  let [a, b, c, d] = [hash(`${seed}`, 1), hash(place.join("/"), 2), hash(`${seed}/${place.join("/")}`, 3), 1];
  const next = () => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 4_294_967_296;
  };
  for (let turn = 0; turn < 15; turn++) next();
  const between = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return { next, between, chance: (probability) => next() < probability, pick: (list) => list[between(0, list.length - 1)]! };
}

/** FNV-1a, 32 bits. */
export function hash(text: string, salt = 0): number {
  let value = (2_166_136_261 ^ salt) >>> 0;
  for (let at = 0; at < text.length; at++) value = Math.imul(value ^ text.charCodeAt(at), 16_777_619);
  value ^= value >>> 15;
  return Math.imul(value, 2_246_822_519) >>> 0;
}

/** Picks by weight, in the time of a binary search. */
export function createLottery<Value>(entries: { value: Value; weight: number }[]): (random: Random) => Value {
  const sums: number[] = [];
  let sum = 0;
  for (const { weight } of entries) {
    sum += weight;
    sums.push(sum);
  }
  return (random) => {
    const drawn = random.next() * sum;
    let low = 0;
    let high = sums.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sums[middle]! > drawn) high = middle;
      else low = middle + 1;
    }
    return entries[low]!.value;
  };
}
