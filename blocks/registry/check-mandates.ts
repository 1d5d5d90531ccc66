import type { PackFile, Packs, Report } from "@kerege/kernel/pack";
import { type Path, validatorAt } from "@kerege/kernel/schema";
import { unless } from "./checking.ts";
import type { Ground, RegisterDeclaration } from "./declaration.ts";
import { expand } from "./expand.ts";
import { fieldsOf, type MandateDeclaration } from "./representation.ts";

/** What the schema finds wrong is told by itself; there is nothing to look up in a file of another shape. */
const isWhole = (mandate: MandateDeclaration): boolean => validatorAt(SCHEMA)(mandate).length === 0;
const SCHEMA = new URL("./pack/mandate.schema.json", import.meta.url);

/** What a mandate names exists, and its ground allows every look that will be made. */
export function checkMandates(packs: Packs, report: Report): void {
  const registers = new Map(packs.files<RegisterDeclaration>("register").map((file) => [file.value.register, file.value]));
  const grounds = new Map(packs.files<Ground>("ground").map((file) => [file.value.ground, file.value]));
  for (const file of packs.files<MandateDeclaration>("mandate"))
    if (isWhole(file.value)) checkMandate(file, { registers, grounds, report });
}

function checkMandate(
  file: PackFile<MandateDeclaration>,
  given: { registers: Map<string, RegisterDeclaration>; grounds: Map<string, Ground>; report: Report },
): void {
  const { registers, grounds, report } = given;
  const { mandate, register, holders, name, body, ground: named } = file.value;
  const say = (place: Path, code: string, params?: Record<string, string>) =>
    report(file, place, `registry.faults.${code}`, params);
  if (mandate !== file.name) say(["mandate"], "name-differs", { name: mandate, file: file.name });
  const known = (one: string, place: Path) => unless(registers.keys(), one, { say, place, code: "unknown-register" });
  const knownGround = unless(grounds.keys(), named, { say, place: ["ground"], code: "unknown-ground" });
  if (!known(register, ["register"])) return;
  const declared = registers.get(register)!;
  const fields = Object.keys(expand(declared).flat.fields);
  for (const [index, { field, search }] of holders.entries()) {
    unless(fields, field, { say, place: ["holders", index, "field"], code: "unknown-field" });
    unless(Object.keys(declared.search), search, { say, place: ["holders", index, "search"], code: "unknown-search" });
  }
  const wanted: [register: string, fields: string[]][] = [
    [register, [...fieldsOf(file.value), ...holders.map(({ field }) => field)]],
  ];
  for (const field of fieldsOf(file.value)) unless(fields, field, { say, place: ["name"], code: "unknown-field" });
  if (!Array.isArray(name)) {
    if (!known(name.register, ["name", "register"])) return;
    const others = Object.keys(registers.get(name.register)!.fields);
    for (const [index, field] of name.fields.entries())
      unless(others, field, { say, place: ["name", "fields", index], code: "unknown-field" });
    wanted.push([name.register, name.fields]);
  }
  if (!knownGround) return;
  const ground = grounds.get(named)!;
  if (!ground.readers.bodies?.includes(body)) say(["body"], "mandate-denied", { what: body, ground: named });
  for (const [one, needed] of wanted)
    for (const field of needed)
      if (!ground.reads[one]?.includes(field)) say(["ground"], "mandate-denied", { what: `${one}.${field}`, ground: named });
  for (const { search } of holders)
    if (!ground.searches?.[register]?.includes(search)) say(["ground"], "mandate-denied", { what: search, ground: named });
}
