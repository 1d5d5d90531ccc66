import type { Actor } from "@kerege/kernel/actor";
import { formatDate, formatInstant, formatNumber } from "@kerege/kernel/format";
import { BackLink, EmptyState, Facts, StackTable, StatusTag, Textarea, type Visit } from "@kerege/kernel/page";
import type { Problem } from "@kerege/kernel/problem";
import type { Alarm } from "../door-alarm.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { withQuery } from "../routes-pages-answer.ts";
import { type Book, lawText } from "./book.ts";
import { DeskPage, Refusal } from "./frame.tsx";
import { actorText } from "./history.tsx";
import { recordPath } from "./record.tsx";
import type { Typed } from "./typed.ts";

export function readerText(book: Book, visit: Visit, reader: Actor): string {
  const { language, t } = visit;
  if (reader.kind === "person") return t("registry.pages.the-person");
  const body = book.bodyName(reader.body, language);
  if (reader.kind === "official") return `${book.reference.post(reader.post)?.name[language] ?? reader.post}, ${body}`;
  return t("registry.desk.alarms.system", { body });
}

export const titleOf = (book: Book, { language }: Visit, name: string) =>
  book.has(name) ? book.register(name).declared.title[language] : name;

/** What happened, in a sentence. */
export function whatText(visit: Visit, { kind, reads, differs }: Alarm): string {
  const { t, language } = visit;
  if (reads)
    return t(`registry.desk.alarms.what.${reads.refused ? "refused" : "bulk-read"}`, {
      count: reads.subjects,
      number: formatNumber(language, reads.subjects),
      bound: formatNumber(language, reads.bound),
      day: formatDate(language, reads.day),
    });
  if (differs?.version) return t("registry.desk.alarms.what.tampered-version", { version: differs.version });
  return t(`registry.desk.alarms.what.${kind}`);
}

/** Records by their numbers, each leading to its card; a search that found nothing has none. */
function Records({ book, desk, alarm }: { book: Book; desk: Desk; alarm: Alarm }) {
  const keys = alarm.keys.filter((key) => !key.startsWith("?"));
  if (keys.length === 0) return <>{desk.visit.t(`registry.desk.alarms.${alarm.keys.length > 0 ? "found-nothing" : "many"}`)}</>;
  return (
    <>
      {keys.map((key, index) => (
        <>
          {index > 0 && ", "}
          {book.has(alarm.register) ? <a href={recordPath(desk, alarm.register, key)}>{key}</a> : key}
        </>
      ))}
    </>
  );
}

export const State = ({ visit: { t }, alarm: { acknowledged } }: { visit: Visit; alarm: Alarm }) => (
  <StatusTag
    tone={acknowledged ? "calm" : "bad"}
    text={t(`registry.desk.alarms.state.${acknowledged ? "acknowledged" : "open"}`)}
  />
);

/** Alarms of a body: those that wait, or those somebody has looked at. */
export function AlarmsPage(given: { book: Book; desk: Desk; acknowledged: boolean; rows: Alarm[]; next?: string }) {
  const { book, desk, acknowledged, rows, next } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const path = `/${language}/desk/alarms`;
  const state = acknowledged ? "acknowledged" : undefined;
  const title = t(`registry.desk.alarms.${acknowledged ? "looked-at" : "title"}`);
  return (
    <DeskPage desk={desk} title={title} here="alarms">
      {acknowledged && <BackLink href={path} text={t("registry.desk.alarms.title")} />}
      <h1>{title}</h1>
      {!acknowledged && <p class="lead">{t("registry.desk.alarms.lead")}</p>}
      {rows.length === 0 ? (
        <EmptyState text={t(`registry.desk.alarms.${acknowledged ? "none-looked-at" : "none"}`)} />
      ) : (
        <StackTable
          caption={title}
          columns={["alarm", "who", "record", "when", acknowledged ? "remark" : "reason"].map((column) =>
            t(`registry.desk.alarms.${column}`),
          )}
          rows={rows.map((alarm) => [
            <a href={`${path}/${alarm.id}`}>{whatText(visit, alarm)}</a>,
            readerText(book, visit, alarm.reader),
            <>
              <Records book={book} desk={desk} alarm={alarm} />
              <small>{titleOf(book, visit, alarm.register)}</small>
            </>,
            formatInstant(language, alarm.at, book.means.country.timeZone),
            (acknowledged ? alarm.acknowledged?.remark : alarm.reason) ?? "—",
          ])}
        />
      )}
      {next && (
        <p>
          <a class="button quiet" href={withQuery(path, { state, after: next })} rel="next" data-key="n">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
      {!acknowledged && (
        <p>
          <a href={withQuery(path, { state: "acknowledged" })}>{t("registry.desk.alarms.looked-at")}</a>
        </p>
      )}
    </DeskPage>
  );
}

/** One alarm, and the word of an official that he looked at it. */
export function AlarmPage(given: { book: Book; desk: Desk; alarm: Alarm; typed: Typed; refused?: Problem }) {
  const { book, desk, alarm, typed, refused } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const { timeZone } = book.means.country;
  const title = whatText(visit, alarm);
  const ground = alarm.ground === null ? undefined : book.ground(alarm.ground);
  const fault = refused?.fields.find((field) => field.pointer === "/remark");
  const { acknowledged } = alarm;
  return (
    <DeskPage desk={desk} title={title} here="alarms">
      <BackLink href={`/${language}/desk/alarms`} text={t("registry.desk.alarms.title")} />
      {refused && (
        <Refusal visit={visit} refused={refused} idOf={() => "remark"} labelOf={() => t("registry.desk.alarms.remark")} />
      )}
      <h1>
        {title} <State visit={visit} alarm={alarm} />
      </h1>
      <Facts
        rows={[
          { name: t("registry.desk.alarms.who"), value: readerText(book, visit, alarm.reader) },
          { name: t("registry.desk.alarms.when"), value: formatInstant(language, alarm.at, timeZone) },
          { name: titleOf(book, visit, alarm.register), value: <Records book={book} desk={desk} alarm={alarm} /> },
          ...(alarm.reason ? [{ name: t("registry.desk.alarms.reason"), value: alarm.reason }] : []),
          ...(ground
            ? [
                {
                  name: t("registry.desk.alarms.ground"),
                  value: (
                    <>
                      {ground.title[language]}
                      <small>{lawText(book, language, ground.law)}</small>
                    </>
                  ),
                },
              ]
            : []),
          ...(acknowledged
            ? [
                { name: t("registry.desk.alarms.looked-by"), value: actorText(book, visit, acknowledged.by) },
                { name: t("registry.desk.alarms.looked-on"), value: formatInstant(language, acknowledged.at, timeZone) },
                { name: t("registry.desk.alarms.remark"), value: acknowledged.remark },
              ]
            : []),
        ]}
      />
      {!acknowledged && (
        <form method="post" action={`/${language}/desk/alarms/${alarm.id}`} noValidate>
          <Textarea
            t={t}
            id="remark"
            name="remark"
            label={t("registry.desk.alarms.remark")}
            hint={t("registry.desk.alarms.remark-hint")}
            value={typed.remark ?? ""}
            rows={3}
            maxLength={2000}
            {...(fault && { error: t(fault.key, fault.params) })}
          />
          <button class="button">{t("registry.desk.alarms.acknowledge")}</button>
        </form>
      )}
    </DeskPage>
  );
}
