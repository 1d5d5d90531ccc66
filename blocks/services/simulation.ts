import type { Language } from "@kerege/kernel/locale";
import type { Bounds, Ending, GroupOf, Side } from "@kerege/process";
import { bandOf } from "@kerege/process";
import { type CompiledEdition, type CompiledField, type CompiledPage, type CompiledRule, head } from "./compile.ts";
import { holds } from "./decision.ts";
import type { Plain } from "./declaration.ts";
import { type Compiled, compileText, type Scope } from "./expression.ts";
import { type CompiledGroup, type SimulationDeclaration, USUAL_MINUTES, USUAL_OFFICIAL_MINUTES } from "./simulation-declared.ts";
import { type FactRead, readOf, type Situation, scopeOf } from "./situation.ts";

/** An application that was made, or might have been: what was answered, what registers said, and when. */
export interface PastApplication {
  /** `YYYY-MM-DD` */
  readonly day: string;
  readonly applicant: string;
  readonly language: Language;
  /** By field; a question that was not asked is not there, or null. */
  readonly answers: Readonly<Record<string, Plain>>;
  /** What expressions of the edition it was made under see. */
  readonly scope: Scope;
  /** What a register answered to a read; undefined where it was never asked. */
  recorded(read: FactRead): Plain | undefined;
  /** What the official said, where the service has one: `granted`, or the ground of a refusal; nothing where no official was asked. */
  readonly opinion?: string;
  /** Facts nobody had asked then, though the edition it is held to wants them. */
  readonly lacking: readonly string[];
  /** Rules that were looked at already, by their text: two editions have most of them in common. */
  readonly judged: Map<string, boolean>;
}

/** Makes an application as it stood under the edition it was made under. */
export function pastApplication(
  past: CompiledEdition,
  made: Omit<PastApplication, "scope" | "judged" | "lacking"> & { facts: Record<string, Plain>; lacking?: readonly string[] },
): PastApplication {
  const { day, applicant, language, answers, facts, recorded, opinion, lacking = NONE } = made;
  const scope = scopeOf(situationOf(past, { day, applicant, language, answers }), { facts, answers });
  return {
    day,
    applicant,
    language,
    answers,
    scope,
    recorded,
    lacking,
    judged: new Map(),
    ...(opinion !== undefined && { opinion }),
  };
}

/** What an application rests on under one edition, with what nobody ever asked. */
interface Seen {
  scope: Scope;
  /** Names of facts, and of answers as `answers.<field>`. */
  unknown: Set<string>;
  questions: number;
  minutes: number;
}

const NOBODY_WORKS: Ending["work"] = [];
/** Name of what an official would have said, among what nobody asked. */
const OFFICIAL = "official";
const NONE: readonly string[] = [];
const GRANTED: readonly string[] = ["granted"];
const REFUSED: readonly string[] = ["refused"];
const EITHER: readonly string[] = ["granted", "refused"];

/**
 * An edition to which past applications are put.
 * @param past the edition they were made under: what it read the same way is taken as it was
 */
export function sideOf(
  edition: CompiledEdition,
  past: CompiledEdition,
  declared: SimulationDeclaration & { name: string },
): Side<PastApplication> {
  const see = seeing(edition, past, { ...USUAL_MINUTES, ...declared.minutes });
  const { fee, deadline, review, body } = edition.declaration.service;
  const asking: Ending["work"] = review
    ? [{ desk: body, tasks: 1, minutes: declared.officialMinutes ?? USUAL_OFFICIAL_MINUTES }]
    : [];
  const paid = "amount" in fee ? -fee.amount : 0;
  const days = deadline === "at-once" ? 0 : deadline.workingDays;
  const given = amountOf(edition, declared.amount);
  return {
    name: declared.name,
    end(one) {
      const { scope, unknown, questions, minutes } = see(one);
      const judged = judge(edition.rules, { scope, unknown, judged: scope === one.scope ? one.judged : undefined });
      const { rules, outcomes, asked } = review ? reviewed(judged, one.opinion) : automatic(judged);
      if (asked && one.opinion === undefined) unknown.add(OFFICIAL);
      const sum = outcomes === REFUSED ? 0 : paid + given(scope);
      const amount: Bounds =
        outcomes === EITHER ? { least: Math.min(sum, 0), most: Math.max(sum, 0) } : { least: sum, most: sum };
      const ending: Ending = {
        outcomes,
        rules,
        amount,
        days: { least: days, most: days },
        work: asked ? asking : NOBODY_WORKS,
        questions,
        minutes,
        unknown: unknown.size === 0 ? NONE : [...unknown],
      };
      return ending;
    },
  };
}

