import type { Shapes } from "@kerege/kernel/feel";
import type { Path } from "@kerege/kernel/schema";
import type { RegisterDeclaration } from "@kerege/registry";
import { compileDecisions, type ServiceDecision } from "./deciding.ts";
import type {
  Edition,
  FactDeclaration,
  FieldDeclaration,
  LetterTemplate,
  PageDeclaration,
  Rule,
  StepDeclaration,
} from "./declaration.ts";
import { answerShape, type Compiled, compileText, recordShape } from "./expression.ts";

export type EditionPart = "service" | "facts" | "form" | "rules" | "outcome" | "decisions";
/** Says what is wrong in a part of the edition and where. */
export type EditionReport = (part: EditionPart, place: Path, code: string, params?: Record<string, string | number>) => void;

export interface CompiledFact {
  name: string;
  declaration: Omit<FactDeclaration, "why"> & { why?: FactDeclaration["why"] };
  register: RegisterDeclaration;
  key?: Compiled;
  keys?: Compiled;
  values?: Record<string, Compiled>;
  /** Facts that must be known first. */
  after: string[];
}

export interface CompiledField {
  declaration: FieldDeclaration;
  when?: Compiled;
  min?: Compiled;
  max?: Compiled;
  suggested?: Compiled;
  only?: Compiled;
  label?: Compiled;
  /** Register of a lookup. */
  register?: RegisterDeclaration;
}

export interface CompiledPage {
  declaration: PageDeclaration;
  when?: Compiled;
  fields: CompiledField[];
}

export interface CompiledRule {
  declaration: Rule;
  holds: Compiled;
  when?: Compiled;
}

export interface CompiledLetter {
  template: LetterTemplate;
  to?: Compiled;
  values: Record<string, Compiled>;
}

export interface CompiledStep {
  declaration: StepDeclaration;
  when?: Compiled;
  record?: { key?: Compiled; each?: Compiled; values: Record<string, Compiled>; validFrom: Compiled };
  document?: { subject?: Compiled; language?: Compiled; facts: Record<string, Compiled> };
  letter?: CompiledLetter;
}

/** An edition ready to be executed. */
export interface CompiledEdition {
  id: string;
  pack: string;
  hash: string;
  declaration: Edition;
  /** Names its expressions may use, with what they stand for. */
  shapes: Shapes;
  /** Decisions of its own DMN files: each is a name of FEEL. */
  decisions: readonly ServiceDecision[];
  /** Names that some expression speaks of. */
  spoken: ReadonlySet<string>;
  /** In an order in which each stands after those it needs; the records of lookups among them. */
  facts: CompiledFact[];
  /** Whom the application is about; the applicant when there is none. */
  subject?: Compiled;
  pages: CompiledPage[];
  rules: CompiledRule[];
  steps: CompiledStep[];
  refusalLetter?: CompiledLetter;
}

