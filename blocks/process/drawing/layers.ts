/** A graph to be put into columns, by indexes. Larger rows of `band` stand below smaller ones. */
export interface Graph {
  readonly nodes: readonly { readonly height: number; readonly band: number }[];
  /** Each leads from one node to another; a circle is opened where it comes back to a node on the way. */
  readonly links: readonly { readonly from: number; readonly to: number }[];
}

export interface Layered {
  /** Column of each node, from 0. */
  readonly columns: readonly number[];
  /** Upper edge of each node, from 0 within its band. */
  readonly tops: readonly number[];
  /** Heights of the bands. */
  readonly bands: readonly number[];
  /** Of each link: middles (y within the band of its first node) at columns it passes between its ends; `back` for one that leads back or very far on. */
  readonly ways: readonly (readonly { readonly column: number; readonly middle: number; readonly band: number }[] | "back")[];
}

interface Cell {
  readonly height: number;
  readonly band: number;
  readonly column: number;
  /** Node, or none where a long link passes. */
  readonly node?: number;
  left: number[];
  right: number[];
  top: number;
}

const GAP = 26;
const PASSING = 16;
const SWEEPS = 8;
const LONGEST = 40;

/** Layers by the longest way, order by barycentres, places by least squares (Sugiyama, Tagawa, Toda 1981). */
export function layer(graph: Graph): Layered {
  const back = backLinks(graph);
  const columns = columnsOf(graph, back);
  // A way over so many columns goes round below everything, as one that leads back: no eye follows it through.
  for (const [index, { from, to }] of graph.links.entries()) if (columns[to]! - columns[from]! > LONGEST) back.add(index);
  const cells: Cell[] = graph.nodes.map((node, index) => ({
    ...node,
    column: columns[index]!,
    node: index,
    left: [],
    right: [],
    top: 0,
  }));
  const passing = graph.links.map((link, index) => (back.has(index) ? [] : pass(cells, link)));
  const rows = rowsOf(cells, columns.reduce((most, column) => Math.max(most, column), 0) + 1);
  for (let sweep = 0; sweep < SWEEPS; sweep++) order(rows, cells, sweep % 2 === 0 ? "left" : "right");
  const bands = place(rows, cells);
  return {
    columns,
    tops: graph.nodes.map((_, index) => cells[index]!.top),
    bands,
    ways: passing.map((way, index) =>
      back.has(index)
        ? "back"
        : way.map((cell) => {
            const { column, top, height, band } = cells[cell]!;
            return { column, middle: top + height / 2, band };
          }),
    ),
  };
}

/** Links that close a circle, found by walking in the order nodes and links are given. */
function backLinks({ nodes, links }: Graph): Set<number> {
  const out: number[][] = nodes.map(() => []);
  const comesIn = new Set<number>();
  for (const [index, { from, to }] of links.entries()) {
    out[from]!.push(index);
    if (from !== to) comesIn.add(to);
  }
  const state = new Uint8Array(nodes.length);
  const back = new Set<number>();
  const begin = [...nodes.keys()].sort((a, b) => Number(comesIn.has(a)) - Number(comesIn.has(b)));
  for (const start of begin) {
    if (state[start] !== 0) continue;
    const stack = [{ node: start, next: 0 }];
    state[start] = 1;
    for (let at = stack.at(-1); at; at = stack.at(-1)) {
      const link = out[at.node]![at.next++];
      if (link === undefined) {
        state[at.node] = 2;
        stack.pop();
      } else {
        const { to } = links[link]!;
        if (state[to] === 1) back.add(link);
        else if (state[to] === 0) {
          state[to] = 1;
          stack.push({ node: to, next: 0 });
        }
      }
    }
  }
  return back;
}

function columnsOf({ nodes, links }: Graph, back: ReadonlySet<number>): number[] {
  const column = nodes.map(() => 0);
  const waits = nodes.map(() => 0);
  const out: number[][] = nodes.map(() => []);
  for (const [index, { from, to }] of links.entries()) {
    if (back.has(index)) continue;
    waits[to]!++;
    out[from]!.push(to);
  }
  const ready = [...nodes.keys()].filter((node) => waits[node] === 0);
  for (let node = ready.shift(); node !== undefined; node = ready.shift()) {
    for (const to of out[node]!) {
      column[to] = Math.max(column[to]!, column[node]! + 1);
      if (--waits[to]! === 0) ready.push(to);
    }
  }
  return column;
}

