import { AppShell, BackLink, EmptyState, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { ReadLine } from "../reads.ts";
import { More } from "./more.tsx";

/** @param props.proofs with a link to the proof of each */
export function ReadsTable({ visit, lines, proofs }: { visit: Visit; lines: ReadLine[]; proofs?: boolean }) {
  const { language, t } = visit;
  return (
    <StackTable
      caption={t("portal.cabinet.reads")}
      columns={["when", "who", "what", "why"].map((column) => t(`portal.table.${column}`))}
      rows={lines.map((line) => [
        <time dateTime={line.at.toISOString()}>{line.when}</time>,
        line.who,
        <>
          {line.what}
          {!line.found && <small>{t("portal.reads.not-found")}</small>}
        </>,
        <>
          {line.purpose}
          {line.reason && (
            <p>
              <StatusTag tone="bad" text={t("portal.reads.danger")} /> {line.reason}
            </p>
          )}
          <small>
            {line.law}
            {line.case && (
              <>
                {" · "}
                <a href={`/${language}/cases/${line.case}`}>{t("portal.reads.application")}</a>
              </>
            )}
            {proofs && (
              <>
                {" · "}
                <a href={`/api/me/reads/${line.id}/proof`}>
                  {t("portal.reads.proof")}
                  <span class="unseen">: {line.when}</span>
                </a>
              </>
            )}
          </small>
        </>,
      ])}
    />
  );
}

export function ReadsPage({ visit, lines, next }: { visit: Visit; lines: ReadLine[]; next?: string }) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.reads")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.cabinet.reads")}</h1>
      <p class="lead">{t("portal.cabinet.reads-lead")}</p>
      <p>
        {t("portal.reads.deferred")} <a href={`/${language}/registers/deferrals`}>{t("portal.reads.deferred-rules")}</a>
      </p>
      {lines.length === 0 ? (
        <EmptyState text={t("portal.cabinet.reads-none")} />
      ) : (
        <ReadsTable visit={visit} lines={lines} proofs />
      )}
      <More visit={visit} path="/cabinet/reads" next={next} />
      {lines.length > 0 && <p class="small">{t("portal.reads.proof-what")}</p>}
      {lines.length > 0 && (
        <p class="small">
          <a href={`/${language}/cabinet/reads.csv`}>{t("portal.reads.export")}</a>
        </p>
      )}
    </AppShell>
  );
}
