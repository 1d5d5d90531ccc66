import type { Checked } from "./check-register.ts";
import { unless } from "./checking.ts";
import type { ScalarEntry } from "./field-types.ts";
import { scalarOf } from "./field-types.ts";

const WAYS = ["prefix", "fuzzy", "range", "within"] as const;

/** A search that could never work: of a field that cannot be compared so, of nothing, or of two ways at once. */
export function checkSearch(name: string, { register, expanded, say }: Checked): void {
  const condition = register.search[name]!;
  const place = ["search", name];
  const { fields } = expanded.flat;
  // A part may be named by itself: `prefix: title_ru`.
  const names = new Set([...Object.keys(register.fields), ...Object.keys(fields)]);
  const find = (at: (string | number)[], field: string, way: keyof ScalarEntry["searched"]) => {
    if (!unless(names, field, { say, place: [...place, ...at], code: "unknown-field" })) return;
    const several =
      register.fields[field]?.type === "multilingual" || (way === "exact" && register.fields[field]?.type === "money");
    const flat = fields[field];
    if (several || (flat && !scalarOf(flat).searched[way]))
      say([...place, ...at], "search-not-of-type", { field, type: register.fields[field]?.type ?? flat!.type, way });
  };
  for (const [index, field] of (condition.exact ?? []).entries()) find(["exact", index], field, "exact");
  if (condition.prefix !== undefined) find(["prefix"], condition.prefix, "prefix");
  for (const [index, field] of (condition.fuzzy ?? []).entries()) find(["fuzzy", index], field, "fuzzy");
  if (condition.range !== undefined) find(["range"], condition.range, "range");
  if (
    condition.within !== undefined &&
    unless(names, condition.within, { say, place: [...place, "within"], code: "unknown-field" })
  ) {
    const type = register.fields[condition.within]?.type;
    if (type !== "geometry")
      say([...place, "within"], "search-not-of-type", { field: condition.within, type: type ?? "float", way: "within" });
  }
  for (const [index, field] of (condition.order ?? []).entries()) {
    const at = [...place, "order", index];
    if (!unless(names, field, { say, place: at, code: "unknown-field" })) continue;
    if (register.fields[field]?.type === "geometry") say(at, "search-not-of-type", { field, type: "geometry", way: "order" });
  }
  const used = WAYS.filter((way) => condition[way] !== undefined);
  // Names are narrowed by a day of birth: the one pair that one index serves.
  const paired = used.length === 2 && condition.fuzzy !== undefined && condition.range !== undefined;
  if (used.length > 1 && !paired) say([...place, used[1]!], "search-mixed", { name, ways: used.join(", ") });
  if (!condition.exact && used.length === 0) say(place, "search-of-nothing", { name });
}
