import { formatInstant } from "@kerege/kernel/format";
import { AppShell, EmptyState, type Visit } from "@kerege/kernel/page";
import type { DemoMessage } from "../courier.ts";

/** What would have gone out by mail or to a phone; only in a demo country. */
export function MessagesPage({ visit, messages, timeZone }: { visit: Visit; messages: DemoMessage[]; timeZone: string }) {
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={t("identity.factors.demo.title")} noSearch>
      <h1>{t("identity.factors.demo.title")}</h1>
      <p class="lead">{t("identity.factors.demo.lead")}</p>
      {messages.length === 0 ? (
        <EmptyState text={t("identity.factors.demo.none")} />
      ) : (
        messages.map((one) => (
          <section class="message">
            <h2>{one.address}</h2>
            <p class="small">{formatInstant(language, one.at, timeZone)}</p>
            <p>{one.text[language]}</p>
          </section>
        ))
      )}
    </AppShell>
  );
}
