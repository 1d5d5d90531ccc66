import { compileMessage, type Language, languages, type Multilingual, type TextValue } from "@kerege/kernel/locale";
import type { CompiledLetter, CompiledRule, CompiledStep } from "./compile.ts";
import type { Norm, Plain } from "./declaration.ts";
import { reasonsOf } from "./explaining.ts";
import type { Compiled, Scope } from "./expression.ts";
import { type Settled, scopeOf } from "./situation.ts";

/** One rule that did not hold: what it says, the norm it rests on, the facts it looked at, and what would change it. */
export interface Refusal {
  rule: string;
  text: Multilingual;
  norm: { act: Multilingual; article?: string; edition?: string };
  /** Names it read (`person.born_on`, `answers.since`, `day`) with their values. */
  facts: { name: string; value: Plain }[];
  wouldHelp: Multilingual;
  /** Rules of tables it rests on, each with its norm. */
  because?: Multilingual[];
  /** Ways in which it would have been otherwise. */
  changes?: Multilingual[];
  /** What the official who refused wrote, in his words. */
  said?: string;
}

export type Planned =
  | { step: string; kind: "record"; events: PlannedEvent[]; document?: string }
  | { step: string; kind: "document"; document: string; language: Language; subject: string; facts: Record<string, Plain> }
  | { step: string; kind: "letter"; to: string; subject: Multilingual; body: Multilingual };

export interface PlannedEvent {
  register: string;
  event: string;
  key: string;
  validFrom: string;
  values: Record<string, Plain>;
}

/** What the application comes to: everything that will be done is settled here, before anything is. */
export type Outcome = { kind: "granted"; steps: Planned[] } | { kind: "refused"; refusals: Refusal[]; steps: Planned[] };

/** Says a provision of law in words, for letters; the texts of the house say the rest. */
export interface Cite {
  (language: Language, norm: Refusal["norm"]): string;
  readonly translate: (language: Language, key: string, values?: Record<string, TextValue>) => string;
}

/** The decision: the same edition, facts, answers and day give the same outcome, always. Facts and answers must be complete. */
export function decide(settled: Settled, cite: Cite): Outcome {
  const { edition } = settled.situation;
  const scope = scopeIn(settled, settled.situation.language);
  const refusals = edition.rules.filter((rule) => !holds(rule, scope)).map((rule) => refusalOf(settled, { rule, scope }, cite));
  if (refusals.length === 0) {
    return {
      kind: "granted",
      steps: edition.steps.filter((step) => applies(step.when, scope)).map((step) => plan(settled, step, scope)),
    };
  }
  return refuse(settled, refusals, cite);
}

/** The refusal with its letter: by the rules, or by an official on grounds of the service. */
export function refuse(settled: Settled, refusals: Refusal[], cite: Cite): Extract<Outcome, { kind: "refused" }> {
  const scope = scopeIn(settled, settled.situation.language);
  const texts = byLanguage((language) => ({
    reasons: refusals.map((refusal) => reasonText(refusal, language, cite)).join("\n\n"),
    changes: refusals.flatMap(({ changes = [] }) => changes.map((change) => change[language])).join("\n\n"),
  }));
  const letter = settled.situation.edition.refusalLetter;
  return { kind: "refused", refusals, steps: letter ? [letterOf({ settled, step: "refusal", letter, scope, texts })] : [] };
}

/** PIN of the person the application is about. */
export function subjectOf(settled: Settled): string {
  const { edition, applicant, language } = settled.situation;
  return textOf(edition.subject?.evaluate(scopeIn(settled, language))) ?? applicant;
}

/** Whether a rule lets the application pass. */
export function holds(rule: CompiledRule, scope: Scope): boolean {
  return !applies(rule.when, scope) || rule.holds.evaluate(scope) === true;
}

function applies(when: Compiled | undefined, scope: Scope): boolean {
  return !when || when.evaluate(scope) === true;
}

function scopeIn(settled: Settled, language: Language): Scope {
  return scopeOf(settled.situation, { facts: settled.facts, answers: settled.form.answers, language });
}

function refusalOf(settled: Settled, refused: { rule: CompiledRule; scope: Scope }, cite: Cite): Refusal {
  const { rule, refuse: text, norm, wouldHelp } = refused.rule.declaration;
  const { facts, because, changes } = reasonsOf(settled, refused, cite);
  const { acts } = settled.situation.edition.declaration.service;
  return { rule, text, norm: citationOf(acts, norm), facts, wouldHelp, because, changes };
}

/** A norm with the full name of its act; an act nobody named is shown by its code. */
export function citationOf(acts: Record<string, Multilingual>, norm: Norm): Refusal["norm"] {
  const act = acts[norm.act] ?? byLanguage(() => norm.act);
  return { act, ...(norm.article && { article: norm.article }), ...(norm.edition && { edition: norm.edition }) };
}