interface Judged {
  rules: readonly string[];
  outcomes: readonly string[];
  /** An official has to look at it. */
  asked: boolean;
}

function automatic({ rules, open }: { rules: readonly string[]; open: boolean }): Judged {
  return { rules, outcomes: rules.length > 0 ? REFUSED : open ? EITHER : GRANTED, asked: false };
}

/** What the rules let pass an official looks at: what he said then he says again, and where none was asked either may come. */
function reviewed(judged: { rules: readonly string[]; open: boolean }, opinion: string | undefined): Judged {
  const { outcomes, rules } = automatic(judged);
  if (outcomes === REFUSED) return { rules, outcomes, asked: false };
  if (outcomes === EITHER || opinion === undefined) return { rules, outcomes: EITHER, asked: true };
  return opinion === "granted" ? { rules, outcomes: GRANTED, asked: true } : { rules: [opinion], outcomes: REFUSED, asked: true };
}

/** Minor units of what somebody who is granted gets; where it rests on what nobody asked, it is not counted. */
function amountOf(edition: CompiledEdition, text: string | undefined): (scope: Scope) => number {
  const made = text === undefined ? undefined : compileText(text, edition.shapes);
  if (!made?.ok) return () => 0;
  return (scope) => {
    const value = made.compiled.evaluate(scope);
    return typeof value === "number" ? Math.round(value * 100) : 0;
  };
}

interface Judging {
  scope: Scope;
  unknown: ReadonlySet<string>;
  judged: Map<string, boolean> | undefined;
}

/** Rules that refuse for certain, and whether one is open because of what nobody asked. */
function judge(rules: readonly CompiledRule[], judging: Judging): { rules: readonly string[]; open: boolean } {
  const { unknown, judged } = judging;
  let refused: string[] | undefined;
  let open = false;
  for (const rule of rules) {
    if (unknown.size > 0) {
      const says = judgeUnknown(rule, judging);
      if (says === undefined) open = true;
      else if (!says) {
        refused ??= [];
        refused.push(rule.declaration.rule);
      }
      continue;
    }
    const key = keyOf(rule);
    let says = judged?.get(key);
    if (says === undefined) {
      says = holds(rule, judging.scope);
      judged?.set(key, says);
    }
    if (!says) {
      refused ??= [];
      refused.push(rule.declaration.rule);
    }
  }
  return { rules: refused ?? NONE, open };
}

/** Whether the rule lets pass; undefined where that rests on what is not known. */
function judgeUnknown(rule: CompiledRule, { scope, unknown }: Judging): boolean | undefined {
  const { when } = rule;
  if (when && !rests(when, unknown) && when.evaluate(scope) !== true) return true;
  if (when && rests(when, unknown)) return !rests(rule.holds, unknown) && rule.holds.evaluate(scope) === true ? true : undefined;
  return rests(rule.holds, unknown) ? undefined : rule.holds.evaluate(scope) === true;
}

const keys = new WeakMap<CompiledRule, string>();
function keyOf(rule: CompiledRule): string {
  let key = keys.get(rule);
  if (key === undefined) {
    key = `${rule.when?.text ?? ""}\n${rule.holds.text}`;
    keys.set(rule, key);
  }
  return key;
}

function rests({ reads }: Compiled, unknown: ReadonlySet<string>): boolean {
  return reads.some((read) => {
    const [first, second] = read.split(".") as [string, string | undefined];
    if (unknown.has(first)) return true;
    return first === "answers" && (second === undefined || unknown.has(`answers.${second}`));
  });
}

