import type { PackFile } from "@kerege/kernel/pack";
import type { Path } from "@kerege/kernel/schema";
import { isOpenSearch } from "./addresses.ts";
import { type Checking, unless } from "./checking.ts";
import type { Agreement, Ground, KnownFact } from "./declaration.ts";
import { expand } from "./expand.ts";

/** A ground that names what is not there, or would show more than its readers may see. */
export function checkGround(file: PackFile<Ground>, checking: Checking): void {
  const { registers, report, agreements } = checking;
  const { readers, reads, searches, rows, classes = [], bulk } = file.value;
  const say = (place: Path, code: string, params?: Record<string, string | number>) =>
    report(file, place, `registry.faults.${code}`, params);
  for (const [register, fields] of Object.entries(reads)) {
    if (!unless(registers.keys(), register, { say, place: ["reads", register], code: "unknown-register" })) continue;
    const declared = registers.get(register)!.fields;
    const all = { ...expand(registers.get(register)!).flat.fields, ...declared };
    for (const [index, field] of fields.entries()) {
      const place = ["reads", register, index];
      if (!unless(Object.keys(all), field, { say, place, code: "unknown-field" })) continue;
      const kind = all[field]!.class;
      if ((kind === "special" || kind === "biometric") && !classes.includes(kind)) say(place, "class-not-named", { field, kind });
      if (readers.anyone && kind !== "public") say(place, "anyone-not-public", { field, kind });
    }
  }
  for (const [register, names] of Object.entries(searches ?? {})) {
    if (!reads[register]) say(["searches", register], "search-without-reads", { register });
    const declared = registers.get(register);
    if (!declared) continue;
    const { flat } = expand(declared);
    for (const [index, name] of names.entries()) {
      const place = ["searches", register, index];
      if (!unless(Object.keys(declared.search), name, { say, place, code: "unknown-search" })) continue;
      if (readers.anyone && !isOpenSearch(flat, name)) say(place, "anyone-searches-hidden", { search: name });
    }
  }
  for (const [register, scope] of Object.entries(rows ?? {})) {
    if (!reads[register]) say(["rows", register], "search-without-reads", { register });
    const declared = registers.get(register) && expand(registers.get(register)!).flat.fields;
    for (const field of Object.keys(scope))
      if (declared) unless(Object.keys(declared), field, { say, place: ["rows", register, field], code: "unknown-field" });
  }
  for (const [index, name] of (readers.agreements ?? []).entries())
    unless(agreements.keys(), name, { say, place: ["readers", "agreements", index], code: "unknown-agreement" });
  if (!readers.self && !readers.children && !readers.anyone && !readers.bodies && !readers.agreements)
    say(["readers"], "no-reader");
  if (readers.children) {
    const { register, parents, bornOn } = readers.children;
    const place = ["readers", "children"];
    if (unless(registers.keys(), register, { say, place: [...place, "register"], code: "unknown-register" })) {
      const known = Object.keys(expand(registers.get(register)!).flat.fields);
      for (const [index, parent] of parents.entries())
        unless(known, parent, { say, place: [...place, "parents", index], code: "unknown-field" });
      unless(known, bornOn, { say, place: [...place, "bornOn"], code: "unknown-field" });
    }
  }
  if (bulk?.refuse !== undefined && bulk.refuse < bulk.alarm) say(["bulk", "refuse"], "refuse-before-alarm");
}

export function checkAgreement(file: PackFile<Agreement>, { report }: Checking): void {
  const { validFrom, validUntil } = file.value;
  if (validUntil !== undefined && validUntil <= validFrom) report(file, ["validUntil"], "registry.faults.never-in-force");
}

/** Facts that lead to no record, or to each other in a circle. */
export function checkFacts(files: PackFile<KnownFact>[], { registers, facts, report }: Checking): void {
  for (const file of files) {
    const { fact, register, field, by, list } = file.value;
    const say = (place: Path, code: string, params?: Record<string, string | number>) =>
      report(file, place, `registry.faults.${code}`, params);
    if (typeof by === "object" && "fact" in by) {
      unless(facts.keys(), by.fact, { say, place: ["by", "fact"], code: "unknown-fact" });
      const way = [fact];
      for (let next: string | undefined = by.fact; next !== undefined; ) {
        if (way.includes(next)) {
          if (next === fact) say(["by", "fact"], "fact-circle", { way: [...way, next].join(" → ") });
          break;
        }
        way.push(next);
        const other: KnownFact["by"] | undefined = facts.get(next)?.by;
        next = typeof other === "object" && "fact" in other ? other.fact : undefined;
      }
    }
    // One record of one key: there is no list to have.
    const several = typeof by === "object" && ("search" in by || facts.get(by.fact)?.list === true);
    if (list && !several) say(["list"], "fact-no-list", { fact });
    if (!unless(registers.keys(), register, { say, place: ["register"], code: "unknown-register" })) continue;
    const declared = registers.get(register)!;
    unless(Object.keys(declared.fields), field, { say, place: ["field"], code: "unknown-field" });
    if (by === "subject" && declared.subject === undefined) say(["by"], "no-subject", { register });
    if (typeof by !== "object" || !("search" in by)) continue;
    if (!unless(Object.keys(declared.search), by.search, { say, place: ["by", "search"], code: "unknown-search" })) continue;
    const exact = declared.search[by.search]!.exact ?? [];
    for (const name of Object.keys(by.values)) unless(exact, name, { say, place: ["by", "values", name], code: "unknown-field" });
    for (const name of exact) if (!(name in by.values)) say(["by", "values"], "value-missing", { field: name });
  }
}
