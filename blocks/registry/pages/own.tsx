import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, Facts, LinkList, StatusTag, type Visit } from "@kerege/kernel/page";
import type { Found, HistoryEntry } from "../door.ts";
import type { OwnRegister } from "../own.ts";
import { withQuery } from "../routes-pages-answer.ts";
import { type Book, lawText } from "./book.ts";
import { Style } from "./frame.tsx";
import { HistoryEntries } from "./history.tsx";
import { fieldTitle, ValueView } from "./values.tsx";

/** One of the person's own records, with what it is called and the names of the records it points at. */
export interface OwnRecord {
  found: Found;
  name: string;
  links: Record<string, string>;
  /** How it is named in addresses. */
  place: string;
}

export interface OwnGroup {
  own: OwnRegister;
  records: OwnRecord[];
  next?: string | undefined;
}

interface Shown {
  book: Book;
  visit: Visit;
}

const mePath = ({ language }: Visit, ...rest: string[]) => [`/${language}/cabinet/me`, ...rest].join("/");
const cardPath = (visit: Visit, own: OwnRegister, place: string) =>
  mePath(visit, own.register.declared.register, encodeURIComponent(place));

/** A letter or two is no name to click on. */
const isTelling = (name: string) => name.length > 3;

/** All that the registers hold about the person: what is his by his number in full, the rest as a list with a card for each. */
export function MePage({ book, visit, groups }: Shown & { groups: OwnGroup[] }) {
  const { t, language } = visit;
  const held = groups.filter(({ records }) => records.length > 0);
  const empty = groups.filter(({ records }) => records.length === 0);
  return (
    <AppShell visit={visit} title={t("registry.own.title")}>
      <Style />
      <BackLink href={`/${language}/cabinet`} text={t("registry.pages.contest.cabinet")} />
      <h1>{t("registry.own.title")}</h1>
      <p class="lead">{t("registry.own.lead")}</p>
      <p>
        <a href={`/${language}/cabinet/contests`}>{t("registry.pages.contest.list")}</a>
      </p>
      {held.length === 0 && <EmptyState text={t("registry.own.nothing")} />}
      {held.map((group) => (
        <section>
          <h2>{group.own.register.declared.title[language]}</h2>
          <p class="small">{book.bodyName(group.own.register.declared.owner, language)}</p>
          {group.own.keyed ? <OwnFacts book={book} visit={visit} group={group} /> : <OwnList visit={visit} group={group} />}
        </section>
      ))}
      {empty.length > 0 && held.length > 0 && (
        <section>
          <p class="small">
            {t("registry.own.nothing-in", {
              registers: empty.map(({ own }) => own.register.declared.title[language]).join("; "),
            })}
          </p>
        </section>
      )}
    </AppShell>
  );
}

function OwnFacts({ book, visit, group }: Shown & { group: OwnGroup }) {
  const { own, records } = group;
  return (
    <>
      {records.map((record) => (
        <>
          <FactsOf book={book} visit={visit} own={own} record={record} />
          <p>
            <a href={cardPath(visit, own, record.place)}>
              {visit.t("registry.own.more")}
              <span class="unseen">: {own.register.declared.title[visit.language]}</span>
            </a>
          </p>
        </>
      ))}
    </>
  );
}

function OwnList({ visit, group }: { visit: Visit; group: OwnGroup }) {
  const { own, records, next } = group;
  const { t, language } = visit;
  const { states, register } = own.register.declared;
  return (
    <>
      <LinkList
        links={records.map(({ found, name, place }) => ({
          href: cardPath(visit, own, place),
          title: isTelling(name) ? name : found.key,
          text: [
            ...(name === "" ? [] : [isTelling(name) ? found.key : name]),
            ...(found.state && states?.[found.state] ? [states[found.state]!.title[language]] : []),
            t("registry.own.since", { from: formatDate(language, found.validFrom) }),
          ].join(" · "),
        }))}
      />
      {next && (
        <p>
          <a class="button quiet" href={withQuery(mePath(visit, register), { after: next })} rel="next">
            {t("registry.own.further")}
            <span class="unseen">: {own.register.declared.title[language]}</span>
          </a>
        </p>
      )}
    </>
  );
}

