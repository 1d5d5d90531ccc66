import type { PackFile } from "@kerege/kernel/pack";
import type { Path } from "@kerege/kernel/schema";
import { checkFields } from "./check-fields.ts";
import { checkOwn } from "./check-own.ts";
import { checkRules } from "./check-rules.ts";
import { checkSearch } from "./check-search.ts";
import { type Checking, unless } from "./checking.ts";
import type { RegisterDeclaration } from "./declaration.ts";
import { type Expanded, expand } from "./expand.ts";
import { subjectFields } from "./read-entry.ts";

export type Say = (place: Path, code: string, params?: Record<string, string | number>) => void;

/** One register under check. */
export interface Checked extends Checking {
  file: PackFile<RegisterDeclaration>;
  register: RegisterDeclaration;
  expanded: Expanded;
  say: Say;
  /** False, and said, where there is no such field. */
  known(place: Path, field: string): boolean;
}

export function checkRegister(file: PackFile<RegisterDeclaration>, checking: Checking): void {
  const register = file.value;
  const say: Say = (place, code, params) => checking.report(file, place, `registry.faults.${code}`, params);
  const known = (place: Path, field: string) =>
    unless(Object.keys(register.fields), field, { say, place, code: "unknown-field" });
  const checked: Checked = { ...checking, file, register, expanded: expand(register), say, known };
  for (const [index, source] of (register.sources ?? []).entries())
    if (source.register !== undefined)
      unless(checking.registers.keys(), source.register, {
        say,
        place: ["sources", index, "register"],
        code: "unknown-register",
      });
  checkKey(checked);
  checkOwn(checked);
  checkFields(checked);
  checkEvents(checked);
  checkStates(checked);
  checkUnique(checked);
  for (const name of Object.keys(register.search)) checkSearch(name, checked);
  checkRules(checked);
  if (register.retention && !Object.values(register.events).some((event) => event.ends))
    say(["retention"], "retention-without-end");
}

function checkKey({ register, say, known, expanded }: Checked): void {
  const { key, subject, fields } = register;
  const several = Array.isArray(subject);
  if (known(["key"], key)) {
    const type = fields[key]!.type;
    if (expanded.composites.has(key) || !["pin", "tin", "text", "code", "reference"].includes(type))
      say(["key"], "wrong-key-type", { field: key, type });
  }
  for (const [index, field] of subjectFields(register).entries()) {
    const place = several ? ["subject", index] : ["subject"];
    if (known(place, field) && !["pin", "tin", "reference"].includes(fields[field]!.type))
      say(place, "subject-not-pin", { field });
  }
}

/** An event by lapse of time: on a day the record holds, and afterwards the record is another, so that it happens once. */
function checkLapse({ register, say, known }: Checked, name: string): void {
  const { creates, when, sets, ends, from, to } = register.events[name]!;
  if (when === undefined) return;
  const place = ["events", name, "when"];
  const field = typeof when === "string" ? when : when.field;
  if (known(place, field) && register.fields[field]!.type !== "date") say(place, "lapse-of-no-day", { field });
  const changes = ends === true || (to !== undefined && !from?.includes(to));
  if (creates || sets.length > 0 || !changes) say(place, "lapse-without-change", { event: name });
}

function checkEvents(checked: Checked): void {
  const { register, say, known } = checked;
  const { events, fields, key, states } = register;
  for (const [name, event] of Object.entries(events)) {
    for (const [index, field] of event.sets.entries()) {
      known(["events", name, "sets", index], field);
      if (field === key) say(["events", name, "sets", index], "key-is-set", { field });
    }
    for (const [index, field] of (event.requires ?? []).entries()) {
      known(["events", name, "requires", index], field);
      if (!event.sets.includes(field)) say(["events", name, "requires", index], "required-not-set", { field });
    }
    const state = (place: Path, given: string) =>
      unless(Object.keys(states ?? {}), given, { say, place: ["events", name, ...place], code: "unknown-state" });
    for (const [index, from] of (event.from ?? []).entries()) state(["from", index], from);
    if (event.to !== undefined) state(["to"], event.to);
    checkLapse(checked, name);
    if (!event.creates) continue;
    if (event.ends) say(["events", name, "ends"], "creates-and-ends", { event: name });
    if (event.from) say(["events", name, "from"], "creates-from", { event: name });
    if (states && event.to === undefined) say(["events", name], "creates-without-state", { event: name });
    for (const [field, declared] of Object.entries(fields)) {
      if (declared.required && field !== key && !event.sets.includes(field))
        say(["events", name, "sets"], "required-not-set", { field });
    }
  }
  if (!Object.values(events).some((event) => event.creates)) say(["events"], "nothing-creates", { register: register.register });
}

/** States that no row of events leads to, and events that no record can ever meet. */
function checkStates({ register, say }: Checked): void {
  const { states, events } = register;
  if (!states) return;
  const all = Object.entries(events);
  const reached = new Set(all.flatMap(([, event]) => (event.creates && event.to !== undefined ? [event.to] : [])));
  const possible = (from: string[] | undefined) => from === undefined || from.some((state) => reached.has(state));
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const [, event] of all) if (!event.creates && event.to !== undefined && possible(event.from)) reached.add(event.to);
  }
  for (const state of Object.keys(states)) if (!reached.has(state)) say(["states", state], "unreachable-state", { name: state });
  for (const [name, event] of all) {
    if (event.creates || possible(event.from) || !event.from?.every((state) => state in states)) continue;
    say(["events", name, "from"], "event-never", { event: name });
  }
}

function checkUnique({ register, say, known }: Checked): void {
  for (const [name, rule] of Object.entries(register.unique ?? {})) {
    for (const [index, field] of rule.fields.entries()) {
      const place = ["unique", name, "fields", index];
      if (known(place, field) && register.fields[field]!.type === "geometry")
        say(place, "search-not-of-type", { field, type: "geometry", way: "exact" });
    }
    for (const [index, state] of (rule.states ?? []).entries())
      unless(Object.keys(register.states ?? {}), state, { say, place: ["unique", name, "states", index], code: "unknown-state" });
  }
}
