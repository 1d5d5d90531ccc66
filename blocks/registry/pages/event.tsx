import { formatInstant } from "@kerege/kernel/format";
import { BackLink, EmptyState, Facts, Input, StackTable } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { RegisterEvent, RegisterField, Values } from "../declaration.ts";
import type { Found, HistoryEntry } from "../door.ts";
import type { Expanded } from "../expand.ts";
import { problem } from "../problems.ts";
import type { Desk } from "../routes-desk-visit.ts";
import type { Book } from "./book.ts";
import { FieldInput, idOf, Select } from "./fields.tsx";
import { DeskPage, Refusal } from "./frame.tsx";
import { actorText, Is, SideBySide, Was } from "./history.tsx";
import { KEY_FIELD, LinkPart, LookupPanel, type LookupView } from "./lookup.tsx";
import { Hidden, recordTitle } from "./record.tsx";
import { type CodeChoice, INPUT, inputsOf, readFields, type Typed, typedFrom } from "./typed.ts";
import { fieldTitle, valueText } from "./values.tsx";

export interface EventView {
  book: Book;
  desk: Desk;
  register: Expanded;
  event: RegisterEvent & { name: string };
  /** Fields the event sets. */
  fields: string[];
  key: string;
  typed: Typed;
  /** The record as it is; nothing for a new one. */
  found?: Found | undefined;
  /** Fields the clerk may see. */
  known: string[];
  action: string;
  back: string;
  refused?: Problem;
  choices?: Record<string, CodeChoice[]>;
  /** What the records are called that the form names, by field. */
  names: Record<string, string>;
  /** Fields whose record may be looked for, and the search that is open. */
  findable: string[];
  lookup?: LookupView | undefined;
}

/** Where a fault of the engine stands on the form. */
function inputOf(register: Expanded, pointer: string): string | undefined {
  const name = /^\/values\/(.+)$/.exec(pointer)?.[1];
  if (name) return idOf(register.flat.fields[name]?.part?.of ?? name);
  const others: Record<string, string> = {
    "/validFrom": "valid-from",
    "/document": "document",
    "/document/number": "document",
    "/document/kind": "document-kind",
    "/document/on": "document-on",
    "/key": "key",
  };
  return others[pointer];
}

/** What stands above the input that a fault is about. */
function labelOf({ register, desk }: EventView, pointer: string): string | undefined {
  const { visit } = desk;
  const name = /^\/values\/(.+)$/.exec(pointer)?.[1];
  if (name) return fieldTitle(register, register.flat.fields[name]?.part?.of ?? name, visit);
  const id = inputOf(register, pointer);
  if (id === "key") return fieldTitle(register, register.declared.key, visit);
  return id && visit.t(`registry.desk.event.${id}`);
}

function EventHead({ view, step }: { view: EventView; step: string }) {
  const { book, desk, register, event, key, found, known, back } = view;
  const { visit } = desk;
  const title = found && recordTitle({ book, visit, register, fields: known, found });
  return (
    <>
      <BackLink href={back} text={title ?? register.declared.title[visit.language]} />
      <p class="step">
        {register.declared.title[visit.language]}
        {found && ` · ${key}`} · {step}
      </p>
      <h1>
        {event.title[visit.language]}
        {title && `: ${title}`}
      </h1>
    </>
  );
}

/** What the event sets, with what is held; the document it rests on; from when it is true. */
export function EventFormPage(view: EventView) {
  const { desk, register, event, refused } = view;
  const { visit } = desk;
  const { t } = visit;
  const title = event.title[visit.language];
  return (
    <DeskPage desk={desk} title={title} here="registers">
      {refused && (
        <Refusal
          visit={visit}
          refused={refused}
          idOf={(pointer) => inputOf(register, pointer)}
          labelOf={(pointer) => labelOf(view, pointer)}
        />
      )}
      <EventHead view={view} step={t("registry.desk.event.fill")} />
      <EventForm view={view} />
    </DeskPage>
  );
}

