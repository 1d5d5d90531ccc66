import { createRandom, type Random } from "@kerege/process";
import type { RegisterDeclaration } from "@kerege/registry";
import type { CompiledEdition, CompiledField } from "./compile.ts";
import { addDecisions } from "./deciding.ts";
import type { ExampleDeclaration, FieldDeclaration, Plain } from "./declaration.ts";
import { readRecords } from "./examples.ts";
import type { Scope } from "./expression.ts";
import { type PastApplication, pastApplication } from "./simulation.ts";
import type { Distribution, SimulationDeclaration } from "./simulation-declared.ts";
import { isRecord, readOf } from "./situation.ts";

type Records = Record<string, Record<string, Plain>[]>;

/** Without a word on it, so many of a hundred records are not there. */
const USUALLY_MISSING = 0.02;
/** Patterns that are granted are usual, those that are refused are not. */
const WEIGHT = { granted: 20, refused: 1, invalid: 0 };
/** Applications are spread over the year before the day of the example. */
const YEAR_DAYS = 365;
const DAY_MS = 86_400_000;

/**
 * Invented past applications: each begins as one of the examples, whose days, amounts, choices and records are then drawn anew. The
 * same seed gives the same applications.
 */
export function* syntheticApplications(given: {
  edition: CompiledEdition;
  examples: readonly ExampleDeclaration[];
  declared: SimulationDeclaration;
  seed: number;
  count: number;
}): Generator<PastApplication> {
  const { edition, examples, declared, seed, count } = given;
  const random = createRandom(seed);
  const drawing: Drawing = { edition, declared, random, seen: seenValues(examples), registers: registersOf(edition) };
  const patterns = examples
    .map((example) => ({ example, weight: declared.patterns?.[example.example] ?? WEIGHT[example.expect.outcome] }))
    .filter(({ weight }) => weight > 0)
    .map(({ example, weight }) => ({ value: { example, plans: planRecords(drawing, example) }, weight }));
  for (let made = 0; made < count && patterns.length > 0; made++) yield drawOne(drawing, random.weighted(patterns));
}

interface Pattern {
  example: ExampleDeclaration;
  plans: [register: string, plan: RecordPlan][];
}

interface Drawing {
  edition: CompiledEdition;
  declared: SimulationDeclaration;
  random: Random;
  /** Values that stand in examples, by `<register>.<field>`. */
  seen: Map<string, Plain[]>;
  registers: Map<string, RegisterDeclaration>;
}

function registersOf(edition: CompiledEdition): Map<string, RegisterDeclaration> {
  return new Map(edition.facts.map(({ register }) => [register.register, register]));
}

function seenValues(examples: readonly ExampleDeclaration[]): Map<string, Plain[]> {
  const seen = new Map<string, Plain[]>();
  for (const { registers } of examples)
    for (const [register, records] of Object.entries(registers))
      for (const record of records)
        for (const [field, value] of Object.entries(record)) {
          const name = `${register}.${field}`;
          const values = seen.get(name) ?? [];
          if (value !== null && !values.includes(value)) values.push(value);
          seen.set(name, values);
        }
  return seen;
}

function drawOne(drawing: Drawing, { example, plans }: Pattern): PastApplication {
  const { edition, random } = drawing;
  const day = dayFrom(example.day, -random.whole(0, YEAR_DAYS - 1));
  const records = drawRecords(drawing, plans, day);
  const { applicant, language = "ky" } = example;
  const answers: Record<string, Plain> = {};
  const scope: Scope = { applicant, day, language, case_number: "", answers, picked: {}, labels: {} };
  for (const fact of edition.facts) scope[fact.name] = fact.key ? null : [];
  // Facts and answers are put in as they are drawn: until then decisions are made as often as one speaks of them.
  addDecisions(scope, { decisions: edition.decisions, afresh: true });
  for (const [name, value] of Object.entries(example.answers)) answers[name] = shifted(value, example.day, day);
  const draw = { example, scope, answers, day };
  answerForm(drawing, { ...draw, again: false });
  readFacts(edition, scope, records);
  // Some answers rest on facts (the child that is chosen) and some facts on answers: where one came late, all is read once more.
  if (answerForm(drawing, { ...draw, again: true })) readFacts(edition, scope, records);
  const recorded: PastApplication["recorded"] = (read) => readRecords(records, read);
  const opinion = drawOpinion(drawing);
  if (edition.decisions.length === 0)
    return { day, applicant, language, answers, scope, recorded, opinion, lacking: [], judged: new Map() };
  const facts = Object.fromEntries(edition.facts.map(({ name }) => [name, scope[name] as Plain]));
  return pastApplication(edition, { day, applicant, language, answers, facts, recorded, opinion });
}

