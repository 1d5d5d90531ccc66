import { formatDate, formatInstant } from "@kerege/kernel/format";
import { BackLink, EmptyState, type Visit } from "@kerege/kernel/page";
import type { Found, HistoryEntry } from "../door.ts";
import type { Expanded } from "../expand.ts";
import { REPOINT_EVENT } from "../repointing.ts";
import { withQuery } from "../routes-pages-answer.ts";
import type { Book } from "./book.ts";
import { DeskPage } from "./frame.tsx";
import { type RecordView, recordPath, recordTitle } from "./record.tsx";
import { fieldTitle, valueText } from "./values.tsx";

/** Who recorded a version, from the line that names the actor. */
export function actorText(book: Book, { language, t }: Visit, actor: string): string {
  const official = /^official:([^/]+)\/([^/]+)\//.exec(actor);
  if (official) {
    const [, body = "", post = ""] = official;
    return `${book.reference.post(post)?.name[language] ?? post}, ${book.bodyName(body, language)}`;
  }
  const system = /^system:([^/]+)\/(.*)$/.exec(actor);
  return system ? `${book.bodyName(system[1]!, language)} (${system[2]})` : t("registry.pages.the-person");
}

/** The life of a record in sentences: what happened, since when it holds, on which document, who recorded it when, what changed. */
export function HistoryPage(given: RecordView & { entries: HistoryEntry[] }) {
  const { book, desk, register, key, fields, query, entries } = given;
  const { visit } = desk;
  const { t } = visit;
  const path = recordPath(desk, register.declared.register, key);
  const [newest] = entries;
  const what = newest ? recordTitle({ book, visit, register, fields, found: newest }) : key;
  const title = t("registry.desk.history.of", { what });
  return (
    <DeskPage desk={desk} title={title} here="registers">
      <BackLink href={withQuery(path, query)} text={t("registry.desk.record.card")} />
      <h1>{title}</h1>
      <p class="lead">{t("registry.desk.history.lead")}</p>
      {entries.length === 0 && <EmptyState text={t("registry.desk.record.not-found-hint")} />}
      <HistoryEntries book={book} visit={visit} register={register} fields={fields} entries={entries} />
    </DeskPage>
  );
}

/** What happened, since when it holds, on which document, who recorded it when, what changed; newest first. */
export function HistoryEntries(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  fields: string[];
  entries: HistoryEntry[];
  /** Address of the proof of a version. */
  proofOf?: ((entry: HistoryEntry) => string) | undefined;
}) {
  const { book, visit, register, fields, entries, proofOf } = given;
  const { t, language } = visit;
  return (
    <ol class="timeline entries">
      {entries.map((entry, index) => {
        const at = formatInstant(language, entry.recordedAt, book.means.country.timeZone);
        return (
          <li>
            <time dateTime={entry.recordedAt.toISOString()}>
              {t("registry.desk.history.recorded", { at, who: actorText(book, visit, entry.actor) })}
            </time>
            <span>
              <b>
                {register.declared.events[entry.event]?.title[language] ??
                  t(`registry.desk.history.${entry.event === REPOINT_EVENT ? "repointed" : "merged"}`)}
                .
              </b>{" "}
              {periodText(visit, entry)} {t("registry.desk.history.document", { document: entry.document })}
            </span>
            <Changes book={book} visit={visit} register={register} fields={fields} before={entries[index + 1]} after={entry} />
            {proofOf && (
              <small>
                <a href={proofOf(entry)}>
                  {t("registry.own.proof")}
                  <span class="unseen">: {at}</span>
                </a>
              </small>
            )}
          </li>
        );
      })}
    </ol>
  );
}

function periodText({ t, language }: Visit, entry: HistoryEntry): string {
  const from = formatDate(language, entry.validFrom);
  if (entry.ended) return t("registry.desk.history.ended", { from });
  return entry.validTo === null
    ? t("registry.desk.history.since", { from })
    : t("registry.desk.history.between", { from, to: formatDate(language, entry.validTo) });
}

/** Fields that differ between two versions: struck through what was, marked what is. */
export function Changes(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  fields: string[];
  before: Found | undefined;
  after: Found;
}) {
  const { book, visit, register, fields, before, after } = given;
  if (!before) return null;
  const text = (field: string, found: Found): string => valueText({ book, visit, register, field, values: found.values });
  const differing = fields.filter((field) =>
    register.columnsOf.get(field)!.some((column) => (before.values[column] ?? null) !== (after.values[column] ?? null)),
  );
  if (differing.length === 0) return null;
  return (
    <div class="changes">
      {differing.map((field) => (
        <p>
          {fieldTitle(register, field, visit)}: <Was visit={visit} text={text(field, before)} />{" "}
          <Is visit={visit} text={text(field, after)} />
        </p>
      ))}
    </div>
  );
}

export function Was({ visit, text }: { visit: Visit; text: string }) {
  return (
    <del>
      <span class="unseen">{visit.t("registry.pages.was")} </span>
      {text || visit.t("registry.pages.nothing-held")}
    </del>
  );
}

export function Is({ visit, text }: { visit: Visit; text: string }) {
  return (
    <ins>
      <span class="unseen">{visit.t("registry.pages.is")} </span>
      {text || visit.t("registry.pages.nothing-held")}
    </ins>
  );
}

/** Several states of fields beside one another; lines that differ are marked. */
export function SideBySide(given: {
  visit: Visit;
  register: Expanded;
  caption: string;
  columns: string[];
  /** `differs` where it is not simply that the texts are not the same. */
  rows: { field: string; texts: string[]; differs?: boolean }[];
}) {
  const { visit, register, caption, columns, rows } = given;
  const { t } = visit;
  return (
    <table class="stack">
      <caption class="unseen">{caption}</caption>
      <thead>
        <tr>
          <th scope="col">{t("registry.pages.field")}</th>
          {columns.map((column) => (
            <th scope="col">{column}</th>
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ field, texts, differs = new Set(texts).size > 1 }) => {
          return (
            <tr class={differs ? "differs" : undefined}>
              <td>
                <b>{fieldTitle(register, field, visit)}</b>
                {differs && <span class="unseen"> ({t("registry.pages.differs")})</span>}
              </td>
              {texts.map((text, index) => (
                <td>
                  <span class="cell-name" aria-hidden="true">
                    {columns[index]}
                  </span>
                  {text || <span class="nothing">{t("registry.pages.nothing-held")}</span>}
                </td>
              ))}
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
