import type { Bounds, Ending } from "./ending.ts";
import { foldSmall, type GroupOf, OTHERS } from "./groups.ts";

/** Totals of one edition over all cases. */
export interface Totals {
  readonly outcomes: Readonly<Record<string, Bounds>>;
  /** Refusals that are sure, by rule. */
  readonly rules: Readonly<Record<string, number>>;
  readonly amount: Bounds;
  /** Working days; the half and nine tenths of the cases are through by then, at the latest. */
  readonly days: { readonly mean: Bounds; readonly half: number; readonly nineTenths: number };
  readonly work: readonly { readonly desk: string; readonly tasks: number; readonly minutes: number }[];
  readonly questions: number;
  readonly minutes: number;
  /** Cases for which some answer was never recorded. */
  readonly unknown: number;
}

export interface GroupLine {
  readonly band: string;
  readonly cases: number;
  readonly changed: Bounds;
  readonly before: Readonly<Record<string, Bounds>>;
  readonly after: Readonly<Record<string, Bounds>>;
  readonly amountBefore: Bounds;
  readonly amountAfter: Bounds;
}

/** What a change of an edition does. Only sums: nobody can be found in it. */
export interface Report {
  readonly cases: number;
  readonly from: string;
  readonly to: string;
  readonly changed: Bounds;
  readonly moves: readonly { readonly from: string; readonly to: string; readonly cases: Bounds }[];
  readonly before: Totals;
  readonly after: Totals;
  readonly groups: readonly { readonly by: string; readonly lines: readonly GroupLine[] }[];
  /** Groups under so many cases are folded together. */
  readonly least: number;
  /** Answers that were missing, by name, with the number of cases they were missing in. */
  readonly missing: Readonly<Record<string, number>>;
}

interface Span {
  least: number;
  most: number;
}

interface Sums {
  outcomes: Map<string, Span>;
  rules: Map<string, number>;
  amount: Span;
  days: Span;
  byDay: Map<number, number>;
  work: Map<string, { tasks: number; minutes: number }>;
  questions: number;
  minutes: number;
  unknown: number;
}

interface Cell {
  band: string;
  cases: number;
  changed: Span;
  before: Map<string, Span>;
  after: Map<string, Span>;
  amountBefore: Span;
  amountAfter: Span;
}

export interface Tally<Case> {
  add(one: Case, before: Ending, after: Ending): void;
  report(): Report;
}

/** Counts cases under two editions, in memory that does not grow with their number. */
export function createTally<Case>(given: {
  from: string;
  to: string;
  groups: readonly GroupOf<Case>[];
  /** Smallest group that is shown; 10 when left out. */
  least?: number;
}): Tally<Case> {
  const { from, to, groups, least = 10 } = given;
  const [sumsBefore, sumsAfter] = [emptySums(), emptySums()];
  const moves = new Map<string, Map<string, Span>>();
  const cells = groups.map(() => new Map<string, Cell>());
  const changed: Span = { least: 0, most: 0 };
  const missing = new Map<string, number>();
  let cases = 0;
  return {
    add(one, before, after) {
      cases++;
      addTo(sumsBefore, before);
      if (after === before) addTo(sumsAfter, before);
      else addTo(sumsAfter, after);
      for (const name of after.unknown) missing.set(name, (missing.get(name) ?? 0) + 1);
      const change = changeOf(before, after);
      changed.least += change.least;
      changed.most += change.most;
      if (change.most > 0) countMoves(moves, before, after);
      for (let index = 0; index < groups.length; index++) {
        const band = groups[index]!.band(one) ?? OTHERS;
        const map = cells[index]!;
        let cell = map.get(band);
        if (!cell) {
          cell = emptyCell(band);
          map.set(band, cell);
        }
        addToCell(cell, { before, after, change });
      }
    },
    report: () => ({
      cases,
      from,
      to,
      changed: { ...changed },
      moves: [...moves].flatMap(([before, row]) =>
        [...row].map(([after, span]) => ({ from: before, to: after, cases: { ...span } })),
      ),
      before: totalsOf(sumsBefore, cases),
      after: totalsOf(sumsAfter, cases),
      groups: groups.map(({ by }, index) => ({
        by,
        lines: foldSmall([...cells[index]!.values()], least, joinCells)
          .sort(byBand)
          .map(lineOf),
      })),
      least,
      missing: Object.fromEntries([...missing].sort(([, a], [, b]) => b - a)),
    }),
  };
}

/** 1 in `least` where the outcome is another one for certain, in `most` where it may be. */
function changeOf(before: Ending, after: Ending): Bounds {
  const [was, is] = [before.outcomes, after.outcomes];
  if (was.length === 1 && is.length === 1) return was[0] === is[0] ? SAME : OTHER;
  return was.some((outcome) => is.includes(outcome)) ? PERHAPS : OTHER;
}

const SAME: Bounds = { least: 0, most: 0 };
const OTHER: Bounds = { least: 1, most: 1 };
const PERHAPS: Bounds = { least: 0, most: 1 };

function countMoves(moves: Map<string, Map<string, Span>>, before: Ending, after: Ending): void {
  const sure = before.outcomes.length === 1 && after.outcomes.length === 1 ? 1 : 0;
  for (const was of before.outcomes)
    for (const is of after.outcomes) {
      if (was === is) continue;
      let row = moves.get(was);
      if (!row) {
        row = new Map();
        moves.set(was, row);
      }
      grow(row, is, sure);
    }
}

