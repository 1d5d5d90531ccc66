import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import type { CompiledEdition } from "./compile.ts";
import type { ServiceFiles } from "./edition.ts";
import { compileText } from "./expression.ts";
import { compileGroups, type SimulationDeclaration } from "./simulation-declared.ts";

/** What `simulation.yaml` of a service names must be there, and its groups must be expressions over what the service knows. */
export function checkSimulation(given: { files: ServiceFiles; edition: CompiledEdition; packs: Packs; report: Report }): void {
  const { files, edition, packs, report } = given;
  const file = packs
    .files<SimulationDeclaration>("service-simulation")
    .find((one) => one.name === files.service.name && one.pack === files.service.pack);
  if (!file) return;
  const { patterns = {}, distributions = {}, missing = {} } = file.value;
  const examples = new Set(files.examples.map(({ value }) => value.example));
  for (const name of Object.keys(patterns))
    if (!examples.has(name)) report(file, ["patterns", name], "services.faults.no-such-example", { name });
  for (const name of Object.keys(distributions))
    if (!isPlace(edition, name)) report(file, ["distributions", name], "services.faults.no-such-place", { name });
  for (const name of Object.keys(missing))
    if (!edition.facts.some(({ register }) => register.register === name))
      report(file, ["missing", name], "services.faults.register-not-read", { register: name });
  const grounds = files.service.value.review?.grounds ?? [];
  for (const name of Object.keys(file.value.refusedByOfficial ?? {}))
    if (!grounds.some(({ ground }) => ground === name))
      report(file, ["refusedByOfficial", name], "services.faults.no-such-place", { name });
  compileGroups(edition, file.value, (index, { message, remedy, column }) =>
    report(file, ["groups", index, "of"], "services.faults.feel", { message, remedy, column }),
  );
  const amount = file.value.amount === undefined ? undefined : compileText(file.value.amount, edition.shapes);
  if (amount && !amount.ok)
    for (const { message, remedy, column } of amount.faults)
      report(file, ["amount"], "services.faults.feel", { message, remedy, column });
  checkBands(file, report);
}

/** An answer of the form, or a field of a register that is read. */
function isPlace(edition: CompiledEdition, name: string): boolean {
  const [first, second = ""] = name.split(".") as [string, string?];
  if (first === "answers") return edition.pages.some((page) => page.fields.some((field) => field.declaration.field === second));
  return edition.facts.some(
    ({ register }) => (first === "applicant" || register.register === first) && second in register.fields,
  );
}

function checkBands(file: PackFile<SimulationDeclaration>, report: Report): void {
  for (const [index, { bands = [] }] of (file.value.groups ?? []).entries())
    if (bands.some((limit, at) => at > 0 && limit <= bands[at - 1]!))
      report(file, ["groups", index, "bands"], "services.faults.bands-fall");
}
