import { AppShell, ErrorSummary, Input, type Visit } from "@kerege/kernel/page";
import type { DemoPerson } from "@kerege/synthetic";

export interface SignInProps {
  visit: Visit;
  people: DemoPerson[];
  back: string;
  demo: boolean;
  needed: boolean;
  wrong?: boolean;
  pin?: string;
}

export function SignIn({ visit, people, back, demo, needed, wrong, pin }: SignInProps) {
  const { language, t } = visit;
  const error = wrong ? t("portal.sign-in.pin-wrong") : undefined;
  return (
    <AppShell visit={visit} title={t("portal.sign-in.title")} noSearch>
      {error && <ErrorSummary title={t("portal.form.error-title")} errors={[{ href: "#pin", text: error }]} />}
      <h1>{t("portal.sign-in.title")}</h1>
      {needed && <p class="notice">{t("portal.sign-in.needed")}</p>}
      {!demo && <p class="lead">{t("portal.sign-in.closed-lead")}</p>}
      {demo && (
        <>
          <p class="lead">{t("portal.sign-in.demo-lead")}</p>
          <ul class="cards people">
            {people.map((person) => (
              <li>
                <form method="post" action={`/${language}/sign-in`}>
                  <input type="hidden" name="pin" value={person.pin} />
                  <input type="hidden" name="return" value={back} />
                  <button>
                    <b>{person.name}</b>
                    <span>{person.about[language]}</span>
                  </button>
                </form>
              </li>
            ))}
          </ul>
          <h2>{t("portal.sign-in.find")}</h2>
          <form method="post" action={`/${language}/sign-in`}>
            <input type="hidden" name="return" value={back} />
            <Input t={t} id="pin" name="pin" label={t("portal.sign-in.pin")} hint={t("portal.sign-in.pin-hint")} value={pin} width="short" inputmode="numeric" maxLength={20} error={error} />
            <button class="button">{t("portal.nav.sign-in")}</button>
          </form>
          <p class="small">{t("portal.sign-in.demo-warning")}</p>
        </>
      )}
    </AppShell>
  );
}
