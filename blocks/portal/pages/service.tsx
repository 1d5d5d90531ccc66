import { formatDate } from "@kerege/kernel/format";
import { AppShell, BackLink, Facts, Known, type Visit } from "@kerege/kernel/page";
import type { Passport } from "@kerege/services";
import { whomText } from "./access.tsx";
import { citation, deadlineText, feeText } from "./parts.tsx";

/** A register that is asked for the same fields twice (for the person and for a child) is named once. */
function uniqueFacts(passport: Passport, language: Visit["language"]) {
  const seen = new Map(
    passport.facts.map((fact) => {
      const fields = fact.fields.map((field) => field.title[language]).join(", ");
      return [
        `${fact.register}|${fields}`,
        { register: fact.registerTitle[language], fields, why: fact.why[language], law: fact.law },
      ];
    }),
  );
  return [...seen.values()];
}

/** The page of a service: what, how long, how much, what we know already, what is asked, and one button. */
export function ServicePage({ visit, passport }: { visit: Visit; passport: Passport }) {
  const { language, t } = visit;
  const event = passport.lifeEvents[0];
  return (
    <AppShell visit={visit} title={passport.title[language]}>
      {event && <BackLink href={`/${language}/life-events/${event}`} text={t(`services.life-events.${event}`)} />}
      <h1>{passport.title[language]}</h1>
      <p class="lead">{passport.summary[language]}</p>
      <Facts
        rows={[
          { name: t("portal.service.deadline"), value: deadlineText(visit, passport.deadline) },
          { name: t("portal.service.fee"), value: feeText(visit, passport.fee) },
          { name: t("portal.service.who"), value: passport.recipients[language] },
          { name: t("portal.service.result"), value: passport.result[language] },
        ]}
      />
      {passport.online && (
        <form method="post" action={`/${language}/services/${passport.service}/start`} class="actions">
          <button class="button">{t("portal.service.start")}</button>
          {!visit.person && <small>{t("portal.service.sign-in-first")}</small>}
        </form>
      )}
      {passport.facts.length > 0 && (
        <Known
          title={t("portal.service.known-title")}
          groups={uniqueFacts(passport, language).map((fact) => ({
            rows: [{ name: fact.register, value: fact.fields }],
            source: `${fact.why} ${citation(visit, fact.law)}`,
          }))}
          note={t("portal.service.known-lead")}
        />
      )}
      <h2>{t("portal.service.asked-title")}</h2>
      {passport.questions.length > 0 ? (
        <ul>
          {passport.questions.map((question) => (
            <li>
              {question.title[language]}
              {!question.required && <small> ({t("portal.service.optional")})</small>}
            </li>
          ))}
        </ul>
      ) : (
        <p>{t("portal.service.asked-nothing")}</p>
      )}
      {passport.refusals.length > 0 && (
        <>
          <h2>{t("portal.service.refusals")}</h2>
          <ul class="plain-list">
            {passport.refusals.map((refusal) => (
              <li>
                {refusal.text[language]}
                <br />
                <small>
                  {t("portal.service.would-help", { text: refusal.wouldHelp[language] })} {citation(visit, refusal.norm)}
                </small>
              </li>
            ))}
          </ul>
        </>
      )}
      <Facts
        rows={[
          {
            name: t("portal.service.body"),
            value: <a href={`/${language}/bodies/${passport.body}`}>{passport.bodyTitle[language]}</a>,
          },
          {
            name: t("portal.service.channels"),
            value: passport.channels.map((channel) => t(`portal.service.channel.${channel}`)).join(", "),
          },
          ...(passport.online
            ? [
                { name: t("portal.access.on-behalf"), value: whomText(visit, passport.for) },
                { name: t("portal.access.columns.assurance"), value: t(`portal.access.level.${passport.assurance}`) },
              ]
            : []),
          { name: t("portal.service.law"), value: passport.law.map((norm) => <p>{citation(visit, norm)}</p>) },
          { name: t("portal.service.appeal"), value: <p>{passport.appeal[language]}</p> },
        ]}
      />
      <p class="small">
        {t("portal.service.edition", { edition: passport.edition, day: formatDate(language, passport.validFrom) })}
        <br />
        {t("portal.service.stage", { stage: passport.maturity })}
      </p>
    </AppShell>
  );
}
