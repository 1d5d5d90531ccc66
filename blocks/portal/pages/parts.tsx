import { formatDate, formatMoney } from "@kerege/kernel/format";
import { StatusTag, type Tone, type Visit } from "@kerege/kernel/page";
import type { CaseState, CatalogueEntry, Citation, Deadline } from "@kerege/services";

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
  const law = t("portal.reads.law", { act: norm.act[language], article: norm.article ?? "" });
  return norm.edition ? `${law} (${formatDate(language, norm.edition)})` : law;
}

const tones: Record<CaseState, Tone> = { draft: "calm", "in-progress": "work", granted: "good", refused: "bad", withdrawn: "calm" };

export function CaseTag({ visit, state }: { visit: Visit; state: CaseState }) {
  return <StatusTag tone={tones[state]} text={visit.t(`portal.case.state.${state}`)} />;
}

export function serviceLinks(visit: Visit, services: CatalogueEntry[]) {
  return services.map((service) => ({
    href: `/${visit.language}/services/${service.service}`,
    title: service.title[visit.language],
    text: shortTerms(visit, service),
  }));
}
