import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, Facts, Known, Outcome, Timeline, type Visit } from "@kerege/kernel/page";
import type { CaseView } from "@kerege/services";
import { CaseTag, citation, knownGroups } from "./parts.tsx";

const REFRESH_SECONDS = 3;

export function CasePage({ visit, view, timeZone }: { visit: Visit; view: CaseView; timeZone: string }) {
  const { language, t } = visit;
  const title = view.number ? t("portal.case.title", { number: view.number }) : t("portal.case.draft");
  return (
    <AppShell visit={visit} title={title} noSearch refresh={view.state === "in-progress" ? REFRESH_SECONDS : undefined}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <CaseOutcome visit={visit} view={view} />
      <Facts
        rows={[
          { name: t("portal.table.service"), value: <a href={`/${language}/services/${view.service}`}>{view.serviceTitle}</a> },
          ...(view.number ? [{ name: t("portal.table.number"), value: view.number }] : []),
          { name: t("portal.table.state"), value: <CaseTag visit={visit} state={view.state} /> },
          { name: t("portal.service.body"), value: view.bodyTitle },
        ]}
      />
      {view.refusals.length > 0 && (
        <section>
          <h2>{t("portal.case.why")}</h2>
          <ul class="plain-list">
            {view.refusals.map((refusal) => (
              <li>
                <b>{refusal.text}</b>
                <br />
                <small>{t("portal.case.norm", { norm: citation(visit, refusal.norm) })}</small>
                {refusal.facts.map((fact) => (
                  <div>
                    {fact.title}: {fact.value} <small>{t("portal.form.source", { register: fact.source })}</small>
                  </div>
                ))}
                <div>{t("portal.case.would-help", { text: refusal.wouldHelp })}</div>
              </li>
            ))}
          </ul>
        </section>
      )}
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
    </AppShell>
  );
}

function CaseOutcome({ visit, view }: { visit: Visit; view: CaseView }) {
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
