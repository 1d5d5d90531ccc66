import { formatDate } from "@kerege/kernel/format";
import { feeOf } from "./catalogue.ts";
import type { FieldError, FormField, FormPage, KnownFact, Review } from "./door.ts";
import type { FieldState, Option, PageState } from "./form.ts";
import { knownFacts, type Showing } from "./known.ts";
import type { Settled, Typed } from "./situation.ts";

/** Found by a lookup, by field. */
export type Matches = Record<string, Option[]>;

/** A page as it is shown, in the reader's language. */
export function formPage(
  settled: Settled,
  given: { case: string; page: PageState; showing: Showing; errors?: FieldError[]; matches?: Matches },
): FormPage {
  const { situation, form } = settled;
  const { edition } = situation;
  const { language } = given.showing;
  const { declaration } = given.page.page;
  const active = form.pages.filter((page) => page.active);
  const number = active.indexOf(given.page) + 1;
  return {
    case: given.case,
    service: edition.id,
    serviceTitle: edition.declaration.service.title[language],
    page: declaration.page,
    title: declaration.title[language],
    intro: declaration.intro?.[language],
    number,
    of: active.length,
    previous: active[number - 2]?.page.declaration.page,
    known: knownFacts(settled, declaration.shows ?? [], given.showing),
    fields: given.page.fields
      .filter((field) => field.active)
      .map((field) => formField(field, situation.typed, { ...given.showing, matches: given.matches })),
    errors: given.errors ?? [],
  };
}

export function formField(state: FieldState, typed: Typed, showing: Showing & { matches?: Matches }): FormField {
  const { declaration } = state.field;
  const { language } = showing;
  const name = declaration.field;
  const options = declaration.type === "yes-no" ? yesNo(showing) : (showing.matches?.[name] ?? state.options);
  return {
    field: name,
    type: declaration.type,
    title: declaration.title[language],
    hint: declaration.hint?.[language],
    required: declaration.required !== false,
    reason: declaration.reason?.[language],
    ...(options.length > 0 && { options }),
    parts: declaration.lookup?.parts.map(({ part, title, hint }) => ({
      name: `${name}.${part}`,
      part,
      title: title[language],
      hint: hint?.[language],
      value: String(typed[`${name}.${part}`] ?? ""),
    })),
    many: declaration.many,
    value:
      declaration.type === "date"
        ? typedDay(name, typed) || state.suggested
        : (typed[name] ?? (declaration.many ? [] : state.suggested || onlyOption(state))),
    min: state.min,
    max: state.max,
    maxLength: declaration.maxLength,
  };
}

/** As it was typed, `2026-2-31` too; nothing where all of it was left empty. */
function typedDay(name: string, typed: Typed): string {
  if (typed[name]) return String(typed[name]);
  const parts = ["year", "month", "day"].map((part) => String(typed[`${name}.${part}`] ?? ""));
  return parts.some((part) => part !== "") ? parts.join("-") : "";
}

/** Where there is one record to choose from, it is chosen already. */
function onlyOption({ field, options }: FieldState): string {
  return field.declaration.type === "record" && field.declaration.required !== false && options.length === 1
    ? options[0]!.value
    : "";
}

function yesNo({ translate }: Showing): Option[] {
  return [
    { value: "yes", label: translate("services.yes") },
    { value: "no", label: translate("services.no") },
  ];
}

/** Errors of a page, in the order of its questions. */
export function errorsOf(page: PageState): FieldError[] {
  return fieldErrors(page.fields);
}

export function fieldErrors(fields: FieldState[]): FieldError[] {
  return fields.flatMap(({ field, fault }) =>
    fault
      ? [{ field: field.declaration.field, part: fault.part, key: `services.errors.${fault.code}`, params: fault.params }]
      : [],
  );
}

/** The first page that still lacks something. */
export function firstFaulty(settled: Settled): PageState | undefined {
  return settled.form.pages.find((page) => page.active && page.fields.some((field) => field.fault));
}

/** Everything that is handed in, page by page. */
export function reviewOf(settled: Settled, given: { case: string; showing: Showing }): Review {
  const { edition } = settled.situation;
  const { service } = edition.declaration;
  const active = settled.form.pages.filter((page) => page.active);
  const shows = [...new Set(active.flatMap((page) => page.page.declaration.shows ?? []))];
  return {
    case: given.case,
    service: edition.id,
    serviceTitle: service.title[given.showing.language],
    known: knownFacts(settled, shows, given.showing),
    pages: active.map((page) => ({
      page: page.page.declaration.page,
      title: page.page.declaration.title[given.showing.language],
      answers: answersOf(page, given.showing),
    })),
    fee: feeOf(edition),
    deadline: service.deadline,
  };
}

export function answersOf(page: PageState, showing: Showing): { field: string; title: string; value: string }[] {
  return page.fields
    .filter((field) => field.active)
    .map((field) => ({
      field: field.field.declaration.field,
      title: field.field.declaration.title[showing.language],
      value: shownAnswer(field, showing),
    }));
}

function shownAnswer({ field, options, value }: FieldState, showing: Showing): string {
  if (value === null || (Array.isArray(value) && value.length === 0)) return showing.translate("services.no-answer");
  if (typeof value === "boolean") return showing.translate(value ? "services.yes" : "services.no");
  if (field.declaration.type === "date") return formatDate(showing.language, String(value));
  const label = (one: unknown) => options.find((option) => option.value === String(one))?.label ?? String(one);
  return Array.isArray(value) ? value.map(label).join(", ") : label(value);
}

/** All that is known and was used, for the page of a case. */
export function factsOf(settled: Settled, showing: Showing): KnownFact[] {
  const { edition } = settled.situation;
  const names = edition.facts.flatMap((fact) => fact.declaration.fields.map((field) => `${fact.name}.${field}`));
  return knownFacts(settled, names, showing);
}
