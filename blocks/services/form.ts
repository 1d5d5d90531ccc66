import type { CompiledField, CompiledPage } from "./compile.ts";
import type { Plain } from "./declaration.ts";
import type { Scope } from "./expression.ts";
import { readField } from "./field.ts";
import { isRecord, labelsOf, type Situation, scopeOf } from "./situation.ts";

export interface Option {
  value: string;
  label: string;
  hint?: string;
}

export interface FieldFault {
  /** Last part of the text key `services.errors.<code>`. */
  code: string;
  params: Record<string, string | number>;
  /** Part of a lookup or date to put the focus in. */
  part?: string;
}

export interface FieldState {
  field: CompiledField;
  /** Asked in this situation. */
  active: boolean;
  options: Option[];
  min?: string;
  max?: string;
  suggested: string;
  /** The answer; null where there is none or it cannot be taken. */
  value: Plain;
  fault?: FieldFault;
}

export interface PageState {
  page: CompiledPage;
  active: boolean;
  fields: FieldState[];
}

export interface FormState {
  /** By field; every field has one. */
  answers: Record<string, Plain>;
  pages: PageState[];
}

/** Goes through the form from its first question to the last: each may rest on facts and on the answers before it. */
export function evaluateForm(situation: Situation, facts: Record<string, Plain>): FormState {
  const answers: Record<string, Plain> = {};
  for (const page of situation.edition.pages) for (const field of page.fields) answers[field.declaration.field] = null;
  // Answers are put in as they are found, so that one scope serves all questions.
  const scope = scopeOf(situation, { facts, answers, afresh: true });
  const pages = situation.edition.pages.map((page): PageState => {
    const active = page.when ? page.when.evaluate(scope) === true : true;
    const fields = page.fields.map((field) => {
      const state = evaluateField({ situation, facts, scope, field, pageActive: active });
      answers[field.declaration.field] = state.value;
      return state;
    });
    return { page, active, fields };
  });
  return { answers, pages };
}

function evaluateField(given: {
  situation: Situation;
  facts: Record<string, Plain>;
  scope: Scope;
  field: CompiledField;
  pageActive: boolean;
}): FieldState {
  const { situation, facts, scope, field } = given;
  const active = given.pageActive && (field.when ? field.when.evaluate(scope) === true : true);
  const state: FieldState = { field, active, options: [], value: null, suggested: "" };
  if (!active) return state;
  state.options = optionsOf(situation, facts, field);
  const bound = (value: Plain | undefined) => (value === null || value === undefined ? undefined : String(value));
  state.min = bound(field.min?.evaluate(scope));
  state.max = bound(field.max?.evaluate(scope));
  state.suggested = bound(field.suggested?.evaluate(scope)) ?? (field.declaration.type === "language" ? situation.language : "");
  const read = readField(state, situation.typed, facts[field.declaration.field] ?? null);
  if ("fault" in read) state.fault = read.fault;
  else state.value = read.value;
  return state;
}

function optionsOf(situation: Situation, facts: Record<string, Plain>, field: CompiledField): Option[] {
  const { declaration } = field;
  const { language } = situation;
  if (declaration.type === "choice") {
    return (declaration.options ?? []).map(({ option, title, hint }) => ({
      value: option,
      label: title[language],
      hint: hint?.[language],
    }));
  }
  if (declaration.type === "language") {
    return (declaration.languages ?? (["ky", "ru", "kk", "en"] as const)).map((code) => ({
      value: code,
      label: languageNames[code],
    }));
  }
  if (declaration.type === "yes-no")
    return [
      { value: "yes", label: "" },
      { value: "no", label: "" },
    ];
  if (declaration.type === "lookup") {
    const picked = facts[declaration.field];
    return isRecord(picked) ? [optionOf({ situation, facts, field, factName: declaration.field, record: picked })] : [];
  }
  if (declaration.type !== "record") return [];
  const options = (declaration.from ?? []).flatMap((factName) =>
    [facts[factName] ?? []]
      .flat()
      .filter(isRecord)
      .filter((record) => !field.only || field.only.evaluate(itemScope({ situation, facts, factName, record })) === true)
      .map((record) => optionOf({ situation, facts, field, factName, record })),
  );
  return options.filter((option, index) => options.findIndex((other) => other.value === option.value) === index);
}

/** Each language is called by its own name. */
const languageNames = { ky: "Кыргызча", ru: "Русский", kk: "Қазақша", en: "English" };

interface Item {
  situation: Situation;
  facts: Record<string, Plain>;
  factName: string;
  record: Record<string, Plain>;
}

function itemScope({ situation, facts, factName, record }: Item) {
  const fact = situation.edition.facts.find((one) => one.name === factName)!;
  const labels = labelsOf(fact.register, record, situation);
  return scopeOf(situation, { facts, answers: {}, more: { item: record, labels } });
}

/** How a record is offered: its key as the value, its label as the text. */
export function optionOf(item: Item & { field: CompiledField }): Option {
  const register = item.situation.edition.facts.find((one) => one.name === item.factName)!.register;
  const value = String(item.record[register.key]);
  const label = item.field.label?.evaluate(itemScope(item));
  return { value, label: typeof label === "string" && label !== "" ? label : value };
}
