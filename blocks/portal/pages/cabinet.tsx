import type { DocumentEntry } from "@kerege/documents";
import { formatDate, formatInstant } from "@kerege/kernel/format";
import { AppShell, CardGrid, EmptyState, LinkList, type Visit } from "@kerege/kernel/page";
import type { LetterSummary } from "@kerege/post";
import type { CaseSummary } from "@kerege/services";
import type { ComponentChildren } from "preact";
import type { ReadLine } from "../reads.ts";
import { CaseTag } from "./parts.tsx";

export interface CabinetProps {
  visit: Visit;
  cases: CaseSummary[];
  documents: DocumentEntry[];
  letters: LetterSummary[];
  unread: number;
  reads: ReadLine[];
  timeZone: string;
  /** What waits for an answer; no consents where the one at work agrees to nothing for the other. */
  waiting: { mandates: number; consents?: number };
}

export function Cabinet({ visit, cases, documents, letters, unread, reads, timeZone, waiting }: CabinetProps) {
  const { language, t } = visit;
  const at = (instant: Date) => formatInstant(language, instant, timeZone);
  return (
    <AppShell visit={visit} title={t("portal.cabinet.title")}>
      <p class="step">{t("portal.cabinet.title")}</p>
      <h1>{t("portal.cabinet.hello", { name: visit.person?.name ?? "" })}</h1>
      <div class="columns">
        <div>
          <Section
            visit={visit}
            name="cases"
            empty={cases.length === 0}
            action={{ href: `/${language}/services`, text: t("portal.home.all") }}
          >
            <LinkList
              links={cases.map((one) => ({
                href: caseHref(visit, one),
                title: one.serviceTitle,
                text: <CaseLine visit={visit} one={one} at={at} />,
              }))}
            />
          </Section>
          <Section visit={visit} name="reads" empty={reads.length === 0}>
            <LinkList
              links={reads.map((line) => ({
                href: `/${language}/cabinet/reads`,
                title: line.who,
                text: `${line.what} · ${line.when}`,
              }))}
            />
          </Section>
        </div>
        <div>
          <Section visit={visit} name="documents" empty={documents.length === 0}>
            <LinkList links={documents.map((one) => documentLink(visit, one))} />
          </Section>
          <Section visit={visit} name="letters" empty={letters.length === 0}>
            {unread > 0 && <p>{t("portal.cabinet.unread", { count: unread })}</p>}
            <LinkList
              links={letters.map((letter) => ({
                href: `/${language}/cabinet/letters/${letter.id}`,
                title: letter.subject,
                text: at(letter.sentAt),
              }))}
            />
          </Section>
        </div>
      </div>
      <CardGrid
        cards={[
          { href: `/${language}/cabinet/me`, title: t("portal.cabinet.me"), text: t("portal.cabinet.me-lead") },
          { href: `/${language}/cabinet/contests`, title: t("portal.cabinet.contests"), text: t("portal.cabinet.contests-lead") },
          {
            href: `/${language}/cabinet/mandates`,
            title: t("portal.mandates.title"),
            text: waiting.mandates > 0 ? t("portal.mandates.waiting", { count: waiting.mandates }) : t("portal.mandates.card"),
          },
          ...(waiting.consents === undefined
            ? []
            : [
                {
                  href: `/${language}/cabinet/consents`,
                  title: t("registry.consents.title"),
                  text:
                    waiting.consents > 0
                      ? t("portal.mandates.waiting", { count: waiting.consents })
                      : t("registry.consents.card"),
                },
              ]),
          { href: `/${language}/cabinet/signatures`, title: t("trust.personal.title"), text: t("trust.personal.card") },
          {
            href: `/${language}/cabinet/security`,
            title: t("identity.factors.security.title"),
            text: t("identity.factors.security.lead"),
          },
          { href: `/${language}/cabinet/apps`, title: t("identity.apps.title"), text: t("identity.apps.card") },
          { href: `/${language}/cabinet/devices`, title: t("portal.cabinet.devices"), text: t("portal.cabinet.devices-lead") },
        ]}
      />
    </AppShell>
  );
}

interface SectionProps {
  visit: Visit;
  name: "cases" | "documents" | "letters" | "reads";
  empty: boolean;
  action?: { href: string; text: string };
  children: ComponentChildren;
}

function Section({ visit, name, empty, action, children }: SectionProps) {
  const { language, t } = visit;
  return (
    <section>
      <div class="split">
        <h2>{t(`portal.cabinet.${name}`)}</h2>
        {!empty && (
          <a href={`/${language}/cabinet/${name}`}>
            {t("portal.cabinet.all")}
            <span class="unseen">: {t(`portal.cabinet.${name}`)}</span>
          </a>
        )}
      </div>
      {empty ? (
        <EmptyState text={t(`portal.cabinet.${name}-none`)}>
          {action && (
            <p>
              <a href={action.href}>{action.text}</a>
            </p>
          )}
        </EmptyState>
      ) : (
        children
      )}
    </section>
  );
}

function CaseLine({ visit, one, at }: { visit: Visit; one: CaseSummary; at(instant: Date): string }) {
  return (
    <>
      <CaseTag visit={visit} state={one.state} /> {one.number} · {at(one.changedAt)}
    </>
  );
}

export function caseHref({ language }: Visit, one: CaseSummary): string {
  return one.state === "draft" && one.page ? `/${language}/cases/${one.case}/form/${one.page}` : `/${language}/cases/${one.case}`;
}

export function documentLink(visit: Visit, one: DocumentEntry) {
  const { language } = visit;
  return {
    href: `/${language}/documents/${one.id}.pdf`,
    title: one.title[language],
    text: `${one.number} · ${formatDate(language, one.issuedOn)}`,
  };
}
