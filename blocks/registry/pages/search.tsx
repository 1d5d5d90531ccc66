import { Choices, EmptyState, Input, StackTable, Textarea, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { ComponentChildren } from "preact";
import type { Ground, SearchCondition } from "../declaration.ts";
import type { Found, Page } from "../door.ts";
import type { Expanded } from "../expand.ts";
import { type Book, lawText } from "./book.ts";
import { FieldInput } from "./fields.tsx";
import { Refusal } from "./frame.tsx";
import { type CodeChoice, INPUT, type Typed } from "./typed.ts";
import { fieldTitle, valueText } from "./values.tsx";

export interface SearchView {
  book: Book;
  visit: Visit;
  register: Expanded;
  name: string;
  condition: SearchCondition;
  grounds: Ground[];
  ground: Ground | undefined;
  typed: Typed;
  refused?: Problem | undefined;
  choices?: Record<string, CodeChoice[]>;
  /** Nothing was asked yet while it is not there. */
  found?: { page: Page<Found>; fields: string[] } | undefined;
  /** Where the search is sent; by POST where what is looked for stands in no address. */
  form: { action: string; method: "get" | "post" };
  hrefOf(key: string): string;
  /** Address of the page that begins behind a mark. */
  nextOf(mark: string): string;
}

/** The fields a declared search compares, in its order. */
export function searchFields(condition: SearchCondition): { name: string; end?: "from" | "until"; must: boolean }[] {
  const { exact = [], prefix, fuzzy = [], range, within } = condition;
  const alone = exact.length === 0 && fuzzy.length === 0 && !prefix;
  return [
    ...exact.map((name) => ({ name, must: true })),
    ...(prefix ? [{ name: prefix, must: alone || exact.length === 0 }] : []),
    ...fuzzy.map((name, index) => ({ name, must: index === 0 })),
    ...(range
      ? [
          { name: range, end: "from" as const, must: false },
          { name: range, end: "until" as const, must: false },
        ]
      : []),
    ...(within ? [{ name: within, must: true }] : []),
  ];
}

/** The form of one declared search and what it found. */
export function SearchPart(view: SearchView) {
  const { visit, register, name, condition, ground, refused, found, form } = view;
  const { t } = visit;
  return (
    <section>
      <h2 id="search">{condition.title[visit.language]}</h2>
      {refused && <Refusal visit={visit} refused={refused} idOf={pointerId} />}
      <form {...form} noValidate data-key="s">
        <input type="hidden" name="search" value={name} />
        <GroundChoice view={view} />
        <div class="search-form">
          {searchFields(condition).map((one) => (
            <ConditionInput view={view} one={one} />
          ))}
        </div>
        <div class="actions">
          <button class="button" name="ask" value="yes">
            {t("registry.desk.search.find")}
          </button>
        </div>
      </form>
      {found && <Results {...view} found={found} />}
      {!found && !refused && (
        <p class="small">
          {t(ground?.readers.anyone ? "registry.pages.open-search" : "registry.desk.search.written", {
            register: register.declared.title[visit.language],
          })}
        </p>
      )}
    </section>
  );
}

const pointerId = (pointer: string) => {
  const name = /^\/values\/(.+)$/.exec(pointer)?.[1];
  return name ? `v-${name}` : undefined;
};

/** One field of a search. `prefix` begins the names of the inputs where the search stands within another form. */
export function ConditionInput(given: {
  view: SearchView;
  one: { name: string; end?: "from" | "until"; must: boolean };
  prefix?: string;
}) {
  const { view, one, prefix = INPUT } = given;
  const { book, visit, register, condition, refused, choices } = view;
  const typed =
    prefix === INPUT
      ? view.typed
      : Object.fromEntries(Object.entries(view.typed).map(([input, text]) => [input.replace(INPUT, prefix), text]));
  const { t } = visit;
  const { name, end } = one;
  const declared = register.declared.fields[name] ?? register.flat.fields[name]!;
  const fault = refused?.fields.find((field) => field.pointer === `/values/${name}${end ? `_${end}` : ""}`);
  const error = fault && t(fault.key, fault.params);
  if (condition.within === name)
    return (
      <Input
        t={t}
        id={prefix === INPUT ? `v-${name}` : `find-${name}`}
        name={`${prefix}${name}`}
        label={fieldTitle(register, name, visit)}
        hint={t("registry.desk.search.within")}
        value={typed[`${prefix}${name}`] ?? ""}
        {...(error && { error })}
      />
    );
  const title = fieldTitle(register, name, visit);
  const hints = [
    ...(condition.prefix === name ? [t("registry.desk.search.prefix")] : []),
    ...(condition.fuzzy?.includes(name) ? [t("registry.desk.search.fuzzy")] : []),
    ...(one.must || end ? [] : [t("registry.desk.optional")]),
  ];
  // A name is compared as one text, a sum as one number: whoever searches types it without its parts.
  const field = declared.type === "money" ? { ...declared, type: "decimal" as const } : { ...declared, scripts: [] };
  return (
    <FieldInput
      book={book}
      visit={visit}
      name={name}
      field={condition.prefix === name || declared.type === "multilingual" ? { ...field, type: "name" } : field}
      typed={typed}
      {...(error && { error })}
      {...(choices?.[name] && { choices: choices[name] })}
      {...(hints.length > 0 && { hint: hints.join(" ") })}
      {...((end || prefix !== INPUT) && { input: `${prefix}${name}${end ? `_${end}` : ""}` })}
      {...(end && { label: t(`registry.desk.search.${end}`, { field: title }) })}
    />
  );
}

/** Under which ground: its law and purpose are shown before anything is read. */
export function GroundChoice({
  view,
  input = "ground",
}: {
  view: Pick<SearchView, "book" | "visit" | "grounds" | "ground" | "typed" | "refused">;
  /** Name of the input; another one where the search stands within another form. */
  input?: string;
}) {
  const { book, visit, grounds, ground, typed, refused } = view;
  const { t, language } = visit;
  const told = (one: Ground) => `${one.purpose[language]} ${lawText(book, language, one.law)}.`;
  const reasonNeeded = grounds.some((one) => one.breakGlass);
  const error = refused?.code === "registry.reason-needed" ? t("registry.problems.reason-needed.title") : undefined;
  return (
    <>
      {grounds.length === 1 ? (
        <div class="notice">
          <input type="hidden" name={input} value={grounds[0]!.ground} />
          <p>
            <b>{t("registry.desk.ground.one", { ground: grounds[0]!.title[language] })}</b>
            <br />
            <small>{told(grounds[0]!)}</small>
          </p>
        </div>
      ) : (
        <Choices
          t={t}
          id={input}
          name={input}
          label={t("registry.desk.ground.title")}
          options={grounds.map((one) => ({ value: one.ground, label: one.title[language], hint: told(one) }))}
          value={ground?.ground ?? ""}
        />
      )}
      {reasonNeeded && (
        <Textarea
          t={t}
          id="reason"
          name="reason"
          label={t("registry.desk.ground.reason")}
          hint={t("registry.desk.ground.reason-hint")}
          value={typed.reason ?? ""}
          rows={2}
          maxLength={1000}
          {...(error && { error })}
        />
      )}
    </>
  );
}

function Results(view: SearchView & { found: NonNullable<SearchView["found"]> }) {
  const { book, visit, register, found, hrefOf, nextOf } = view;
  const { t } = visit;
  const { rows, next } = found.page;
  if (rows.length === 0) return <EmptyState text={t("registry.desk.search.nothing")} />;
  const cells = (row: Found): ComponentChildren[] =>
    found.fields.map((field, index) => {
      const text = valueText({ book, visit, register, field, values: row.values });
      return index === 0 ? <a href={hrefOf(row.key)}>{text || row.key}</a> : text;
    });
  const states = register.declared.states;
  return (
    <>
      <h3 id="found">{t("registry.desk.search.found", { count: rows.length })}</h3>
      <div class="found">
        <StackTable
          caption={t("registry.desk.search.found", { count: rows.length })}
          columns={[
            ...found.fields.map((field) => fieldTitle(register, field, visit)),
            ...(states ? [t("registry.pages.state")] : []),
          ]}
          rows={rows.map((row) => [...cells(row), ...(states ? [states[row.state ?? ""]?.title[visit.language] ?? ""] : [])])}
        />
      </div>
      {next && (
        <p>
          <a class="button quiet" href={nextOf(next)} data-key="n" rel="next">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
    </>
  );
}
