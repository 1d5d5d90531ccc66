import { EmptyState, Input, StackTable } from "@kerege/kernel/page";
import type { CaseRow } from "../door.ts";
import type { Book } from "./book.ts";
import { Faulty, NextPage, ProcessPage, pathOf, Select } from "./frame.tsx";
import { CaseLink, CaseState, Deadline } from "./parts.tsx";
import type { Seat } from "./seat.ts";
import type { Typed } from "./typed.ts";

export const STATUSES = ["running", "suspended", "ended", "terminated", "cancelled"] as const;

/** Cases by what they are; a number is looked for by a form of its own that leaves nothing in an address. */
export function CasesPage(given: {
  book: Book;
  seat: Seat;
  rows: CaseRow[];
  next: string | undefined;
  typed: Typed;
  processes: string[];
  notFound?: string;
}) {
  const { book, seat, rows, next, typed, processes, notFound } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const path = pathOf(visit, "cases");
  const any = { value: "", label: t("process.pages.cases.any") };
  const now = book.means.clock.now();
  return (
    <ProcessPage seat={seat} title={t("process.pages.cases.title")} here="cases">
      {notFound !== undefined && <Faulty visit={visit} faults={{ key: notFound }} />}
      <h1>{t("process.pages.cases.title")}</h1>
      <div class="process-forms">
        <form method="get" action={path} class="process-filter">
          <Select
            t={t}
            id="process"
            name="process"
            label={t("process.pages.cases.process")}
            value={typed.process ?? ""}
            options={[any, ...processes.map((process) => ({ value: process, label: book.processName(process, language) }))]}
          />
          <Select
            t={t}
            id="status"
            name="status"
            label={t("process.pages.cases.status")}
            value={typed.status ?? ""}
            options={[any, ...STATUSES.map((status) => ({ value: status, label: t(`process.statuses.${status}`) }))]}
          />
          {typed.model && <input type="hidden" name="model" value={typed.model} />}
          {typed.node && <input type="hidden" name="node" value={typed.node} />}
          <button class="button quiet">{t("process.pages.cases.filter")}</button>
        </form>
        <form method="post" action={path} class="process-filter" noValidate>
          <Input
            t={t}
            id="key"
            name="key"
            label={t("process.pages.cases.number")}
            width="middle"
            maxLength={80}
            value={typed.key ?? ""}
            {...(notFound !== undefined && { error: notFound })}
          />
          <button class="button quiet">{t("process.pages.cases.find")}</button>
        </form>
      </div>
      {(typed.node || typed.model) && (
        <p class="notice">
          {t("process.pages.cases.narrowed", {
            node: typed.node ?? "",
            has: typed.node ? "node" : "model",
            model: (typed.model ?? "").slice(0, 8),
          })}{" "}
          <a href={path}>{t("process.pages.cases.all")}</a>
        </p>
      )}
      {rows.length === 0 ? (
        <EmptyState text={t("process.pages.cases.none")} />
      ) : (
        <StackTable
          caption={t("process.pages.cases.title")}
          columns={["case", "state", "began", "deadline"].map((column) => t(`process.pages.cases.columns.${column}`))}
          rows={rows.map((row) => [
            <>
              <CaseLink visit={visit} row={row} />
              <small>
                {book.processName(row.process, language)}
                {row.body !== undefined && ` · ${book.bodyName(row.body, language)}`}
              </small>
            </>,
            <CaseState t={t} row={row} />,
            book.when(language, row.startedAt),
            row.endedAt ? (
              <small>{t("process.pages.cases.ended", { when: book.when(language, row.endedAt) })}</small>
            ) : (
              <Deadline book={book} visit={visit} at={row.deadline} now={now} />
            ),
          ])}
        />
      )}
      <NextPage t={t} href={next} />
    </ProcessPage>
  );
}
