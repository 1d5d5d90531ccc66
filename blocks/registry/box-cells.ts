import type { Box } from "./geometry.ts";

/**
 * A number for every box, so that a B-tree finds boxes by place: the cell of a tree of quarters that holds the box when it is drawn
 * twice as large (XZ-ordering; Böhm, Klump and Kriegel, "XZ-Ordering: a space-filling curve for objects with spatial extension",
 * SSD 1999). What is near on the map is near in the order; a box of any size has one number; a part of the map is some stretches of
 * numbers. The stretches hold boxes beside it too, so the box itself is always compared as well.
 */

/** Quarters of quarters: the smallest cell is some 19 by 38 metres at the equator. */
const DEPTH = 20;
/** Stretches of one question. More of them fit better and each costs a look into the index. */
const MOST_STRETCHES = 160;
/** Of what has no box. */
export const NO_CELL = -1;

/** Numbers of a cell of a depth with all that lie in it. */
const SPAN = Array.from({ length: DEPTH + 1 }, (_, depth) => (4 ** (DEPTH - depth + 1) - 1) / 3);

interface Cell {
  /** West and south side, of 0 to 1. */
  x: number;
  y: number;
  depth: number;
  number: number;
}

const along = (degrees: number, most: number) => Math.min(1, Math.max(0, (degrees + most) / (2 * most)));

/** Where the box stands, between 0 and 1 on both sides. What lies outside of all maps stands at their edge. */
function unitBox({ west, south, east, north }: Box): [number, number, number, number] {
  return [along(west, 180), along(south, 90), along(east, 180), along(north, 90)];
}

/** The cell number of a box in degrees. */
export function cellOf(box: Box): number {
  const [west, south, east, north] = unitBox(box);
  const side = Math.max(east - west, north - south);
  let depth = side === 0 ? DEPTH : Math.min(DEPTH, Math.floor(Math.log2(1 / side)));
  if (depth < DEPTH) {
    // One deeper where the doubled cell still holds it.
    const width = 0.5 ** (depth + 1);
    const holds = (from: number, until: number) => until <= Math.floor(from / width) * width + 2 * width;
    if (holds(west, east) && holds(south, north)) depth++;
  }
  let [x, y, number] = [0, 0, 0];
  for (let at = 1; at <= depth; at++) {
    const half = 0.5 ** at;
    const [right, up] = [west >= x + half, south >= y + half];
    if (right) x += half;
    if (up) y += half;
    number += 1 + ((right ? 1 : 0) + (up ? 2 : 0)) * SPAN[at]!;
  }
  return number;
}

/** Stretches of cell numbers, both ends in them, in their order: every box that meets the given one has its number in one of them. */
export function stretchesOf(box: Box): [from: number, until: number][] {
  const [west, south, east, north] = unitBox(box);
  // Boxes of a cell reach over it as far again.
  const reaches = ({ x, y, depth }: Cell) => {
    const twice = 2 * 0.5 ** depth;
    return x <= east && y <= north && x + twice >= west && y + twice >= south;
  };
  const found: [number, number][] = [];
  let level: Cell[] = [{ x: 0, y: 0, depth: 0, number: 0 }];
  while (level.length > 0) {
    const deeper: Cell[] = [];
    for (const cell of level) {
      const { x, y, depth, number } = cell;
      const twice = 2 * 0.5 ** depth;
      const inside = x >= west && y >= south && x + twice <= east && y + twice <= north;
      if (inside || depth === DEPTH) found.push([number, number + SPAN[depth]! - 1]);
      else {
        found.push([number, number]);
        deeper.push(...quartersOf(cell).filter(reaches));
      }
    }
    level = deeper;
    if (merged(found).length + level.length > MOST_STRETCHES) {
      for (const { number, depth } of level) found.push([number, number + SPAN[depth]! - 1]);
      break;
    }
  }
  return merged(found);
}

function quartersOf({ x, y, depth, number }: Cell): Cell[] {
  const half = 0.5 ** (depth + 1);
  return [0, 1, 2, 3].map((quarter) => ({
    x: x + (quarter % 2) * half,
    y: y + (quarter > 1 ? half : 0),
    depth: depth + 1,
    number: number + 1 + quarter * SPAN[depth + 1]!,
  }));
}

function merged(stretches: [number, number][]): [number, number][] {
  const made: [number, number][] = [];
  for (const [from, until] of stretches.toSorted((a, b) => a[0] - b[0])) {
    const last = made.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], until);
    else made.push([from, until]);
  }
  return made;
}
