import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import type { Model } from "../engine/model.ts";
import { gatherFiles, modelFrom } from "../reading/files.ts";
import type { Term } from "./installed.ts";
import type { DeclaredUpgrade, EditionName } from "./upgrades.ts";

/** For the check nothing is counted. */
const calendar = { zone: "UTC", isWorkingDay: () => true, addWorkingDays: (day: string) => day };

interface Edition {
  file: PackFile<string>;
  model: Model;
  term?: PackFile<Term>;
}

/** Terms of editions that cannot be, and migrations from or to what is not there. Faults of the processes themselves are told elsewhere. */
export function checkEditions(packs: Packs, report: Report): void {
  const terms = packs.files<Term>("process-edition");
  const processes = packs.files<string>("process");
  const termOf = (file: PackFile) => terms.find(({ pack, name }) => pack === file.pack && name === file.name);
  for (const term of terms) {
    if (!processes.some(({ pack, name }) => pack === term.pack && name === term.name))
      report(term, [], "process.faults.no-process-file", { file: `${term.name}.bpmn` });
    const { validFrom, validUntil } = term.value;
    if (validFrom !== undefined && validUntil !== undefined && validUntil <= validFrom)
      report(term, ["validUntil"], "process.faults.term-reversed", { from: validFrom, until: validUntil });
  }
  const editions = processes.flatMap((file): Edition[] => {
    const read = modelFrom(gatherFiles(packs, file.value), { calendar, openNames: true });
    const term = termOf(file);
    return read.ok ? [{ file, model: read.model, ...(term && { term }) }] : [];
  });
  for (const [index, one] of editions.entries()) {
    const other = editions
      .slice(0, index)
      .find(({ model, term }) => model.process === one.model.process && term?.value.validFrom === one.term?.value.validFrom);
    if (other)
      report(one.term ?? one.file, one.term ? ["validFrom"] : [], "process.faults.same-day", {
        process: one.model.process,
        file: other.file.file,
      });
  }
  for (const file of packs.files<Omit<DeclaredUpgrade, "upgrade">>("upgrade")) checkUpgrade({ file, editions }, report);
}

type UpgradeFile = PackFile<Omit<DeclaredUpgrade, "upgrade">>;

function checkUpgrade({ file, editions }: { file: UpgradeFile; editions: readonly Edition[] }, report: Report): void {
  const { process, from, to, nodes = {} } = file.value;
  const own = editions.filter(({ model }) => model.process === process);
  const found = (name: EditionName) =>
    own.find(({ model, term }) => ("model" in name ? model.hash === name.model : term?.value.validFrom === name.validFrom));
  const [source, target] = [found(from), found(to)];
  // A former edition may be gone from the packs; where cases go must be there.
  if (own.length === 0) report(file, ["process"], "process.faults.no-such-process", { process });
  else if (!target) report(file, ["to"], "process.faults.no-such-edition", { process });
  else if (source === target) report(file, ["to"], "process.faults.same-edition", { process });
  else
    for (const [old, fresh] of Object.entries(nodes)) {
      const missing = !target.model.nodeOf.has(fresh) ? fresh : source && !source.model.nodeOf.has(old) ? old : undefined;
      if (missing !== undefined) report(file, ["nodes", old], "process.faults.no-such-step", { step: missing });
    }
}
