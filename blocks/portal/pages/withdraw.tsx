import { AppShell, BackLink, type Visit } from "@kerege/kernel/page";
import type { CaseView } from "@kerege/services";

/** Giving up is asked twice: it cannot be taken back. */
export function WithdrawPage({ visit, view }: { visit: Visit; view: CaseView }) {
  const { language, t } = visit;
  const path = `/${language}/cases/${view.case}`;
  return (
    <AppShell visit={visit} title={t("portal.case.withdraw-title")} noSearch>
      <BackLink href={path} text={t("portal.form.back")} />
      <p class="step">{view.serviceTitle}</p>
      <h1>{t("portal.case.withdraw-title")}</h1>
      <p>{t(view.state === "draft" ? "portal.case.withdraw-lead" : "portal.case.take-back-lead")}</p>
      <div class="actions">
        <form method="post" action={`${path}/withdraw`}>
          <button class="button danger">{t("portal.case.withdraw-yes")}</button>
        </form>
        <a href={view.state !== "draft" ? path : view.page ? `${path}/form/${view.page}` : `${path}/review`}>
          {t("portal.case.withdraw-no")}
        </a>
      </div>
    </AppShell>
  );
}
