import { AppShell, BackLink, ErrorSummary, Input, type Visit } from "@kerege/kernel/page";
import { type Errors, FormPage } from "./parts.tsx";
import { SignInWays, type Ways } from "./ways.tsx";

/** The ways alone: after a wrong try, and where somebody who is signed in has to show more. */
export function WaysPage({ visit, ways }: { visit: Visit; ways: Ways }) {
  const { t, language } = visit;
  const error = ways.wrong && t(`identity.factors.sign-in.${ways.wrong === "password" ? "wrong" : "passkey-wrong"}`);
  return (
    <AppShell visit={visit} title={t("identity.factors.sign-in.title")} noSearch>
      <BackLink href={`/${language}/sign-in${ways.query}`} text={t("identity.factors.sign-in.other-ways")} />
      <ErrorSummary
        title={t("identity.factors.mend")}
        errors={error === undefined ? [] : [{ href: "#identifier", text: error }]}
      />
      <h1>{t(ways.again ? "identity.factors.sign-in.again-title" : "identity.factors.sign-in.title")}</h1>
      {ways.again && <p class="lead">{t("identity.factors.sign-in.again-lead")}</p>}
      <SignInWays visit={visit} ways={ways} />
    </AppShell>
  );
}

/** The second factor: a code of the app, or a recovery code where the phone is lost. */
export function SecondPage({ visit, query, errors }: { visit: Visit; query: string; errors?: Errors }) {
  const { t, language } = visit;
  return (
    <FormPage
      visit={visit}
      title={t("identity.factors.second.title")}
      lead={t("identity.factors.second.lead")}
      back={{ href: `/${language}/sign-in${query}`, text: t("identity.factors.sign-in.other-ways") }}
      {...(errors && { errors })}
      action={`/${language}/sign-in/second${query}`}
      button={t("identity.factors.go-on")}
      below={<p class="small">{t("identity.factors.second.lost")}</p>}
    >
      <Input
        t={t}
        id="code"
        name="code"
        label={t("identity.factors.second.code")}
        hint={t("identity.factors.second.hint")}
        width="middle"
        autocomplete="one-time-code"
        maxLength={20}
        spellcheck={false}
        {...(errors?.code && { error: errors.code })}
      />
    </FormPage>
  );
}

/** What each level is, what it opens and how one gets there. */
export function LevelPage({ visit, register }: { visit: Visit; register: boolean }) {
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={t("identity.factors.level.title")}>
      <h1>{t("identity.factors.level.title")}</h1>
      <p class="lead">{t("identity.factors.level.lead")}</p>
      {(["simple", "substantial", "high"] as const).map((level) => (
        <section>
          <h2>{t(`identity.factors.level.${level}`)}</h2>
          <p>{t(`identity.factors.level.${level}-opens`)}</p>
          <p>{t(`identity.factors.level.${level}-how`)}</p>
        </section>
      ))}
      <ul class="plain-list">
        <li>
          <a href={`/${language}/activate`}>{t("identity.factors.sign-in.activate")}</a>
        </li>
        {register && (
          <li>
            <a href={`/${language}/register`}>{t("identity.factors.sign-in.register")}</a>
          </li>
        )}
        <li>
          <a href={`/${language}/cabinet/security`}>{t("identity.factors.security.title")}</a>
        </li>
      </ul>
    </AppShell>
  );
}
