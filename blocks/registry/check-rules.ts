import type { Fault } from "@kerege/kernel/feel";
import type { Path } from "@kerege/kernel/schema";
import type { Checked } from "./check-register.ts";
import { unless } from "./checking.ts";
import type { RuleList, ValidityRule } from "./declaration.ts";
import { compileRule, ruleNames } from "./rule-names.ts";

/** Rules whose expression cannot be read, is never true or false, or that look at what is not there. */
export function checkRules(checked: Checked): void {
  const { register, registers, say, known } = checked;
  for (const [name, rule] of Object.entries(register.rules ?? {})) {
    const place = ["rules", name];
    for (const [index, event] of (rule.events ?? []).entries())
      unless(Object.keys(register.events), event, { say, place: [...place, "events", index], code: "unknown-event" });
    if (rule.field !== undefined) known([...place, "field"], rule.field);
    checkLooks(checked, place, rule);
    const compiled = compileRule(register, rule, registers);
    if (!compiled.ok) sayFeel(checked, { place: [...place, "holds"], text: rule.holds, faults: compiled.faults });
    else if (!["boolean", "any"].includes(String(compiled.shape)))
      say([...place, "holds"], "rule-not-boolean", { name, shape: typeof compiled.shape === "string" ? compiled.shape : "list" });
  }
}

function checkLooks(checked: Checked, place: Path, rule: ValidityRule): void {
  const { register, registers, say, known } = checked;
  for (const [name, look] of Object.entries(rule.with ?? {})) {
    const at = [...place, "with", name];
    if (name in register.fields || name in ruleNames) say(at, "name-taken", { name });
    const there = unless(registers.keys(), look.register, { say, place: [...at, "register"], code: "unknown-register" });
    if ("key" in look) known([...at, "key"], look.key);
    else if (there) checkList(checked, at, look);
  }
}

/** A list of records is found by equality alone, each field of the search with a value of this record. */
function checkList({ registers, say, known }: Checked, at: Path, look: RuleList): void {
  const other = registers.get(look.register)!;
  if (!unless(Object.keys(other.search), look.search, { say, place: [...at, "search"], code: "unknown-search" })) return;
  const { exact = [], prefix, fuzzy, range, within } = other.search[look.search]!;
  if (exact.length === 0 || prefix || fuzzy || range || within) say([...at, "search"], "search-not-exact", { name: look.search });
  for (const [field, from] of Object.entries(look.values)) {
    unless(exact, field, { say, place: [...at, "values", field], code: "unknown-field" });
    known([...at, "values", field], from);
  }
  for (const field of exact) if (!(field in look.values)) say([...at, "values"], "value-missing", { field });
}

/** Faults of an expression in the words of FEEL, at the very sign where the file allows to find it. */
export function sayFeel(
  { file, report }: Pick<Checked, "file" | "report">,
  given: { place: Path; text: string; faults: readonly Fault[] },
): void {
  for (const fault of given.faults) {
    const found = signAt(file, given, fault);
    report(found ? { ...file, at: () => found } : file, given.place, `feel.faults.${fault.code}`, { ...fault.params } as Record<
      string,
      string | number
    >);
  }
}

/** Where a sign of an expression stands in its file: the line of the expression is looked for from its key on. */
function signAt(
  file: Checked["file"],
  given: { place: Path; text: string },
  fault: Fault,
): { line: number; column: number } | undefined {
  const wanted = given.text.split("\n")[fault.line - 1] ?? "";
  const lines = file.text.split(/\r\n|\n/);
  const start = file.at(given.place).line - 1;
  for (let line = start + fault.line - 1; line < Math.min(lines.length, start + fault.line + 3); line++) {
    const column = lines[line]!.indexOf(wanted);
    if (wanted !== "" && column >= 0) return { line: line + 1, column: column + fault.column };
  }
  return undefined;
}
