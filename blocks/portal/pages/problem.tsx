import { AppShell, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";

export interface ProblemPageProps {
  visit: Visit;
  problem: Problem;
  title: string;
  detail: string;
  /** Where to sign in, if that is what is missing. */
  signIn?: string;
  /** Where to choose for whom to act, if the mandate does not stand. */
  mandates?: string;
  /** Where it is said how one gets known more surely, and how to show it. */
  level?: string;
}

/** What happened, what to do, and a code to name when asking for help. */
export function ProblemPage({ visit, problem, title, detail, signIn, mandates, level }: ProblemPageProps) {
  const { language, t } = visit;
  return (
    <AppShell visit={visit} title={title}>
      <h1>{title}</h1>
      <p class="lead">{detail}</p>
      <div class="actions">
        {signIn && (
          <a class="button" href={signIn}>
            {t("portal.nav.sign-in")}
          </a>
        )}
        {mandates && (
          <a class="button" href={mandates}>
            {t("portal.mandates.choose")}
          </a>
        )}
        {level && (
          <>
            <a class="button" href={`/${language}/sign-in/again?return=${encodeURIComponent(visit.path)}`}>
              {t("identity.factors.sign-in.again-title")}
            </a>
            <a href={level}>{t("identity.factors.level.title")}</a>
          </>
        )}
        <a class={signIn || mandates || level ? "" : "button"} href={`/${language}`}>
          {t("portal.problem.home")}
        </a>
      </div>
      <p class="small">{t("portal.problem.code", { code: problem.code })}</p>
    </AppShell>
  );
}