/** Compiles every expression of an edition. Faults are reported; what could not be compiled is left out. */
export function compileEdition(given: {
  edition: Edition;
  pack: string;
  hash: string;
  registers: Map<string, RegisterDeclaration>;
  report: EditionReport;
}): CompiledEdition {
  const { edition, registers, report } = given;
  const facts = [...declaredFacts(edition, registers, report)];
  const known = shapesOf(edition, facts);
  const decisions = compileDecisions(edition.decisions, known);
  const names: Shapes = { ...known, ...Object.fromEntries(decisions.map(({ name, decision }) => [name, decision.shape])) };
  const spoken = new Set<string>();
  const at = (part: EditionPart, place: Path, text: string | undefined, more: Shapes = {}): Compiled | undefined => {
    if (text === undefined) return undefined;
    const made = compileText(text, { ...names, ...more });
    if (made.ok) {
      for (const read of made.compiled.own) spoken.add(head(read));
      return withDecisions(made.compiled, decisions);
    }
    for (const fault of made.faults)
      report(part, place, "feel", { message: fault.message, remedy: fault.remedy, column: fault.column });
    return undefined;
  };
  const table = (part: EditionPart, place: Path, texts: Record<string, string> = {}, more: Shapes = {}) => {
    const compiled: Record<string, Compiled> = {};
    for (const [name, text] of Object.entries(texts)) {
      const one = at(part, [...place, name], text, more);
      if (one) compiled[name] = one;
    }
    return compiled;
  };
  for (const fact of facts) {
    const place: Path = ["facts", fact.name];
    const part: EditionPart = fact.name in edition.facts.facts ? "facts" : "form";
    const { key, keys, search } = fact.declaration;
    fact.key = at(part, [...place, "key"], key);
    fact.keys = at(part, [...place, "keys"], keys);
    if (search) fact.values = table(part, [...place, "search", "values"], search.values);
    const reads = [fact.key, fact.keys, ...Object.values(fact.values ?? {})].flatMap((one) => one?.reads ?? []);
    fact.after = [...new Set(reads.map(head))].filter((name) => name !== fact.name && facts.some((other) => other.name === name));
    if (reads.some((read) => head(read) === fact.name)) report(part, place, "fact-circle", { fact: fact.name });
  }
  const letter = (place: Path, template: LetterTemplate & { to?: string }, more: Shapes = {}): CompiledLetter => ({
    template,
    to: at("outcome", [...place, "to"], template.to, more),
    values: table("outcome", [...place, "values"], template.values, more),
  });
  return {
    id: edition.service.service,
    pack: given.pack,
    hash: given.hash,
    declaration: edition,
    shapes: names,
    decisions,
    spoken,
    facts: inOrder(facts, report),
    subject: at("form", ["subject"], edition.form.subject),
    pages: edition.form.pages.map((page, index) => ({
      declaration: page,
      when: at("form", ["pages", index, "when"], page.when),
      fields: page.fields.map((field, number) =>
        compileField({ field, place: ["pages", index, "fields", number], facts, registers, at }),
      ),
    })),
    rules: edition.rules.rules.flatMap((rule, index) => {
      const holds = at("rules", ["rules", index, "holds"], rule.holds);
      return holds ? [{ declaration: rule, holds, when: at("rules", ["rules", index, "when"], rule.when) }] : [];
    }),
    steps: (edition.outcome?.steps ?? []).map((step, index) => compileStep({ step, place: ["steps", index], at, table, letter })),
    refusalLetter: edition.outcome
      ? letter(["refusalLetter"], edition.outcome.refusalLetter, { reasons: "string", changes: "string" })
      : undefined,
  };
}

/** What a decision looks at is read by whoever speaks of the decision. */
function withDecisions(compiled: Compiled, decisions: readonly ServiceDecision[]): Compiled {
  const spoken = decisions.filter(({ name }) => compiled.own.some((read) => head(read) === name));
  if (spoken.length === 0) return compiled;
  return { ...compiled, reads: [...new Set([...compiled.own, ...spoken.flatMap(({ decision }) => decision.reads)])] };
}

type At = (part: EditionPart, place: Path, text: string | undefined, more?: Shapes) => Compiled | undefined;

function compileField(given: {
  field: FieldDeclaration;
  place: Path;
  facts: CompiledFact[];
  registers: Map<string, RegisterDeclaration>;
  at: At;
}): CompiledField {
  const { field, place, at } = given;
  const source = given.facts.find((fact) => fact.name === (field.lookup ? field.field : field.from?.[0]));
  const item: Shapes = source
    ? { item: recordShape(source.register, source.declaration.fields), labels: "context" }
    : { item: "context", labels: "context" };
  return {
    declaration: field,
    when: at("form", [...place, "when"], field.when),
    min: at("form", [...place, "min"], field.min),
    max: at("form", [...place, "max"], field.max),
    suggested: at("form", [...place, "suggested"], field.suggested),
    only: at("form", [...place, "only"], field.only, item),
    label: at("form", [...place, "label"], field.label, item),
    register: field.lookup && given.registers.get(field.lookup.register),
  };
}