/** What is held, each value with a way to say that it is wrong. */
function FactsOf({ book, visit, own, record }: Shown & { own: OwnRegister; record: OwnRecord }) {
  const { t, language } = visit;
  const { register, fields } = own;
  const { found, links, place } = record;
  const shown = fields.filter((field) =>
    register.columnsOf.get(field)!.some((column) => (found.values[column] ?? null) !== null),
  );
  return (
    <Facts
      rows={shown.map((field) => {
        const title = fieldTitle(register, field, visit);
        const value = <ValueView book={book} visit={visit} register={register} field={field} values={found.values} />;
        const wrong = { register: register.declared.register, key: place, field };
        return {
          name: title,
          value: (
            <>
              {links[field] ? (
                <>
                  {links[field]} <small>{value}</small>
                </>
              ) : (
                value
              )}{" "}
              <a class="small" href={withQuery(`/${language}/cabinet/contests/new`, wrong)}>
                {t("registry.own.wrong")}
                <span class="unseen">: {title}</span>
              </a>
            </>
          ),
        };
      })}
    />
  );
}

/** The rest of a list that is too long for the page about oneself. */
export function OwnListPage({ book, visit, group }: Shown & { group: OwnGroup }) {
  const { t, language } = visit;
  const { declared } = group.own.register;
  return (
    <AppShell visit={visit} title={declared.title[language]}>
      <Style />
      <BackLink href={mePath(visit)} text={t("registry.own.title")} />
      <h1>{declared.title[language]}</h1>
      <p class="small">{book.bodyName(declared.owner, language)}</p>
      {group.records.length === 0 ? <EmptyState text={t("registry.own.nothing")} /> : <OwnList visit={visit} group={group} />}
    </AppShell>
  );
}

/** One record about the person: what is held, how it came to be so with a proof of each version, and who read it. */
export function OwnCardPage(given: Shown & { own: OwnRegister; record: OwnRecord; entries: HistoryEntry[]; provable: boolean }) {
  const { book, visit, own, record, entries, provable } = given;
  const { t, language } = visit;
  const { declared } = own.register;
  const { found, name } = record;
  const title = own.keyed ? declared.title[language] : isTelling(name) ? name : `${declared.title[language]} ${found.key}`;
  const state = found.state && declared.states?.[found.state];
  const path = cardPath(visit, own, record.place);
  const reads = withQuery(`/${language}/cabinet/reads`, { register: declared.register, key: record.place });
  return (
    <AppShell visit={visit} title={title}>
      <Style />
      <BackLink href={mePath(visit)} text={t("registry.own.title")} />
      <h1>
        {title} {state && <StatusTag tone={state.closed ? "calm" : "good"} text={state.title[language]} />}
      </h1>
      <p class="lead">
        {own.keyed ? "" : `${declared.title[language]}. `}
        {book.bodyName(declared.owner, language)}
      </p>
      <FactsOf book={book} visit={visit} own={own} record={record} />
      <p class="small">
        {t("registry.own.since", { from: formatDate(language, found.validFrom) })} ·{" "}
        {t("registry.own.recorded", { at: formatInstant(language, found.recordedAt, book.means.country.timeZone) })}
      </p>
      <p>
        <a href={reads}>{t("registry.own.reads")}</a>
      </p>
      <h2>{t("registry.desk.history.title")}</h2>
      <p>{t("registry.desk.history.lead")}</p>
      <HistoryEntries
        book={book}
        visit={visit}
        register={own.register}
        fields={own.fields}
        entries={entries}
        proofOf={provable ? (entry) => `${path}/proof/${entry.version}` : undefined}
      />
      {provable && <p class="small">{t("registry.own.proof-what")}</p>}
      <p class="small">{declared.law.map((law) => lawText(book, language, law)).join("; ")}</p>
    </AppShell>
  );
}
