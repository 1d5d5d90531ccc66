import { formatDate, formatInstant } from "@kerege/kernel/format";
import {
  AppShell,
  BackLink,
  Choices,
  DateInput,
  EmptyState,
  ErrorSummary,
  Facts,
  LinkList,
  StackTable,
  StatusTag,
  Timeline,
  type Visit,
} from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Ground } from "../declaration.ts";
import type { Consent, ConsentRequest } from "../door.ts";
import { type Book, lawText } from "./book.ts";
import { fieldTitle } from "./values.tsx";

interface At {
  book: Book;
  visit: Visit;
}

/** Whom the person lets read what: what is asked, what stands, what is over. */
export function ConsentsPage(given: At & { requests: ConsentRequest[]; consents: Consent[] }) {
  const { book, visit, requests, consents } = given;
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={t("registry.consents.title")}>
      <BackLink href={`/${language}/cabinet`} text={t("registry.consents.cabinet")} />
      <h1>{t("registry.consents.title")}</h1>
      <p class="lead">{t("registry.consents.lead")}</p>
      {requests.length > 0 && (
        <section>
          <h2>{t("registry.consents.asked")}</h2>
          <LinkList
            links={requests.map((one) => ({
              href: `/${language}/cabinet/consents/requests/${one.id}`,
              title: t("registry.consents.asks", { body: book.bodyName(one.reader, language) }),
              text: `${book.ground(one.ground)?.title[language] ?? one.ground} · ${formatInstant(language, one.askedAt, book.means.country.timeZone)}`,
            }))}
          />
        </section>
      )}
      <section>
        <h2>{t("registry.consents.given")}</h2>
        {consents.length === 0 ? (
          <EmptyState text={t("registry.consents.none")} />
        ) : (
          <StackTable
            caption={t("registry.consents.given")}
            columns={["who", "what", "until", "state"].map((one) => t(`registry.consents.columns.${one}`))}
            rows={consents.map((one) => [
              <a href={`/${language}/cabinet/consents/${one.id}`}>{readerText({ book, visit }, one)}</a>,
              book.ground(one.ground)?.title[language] ?? one.ground,
              untilText(visit, one.until),
              <ConsentTag book={book} visit={visit} consent={one} />,
            ])}
          />
        )}
      </section>
      <p class="actions">
        <a class="button quiet" href={`/${language}/cabinet/consents/new`}>
          {t("registry.consents.give")}
        </a>
      </p>
    </AppShell>
  );
}

function ConsentTag({ book, visit: { t }, consent }: At & { consent: Consent }) {
  if (consent.withdrawnAt) return <StatusTag tone="calm" text={t("registry.consents.state.withdrawn")} />;
  const over = consent.until !== null && consent.until <= book.today();
  return over ? (
    <StatusTag tone="calm" text={t("registry.consents.state.over")} />
  ) : (
    <StatusTag tone="good" text={t("registry.consents.state.stands")} />
  );
}

/** What a body asks for, in plain words, with two buttons. Nothing is agreed to by going on. */
export function ConsentRequestPage({ book, visit, asked }: At & { asked: ConsentRequest }) {
  const { t, language } = visit;
  const title = t("registry.consents.asks", { body: book.bodyName(asked.reader, language) });
  const answer = (agree: "yes" | "no") => (
    <form method="post" action={`/${language}/cabinet/consents/requests/${asked.id}`}>
      <input type="hidden" name="agree" value={agree} />
      <button class={agree === "yes" ? "button" : "button quiet"}>{t(`registry.consents.agree-${agree}`)}</button>
    </form>
  );
  return (
    <AppShell visit={visit} title={title} noSearch>
      <BackLink href={`/${language}/cabinet/consents`} text={t("registry.consents.title")} />
      <h1>{title}</h1>
      <p class="lead">{t("registry.consents.request-lead")}</p>
      <Terms book={book} visit={visit} reader={readerText({ book, visit }, asked)} ground={asked.ground} until={asked.until} />
      {asked.state === "open" ? (
        <div class="actions">
          {answer("yes")}
          {answer("no")}
        </div>
      ) : (
        <p>
          <StatusTag tone="calm" text={t(`registry.consents.answered.${asked.state}`)} />
        </p>
      )}
    </AppShell>
  );
}