/** One more that may be; for certain too where `sure` is 1. */
function grow(map: Map<string, Span>, key: string, sure: number): void {
  const span = map.get(key);
  if (span) {
    span.least += sure;
    span.most++;
  } else map.set(key, { least: sure, most: 1 });
}

function emptySums(): Sums {
  return {
    outcomes: new Map(),
    rules: new Map(),
    amount: { least: 0, most: 0 },
    days: { least: 0, most: 0 },
    byDay: new Map(),
    work: new Map(),
    questions: 0,
    minutes: 0,
    unknown: 0,
  };
}

function addTo(sums: Sums, ending: Ending): void {
  const sure = ending.outcomes.length === 1 ? 1 : 0;
  for (const outcome of ending.outcomes) grow(sums.outcomes, outcome, sure);
  for (const rule of ending.rules) sums.rules.set(rule, (sums.rules.get(rule) ?? 0) + 1);
  add(sums.amount, ending.amount);
  add(sums.days, ending.days);
  const day = Math.ceil(ending.days.most);
  sums.byDay.set(day, (sums.byDay.get(day) ?? 0) + 1);
  for (const { desk, tasks, minutes } of ending.work) {
    const kept = sums.work.get(desk);
    if (kept) {
      kept.tasks += tasks;
      kept.minutes += minutes;
    } else sums.work.set(desk, { tasks, minutes });
  }
  sums.questions += ending.questions;
  sums.minutes += ending.minutes;
  if (ending.unknown.length > 0) sums.unknown++;
}

function add(span: Span, bounds: Bounds): void {
  span.least += bounds.least;
  span.most += bounds.most;
}

function totalsOf(sums: Sums, cases: number): Totals {
  const each = Math.max(cases, 1);
  return {
    outcomes: sortedRecord(sums.outcomes),
    rules: Object.fromEntries([...sums.rules].sort(([a], [b]) => (a < b ? -1 : 1))),
    amount: { ...sums.amount },
    days: {
      mean: { least: sums.days.least / each, most: sums.days.most / each },
      half: quantile(sums.byDay, cases * 0.5),
      nineTenths: quantile(sums.byDay, cases * 0.9),
    },
    work: [...sums.work]
      .map(([desk, work]) => ({ desk, ...work }))
      .sort((a, b) => b.minutes - a.minutes || (a.desk < b.desk ? -1 : 1)),
    questions: sums.questions,
    minutes: sums.minutes,
    unknown: sums.unknown,
  };
}

/** First day by which so many are through. */
function quantile(byDay: Map<number, number>, wanted: number): number {
  let through = 0;
  for (const [day, count] of [...byDay].sort(([a], [b]) => a - b)) {
    through += count;
    if (through >= wanted) return day;
  }
  return 0;
}

function emptyCell(band: string): Cell {
  return {
    band,
    cases: 0,
    changed: { least: 0, most: 0 },
    before: new Map(),
    after: new Map(),
    amountBefore: { least: 0, most: 0 },
    amountAfter: { least: 0, most: 0 },
  };
}

function addToCell(cell: Cell, { before, after, change }: { before: Ending; after: Ending; change: Bounds }): void {
  cell.cases++;
  add(cell.changed, change);
  for (const outcome of before.outcomes) grow(cell.before, outcome, before.outcomes.length === 1 ? 1 : 0);
  for (const outcome of after.outcomes) grow(cell.after, outcome, after.outcomes.length === 1 ? 1 : 0);
  add(cell.amountBefore, before.amount);
  add(cell.amountAfter, after.amount);
}

function joinCells(into: Cell, from: Cell): Cell {
  const sum = (a: Span, b: Span): Span => ({ least: a.least + b.least, most: a.most + b.most });
  const merge = (a: Map<string, Span>, b: Map<string, Span>) => {
    const merged = new Map(a);
    for (const [key, span] of b) merged.set(key, sum(span, merged.get(key) ?? { least: 0, most: 0 }));
    return merged;
  };
  return {
    band: OTHERS,
    cases: into.cases + from.cases,
    changed: sum(into.changed, from.changed),
    before: merge(into.before, from.before),
    after: merge(into.after, from.after),
    amountBefore: sum(into.amountBefore, from.amountBefore),
    amountAfter: sum(into.amountAfter, from.amountAfter),
  };
}

function lineOf(cell: Cell): GroupLine {
  return { ...cell, before: sortedRecord(cell.before), after: sortedRecord(cell.after) };
}

/** Bands of numbers by their beginning, the others by name; what is folded stands last. */
function byBand(a: Band, b: Band): number {
  if (a.band === OTHERS || b.band === OTHERS) return a.band === b.band ? 0 : a.band === OTHERS ? 1 : -1;
  const [one, other] = [beginOf(a.band), beginOf(b.band)];
  if (!Number.isNaN(one) && !Number.isNaN(other) && one !== other) return one - other;
  return a.band < b.band ? -1 : 1;
}

type Band = { band: string };

function beginOf(band: string): number {
  return band.startsWith("<") ? Number.NEGATIVE_INFINITY : Number.parseFloat(band);
}

function sortedRecord(map: Map<string, Span>): Record<string, Bounds> {
  return Object.fromEntries([...map].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, span]) => [key, { ...span }]));
}
