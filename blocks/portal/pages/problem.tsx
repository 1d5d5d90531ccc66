import { AppShell, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";

export interface ProblemPageProps {
  visit: Visit;
  problem: Problem;
  title: string;
  detail: string;
  /** Where to sign in, if that is what is missing. */
  signIn?: string;
}

/** What happened, what to do, and a code to name when asking for help. */
export function ProblemPage({ visit, problem, title, detail, signIn }: ProblemPageProps) {
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
        <a class={signIn ? "" : "button"} href={`/${language}`}>
          {t("portal.problem.home")}
        </a>
      </div>
      <p class="small">{t("portal.problem.code", { code: problem.code })}</p>
    </AppShell>
  );
}
