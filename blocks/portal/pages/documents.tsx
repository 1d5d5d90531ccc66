import type { DocumentEntry } from "@kerege/documents";
import { formatDate } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, StackTable, type Visit } from "@kerege/kernel/page";

/** Documents about the person and those received for another, a child say; `pin` is the person's own. */
export function DocumentsPage({ visit, documents, pin }: { visit: Visit; documents: DocumentEntry[]; pin: string }) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={t("portal.cabinet.documents")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.cabinet.documents")}</h1>
      {documents.length === 0 ? (
        <EmptyState text={t("portal.cabinet.documents-none")} />
      ) : (
        <StackTable
          caption={t("portal.cabinet.documents")}
          columns={[t("portal.table.document"), t("portal.table.number"), t("portal.table.issued"), t("portal.table.file")]}
          rows={documents.map((one) => [
            <>
              <b>{one.title[language]}</b>
              {one.subject === pin ? "" : <p>{t("portal.cabinet.document-about", { pin: one.subject })}</p>}
            </>,
            one.number,
            formatDate(language, one.issuedOn),
            <>
              <a href={`/${language}/documents/${one.id}.pdf`}>
                {t("portal.case.download")}
                <span class="unseen"> {one.number}</span>
              </a>{" "}
              <a href={`/${language}/documents/${one.id}.pdf?show=yes`}>
                {t("portal.case.view")}
                <span class="unseen"> {one.number}</span>
              </a>
            </>,
          ])}
        />
      )}
    </AppShell>
  );
}
