import { AppShell, BackLink, EmptyState, LinkList, type Visit } from "@kerege/kernel/page";
import type { CatalogueEntry } from "@kerege/services";
import { serviceLinks } from "./parts.tsx";

export function LifeEventPage({ visit, event, services }: { visit: Visit; event: string; services: CatalogueEntry[] }) {
  const { language, t } = visit;
  const title = t(`services.life-events.${event}`);
  return (
    <AppShell visit={visit} title={title}>
      <BackLink href={`/${language}`} text={t("portal.nav.home")} />
      <h1>{title}</h1>
      {services.length > 0 ? (
        <LinkList links={serviceLinks(visit, services)} />
      ) : (
        <EmptyState text={t("portal.services.none")}>
          <p>
            <a href={`/${language}/services`}>{t("portal.home.all")}</a>
          </p>
        </EmptyState>
      )}
    </AppShell>
  );
}
