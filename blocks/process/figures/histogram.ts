/** Counts values in classes each 2 % wider than the one before: medians to 1 %, memory that does not grow with the number of values. */
export interface Histogram {
  add(value: number): void;
  readonly count: number;
  readonly sum: number;
  /** Value under which so great a share lies, 0 to 1; 0 where there are no values. */
  quantile(share: number): number;
}

const STEP = Math.log(1.02);
/** Under this everything is the same: an instant, where values are minutes. */
const SMALLEST = 0.01;

export function createHistogram(): Histogram {
  const classes = new Map<number, number>();
  let [count, sum] = [0, 0];
  return {
    add(value) {
      count++;
      sum += value;
      const at = value <= SMALLEST ? 0 : 1 + Math.floor(Math.log(value / SMALLEST) / STEP);
      classes.set(at, (classes.get(at) ?? 0) + 1);
    },
    get count() {
      return count;
    },
    get sum() {
      return sum;
    },
    quantile(share) {
      let left = Math.max(1, Math.ceil(count * share));
      for (const [at, held] of [...classes].sort(([a], [b]) => a - b)) {
        left -= held;
        if (left <= 0) return at === 0 ? 0 : SMALLEST * Math.exp((at - 0.5) * STEP);
      }
      return 0;
    },
  };
}