function seeing(
  edition: CompiledEdition,
  past: CompiledEdition,
  minutes: Record<string, number>,
): (one: PastApplication) => Seen {
  const sameDecisions = sameText(edition.declaration.decisions, past.declaration.decisions);
  const asksAlike = sameDecisions || !asksByDecisions(edition);
  const sameForm = asksAlike && sameText(edition.declaration.form, past.declaration.form);
  const sameFacts = sameForm && sameText(edition.declaration.facts, past.declaration.facts);
  return (one) => {
    const unknown = new Set<string>(sameFacts ? one.lacking : NONE);
    const scope =
      sameFacts && sameDecisions
        ? one.scope
        : scopeOf(situationOf(edition, one), {
            facts: sameFacts ? factsIn(edition, one) : {},
            answers: one.answers,
            afresh: !sameFacts,
          });
    if (!sameFacts) readAgain({ edition, one, scope, unknown });
    const questions = askedOf(edition, { one, scope, unknown: sameForm ? undefined : unknown, minutes });
    return { scope, ...questions, unknown };
  };
}

/** Whether what is asked, of people or of registers, hangs on a decision. */
function asksByDecisions(edition: CompiledEdition): boolean {
  const ofFacts = edition.facts.flatMap(({ key, keys, values = {} }) => [key, keys, ...Object.values(values)]);
  const ofForm = [...edition.pages, ...fieldsOf(edition)].map(({ when }) => when);
  const names = [...ofFacts, ...ofForm].flatMap((expression) => (expression?.own ?? []).map(head));
  return edition.decisions.some(({ name }) => names.includes(name));
}

/** Facts as they were read: the questions to registers are the same ones. */
function factsIn({ facts }: CompiledEdition, { scope }: PastApplication): Record<string, Plain> {
  return Object.fromEntries(facts.map(({ name }) => [name, (scope[name] ?? null) as Plain]));
}

function sameText(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

function situationOf(
  edition: CompiledEdition,
  { applicant, day, language, answers }: Pick<PastApplication, "applicant" | "day" | "language" | "answers">,
): Situation {
  const typed: Situation["typed"] = {};
  // The record a person picked is known by its key, which is also the answer.
  for (const { declaration } of fieldsOf(edition))
    if (declaration.lookup) typed[declaration.field] = String(answers[declaration.field] ?? "");
  return { edition, applicant, day, language, caseNumber: "", typed, facts: {}, label: (_, code) => code };
}

const fieldsByEdition = new WeakMap<CompiledEdition, CompiledField[]>();
function fieldsOf(edition: CompiledEdition): CompiledField[] {
  let fields = fieldsByEdition.get(edition);
  if (!fields) {
    fields = edition.pages.flatMap((page) => page.fields);
    fieldsByEdition.set(edition, fields);
  }
  return fields;
}

/** Reads the facts of the edition from what was recorded: an answer to another question than the recorded is not known. */
function readAgain(given: { edition: CompiledEdition; one: PastApplication; scope: Scope; unknown: Set<string> }): void {
  const { edition, one, scope, unknown } = given;
  for (const fact of edition.facts) {
    if (fact.after.some((name) => unknown.has(name))) {
      unknown.add(fact.name);
      scope[fact.name] = null;
      continue;
    }
    const read = readOf(fact, scope);
    const value = read ? one.recorded(read) : fact.key ? null : [];
    if (value === undefined) unknown.add(fact.name);
    scope[fact.name] = value ?? null;
  }
}

function askedOf(
  edition: CompiledEdition,
  given: { one: PastApplication; scope: Scope; unknown: Set<string> | undefined; minutes: Record<string, number> },
): { questions: number; minutes: number } {
  let [questions, minutes] = [0, 0];
  for (const page of edition.pages) {
    if (!isAsked(page, given.scope)) continue;
    for (const field of page.fields) {
      if (!isAsked(field, given.scope)) continue;
      const { field: name, type, required } = field.declaration;
      questions++;
      minutes += given.minutes[type] ?? 0;
      const answer = given.one.answers[name];
      if (given.unknown && (answer === undefined || (answer === null && required !== false)))
        given.unknown.add(`answers.${name}`);
    }
  }
  return { questions, minutes };
}

function isAsked({ when }: CompiledPage | CompiledField, scope: Scope): boolean {
  return !when || when.evaluate(scope) === true;
}

/** Bands of applications by the declared groups, over the edition they were made under. */
export function groupsOf(groups: readonly CompiledGroup[]): GroupOf<PastApplication>[] {
  return groups.map(({ declaration, of }) => ({
    by: declaration.group,
    band({ scope }) {
      const value = of.evaluate(scope);
      if (value === null || typeof value === "object") return undefined;
      return typeof value === "number" && declaration.bands ? bandOf(value, declaration.bands) : String(value);
    },
  }));
}
