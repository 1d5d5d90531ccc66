/**
 * The eight masks of a QR code and the choice among them (ISO/IEC 18004:2015, 7.8). Lines of modules are held as bits of whole
 * numbers, so that penalties are counted for 32 lines at once.
 */

/** Square of modules: line after line in whole numbers of 32 bits, the first module in the highest bit. */
export type Grid = Int32Array;

/** A symbol and its masks; grids come in pairs, by rows and by columns. */
export interface Masking {
  /** Modules along a side. */
  side: number;
  /** Numbers in a line. */
  width: number;
  masks: [Grid, Grid][];
  /** The symbol before it is masked. */
  plain: [Grid, Grid];
  /** Room for a masked one. */
  masked: [Grid, Grid];
}

/** Table 10. */
export const MASKS: ((row: number, column: number) => boolean)[] = [
  (row, column) => (row + column) % 2 === 0,
  (row) => row % 2 === 0,
  (_, column) => column % 3 === 0,
  (row, column) => (row + column) % 3 === 0,
  (row, column) => ((row >> 1) + Math.floor(column / 3)) % 2 === 0,
  (row, column) => ((row * column) % 2) + ((row * column) % 3) === 0,
  (row, column) => (((row * column) % 2) + ((row * column) % 3)) % 2 === 0,
  (row, column) => (((row + column) % 2) + ((row * column) % 3)) % 2 === 0,
];

/** The mask with the lowest penalty, of equals the first (7.8.3). Format and version count as light: they come after the choice. */
export function bestMask({ side, width, plain, masked, masks }: Masking): number {
  let best = 0;
  let lowest = Number.POSITIVE_INFINITY;
  const [rows, columns] = masked;
  const shape = { side, width };
  for (const [index, [byRow, byColumn]] of masks.entries()) {
    for (let at = 0; at < rows.length; at++) {
      rows[at] = plain[0][at]! ^ byRow[at]!;
      columns[at] = plain[1][at]! ^ byColumn[at]!;
    }
    // A mask that is past the lowest already need not be counted to the end.
    let penalty = countRuns(rows, shape) + countRuns(columns, shape);
    if (penalty < lowest) penalty += countBoxes(rows, shape);
    if (penalty < lowest) penalty += 40 * (countFinders(rows, shape) + countFinders(columns, shape));
    if (penalty < lowest) [best, lowest] = [index, penalty];
  }
  return best;
}

interface Shape {
  side: number;
  width: number;
}

function ones(bits: number): number {
  const pairs = bits - ((bits >>> 1) & 0x55555555);
  const fours = (pairs & 0x33333333) + ((pairs >>> 2) & 0x33333333);
  return Math.imul((fours + (fours >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
}

/** Bits of the last number of a line that are modules. */
const usedBits = (side: number): number => (side & 31 ? ~(0xffffffff >>> (side & 31)) : -1);

/** Five and more of a kind down the lines: 3, and 1 for each more. */
function countRuns(grid: Grid, { side, width }: Shape): number {
  let sum = 0;
  for (let word = 0; word < width; word++) {
    const used = word === width - 1 ? usedBits(side) : -1;
    let line = grid[3 * width + word]!;
    let [one, two, three] = [grid[word]! ^ grid[width + word]!, grid[width + word]! ^ grid[2 * width + word]!, 0];
    three = grid[2 * width + word]! ^ line;
    let before = 0;
    for (let at = 4 * width + word; at < grid.length; at += width) {
      const next = grid[at]!;
      const four = line ^ next;
      const five = ~(one | two | three | four) & used;
      // A run of L has L - 4 places where five stand in line, the first of which counts 2 more.
      if (five) {
        sum += ones(five);
        const begun = five & ~before;
        if (begun) sum += 2 * ones(begun);
      }
      before = five;
      one = two;
      two = three;
      three = four;
      line = next;
    }
  }
  return sum;
}

/** Two by two of a kind: 3 each; and 10 for each 5 % that dark modules are away from half. */
function countBoxes(grid: Grid, { side, width }: Shape): number {
  let [boxes, dark] = [0, 0];
  const last = width - 1;
  // The last module of a line has no neighbour. (A side is odd, so that a line never ends with its number.)
  const used = usedBits(side) << 1;
  for (let word = 0; word < width; word++) {
    let [above, aboveEqual] = [0, 0];
    for (let at = word; at < grid.length; at += width) {
      const here = grid[at]!;
      dark += ones(here);
      const neighbour = (here << 1) | (word < last ? grid[at + 1]! >>> 31 : 0);
      const equal = ~(here ^ neighbour) & (word === last ? used : -1);
      if (at >= width) {
        const same = equal & aboveEqual & ~(here ^ above);
        if (same) boxes += ones(same);
      }
      above = here;
      aboveEqual = equal;
    }
  }
  const total = side * side;
  const away = Math.ceil(Math.max(0, Math.abs(100 * dark - 50 * total) - 5 * total) / (5 * total));
  return 3 * boxes + 10 * away;
}

/** Dark 1 : 1 : 3 : 1 : 1 down the lines with four light before or behind. */
function countFinders(grid: Grid, { side, width }: Shape): number {
  let count = 0;
  const last = (side - 7) * width;
  for (let at = 0; at < last + width; at++) {
    const core =
      grid[at]! &
      ~grid[at + width]! &
      grid[at + 2 * width]! &
      grid[at + 3 * width]! &
      grid[at + 4 * width]! &
      ~grid[at + 5 * width]! &
      grid[at + 6 * width]!;
    if (core === 0) continue;
    if (at >= 4 * width) {
      const before = grid[at - width]! | grid[at - 2 * width]! | grid[at - 3 * width]! | grid[at - 4 * width]!;
      count += ones(core & ~before);
    }
    if (at < last - 3 * width) {
      const behind = grid[at + 7 * width]! | grid[at + 8 * width]! | grid[at + 9 * width]! | grid[at + 10 * width]!;
      count += ones(core & ~behind);
    }
  }
  return count;
}
