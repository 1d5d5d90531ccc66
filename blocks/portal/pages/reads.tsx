import { AppShell, BackLink, EmptyState, StackTable, type Visit } from "@kerege/kernel/page";
import type { ReadLine } from "../reads.ts";
import { More } from "./more.tsx";

export function ReadsTable({ visit, lines }: { visit: Visit; lines: ReadLine[] }) {
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
          <small>
            {line.law}
            {line.case && (
              <>
                {" · "}
                <a href={`/${language}/cases/${line.case}`}>{t("portal.reads.application")}</a>
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
      {lines.length === 0 ? <EmptyState text={t("portal.cabinet.reads-none")} /> : <ReadsTable visit={visit} lines={lines} />}
      <More visit={visit} path="/cabinet/reads" next={next} />
    </AppShell>
  );
}
