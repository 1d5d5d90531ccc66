import { AppShell, Facts, Known, type Visit } from "@kerege/kernel/page";
import type { Review } from "@kerege/services";
import { deadlineText, feeText, knownGroups } from "./parts.tsx";

export function ReviewPage({ visit, review }: { visit: Visit; review: Review }) {
  const { language, t } = visit;
  const path = `/${language}/cases/${review.case}`;
  const answered = review.pages.some((page) => page.answers.length > 0);
  return (
    <AppShell visit={visit} title={t("portal.review.title")} noSearch>
      <p class="step">{review.serviceTitle}</p>
      <h1>{t("portal.review.title")}</h1>
      <p class="lead">{answered ? t("portal.review.lead") : t("portal.review.nothing-asked")}</p>
      {review.pages
        .filter((page) => page.answers.length > 0)
        .map((page) => (
          <section>
            <h2>{page.title}</h2>
            <dl class="summary">
              {page.answers.map((answer) => (
                <div>
                  <dt>{answer.title}</dt>
                  <dd>{answer.value}</dd>
                  <dd>
                    <a href={`${path}/form/${page.page}#${answer.field}`}>
                      {t("portal.review.change")}
                      <span class="unseen"> {t("portal.review.change-of", { title: answer.title })}</span>
                    </a>
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      {review.known.length > 0 && <Known title={t("portal.form.known")} groups={knownGroups(visit, review.known)} />}
      <Facts
        rows={[
          { name: t("portal.service.deadline"), value: deadlineText(visit, review.deadline) },
          { name: t("portal.service.fee"), value: feeText(visit, review.fee) },
        ]}
      />
      <div class="actions">
        <form method="post" action={`${path}/submit`}>
          <button class="button">{t("portal.review.submit")}</button>
        </form>
        <a href={`${path}/withdraw`}>{t("portal.form.withdraw")}</a>
      </div>
    </AppShell>
  );
}
