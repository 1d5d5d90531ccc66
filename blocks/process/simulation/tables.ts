import { formatMoney, formatNumber } from "@kerege/kernel/format";
import type { Language, Translate } from "@kerege/kernel/locale";
import type { Bounds } from "./ending.ts";
import { OTHERS } from "./groups.ts";
import type { Report, Totals } from "./tally.ts";

/** How what is counted is called; without a name of its own a code is shown as it is. */
export interface Words {
  readonly language: Language;
  readonly translate: Translate;
  readonly currency: string;
  group?(by: string): string | undefined;
  band?(by: string, band: string): string | undefined;
  rule?(rule: string): string | undefined;
  outcome?(outcome: string): string | undefined;
  desk?(desk: string): string | undefined;
}

/** A table as people read it; numbers are right-aligned but for the first column. */
export interface ReportTable {
  readonly name: string;
  readonly title: string;
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** The same as two bars a row, where a picture says it faster; of the upper bounds. */
  readonly bars?: readonly { readonly label: string; readonly before: number; readonly after: number }[];
}

/** The report in tables: outcomes, rules, money, days, load, burden, then one for each group. */
export function reportTables(report: Report, words: Words): ReportTable[] {
  const telling = tellingOf(words);
  const tables = [outcomes(report, telling), rules(report, telling), sums(report, telling), load(report, telling)];
  return [...tables, ...groups(report, telling)].filter((table) => table.rows.length > 0);
}

/** The report in a sentence. */
export function reportSentence(report: Report, words: Words): string {
  const { say, bounds, share } = tellingOf(words);
  const { changed, cases } = report;
  if (changed.most === 0) return say("nothing-changes", { cases });
  return say("changes", { changed: bounds(changed), cases, share: share(changed, cases) });
}

interface Telling {
  words: Words;
  say: Translate;
  number(value: number): string;
  bounds(value: Bounds): string;
  money(value: Bounds): string;
  /** What is more or less, with its sign. */
  more(before: Bounds, after: Bounds): string;
  share(part: Bounds, whole: number): string;
  outcome(code: string): string;
}

function tellingOf(words: Words): Telling {
  const say: Translate = (key, values) => words.translate(`process.simulation.${key}`, values);
  const number = (value: number) => formatNumber(words.language, Math.round(value * 100) / 100);
  const range = (value: Bounds, write: (one: number) => string) =>
    value.least === value.most ? write(value.least) : say("between", { least: write(value.least), most: write(value.most) });
  const signed = (value: number) => (value > 0 ? `+${number(value)}` : number(value));
  return {
    words,
    say,
    number,
    bounds: (value) => range(value, number),
    money: (value) => range(value, (one) => formatMoney(words.language, one, words.currency)),
    more: (before, after) => range({ least: after.least - before.most, most: after.most - before.least }, signed),
    share: (part, whole) => range(part, (one) => `${number(Math.round((one / Math.max(whole, 1)) * 1000) / 10)} %`),
    outcome: (code) => words.outcome?.(code) ?? (KNOWN.has(code) ? say(`outcomes.${code}`) : code),
  };
}

const KNOWN = new Set(["granted", "refused", "ended", "terminated", "cancelled", "stuck"]);
const NOTHING: Bounds = { least: 0, most: 0 };

function outcomes({ before, after }: Report, { say, bounds, more, outcome }: Telling): ReportTable {
  const codes = [...new Set([...Object.keys(before.outcomes), ...Object.keys(after.outcomes)])].sort();
  const each = codes.map((code) => ({
    label: outcome(code),
    was: before.outcomes[code] ?? NOTHING,
    is: after.outcomes[code] ?? NOTHING,
  }));
  return {
    name: "outcomes",
    title: say("tables.outcomes"),
    head: [say("outcome"), say("now"), say("then"), say("difference")],
    rows: each.map(({ label, was, is }) => [label, bounds(was), bounds(is), more(was, is)]),
    bars: each.map(({ label, was, is }) => ({ label, before: was.most, after: is.most })),
  };
}

