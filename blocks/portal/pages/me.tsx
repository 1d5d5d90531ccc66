import { AppShell, BackLink, Facts, type Visit } from "@kerege/kernel/page";
import type { AboutMe } from "../me.ts";

export function MePage({ visit, groups }: { visit: Visit; groups: AboutMe[] }) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.me")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.cabinet.me")}</h1>
      <p class="lead">{t("portal.cabinet.me-lead")}</p>
      <p>
        <a href={`/${language}/cabinet/contests`}>{t("portal.me.contests")}</a>
      </p>
      {groups.map((group) => (
        <section>
          <h2>{group.title}</h2>
          <p class="small">{group.owner}</p>
          <Facts
            rows={group.facts.map((fact) => ({
              name: fact.title,
              value: (
                <>
                  {fact.value}{" "}
                  <a class="small" href={contestHref(visit, group, fact.field)}>
                    {t("portal.me.wrong")}
                    <span class="unseen">: {fact.title}</span>
                  </a>
                </>
              ),
            }))}
          />
        </section>
      ))}
    </AppShell>
  );
}

function contestHref({ language }: Visit, group: AboutMe, field: string): string {
  const asked = new URLSearchParams({ register: group.register, key: group.key, field });
  return `/${language}/cabinet/contests/new?${asked}`;
}
