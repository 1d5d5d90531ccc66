import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, CardGrid, Lattice, LinkList, SearchBox, type Visit } from "@kerege/kernel/page";
import type { CatalogueEntry } from "@kerege/services";
import { serviceLinks } from "./parts.tsx";

const POPULAR = 6;

export interface HomeProps {
  visit: Visit;
  services: CatalogueEntry[];
  events: { event: string; count: number }[];
  bodies: { code: string; name: Multilingual; count: number }[];
}

export function Home({ visit, services, events, bodies }: HomeProps) {
  const { language, t } = visit;
  const hero = (
    <div class="hero">
      <Lattice />
      <div class="wrap">
        <h1>{t("portal.home.title")}</h1>
        <p class="lead">{t("portal.home.lead")}</p>
        <SearchBox visit={visit} example={t("portal.home.example")} />
      </div>
    </div>
  );
  const cards = events
    .filter(({ count }) => count > 0)
    .map(({ event, count }) => ({
      href: `/${language}/life-events/${event}`,
      title: t(`services.life-events.${event}`),
      text: t("portal.services.count", { count }),
    }));
  return (
    <AppShell visit={visit} title={t("portal.nav.home")} top={hero} noSearch>
      <div class="columns">
        <section>
          <h2>{t("portal.home.life-events")}</h2>
          <CardGrid cards={cards} />
          <h2>{t("portal.home.bodies")}</h2>
          <LinkList
            links={bodies.map((body) => ({
              href: `/${language}/bodies/${body.code}`,
              title: body.name[language],
              text: t("portal.services.count", { count: body.count }),
            }))}
          />
        </section>
        <section>
          <h2>{t("portal.home.popular")}</h2>
          <LinkList
            links={[
              ...serviceLinks(visit, services.filter((service) => service.online).slice(0, POPULAR)),
              { href: `/${language}/cabinet/reads`, title: t("portal.cabinet.reads") },
              { href: `/${language}/verify`, title: t("portal.nav.verify") },
            ]}
          />
          <p class="actions">
            <a href={`/${language}/services`}>{t("portal.home.all")}</a>
          </p>
        </section>
      </div>
    </AppShell>
  );
}
