import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, BackLink, EmptyState, LinkList, type Visit } from "@kerege/kernel/page";
import type { CatalogueEntry } from "@kerege/services";
import { serviceLinks } from "./parts.tsx";

export function BodyPage({ visit, body, services }: { visit: Visit; body: { name: Multilingual }; services: CatalogueEntry[] }) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={body.name[language]}>
      <BackLink href={`/${language}/services`} text={t("portal.home.all")} />
      <h1>{body.name[language]}</h1>
      <h2>{t("portal.nav.services")}</h2>
      {services.length > 0 ? <LinkList links={serviceLinks(visit, services)} /> : <EmptyState text={t("portal.services.none")} />}
    </AppShell>
  );
}
