import type { Means } from "@kerege/kernel/block";
import type { SimulateHere, SimulationSource } from "@kerege/process";
import type { ReferenceDoor } from "@kerege/reference";
import { compileGroups } from "./simulation-declared.ts";
import {
  adjustables,
  movedEdition,
  partsOf,
  type SimulatedParts,
  simulatedFrom,
  simulatedNames,
  simulatedService,
} from "./simulation-editions.ts";
import { simulateInvented, simulatePast, trialOf, wordsOf } from "./simulation-run.ts";
import { type DecidedRow, decidedCases } from "./store-simulation.ts";

/** What the other thread gets. */
interface Given {
  parts: SimulatedParts;
  timeZone: string;
}

const MOST_PAST = 10_000_000;

/** Every service that decides something, to be tried on the pages of heads of desks. */
export function simulationSources(
  { packs, database, country }: Pick<Means, "packs" | "database" | "country">,
  reference: Pick<ReferenceDoor, "label" | "body">,
): SimulationSource[] {
  return simulatedNames(packs).map((name): SimulationSource => {
    const simulated = simulatedService(packs, name)!;
    const { edition, declared, files } = simulated;
    const { title, body } = edition.declaration.service;
    const groups = compileGroups(edition, declared).map(({ declaration }) => declaration);
    return {
      name: `service:${name}`,
      title,
      body,
      adjustables: adjustables(simulated).map(({ name: place, kind, value, of, text }) => ({
        name: place,
        kind,
        value,
        of,
        text,
      })),
      invents: files.examples.length > 0,
      module: new URL(import.meta.url),
      given: (): Given => ({ parts: partsOf(simulated), timeZone: country.timeZone }),
      past: () => decidedCases(database, name, MOST_PAST),
      words: (language) => ({
        ...wordsOf({ edition, groups }, language, reference.label),
        desk: (code) => reference.body(code)?.name[language],
      }),
    };
  });
}

/** In a thread of its own. */
export const simulateHere: SimulateHere = async (given, { moves, over, cases, seed }, { batches, progress }) => {
  const { parts, timeZone } = given as Given;
  const simulated = simulatedFrom(parts);
  const { edition, faults } = movedEdition(simulated, moves);
  if (faults.length > 0) return { faults: faults.map(({ place }) => place) };
  const trial = trialOf(simulated, simulated.edition, edition);
  if (over === "invented") return { report: simulateInvented(trial, { count: cases, seed, progress }) };
  let left = cases;
  const rows = (async function* () {
    for await (const batch of batches as AsyncIterable<readonly DecidedRow[]>) {
      yield batch.slice(0, left);
      left -= batch.length;
      if (left <= 0) return;
    }
  })();
  return { report: (await simulatePast(trial, { rows, timeZone, progress })).report };
};
