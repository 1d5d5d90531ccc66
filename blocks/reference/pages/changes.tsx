import { formatDate } from "@kerege/kernel/format";
import type { Multilingual } from "@kerege/kernel/locale";
import { AppShell, BackLink, EmptyState, StackTable, type Visit } from "@kerege/kernel/page";
import type { Change } from "../door.ts";
import { type NamedPair, PairText } from "./parts.tsx";

export interface ChangesView {
  name: string;
  title: Multilingual;
  from: string;
  to: string;
  pairs: NamedPair[];
  changes: Change[];
}

/** What one edition changed against another: how codes went over, and how the lists differ. */
export function ChangesPage({ visit, view }: { visit: Visit; view: ChangesView }) {
  const { language, t } = visit;
  const days = { from: formatDate(language, view.from), to: formatDate(language, view.to) };
  const told = view.pairs.filter((pair) => pair.kind !== "same" || pair.note);
  return (
    <AppShell visit={visit} title={t("reference.pages.changes-title", days)} noSearch>
      <BackLink href={`/${language}/reference/${view.name}`} text={view.title[language]} />
      <h1>{t("reference.pages.changes-title", days)}</h1>
      {told.length > 0 && (
        <>
          <h2>{t("reference.pages.mapping")}</h2>
          <ul class="plain-list">
            {told.map((pair) => (
              <li>
                <PairText visit={visit} pair={pair} />
              </li>
            ))}
          </ul>
        </>
      )}
      <h2>{t("reference.pages.differences", { count: view.changes.length })}</h2>
      {view.changes.length === 0 ? (
        <EmptyState text={t("reference.pages.no-differences")} />
      ) : (
        <StackTable
          caption={t("reference.pages.differences", { count: view.changes.length })}
          columns={["code", "what", "before", "after"].map((column) => t(`reference.pages.${column}`))}
          rows={view.changes.map((change) => [
            change.code,
            t(`reference.change.${change.kind}`),
            change.before?.name[language] ?? "—",
            change.after?.name[language] ?? "—",
          ])}
        />
      )}
    </AppShell>
  );
}