function EventForm({ view }: { view: EventView }) {
  const { book, desk, register, event, fields, typed, found, known, action, refused, choices } = view;
  const { visit } = desk;
  const { t } = visit;
  const errorAt = (id: string) => {
    const fault = refused?.fields.find((field) => inputOf(register, field.pointer) === id);
    return fault ? { error: t(fault.key, fault.params) } : {};
  };
  const must = (field: string) => event.requires?.includes(field) || (event.creates && register.declared.fields[field]!.required);
  /** Beside a field that names another record: what that is called, and how to find it. */
  const link = (field: string, declared: RegisterField, inputId: string) => (
    <>
      {declared.type === "reference" && (
        <LinkPart
          visit={visit}
          field={field}
          title={declared.title[visit.language]}
          keyNow={(field === KEY_FIELD ? typed.key : typed[`${INPUT}${field}`])?.replaceAll(/[\s\u00a0]/g, "") ?? ""}
          name={view.names[field]}
          action={action}
          findable={view.findable.includes(field) && view.lookup?.field !== field}
        />
      )}
      {view.lookup?.field === field && <LookupPanel lookup={view.lookup} action={action} inputId={inputId} />}
    </>
  );
  const files = fields.some((field) => register.declared.fields[field]!.type === "file");
  return (
    <form method="post" action={action} noValidate enctype={files ? "multipart/form-data" : undefined}>
      {/* The first button of a form is what the key Enter presses. */}
      <button
        class="unseen"
        tabIndex={-1}
        aria-hidden="true"
        name="do"
        value={view.lookup ? "look" : "check"}
        formaction={view.lookup ? `${action}#find` : undefined}
      />
      <Hidden query={{ act: typed.act, version: typed.version, ground: typed.ground, under: typed.under }} />
      <div class="panes wide-first">
        <div>
          {event.creates && (
            <>
              <FieldInput
                book={book}
                visit={visit}
                name="key"
                field={register.declared.fields[register.declared.key]!}
                typed={{ key: typed.key ?? "" }}
                input="key"
                {...errorAt("key")}
              />
              {link(KEY_FIELD, register.declared.fields[register.declared.key]!, "key")}
            </>
          )}
          {fields.length === 0 && <p>{t("registry.desk.event.sets-nothing")}</p>}
          {fields.map((field) => (
            <>
              <FieldInput
                book={book}
                visit={visit}
                name={field}
                field={register.declared.fields[field]!}
                typed={typed}
                choices={choices?.[field]}
                {...errorAt(idOf(field))}
                hint={
                  [
                    ...(must(field) || register.declared.fields[field]!.required ? [] : [t("registry.desk.optional")]),
                    ...(found && !known.includes(field) ? [t("registry.desk.event.not-seen")] : []),
                  ].join(" ") || undefined
                }
              />
              {link(field, register.declared.fields[field]!, idOf(field))}
            </>
          ))}
        </div>
        <div class="pane">
          <h2>{t("registry.desk.event.ground")}</h2>
          {event.documents && (
            <Select
              base={{
                t,
                id: "document-kind",
                name: "document_kind",
                label: t("registry.desk.event.document-kind"),
                ...errorAt("document-kind"),
              }}
              value={typed.document_kind ?? (Object.keys(event.documents).length === 1 ? Object.keys(event.documents)[0]! : "")}
              options={Object.entries(event.documents).map(([kind, declared]) => ({
                value: kind,
                label: declared.title[visit.language],
              }))}
            />
          )}
          <Input
            t={t}
            id="document"
            name="document"
            label={t("registry.desk.event.document")}
            value={typed.document ?? ""}
            maxLength={300}
            {...errorAt("document")}
          />
          {event.documents && (
            <Input
              t={t}
              id="document-on"
              name="document_on"
              label={t("registry.desk.event.document-on")}
              hint={t("registry.pages.hint.day")}
              value={typed.document_on ?? ""}
              width="short"
              maxLength={10}
              {...errorAt("document-on")}
            />
          )}
          <Input
            t={t}
            id="valid-from"
            name="valid_from"
            label={t("registry.desk.event.valid-from")}
            hint={t("registry.pages.hint.day")}
            value={typed.valid_from ?? ""}
            width="short"
            maxLength={10}
            {...errorAt("valid-from")}
          />
          <div class="actions">
            <button class="button" name="do" value="check">
              {t("registry.desk.event.check")}
            </button>
          </div>
          <p class="small">{t("registry.desk.event.nothing-yet")}</p>
        </div>
      </div>
    </form>
  );
}

