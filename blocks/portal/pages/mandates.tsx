import type { MandateEvent, SeenMandate } from "@kerege/identity";
import { isDerived } from "@kerege/identity";
import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, BackLink, EmptyState, Facts, StackTable, StatusTag, Timeline, type Visit } from "@kerege/kernel/page";

/** Names of services and cases that a mandate may be for. */
export interface ScopeWords {
  service(id: string): string;
  case(id: string): string;
}

export interface MandatesProps {
  visit: Visit;
  held: SeenMandate[];
  given: SeenMandate[];
  words: ScopeWords;
  /** The mandate acted by at the moment. */
  acting?: string;
  /** The chosen mandate does not stand. */
  fallen?: boolean;
  /** The one at work may give a mandate. */
  mayGive: boolean;
  /** A company's page, opened by its director. */
  company?: boolean;
}

/** For whom the person may act, and who may act for him: by papers and by registers. */
export function MandatesPage(props: MandatesProps) {
  const { visit, held, given, words, mayGive } = props;
  const { language, t } = visit;
  const offers = held.filter((one) => one.state === "offered");
  const mine = held.filter((one) => one.state !== "offered");
  return (
    <AppShell visit={visit} title={t("portal.mandates.title")}>
      <BackLink href={`/${language}/cabinet`} text={t("portal.cabinet.title")} />
      <h1>{t("portal.mandates.title")}</h1>
      <p class="lead">{t(props.company ? "portal.mandates.lead-company" : "portal.mandates.lead")}</p>
      {props.fallen && (
        <div class="empty">
          <p>{t("portal.mandates.chosen-fell")}</p>
          <form method="post" action={`/${language}/cabinet/acting/end`}>
            <button class="button">{t("kernel.page.acting-end")}</button>
          </form>
        </div>
      )}
      {offers.length > 0 && (
        <section>
          <h2>{t("portal.mandates.offers")}</h2>
          {offers.map((one) => (
            <Offer visit={visit} one={one} words={words} />
          ))}
        </section>
      )}
      {!props.company && (
        <section>
          <h2>{t("portal.mandates.held")}</h2>
          {mine.length === 0 ? (
            <EmptyState text={t("portal.mandates.held-none")} />
          ) : (
            <StackTable
              caption={t("portal.mandates.held")}
              columns={["whom", "ground", "scope", "until", "act"].map((column) => t(`portal.mandates.columns.${column}`))}
              rows={mine.map((one) => [
                <a href={`/${language}/cabinet/mandates/${one.id}`}>{one.subjectName[language]}</a>,
                t(`identity.mandates.kind.${one.kind}`),
                scopeText(visit, one, words),
                untilText(visit, one),
                one.fallen ? <MandateTag visit={visit} one={one} /> : <ActButton visit={visit} one={one} acting={props.acting} />,
              ])}
            />
          )}
        </section>
      )}
      <section>
        <h2>{t(props.company ? "portal.mandates.given-company" : "portal.mandates.given")}</h2>
        {given.length === 0 ? (
          <EmptyState text={t("portal.mandates.given-none")} />
        ) : (
          <StackTable
            caption={t("portal.mandates.given")}
            columns={["who", "ground", "scope", "until", "state"].map((column) => t(`portal.mandates.columns.${column}`))}
            rows={given.map((one) => [
              <a href={`/${language}/cabinet/mandates/${one.id}`}>{holderText(visit, one)}</a>,
              t(`identity.mandates.kind.${one.kind}`),
              scopeText(visit, one, words),
              untilText(visit, one),
              <MandateTag visit={visit} one={one} />,
            ])}
          />
        )}
      </section>
      <p class="actions">
        {mayGive && (
          <a class="button" href={`/${language}/cabinet/mandates/new`}>
            {t("portal.mandates.give")}
          </a>
        )}
        <a href={`/${language}/access`}>{t("portal.access.title")}</a>
      </p>
    </AppShell>
  );
}

function Offer({ visit, one, words }: { visit: Visit; one: SeenMandate; words: ScopeWords }) {
  const { language, t } = visit;
  const answer = (accept: "yes" | "no") => (
    <form method="post" action={`/${language}/cabinet/mandates/${one.id}/answer`}>
      <input type="hidden" name="accept" value={accept} />
      <button class={accept === "yes" ? "button" : "button quiet"}>{t(`portal.mandates.accept-${accept}`)}</button>
    </form>
  );
  return (
    <div class="empty">
      <Facts rows={factsOf(visit, one, words)} />
      <div class="actions">
        {answer("yes")}
        {answer("no")}
      </div>
    </div>
  );
}

