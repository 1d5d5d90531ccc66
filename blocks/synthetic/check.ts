import type { Country } from "@kerege/kernel/country";
import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { nearest } from "@kerege/kernel/schema";
import { readCsv } from "@kerege/reference";
import { expand, type RegisterDeclaration } from "@kerege/registry";
import type { Model, PeopleDeclaration, PeopleStep } from "./declaration.ts";
import { compileFor } from "./mapping.ts";
import { readNames } from "./model.ts";

/** Faults of mappings and models that a schema cannot see. */
export function checkPeople(packs: Packs, report: Report): void {
  const registers = new Map(packs.files<RegisterDeclaration>("register").map((file) => [file.value.register, file.value]));
  for (const file of packs.files<PeopleDeclaration>("people")) {
    if (file.value.people !== file.name)
      report(file, ["people"], "synthetic.faults.name-differs", { name: file.name, said: file.value.people });
    for (const [index, step] of file.value.steps.entries()) checkStep({ file, index, step, registers, report });
  }
  for (const file of packs.files<Country>("country")) {
    if (!file.value.people) continue;
    if (!file.value.demo) report(file, ["people"], "synthetic.faults.people-in-real-country");
    else if (packs.files("people-model").length === 0) report(file, ["people"], "synthetic.faults.no-model");
    else if (packs.files("people-names").length === 0) report(file, ["people"], "synthetic.faults.no-names");
  }
  checkNames(packs, report);
}

interface StepCheck {
  file: PackFile<PeopleDeclaration>;
  index: number;
  step: PeopleStep;
  registers: Map<string, RegisterDeclaration>;
  report: Report;
}

function checkStep({ file, index, step, registers, report }: StepCheck): void {
  const place = ["steps", index];
  const register = registers.get(step.register);
  if (!register) {
    report(file, [...place, "register"], "synthetic.faults.unknown-register", {
      register: step.register,
      near: nearest(step.register, registers.keys()) || "none",
    });
    return;
  }
  // Values are those of columns: `capital_currency` beside `capital`.
  const event = expand(register).flat.events[step.event];
  if (!event) {
    const near = nearest(step.event, Object.keys(register.events)) || "none";
    report(file, [...place, "event"], "synthetic.faults.unknown-event", { event: step.event, register: step.register, near });
    return;
  }
  for (const field of Object.keys(step.values)) {
    if (!event.sets.includes(field)) {
      report(file, [...place, "values", field], "synthetic.faults.field-not-of-event", {
        field,
        event: step.event,
        near: nearest(field, event.sets) || "none",
      });
    }
  }
  for (const field of event.requires ?? []) {
    if (!(field in step.values))
      report(file, [...place, "values"], "synthetic.faults.field-missing", { field, event: step.event });
  }
  const documents = event.documents && Object.keys(event.documents);
  if (step.document === undefined ? documents : !documents?.includes(step.document)) {
    report(file, step.document === undefined ? place : [...place, "document"], "synthetic.faults.step-document", {
      event: step.event,
      kinds: documents?.join(", ") ?? "none",
    });
  }
  const expressions: [(string | number)[], string][] = [
    [[...place, "key"], step.key],
    [[...place, "validFrom"], step.validFrom],
    ...(step.when === undefined ? [] : [[[...place, "when"], step.when] as [(string | number)[], string]]),
    ...Object.entries(step.values).map(([field, text]): [(string | number)[], string] => [[...place, "values", field], text]),
  ];
  for (const [at, text] of expressions) {
    const expression = compileFor(step.for, text);
    if (!expression.ok) for (const fault of expression.faults) report(file, at, `feel.faults.${fault.code}`, fault.params);
  }
}

function checkNames(packs: Packs, report: Report): void {
  const [model] = packs.files<Model>("people-model");
  const communities = new Set(model?.value.communities.flatMap(({ shares }) => Object.keys(shares)));
  for (const file of packs.files<string>("people-names")) {
    const onLine = (line: number): PackFile => ({ ...file, at: () => ({ line, column: 1 }) });
    const { columns, rows, faults } = readCsv(file.text);
    for (const fault of faults) report(onLine(fault.line), [], `reference.faults.${fault.code}`, fault.params);
    const missing = ["kind", "sex", "name", "community", "weight"].filter((column) => !columns.includes(column));
    for (const column of missing) report(file, [], "reference.faults.missing-column", { column, file: file.file });
    if (missing.length > 0) continue;
    for (const { line, values } of rows) {
      const { kind, sex, name, weight } = values as Record<string, string>;
      if (
        !/^(given|surname)$/.test(kind!) ||
        !/^[fmu]$/.test(sex!) ||
        name === "" ||
        !(Number(weight) >= 1 && Number(weight) <= 3)
      ) {
        report(onLine(line), [], "synthetic.faults.wrong-name-row", { name: name! });
      }
    }
    const names = readNames(file.text);
    for (const community of communities) {
      const has = (kind: string, sex: string) =>
        names.some((row) => row.community === community && row.kind === kind && row.sex === sex);
      if (!has("given", "f") || !has("given", "m") || !(has("surname", "m") || has("surname", "u"))) {
        report(model!, ["communities"], "synthetic.faults.community-without-names", { community });
      }
    }
  }
}
