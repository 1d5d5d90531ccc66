import { formatDate } from "@kerege/kernel/format";
import { AppShell, BackLink, ErrorSummary, Textarea, type Visit } from "@kerege/kernel/page";
import type { OpenQuestion } from "@kerege/services";
import { dayBefore } from "./desk-cases.tsx";
import { Field } from "./form.tsx";

/** The answer to what an official asked, with the fields to put right. */
export function AnswerPage({ visit, question, timeZone }: { visit: Visit; question: OpenQuestion; timeZone: string }) {
  const { language, t } = visit;
  const path = `/${language}/cases/${question.case}`;
  const errors = question.errors.map((error) => ({
    href: `#${error.part ? `${error.field}-${error.part}` : error.field}`,
    text: t(error.key, error.params),
  }));
  const ofText = question.errors.find(({ field }) => field === "text");
  return (
    <AppShell visit={visit} title={t("portal.answer.title")} noSearch>
      <BackLink href={path} text={t("portal.case.title", { number: question.number })} />
      <ErrorSummary title={t("portal.form.error-title")} errors={errors} />
      <p class="step">{question.serviceTitle}</p>
      <h1>{t("portal.answer.title")}</h1>
      <p class="notice">{question.question}</p>
      <p>{t("portal.answer.lead", { until: formatDate(language, dayBefore(question.until, timeZone)) })}</p>
      <form method="post" action={`${path}/question`} noValidate>
        {question.fields.map((field) => (
          <Field visit={visit} field={field} error={question.errors.find((error) => error.field === field.field)} />
        ))}
        <Textarea
          t={t}
          id="text"
          name="text"
          label={t("portal.answer.text")}
          value={question.text}
          maxLength={4000}
          {...(ofText && { error: t(ofText.key, ofText.params) })}
        />
        <div class="actions">
          <button class="button">{t("portal.answer.send")}</button>
        </div>
      </form>
    </AppShell>
  );
}
