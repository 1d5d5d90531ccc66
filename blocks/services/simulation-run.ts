import { dayOf } from "@kerege/kernel/clock";
import type { Language, Multilingual } from "@kerege/kernel/locale";
import type { Packs } from "@kerege/kernel/pack";
import {
  type Adjustable,
  type Ending,
  type Report,
  type Simulation,
  simulate,
  simulateBatches,
  type Words,
} from "@kerege/process";
import type { CompiledEdition } from "./compile.ts";
import { groupsOf, type PastApplication, pastApplication, sideOf } from "./simulation.ts";
import { compileGroups, type GroupDeclaration } from "./simulation-declared.ts";
import {
  adjustables,
  editionFrom,
  movedEdition,
  type Simulated,
  simulatedService,
  type TrialFault,
} from "./simulation-editions.ts";
import { syntheticApplications } from "./simulation-synthetic.ts";
import { type FactRead, type LabelOf, settle } from "./situation.ts";
import type { DecidedRow } from "./store-simulation.ts";

/** What is tried: files of another edition, or other values in the rules of the installed one. */
export interface Tried {
  /** Folder with files of the edition to be tried. */
  to?: string;
  /** Folder with files of the edition it is compared with; the installed one when left out. */
  from?: string;
  /** Other values by the name of what is adjustable. */
  moves?: Readonly<Record<string, string>>;
}

/** Two editions of a service to be compared over the same cases. */
export interface Trial {
  service: string;
  title: Multilingual;
  /** What may be moved in the rules. */
  adjustables: readonly Adjustable[];
  simulation: Simulation<PastApplication>;
  simulated: Simulated;
  /** @param label name of a code of a classifier */
  words(language: Language, label?: LabelOf): Pick<Words, "group" | "band" | "rule">;
}

export type TrialFaults = ReturnType<typeof editionFrom>["faults"] | TrialFault[];

/** @param kinds kinds of the files of a service, for their schemas */
export function prepareTrial(
  packs: Packs,
  asked: { service: string; tried: Tried },
  kinds: { kind: string; schema?: URL }[],
): { ok: true; trial: Trial } | { ok: false; faults: TrialFaults } | undefined {
  const simulated = simulatedService(packs, asked.service);
  if (!simulated) return undefined;
  const { to, from, moves = {} } = asked.tried;
  const before = from === undefined ? undefined : editionFrom(simulated, from, kinds);
  const after = to === undefined ? movedEdition(simulated, moves) : editionFrom(simulated, to, kinds);
  const faults = [...(before?.faults ?? []), ...after.faults];
  if (faults.length > 0) return { ok: false, faults };
  return { ok: true, trial: trialOf(simulated, before?.edition ?? simulated.edition, after.edition) };
}

export function trialOf(simulated: Simulated, before: CompiledEdition, after: CompiledEdition): Trial {
  const { edition, declared } = simulated;
  const groups = compileGroups(edition, declared);
  return {
    service: edition.id,
    title: edition.declaration.service.title,
    adjustables: adjustables(simulated).map(({ name, kind, value, of, text }) => ({ name, kind, value, of, text })),
    simulation: {
      before: sideOf(before, edition, { ...declared, name: "before" }),
      after: sideOf(after, edition, { ...declared, name: "after" }),
      groups: groupsOf(groups),
      ...(declared.least !== undefined && { least: declared.least }),
    },
    simulated,
    words: (language, label) => wordsOf({ edition, groups: groups.map(({ declaration }) => declaration) }, language, label),
  };
}

/** How rules, groups and their bands are called: as in the passport, the form and the classifiers. */
export function wordsOf(
  { edition, groups }: { edition: CompiledEdition; groups: readonly GroupDeclaration[] },
  language: Language,
  label: LabelOf = (_, code) => code,
): Pick<Words, "group" | "band" | "rule"> {
  const groupOf = (by: string) => groups.find(({ group }) => group === by);
  return {
    group: (by) => groupOf(by)?.title[language],
    band: (by, band) => bandTitle(edition, { of: groupOf(by)?.of ?? "", band, language, label }),
    rule: (rule) =>
      edition.rules.find(({ declaration }) => declaration.rule === rule)?.declaration.refuse[language] ??
      edition.declaration.service.review?.grounds.find(({ ground }) => ground === rule)?.refuse[language] ??
      edition.declaration.rules.decisions?.[rule]?.title[language],
  };
}