function ActButton({ visit, one, acting }: { visit: Visit; one: SeenMandate; acting?: string }) {
  const { language, t } = visit;
  if (one.id === acting) return <StatusTag tone="good" text={t("portal.mandates.acting-now")} />;
  return (
    <form method="post" action={`/${language}/cabinet/acting`}>
      <input type="hidden" name="mandate" value={one.id} />
      <button class="link">
        {t("portal.mandates.act")}
        <span class="unseen">: {one.subjectName[language]}</span>
      </button>
    </form>
  );
}

export function MandateTag({ visit, one }: { visit: Visit; one: SeenMandate }) {
  const { t } = visit;
  if (one.fallen === "offered") return <StatusTag tone="work" text={t("portal.mandates.state.offered")} />;
  if (one.fallen) return <StatusTag tone="calm" text={t(`portal.mandates.state.${one.fallen}`)} />;
  return <StatusTag tone="good" text={t("portal.mandates.state.stands")} />;
}

/** One mandate as both sides see it: what it is for, what happened to it, and how to end it. */
export function MandatePage(given: {
  visit: Visit;
  mandate: SeenMandate;
  history: MandateEvent[];
  words: ScopeWords;
  timeZone: string;
}) {
  const { visit, mandate, history, words, timeZone } = given;
  const { language, t } = visit;
  const open = mandate.state === "offered" || mandate.state === "accepted";
  return (
    <AppShell visit={visit} title={t(`identity.mandates.kind.${mandate.kind}`)} noSearch>
      <BackLink href={`/${language}/cabinet/mandates`} text={t("portal.mandates.title")} />
      <h1>
        {mandate.subjectName[language]} <MandateTag visit={visit} one={mandate} />
      </h1>
      {mandate.fallen && mandate.fallen !== "offered" && (
        <p class="lead">{t("portal.mandates.fell", { why: t(`identity.mandates.fallen.${mandate.fallen}`) })}</p>
      )}
      <Facts rows={factsOf(visit, mandate, words)} />
      <h2>{t("portal.mandates.history")}</h2>
      <Timeline
        entries={history.map((event) => ({
          at: event.at,
          when: formatInstant(language, event.at, timeZone),
          text: t(`portal.mandates.event.${event.kind}`, { by: event.by }),
        }))}
      />
      {isDerived(mandate.kind) ? (
        <p class="small">{t("portal.mandates.by-register")}</p>
      ) : (
        open && (
          <section>
            <h2>{t("portal.mandates.end")}</h2>
            <p>{t("portal.mandates.end-lead")}</p>
            <form method="post" action={`/${language}/cabinet/mandates/${mandate.id}/end`}>
              <button class="button danger">{t("portal.mandates.end")}</button>
            </form>
          </section>
        )
      )}
    </AppShell>
  );
}

function factsOf(visit: Visit, one: SeenMandate, words: ScopeWords) {
  const { t, language } = visit;
  return [
    { name: t("portal.mandates.columns.whom"), value: one.subjectName[language] },
    { name: t("portal.mandates.columns.who"), value: holderText(visit, one) },
    { name: t("portal.mandates.columns.ground"), value: t(`identity.mandates.kind.${one.kind}`) },
    { name: t("portal.mandates.columns.scope"), value: scopeText(visit, one, words) },
    { name: t("portal.mandates.columns.until"), value: untilText(visit, one) },
    ...(one.passesOn ? [{ name: t("portal.mandates.passes-on"), value: t("portal.form.yes") }] : []),
    ...(one.from === null ? [] : [{ name: t("portal.mandates.handed-on"), value: t("portal.form.yes") }]),
  ];
}

/** Until it is accepted the holder is known by the end of the number alone: whose number it is, the giver must know himself. */
function holderText({ t }: Visit, one: SeenMandate): string {
  return one.holderName ?? t("portal.mandates.number", { end: one.holder.slice(-4) });
}

function scopeText({ t }: Visit, { scope }: SeenMandate, words: ScopeWords): string {
  if ("service" in scope) return t("portal.mandates.scope.service", { name: words.service(scope.service) });
  return "case" in scope ? t("portal.mandates.scope.case", { name: words.case(scope.case) }) : t("portal.mandates.scope.all");
}

function untilText({ t, language }: Visit, { until }: SeenMandate): string {
  return until === null ? t("portal.mandates.no-end") : t("portal.mandates.until", { day: formatDate(language, until) });
}
