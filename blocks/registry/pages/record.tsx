import { formatDate, formatInstant } from "@kerege/kernel/format";
import { BackLink, EmptyState, Facts, Input, LinkList, StatusTag, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import { API } from "../api-register.ts";
import type { Ground, RegisterEvent } from "../declaration.ts";
import type { Found } from "../door.ts";
import type { Expanded } from "../expand.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { withQuery } from "../routes-pages-answer.ts";
import { type Book, lawText } from "./book.ts";
import { DeskPage, Refusal } from "./frame.tsx";
import { GroundChoice } from "./search.tsx";
import type { Typed } from "./typed.ts";
import { type FileOf, fieldTitle, type LinkOf, partsOf, ValueView, valueText } from "./values.tsx";

export interface RecordView {
  book: Book;
  desk: Desk;
  register: Expanded;
  key: string;
  ground: Ground;
  /** Fields the ground lets the reader see. */
  fields: string[];
  /** In which words of the address the pages of this record go on: under which ground, or with what was kept under a reference. */
  query: Record<string, string | undefined>;
  reason?: string | undefined;
}

/** Fields of a card in groups: facts, other records it points at, shapes. */
const groups = ["main", "links", "map"] as const;
function groupOf(register: Expanded, field: string): (typeof groups)[number] {
  const { type } = register.declared.fields[field]!;
  return type === "reference" ? "links" : type === "geometry" ? "map" : "main";
}

export function FieldGroups(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  fields: string[];
  found: Found;
  linkOf?: LinkOf | undefined;
  fileOf?: FileOf | undefined;
}) {
  const { book, visit, register, fields, found, linkOf, fileOf } = given;
  return (
    <>
      {groups.map((group) => {
        const shown = fields.filter((field) => groupOf(register, field) === group);
        if (shown.length === 0 || (group === "map" && !shown.some((field) => partsOf(register, field, found.values))))
          return null;
        return (
          <section>
            <h2>{visit.t(`registry.pages.group.${group}`)}</h2>
            <Facts
              rows={shown.map((field) => ({
                name: fieldTitle(register, field, visit),
                value: (
                  <ValueView
                    book={book}
                    visit={visit}
                    register={register}
                    field={field}
                    values={found.values}
                    linkOf={linkOf}
                    fileOf={fileOf}
                  />
                ),
              }))}
            />
          </section>
        );
      })}
    </>
  );
}

/** What the record is called: its name where it has one, else what it is found by. */
export function recordTitle(given: { book: Book; visit: Visit; register: Expanded; fields: string[]; found: Found }): string {
  const { register, fields, found } = given;
  const named = fields.filter((field) => register.declared.fields[field]!.type === "name").slice(0, 3);
  const texts = (names: string[]) => names.map((field) => valueText({ ...given, field, values: found.values })).filter(Boolean);
  const name = texts(named);
  if (name.length > 0) return name.join(" ");
  const [title] = texts(fields.filter((field) => register.declared.fields[field]!.type === "multilingual"));
  return title ?? `${register.declared.title[given.visit.language]} ${found.key}`;
}

export const recordPath = ({ visit, nameOf }: Desk, register: string, key: string) =>
  `/${visit.language}/desk/registers/${register}/records/${encodeURIComponent(nameOf(register, key))}`;

/** Where the file of an open record is got. */
export const filePath = (register: string, key: string, field: string) =>
  `${API}/${register}/records/${encodeURIComponent(key)}/files/${field}`;

export function CardPage(
  given: RecordView & {
    found: Found | undefined;
    events: [string, RegisterEvent][];
    asked: { on: string; known: string };
    asOf: boolean;
    /** Event that was just recorded. */
    recorded?: string | undefined;
    mergedInto?: string | undefined;
    refused?: Problem | undefined;
  },
) {
  const { book, desk, register, key, ground, fields, query, found, events, asOf, recorded, mergedInto, refused } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const name = register.declared.register;
  const path = recordPath(desk, name, key);
  const title = found ? recordTitle({ book, visit, register, fields, found }) : t("registry.desk.record.not-found");
  const linkOf: LinkOf = (target, targetKey) =>
    book.has(target) && book.groundsFor(desk.actor, { register: target }).length > 0
      ? withQuery(recordPath(desk, target, targetKey), book.ground(ground.ground)?.reads[target] ? query : {})
      : undefined;
  const state = found?.state && register.declared.states?.[found.state];
  return (
    <DeskPage desk={desk} title={title} here="registers">
      <BackLink href={`/${language}/desk/registers/${name}`} text={register.declared.title[language]} />
      {refused && <Refusal visit={visit} refused={refused} />}
      {recorded && (
        <div class="notice" role="status">
          <p>
            <b>{t("registry.desk.record.recorded", { event: recorded })}</b>
          </p>
        </div>
      )}
      <h1>
        {title} {state && <StatusTag tone={state.closed ? "calm" : "good"} text={state.title[language]} />}
      </h1>
      {mergedInto && (
        <div class="notice">
          <p>
            {t("registry.desk.record.merged-into")}{" "}
            <a href={withQuery(recordPath(desk, name, mergedInto), query)}>{mergedInto}</a>
          </p>
        </div>
      )}
      <div class="panes wide-first">
        <div>
          {found ? (
            <FieldGroups
              book={book}
              visit={visit}
              register={register}
              fields={fields}
              found={found}
              linkOf={linkOf}
              fileOf={(field) => withQuery(`${path}/files/${field}`, { ...query, ...given.asked })}
            />
          ) : (
            <EmptyState text={t(asOf ? "registry.desk.record.not-then" : "registry.desk.record.not-found-hint")} />
          )}
        </div>
        <div class="pane">
          {found && (
            <>
              <h2>{t("registry.desk.record.standing")}</h2>
              <Facts rows={standing(given, found)} />
            </>
          )}
          {found && !asOf && events.length > 0 && (
            <>
              <h2>{t("registry.desk.record.events")}</h2>
              <LinkList
                links={events.map(([event, declared], index) => ({
                  href: withQuery(`${path}/events/${event}`, query),
                  title: index === 0 ? <span data-key="e">{declared.title[language]}</span> : declared.title[language],
                }))}
              />
            </>
          )}
          <h2>{t("registry.desk.record.look")}</h2>
          <ul>
            <li>
              <a href={withQuery(`${path}/history`, query)} data-key="h">
                {t("registry.desk.history.title")}
              </a>
            </li>
            {asOf && (
              <li>
                <a href={withQuery(path, query)}>{t("registry.desk.record.as-now")}</a>
              </li>
            )}
          </ul>
          <AsOf given={given} path={path} />
          <CompareForm given={given} />
        </div>
      </div>
    </DeskPage>
  );
}

