import type { Session } from "@kerege/identity";
import { formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";

export function DevicesPage({
  visit,
  sessions,
  current,
  timeZone,
}: {
  visit: Visit;
  sessions: Session[];
  current: string;
  timeZone: string;
}) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.devices")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.cabinet.devices")}</h1>
      <p class="lead">{t("portal.cabinet.devices-lead")}</p>
      <StackTable
        caption={t("portal.cabinet.devices")}
        columns={[t("portal.table.device"), t("portal.table.since"), t("portal.table.session")]}
        rows={sessions.map((session) => {
          const at = formatInstant(language, session.openedAt, timeZone);
          return [
            <>
              {session.device} {session.id === current && <StatusTag tone="good" text={t("portal.cabinet.this-device")} />}
            </>,
            at,
            session.id === current ? null : (
              <form method="post" action={`/${language}/cabinet/devices/${session.id}/end`}>
                <button class="link" aria-label={t("portal.cabinet.end-session-of", { device: session.device, at })}>
                  {t("portal.cabinet.end-session")}
                </button>
              </form>
            ),
          ];
        })}
      />
    </AppShell>
  );
}
