/** Boolean functions (DMN 1.3 table 72). */
import { type Builtin, builtin, form } from "./builtin.ts";
import { FeelDateTime, FeelTime } from "./temporal.ts";
import { equalValues, type FeelValue, typeName } from "./value.ts";
import { printZone } from "./zone.ts";

/** The same element of the domain: kinds and, for times, zones alike. */
function isSame(a: FeelValue, b: FeelValue): boolean {
  if (typeName(a) !== typeName(b)) return false;
  const zoneOf = (value: FeelValue): string | undefined => {
    const time = value instanceof FeelDateTime ? value.time : value;
    return time instanceof FeelTime && time.zone ? printZone(time.zone) : undefined;
  };
  return zoneOf(a) === zoneOf(b) && equalValues(a, b) === true;
}

export const booleanBuiltins: readonly Builtin[] = [
  builtin(
    "not",
    form("negand: any", ([value]) => (typeof value === "boolean" ? !value : null)),
  ),
  builtin(
    "is",
    form("value1?: any, value2?: any", ([a, b]) => isSame(a ?? null, b ?? null)),
  ),
];