/** What will change, before it is recorded. */
export function EventPreviewPage(view: EventView & { after: Values }) {
  const { book, desk, register, event, fields, key, typed, found, action, after } = view;
  const { visit } = desk;
  const { t, language } = visit;
  const text = (field: string, values: Values) => valueText({ book, visit, register, field, values });
  const changed = fields.filter((field) => text(field, found?.values ?? {}) !== text(field, after));
  const kind = event.documents?.[typed.document_kind ?? ""]?.title[language];
  return (
    <DeskPage desk={desk} title={event.title[language]} here="registers">
      <EventHead view={view} step={t("registry.desk.event.look")} />
      {changed.length === 0 && event.sets.length > 0 ? (
        <EmptyState text={t("registry.desk.event.no-change")} />
      ) : (
        changed.length > 0 && (
          <StackTable
            caption={t("registry.desk.event.changes")}
            columns={[t("registry.pages.field"), ...(found ? [t("registry.pages.before")] : []), t("registry.pages.after")]}
            rows={changed.map((field) => [
              <b>{fieldTitle(register, field, visit)}</b>,
              ...(found ? [<Was visit={visit} text={text(field, found.values)} />] : []),
              <>
                <Is visit={visit} text={text(field, after)} /> {view.names[field]}
              </>,
            ])}
          />
        )
      )}
      <Facts
        rows={[
          ...(event.creates
            ? [
                {
                  name: fieldTitle(register, register.declared.key, visit),
                  value: [key, view.names[KEY_FIELD]].filter(Boolean).join(" · "),
                },
              ]
            : []),
          ...(event.to
            ? [{ name: t("registry.pages.state"), value: register.declared.states?.[event.to]?.title[language] ?? event.to }]
            : []),
          ...(event.ends ? [{ name: t("registry.desk.event.ends"), value: t("registry.fields.yes") }] : []),
          { name: t("registry.desk.event.valid-from"), value: typed.valid_from },
          {
            name: t("registry.desk.event.ground"),
            value: [kind, typed.document, typed.document_on].filter(Boolean).join(", "),
          },
        ]}
      />
      <form method="post" action={action}>
        <Hidden query={Object.fromEntries(Object.entries(typed).filter(([name]) => name !== "do"))} />
        <div class="actions">
          <button class="button" name="do" value="record">
            {t("registry.desk.event.record")}
          </button>
          <button class="button quiet" name="do" value="edit">
            {t("registry.desk.event.edit")}
          </button>
        </div>
      </form>
    </DeskPage>
  );
}

/** Another clerk was first: three states of the fields beside one another, and the form to do it again. */
export function ConflictPage(view: EventView & { mine: Typed; before: HistoryEntry | undefined; between: HistoryEntry[] }) {
  const { book, desk, register, event, fields, found, before, between } = view;
  const { visit } = desk;
  const { t, language } = visit;
  const text = (field: string, values: Values | undefined) => (values ? valueText({ book, visit, register, field, values }) : "");
  const shown = [
    ...new Set([...fields, ...view.known.filter((field) => text(field, before?.values) !== text(field, found?.values))]),
  ];
  /** What this clerk meant; nothing where the field was left as it was. */
  const mine = (field: string): string | undefined => {
    if (!fields.includes(field) || !before) return undefined;
    const held = typedFrom(register, [field], before.values);
    const touched = inputsOf(view.mine, field).some((input) => view.mine[input] !== (held[input] ?? ""));
    return touched ? typedText({ view: { ...view, typed: view.mine }, field }) : undefined;
  };
  const rowOf = (field: string) => {
    const [was, now, meant] = [text(field, before?.values), text(field, found?.values), mine(field)];
    return {
      field,
      texts: [was, now, meant ?? t("registry.desk.conflict.untouched")],
      differs: was !== now || (meant ?? was) !== was,
    };
  };
  return (
    <DeskPage desk={desk} title={t("registry.desk.conflict.title")} here="registers">
      <Refusal visit={visit} refused={problem("version-differs")} />
      <EventHead view={view} step={t("registry.desk.event.fill")} />
      <p class="lead">{t("registry.desk.conflict.lead")}</p>
      <ul class="plain-list">
        {between.map((entry) => (
          <li>
            {t("registry.desk.conflict.between", {
              event: register.declared.events[entry.event]?.title[language] ?? entry.event,
              who: actorText(book, visit, entry.actor),
              at: formatInstant(language, entry.recordedAt, book.means.country.timeZone),
            })}
          </li>
        ))}
      </ul>
      <SideBySide
        visit={visit}
        register={register}
        caption={t("registry.desk.conflict.title")}
        columns={["before", "now", "yours"].map((column) => t(`registry.desk.conflict.${column}`))}
        rows={shown.map(rowOf)}
      />
      <h2>{t("registry.desk.conflict.again", { event: event.title[language] })}</h2>
      <EventForm view={view} />
    </DeskPage>
  );
}

/** What was typed for a field, in the words of a card where it can be read. */
function typedText({ view, field }: { view: EventView; field: string }): string {
  const { book, desk, register, typed } = view;
  const read = readFields(book, register, { fields: [field], typed, language: desk.visit.language });
  const value = read.given[field];
  if (value === null || value === undefined) return "";
  const raw = typed[`${INPUT}${field}`] ?? "";
  const plain =
    typeof value === "object" ? "" : valueText({ book, visit: desk.visit, register, field, values: { [field]: value } });
  return (
    plain ||
    raw ||
    Object.values(value as Record<string, unknown>)
      .filter(Boolean)
      .join(" ")
  );
}
