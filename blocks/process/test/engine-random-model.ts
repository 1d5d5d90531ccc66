import type { Drawn, DrawnNode } from "./engine-model.ts";
import { END, person, START, script, service, TASK } from "./engine-model.ts";

/** Random numbers that are the same for the same seed (mulberry32). */
export function seeded(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** A sound process made of blocks within blocks, and how often each activity has to be done in it. */
export interface Made {
  readonly drawn: Drawn;
  readonly times: ReadonlyMap<string, number>;
}

interface Pen {
  readonly random: (below: number) => number;
  readonly times: Map<string, number>;
  /** Names are counted over the whole process: ids are unique. */
  count: number;
}

interface Sheet {
  readonly nodes: Record<string, DrawnNode>;
  readonly flows: string[];
}

/** Where a block begins and ends, for the flows around it. */
interface Block {
  readonly first: string;
  readonly last: string;
}

export function makeModel(seed: number): Made {
  const pen: Pen = { random: seeded(seed), times: new Map(), count: 0 };
  return { drawn: makeScope(pen, 4, 1), times: pen.times };
}

function makeScope(pen: Pen, depth: number, times: number): Drawn {
  const sheet: Sheet = { nodes: {}, flows: [] };
  const start = name(pen, "s");
  const end = name(pen, "e");
  sheet.nodes[start] = START;
  const block = makeBlock(pen, sheet, { depth, times });
  sheet.nodes[end] = END;
  sheet.flows.push(`${start}>${block.first}`, `${block.last}>${end}`);
  return sheet;
}

interface Size {
  readonly depth: number;
  readonly times: number;
}

function name(pen: Pen, letter: string): string {
  pen.count += 1;
  return `${letter}${pen.count}`;
}

function makeBlock(pen: Pen, sheet: Sheet, size: Size): Block {
  const kind = size.depth === 0 ? 0 : pen.random(9);
  const inner = { ...size, depth: size.depth - 1 };
  if (kind <= 1) return makeTask(pen, sheet, size.times);
  if (kind <= 3) return makeRow(pen, sheet, inner);
  if (kind === 4) return makeBranches(pen, sheet, { ...inner, gateway: "exclusive" });
  if (kind === 5) return makeBranches(pen, sheet, { ...inner, gateway: "parallel" });
  if (kind === 6) return makeBranches(pen, sheet, { ...inner, gateway: "inclusive" });
  if (kind === 7) return makeLoop(pen, sheet, inner);
  return makeSubProcess(pen, sheet, inner);
}

function makeTask(pen: Pen, sheet: Sheet, times: number): Block {
  const id = name(pen, "t");
  const kinds = [TASK, person(), service("r"), script("1", "one")];
  const node = kinds[pen.random(kinds.length)]!;
  const many = pen.random(6) === 0;
  sheet.nodes[id] = many ? { ...node, repeat: { over: "3", sequential: pen.random(2) === 0 } } : node;
  // A repeated activity is done once as a whole besides its instances.
  pen.times.set(id, (many ? 4 : 1) * times);
  if (pen.random(4) === 0) {
    const late = name(pen, "b");
    const out = name(pen, "e");
    sheet.nodes[late] = {
      kind: "boundary",
      on: id,
      interrupting: pen.random(2) === 0,
      events: [{ kind: "time", duration: '"P400D"' }],
    };
    sheet.nodes[out] = END;
    sheet.flows.push(`${late}>${out}`);
  }
  return { first: id, last: id };
}

function makeRow(pen: Pen, sheet: Sheet, size: Size): Block {
  const blocks = Array.from({ length: 2 + pen.random(2) }, () => makeBlock(pen, sheet, size));
  for (const [index, block] of blocks.entries()) if (index > 0) sheet.flows.push(`${blocks[index - 1]!.last}>${block.first}`);
  return { first: blocks[0]!.first, last: blocks.at(-1)!.last };
}

function makeBranches(pen: Pen, sheet: Sheet, size: Size & { gateway: "exclusive" | "parallel" | "inclusive" }): Block {
  const { gateway, depth, times } = size;
  const split = name(pen, "x");
  const join = name(pen, "j");
  sheet.nodes[split] = { kind: gateway };
  sheet.nodes[join] = { kind: gateway };
  const count = 2 + pen.random(2);
  const taken = pen.random(count);
  for (let index = 0; index < count; index++) {
    const last = index === count - 1;
    const goes = gateway === "parallel" || (gateway === "exclusive" ? index === taken : index <= taken && (!last || taken === 0));
    const block = makeBlock(pen, sheet, { depth, times: goes ? times : 0 });
    // The last branch is the default: taken when none before it holds.
    const condition = gateway === "parallel" ? "" : last ? ": else" : goes ? ": 1 = 1" : ": 1 = 2";
    sheet.flows.push(`${split}>${block.first}${condition}`, `${block.last}>${join}`);
  }
  return { first: split, last: join };
}

/** Done twice: a counter of its own says when it is enough. */
function makeLoop(pen: Pen, sheet: Sheet, size: Size): Block {
  const [into, count, out] = [name(pen, "m"), name(pen, "c"), name(pen, "x")];
  sheet.nodes[into] = { kind: "exclusive" };
  sheet.nodes[count] = script(`if n_${count} = null then 1 else n_${count} + 1`, `n_${count}`);
  sheet.nodes[out] = { kind: "exclusive" };
  pen.times.set(count, 2 * size.times);
  const block = makeBlock(pen, sheet, { depth: size.depth, times: 2 * size.times });
  const enough = name(pen, "q");
  // The counter goes on over outer rounds: an even number is enough.
  sheet.nodes[enough] = { kind: "exclusive" };
  sheet.flows.push(`${into}>${block.first}`, `${block.last}>${count}`, `${count}>${out}`);
  sheet.flows.push(`${out}>${into}: modulo(n_${count}, 2) = 1`, `${out}>${enough}: else`);
  return { first: into, last: enough };
}

function makeSubProcess(pen: Pen, sheet: Sheet, size: Size): Block {
  const id = name(pen, "p");
  const many = pen.random(4) === 0;
  const inner = makeScope(pen, size.depth, many ? 2 * size.times : size.times);
  sheet.nodes[id] = {
    kind: pen.random(3) === 0 ? "transaction" : "sub-process",
    inner,
    ...(many && { repeat: { over: "2", sequential: true } }),
  };
  pen.times.set(id, (many ? 3 : 1) * size.times);
  const late = name(pen, "b");
  const out = name(pen, "e");
  sheet.nodes[late] = {
    kind: "boundary",
    on: id,
    interrupting: pen.random(2) === 0,
    events: [{ kind: "time", duration: '"P300D"' }],
  };
  sheet.nodes[out] = END;
  sheet.flows.push(`${late}>${out}`);
  return { first: id, last: id };
}