function standing({ book, desk, ground }: RecordView, found: Found) {
  const { t, language } = desk.visit;
  return [
    { name: t("registry.pages.since"), value: formatDate(language, found.validFrom) },
    { name: t("registry.pages.recorded-at"), value: formatInstant(language, found.recordedAt, book.means.country.timeZone) },
    { name: t("registry.pages.version"), value: found.version },
    {
      name: t("registry.desk.ground.title"),
      value: (
        <>
          {ground.title[language]}
          <small>{lawText(book, language, ground.law)}</small>
        </>
      ),
    },
  ];
}

function AsOf({ given, path }: { given: RecordView & { asked: { on: string; known: string } }; path: string }) {
  const { desk, query, asked } = given;
  const { t } = desk.visit;
  return (
    <details open={asked.on !== "" || asked.known !== ""}>
      <summary>{t("registry.desk.record.as-of")}</summary>
      <form action={path} method="get">
        <Hidden query={query} />
        <Input
          t={t}
          id="on"
          name="on"
          label={t("registry.desk.record.true-on")}
          hint={t("registry.pages.hint.day")}
          value={asked.on}
          width="short"
          maxLength={10}
        />
        <Input
          t={t}
          id="known"
          name="known"
          label={t("registry.desk.record.known-at")}
          hint={t("registry.desk.record.instant")}
          value={asked.known}
          width="middle"
          maxLength={16}
        />
        <button class="button quiet">{t("registry.desk.record.show")}</button>
      </form>
    </details>
  );
}

function CompareForm({ given }: { given: RecordView }) {
  const { desk, register, key, query } = given;
  const { t, language } = desk.visit;
  return (
    <details>
      <summary>{t("registry.desk.compare.with")}</summary>
      <form action={`/${language}/desk/registers/${register.declared.register}/compare`} method="post">
        <Hidden query={{ one: key, ...query }} />
        <Input
          t={t}
          id="other"
          name="other"
          label={fieldTitle(register, register.declared.key, desk.visit)}
          width="middle"
          maxLength={200}
        />
        <button class="button quiet">{t("registry.desk.compare.go")}</button>
      </form>
    </details>
  );
}

export function Hidden({ query }: { query: Record<string, string | undefined> }) {
  return <>{Object.entries(query).map(([name, value]) => value && <input type="hidden" name={name} value={value} />)}</>;
}

/** Before a record is opened: under which ground, where there are several or a reason has to be given. */
export function AskGroundPage(given: {
  book: Book;
  desk: Desk;
  title: string;
  /** Address of the page that needs it. */
  to: string;
  register: Expanded;
  typed: Typed;
  refused?: Problem | undefined;
}) {
  const { book, desk, title, to, register, typed, refused } = given;
  const { t, language } = desk.visit;
  const { register: name } = register.declared;
  const grounds = book.groundsFor(desk.actor, { register: name });
  return (
    <DeskPage desk={desk} title={title} here="registers">
      <h1>{title}</h1>
      {refused && <Refusal visit={desk.visit} refused={refused} />}
      {grounds.length === 0 ? (
        <EmptyState text={t("registry.desk.ground.none")} />
      ) : (
        <form action={`/${language}/desk/registers/${name}/under`} method="post" noValidate>
          <Hidden query={{ to }} />
          <GroundChoice view={{ book, visit: desk.visit, grounds, ground: book.ground(typed.ground ?? ""), typed, refused }} />
          <button class="button">{t("registry.desk.record.open")}</button>
        </form>
      )}
    </DeskPage>
  );
}
