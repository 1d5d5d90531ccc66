import { formatDate, formatInstant, formatNumber } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, Facts, LinkList, StackTable, StatusTag, type Visit } from "@kerege/kernel/page";
import type { Ground, RegisterDeclaration } from "../declaration.ts";
import type { Deferral, Found } from "../door.ts";
import type { Expanded } from "../expand.ts";
import { withQuery } from "../routes-pages-answer.ts";
import { type AccessRow, aboutWords, accessWords } from "../who.ts";
import { type Book, lawText } from "./book.ts";
import { Style } from "./frame.tsx";
import { FieldGroups, filePath, recordTitle } from "./record.tsx";
import { SearchPart, type SearchView } from "./search.tsx";

/** The register of registers, as people read it: by the body that keeps them. */
export function RegistersPage({
  book,
  visit,
  registers,
}: {
  book: Book;
  visit: Visit;
  registers: { declaration: RegisterDeclaration; records: number }[];
}) {
  const { t, language } = visit;
  const owners = [...new Set(registers.map(({ declaration }) => declaration.owner))].sort((a, b) =>
    book.bodyName(a, language).localeCompare(book.bodyName(b, language), language),
  );
  return (
    <AppShell visit={visit} title={t("registry.pages.title")}>
      <h1>{t("registry.pages.title")}</h1>
      <p class="lead">{t("registry.pages.lead")}</p>
      <p>
        <a href={`/${language}/registers/deferrals`}>{t("registry.pages.deferrals.title")}</a>
      </p>
      {owners.map((owner) => (
        <section>
          <h2>{book.bodyName(owner, language)}</h2>
          <LinkList
            links={registers
              .filter(({ declaration }) => declaration.owner === owner)
              .map(({ declaration, records }) => ({
                href: `/${language}/registers/${declaration.register}`,
                title: declaration.title[language],
                text: (
                  <>
                    {declaration.about?.[language]} {recordsText(visit, records)}
                  </>
                ),
              }))}
          />
        </section>
      ))}
    </AppShell>
  );
}

function recordsText({ t, language }: Visit, count: number): string {
  return t("registry.pages.records", { count, number: formatNumber(language, count) });
}

/** What one register holds, on which law, what may happen in it, and a search where anyone may look something up. */
export function RegisterPage(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  records: number;
  names: string[];
  view: SearchView | undefined;
}) {
  const { book, visit, register, records, names, view } = given;
  const { t, language } = visit;
  const { declared } = register;
  const here = `/${language}/registers/${declared.register}`;
  return (
    <AppShell visit={visit} title={declared.title[language]} noSearch>
      <Style />
      <BackLink href={`/${language}/registers`} text={t("registry.pages.title")} />
      <h1>{declared.title[language]}</h1>
      {declared.about && <p class="lead">{declared.about[language]}</p>}
      {view && (
        <>
          {names.length > 1 && (
            <nav aria-label={t("registry.desk.search.title")}>
              <ul class="plain-list">
                {names.map((name) => (
                  <li>
                    <a href={`${here}?search=${name}`} aria-current={name === view.name ? "true" : undefined}>
                      {declared.search[name]!.title[language]}
                    </a>
                  </li>
                ))}
              </ul>
            </nav>
          )}
          <SearchPart {...view} />
        </>
      )}
      <h2>{t("registry.pages.about")}</h2>
      <Facts
        rows={[
          { name: t("registry.pages.owner"), value: book.bodyName(declared.owner, language) },
          { name: t("registry.pages.holds"), value: recordsText(visit, records) },
          { name: t("registry.pages.law"), value: declared.law.map((law) => <p>{lawText(book, language, law)}</p>) },
          ...(declared.sources
            ? [{ name: t("registry.pages.sources"), value: declared.sources.map((source) => <p>{source.title[language]}</p>) }]
            : []),
          { name: t("registry.pages.contest-days"), value: t("registry.pages.days", { days: declared.contestDays ?? 10 }) },
        ]}
      />
      <p>
        <a href={`${here}/access`}>{t("registry.pages.access")}</a>
      </p>
      <h2>{t("registry.pages.fields")}</h2>
      <StackTable
        caption={t("registry.pages.fields")}
        columns={[t("registry.pages.field"), t("registry.pages.kind"), t("registry.pages.class.title")]}
        rows={Object.values(declared.fields).map((field) => [
          field.title[language],
          kindText(book, visit, field),
          t(`registry.pages.class.${field.class}`),
        ])}
      />
      {declared.states && (
        <>
          <h2>{t("registry.pages.states")}</h2>
          <p>
            {Object.values(declared.states).map((state) => (
              <>
                <StatusTag tone={state.closed ? "calm" : "good"} text={state.title[language]} />{" "}
              </>
            ))}
          </p>
        </>
      )}
      <h2>{t("registry.pages.events")}</h2>
      <p>{t("registry.pages.events-lead")}</p>
      <ul class="plain-list">
        {Object.values(declared.events).map((event) => (
          <li>
            {event.title[language]}
            {event.documents && (
              <small>
                {" "}
                ·{" "}
                {Object.values(event.documents)
                  .map((document) => document.title[language])
                  .join(", ")}
              </small>
            )}
          </li>
        ))}
      </ul>
      {declared.rules && (
        <>
          <h2>{t("registry.pages.rules")}</h2>
          <ul class="plain-list">
            {Object.values(declared.rules).map((rule) => (
              <li>{rule.title[language]}</li>
            ))}
          </ul>
        </>
      )}
      <h2>{t("registry.pages.searches")}</h2>
      <ul class="plain-list">
        {Object.values(declared.search).map((condition) => (
          <li>{condition.title[language]}</li>
        ))}
      </ul>
    </AppShell>
  );
}

