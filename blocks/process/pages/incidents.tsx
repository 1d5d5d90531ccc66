import { EmptyState, StackTable } from "@kerege/kernel/page";
import type { IncidentRow } from "../door.ts";
import type { Book } from "./book.ts";
import { casePath, NextPage, ProcessPage } from "./frame.tsx";
import { CaseLink, Deadline, type Names } from "./parts.tsx";
import type { Seat } from "./seat.ts";

/** Cases that stand, those first whose legal deadline is nearest. */
export function IncidentsPage({
  book,
  seat,
  rows,
  names,
  next,
}: {
  book: Book;
  seat: Seat;
  rows: IncidentRow[];
  names: (model: string) => Names;
  next: string | undefined;
}) {
  const { t } = seat.visit;
  return (
    <ProcessPage seat={seat} title={t("process.pages.incidents.title")} here="incidents">
      <h1>{t("process.pages.incidents.title")}</h1>
      <p class="lead">{t("process.pages.incidents.lead")}</p>
      {rows.length === 0 ? (
        <EmptyState text={t("process.pages.incidents.none")} />
      ) : (
        <IncidentTable book={book} seat={seat} rows={rows} names={names} />
      )}
      <NextPage t={t} href={next} />
    </ProcessPage>
  );
}

export function IncidentTable(given: { book: Book; seat: Seat; rows: IncidentRow[]; names: (model: string) => Names }) {
  const { book, seat, rows, names } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const now = book.means.clock.now();
  return (
    <StackTable
      caption={t("process.pages.incidents.title")}
      columns={["case", "where", "deadline", "since"].map((column) => t(`process.pages.incidents.columns.${column}`))}
      rows={rows.map((row) => {
        const first = row.tokens[0];
        return [
          <>
            <CaseLink visit={visit} row={row} />
            <small>
              {book.processName(row.process, language)}
              {row.body !== undefined && ` · ${book.bodyName(row.body, language)}`}
            </small>
          </>,
          row.tokens.map(({ node, code, attempts }) => (
            <p class="process-line">
              {names(row.model).stepOf(node)}
              <small>{t("process.pages.incidents.code", { code, count: attempts })}</small>
            </p>
          )),
          <Deadline book={book} visit={visit} at={row.deadline} now={now} />,
          <>
            {first ? book.when(language, first.since) : "—"}
            {seat.may("operate") && (
              <small>
                <a href={`${casePath(visit, row.instance)}/repair`}>{t("process.pages.incidents.repair")}</a>
              </small>
            )}
          </>,
        ];
      })}
    />
  );
}
