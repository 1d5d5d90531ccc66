import { AppShell, EmptyState, LinkList, SearchBox, type Visit } from "@kerege/kernel/page";
import type { CatalogueEntry } from "@kerege/services";
import { serviceLinks } from "./parts.tsx";

export function SearchPage({ visit, text, found }: { visit: Visit; text: string; found: CatalogueEntry[] }) {
  const { language, t } = visit;
  return (
    <AppShell
      visit={visit}
      title={text === "" ? t("portal.search.title") : t("portal.search.found", { count: found.length, text })}
      noSearch
    >
      <h1>{t("portal.search.title")}</h1>
      <SearchBox visit={visit} value={text} />
      {text === "" ? (
        <p class="lead">{t("portal.search.empty")}</p>
      ) : (
        <>
          <h2 aria-live="polite">{t("portal.search.found", { count: found.length, text })}</h2>
          {found.length > 0 ? (
            <LinkList
              links={serviceLinks(visit, found).map((link, index) => ({
                ...link,
                text: `${found[index]!.summary[language]} ${link.text}`,
              }))}
            />
          ) : (
            <EmptyState text={t("portal.search.nothing")}>
              <p>
                <a href={`/${language}/services`}>{t("portal.home.all")}</a>
              </p>
            </EmptyState>
          )}
        </>
      )}
    </AppShell>
  );
}
