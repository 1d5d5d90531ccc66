import type { Decision, Level, Whom } from "@kerege/identity";
import { AppShell, EmptyState, Facts, LinkList, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";

/** One thing that may be asked about, with the answer for whoever asks. */
export interface DeedLine {
  name: string;
  href: string;
  title: string;
  /** For whom one may do it. */
  for: Whom[];
  assurance: Level;
  decision: Decision;
}

/** What whoever asks may do: each service with its conditions and the answer, and where it stands who may read what. */
export function AccessPage(given: {
  visit: Visit;
  deeds: DeedLine[];
  rights?: { right: string; apart: string[] }[];
  registers: { href: string; title: string; text: string }[];
}) {
  const { visit, deeds, rights, registers } = given;
  const { t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.access.title")}>
      <h1>{t("portal.access.title")}</h1>
      <p class="lead">{t("portal.access.lead")}</p>
      {rights && (
        <section>
          <h2>{t("portal.access.rights")}</h2>
          {rights.length === 0 ? (
            <EmptyState text={t("portal.access.rights-none")} />
          ) : (
            <StackTable
              caption={t("portal.access.rights")}
              columns={[t("portal.access.columns.right"), t("portal.access.columns.apart")]}
              rows={rights.map(({ right, apart }) => [<code>{right}</code>, apart.join("; ") || "—"])}
            />
          )}
        </section>
      )}
      <section>
        <h2>{t("portal.access.services")}</h2>
        <StackTable
          caption={t("portal.access.services")}
          columns={["service", "for", "assurance", "answer"].map((one) => t(`portal.access.columns.${one}`))}
          rows={deeds.map((deed) => [
            <a href={deed.href}>{deed.title}</a>,
            whomText(visit, deed.for),
            t(`portal.access.level.${deed.assurance}`),
            <Answer visit={visit} decision={deed.decision} />,
          ])}
        />
      </section>
      <section>
        <h2>{t("portal.access.registers")}</h2>
        <LinkList links={registers} />
      </section>
    </AppShell>
  );
}

function Answer({ visit: { t }, decision }: { visit: Visit; decision: Decision }) {
  return decision.allowed ? (
    <StatusTag tone="good" text={t("portal.access.yes")} />
  ) : (
    <>
      <StatusTag tone="calm" text={t("portal.access.no")} />{" "}
      <small>{t(`identity.access.refused.${decision.why}`, { what: decision.what })}</small>
    </>
  );
}

export function whomText({ t }: Visit, whom: Whom[]): string {
  return whom.map((one) => t(`portal.access.whom.${one}`)).join(", ");
}

/** The answer to one question: yes or no, why, on what law, and what would change it. */
export function ExplainPage(given: {
  visit: Visit;
  title: string;
  allowed: boolean;
  why: string;
  change?: string;
  rows: { name: string; value: string }[];
}) {
  const { visit, title, allowed, why, change, rows } = given;
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={title} noSearch>
      <a class="back" href={`/${language}/access`}>
        {t("portal.access.title")}
      </a>
      <h1>
        {title} <StatusTag tone={allowed ? "good" : "bad"} text={t(allowed ? "portal.access.yes" : "portal.access.no")} />
      </h1>
      <p class="lead">{why}</p>
      {change && (
        <p>
          <b>{t("portal.access.would-change")}</b> {change}
        </p>
      )}
      {rows.length > 0 && <Facts rows={rows} />}
    </AppShell>
  );
}
