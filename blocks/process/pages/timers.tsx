import { formatDate, formatNumber } from "@kerege/kernel/format";
import { EmptyState, StackTable } from "@kerege/kernel/page";
import type { ProcessDoor } from "../door.ts";
import { withQuery } from "./answer.ts";
import type { Book } from "./book.ts";
import { ProcessPage, pathOf } from "./frame.tsx";
import { Counted } from "./parts.tsx";
import type { Seat } from "./seat.ts";

/** When cases go on by themselves: by hour for today's work, by day for the weeks to come. */
export function TimersPage(given: {
  book: Book;
  seat: Seat;
  by: "hour" | "day";
  rows: Awaited<ReturnType<ProcessDoor["timersDue"]>>;
}) {
  const { book, seat, by, rows } = given;
  const { visit } = seat;
  const { t, language } = visit;
  const path = pathOf(visit, "timers");
  const most = Math.max(0, ...rows.map(({ cases }) => cases));
  const now = book.means.clock.now();
  return (
    <ProcessPage seat={seat} title={t("process.pages.timers.title")} here="timers">
      <h1>{t("process.pages.timers.title")}</h1>
      <p class="lead">{t("process.pages.timers.lead")}</p>
      <nav class="process-ways" aria-label={t("process.pages.timers.by")}>
        {(["hour", "day"] as const).map((way) => (
          <a href={withQuery(path, { by: way })} aria-current={way === by ? "true" : undefined}>
            {t(`process.pages.timers.by-${way}`)}
          </a>
        ))}
      </nav>
      {rows.length === 0 ? (
        <EmptyState text={t("process.pages.timers.none")} />
      ) : (
        <StackTable
          caption={t("process.pages.timers.title")}
          columns={[t("process.pages.timers.when"), t("process.pages.timers.cases")]}
          rows={rows.map(({ at, cases }) => [
            <>
              <time dateTime={at.toISOString()}>{by === "day" ? formatDate(language, at) : book.when(language, at)}</time>
              {at.getTime() + (by === "day" ? 86_400_000 : 3_600_000) < now.getTime() && (
                <small>{t("process.pages.timers.late")}</small>
              )}
            </>,
            <Counted text={formatNumber(language, cases)} value={cases} most={most} />,
          ])}
        />
      )}
    </ProcessPage>
  );
}
