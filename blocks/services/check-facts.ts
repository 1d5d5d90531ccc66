import type { Path } from "@kerege/kernel/schema";
import { nearest } from "@kerege/kernel/schema";
import type { Checking } from "./check.ts";
import type { EditionPart } from "./compile.ts";

/** Names expressions have already. */
export const ownNames = [
  "applicant",
  "day",
  "language",
  "case_number",
  "answers",
  "picked",
  "labels",
  "item",
  "reasons",
  "changes",
];

/** Facts: the register has the fields, the ground allows the body to read them, the search exists. */
export function checkFacts(checking: Checking): void {
  const { files, report } = checking;
  for (const [name, fact] of Object.entries(files.facts?.value.facts ?? {})) {
    const place: Path = ["facts", name];
    if (ownNames.includes(name)) report("facts", place, "name-taken", { name });
    if ([fact.key, fact.keys, fact.search].filter((way) => way !== undefined).length !== 1)
      report("facts", place, "one-way-to-read", { fact: name });
    checkReading(checking, {
      part: "facts",
      place,
      register: fact.register,
      fields: fact.fields,
      ground: fact.ground,
      condition: fact.search?.condition,
    });
    const condition = fact.search && checking.registers.get(fact.register)?.search[fact.search.condition];
    if (!condition || !fact.search) continue;
    const known = [...(condition.exact ?? []), ...(condition.prefix ? [condition.prefix] : [])];
    for (const field of Object.keys(fact.search.values)) {
      if (!known.includes(field))
        report("facts", [...place, "search", "values", field], "not-of-search", { field, known: known.join(", ") });
    }
  }
}

export interface Reading {
  part: EditionPart;
  place: Path;
  register: string;
  fields: string[];
  ground: string;
  condition?: string;
}

/** A read or search a service declares is one that will not be denied when a person waits for it. */
export function checkReading({ registers, grounds, files, report }: Checking, reading: Reading): void {
  const { part, place, condition } = reading;
  const register = registers.get(reading.register);
  // That a register is unknown is said when expressions are compiled.
  if (!register) return;
  reading.fields.forEach((field, index) => {
    if (!(field in register.fields))
      report(part, [...place, "fields", index], "unknown-field", {
        field,
        register: reading.register,
        near: nearest(field, Object.keys(register.fields)) || "—",
      });
  });
  if (condition !== undefined && !(condition in register.search)) {
    report(part, [...place, part === "facts" ? "search" : "condition"], "unknown-search", {
      condition,
      register: reading.register,
    });
  }
  const ground = grounds.get(reading.ground);
  if (!ground) {
    report(part, [...place, "ground"], "unknown-ground", {
      ground: reading.ground,
      near: nearest(reading.ground, grounds.keys()) || "—",
    });
    return;
  }
  const allowed = ground.reads[reading.register] ?? [];
  const denied = reading.fields.filter((field) => field in register.fields && !allowed.includes(field));
  if (denied.length > 0)
    report(part, [...place, "ground"], "ground-denies-fields", { ground: reading.ground, fields: denied.join(", ") });
  if (condition !== undefined && !ground.searches?.[reading.register]?.includes(condition)) {
    report(part, [...place, "ground"], "ground-denies-search", { ground: reading.ground, condition });
  }
  const { body } = files.service.value;
  if (!ground.readers.bodies?.includes(body))
    report(part, [...place, "ground"], "ground-denies-body", { ground: reading.ground, body });
}