function compileStep(given: {
  step: StepDeclaration;
  place: Path;
  at: At;
  table: (part: EditionPart, place: Path, texts?: Record<string, string>, more?: Shapes) => Record<string, Compiled>;
  letter: (place: Path, template: LetterTemplate & { to?: string }) => CompiledLetter;
}): CompiledStep {
  const { step, place, at, table } = given;
  const compiled: CompiledStep = { declaration: step, when: at("outcome", [...place, "when"], step.when) };
  if ("record" in step) {
    const more: Shapes = step.record.each ? { item: "string" } : {};
    const validFrom = at("outcome", [...place, "record", "validFrom"], step.record.validFrom, more);
    if (validFrom) {
      compiled.record = {
        key: at("outcome", [...place, "record", "key"], step.record.key),
        each: at("outcome", [...place, "record", "each"], step.record.each),
        values: table("outcome", [...place, "record", "values"], step.record.values, more),
        validFrom,
      };
    }
  } else if ("document" in step) {
    compiled.document = {
      subject: at("outcome", [...place, "document", "subject"], step.document.subject),
      language: at("outcome", [...place, "document", "language"], step.document.language),
      facts: table("outcome", [...place, "document", "facts"], step.document.facts),
    };
  } else if ("letter" in step) compiled.letter = given.letter([...place, "letter"], step.letter);
  return compiled;
}

/** Facts as declared, and one for each lookup: the record that was picked. */
function* declaredFacts(
  edition: Edition,
  registers: Map<string, RegisterDeclaration>,
  report: EditionReport,
): Generator<CompiledFact> {
  for (const [name, declaration] of Object.entries(edition.facts.facts)) {
    const register = registers.get(declaration.register);
    if (register) yield { name, declaration, register, after: [] };
    else report("facts", ["facts", name, "register"], "unknown-register", { register: declaration.register });
  }
  for (const [index, page] of edition.form.pages.entries()) {
    for (const [number, { field, lookup }] of page.fields.entries()) {
      if (!lookup) continue;
      const register = registers.get(lookup.register);
      if (!register) {
        report("form", ["pages", index, "fields", number, "lookup", "register"], "unknown-register", {
          register: lookup.register,
        });
        continue;
      }
      const { ground, fields } = lookup;
      yield {
        name: field,
        declaration: { register: lookup.register, fields, ground, key: `picked.${field}` },
        register,
        after: [],
      };
    }
  }
}

/** Names that expressions of the service may use, with what they stand for. */
function shapesOf(edition: Edition, facts: CompiledFact[]): Shapes {
  const fields = edition.form.pages.flatMap((page) => page.fields);
  const shapes: Record<string, Shapes[string]> = {
    applicant: "string",
    day: "date",
    language: "string",
    case_number: "string",
    answers: Object.fromEntries(fields.map((field) => [field.field, answerShape(field)])),
    picked: Object.fromEntries(fields.filter((field) => field.lookup).map((field) => [field.field, "string" as const])),
    labels: "context",
  };
  for (const fact of facts) {
    const shape = recordShape(fact.register, fact.declaration.fields);
    shapes[fact.name] = fact.declaration.key !== undefined ? shape : [shape];
  }
  return shapes;
}

function inOrder(facts: CompiledFact[], report: EditionReport): CompiledFact[] {
  const ordered: CompiledFact[] = [];
  const left = [...facts];
  while (left.length > 0) {
    const next = left.findIndex((fact) => fact.after.every((name) => ordered.some((done) => done.name === name)));
    if (next < 0) {
      report("facts", ["facts", left[0]!.name], "fact-circle", { fact: left.map((fact) => fact.name).join(" → ") });
      return ordered;
    }
    ordered.push(...left.splice(next, 1));
  }
  return ordered;
}

/** The first name of a path: `person` of `person.born_on`. */
export function head(read: string): string {
  return read.split(".")[0]!;
}
