import { formatInstant } from "@kerege/kernel/format";
import { BackLink, Choices, EmptyState, Input, StatusTag, Textarea } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Found } from "../door.ts";
import type { Merge } from "../door-writing.ts";
import type { Expanded } from "../expand.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { withQuery } from "../routes-pages-answer.ts";
import type { Book } from "./book.ts";
import { DeskPage, Refusal } from "./frame.tsx";
import { actorText, SideBySide } from "./history.tsx";
import { Hidden, type RecordView, recordPath } from "./record.tsx";
import { fieldTitle, valueText } from "./values.tsx";

/** Two records beside one another, and the way to say that they are of one thing. */
export function ComparePage(
  given: RecordView & {
    keys: readonly [string, string];
    one: Found | undefined;
    other: Found | undefined;
    refused?: Problem;
    typed?: { into: string; reason: string };
  },
) {
  const { book, desk, register, fields, query, keys, one, other, refused, typed } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const name = register.declared.register;
  const title = t("registry.desk.compare.title");
  const text = (field: string, found: Found | undefined) =>
    found ? valueText({ book, visit, register, field, values: found.values }) : "";
  const columns = keys.map((key) => key);
  return (
    <DeskPage desk={desk} title={title} here="registers">
      <BackLink href={`/${language}/desk/registers/${name}`} text={register.declared.title[language]} />
      <h1>{title}</h1>
      {refused && <Refusal visit={visit} refused={refused} idOf={(pointer) => pointer.slice(1)} />}
      {one && other ? (
        <SideBySide
          visit={visit}
          register={register}
          caption={title}
          columns={columns}
          rows={fields.map((field) => ({ field, texts: [text(field, one), text(field, other)] }))}
        />
      ) : (
        <>
          {keys[1] !== "" && <EmptyState text={t("registry.desk.compare.missing", { key: one ? keys[1] : keys[0] })} />}
          <form action={`/${language}/desk/registers/${name}/compare`} method="post">
            <Hidden query={query} />
            <Input t={t} id="one" name="one" label={t("registry.desk.compare.one")} value={keys[0]} width="middle" />
            <Input t={t} id="other" name="other" label={t("registry.desk.compare.other")} value={keys[1]} width="middle" />
            <button class="button">{t("registry.desk.compare.go")}</button>
          </form>
        </>
      )}
      {one && other && desk.actor.body === register.declared.owner && desk.may("merge") && (
        <section>
          <h2>{t("registry.desk.merge.propose")}</h2>
          <p>{t("registry.desk.merge.lead")}</p>
          <form method="post" action={`/${language}/desk/registers/${name}/merges`} noValidate>
            <Hidden query={{ one: keys[0], other: keys[1], ...query }} />
            <Choices
              t={t}
              id="into"
              name="into"
              label={t("registry.desk.merge.into")}
              inline
              options={keys.map((key) => ({ value: key, label: key }))}
              value={typed?.into ?? keys[0]}
            />
            <Textarea
              t={t}
              id="reason"
              name="why"
              label={t("registry.desk.merge.reason")}
              rows={2}
              value={typed?.reason ?? ""}
              maxLength={2000}
            />
            <button class="button">{t("registry.desk.merge.send")}</button>
          </form>
        </section>
      )}
    </DeskPage>
  );
}

/** Merges of a register: those that wait for a second official, then those decided. */
export function MergesPage(given: {
  book: Book;
  desk: Desk;
  register: Expanded;
  merges: Merge[];
  proposed: boolean;
  refused?: Problem;
}) {
  const { book, desk, register, merges, proposed, refused } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const { register: name, title, key } = register.declared;
  const at = (instant: Date) => formatInstant(language, instant, book.means.country.timeZone);
  const compare = (merge: Merge) =>
    withQuery(`/${language}/desk/registers/${name}/compare`, {
      one: desk.nameOf(name, merge.into),
      other: desk.nameOf(name, merge.from),
    });
  return (
    <DeskPage desk={desk} title={t("registry.desk.merge.title")} here="registers">
      <BackLink href={`/${language}/desk/registers/${name}`} text={title[language]} />
      <h1>{t("registry.desk.merge.title")}</h1>
      {refused && <Refusal visit={visit} refused={refused} />}
      {proposed && (
        <div class="notice" role="status">
          <p>{t("registry.desk.merge.proposed")}</p>
        </div>
      )}
      {merges.length === 0 && <EmptyState text={t("registry.desk.merge.none")} />}
      <ul class="plain-list">
        {merges.map((merge) => (
          <li>
            <p>
              <StatusTag
                tone={merge.state === "proposed" ? "work" : merge.state === "accepted" ? "good" : "calm"}
                text={t(`registry.desk.merge.state.${merge.state}`)}
              />{" "}
              <b>
                {t("registry.desk.merge.line", { field: fieldTitle(register, key, visit), from: merge.from, into: merge.into })}
              </b>
              <br />
              {merge.reason}
              <br />
              <small>
                {t("registry.desk.merge.by", { who: actorText(book, visit, merge.proposedBy), at: at(merge.proposedAt) })}
                {merge.decidedBy &&
                  merge.decidedAt &&
                  ` ${t("registry.desk.merge.decided-by", { who: actorText(book, visit, merge.decidedBy), at: at(merge.decidedAt) })}`}
              </small>
            </p>
            {merge.state === "proposed" && (
              <div class="actions">
                <a href={compare(merge)}>{t("registry.desk.compare.title")}</a>
                {merge.proposedBy.endsWith(`/${desk.actor.person}`) ? (
                  <small>{t("registry.desk.merge.other-decides")}</small>
                ) : (
                  desk.may("confirm-merge") && (
                    <form method="post" action={`/${language}/desk/registers/${name}/merges/${merge.id}`}>
                      <button class="button" name="accept" value="yes">
                        {t("registry.desk.merge.accept")}
                      </button>{" "}
                      <button class="button quiet" name="accept" value="no">
                        {t("registry.desk.merge.refuse")}
                      </button>
                    </form>
                  )
                )}
              </div>
            )}
          </li>
        ))}
      </ul>
      {merges.some((merge) => merge.state === "accepted") && (
        <p class="small">
          <a href={recordPath(desk, name, merges.find((merge) => merge.state === "accepted")!.into)}>
            {t("registry.desk.merge.see")}
          </a>
        </p>
      )}
    </DeskPage>
  );
}
