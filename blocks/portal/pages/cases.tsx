import { formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, StackTable, type Visit } from "@kerege/kernel/page";
import type { CaseSummary } from "@kerege/services";
import { caseHref } from "./cabinet.tsx";
import { More } from "./more.tsx";
import { CaseTag } from "./parts.tsx";

export function CasesPage({
  visit,
  rows,
  next,
  timeZone,
}: {
  visit: Visit;
  rows: CaseSummary[];
  next?: string;
  timeZone: string;
}) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.cases")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.cabinet.cases")}</h1>
      {rows.length === 0 ? (
        <EmptyState text={t("portal.cabinet.cases-none")}>
          <p>
            <a href={`/${language}/services`}>{t("portal.home.all")}</a>
          </p>
        </EmptyState>
      ) : (
        <StackTable
          caption={t("portal.cabinet.cases")}
          columns={["service", "number", "state", "when"].map((column) => t(`portal.table.${column}`))}
          rows={rows.map((one) => [
            <a href={caseHref(visit, one)}>{one.serviceTitle}</a>,
            one.number ?? "—",
            <CaseTag visit={visit} state={one.state} />,
            formatInstant(language, one.changedAt, timeZone),
          ])}
        />
      )}
      <More visit={visit} path="/cabinet/cases" next={next} />
    </AppShell>
  );
}
