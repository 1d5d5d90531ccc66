import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { AppOfPerson } from "../apps.ts";

/** Programs that know the person: what each was let know, until when, and a way to take it back. */
export function AppsPage({
  visit,
  timeZone,
  apps,
}: {
  visit: Visit;
  timeZone: string;
  apps: (AppOfPerson & { owner: string })[];
}) {
  const { t, language } = visit;
  const here = `/${language}/cabinet/apps`;
  return (
    <AppShell visit={visit} title={t("identity.apps.title")}>
      <BackLink href={`/${language}/cabinet/security`} text={t("identity.factors.security.title")} />
      <h1>{t("identity.apps.title")}</h1>
      <p class="lead">{t("identity.apps.lead")}</p>
      {apps.length === 0 ? (
        <EmptyState text={t("identity.apps.none")} />
      ) : (
        <StackTable
          caption={t("identity.apps.title")}
          columns={["app", "told", "since", "until", "end"].map((name) => t(`identity.apps.column.${name}`))}
          rows={apps.map(({ program, owner, scopes, since, until, signedIn }) => [
            <>
              {program.name} {signedIn && <StatusTag tone="good" text={t("identity.apps.signed-in")} />}
              {owner !== "" && <div class="small">{owner}</div>}
            </>,
            scopes.map((scope) => t(`identity.programs.scope.${scope}`)).join("; "),
            formatInstant(language, since, timeZone),
            formatDate(language, until.toISOString().slice(0, 10)),
            <form method="post" action={`${here}/${encodeURIComponent(program.id)}/withdraw`}>
              <button class="link" aria-label={t("identity.apps.withdraw-of", { name: program.name })}>
                {t("identity.apps.withdraw")}
              </button>
            </form>,
          ])}
        />
      )}
      <p class="small">{t("identity.apps.note")}</p>
    </AppShell>
  );
}
