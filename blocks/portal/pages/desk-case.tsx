import { formatDate, formatInstant } from "@kerege/kernel/format";
import {
  AppShell,
  BackLink,
  Choices,
  ErrorSummary,
  Facts,
  Known,
  StatusTag,
  Textarea,
  Timeline,
  type Visit,
} from "@kerege/kernel/page";
import { DrawingStyle } from "@kerege/process";
import type { CaseCard } from "@kerege/services";
import type { VNode } from "preact";
import { dayBefore, deskCases } from "./desk-cases.tsx";
import { CaseTag, citation, knownGroups } from "./parts.tsx";

/** What was typed into the forms of the card. */
export interface TypedVerdict {
  choice: string;
  ground: string;
  reason: string;
  question: string;
  fields: string[];
}

/** A case before an official: what is known and where from, what was answered, what happened; then the decision. */
export function DeskCasePage(given: {
  visit: Visit;
  card: CaseCard;
  timeZone: string;
  drawing?: VNode;
  typed: TypedVerdict;
  error?: { field: string; text: string };
}) {
  const { visit, card, timeZone, drawing, error } = given;
  const { language, t } = visit;
  const { view } = card;
  const title = t("portal.case.title", { number: view.number ?? "" });
  return (
    <AppShell visit={visit} title={title} noSearch>
      {drawing && <DrawingStyle />}
      <BackLink href={deskCases(visit)} text={t("portal.desk-cases.title")} />
      <ErrorSummary title={t("portal.form.error-title")} errors={error ? [{ href: `#${error.field}`, text: error.text }] : []} />
      <p class="step">{view.serviceTitle}</p>
      <h1>
        {title} <CaseTag visit={visit} state={view.state} />
      </h1>
      <Facts
        rows={[
          {
            name: t("portal.desk-cases.columns.due"),
            value: (
              <>
                {formatDate(language, dayBefore(card.dueAt, timeZone))}{" "}
                {card.overdue && <StatusTag tone="bad" text={t("portal.desk-cases.late")} />}
              </>
            ),
          },
        ]}
      />
      {view.answers.length > 0 && (
        <section>
          <h2>{t("portal.desk-cases.answers")}</h2>
          <Facts rows={view.answers.map((answer) => ({ name: answer.title, value: answer.value }))} />
        </section>
      )}
      {view.facts.length > 0 && <Known title={t("portal.desk-cases.facts")} groups={knownGroups(visit, view.facts)} />}
      {view.questions.map((one) => (
        <section>
          <h2>{t("portal.desk-cases.asked")}</h2>
          <Facts
            rows={[
              { name: t("portal.desk-cases.question"), value: one.question },
              {
                name: t("portal.desk-cases.answer"),
                value:
                  one.answer ?? t("portal.desk-cases.no-answer", { until: formatDate(language, dayBefore(one.until, timeZone)) }),
              },
            ]}
          />
        </section>
      ))}
      {card.unmet.length > 0 && (
        <section>
          <h2>{t("portal.desk-cases.unmet")}</h2>
          <ul>
            {card.unmet.map((rule) => (
              <li>
                {rule.text} <small>{citation(visit, rule.norm)}</small>
              </li>
            ))}
          </ul>
        </section>
      )}
      {card.mine && <Decision {...given} />}
      <section>
        <h2>{t("portal.case.timeline")}</h2>
        <Timeline
          entries={view.timeline.map((entry) => ({
            at: entry.at,
            when: formatInstant(language, entry.at, timeZone),
            text: entry.text,
          }))}
        />
      </section>
      {drawing && (
        <details>
          <summary>{t("portal.desk-cases.drawing")}</summary>
          {drawing}
        </details>
      )}
    </AppShell>
  );
}

function Decision(given: { visit: Visit; card: CaseCard; typed: TypedVerdict; error?: { field: string; text: string } }) {
  const { visit, card, typed, error } = given;
  const { t } = visit;
  const here = `${deskCases(visit)}/${card.view.case}`;
  const errorOf = (field: string) => (error?.field === field ? { error: error.text } : {});
  return (
    <>
      <section>
        <h2>{t("portal.desk-cases.decide")}</h2>
        {card.unmet.length === 0 && (
          <form method="post" action={here}>
            <p>{t("portal.desk-cases.grant-lead")}</p>
            <button class="button" name="choice" value="grant">
              {t("portal.desk-cases.grant")}
            </button>
          </form>
        )}
      </section>
      <section>
        <h2>{t("portal.desk-cases.ask")}</h2>
        <form method="post" action={here} noValidate>
          <p>{t("portal.desk-cases.ask-lead", { days: card.answerDays })}</p>
          <Textarea
            t={t}
            id="question"
            name="question"
            label={t("portal.desk-cases.question")}
            value={typed.question}
            rows={3}
            maxLength={4000}
            {...errorOf("question")}
          />
          {card.fields.length > 0 && (
            <Choices
              t={t}
              id="fields"
              name="fields"
              label={t("portal.desk-cases.fields")}
              many
              value={typed.fields}
              options={card.fields.map(({ field, title }) => ({ value: field, label: title }))}
            />
          )}
          <button class="button quiet" name="choice" value="ask">
            {t("portal.desk-cases.ask")}
          </button>
        </form>
      </section>
      <section>
        <h2>{t("portal.desk-cases.refuse")}</h2>
        <form method="post" action={here} noValidate>
          <Choices
            t={t}
            id="ground"
            name="ground"
            label={t("portal.desk-cases.ground")}
            value={typed.ground}
            options={card.grounds.map(({ ground, text, norm }) => ({ value: ground, label: text, hint: citation(visit, norm) }))}
            {...(error?.field === "ground-1" && { error: error.text })}
          />
          <Textarea
            t={t}
            id="reason"
            name="reason"
            label={t("portal.desk-cases.refuse-reason")}
            hint={t("portal.desk-cases.refuse-hint")}
            value={typed.reason}
            rows={3}
            maxLength={4000}
            {...errorOf("reason")}
          />
          <button class="button danger" name="choice" value="refuse">
            {t("portal.desk-cases.refuse")}
          </button>
        </form>
      </section>
      <form method="post" action={here} class="actions">
        <button class="button quiet" name="choice" value="release">
          {t("portal.desk-cases.release")}
        </button>
      </form>
    </>
  );
}
