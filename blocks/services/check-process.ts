import type { Report } from "@kerege/kernel/pack";
import { type Calendar, faultTexts } from "@kerege/process";
import type { CompiledEdition, EditionReport } from "./compile.ts";
import type { ServiceFiles } from "./edition.ts";
import { readRegulation } from "./regulation.ts";

/** For the check nothing is counted: a process is read, not carried out. */
const ANY_CALENDAR: Calendar = { zone: "UTC", isWorkingDay: () => true, addWorkingDays: (day) => day };

/** The process a service draws itself, and whether what a stock process calls is performed for services. */
export function checkProcess(given: { files: ServiceFiles; edition: CompiledEdition; say: EditionReport; report: Report }): void {
  const { files, edition, say, report } = given;
  const stock = files.service.value.process;
  if (files.process && stock) say("service", ["process"], "process-twice", { process: stock });
  checkReview(files, say);
  const read = readRegulation(edition, ANY_CALENDAR);
  if (read.ok) return;
  for (const fault of read.faults) {
    const { code, params } = faultTexts(fault);
    if (files.process) report(files.process, [fault.line, fault.column], code, params);
    else report(files.service, ["process"], code, params);
  }
}

/** Where an official decides the passport says what he may refuse on; what no desk has forms for is not promised. */
function checkReview(files: ServiceFiles, say: EditionReport): void {
  const { process, review, acts } = files.service.value;
  if (process !== undefined && !AT_DESKS.includes(process)) say("service", ["process"], "no-desk-for", { process });
  if ((process === "one-review") !== (review !== undefined)) say("service", ["review"], "review-and-process");
  if (!review) return;
  const names = review.grounds.map(({ ground }) => ground);
  review.grounds.forEach(({ ground, norm }, index) => {
    if (!(norm.act in acts)) say("service", ["review", "grounds", index, "norm", "act"], "unknown-act", { act: norm.act });
    if (names.indexOf(ground) < index) say("service", ["review", "grounds", index, "ground"], "ground-twice", { ground });
  });
  if (!names.includes(review.unanswered))
    say("service", ["review", "unanswered"], "unknown-refusal-ground", { ground: review.unanswered });
}

const AT_DESKS = ["straight-through", "one-review"];
