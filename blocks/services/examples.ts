import { isDeepStrictEqual } from "node:util";
import { toPlain } from "@kerege/kernel/feel";
import { addLocales, createTexts, type Language } from "@kerege/kernel/locale";
import type { PackFile, Packs } from "@kerege/kernel/pack";
import type { Path } from "@kerege/kernel/schema";
import { skeleton } from "@kerege/kernel/skeleton";
import { addDecidingTexts } from "@kerege/process";
import type { RegisterDeclaration } from "@kerege/registry";
import type { CompiledEdition } from "./compile.ts";
import { factsFor } from "./deciding.ts";
import { type Cite, citer, decide, type Outcome } from "./decision.ts";
import type { ExampleDeclaration, Plain } from "./declaration.ts";
import { serviceFiles } from "./edition.ts";
import { compileFiles } from "./editions.ts";
import { errorsOf } from "./pages.ts";
import { type FactRead, type FactStates, type Settled, scopeOf, settle, type Typed } from "./situation.ts";

export interface ExampleResult {
  service: string;
  example: string;
  file: PackFile<ExampleDeclaration>;
  title: ExampleDeclaration["title"];
  proves: string[];
  ok: boolean;
  /** Where the outcome is not what the example says. */
  differences: Difference[];
  /** Rules that refused in it. */
  refusals: string[];
  /** Rules of tables that held, numbered from 1, by the name of the table. */
  tables: Record<string, number[]>;
}

export interface Difference {
  place: Path;
  expected: string;
  came: string;
}

/** Case number every example has. */
const EXAMPLE_NUMBER = "2026-000001";
const MOST_ROUNDS = 8;

/** Runs every example of every service of the packs by the engine that serves people; only the registers are those of the example. */
export function runExamples(packs: Packs): ExampleResult[] {
  const registers = new Map(packs.files<RegisterDeclaration>("register").map((file) => [file.value.register, file.value]));
  return [...serviceFiles(packs).services.values()].flatMap((files) => {
    let faults = 0;
    const edition = compileFiles(files, registers, () => faults++);
    return files.examples.map((file) => (faults > 0 ? notRun(edition, file) : runExample(edition, file)));
  });
}

export function runExample(edition: CompiledEdition, file: PackFile<ExampleDeclaration>): ExampleResult {
  const example = file.value;
  const { settled, errors } = settleExample(edition, example);
  const outcome = errors.length > 0 ? undefined : decide(settled, citeOf());
  const decided = errors.length > 0 ? { values: {}, tables: {} } : decisionsIn(settled);
  const differences = [...compare(example, { settled, errors, outcome }), ...compareDecisions(example, decided)];
  const refusals = outcome?.kind === "refused" ? outcome.refusals.map((refusal) => refusal.rule) : [];
  const { example: name, title, proves = [] } = example;
  return {
    service: edition.id,
    example: name,
    file,
    title,
    proves,
    ok: differences.length === 0,
    differences,
    refusals,
    tables: decided.tables,
  };
}

interface Decided {
  values: Record<string, Plain>;
  tables: Record<string, number[]>;
}

/** What every decision of the service comes to, and by which rules. */
function decisionsIn({ situation, facts, form }: Settled): Decided {
  const decided: Decided = { values: {}, tables: {} };
  const scope = scopeOf(situation, { facts, answers: form.answers });
  for (const { name, decision } of situation.edition.decisions) {
    const { value, uses } = decision.follow(factsFor(decision, { scope, names: situation.edition.shapes }));
    decided.values[name] = toPlain(value) as Plain;
    for (const { table, rules } of uses) {
      // Of a table whose first rule wins, the others did nothing.
      const held = table.expression.hitPolicy === "FIRST" ? rules.slice(0, 1) : rules;
      const numbers = new Set([...(decided.tables[table.element] ?? []), ...held.map((rule) => rule + 1)]);
      decided.tables[table.element] = [...numbers].sort((a, b) => a - b);
    }
  }
  return decided;
}

function compareDecisions({ expect }: ExampleDeclaration, came: Decided): Difference[] {
  const differing = (part: "decisions" | "tables"): Difference[] =>
    Object.entries(expect[part] ?? {}).flatMap(([name, expected]) => {
      const actual = part === "decisions" ? came.values[name] : came.tables[name];
      return isDeepStrictEqual(expected, actual)
        ? []
        : [{ place: ["expect", part, name], expected: write(expected), came: write(actual) }];
    });
  return [...differing("decisions"), ...differing("tables")];
}

function notRun(edition: CompiledEdition, file: PackFile<ExampleDeclaration>): ExampleResult {
  const { example, title, proves = [], expect } = file.value;
  const differences = [{ place: ["expect", "outcome"], expected: expect.outcome, came: "a service that does not compile" }];
  return { service: edition.id, example, file, title, proves, ok: false, differences, refusals: [], tables: {} };
}

/** Reads what the example's answers need from its records, until nothing is left to read. */
export function settleExample(edition: CompiledEdition, example: ExampleDeclaration): { settled: Settled; errors: string[] } {
  const label = (classifier: string, code: string) => example.labels?.[classifier]?.[code] ?? code;
  const { applicant, day, language = "ky" } = example;
  let settled = settle({
    edition,
    applicant,
    day,
    language,
    caseNumber: EXAMPLE_NUMBER,
    typed: typedOf(example),
    facts: {},
    label,
  });
  for (let round = 0; settled.reads.length > 0 && round < MOST_ROUNDS; round++) {
    const facts: FactStates = { ...settled.situation.facts };
    for (const read of settled.reads) facts[read.fact.name] = { by: read.by, value: readRecords(example.registers, read) };
    settled = settle({ ...settled.situation, facts });
  }
  const errors = settled.form.pages.filter((page) => page.active).flatMap((page) => errorsOf(page).map((error) => error.field));
  return { settled, errors };
}

