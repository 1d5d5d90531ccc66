import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { nearest } from "@kerege/kernel/schema";
import type { Ground, RegisterDeclaration } from "./declaration.ts";
import { reservedFields, reservedNames } from "./store-sql.ts";

/** Finds what the schema cannot: names that point at nothing, registers and grounds that contradict each other. */
export function checkRegisters(packs: Packs, report: Report): void {
  const files = packs.files<RegisterDeclaration>("register");
  const registers = new Map<string, PackFile<RegisterDeclaration>>();
  for (const file of files) {
    const { register } = file.value;
    if (register !== file.name) report(file, ["register"], "registry.faults.name-differs", { name: register, file: file.name });
    if (reservedNames.has(register) || register.endsWith("_version"))
      report(file, ["register"], "registry.faults.reserved-name", { name: register });
    const other = registers.get(register);
    if (other) report(file, ["register"], "registry.faults.declared-twice", { name: register, other: other.file });
    else registers.set(register, file);
  }
  for (const file of files) checkRegister(file, { report, registers });
  const grounds = new Map<string, PackFile<Ground>>();
  for (const file of packs.files<Ground>("ground")) {
    if (file.value.ground !== file.name)
      report(file, ["ground"], "registry.faults.name-differs", { name: file.value.ground, file: file.name });
    const other = grounds.get(file.value.ground);
    if (other) report(file, ["ground"], "registry.faults.declared-twice", { name: file.value.ground, other: other.file });
    else grounds.set(file.value.ground, file);
    checkGround(file, { report, registers });
  }
}

type Registers = Map<string, PackFile<RegisterDeclaration>>;

function checkRegister(
  file: PackFile<RegisterDeclaration>,
  { report, registers }: { report: Report; registers: Registers },
): void {
  const { fields, events, search, key, subject } = file.value;
  const known = (place: (string | number)[], field: string) => {
    if (!(field in fields))
      report(file, place, "registry.faults.unknown-field", { field, near: near(field, Object.keys(fields)) });
  };
  known(["key"], key);
  if (subject !== undefined) {
    known(["subject"], subject);
    if (fields[subject] && !["pin", "reference"].includes(fields[subject].type))
      report(file, ["subject"], "registry.faults.subject-not-pin", { field: subject });
  }
  for (const [name, field] of Object.entries(fields)) {
    if (reservedFields.has(name) || name.endsWith("_key"))
      report(file, ["fields", name], "registry.faults.reserved-name", { name });
    if (field.type === "code" && !field.classifier)
      report(file, ["fields", name], "registry.faults.no-classifier", { field: name });
    if (field.type === "reference") {
      if (!field.register) report(file, ["fields", name], "registry.faults.no-register", { field: name });
      else if (!registers.has(field.register)) {
        report(file, ["fields", name, "register"], "registry.faults.unknown-register", {
          name: field.register,
          near: near(field.register, registers.keys()),
        });
      }
    }
    if (subject === undefined && !["public", "official"].includes(field.class))
      report(file, ["fields", name, "class"], "registry.faults.personal-without-subject", { field: name });
  }
  for (const [name, event] of Object.entries(events)) {
    for (const [index, field] of event.sets.entries()) known(["events", name, "sets", index], field);
    for (const [index, field] of (event.requires ?? []).entries()) {
      known(["events", name, "requires", index], field);
      if (!event.sets.includes(field))
        report(file, ["events", name, "requires", index], "registry.faults.required-not-set", { field });
    }
    if (!event.creates) continue;
    for (const [field, declared] of Object.entries(fields)) {
      if (declared.required && field !== key && !event.sets.includes(field))
        report(file, ["events", name, "sets"], "registry.faults.required-not-set", { field });
    }
  }
  if (!Object.values(events).some((event) => event.creates))
    report(file, ["events"], "registry.faults.nothing-creates", { register: file.value.register });
  for (const [name, condition] of Object.entries(search)) {
    for (const [index, field] of (condition.exact ?? []).entries()) known(["search", name, "exact", index], field);
    for (const [index, field] of (condition.order ?? []).entries()) known(["search", name, "order", index], field);
    if (condition.prefix) {
      known(["search", name, "prefix"], condition.prefix);
      if (fields[condition.prefix] && !["name", "text"].includes(fields[condition.prefix]!.type))
        report(file, ["search", name, "prefix"], "registry.faults.prefix-not-text", { field: condition.prefix });
    }
    if (!condition.exact && !condition.prefix) report(file, ["search", name], "registry.faults.search-of-nothing", { name });
  }
}

function checkGround(file: PackFile<Ground>, { report, registers }: { report: Report; registers: Registers }): void {
  for (const [register, fields] of Object.entries(file.value.reads)) {
    const declared = registers.get(register)?.value;
    if (!declared) {
      report(file, ["reads", register], "registry.faults.unknown-register", {
        name: register,
        near: near(register, registers.keys()),
      });
      continue;
    }
    for (const [index, field] of fields.entries()) {
      if (!(field in declared.fields))
        report(file, ["reads", register, index], "registry.faults.unknown-field", {
          field,
          near: near(field, Object.keys(declared.fields)),
        });
    }
  }
  for (const [register, searches] of Object.entries(file.value.searches ?? {})) {
    const declared = registers.get(register)?.value;
    if (!file.value.reads[register]) report(file, ["searches", register], "registry.faults.search-without-reads", { register });
    for (const [index, search] of searches.entries()) {
      if (declared && !(search in declared.search))
        report(file, ["searches", register, index], "registry.faults.unknown-search", {
          name: search,
          near: near(search, Object.keys(declared.search)),
        });
    }
  }
}

/** The declared name that was probably meant; `none` chooses the words for when there is none. */
function near(word: string, declared: Iterable<string>): string {
  return nearest(word, declared) || "none";
}
