/** Types written in expressions: `instance of list<number>`, `function(a: date) …`. */
import type { TypeNode } from "./ast.ts";
import { isListShape, type Shape } from "./plain.ts";
import { charge } from "./run.ts";
import { FeelFunction, FeelRange, type FeelValue, isContext, isList, typeName } from "./value.ts";

const NAMES: ReadonlySet<string> = new Set([
  "Any",
  "Null",
  "null",
  "boolean",
  "number",
  "string",
  "date",
  "time",
  "date and time",
  "days and time duration",
  "years and months duration",
  "day time duration",
  "year month duration",
  "list",
  "context",
  "range",
  "function",
]);

/** A shape as a type that values can be matched with. */
export function typeOfShape(shape: Shape): TypeNode {
  if (typeof shape === "string") return { name: shape === "any" ? "Any" : shape, items: [], fields: [] };
  if (isListShape(shape)) return { name: "list", items: [typeOfShape(shape[0])], fields: [] };
  const fields = Object.entries(shape).map(([name, field]) => ({ name, type: typeOfShape(field) }));
  return { name: "context", items: [], fields };
}

export function knownType(name: string): boolean {
  return NAMES.has(name);
}

/** Whether a value is of a type (DMN 1.3 §10.3.2.3.1, conformance of types). Null is of type Null only. */
export function matchesType(value: FeelValue, type: TypeNode): boolean {
  if (value === null) return type.name === "Null" || type.name === "null";
  switch (type.name) {
    case "Any":
      return true;
    case "list": {
      const [item] = type.items;
      if (isList(value)) charge(value.length);
      return isList(value) && (item === undefined || value.every((one) => conforms(one, item)));
    }
    case "context":
      return (
        isContext(value) &&
        type.fields.every((field) => value.has(field.name) && conforms(value.get(field.name) ?? null, field.type))
      );
    case "range": {
      const [end] = type.items;
      if (!(value instanceof FeelRange)) return false;
      return end === undefined || [value.start, value.end].every((one) => one === null || matchesType(one, end));
    }
    case "function":
      return value instanceof FeelFunction && (type.items.length === 0 || type.items.length - 1 === value.parameters.length);
    case "day time duration":
      return typeName(value) === "days and time duration";
    case "year month duration":
      return typeName(value) === "years and months duration";
    default:
      return typeName(value) === type.name;
  }
}

/** Inside lists and contexts null stands for a value that is not there, whatever its type. */
function conforms(value: FeelValue, type: TypeNode): boolean {
  return value === null || matchesType(value, type);
}

/** The value as a parameter of a type wants it, undefined where it does not fit; one item and its list stand for each other. */
export function fitType(value: FeelValue, type: TypeNode | undefined): FeelValue | undefined {
  if (type === undefined || value === null || matchesType(value, type)) return value;
  if (isList(value) && value.length === 1 && conforms(value[0]!, type)) return value[0];
  if (type.name === "list" && !isList(value) && matchesType([value], type)) return [value];
  return undefined;
}
