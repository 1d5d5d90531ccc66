import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, LinkList, type Visit } from "@kerege/kernel/page";
import { type CatalogueEntry, lifeEvents } from "@kerege/services";
import { serviceLinks } from "./parts.tsx";

export function Catalogue({
  visit,
  services,
  bodies,
}: {
  visit: Visit;
  services: CatalogueEntry[];
  bodies: { code: string; name: Multilingual }[];
}) {
  const { language, t } = visit;
  const groups = [
    ...lifeEvents.map((event) => ({
      title: t(`services.life-events.${event}`),
      services: services.filter((service) => service.lifeEvents.includes(event)),
    })),
  ].filter((group) => group.services.length > 0);
  return (
    <AppShell visit={visit} title={t("portal.services.title")}>
      <h1>{t("portal.services.title")}</h1>
      <div class="columns">
        <section>
          <h2>{t("portal.services.by-event")}</h2>
          {groups.map((group) => (
            <>
              <h3>{group.title}</h3>
              <LinkList links={serviceLinks(visit, group.services)} />
            </>
          ))}
        </section>
        <section>
          <h2>{t("portal.services.by-body")}</h2>
          <LinkList links={bodies.map((body) => ({ href: `/${language}/bodies/${body.code}`, title: body.name[language] }))} />
        </section>
      </div>
    </AppShell>
  );
}
