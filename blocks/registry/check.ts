import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { checkAgreement, checkFacts, checkGround } from "./check-grounds.ts";
import { checkRegister } from "./check-register.ts";
import type { Checking } from "./checking.ts";
import type { Agreement, Ground, KnownFact, RegisterDeclaration } from "./declaration.ts";
import { reservedEndings, reservedNames } from "./store-sql.ts";

/** Finds what the schema cannot: names that point at nothing; registers, grounds and facts that contradict each other. */
export function checkRegisters(packs: Packs, report: Report): void {
  const files = packs.files<RegisterDeclaration>("register");
  const grounds = packs.files<Ground>("ground");
  const agreements = packs.files<Agreement>("agreement");
  const facts = packs.files<KnownFact>("known-fact");
  const lists = packs.files("reference");
  const checking: Checking = {
    report,
    registers: named(files, "register", report),
    grounds: named(grounds, "ground", report),
    agreements: named(agreements, "agreement", report),
    facts: named(facts, "fact", report),
    classifiers: lists.length > 0 ? new Set(lists.map((file) => file.name)) : undefined,
  };
  for (const file of files) {
    const { register } = file.value;
    if (reservedNames.has(register) || reservedEndings.some((ending) => register.endsWith(ending)))
      report(file, ["register"], "registry.faults.reserved-name", { name: register });
    checkRegister(file, checking);
  }
  for (const file of grounds) checkGround(file, checking);
  for (const file of agreements) checkAgreement(file, checking);
  checkFacts(facts, checking);
}

/** Declarations by name; a name that is not that of the file, or is taken, is said. */
function named<Value extends object>(
  files: PackFile<Value>[],
  property: keyof Value & string,
  report: Report,
): Map<string, Value> {
  const first = new Map<string, PackFile<Value>>();
  for (const file of files) {
    const name = String(file.value[property]);
    if (name !== file.name) report(file, [property], "registry.faults.name-differs", { name, file: file.name });
    const other = first.get(name);
    if (other) report(file, [property], "registry.faults.declared-twice", { name, other: other.file });
    else first.set(name, file);
  }
  return new Map([...first].map(([name, file]) => [name, file.value]));
}
