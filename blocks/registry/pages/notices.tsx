import { formatInstant } from "@kerege/kernel/format";
import { EmptyState, StackTable } from "@kerege/kernel/page";
import type { CorrectionNotice } from "../door.ts";
import type { Desk } from "../routes-desk-visit.ts";
import type { Book } from "./book.ts";
import { DeskPage } from "./frame.tsx";
import { recordPath } from "./record.tsx";
import { fieldTitle } from "./values.tsx";

/** Values this body used that were corrected since. */
export function NoticesPage({ book, desk, rows, next }: { book: Book; desk: Desk; rows: CorrectionNotice[]; next?: string }) {
  const { visit } = desk;
  const { t, language } = visit;
  const at = (instant: Date) => formatInstant(language, instant, book.means.country.timeZone);
  const fieldsOf = (one: CorrectionNotice) => {
    const register = book.register(one.register);
    const names = one.fields.map((field) => register.flat.fields[field]?.part?.of ?? field);
    return [...new Set(names)].map((field) => fieldTitle(register, field, visit)).join(", ");
  };
  return (
    <DeskPage desk={desk} title={t("registry.desk.notices.title")} here="notices">
      <h1>{t("registry.desk.notices.title")}</h1>
      <p class="lead">{t("registry.desk.notices.lead")}</p>
      {rows.length === 0 ? (
        <EmptyState text={t("registry.desk.notices.none")} />
      ) : (
        <StackTable
          caption={t("registry.desk.notices.title")}
          columns={["record", "fields", "corrected", "used", "for"].map((column) => t(`registry.desk.notices.${column}`))}
          rows={rows.map((one) => [
            <>
              <a href={recordPath(desk, one.register, one.key)}>{one.key}</a>
              <small>{book.register(one.register).declared.title[language]}</small>
            </>,
            fieldsOf(one),
            at(one.correctedAt),
            t("registry.desk.notices.reads", { count: one.reads, first: at(one.firstAt), last: at(one.lastAt) }),
            one.case ?? one.service ?? "—",
          ])}
        />
      )}
      {next && (
        <p>
          <a class="button quiet" href={`/${language}/desk/notices?after=${encodeURIComponent(next)}`} rel="next" data-key="n">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
    </DeskPage>
  );
}
