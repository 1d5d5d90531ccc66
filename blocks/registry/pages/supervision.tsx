import { formatInstant } from "@kerege/kernel/format";
import { BackLink, EmptyState, Facts, StackTable } from "@kerege/kernel/page";
import type { SupervisedAlarm, SupervisedBody } from "../door-alarm.ts";
import type { Desk } from "../routes-desk-visit.ts";
import { withQuery } from "../routes-pages-answer.ts";
import { readerText, State, titleOf, whatText } from "./alarms.tsx";
import { type Book, lawText } from "./book.ts";
import { DeskPage } from "./frame.tsx";
import { actorText } from "./history.tsx";

const pathIn = (language: string) => `/${language}/desk/supervision`;

/** What bodies do about the alarms of their registers: who lets them wait, and each alarm without whom it is about. */
export function SupervisionPage(given: {
  book: Book;
  desk: Desk;
  bodies: SupervisedBody[];
  acknowledged: boolean;
  /** The one body that is looked at; all where it is left out. */
  owner?: string | undefined;
  rows: SupervisedAlarm[];
  next?: string;
}) {
  const { book, desk, bodies, acknowledged, owner, rows, next } = given;
  const { visit } = desk;
  const { t, language } = visit;
  const path = pathIn(language);
  const { timeZone } = book.means.country;
  const at = (instant: Date) => formatInstant(language, instant, timeZone);
  const state = acknowledged ? "acknowledged" : undefined;
  return (
    <DeskPage desk={desk} title={t("registry.desk.supervision.title")}>
      {owner && <BackLink href={path} text={t("registry.desk.supervision.all")} />}
      <h1>{owner ? book.bodyName(owner, language) : t("registry.desk.supervision.title")}</h1>
      {!owner && (
        <>
          <p class="lead">{t("registry.desk.supervision.lead")}</p>
          {bodies.length > 0 && (
            <>
              <h2>{t("registry.desk.supervision.bodies")}</h2>
              <StackTable
                caption={t("registry.desk.supervision.bodies")}
                columns={["body", "waiting", "oldest", "looked"].map((column) => t(`registry.desk.supervision.${column}`))}
                rows={bodies.map((one) => [
                  <a href={withQuery(path, { body: one.owner })}>{book.bodyName(one.owner, language)}</a>,
                  one.waiting,
                  one.oldestAt ? at(one.oldestAt) : "—",
                  one.lookedAt,
                ])}
              />
            </>
          )}
        </>
      )}
      <h2>{t(`registry.desk.alarms.${acknowledged ? "looked-at" : "title"}`)}</h2>
      {rows.length === 0 ? (
        <EmptyState text={t(`registry.desk.supervision.${acknowledged ? "none-looked-at" : "none"}`)} />
      ) : (
        <StackTable
          caption={t("registry.desk.alarms.title")}
          columns={[
            ...["alarm", "who"].map((column) => t(`registry.desk.alarms.${column}`)),
            t("registry.desk.supervision.body"),
            t(`registry.desk.alarms.${acknowledged ? "looked-on" : "when"}`),
          ]}
          rows={rows.map((alarm) => [
            <>
              <a href={`${path}/${encodeURIComponent(alarm.owner)}/${alarm.id}`}>{whatText(visit, alarm)}</a>
              <small>{titleOf(book, visit, alarm.register)}</small>
            </>,
            readerText(book, visit, alarm.reader),
            book.bodyName(alarm.owner, language),
            at(alarm.acknowledged?.at ?? alarm.at),
          ])}
        />
      )}
      {next && (
        <p>
          <a class="button quiet" href={withQuery(path, { state, body: owner, after: next })} rel="next" data-key="n">
            {t("registry.desk.search.next")}
          </a>
        </p>
      )}
      <p>
        <a href={withQuery(path, { state: acknowledged ? undefined : "acknowledged", body: owner })}>
          {t(`registry.desk.${acknowledged ? "supervision.waiting-ones" : "alarms.looked-at"}`)}
        </a>
      </p>
    </DeskPage>
  );
}

/** One alarm with all that is known of it; that it was looked at here stands in the record of reads of those it is about. */
export function SupervisedAlarmPage({ book, desk, alarm }: { book: Book; desk: Desk; alarm: SupervisedAlarm }) {
  const { visit } = desk;
  const { t, language } = visit;
  const at = (instant: Date) => formatInstant(language, instant, book.means.country.timeZone);
  const ground = alarm.ground === null ? undefined : book.ground(alarm.ground);
  const title = whatText(visit, alarm);
  const keys = alarm.keys.filter((key) => !key.startsWith("?"));
  const { acknowledged } = alarm;
  const line = (name: string, value: string) => ({ name: t(`registry.desk.${name}`), value });
  return (
    <DeskPage desk={desk} title={title}>
      <BackLink href={pathIn(language)} text={t("registry.desk.supervision.title")} />
      <h1>
        {title} <State visit={visit} alarm={alarm} />
      </h1>
      <p class="lead">{t("registry.desk.supervision.written")}</p>
      <Facts
        rows={[
          line("supervision.body", book.bodyName(alarm.owner, language)),
          line("alarms.who", readerText(book, visit, alarm.reader)),
          line("alarms.when", at(alarm.at)),
          { name: titleOf(book, visit, alarm.register), value: keys.join(", ") || t("registry.desk.alarms.many") },
          ...(alarm.reason ? [line("alarms.reason", alarm.reason)] : []),
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
                line("alarms.looked-by", actorText(book, visit, acknowledged.by)),
                line("alarms.looked-on", at(acknowledged.at)),
                line("alarms.remark", acknowledged.remark),
              ]
            : []),
        ]}
      />
    </DeskPage>
  );
}
