import type { DocumentVerdict, SignedContent } from "@kerege/documents";
import { formatDate, formatInstant } from "@kerege/kernel/format";
import { languages, type Multilingual } from "@kerege/kernel/locale";
import { AppShell, ErrorSummary, Facts, FileUpload, Outcome, StatusTag, Textarea, type Visit } from "@kerege/kernel/page";

export interface VerifyProps {
  visit: Visit;
  timeZone: string;
  nothing?: boolean;
  text?: string;
  verdict?: DocumentVerdict;
}

export function VerifyPage({ visit, timeZone, nothing, text, verdict }: VerifyProps) {
  const { language, t } = visit;
  const error = nothing ? t("portal.verify.nothing") : undefined;
  return (
    <AppShell visit={visit} title={t("portal.verify.title")}>
      {error && <ErrorSummary title={t("portal.form.error-title")} errors={[{ href: "#file", text: error }]} />}
      {verdict ? <Verdict visit={visit} verdict={verdict} timeZone={timeZone} /> : <h1>{t("portal.verify.title")}</h1>}
      {verdict ? <h2>{t("portal.verify.another")}</h2> : <p class="lead">{t("portal.verify.lead")}</p>}
      <form method="post" action={`/${language}/verify`} encType="multipart/form-data">
        <FileUpload
          t={t}
          id="file"
          name="file"
          label={t("portal.verify.file")}
          hint={t("portal.verify.file-hint")}
          accept="application/pdf,.pdf"
          error={error}
        />
        <Textarea
          t={t}
          id="text"
          name="text"
          label={t("portal.verify.text")}
          hint={t("portal.verify.text-hint")}
          rows={4}
          maxLength={5000}
          value={text}
        />
        <button class="button">{t("portal.verify.check")}</button>
      </form>
      <p class="small verify-note">
        {t("portal.verify.offline")} <a href="/trust/anchors.pem">{t("portal.verify.anchors")}</a>
        {". "}
        <a href={`/${language}/check`}>{t("portal.verify.any")}</a>
      </p>
    </AppShell>
  );
}

function Verdict({ visit, verdict, timeZone }: { visit: Visit; verdict: DocumentVerdict; timeZone: string }) {
  const { t } = visit;
  const { signed } = verdict;
  return (
    <>
      {verdict.valid ? (
        <Outcome tone="good" title={t("documents.verdict.valid.title")}>
          <p>{t("documents.verdict.valid.detail", { body: signed?.body.name ?? "" })}</p>
        </Outcome>
      ) : (
        <Outcome tone="bad" title={t("documents.verdict.refused.title")}>
          <Reason visit={visit} verdict={verdict} />
        </Outcome>
      )}
      {verdict.valid && signed && <Signed visit={visit} signed={signed} timeZone={timeZone} />}
      <h2>{t("portal.verify.checks")}</h2>
      <ul class="plain-list">
        {verdict.checks.map((check) => (
          <li>
            <StatusTag
              tone={check.passed ? "good" : "bad"}
              text={t(check.passed ? "portal.verify.passed" : "portal.verify.failed")}
            />{" "}
            {t(`documents.checks.${check.name}`)}
          </li>
        ))}
      </ul>
    </>
  );
}

/** Reasons of documents have a title and a detail; those of signatures are one sentence. */
function Reason({ visit, verdict }: { visit: Visit; verdict: DocumentVerdict }) {
  const { t } = visit;
  const key = verdict.reasonKey ?? "";
  const { date, ...others } = verdict.params ?? {};
  const params = date === undefined ? others : { ...others, date: formatDate(visit.language, date) };
  const titled = key.startsWith("documents.");
  return titled ? (
    <>
      <p>
        <b>{t(`${key}.title`, params)}</b>
      </p>
      <p>{t(`${key}.detail`, params)}</p>
    </>
  ) : (
    <p>{t(key, params)}</p>
  );
}

function Signed({ visit, signed, timeZone }: { visit: Visit; signed: SignedContent; timeZone: string }) {
  const { language, t } = visit;
  const own = (title: Partial<Multilingual> | undefined, fallback: string) =>
    title?.[language] ?? languages.map((one) => title?.[one]).find(Boolean) ?? fallback;
  const titleOf = (name: string, title?: Partial<Multilingual>) => own(title, t(`documents.statement.${name}`));
  const day = /^\d{4}-\d{2}-\d{2}$/;
  return (
    <>
      <h2>{t("portal.verify.facts")}</h2>
      <p>{t("portal.verify.facts-lead")}</p>
      <Facts
        rows={[
          { name: t("portal.table.document"), value: own(signed.title, signed.document) },
          { name: t("portal.table.number"), value: signed.number },
          { name: t("portal.table.issued"), value: formatDate(language, signed.issuedOn) },
          ...signed.facts.map((fact) => ({
            name: titleOf(fact.name, fact.title),
            value: day.test(fact.value) ? formatDate(language, fact.value) : fact.value,
          })),
          { name: t("portal.verify.signed-by"), value: signed.body.name },
          { name: t("portal.verify.signed-at"), value: formatInstant(language, signed.signedAt, timeZone) },
        ]}
      />
    </>
  );
}