function typedOf(example: ExampleDeclaration): Typed {
  const text = (value: Plain): string => (value === true ? "yes" : value === false ? "no" : value === null ? "" : String(value));
  return Object.fromEntries(
    Object.entries(example.answers).map(([name, value]) => [name, Array.isArray(value) ? value.map(text) : text(value)]),
  );
}

/** Answers a read from records by register, with the fields that are asked for and no others, as the registers do. */
export function readRecords(registers: ExampleDeclaration["registers"], read: FactRead): Plain {
  const { declaration, register } = read.fact;
  const records = registers[declaration.register] ?? [];
  const chosen = (record: Record<string, Plain>): Plain =>
    Object.fromEntries([register.key, ...declaration.fields].map((field) => [field, record[field] ?? null]));
  const byKey = (key: string) => records.find((record) => String(record[register.key]) === key);
  if (read.kind === "one") {
    const record = byKey(read.key);
    return record ? chosen(record) : null;
  }
  if (read.kind === "many")
    return read.keys
      .map(byKey)
      .filter((record) => record !== undefined)
      .map(chosen);
  const condition = register.search[declaration.search!.condition];
  return records
    .filter((record) =>
      Object.entries(read.values).every(([field, value]) => meets(record[field], value, condition?.prefix === field)),
    )
    .map(chosen);
}

function meets(value: Plain | undefined, wanted: Plain, prefix: boolean): boolean {
  return prefix ? skeleton(String(value ?? "")).startsWith(skeleton(String(wanted))) : value === wanted;
}

function compare(
  example: ExampleDeclaration,
  came: { settled: Settled; errors: string[]; outcome: Outcome | undefined },
): Difference[] {
  const { expect } = example;
  const { outcome, settled, errors } = came;
  const differences: Difference[] = [];
  const same = (place: Path, expected: unknown, actual: unknown) => {
    if (!isDeepStrictEqual(expected, actual))
      differences.push({ place: ["expect", ...place], expected: write(expected), came: write(actual) });
  };
  const kind = outcome?.kind ?? "invalid";
  const refusals = outcome?.kind === "refused" ? outcome.refusals.map((refusal) => refusal.rule) : [];
  same(
    ["outcome"],
    expect.outcome,
    kind === "refused" && expect.outcome !== "refused"
      ? `refused: ${refusals}`
      : kind === "invalid" && expect.outcome !== "invalid"
        ? `invalid: ${errors}`
        : kind,
  );
  same(["refusals"], sorted(expect.refusals ?? []), sorted(refusals));
  same(["errors"], sorted(expect.errors ?? []), sorted(errors));
  if (expect.reads) same(["reads"], sortedKeys(expect.reads), sortedKeys(readsOf(settled)));
  const steps = outcome?.steps ?? [];
  const records = steps.flatMap((step) => (step.kind === "record" ? step.events : []));
  if (expect.records || records.length > 0) same(["records"], expect.records ?? [], records);
  const document = steps.find((step) => step.kind === "document");
  if (expect.document || document) {
    const wanted = expect.document;
    same(["document", "document"], wanted?.document, document?.document);
    if (wanted?.language) same(["document", "language"], wanted.language, document?.language);
    if (wanted?.subject) same(["document", "subject"], wanted.subject, document?.subject);
    same(["document", "facts"], wanted && sortedKeys(wanted.facts), document && sortedKeys(document.facts));
  }
  compareLetters(expect.letters, { outcome, language: example.language ?? "ky", same });
  return differences;
}

function compareLetters(
  expected: ExampleDeclaration["expect"]["letters"],
  came: { outcome: Outcome | undefined; language: Language; same: (place: Path, expected: unknown, actual: unknown) => void },
): void {
  const letters = (came.outcome?.steps ?? []).filter((step) => step.kind === "letter");
  if (!expected) return;
  came.same(
    ["letters"],
    expected.map(({ to, step }) => ({ to, step })),
    letters.map(({ to, step }) => ({ to, step })),
  );
  for (const [index, { contains }] of expected.entries()) {
    const letter = letters[index];
    if (!contains || !letter) continue;
    const text = `${letter.subject[came.language]}\n${letter.body[came.language]}`;
    if (!text.includes(contains)) came.same(["letters", index, "contains"], contains, text);
  }
}

function readsOf({ situation, facts }: Settled): Record<string, Plain> {
  const reads: Record<string, Plain> = {};
  for (const name of Object.keys(facts)) {
    const by = situation.facts[name]?.by;
    if (by === undefined || facts[name] !== situation.facts[name]!.value) continue;
    const [kind, what] = JSON.parse(by) as ["key" | "keys" | "search", Plain];
    reads[name] = kind === "search" ? Object.values(what as Record<string, Plain>).map(String) : what;
  }
  return reads;
}

function sorted(values: string[]): string[] {
  return [...values].sort();
}

function sortedKeys<Value>(values: Record<string, Value>): Record<string, Value> {
  return Object.fromEntries(Object.entries(values).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function write(value: unknown): string {
  return value === undefined ? "nothing" : JSON.stringify(value);
}

let cite: Cite | undefined;
function citeOf(): Cite {
  if (!cite) {
    const texts = createTexts();
    addLocales(texts, "services", new URL("./locales/", import.meta.url));
    addDecidingTexts(texts);
    cite = citer(texts.translate);
  }
  return cite;
}
