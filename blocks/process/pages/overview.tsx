import { formatNumber } from "@kerege/kernel/format";
import { EmptyState, StackTable } from "@kerege/kernel/page";
import type { EditionView, IncidentRow, ProcessDoor, Proposal } from "../door.ts";
import { withQuery } from "./answer.ts";
import type { Book } from "./book.ts";
import { editionPath, ProcessPage, pathOf } from "./frame.tsx";
import { IncidentTable } from "./incidents.tsx";
import { Counted, type Names } from "./parts.tsx";
import type { Seat } from "./seat.ts";

type Counts = Awaited<ReturnType<ProcessDoor["counts"]>>;
type Timers = Awaited<ReturnType<ProcessDoor["timersDue"]>>;

/** What runs, what stands, what comes: the first thing an operator sees. */
export function OverviewPage(given: {
  book: Book;
  seat: Seat;
  counts: Counts;
  incidents: IncidentRow[];
  names: (model: string) => Names;
  proposals: Proposal[];
  timers: Timers;
  editions: EditionView[];
}) {
  const { book, seat, counts, incidents, names, proposals, timers, editions } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const number = (value: number) => formatNumber(language, value);
  const most = Math.max(0, ...timers.map(({ cases }) => cases));
  return (
    <ProcessPage seat={seat} title={t("process.pages.overview.heading")} here="overview">
      <h1>{t("process.pages.overview.heading")}</h1>
      {seat.may("operate") && proposals.length > 0 && (
        <p class="notice">
          <a href={pathOf(visit, "proposals")}>{t("process.pages.overview.proposals", { count: proposals.length })}</a>
        </p>
      )}
      <section>
        <h2>{t("process.pages.incidents.title")}</h2>
        {incidents.length === 0 ? (
          <EmptyState text={t("process.pages.incidents.none")} />
        ) : (
          <>
            <IncidentTable book={book} seat={seat} rows={incidents} names={names} />
            <p>
              <a href={pathOf(visit, "incidents")}>{t("process.pages.overview.all-incidents")}</a>
            </p>
          </>
        )}
      </section>
      <div class="process-halves">
        <section>
          <h2>{t("process.pages.overview.running")}</h2>
          <Running book={book} seat={seat} counts={counts} />
        </section>
        <section>
          <h2>{t("process.pages.overview.timers")}</h2>
          {timers.length === 0 ? (
            <EmptyState text={t("process.pages.timers.none")} />
          ) : (
            <>
              <StackTable
                caption={t("process.pages.overview.timers")}
                columns={[t("process.pages.timers.when"), t("process.pages.timers.cases")]}
                rows={timers
                  .slice(0, 8)
                  .map(({ at, cases }) => [book.when(language, at), <Counted text={number(cases)} value={cases} most={most} />])}
              />
              <p>
                <a href={pathOf(visit, "timers")}>{t("process.pages.overview.all-timers")}</a>
              </p>
            </>
          )}
        </section>
      </div>
      <section>
        <h2>{t("process.pages.overview.editions")}</h2>
        {editions.length === 0 ? (
          <EmptyState text={t("process.pages.editions.none")} />
        ) : (
          <StackTable
            caption={t("process.pages.overview.editions")}
            columns={["process", "hash", "from", "live"].map((column) => t(`process.pages.editions.${column}`))}
            rows={editions.map((edition) => [
              <a href={editionPath(visit, edition.model)}>{book.processName(edition.process, language)}</a>,
              <code>{edition.model.slice(0, 8)}</code>,
              <Validity book={book} seat={seat} edition={edition} />,
              number(edition.live),
            ])}
          />
        )}
      </section>
    </ProcessPage>
  );
}

function Running({ book, seat: { visit, only }, counts }: { book: Book; seat: Seat; counts: Counts }) {
  const { t, language } = visit;
  if (counts.length === 0) return <EmptyState text={t("process.pages.overview.nothing")} />;
  const processes = [...new Set(counts.map(({ process }) => process))].sort();
  const of = (process: string, statuses: string[]) =>
    counts.filter((one) => one.process === process && statuses.includes(one.status)).reduce((sum, { cases }) => sum + cases, 0);
  const incidentsOf = (process: string) =>
    counts.filter((one) => one.process === process).reduce((sum, { incidents }) => sum + incidents, 0);
  return (
    <>
      <StackTable
        caption={t("process.pages.overview.running")}
        columns={["process", "running", "over", "incidents"].map((column) => t(`process.pages.overview.columns.${column}`))}
        rows={processes.map((process) => [
          <a href={withQuery(pathOf(visit, "cases"), { process })}>{book.processName(process, language)}</a>,
          formatNumber(language, of(process, ["running", "suspended"])),
          formatNumber(language, of(process, ["ended", "terminated", "cancelled"])),
          formatNumber(language, incidentsOf(process)),
        ])}
      />
      {only !== undefined && <p class="small">{t("process.pages.overview.all-bodies")}</p>}
    </>
  );
}

/** From when to when an edition is law. */
export function Validity({
  seat: { visit },
  edition: { validFrom, validUntil },
}: {
  book: Book;
  seat: Seat;
  edition: EditionView;
}) {
  const { t } = visit;
  if (validFrom === undefined && validUntil === undefined) return <>{t("process.pages.editions.open")}</>;
  return (
    <>
      {t("process.pages.editions.validity", {
        has: validFrom === undefined ? "until" : validUntil === undefined ? "from" : "both",
        from: validFrom ?? "",
        until: validUntil ?? "",
      })}
    </>
  );
}
