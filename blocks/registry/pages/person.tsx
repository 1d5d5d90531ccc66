import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, Facts, Input, StackTable, Textarea, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Values } from "../declaration.ts";
import type { Contest } from "../door.ts";
import type { Expanded } from "../expand.ts";
import { type Book, lawText } from "./book.ts";
import { ContestTag, heldText } from "./contests.tsx";
import { Refusal, Style } from "./frame.tsx";
import { Hidden } from "./record.tsx";
import type { Typed } from "./typed.ts";
import { fieldTitle, ValueView } from "./values.tsx";

/** A person says that a field is wrong: what is right, why, and what shows it. */
export function ContestFormPage(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  field: string;
  /** How the key of the record stands in an address. */
  place: string;
  values: Values;
  typed: Typed;
  refused?: Problem;
}) {
  const { book, visit, register, field, place, values, typed, refused } = given;
  const { t, language } = visit;
  const { declared } = register;
  const title = t("registry.pages.contest.title", { field: fieldTitle(register, field, visit) });
  const errorAt = (id: string) => {
    const fault = refused?.fields.find((one) => one.pointer === `/${id}`);
    return fault ? { error: t(fault.key, fault.params) } : {};
  };
  return (
    <AppShell visit={visit} title={title} noSearch>
      <Style />
      <BackLink href={`/${language}/cabinet/me`} text={t("registry.pages.contest.back")} />
      {refused && (
        <Refusal
          visit={visit}
          refused={refused}
          idOf={(pointer) => pointer.slice(1)}
          labelOf={(pointer) => t(`registry.pages.contest.${pointer.slice(1)}`)}
        />
      )}
      <h1>{title}</h1>
      <p class="lead">
        {t("registry.pages.contest.lead", { days: declared.contestDays ?? 10, body: book.bodyName(declared.owner, language) })}
      </p>
      <Facts
        rows={[
          {
            name: declared.title[language],
            value: (
              <>
                {fieldTitle(register, field, visit)}:{" "}
                <ValueView book={book} visit={visit} register={register} field={field} values={values} />
              </>
            ),
          },
          { name: t("registry.pages.owner"), value: book.bodyName(declared.owner, language) },
          { name: t("registry.pages.law"), value: declared.law.map((law) => <p>{lawText(book, language, law)}</p>) },
        ]}
      />
      <form method="post" action={`/${language}/cabinet/contests/new`} noValidate>
        <Hidden query={{ register: declared.register, key: place, field }} />
        <Input
          t={t}
          id="claimed"
          name="claimed"
          label={t("registry.pages.contest.claimed")}
          value={typed.claimed ?? ""}
          maxLength={2000}
          {...errorAt("claimed")}
        />
        <Textarea
          t={t}
          id="reason"
          name="reason"
          label={t("registry.pages.contest.reason")}
          value={typed.reason ?? ""}
          rows={4}
          maxLength={1500}
          {...errorAt("reason")}
        />
        <Input
          t={t}
          id="document"
          name="document"
          label={t("registry.pages.contest.document")}
          hint={t("registry.pages.contest.document-hint")}
          value={typed.document ?? ""}
          maxLength={300}
        />
        <button class="button">{t("registry.pages.contest.send")}</button>
      </form>
    </AppShell>
  );
}

/** What the person has contested, with the state of each and the answer of the owner. */
export function OwnContestsPage({
  book,
  visit,
  sent,
  rows,
  next,
}: {
  book: Book;
  visit: Visit;
  sent: boolean;
  rows: Contest[];
  next?: string;
}) {
  const { t, language } = visit;
  const { timeZone } = book.means.country;
  return (
    <AppShell visit={visit} title={t("registry.pages.contest.list")}>
      <Style />
      <BackLink href={`/${language}/cabinet`} text={t("registry.pages.contest.cabinet")} />
      <h1>{t("registry.pages.contest.list")}</h1>
      {sent && (
        <div class="notice" role="status">
          <p>
            <b>{t("registry.pages.contest.sent")}</b>
          </p>
        </div>
      )}
      {rows.length === 0 ? (
        <EmptyState text={t("registry.pages.contest.none")}>
          <p>
            <a href={`/${language}/cabinet/me`}>{t("registry.pages.contest.back")}</a>
          </p>
        </EmptyState>
      ) : (
        <StackTable
          caption={t("registry.pages.contest.list")}
          columns={[
            ...["what", "says", "right"].map((column) => t(`registry.pages.contest.${column}`)),
            t("registry.pages.state"),
          ]}
          rows={rows.map((one) => [
            <>
              <b>{fieldTitle(book.register(one.register), one.field, visit)}</b>
              <small>
                {book.register(one.register).declared.title[language]} · {formatDate(language, one.at)}
              </small>
            </>,
            heldText({ book, visit, contest: one }) || t("registry.pages.nothing-held"),
            one.claimed,
            <>
              <ContestTag visit={visit} contest={one} today={book.today()} />
              {one.answer && <small>{one.answer}</small>}
              {one.decidedAt && <small>{formatInstant(language, one.decidedAt, timeZone)}</small>}
            </>,
          ])}
        />
      )}
      {next && (
        <p>
          <a class="button quiet" href={`/${language}/cabinet/contests?after=${encodeURIComponent(next)}`} rel="next">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
    </AppShell>
  );
}