function rules({ before, after }: Report, { say, number, more, words }: Telling): ReportTable {
  const names = [...new Set([...Object.keys(before.rules), ...Object.keys(after.rules)])].sort();
  const each = names.map((rule) => ({
    label: words.rule?.(rule) ?? rule,
    was: before.rules[rule] ?? 0,
    is: after.rules[rule] ?? 0,
  }));
  return {
    name: "rules",
    title: say("tables.rules"),
    head: [say("rule"), say("now"), say("then"), say("difference")],
    rows: each.map(({ label, was, is }) => [
      label,
      number(was),
      number(is),
      more({ least: was, most: was }, { least: is, most: is }),
    ]),
    bars: each.map(({ label, was, is }) => ({ label, before: was, after: is })),
  };
}

function sums({ before, after, cases }: Report, { say, number, bounds, money }: Telling): ReportTable {
  const each = Math.max(cases, 1);
  const row = (name: string, write: (totals: Totals) => string) => [say(`sums.${name}`), write(before), write(after)];
  const days = [
    row("days-mean", ({ days }) => bounds(days.mean)),
    row("days-half", ({ days }) => number(days.half)),
    row("days-nine-tenths", ({ days }) => number(days.nineTenths)),
  ];
  const atOnce = [before, after].every(({ days: { mean } }) => mean.most === 0);
  const rows = [
    ...(atOnce ? [] : days),
    row("questions", ({ questions }) => number(questions / each)),
    row("minutes", ({ minutes }) => number(minutes / each)),
  ];
  const free = [before, after].every(({ amount }) => amount.least === 0 && amount.most === 0);
  if (!free) rows.unshift(row("amount", ({ amount }) => money(amount)));
  if (after.unknown > 0 || before.unknown > 0) rows.push(row("unknown", ({ unknown }) => number(unknown)));
  return { name: "sums", title: say("tables.sums"), head: [say("what"), say("now"), say("then")], rows };
}

function load({ before, after }: Report, { say, number, words }: Telling): ReportTable {
  const desks = [...new Set([...before.work, ...after.work].map(({ desk }) => desk))].sort();
  const of = ({ work }: Totals, desk: string) => work.find((one) => one.desk === desk) ?? { tasks: 0, minutes: 0 };
  const each = desks.map((desk) => ({ label: words.desk?.(desk) ?? desk, was: of(before, desk), is: of(after, desk) }));
  return {
    name: "load",
    title: say("tables.load"),
    head: [say("desk"), say("tasks-now"), say("tasks-then"), say("hours-now"), say("hours-then")],
    rows: each.map(({ label, was, is }) => [
      label,
      number(was.tasks),
      number(is.tasks),
      number(was.minutes / 60),
      number(is.minutes / 60),
    ]),
    bars: each.map(({ label, was, is }) => ({ label, before: was.minutes / 60, after: is.minutes / 60 })),
  };
}

function groups(report: Report, { say, number, bounds, share, outcome, words }: Telling): ReportTable[] {
  // The outcome that changes most is what a group is shown by; of two the one that stands first.
  const codes = [...new Set([...Object.keys(report.before.outcomes), ...Object.keys(report.after.outcomes)])].sort();
  const code = codes.includes("granted") ? "granted" : codes[0];
  if (code === undefined) return [];
  return report.groups.map(({ by, lines }) => {
    const label = (band: string) => (band === OTHERS ? say("others") : (words.band?.(by, band) ?? band));
    return {
      name: `group-${by}`,
      title: say("tables.group", { group: words.group?.(by) ?? by }),
      head: [
        words.group?.(by) ?? by,
        say("cases"),
        say("changed"),
        say("share"),
        `${outcome(code)}: ${say("now")}`,
        `${outcome(code)}: ${say("then")}`,
      ],
      rows: lines.map((line) => [
        label(line.band),
        number(line.cases),
        bounds(line.changed),
        share(line.changed, line.cases),
        bounds(line.before[code] ?? NOTHING),
        bounds(line.after[code] ?? NOTHING),
      ]),
      bars: lines.map((line) => ({
        label: label(line.band),
        before: line.before[code]?.most ?? 0,
        after: line.after[code]?.most ?? 0,
      })),
    };
  });
}