/** One consent: what it lets be read, since when, and how to take it back with what that changes. */
export function ConsentPage({ book, visit, consent }: At & { consent: Consent }) {
  const { t, language } = visit;
  const reader = readerText({ book, visit }, consent);
  const { timeZone } = book.means.country;
  const events = [
    { at: consent.givenAt, key: "given" },
    ...(consent.withdrawnAt ? [{ at: consent.withdrawnAt, key: "withdrawn" }] : []),
  ];
  return (
    <AppShell visit={visit} title={t("registry.consents.one", { who: reader })} noSearch>
      <BackLink href={`/${language}/cabinet/consents`} text={t("registry.consents.title")} />
      <h1>
        {reader} <ConsentTag book={book} visit={visit} consent={consent} />
      </h1>
      <Terms book={book} visit={visit} reader={reader} ground={consent.ground} until={consent.until} />
      <h2>{t("registry.consents.history")}</h2>
      <Timeline
        entries={events.map(({ at, key }) => ({
          at,
          when: formatInstant(language, at, timeZone),
          text: t(`registry.consents.event.${key}`),
        }))}
      />
      {consent.withdrawnAt === null && (
        <section>
          <h2>{t("registry.consents.withdraw")}</h2>
          <p>{t("registry.consents.withdraw-lead", { who: reader })}</p>
          <form method="post" action={`/${language}/cabinet/consents/${consent.id}/withdraw`}>
            <button class="button danger">{t("registry.consents.withdraw")}</button>
          </form>
        </section>
      )}
    </AppShell>
  );
}

/** Who will read which facts, for what, on which law, until when. */
function Terms({ book, visit, reader, ground: name, until }: At & { reader: string; ground: string; until: string | null }) {
  const { t, language } = visit;
  const ground = book.ground(name);
  return (
    <Facts
      rows={[
        { name: t("registry.consents.columns.who"), value: reader },
        ...(ground
          ? [
              {
                name: t("registry.consents.columns.fields"),
                value: fieldsText({ book, visit }, ground).map((line) => <p>{line}</p>),
              },
              { name: t("registry.consents.columns.purpose"), value: ground.purpose[language] },
              { name: t("registry.consents.columns.law"), value: lawText(book, language, ground.law) },
            ]
          : []),
        { name: t("registry.consents.columns.until"), value: untilText(visit, until) },
      ]}
    />
  );
}

/** `People: surname, given name` for each register about people: what is about nobody needs no consent. */
function fieldsText({ book, visit }: At, ground: Ground): string[] {
  const { language } = visit;
  return Object.keys(ground.reads).flatMap((name) => {
    const register = book.register(name);
    if (register.declared.subject === undefined) return [];
    const fields = book.fieldsUnder(ground, name).map((field) => fieldTitle(register, field, visit));
    return [`${register.declared.title[language]}: ${fields.join(", ")}`];
  });
}

function readerText({ book, visit }: At, one: { reader: string; system: string | null }): string {
  const body = book.bodyName(one.reader, visit.language);
  return one.system === null ? body : visit.t("registry.consents.system", { body, system: one.system });
}

function untilText({ t, language }: Visit, until: string | null): string {
  return until === null ? t("registry.consents.no-end") : t("registry.consents.until", { day: formatDate(language, until) });
}

export interface NewConsent {
  choice: string;
  until: { day: string; month: string; year: string };
}

/** What one may agree to of one's own accord. */
export function NewConsentPage(
  given: At & { choices: { value: string; label: string; hint: string }[]; typed: NewConsent; refused?: Problem },
) {
  const { visit, choices, typed, refused } = given;
  const { t, language } = visit;
  const errors = (refused?.fields ?? []).map((field) => ({
    pointer: field.pointer,
    href: field.pointer === "/until" ? "#until-day" : "#choice-1",
    text: t(field.key, field.params),
  }));
  const errorAt = (pointer: string) => {
    const found = errors.find((one) => one.pointer === pointer);
    return found ? { error: found.text } : {};
  };
  return (
    <AppShell visit={visit} title={t("registry.consents.give")} noSearch>
      <BackLink href={`/${language}/cabinet/consents`} text={t("registry.consents.title")} />
      <ErrorSummary title={t("registry.consents.error")} errors={errors} />
      <h1>{t("registry.consents.give")}</h1>
      {choices.length === 0 ? (
        <EmptyState text={t("registry.consents.nothing-to-give")} />
      ) : (
        <form method="post" action={`/${language}/cabinet/consents/new`} noValidate>
          <Choices
            t={t}
            id="choice"
            name="choice"
            label={t("registry.consents.choice")}
            options={choices}
            value={typed.choice}
            {...errorAt("/choice")}
          />
          <DateInput
            t={t}
            id="until"
            name="until"
            label={t("registry.consents.until-label")}
            hint={t("registry.consents.until-hint")}
            value=""
            parts={typed.until}
            words={{ day: t("registry.consents.day"), month: t("registry.consents.month"), year: t("registry.consents.year") }}
            {...errorAt("/until")}
          />
          <button class="button">{t("registry.consents.agree-yes")}</button>
        </form>
      )}
    </AppShell>
  );
}
