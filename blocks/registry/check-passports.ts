import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import type { Path } from "@kerege/kernel/schema";
import { unless } from "./checking.ts";
import type { RegisterDeclaration } from "./declaration.ts";
import { type PassportFact, type PassportsDeclaration, passportFacts } from "./register-of-registers.ts";

/** A register of registers that is not there, or whose fields cannot hold what is told. */
export function checkPassports(packs: Packs, report: Report): void {
  const registers = new Map(packs.files<RegisterDeclaration>("register").map(({ value }) => [value.register, value]));
  const files = packs.files<PassportsDeclaration>("register-of-registers");
  for (const [index, file] of files.entries()) {
    if (index > 0) report(file, ["register"], "registry.faults.declared-twice", { name: file.name, other: files[0]!.file });
    checkOne(file, registers, report);
  }
}

function checkOne(file: PackFile<PassportsDeclaration>, registers: Map<string, RegisterDeclaration>, report: Report): void {
  const { register: name, events, passport } = file.value;
  const say = (place: Path, code: string, params?: Record<string, string | number>) =>
    report(file, place, `registry.faults.${code}`, params);
  if (!unless(registers.keys(), name, { say, place: ["register"], code: "unknown-register" })) return;
  const register = registers.get(name)!;
  for (const [part, event] of Object.entries(events))
    unless(Object.keys(register.events), event, { say, place: ["events", part], code: "unknown-event" });
  for (const [fact, field] of Object.entries(passport)) {
    const place = ["passport", fact];
    if (!unless(Object.keys(register.fields), field, { say, place, code: "unknown-field" })) continue;
    const type = register.fields[field]!.type;
    const wanted = passportFacts[fact as PassportFact];
    if (type !== wanted && !(wanted === "text" && type === "code")) say(place, "passport-not-of-type", { field, type, wanted });
    for (const [part, event] of Object.entries({ entry: events.entry, change: events.change }))
      if (register.events[event] && !register.events[event].sets.includes(field))
        say(["events", part], "passport-not-set", { event, field });
  }
  if (register.events[events.entry] && !register.events[events.entry]!.creates)
    say(["events", "entry"], "nothing-creates", { register: name });
}
