import type { Checked, Say } from "./check-register.ts";
import { sayFeel } from "./check-rules.ts";
import { unless } from "./checking.ts";
import { contentKinds } from "./content-look.ts";
import type { FieldType, RegisterField } from "./declaration.ts";
import { isDay } from "./field-types.ts";
import { compileFill } from "./rule-names.ts";
import { reservedFields } from "./store-sql.ts";

/** Properties of a field that only some types have. */
const ONLY: [keyof RegisterField, FieldType[]][] = [
  ["classifier", ["code"]],
  ["register", ["reference"]],
  ["link", ["reference"]],
  ["scripts", ["name"]],
  ["languages", ["multilingual"]],
  ["values", ["text"]],
  ["valueTitles", ["text"]],
  ["max", ["text", "name", "multilingual"]],
  ["least", ["integer", "decimal", "money", "date", "partial-date"]],
  ["most", ["integer", "decimal", "money", "date", "partial-date"]],
  ["media", ["file"]],
  ["bytes", ["file"]],
];

export function checkFields(checked: Checked): void {
  const { register, registers, classifiers, say } = checked;
  const names = new Set(Object.keys(register.fields));
  for (const [name, field] of Object.entries(register.fields)) {
    const place = ["fields", name];
    for (const column of checked.expanded.columnsOf.get(name) ?? [name]) {
      const cell = column.endsWith("_cell") && register.fields[column.slice(0, -"_cell".length)]?.type === "geometry";
      if (reservedFields.has(column) || column.endsWith("_key") || cell) say(place, "reserved-name", { name: column });
      if (column !== name && names.has(column)) say(place, "column-taken", { field: name, other: column });
    }
    for (const [property, types] of ONLY) {
      if (field[property] !== undefined && !types.includes(field.type))
        say([...place, property], "not-of-type", { property, type: field.type });
    }
    if (field.type === "code" && !field.classifier) say(place, "no-classifier", { field: name });
    const list = field.type === "money" ? "currencies" : field.type === "code" ? field.classifier : undefined;
    if (list !== undefined && classifiers)
      unless(classifiers, list, { say, place: [...place, field.classifier ? "classifier" : "type"], code: "unknown-classifier" });
    if (field.type === "reference") {
      if (!field.register) say(place, "no-register", { field: name });
      else unless(registers.keys(), field.register, { say, place: [...place, "register"], code: "unknown-register" });
    }
    if (register.subject === undefined && !["public", "official"].includes(field.class))
      say([...place, "class"], "personal-without-subject", { field: name });
    for (const [index, type] of (field.media ?? []).entries())
      unless(Object.keys(contentKinds), type, { say, place: [...place, "media", String(index)], code: "unknown-media" });
    for (const value of Object.keys(field.valueTitles ?? {}))
      if (field.values) unless(field.values, value, { say, place: [...place, "valueTitles", value], code: "unknown-value" });
    checkLimits(field, place, say);
    if (field.was !== undefined && names.has(field.was))
      say([...place, "was"], "was-still-there", { field: name, was: field.was });
    if (field.fill !== undefined) {
      const compiled = compileFill(register, field.fill);
      if (!compiled.ok) sayFeel(checked, { place: [...place, "fill"], text: field.fill, faults: compiled.faults });
    }
  }
}

function checkLimits(field: RegisterField, place: string[], say: Say): void {
  const days = ["date", "partial-date"].includes(field.type);
  const wrong = (limit: number | string) =>
    days ? limit !== "today" && !(typeof limit === "string" && isDay(limit)) : !Number.isFinite(Number(limit)) || limit === "";
  for (const side of ["least", "most"] as const) {
    const limit = field[side];
    if (limit !== undefined && wrong(limit)) say([...place, side], "wrong-limit", { limit, type: field.type });
  }
  const { least, most } = field;
  if (least === undefined || most === undefined || wrong(least) || wrong(most) || least === "today" || most === "today") return;
  if (days ? String(least) > String(most) : Number(least) > Number(most))
    say([...place, "least"], "limits-crossed", { least, most });
}
