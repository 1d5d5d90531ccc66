import type { Shapes } from "@kerege/kernel/feel";
import type { Calendar, Performer, ProcessDoor, ReadModel } from "@kerege/process";
import { modelFrom } from "@kerege/process";
import type { CompiledEdition } from "./compile.ts";

/** What a process of a service may call. */
export const calls = {
  /** Says what the rules came to: `outcome` (`granted`, `refused`) and `reasons`, the rules that did not hold. */
  decide: "case.decide",
  /** Does what was granted: entries in registers, the document, letters. */
  carryOut: "case.carry-out",
  /** Tells why it was refused and what would help. */
  refuse: "case.refuse",
  /** Asks the applicant what an official wants to know. */
  ask: "case.ask",
  /** Closes what the applicant took back. */
  withdraw: "case.withdraw",
  /** Says that the term has passed without a decision. */
  tellOverdue: "case.tell-overdue",
} as const;

const variables: Shapes = { outcome: "string", reasons: ["string"] };

/**
 * The process the cases of an edition go by. Bound to everything the edition says, so that another edition is another model and a case
 * stays on the one it began under.
 */
export function readRegulation(edition: Pick<CompiledEdition, "id" | "hash" | "declaration">, calendar: Calendar): ReadModel {
  const { service, process } = edition.declaration;
  const as = { process: edition.id, name: service.title.en };
  return modelFrom(process, { calendar, variables, as, bound: edition.hash, calls: new Set(Object.values(calls)) });
}

/** Makes the processes of all services that do something known, and says how those of former editions are read again. */
export function publishRegulations(
  door: Pick<ProcessDoor, "publish" | "revive">,
  { editions, calendar }: { editions: Iterable<CompiledEdition>; calendar: Calendar },
): void {
  for (const edition of editions) {
    if (edition.steps.length === 0) continue;
    const read = readRegulation(edition, calendar);
    // Faults were told by the check.
    if (!read.ok) continue;
    const { process, service } = edition.declaration;
    door.publish({
      model: read.model,
      title: service.title,
      acts: service.acts,
      owner: "services",
      files: { ...process, service: edition.id, title: service.title.en, edition: edition.hash },
      validFrom: service.validFrom,
      by: "application",
      law: service.law.map(({ act, article }) => ({ act, ...(article !== undefined && { article }) })),
    });
  }
  // A former edition may call what is called no more: it is then an incident of its case, not a process that cannot be read.
  door.revive("services", (files) => {
    const { service = "", title = "", edition: bound = "" } = files;
    const read = modelFrom(files, { calendar, variables, bound, as: { process: service, name: title } });
    return read.ok ? read.model : undefined;
  });
}

/** Work that is done in the same way however often: a register knows an act by its id, a document is issued once for a case. */
export function performCalls(door: Pick<ProcessDoor, "perform">, performers: Record<keyof typeof calls, Performer>): void {
  for (const call of Object.keys(calls) as (keyof typeof calls)[])
    door.perform(calls[call], performers[call], { repeatable: REPEATABLE.has(call) });
}

/** Done again alike after a crash, so that it need not be written before. A question is asked once the case that asks it is written. */
const REPEATABLE: ReadonlySet<keyof typeof calls> = new Set(["decide", "carryOut", "refuse"]);
