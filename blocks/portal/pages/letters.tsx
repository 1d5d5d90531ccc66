import { formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { Letter, LetterSummary } from "@kerege/post";
import { More } from "./more.tsx";

export function LettersPage({
  visit,
  rows,
  next,
  timeZone,
}: {
  visit: Visit;
  rows: LetterSummary[];
  next?: string;
  timeZone: string;
}) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.letters")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.cabinet.letters")}</h1>
      {rows.length === 0 ? (
        <EmptyState text={t("portal.cabinet.letters-none")} />
      ) : (
        <StackTable
          caption={t("portal.cabinet.letters")}
          columns={["subject", "when", "state"].map((column) => t(`portal.table.${column}`))}
          rows={rows.map((letter) => [
            <a href={`/${language}/cabinet/letters/${letter.id}`}>{letter.subject}</a>,
            formatInstant(language, letter.sentAt, timeZone),
            letter.readAt ? (
              t("portal.cabinet.read-at", { at: formatInstant(language, letter.readAt, timeZone) })
            ) : (
              <StatusTag tone="work" text={t("portal.cabinet.new")} />
            ),
          ])}
        />
      )}
      <More visit={visit} path="/cabinet/letters" next={next} />
    </AppShell>
  );
}

export function LetterPage({ visit, letter, from, timeZone }: { visit: Visit; letter: Letter; from: string; timeZone: string }) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={letter.subject}>
      <BackLink href={`/${language}/cabinet/letters`} text={t("portal.cabinet.letters")} />
      <h1>{letter.subject}</h1>
      <p class="step">
        {from} · <time dateTime={letter.sentAt.toISOString()}>{formatInstant(language, letter.sentAt, timeZone)}</time>
      </p>
      {letter.body.split(/\n{2,}/).map((paragraph) => (
        <p>{paragraph}</p>
      ))}
      <div class="actions">
        {letter.document && (
          <a class="button" href={`/${language}/documents/${letter.document}.pdf`}>
            {t("portal.case.download")}
          </a>
        )}
        {letter.case && <a href={`/${language}/cases/${letter.case}`}>{t("portal.cabinet.case")}</a>}
      </div>
    </AppShell>
  );
}