/** What an official says of an invented case, should one be asked. */
function drawOpinion({ declared, random }: Drawing): string {
  if (!declared.refusedByOfficial) return "granted";
  let left = random.next();
  for (const [ground, share] of Object.entries(declared.refusedByOfficial)) {
    left -= share;
    if (left < 0) return ground;
  }
  return "granted";
}

function readFacts(edition: CompiledEdition, scope: Scope, records: Records): void {
  for (const fact of edition.facts) {
    const read = readOf(fact, scope);
    scope[fact.name] = read ? readRecords(records, read) : fact.key ? null : [];
  }
}

/** Makes the value of a field for a case of a day. */
type Draw = (day: string) => Plain;
type RecordPlan = { missing: number; records: { always: Record<string, Plain>; drawn: [field: string, draw: Draw][] }[] };

/** Worked out once for each example: which fields are drawn, and how. */
function planRecords(drawing: Drawing, example: ExampleDeclaration): [register: string, plan: RecordPlan][] {
  return Object.entries(example.registers).map(([name, records]) => {
    const register = drawing.registers.get(name);
    const missing = register ? (drawing.declared.missing?.[name] ?? USUALLY_MISSING) : 0;
    const planned = records.map((record) => {
      const drawn = Object.entries(record).flatMap(([field, value]): [string, Draw][] => {
        const own = register && String(record[register.key]) === example.applicant;
        const draw = register && drawerOf(drawing, { register, field, value, from: example.day, own: own === true });
        return draw ? [[field, draw]] : [];
      });
      return { always: record, drawn };
    });
    return [name, { missing, records: planned }];
  });
}

function drawerOf(
  { declared, random, seen }: Drawing,
  given: { register: RegisterDeclaration; field: string; value: Plain; from: string; own: boolean },
): Draw | undefined {
  const { register, field, value, from, own } = given;
  const name = `${register.register}.${field}`;
  const distribution = (own ? declared.distributions?.[`applicant.${field}`] : undefined) ?? declared.distributions?.[name];
  if (distribution) return (day) => drawFrom(distribution, day, random);
  const declaration = register.fields[field];
  if (value === null || field === register.key || !declaration) return undefined;
  if (declaration.type === "date") return (day) => drawDay(String(value), { from, day }, random);
  if (declaration.type === "integer" || declaration.type === "decimal") return () => drawNumber(Number(value), random);
  const values = seen.get(name) ?? [];
  if ((declaration.type !== "code" && !declaration.values) || values.length < 2) return undefined;
  return () => random.pick(values);
}

/** Each record of the example as it might have stood that day; some are not there. */
function drawRecords({ random }: Drawing, plans: [register: string, plan: RecordPlan][], day: string): Records {
  const drawn: Records = {};
  for (const [name, { missing, records }] of plans) {
    const made: Record<string, Plain>[] = [];
    for (const { always, drawn: fields } of records) {
      if (missing > 0 && random.next() < missing) continue;
      const record = { ...always };
      for (const [field, draw] of fields) record[field] = draw(day);
      made.push(record);
    }
    drawn[name] = made;
  }
  return drawn;
}

function answerForm(
  { edition, declared, random }: Drawing,
  given: { example: ExampleDeclaration; scope: Scope; answers: Record<string, Plain>; day: string; again: boolean },
): boolean {
  const { example, scope, answers, day, again } = given;
  let changed = false;
  for (const page of edition.pages) {
    const shown = !page.when || page.when.evaluate(scope) === true;
    for (const field of page.fields) {
      const { declaration } = field;
      const name = declaration.field;
      const before = answers[name];
      if (!shown || (field.when && field.when.evaluate(scope) !== true)) answers[name] = null;
      else if (again) answers[name] ??= orNothing(declaration, () => answerFor({ field, scope, example, day, random }));
      else {
        const distribution = declared.distributions?.[`answers.${name}`];
        if (distribution) answers[name] = drawFrom(distribution, day, random);
        else if (declaration.type === "yes-no" && !isGate(edition, name)) answers[name] = random.next() < 0.5;
        else answers[name] ??= orNothing(declaration, () => answerFor({ field, scope, example, day, random }));
      }
      if (declaration.lookup) (scope.picked as Record<string, Plain>)[name] = answers[name] ?? null;
      changed ||= answers[name] !== before;
    }
  }
  return changed;
}

function orNothing(declaration: FieldDeclaration, make: () => Plain): Plain {
  return declaration.required === false ? null : make();
}