/** A band that is an option of the form, a value of a register or a code of a classifier has a name there. */
function bandTitle(
  edition: CompiledEdition,
  { of, band, language, label }: { of: string; band: string; language: Language; label: LabelOf },
): string | undefined {
  const [first, second = ""] = of.split(".") as [string, string?];
  const asked = edition.pages.flatMap((page) => page.fields).find(({ declaration }) => of === `answers.${declaration.field}`);
  const option = asked?.declaration.options?.find((one) => one.option === band)?.title[language];
  if (option !== undefined) return option;
  const { classifier, valueTitles } = edition.facts.find(({ name }) => name === first)?.register.fields[second] ?? {};
  if (classifier !== undefined) return label(classifier, band, language);
  return valueTitles?.[band]?.[language];
}

/** Runs a trial over invented cases; the same seed gives the same ones. */
export function simulateInvented(
  trial: Trial,
  given: { count: number; seed: number; progress?: (done: number) => boolean },
): Report {
  const { files, edition, declared } = trial.simulated;
  const examples = files.examples.map((file) => file.value);
  const cases = syntheticApplications({ edition, examples, declared, seed: given.seed, count: given.count });
  return simulate(cases, { ...trial.simulation, ...(given.progress && { progress: given.progress }) });
}

/** How faithfully decisions of the past come out again under the edition they were made under. */
export interface Replayed {
  /** Cases decided under the edition that is installed. */
  cases: number;
  /** Of them those that come out otherwise today: 0, or something is wrong with the engine. */
  differing: number;
  /** The first of them, by its id and by what it should be. */
  first?: { case: string; recorded: string; came: string };
}

/** Runs a trial over the cases that were decided. */
export async function simulatePast(
  trial: Trial,
  given: { rows: AsyncIterable<readonly DecidedRow[]>; timeZone: string; progress?: (done: number) => boolean },
): Promise<{ report: Report; replayed: Replayed }> {
  const { edition, declared } = trial.simulated;
  const replayed: Replayed = { cases: 0, differing: 0 };
  const side = sideOf(edition, edition, { ...declared, name: "recorded" });
  async function* batches() {
    for await (const rows of given.rows)
      yield rows.map((row) => {
        const one = applicationOf(edition, row, given.timeZone);
        if (row.edition_hash === edition.hash) replay(row, side.end(one), replayed);
        return one;
      });
  }
  const report = await simulateBatches(batches(), { ...trial.simulation, ...(given.progress && { progress: given.progress }) });
  return { report, replayed };
}

function applicationOf(edition: CompiledEdition, row: DecidedRow, timeZone: string): PastApplication {
  const { applicant, language, answers: typed, facts } = row;
  const day = dayOf(row.submitted_at!, timeZone);
  const settled = settle({ edition, applicant, day, language, caseNumber: "", typed, facts, label: (_, code) => code });
  const lacking = settled.reads.map(({ fact }) => fact.name);
  const answers = settled.form.answers;
  const opinion = opinionIn(edition, row);
  return pastApplication(edition, {
    ...(opinion !== undefined && { opinion }),
    day,
    applicant,
    language,
    answers,
    facts: settled.facts,
    lacking,
    recorded: recordedIn(row, edition),
  });
}

/** What the official said: a case the rules refused came before none. */
function opinionIn(edition: CompiledEdition, { outcome }: DecidedRow): string | undefined {
  const { review } = edition.declaration.service;
  if (!review || outcome?.kind === "granted") return review && "granted";
  return outcome?.refusals.map(({ rule }) => rule).find((rule) => review.grounds.some(({ ground }) => ground === rule));
}

/** The same question to the same register has the same answer, under whichever name it was asked, if it gave all that is wanted. */
function recordedIn({ facts }: DecidedRow, edition: CompiledEdition) {
  return (read: FactRead) => {
    const same = edition.facts.find(
      (fact) =>
        facts[fact.name]?.by === read.by &&
        fact.register === read.fact.register &&
        read.fact.declaration.fields.every((field) => fact.declaration.fields.includes(field)),
    );
    return same && facts[same.name]!.value;
  };
}

function replay(row: DecidedRow, ending: Ending, replayed: Replayed): void {
  const came = [...ending.outcomes, ...ending.rules].join(" ");
  const outcome = row.outcome!;
  const recorded = [outcome.kind, ...(outcome.kind === "refused" ? outcome.refusals.map(({ rule }) => rule) : [])].join(" ");
  replayed.cases++;
  if (came === recorded) return;
  replayed.differing++;
  replayed.first ??= { case: row.id, recorded, came };
}
