import { formatDate, formatMoney } from "@kerege/kernel/format";
import { StatusTag, type Tone, type Visit } from "@kerege/kernel/page";
import type { CaseState, CatalogueEntry, Citation, Deadline, KnownFact } from "@kerege/services";

export function deadlineText({ t }: Visit, deadline: Deadline): string {
  return deadline === "at-once" ? t("portal.services.at-once") : t("portal.services.days", { days: deadline.workingDays });
}

export function feeText({ t, language }: Visit, fee: CatalogueEntry["fee"]): string {
  return "free" in fee ? t("portal.services.free") : formatMoney(language, fee.amount, "KGS");
}

/** `at once, free of charge`: what a person wants to know first. */
export function shortTerms(visit: Visit, service: CatalogueEntry): string {
  return `${deadlineText(visit, service.deadline)}, ${feeText(visit, service.fee)}`;
}

export function citation({ t, language }: Visit, norm: Citation): string {
  const law = norm.article ? t("portal.reads.law", { act: norm.act[language], article: norm.article }) : norm.act[language];
  return norm.edition ? `${law} (${formatDate(language, norm.edition)})` : law;
}

const tones: Record<CaseState, Tone> = {
  draft: "calm",
  "in-progress": "work",
  "in-review": "work",
  waiting: "bad",
  granted: "good",
  refused: "bad",
  withdrawn: "calm",
};

export function CaseTag({ visit, state }: { visit: Visit; state: CaseState }) {
  return <StatusTag tone={tones[state]} text={visit.t(`portal.case.state.${state}`)} />;
}

/** Facts under the register they come from, each said once. */
export function knownGroups({ t }: Visit, facts: KnownFact[]) {
  const groups = new Map<string, Map<string, string>>();
  for (const fact of facts) {
    const group = groups.get(fact.source) ?? new Map<string, string>();
    groups.set(fact.source, group.set(`${fact.title}\n${fact.value}`, fact.value));
  }
  return [...groups].map(([source, rows]) => ({
    source: t("portal.form.source", { register: source }),
    rows: [...rows].map(([key, value]) => ({ name: key.split("\n")[0]!, value })),
  }));
}

export function serviceLinks(visit: Visit, services: CatalogueEntry[]) {
  return services.map((service) => ({
    href: `/${visit.language}/services/${service.service}`,
    title: service.title[visit.language],
    text: shortTerms(visit, service),
  }));
}
