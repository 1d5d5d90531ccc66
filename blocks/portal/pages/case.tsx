import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, Facts, Known, Outcome, Timeline, type Visit } from "@kerege/kernel/page";
import type { CaseView } from "@kerege/services";
import { dayBefore } from "./desk-cases.tsx";
import { CaseTag, knownGroups } from "./parts.tsx";
import { Refusals } from "./refusals.tsx";

const REFRESH_SECONDS = 3;

export function CasePage({ visit, view, timeZone }: { visit: Visit; view: CaseView; timeZone: string }) {
  const { language, t } = visit;
  const title = view.number ? t("portal.case.title", { number: view.number }) : t("portal.case.draft");
  return (
    <AppShell visit={visit} title={title} noSearch refresh={view.state === "in-progress" ? REFRESH_SECONDS : undefined}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <CaseOutcome visit={visit} view={view} timeZone={timeZone} />
      <Facts
        rows={[
          { name: t("portal.table.service"), value: <a href={`/${language}/services/${view.service}`}>{view.serviceTitle}</a> },
          ...(view.number ? [{ name: t("portal.table.number"), value: view.number }] : []),
          { name: t("portal.table.state"), value: <CaseTag visit={visit} state={view.state} /> },
          { name: t("portal.service.body"), value: view.bodyTitle },
        ]}
      />
      {view.questions.map((one) => (
        <section>
          <h2>{t("portal.case.asked")}</h2>
          <Facts
            rows={[
              { name: t("portal.desk-cases.question"), value: one.question },
              ...(one.answer === undefined ? [] : [{ name: t("portal.desk-cases.answer"), value: one.answer }]),
            ]}
          />
        </section>
      ))}
      {view.refusals.length > 0 && <Refusals visit={visit} refusals={view.refusals} />}
      {view.appeal && (
        <section>
          <h2>{t("portal.case.appeal")}</h2>
          <p>{view.appeal}</p>
        </section>
      )}
      {view.answers.length > 0 && (
        <section>
          <h2>{t("portal.case.answers")}</h2>
          <Facts rows={view.answers.map((answer) => ({ name: answer.title, value: answer.value }))} />
        </section>
      )}
      {view.facts.length > 0 && <Known title={t("portal.case.facts")} groups={knownGroups(visit, view.facts)} />}
      <h2>{t("portal.case.timeline")}</h2>
      <Timeline
        entries={view.timeline.map((entry) => ({
          at: entry.at,
          when: formatInstant(language, entry.at, timeZone),
          text: entry.text,
        }))}
      />
      {view.mayWithdraw && (
        <p class="actions">
          <a href={`/${language}/cases/${view.case}/withdraw`}>{t("portal.case.take-back")}</a>
        </p>
      )}
    </AppShell>
  );
}

function CaseOutcome({ visit, view, timeZone }: { visit: Visit; view: CaseView; timeZone: string }) {
  const { language, t } = visit;
  const path = `/${language}/cases/${view.case}`;
  switch (view.state) {
    case "granted":
      return (
        <Outcome tone="good" title={t("portal.case.granted-title")}>
          {view.issued && (
            <>
              <p>
                {t("portal.case.document")}: <b>{view.issued.number}</b>
              </p>
              <div class="actions">
                <a class="button" href={`/${language}/documents/${view.issued.id}.pdf`}>
                  {t("portal.case.download")}
                </a>
                <a href={`/${language}/documents/${view.issued.id}.pdf?show=yes`}>{t("portal.case.view")}</a>
              </div>
            </>
          )}
          {view.lettersSent > 0 && (
            <p>
              <a href={`/${language}/cabinet/letters`}>{t("portal.case.letter-sent")}</a>
            </p>
          )}
        </Outcome>
      );
    case "refused":
      return (
        <Outcome tone="bad" title={t("portal.case.refused-title")}>
          {view.lettersSent > 0 && (
            <p>
              <a href={`/${language}/cabinet/letters`}>{t("portal.case.letter-sent")}</a>
            </p>
          )}
        </Outcome>
      );
    case "in-progress":
      return (
        <Outcome tone="work" title={t("portal.case.working-title")}>
          <p>{t("portal.case.working-lead")}</p>
          {view.expectedOn && <p>{t("portal.case.expected", { day: formatDate(language, view.expectedOn) })}</p>}
        </Outcome>
      );
    case "in-review":
      return (
        <Outcome tone="work" title={t("portal.case.review-title")}>
          <p>{t("portal.case.review-lead", { body: view.bodyTitle })}</p>
          {view.expectedOn && <p>{t("portal.case.expected", { day: formatDate(language, view.expectedOn) })}</p>}
        </Outcome>
      );
    case "waiting":
      return (
        <Outcome tone="work" title={t("portal.case.waiting-title")}>
          {view.questions.slice(-1).map(({ until }) => (
            <p>{t("portal.answer.lead", { until: formatDate(language, dayBefore(until, timeZone)) })}</p>
          ))}
          <div class="actions">
            <a class="button" href={`${path}/question`}>
              {t("portal.answer.title")}
            </a>
          </div>
        </Outcome>
      );
    default:
      return (
        <>
          <h1>{view.serviceTitle}</h1>
          {view.state === "draft" && (
            <div class="actions">
              <a class="button" href={view.page ? `${path}/form/${view.page}` : `${path}/review`}>
                {t("portal.service.go-on")}
              </a>
              <a href={`${path}/withdraw`}>{t("portal.form.withdraw")}</a>
            </div>
          )}
        </>
      );
  }
}
