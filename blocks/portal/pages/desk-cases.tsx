import { dayOf } from "@kerege/kernel/clock";
import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, ErrorSummary, StackTable, StatusTag, Textarea, type Visit } from "@kerege/kernel/page";
import type { Queue } from "@kerege/services";

export const deskCases = ({ language }: Visit) => `/${language}/desk/cases`;

/** The queue: what waits, in the order it is taken. Nobody picks from it: the next one comes by the button. */
export function QueuePage(given: { visit: Visit; queue: Queue; mayDecide: boolean; timeZone: string; said?: string }) {
  const { visit, queue, mayDecide, timeZone, said } = given;
  const { language, t } = visit;
  const here = deskCases(visit);
  return (
    <AppShell visit={visit} title={t("portal.desk-cases.title")} noSearch>
      {said !== undefined && (
        <p class="notice" role="status">
          {t(`portal.desk-cases.said.${said}`)}
        </p>
      )}
      <h1>{t("portal.desk-cases.title")}</h1>
      <p class="lead">{t("portal.desk-cases.lead", { waiting: queue.waiting, overdue: queue.overdue })}</p>
      {mayDecide && (queue.mine !== undefined || queue.waiting > 0) && (
        <form method="post" action={`${here}/next`} class="actions">
          <button class="button" autofocus>
            {t(queue.mine === undefined ? "portal.desk-cases.next" : "portal.desk-cases.go-on")}
          </button>
        </form>
      )}
      {queue.cases.length === 0 ? (
        <EmptyState text={t("portal.desk-cases.none")} />
      ) : (
        <StackTable
          caption={t("portal.desk-cases.order")}
          columns={["number", "service", "came", "due", "turn"].map((column) => t(`portal.desk-cases.columns.${column}`))}
          rows={queue.cases.map((one) => [
            one.number,
            one.serviceTitle,
            formatInstant(language, one.submittedAt, timeZone),
            <>
              {formatDate(language, dayBefore(one.dueAt, timeZone))}
              {one.overdue && <StatusTag tone="bad" text={t("portal.desk-cases.late")} />}
            </>,
            one.held ? (
              t("portal.desk-cases.held")
            ) : mayDecide && queue.mine === undefined ? (
              <a href={`${here}/${one.case}/jump`}>
                {t("portal.desk-cases.jump")}
                <span class="unseen"> {one.number}</span>
              </a>
            ) : (
              t("portal.desk-cases.free")
            ),
          ])}
        />
      )}
    </AppShell>
  );
}

/** A case out of turn: only with a reason, which the applicant reads. */
export function JumpPage({ visit, id, error }: { visit: Visit; id: string; error?: string }) {
  const { t } = visit;
  const here = deskCases(visit);
  return (
    <AppShell visit={visit} title={t("portal.desk-cases.jump")} noSearch>
      <BackLink href={here} text={t("portal.desk-cases.title")} />
      <ErrorSummary title={t("portal.form.error-title")} errors={error === undefined ? [] : [{ href: "#reason", text: error }]} />
      <h1>{t("portal.desk-cases.jump")}</h1>
      <p>{t("portal.desk-cases.jump-lead")}</p>
      <form method="post" action={`${here}/${id}/jump`} noValidate>
        <Textarea
          t={t}
          id="reason"
          name="reason"
          label={t("portal.desk-cases.reason")}
          maxLength={1000}
          rows={3}
          {...(error !== undefined && { error })}
        />
        <button class="button">{t("portal.desk-cases.jump")}</button>
      </form>
    </AppShell>
  );
}

/** The last day of a term that is over at the end of it. */
export function dayBefore(at: Date, timeZone: string): string {
  return dayOf(new Date(at.getTime() - 1), timeZone);
}
