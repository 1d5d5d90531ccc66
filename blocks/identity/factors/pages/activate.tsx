import { Input, type Visit } from "@kerege/kernel/page";
import { CodeInput, type Errors, FormPage } from "./parts.tsx";

export function ActivatePage({ visit, query, pin, errors = {} }: { visit: Visit; query: string; pin: string; errors?: Errors }) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.activate.title")}
      lead={t("identity.factors.activate.lead")}
      back={{ href: `/${language}/sign-in${query}`, text: t("identity.factors.sign-in.title") }}
      errors={errors}
      action={`/${language}/activate${query}`}
      button={t("identity.factors.go-on")}
      below={<p class="small">{t("identity.factors.activate.where")}</p>}
    >
      <Input
        t={t}
        id="pin"
        name="pin"
        label={t("identity.factors.pin")}
        hint={t("identity.factors.pin-hint")}
        value={pin}
        width="middle"
        inputmode="numeric"
        maxLength={20}
      />
      <Input
        t={t}
        id="code"
        name="code"
        label={t("identity.factors.activate.code")}
        hint={t("identity.factors.activate.code-hint")}
        width="middle"
        maxLength={30}
        spellcheck={false}
        {...(errors.code && { error: errors.code })}
      />
    </FormPage>
  );
}

export function RecoverPage({ visit, query, errors = {} }: { visit: Visit; query: string; errors?: Errors }) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.recover.title")}
      lead={t("identity.factors.recover.lead")}
      back={{ href: `/${language}/sign-in${query}`, text: t("identity.factors.sign-in.title") }}
      errors={errors}
      action={`/${language}/recover${query}`}
      button={t("identity.factors.go-on")}
      below={
        <>
          <h2>{t("identity.factors.recover.centre-title")}</h2>
          <p>{t("identity.factors.recover.centre")}</p>
        </>
      }
    >
      <Input
        t={t}
        id="identifier"
        name="identifier"
        label={t("identity.factors.sign-in.identifier")}
        hint={t("identity.factors.sign-in.identifier-hint")}
        autocomplete="username"
        maxLength={254}
        spellcheck={false}
        {...(errors.identifier && { error: errors.identifier })}
      />
    </FormPage>
  );
}

/** The same for every account, and for none. */
export function ProofPage({ visit, query, errors = {}, demo }: { visit: Visit; query: string; errors?: Errors; demo: boolean }) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.recover.proof-title")}
      lead={t("identity.factors.recover.proof-lead")}
      errors={errors}
      above={
        demo && (
          <p class="notice">
            {t("identity.factors.code.demo")}{" "}
            <a href={`/${language}/demo/messages`} target="_blank" rel="noopener">
              {t("identity.factors.demo.title")}
            </a>
          </p>
        )
      }
      action={`/${language}/recover/proof${query}`}
      button={t("identity.factors.go-on")}
    >
      <CodeInput visit={visit} name="sent" label={t("identity.factors.recover.sent")} errors={errors} />
      <Input
        t={t}
        id="second"
        name="second"
        label={t("identity.factors.recover.second")}
        hint={t("identity.factors.recover.second-hint")}
        width="middle"
        maxLength={20}
        spellcheck={false}
      />
    </FormPage>
  );
}
