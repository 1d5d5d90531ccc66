import type { Packs } from "@kerege/kernel/pack";
import type { RegisterDeclaration } from "@kerege/registry";
import { type CompiledEdition, compileEdition, type EditionReport } from "./compile.ts";
import { editionHash, editionOf, type ServiceFiles, serviceFiles } from "./edition.ts";

/** Compiles every service of the packs, in the order of the packs. */
export function loadEditions(packs: Packs, registers: Map<string, RegisterDeclaration>): Map<string, CompiledEdition> {
  const editions = new Map<string, CompiledEdition>();
  for (const [id, files] of serviceFiles(packs).services) editions.set(id, compileFiles(files, registers));
  return editions;
}

/** Faults were told by the check before anything was opened; here they are passed over unless somebody listens. */
export function compileFiles(
  files: ServiceFiles,
  registers: Map<string, RegisterDeclaration>,
  report: EditionReport = () => {},
): CompiledEdition {
  return compileEdition({ edition: editionOf(files), pack: files.service.pack, hash: editionHash(files), registers, report });
}
