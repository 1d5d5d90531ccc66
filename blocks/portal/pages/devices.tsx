import type { DeskSession, Session } from "@kerege/identity";
import { formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";

export function DevicesPage({
  visit,
  sessions,
  desks,
  current,
  timeZone,
}: {
  visit: Visit;
  sessions: Session[];
  /** Desks of the same person, each with the name of its post. */
  desks: { desk: DeskSession; post: string }[];
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
      {desks.length > 0 && (
        <>
          <h2>{t("portal.cabinet.desks")}</h2>
          <StackTable
            caption={t("portal.cabinet.desks")}
            columns={[t("portal.table.post"), t("portal.table.device"), t("portal.table.since"), t("portal.table.session")]}
            rows={desks.map(({ desk, post }) => {
              const at = formatInstant(language, desk.openedAt, timeZone);
              return [
                post,
                desk.device,
                at,
                <form method="post" action={`/${language}/cabinet/devices/${desk.id}/end`}>
                  <button class="link" aria-label={t("portal.cabinet.end-session-of", { device: post, at })}>
                    {t("portal.cabinet.end-session")}
                  </button>
                </form>,
              ];
            })}
          />
        </>
      )}
    </AppShell>
  );
}
