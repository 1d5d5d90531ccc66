import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, LinkList, type Visit } from "@kerege/kernel/page";
import { API } from "../api.ts";

export interface ListEntry {
  name: string;
  title: Multilingual;
  owner: string;
  rows: number;
}

/** All classifiers and calendars. */
export function ListsPage({ visit, classifiers, calendars }: { visit: Visit; classifiers: ListEntry[]; calendars: ListEntry[] }) {
  const { language, t } = visit;
  const links = (entries: ListEntry[]) =>
    entries.map(({ name, title, owner, rows }) => ({
      href: `/${language}/reference/${name}`,
      title: title[language],
      text: `${owner}. ${t("reference.pages.rows", { count: rows })}`,
    }));
  return (
    <AppShell visit={visit} title={t("reference.pages.title")}>
      <h1>{t("reference.pages.title")}</h1>
      <p class="lead">{t("reference.pages.lead")}</p>
      <h2>{t("reference.pages.classifiers")}</h2>
      <LinkList links={links(classifiers)} />
      {calendars.length > 0 && (
        <>
          <h2>{t("reference.pages.calendars")}</h2>
          <LinkList links={links(calendars)} />
        </>
      )}
      <p class="small">
        <a href={`${API}/openapi.json`}>{t("reference.pages.api")}</a>
      </p>
    </AppShell>
  );
}
