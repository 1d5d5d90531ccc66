import { Textarea, type Visit } from "@kerege/kernel/page";
import { type Errors, FormPage } from "./parts.tsx";

export function CertificatePage({
  visit,
  query,
  challenge,
  tls,
  errors = {},
}: {
  visit: Visit;
  query: string;
  challenge: string;
  /** Where the browser itself shows a certificate, if the installation has such a door. */
  tls?: string;
  errors?: Errors;
}) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.certificate.title")}
      lead={t("identity.factors.certificate.lead")}
      back={{ href: `/${language}/sign-in${query}`, text: t("identity.factors.sign-in.other-ways") }}
      errors={errors}
      above={
        <>
          {tls !== undefined && (
            <p>
              <a class="button" href={tls}>
                {t("identity.factors.certificate.browser")}
              </a>
            </p>
          )}
          <p>
            {t("identity.factors.certificate.challenge")}
            <br />
            <code class="challenge">{challenge}</code>
          </p>
        </>
      }
      action={`/${language}/sign-in/certificate${query}`}
      button={t("identity.factors.sign-in.go")}
    >
      <Textarea
        t={t}
        id="signed"
        name="signed"
        label={t("identity.factors.certificate.signed")}
        hint={t("identity.factors.certificate.signed-hint")}
        rows={6}
        maxLength={30_000}
        {...(errors.signed && { error: errors.signed })}
      />
    </FormPage>
  );
}
