import { formatInstant, formatNumber } from "@kerege/kernel/format";
import { EmptyState, StackTable } from "@kerege/kernel/page";
import type { ImportListed } from "../door-writing.ts";
import type { Desk } from "../routes-desk-visit.ts";
import type { Book } from "./book.ts";
import { DeskPage } from "./frame.tsx";
import { actorText } from "./history.tsx";
import { ImportTag, percentOf } from "./import.tsx";

/** Files that were brought in: by whom and when, what became of their lines, how to go on. */
export function ImportsPage({ book, desk, rows, next }: { book: Book; desk: Desk; rows: ImportListed[]; next?: string }) {
  const { visit } = desk;
  const { t, language } = visit;
  return (
    <DeskPage desk={desk} title={t("registry.desk.imports.title")} here="imports">
      <h1>{t("registry.desk.imports.title")}</h1>
      <p class="lead">{t("registry.desk.imports.lead")}</p>
      {rows.length === 0 ? (
        <EmptyState text={t("registry.desk.imports.none")}>
          <p>
            <a href={`/${language}/desk/registers`}>{t("registry.desk.registers.title")}</a>
          </p>
        </EmptyState>
      ) : (
        <StackTable
          caption={t("registry.desk.imports.title")}
          columns={[...["file", "who", "lines"].map((column) => t(`registry.desk.imports.${column}`)), t("registry.pages.state")]}
          rows={rows.map((one) => [
            <FileCell book={book} desk={desk} one={one} />,
            <>
              {actorText(book, visit, one.by)}
              <small>{formatInstant(language, one.createdAt, book.means.country.timeZone)}</small>
            </>,
            <LinesCell desk={desk} one={one} />,
            <StateCell desk={desk} one={one} />,
          ])}
        />
      )}
      {next && (
        <p>
          <a class="button quiet" href={`/${language}/desk/imports?after=${encodeURIComponent(next)}`} rel="next" data-key="n">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
    </DeskPage>
  );
}

function FileCell({ book, desk, one }: { book: Book; desk: Desk; one: ImportListed }) {
  const { language } = desk.visit;
  const { title, events } = book.register(one.register).declared;
  return (
    <>
      <a href={`/${language}/desk/imports/${one.id}`}>{one.fileName}</a>
      <small>
        {title[language]} · {events[one.event]?.title[language] ?? one.event}
      </small>
    </>
  );
}

function LinesCell({ desk, one }: { desk: Desk; one: ImportListed }) {
  const { t, language } = desk.visit;
  const number = (count: number) => formatNumber(language, count);
  if (one.state === "waiting") return <span class="nothing">{t("registry.pages.nothing-held")}</span>;
  return (
    <>
      {t("registry.desk.imports.counts", { good: number(one.good), bad: number(one.bad) })}
      {one.looksLike > 0 && <small>{t("registry.desk.imports.doubtful", { count: one.looksLike })}</small>}
      {one.bad + one.looksLike > 0 && (
        <small>
          <a href={`/${language}/desk/imports/${one.id}/report.csv`}>
            {t("registry.desk.imports.report")}
            <span class="unseen">: {one.fileName}</span>
          </a>
        </small>
      )}
    </>
  );
}

function StateCell({ desk, one }: { desk: Desk; one: ImportListed }) {
  const { visit } = desk;
  const { t, language } = visit;
  const stopped = one.state === "stopped";
  return (
    <>
      <ImportTag visit={visit} state={one} />
      {(one.state === "running" || stopped) && <small>{t("registry.desk.imports.percent", { percent: percentOf(one) })}</small>}
      {one.fault && <small>{t(`${one.fault.replace(".", ".problems.")}.title`)}</small>}
      {stopped && (
        <form method="post" action={`/${language}/desk/imports/${one.id}/run`}>
          <button class="button quiet">
            {t("registry.desk.imports.resume")}
            <span class="unseen">: {one.fileName}</span>
          </button>
        </form>
      )}
    </>
  );
}
