import { formatDate, formatInstant } from "@kerege/kernel/format";
import { BackLink, Choices, EmptyState, Facts, LinkList, StackTable, StatusTag, Textarea, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Contest } from "../door.ts";
import type { Expanded } from "../expand.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { type Book, lawText } from "./book.ts";
import { DeskPage, Refusal } from "./frame.tsx";
import { recordPath } from "./record.tsx";
import type { Typed } from "./typed.ts";
import { fieldTitle, valueText } from "./values.tsx";

/** What the register said, in words; of a value of several parts only the first is kept with the contest. */
export function heldText(given: { book: Book; visit: Visit; contest: Contest }): string {
  const { book, visit, contest } = given;
  const register = book.register(contest.register);
  const declared = register.flat.fields[contest.field]?.part?.of ?? contest.field;
  if (contest.held === null) return "";
  if (register.composites.has(declared)) return String(contest.held);
  return valueText({ book, visit, register, field: declared, values: { [contest.field]: contest.held } });
}

export function ContestTag({ visit, contest, today }: { visit: Visit; contest: Contest; today: string }) {
  const { t, language } = visit;
  if (contest.state !== "open")
    return (
      <StatusTag
        tone={contest.state === "accepted" ? "good" : "calm"}
        text={t(`registry.pages.contest.state.${contest.state}`)}
      />
    );
  const late = contest.dueOn < today;
  return (
    <StatusTag
      tone={late ? "bad" : "work"}
      text={t(late ? "registry.pages.contest.late" : "registry.pages.contest.due", { on: formatDate(language, contest.dueOn) })}
    />
  );
}

/** Contested fields of the registers of a body: open ones first, by the day they are due. */
export function ContestsPage({ book, desk, rows, next }: { book: Book; desk: Desk; rows: Contest[]; next?: string }) {
  const { visit } = desk;
  const { t, language } = visit;
  const { timeZone } = book.means.country;
  return (
    <DeskPage desk={desk} title={t("registry.desk.contests.title")} here="contests">
      <h1>{t("registry.desk.contests.title")}</h1>
      {rows.length === 0 ? (
        <EmptyState text={t("registry.desk.contests.none")} />
      ) : (
        <StackTable
          caption={t("registry.desk.contests.title")}
          columns={["what", "says", "right", "came", "due"].map((column) => t(`registry.desk.contests.${column}`))}
          rows={rows.map((one) => [
            <>
              <a href={`/${language}/desk/contests/${one.id}`}>{fieldTitle(book.register(one.register), one.field, visit)}</a>
              <small>
                {book.register(one.register).declared.title[language]} · {one.key}
              </small>
            </>,
            heldText({ book, visit, contest: one }) || t("registry.pages.nothing-held"),
            one.claimed,
            formatInstant(language, one.at, timeZone),
            <ContestTag visit={visit} contest={one} today={book.today()} />,
          ])}
        />
      )}
      {next && (
        <p>
          <a class="button quiet" href={`/${language}/desk/contests?after=${encodeURIComponent(next)}`} rel="next" data-key="n">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
    </DeskPage>
  );
}

/** One contested field: what is held, what is said to be right, and the decision of the owner with its reason. */
export function DecidePage(given: {
  book: Book;
  desk: Desk;
  register: Expanded;
  contest: Contest;
  /** Events by which the value can be put right. */
  links: { title: string; href: string }[];
  typed: Typed;
  refused?: Problem;
}) {
  const { book, desk, register, contest, links, typed, refused } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const title = t("registry.desk.contests.one", { field: fieldTitle(register, contest.field, visit) });
  const errorAt = (pointer: string) => {
    const fault = refused?.fields.find((field) => field.pointer === pointer);
    return fault ? { error: t(fault.key, fault.params) } : {};
  };
  const ids: Record<string, string> = { "/accept": "accept-1", "/answer": "answer" };
  const labels: Record<string, string> = { "/answer": "registry.desk.contests.answer" };
  return (
    <DeskPage desk={desk} title={title} here="contests">
      <BackLink href={`/${language}/desk/contests`} text={t("registry.desk.contests.title")} />
      {refused && (
        <Refusal
          visit={visit}
          refused={refused}
          idOf={(pointer) => ids[pointer]}
          labelOf={(pointer) => t(labels[pointer] ?? "registry.desk.contests.decision")}
        />
      )}
      <h1>
        {title} <ContestTag visit={visit} contest={contest} today={book.today()} />
      </h1>
      <Facts
        rows={[
          {
            name: register.declared.title[language],
            value: <a href={recordPath(desk, contest.register, contest.key)}>{contest.key}</a>,
          },
          {
            name: t("registry.desk.contests.says"),
            value: heldText({ book, visit, contest }) || t("registry.pages.nothing-held"),
          },
          { name: t("registry.desk.contests.right"), value: contest.claimed },
          { name: t("registry.desk.contests.why"), value: contest.reason.split("\n").map((line) => <p>{line}</p>) },
          { name: t("registry.desk.contests.came"), value: formatInstant(language, contest.at, book.means.country.timeZone) },
          ...(contest.answer ? [{ name: t("registry.desk.contests.answer"), value: contest.answer }] : []),
        ]}
      />
      {contest.state === "open" && desk.may("correct") && (
        <form method="post" action={`/${language}/desk/contests/${contest.id}`} noValidate>
          <Choices
            t={t}
            id="accept"
            name="accept"
            label={t("registry.desk.contests.decision")}
            options={["yes", "no"].map((one) => ({
              value: one,
              label: t(`registry.desk.contests.accept-${one}`),
              hint: t(`registry.desk.contests.accept-${one}-hint`),
            }))}
            value={typed.accept ?? ""}
            {...errorAt("/accept")}
          />
          <Textarea
            t={t}
            id="answer"
            name="answer"
            label={t("registry.desk.contests.answer")}
            hint={t("registry.desk.contests.answer-hint")}
            value={typed.answer ?? ""}
            rows={3}
            maxLength={2000}
            {...errorAt("/answer")}
          />
          <button class="button">{t("registry.desk.contests.decide")}</button>
        </form>
      )}
      {contest.state === "accepted" && (
        <section>
          <h2>{t("registry.desk.contests.put-right")}</h2>
          <p>{t("registry.desk.contests.put-right-lead")}</p>
          <LinkList links={links} />
        </section>
      )}
      <p class="small">{register.declared.law.map((law) => lawText(book, language, law)).join("; ")}</p>
    </DeskPage>
  );
}