/** Puts a cell into each column a link passes, and joins them. */
function pass(cells: Cell[], { from, to }: { from: number; to: number }): number[] {
  const way: number[] = [];
  let at = from;
  const { band } = cells[from]!;
  for (let column = cells[from]!.column + 1; column < cells[to]!.column; column++) {
    const index = cells.push({ height: PASSING, band, column, left: [at], right: [], top: 0 }) - 1;
    cells[at]!.right.push(index);
    way.push(index);
    at = index;
  }
  cells[at]!.right.push(to);
  cells[to]!.left.push(at);
  return way;
}

function rowsOf(cells: readonly Cell[], count: number): number[][] {
  const rows: number[][] = Array.from({ length: count }, () => []);
  for (const [index, cell] of cells.entries()) rows[cell.column]!.push(index);
  for (const row of rows) row.sort((a, b) => cells[a]!.band - cells[b]!.band || a - b);
  return rows;
}

/** Each cell goes where its neighbours of one side are, on the average. */
function order(rows: number[][], cells: readonly Cell[], side: "left" | "right"): void {
  const rank = new Float64Array(cells.length);
  for (const row of rows) for (const [index, cell] of row.entries()) rank[cell] = index;
  for (const row of side === "left" ? rows : [...rows].reverse()) {
    const wish = new Map(
      row.map((cell) => {
        const near = cells[cell]![side];
        return [cell, near.length === 0 ? rank[cell]! : near.reduce((sum, each) => sum + rank[each]!, 0) / near.length];
      }),
    );
    row.sort((a, b) => cells[a]!.band - cells[b]!.band || wish.get(a)! - wish.get(b)! || rank[a]! - rank[b]!);
    for (const [index, cell] of row.entries()) rank[cell] = index;
  }
}

/** Heights: cells come as near to the middle of their neighbours as the order lets them. Each band is placed on its own. */
function place(rows: readonly number[][], cells: readonly Cell[]): number[] {
  const count = cells.reduce((most, { band }) => Math.max(most, band), 0) + 1;
  return Array.from({ length: count }, (_, band) => {
    const own = rows.map((row) => row.filter((cell) => cells[cell]!.band === band));
    for (const row of own) settle(row, cells, () => undefined);
    for (let sweep = 0; sweep < SWEEPS; sweep++) {
      const side = sweep % 2 === 0 ? "left" : "right";
      for (const row of side === "left" ? own : [...own].reverse()) settle(row, cells, (cell) => wishOf(cells, cell, side));
    }
    const all = own.flat();
    if (all.length === 0) return 0;
    const least = all.reduce((low, cell) => Math.min(low, cells[cell]!.top), Number.POSITIVE_INFINITY);
    for (const cell of all) cells[cell]!.top -= least;
    return all.reduce((low, cell) => Math.max(low, cells[cell]!.top + cells[cell]!.height), 0);
  });
}

function wishOf(cells: readonly Cell[], cell: number, side: "left" | "right"): number | undefined {
  const { band } = cells[cell]!;
  const middles = cells[cell]![side].map((each) => cells[each]!)
    .filter((each) => each.band === band)
    .map(({ top, height }) => top + height / 2)
    .sort((a, b) => a - b);
  if (middles.length === 0) return undefined;
  const half = Math.floor(middles.length / 2);
  return middles.length % 2 === 1 ? middles[half] : (middles[half - 1]! + middles[half]!) / 2;
}

/** Least squares under an order with distances: pool adjacent violators. */
function settle(row: readonly number[], cells: readonly Cell[], wish: (cell: number) => number | undefined): void {
  let offset = 0;
  const blocks: { sum: number; count: number; from: number }[] = [];
  const offsets: number[] = [];
  for (const [index, cell] of row.entries()) {
    const { height, top } = cells[cell]!;
    offsets.push(offset);
    blocks.push({ sum: (wish(cell) ?? top + height / 2) - height / 2 - offset, count: 1, from: index });
    offset += height + GAP;
    for (let last = blocks.at(-1)!, before = blocks.at(-2); before && before.sum / before.count > last.sum / last.count; ) {
      blocks.splice(-2, 2, { sum: before.sum + last.sum, count: before.count + last.count, from: before.from });
      last = blocks.at(-1)!;
      before = blocks.at(-2);
    }
  }
  for (const [index, { sum, count, from }] of blocks.entries()) {
    const until = blocks[index + 1]?.from ?? row.length;
    for (let at = from; at < until; at++) cells[row[at]!]!.top = sum / count + offsets[at]!;
  }
}
