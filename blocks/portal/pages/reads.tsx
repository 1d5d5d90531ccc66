import type { Multilingual } from "@kerege/kernel/locale";
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

/** Of one record where it is named: `place` as it stands in the address of its card. */
export interface ReadsOf {
  title: Multilingual;
  register: string;
  place: string;
  key: string;
}

export function ReadsPage(given: { visit: Visit; lines: ReadLine[]; next?: string | undefined; of?: ReadsOf | undefined }) {
  const { visit, lines, next, of } = given;
  const query = of && new URLSearchParams({ register: of.register, key: of.place });
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.reads")}>
      {of ? (
        <BackLink href={`/${language}/cabinet/me/${of.register}/${encodeURIComponent(of.place)}`} text={of.title[language]} />
      ) : (
        <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      )}
      <h1>{of ? t("portal.reads.of", { register: of.title[language] }) : t("portal.cabinet.reads")}</h1>
      {of && of.place !== "mine" && <p class="step">{of.key}</p>}
      <p class="lead">{t("portal.cabinet.reads-lead")}</p>
      <p>
        {t("portal.reads.deferred")} <a href={`/${language}/registers/deferrals`}>{t("portal.reads.deferred-rules")}</a>
      </p>
      {lines.length === 0 ? (
        <EmptyState text={t("portal.cabinet.reads-none")} />
      ) : (
        <ReadsTable visit={visit} lines={lines} proofs />
      )}
      <More visit={visit} path={of ? `/cabinet/reads?${query}` : "/cabinet/reads"} {...(next && { next })} />
      {lines.length > 0 && <p class="small">{t("portal.reads.proof-what")}</p>}
      {of && (
        <p>
          <a href={`/${language}/cabinet/reads`}>{t("portal.reads.all")}</a>
        </p>
      )}
      {lines.length > 0 && !of && (
        <p class="small">
          <a href={`/${language}/cabinet/reads.csv`}>{t("portal.reads.export")}</a>
        </p>
      )}
    </AppShell>
  );
}