function kindText(book: Book, { t, language }: Visit, field: RegisterDeclaration["fields"][string]): string {
  const kind = t(`registry.pages.type.${field.type}`);
  if (field.type === "reference" && book.has(field.register ?? ""))
    return `${kind}: ${book.register(field.register!).declared.title[language]}`;
  return kind;
}

/** Who may read what about whom: one table, made to be printed. */
export function AccessPage({
  book,
  visit,
  declared,
  rows,
}: {
  book: Book;
  visit: Visit;
  declared: RegisterDeclaration;
  rows: AccessRow[];
}) {
  const { t, language } = visit;
  const speaking = { texts: book.means.texts, language, bodyName: (code: string) => book.bodyName(code, language) };
  const words = accessWords(declared, rows, speaking);
  const about = aboutWords(declared, speaking);
  const title = t("registry.who.head", { title: declared.title[language] });
  return (
    <AppShell visit={visit} title={title} noSearch>
      <Style />
      <BackLink href={`/${language}/registers/${declared.register}`} text={declared.title[language]} />
      <h1>{title}</h1>
      <p class="lead">{t("registry.pages.access-lead")}</p>
      {about !== undefined && <p>{about}</p>}
      {rows.length === 0 ? (
        <EmptyState text={t("registry.who.nobody")} />
      ) : (
        <div class="access">
          <StackTable
            caption={title}
            columns={["ground", "reader", "whom", "fields", "ways", "law"].map((column) => t(`registry.who.columns.${column}`))}
            rows={words.map((cells, index) => [
              <>
                <b>{cells[0]}</b>
                <small>{rows[index]!.purpose[language]}</small>
                {rows[index]!.deferred && (
                  <small>
                    <a href={`/${language}/registers/deferrals`}>{rows[index]!.deferred!.title[language]}</a>
                  </small>
                )}
              </>,
              ...cells.slice(1).map((cell) => cell || "—"),
            ])}
          />
        </div>
      )}
      <p class="small">{t("registry.pages.as-of", { day: formatDate(language, book.today()) })}</p>
    </AppShell>
  );
}

/** Public rules by which a person is shown a read later than at once. */
export function DeferralsPage({ book, visit, deferrals }: { book: Book; visit: Visit; deferrals: Deferral[] }) {
  const { t, language } = visit;
  return (
    <AppShell visit={visit} title={t("registry.pages.deferrals.title")}>
      <BackLink href={`/${language}/registers`} text={t("registry.pages.title")} />
      <h1>{t("registry.pages.deferrals.title")}</h1>
      <p class="lead">{t("registry.pages.deferrals.lead")}</p>
      {deferrals.length === 0 ? (
        <EmptyState text={t("registry.pages.deferrals.none")} />
      ) : (
        <StackTable
          caption={t("registry.pages.deferrals.title")}
          columns={["ground", "rule", "for", "law"].map((column) => t(`registry.pages.deferrals.${column}`))}
          rows={deferrals.map((one) => [
            one.of[language],
            one.title[language],
            durationText(visit, one.for),
            lawText(book, language, one.law),
          ])}
        />
      )}
    </AppShell>
  );
}

/** `P6M` as `6 months`. */
export function durationText({ t }: Visit, duration: string): string {
  const [, years, months, weeks, days] = /^P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?/.exec(duration) ?? [];
  const parts = [
    ["years", years],
    ["months", months],
    ["weeks", weeks],
    ["days", days],
  ].flatMap(([unit, count]) => (count ? [t(`registry.pages.duration.${unit}`, { count: Number(count) })] : []));
  return parts.join(" ") || duration;
}

/** A record that anyone may see. */
export function OpenRecordPage(given: {
  book: Book;
  visit: Visit;
  register: Expanded;
  ground: Ground;
  fields: string[];
  found: Found;
}) {
  const { book, visit, register, ground, fields, found } = given;
  const { t, language } = visit;
  const { register: name, title: registerTitle, states } = register.declared;
  const title = recordTitle({ book, visit, register, fields, found });
  const state = found.state === undefined ? undefined : states?.[found.state];
  const linkOf = (target: string, key: string) =>
    ground.reads[target] && book.has(target)
      ? `/${language}/registers/${target}/records/${encodeURIComponent(key)}?ground=${encodeURIComponent(ground.ground)}`
      : undefined;
  return (
    <AppShell visit={visit} title={title} noSearch>
      <Style />
      <BackLink href={`/${language}/registers/${name}`} text={registerTitle[language]} />
      <h1>
        {title} {state && <StatusTag tone={state.closed ? "calm" : "good"} text={state.title[language]} />}
      </h1>
      <FieldGroups
        book={book}
        visit={visit}
        register={register}
        fields={fields}
        found={found}
        linkOf={linkOf}
        fileOf={(field) => withQuery(filePath(name, found.key, field), { ground: ground.ground })}
      />
      <p class="small">
        {t("registry.pages.since")} {formatDate(language, found.validFrom)}. {t("registry.pages.recorded-at")}{" "}
        {formatInstant(language, found.recordedAt, book.means.country.timeZone)}. {ground.purpose[language]}{" "}
        {lawText(book, language, ground.law)}.
      </p>
    </AppShell>
  );
}
