import { formatDate } from "@kerege/kernel/format";
import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, BackLink, EmptyState, Facts, LinkList, StackTable, type Visit } from "@kerege/kernel/page";
import { API } from "../api.ts";
import type { CalendarDay, Source } from "../declaration.ts";
import { SourceText } from "./parts.tsx";

export interface CalendarView {
  name: string;
  title: Multilingual;
  owner: string;
  source: Source;
  year: string;
  years: string[];
  days: { day: CalendarDay; working: boolean }[];
  /** Days worked because a day off was moved from them. */
  worked: { day: string; to: string }[];
}

/** The days of one year that are not like others. */
export function CalendarPage({ visit, view }: { visit: Visit; view: CalendarView }) {
  const { language, t } = visit;
  const here = `/${language}/reference/${view.name}`;
  return (
    <AppShell visit={visit} title={view.title[language]} noSearch>
      <BackLink href={`/${language}/reference`} text={t("reference.pages.title")} />
      <h1>{view.title[language]}</h1>
      <nav class="actions" aria-label={t("reference.pages.years")}>
        {view.years.map((year) =>
          year === view.year ? (
            <b aria-current="page">{year}</b>
          ) : (
            <a class="button quiet" href={`${here}?year=${year}`}>
              {year}
            </a>
          ),
        )}
      </nav>
      {view.days.length === 0 ? (
        <EmptyState text={t("reference.pages.no-days")} />
      ) : (
        <StackTable
          caption={`${view.title[language]}, ${view.year}`}
          columns={["day", "name", "work"].map((column) => t(`reference.pages.${column}`))}
          rows={view.days.map(({ day, working }) => [
            <time dateTime={day.day}>{formatDate(language, day.day)}</time>,
            <>
              {day.name[language]}
              {day.estimated && <small>{t("reference.pages.estimated")}</small>}
            </>,
            t(working ? "reference.pages.worked" : "reference.pages.not-worked"),
          ])}
        />
      )}
      {view.worked.length > 0 && (
        <>
          <h2>{t("reference.pages.moved")}</h2>
          <ul class="plain-list">
            {view.worked.map(({ day, to }) => (
              <li>{t("reference.pages.moved-day", { day: formatDate(language, day), to: formatDate(language, to) })}</li>
            ))}
          </ul>
        </>
      )}
      <h2>{t("reference.pages.about")}</h2>
      <Facts
        rows={[
          { name: t("reference.pages.owner"), value: view.owner },
          { name: t("reference.pages.source"), value: <SourceText visit={visit} source={view.source} /> },
        ]}
      />
      <h2>{t("reference.pages.files")}</h2>
      <LinkList
        links={[
          { href: `${API}/calendars/${view.name}/days`, title: t("reference.pages.json") },
          { href: `/reference/${view.name}/feed.atom?language=${language}`, title: t("reference.pages.feed") },
        ]}
      />
    </AppShell>
  );
}
