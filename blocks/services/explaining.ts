/** Why a rule refused: by which rules of which tables, and what would have made it otherwise. */
import { type Facts, type FeelValue, fromPlain, orderValues, type Shape } from "@kerege/kernel/feel";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import {
  type Change,
  changeSentences,
  type Decision,
  type DecisionWords,
  explainDecision,
  explanationSentences,
  whatWouldChange,
} from "@kerege/process";
import { type CompiledEdition, type CompiledField, type CompiledRule, head } from "./compile.ts";
import { factsFor, type ServiceDecision } from "./deciding.ts";
import { byLanguage, type Cite, citationOf, holds } from "./decision.ts";
import type { Plain } from "./declaration.ts";
import type { Scope } from "./expression.ts";
import type { FieldState } from "./form.ts";
import { addLazily, type Settled } from "./situation.ts";

export interface Reasons {
  /** Names the decision rests on, with their values; records and lists by their parts. */
  facts: { name: string; value: Plain }[];
  /** Rules of tables that held, each with its norm, as sentences. None where the rule rests on no table. */
  because: Multilingual[];
  /** Ways in which it would have been otherwise, as sentences: the least change first, each tried before it is said. */
  changes: Multilingual[];
}

const MOST_CHANGES = 3;

/** Says why a rule refused. The scope is what it saw. */
export function reasonsOf(settled: Settled, refused: { rule: CompiledRule; scope: Scope }, cite: Cite): Reasons {
  const { rule, scope } = refused;
  const { edition } = settled.situation;
  const used = edition.decisions.filter(({ name }) => rule.holds.own.some((read) => head(read) === name));
  const explained = used.map(({ decision }) =>
    explainDecision(decision, { facts: factsFor(decision, { scope, names: edition.shapes }) }),
  );
  const names = new Set(rule.holds.own.filter((read) => !used.some(({ name }) => name === head(read))));
  for (const { facts } of explained) for (const { path } of facts) names.add(path);
  const because = explained.map((explanation) =>
    byLanguage((language) => explanationSentences({ ...explanation, facts: [] }, wordsOf(settled, language, cite))),
  );
  const ways = waysOut(settled, { rule, scope, used });
  const said = byLanguage((language) => changeSentences(ways, wordsOf(settled, language, cite)));
  return {
    facts: [...names].flatMap((name) => {
      const value = valueAt(scope, name);
      return typeof value === "object" && value !== null ? [] : [{ name, value }];
    }),
    because: because.flatMap(turned),
    changes: turned(said),
  };
}

/** Lists of sentences by language as a list of sentences in all languages. */
function turned(said: Record<Language, string[]>): Multilingual[] {
  return said.ky.map((_, index) => byLanguage((language) => said[language][index]!));
}

export function valueAt(scope: Scope, path: string): Plain {
  let value: unknown = scope;
  for (const part of path.split("."))
    value = typeof value === "object" && value !== null ? (value as Record<string, unknown>)[part] : undefined;
  return (value ?? null) as Plain;
}

interface Refused {
  rule: CompiledRule;
  scope: Scope;
  used: readonly ServiceDecision[];
}

/** The least changes after which the rule holds, and every other rule that holds today holds still. */
function waysOut(settled: Settled, refused: Refused): readonly (readonly Change[])[] {
  const { edition, day } = settled.situation;
  const { rule, scope } = refused;
  const asking = namesAsking(edition);
  const reads = [...new Set([...rule.holds.reads, ...(rule.when?.reads ?? [])])].filter(
    (path) => !asking.has(path) && !asking.has(head(path)) && !edition.decisions.some(({ name }) => name === head(path)),
  );
  const fields = askedFields(settled);
  const own = [
    ...fields.map(({ field }) => `answers.${field.declaration.field}`),
    ...reads.filter((path) => edition.facts.some(({ name, declaration }) => declaration.changeable && name === head(path))),
    "day",
  ].filter((path) => reads.includes(path));
  // Of what the person cannot change only a bound is said: how much, or since when.
  const bounds = reads.filter((path) => ["number", "date"].includes(String(shapeAt(edition, path))));
  const others = edition.rules.filter((other) => other !== rule && holds(other, scope));
  const possible = possibleWith(fields, day);
  const whole = wholeRule(settled, { ...refused, reads: [...new Set([...own, ...bounds])] });
  const decision: Decision = {
    ...whole,
    evaluate: (facts) => {
      const changed = scopeWith(settled, facts);
      return possible(facts) && [rule, ...others].every((one) => holds(one, changed));
    },
  };
  const values = Object.fromEntries(
    fields.flatMap(({ field, options }) => {
      const { type, many, field: name } = field.declaration;
      return type === "choice" && !many ? [[`answers.${name}`, options.map(({ value }) => value)] as const] : [];
    }),
  );
  const facts = { ...scope } as Facts;
  const ways = whatWouldChange(decision, { facts, wanted: (value) => value === true, changeable: own, values });
  return ways.slice(0, MOST_CHANGES);
}