/** Whether other questions or reads hang on it: such an answer stays that of the example, which has the records for it. */
function isGate(edition: CompiledEdition, name: string): boolean {
  const reads = [
    ...edition.pages.flatMap((page) => [page.when, ...page.fields.map((field) => field.when)]),
    ...edition.facts.flatMap((fact) => [fact.key, fact.keys, ...Object.values(fact.values ?? {})]),
  ];
  return reads.some((one) => one?.reads.some((read) => read === `answers.${name}` || read === "answers"));
}

/** What somebody might answer to a question the example does not answer. */
function answerFor(given: {
  field: CompiledField;
  scope: Scope;
  example: ExampleDeclaration;
  day: string;
  random: Random;
}): Plain {
  const { field, scope, example, day, random } = given;
  const { declaration } = field;
  const many = (value: Plain): Plain => (declaration.many ? (value === null ? [] : [value]) : value);
  switch (declaration.type) {
    case "choice":
      return many(random.pick((declaration.options ?? []).map(({ option }) => option)) ?? null);
    case "yes-no":
      return random.next() < 0.5;
    case "language":
      return random.pick(declaration.languages ?? ["ky", "ru", "kk", "en"]);
    case "date":
      return drawDay(example.day, { from: example.day, day }, random);
    case "number":
      return drawNumber(Number(field.suggested?.evaluate(scope) ?? field.min?.evaluate(scope) ?? 1), random);
    case "record": {
      const records = (declaration.from ?? []).flatMap((name) => [(scope[name] as Plain) ?? []].flat()).filter(isRecord);
      return many(records.length > 0 ? (Object.values(random.pick(records))[0] as Plain) : null);
    }
    default:
      return null;
  }
}

/** A value of a declared distribution. */
export function drawFrom(distribution: Distribution, day: string, random: Random): Plain {
  if ("values" in distribution) return random.weighted(distribution.values);
  if ("days" in distribution) return dayFrom(day, random.whole(distribution.days.from, distribution.days.to));
  if ("years" in distribution) {
    const { from, to } = random.weighted(distribution.years.map((value) => ({ value, weight: value.weight })));
    return dayFrom(day, -Math.floor((from + random.next() * (to - from)) * 365.2425));
  }
  const { median, spread, least = Number.NEGATIVE_INFINITY, most = Number.POSITIVE_INFINITY, step } = distribution;
  const drawn = median * Math.exp(random.normal(0, Math.log(spread)));
  return Math.min(most, Math.max(least, rounded(drawn, step ?? 1)));
}

function rounded(value: number, step: number): number {
  // By a whole number of steps of the inverse, so that 0.1 is written as 0.1.
  return step < 1 ? Math.round(value / step) / Math.round(1 / step) : Math.round(value / step) * step;
}

/** As far from the day as in the example, times something between a quarter and four: both sides of a limit are reached. */
function drawDay(value: string, { from, day }: { from: string; day: string }, random: Random): string {
  const distance = (Date.parse(value) - Date.parse(from)) / DAY_MS;
  if (!Number.isFinite(distance)) return value;
  if (distance === 0) return dayFrom(day, random.whole(-30, 30));
  return dayFrom(day, Math.round(distance * 4 ** (random.next() * 2 - 1)));
}

function drawNumber(value: number, random: Random): number {
  const drawn = value * Math.exp(random.normal(0, 0.6));
  return Number.isInteger(value) ? Math.round(drawn) : Math.round(drawn * 100) / 100;
}

/** An answer that is a day moves along with the day of the application. */
function shifted(value: Plain, from: string, day: string): Plain {
  if (typeof value !== "string" || !/^\d{4}-\d{2}-\d{2}$/.test(value)) return value;
  return dayFrom(day, (Date.parse(value) - Date.parse(from)) / DAY_MS);
}

const EARLIEST = Date.parse("1900-01-01") / DAY_MS;
const LATEST = Date.parse("2199-12-31") / DAY_MS;
const texts = new Map<number, string>();
const numbers = new Map<string, number>();

/** Days are few beside the cases they stand in: their texts are made once. */
function dayFrom(day: string, days: number): string {
  let from = numbers.get(day);
  if (from === undefined) {
    from = Date.parse(day) / DAY_MS;
    numbers.set(day, from);
  }
  const at = Math.min(LATEST, Math.max(EARLIEST, from + days));
  let text = texts.get(at);
  if (text === undefined) {
    text = new Date(at * DAY_MS).toISOString().slice(0, 10);
    texts.set(at, text);
  }
  return text;
}
