import { formatDate } from "@kerege/kernel/format";
import { Facts, type Visit } from "@kerege/kernel/page";
import type { CaseView, KnownFact } from "@kerege/services";
import { citation } from "./parts.tsx";

/** Why an application was refused: each rule with its norm, what it looked at, and what would change it. */
export function Refusals({ visit, refusals }: { visit: Visit; refusals: CaseView["refusals"] }) {
  const { t } = visit;
  return (
    <section>
      <h2>{t("portal.case.why")}</h2>
      {refusals.map(({ text, norm, because, facts, said, wouldHelp, changes }) => (
        <>
          <h3>{text}</h3>
          <p>
            <small>{t("portal.case.norm", { norm: citation(visit, norm) })}</small>
          </p>
          {because.map((sentence) => (
            <p>{sentence}</p>
          ))}
          {facts.length > 0 && (
            <Facts
              rows={facts.map((fact) => ({
                name: fact.title,
                value: (
                  <>
                    {fact.value}
                    <br />
                    <small>{sourceOf(visit, fact)}</small>
                  </>
                ),
              }))}
            />
          )}
          {said !== undefined && <p>{t("portal.case.said", { text: said })}</p>}
          <p>{t("portal.case.would-help", { text: wouldHelp })}</p>
          {changes.map((change) => (
            <p>{change}</p>
          ))}
        </>
      ))}
    </section>
  );
}

/** Which register said it, and when it was asked. */
function sourceOf({ language, t }: Visit, { source, readOn }: KnownFact): string {
  if (readOn === undefined) return t("portal.form.source", { register: source });
  return t("portal.case.source-read", { register: source, day: formatDate(language, readOn) });
}