/** How a norm is written in a sentence: `law, article 21.1`. */
export function citer(translate: Cite["translate"]): Cite {
  const cite = (language: Language, { act, article }: Refusal["norm"]) =>
    article === undefined ? act[language] : translate(language, "services.citation", { act: act[language], article });
  return Object.assign(cite, { translate });
}

function reasonText(refusal: Refusal, language: Language, cite: Cite): string {
  const because = (refusal.because ?? []).map((sentence) => sentence[language]);
  const said = refusal.said === undefined ? [] : [refusal.said];
  const text = `${refusal.text[language]} (${cite(language, refusal.norm)})`;
  return [text, ...because, ...said, refusal.wouldHelp[language]].join("\n");
}

function plan(settled: Settled, step: CompiledStep, scope: Scope): Planned {
  const { language } = settled.situation;
  const name = step.declaration.step;
  const text = (expression: Compiled | undefined, other: string) => textOf(expression?.evaluate(scope)) ?? other;
  if (step.record && "record" in step.declaration) {
    const { document } = step.declaration.record;
    return { step: name, kind: "record", events: eventsOf(step, scope), ...(document !== undefined && { document }) };
  }
  if (step.document && "document" in step.declaration) {
    const wanted = text(step.document.language, language);
    const own = isLanguageCode(wanted) ? wanted : language;
    const facts = evaluateAll(step.document.facts, own === language ? scope : scopeIn(settled, own));
    return {
      step: name,
      kind: "document",
      document: step.declaration.document.document,
      language: own,
      subject: text(step.document.subject, subjectOf(settled)),
      facts,
    };
  }
  return letterOf({ settled, step: name, letter: step.letter!, scope });
}

function eventsOf(step: CompiledStep, scope: Scope): PlannedEvent[] {
  const record = step.record!;
  if (!("record" in step.declaration)) return [];
  const { register, event } = step.declaration.record;
  const each = record.each ? record.each.evaluate(scope) : record.key?.evaluate(scope);
  return (Array.isArray(each) ? each : [each ?? null]).flatMap((item) => {
    const key = textOf(item);
    if (key === undefined) return [];
    const own = record.each ? withItem(scope, key) : scope;
    const validFrom = textOf(record.validFrom.evaluate(own)) ?? "";
    return [{ register, event, key, validFrom, values: evaluateAll(record.values, own) }];
  });
}

/** The scope with `item`; what it looks up only when asked stays so. */
function withItem(scope: Scope, item: string): Scope {
  return Object.defineProperties({ item }, Object.getOwnPropertyDescriptors(scope)) as Scope;
}

function letterOf(given: {
  settled: Settled;
  step: string;
  letter: CompiledLetter;
  scope: Scope;
  /** What a refusal has to say. */
  texts?: Record<Language, Record<string, string>>;
}): Planned {
  const { settled, letter, scope } = given;
  const scopes = byLanguage((language) => (language === settled.situation.language ? scope : scopeIn(settled, language)));
  const write = (template: Multilingual) =>
    byLanguage((language) => {
      const values: Record<string, TextValue> = {};
      for (const [name, value] of Object.entries(evaluateAll(letter.values, scopes[language]))) values[name] = shown(value);
      Object.assign(values, given.texts?.[language]);
      // Where there is nothing to say at the end, no empty line stands there.
      const text = message(template[language], language)(values);
      return given.texts ? text.trimEnd() : text;
    });
  const to = textOf(letter.to?.evaluate(scope)) ?? settled.situation.applicant;
  return { step: given.step, kind: "letter", to, subject: write(letter.template.subject), body: write(letter.template.body) };
}

function evaluateAll(expressions: Record<string, Compiled>, scope: Scope): Record<string, Plain> {
  return Object.fromEntries(Object.entries(expressions).map(([name, expression]) => [name, expression.evaluate(scope)]));
}

function shown(value: Plain): TextValue {
  if (typeof value === "string" || typeof value === "number") return value;
  return Array.isArray(value) ? value.map(shown).join(", ") : "";
}

function textOf(value: Plain | undefined): string | undefined {
  return typeof value === "string" && value !== "" ? value : typeof value === "number" ? String(value) : undefined;
}

function isLanguageCode(text: string): text is Language {
  return (languages as readonly string[]).includes(text);
}

export function byLanguage<Value>(make: (language: Language) => Value): Record<Language, Value> {
  return { ky: make("ky"), ru: make("ru"), kk: make("kk"), en: make("en") };
}

const messages = new Map<string, ReturnType<typeof compileMessage>>();
function message(source: string, language: Language) {
  const key = `${language} ${source}`;
  let compiled = messages.get(key);
  if (!compiled) {
    compiled = compileMessage(source, language);
    messages.set(key, compiled);
  }
  return compiled;
}