/** The rule with the tables it rests on, as one decision over the names of the service. */
function wholeRule(settled: Settled, { rule, used, reads }: Refused & { reads: readonly string[] }): Omit<Decision, "evaluate"> {
  const { edition } = settled.situation;
  return {
    name: rule.declaration.rule,
    question: "",
    inputs: Object.entries(edition.shapes).map(([name, shape]) => ({ name, shape })),
    reads,
    shape: "boolean",
    tables: used.flatMap(({ decision }) => decision.tables),
    follow(facts) {
      const scope = scopeWith(settled, facts);
      const uses = used.flatMap(({ decision }) => decision.follow(factsFor(decision, { scope, names: edition.shapes })).uses);
      const seen = reads.map((path) => ({ path, value: fromPlain(valueAt(scope, path), shapeAt(edition, path)) }));
      return { value: null, facts: seen, uses, warnings: [] };
    },
  };
}

/** What expressions see with some facts changed. */
function scopeWith({ situation }: Settled, facts: Facts): Scope {
  return addLazily(situation, { scope: { ...facts }, language: situation.language, afresh: false });
}

/** Names by which registers are asked: what another value would bring nobody knows before they are asked again. */
function namesAsking({ facts }: CompiledEdition): ReadonlySet<string> {
  const expressions = facts.flatMap(({ key, keys, values = {} }) => [key, keys, ...Object.values(values)]);
  return new Set(expressions.flatMap((expression) => expression?.reads ?? []));
}

/** Questions that were asked. */
function askedFields({ form }: Settled): FieldState[] {
  return form.pages.flatMap(({ active, fields }) => (active ? fields.filter((field) => field.active) : []));
}

/** Whether the form takes such answers, and the day is not past. */
function possibleWith(fields: readonly FieldState[], day: string): (facts: Facts) => boolean {
  const limits = fields.flatMap(({ field, min, max }) => {
    const shape = kindOf(field);
    if (shape === undefined || (min === undefined && max === undefined)) return [];
    const limit = (text: string | undefined): FeelValue => (text === undefined ? null : fromPlain(text, shape));
    return [{ path: `answers.${field.declaration.field}`, shape, low: limit(min), high: limit(max) }];
  });
  const today = fromPlain(day, "date");
  const within = (value: FeelValue, low: FeelValue, high: FeelValue) =>
    (low === null || (orderValues(value, low) ?? 0) >= 0) && (high === null || (orderValues(value, high) ?? 0) <= 0);
  return (facts) =>
    within(fromPlain(facts.day, "date"), today, null) &&
    limits.every(({ path, shape, low, high }) => {
      const value = fromPlain(valueAt(facts as Scope, path), shape);
      return value === null || within(value, low, high);
    });
}

function kindOf({ declaration }: CompiledField): "date" | "number" | undefined {
  return declaration.type === "date" || declaration.type === "number" ? declaration.type : undefined;
}

/** What is known of a value by its path. */
function shapeAt({ shapes }: CompiledEdition, path: string): Shape | undefined {
  let shape: Shape | undefined = shapes;
  for (const name of path.split(".")) {
    if (typeof shape !== "object" || Array.isArray(shape) || !Object.hasOwn(shape, name)) return undefined;
    shape = (shape as Record<string, Shape>)[name];
  }
  return shape;
}

/** What facts, their values, tables and norms are called: as in the registers, the form and the passport. */
function wordsOf({ situation }: Settled, language: Language, cite: Cite): DecisionWords {
  const { edition, label } = situation;
  const { service, rules } = edition.declaration;
  const { translate } = cite;
  const fieldAt = (path: string) => {
    const [first, second = ""] = path.split(".") as [string, string?];
    const register = edition.facts.find(({ name }) => name === first)?.register.fields[second];
    const asked =
      first === "answers"
        ? edition.pages.flatMap(({ fields }) => fields).find(({ declaration }) => declaration.field === second)
        : undefined;
    return { register, asked: asked?.declaration };
  };
  return {
    translate: (key, values) => translate(language, key, values),
    table: (table) => rules.decisions?.[table]?.title[language] ?? table,
    fact(path) {
      const { register, asked } = fieldAt(path);
      if (path === "day") return translate(language, "services.explained.day");
      return register?.title[language] ?? asked?.title[language] ?? path;
    },
    norm: (norm) => cite(language, citationOf(service.acts, norm)),
    source: ({ register }) => register,
    value(path, value) {
      if (typeof value !== "string") return undefined;
      const { register, asked } = fieldAt(path);
      if (register?.classifier !== undefined) return label(register.classifier, value, language);
      return (
        register?.valueTitles?.[value]?.[language] ?? asked?.options?.find(({ option }) => option === value)?.title[language]
      );
    },
  };
}
