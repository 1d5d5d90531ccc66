import { readFileSync } from "node:fs";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export type JsonSchema = Record<string, unknown>;
export type Path = (string | number)[];

/** One thing wrong in a value that was checked against a schema: what (`code`), where (`path`), and what the words of the message need. */
export interface SchemaFault {
  code: "unknown-field" | "missing-field" | "wrong-type" | "not-one-of" | "wrong-form" | "too-short" | "too-long" | "out-of-range" | "not-unique" | "not-allowed";
  path: Path;
  params: Record<string, string | number>;
}

const ajv = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true, discriminator: true, verbose: false, strictRequired: false });
addFormats.default(ajv);

/** Compiles a JSON Schema (draft 2020-12) into a function that gives all faults at once. */
export function compileSchema(schema: JsonSchema): (value: unknown) => SchemaFault[] {
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => (validate(value) ? [] : explain(validate.errors ?? [], schema));
}

export function readSchema(file: URL): JsonSchema {
  return JSON.parse(readFileSync(file, "utf8")) as JsonSchema;
}

function explain(errors: ErrorObject[], schema: JsonSchema): SchemaFault[] {
  const faults = new Map<string, SchemaFault>();
  for (const error of errors) {
    const fault = explainOne(error, schema);
    if (fault) faults.set(`${fault.code}|${fault.path.join("/")}|${JSON.stringify(fault.params)}`, fault);
  }
  return [...faults.values()];
}

function explainOne(error: ErrorObject, schema: JsonSchema): SchemaFault | undefined {
  const path = toPath(error.instancePath);
  const params = error.params as Record<string, unknown>;
  const name = String(path.at(-1) ?? "");
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const field = String(params.additionalProperty ?? params.unevaluatedProperty);
      return { code: "unknown-field", path: [...path, field], params: { field, near: nearest(field, propertiesAt(schema, error.schemaPath)) || "none" } };
    }
    case "required":
    case "dependentRequired":
      return { code: "missing-field", path, params: { field: String(params.missingProperty) } };
    case "type":
      return { code: "wrong-type", path, params: { field: name, wanted: [params.type].flat().join(", ") } };
    case "discriminator":
      return { code: "not-one-of", path: [...path, String(params.tag)], params: { field: String(params.tag), allowed: tagsAt(schema).join(", ") } };
    case "enum":
      return { code: "not-one-of", path, params: { field: name, allowed: (params.allowedValues as unknown[]).join(", ") } };
    case "const":
      return { code: "not-one-of", path, params: { field: name, allowed: String(params.allowedValue) } };
    case "pattern":
    case "format":
    case "propertyNames":
      return { code: "wrong-form", path, params: { field: name, wanted: String(params.pattern ?? params.format ?? params.propertyName) } };
    case "minLength":
    case "minItems":
    case "minProperties":
      return { code: "too-short", path, params: { field: name, limit: Number(params.limit) } };
    case "maxLength":
    case "maxItems":
    case "maxProperties":
      return { code: "too-long", path, params: { field: name, limit: Number(params.limit) } };
    case "minimum":
    case "maximum":
    case "exclusiveMinimum":
    case "exclusiveMaximum":
    case "multipleOf":
      return { code: "out-of-range", path, params: { field: name, limit: String(params.limit ?? params.multipleOf) } };
    case "uniqueItems":
      return { code: "not-unique", path, params: { field: name } };
    // The branches of a choice report for themselves; the sum of them says nothing a person can use.
    case "anyOf":
    case "oneOf":
    case "if":
      return undefined;
    default:
      return { code: "not-allowed", path, params: { field: name } };
  }
}

function toPath(pointer: string): Path {
  if (pointer === "") return [];
  return pointer
    .slice(1)
    .split("/")
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

function propertiesAt(schema: JsonSchema, schemaPath: string): string[] {
  let place: unknown = schema;
  for (const part of schemaPath.replace(/^#\//, "").split("/").slice(0, -1)) {
    place = (place as Record<string, unknown> | undefined)?.[decodeURIComponent(part)];
    const reference = (place as Record<string, unknown> | undefined)?.$ref;
    if (typeof reference === "string" && reference.startsWith("#/$defs/")) {
      place = (schema.$defs as Record<string, unknown>)[reference.slice(8)];
    }
  }
  return Object.keys(((place as Record<string, unknown> | undefined)?.properties as object | undefined) ?? {});
}

/** The word of a list that was probably meant, or an empty string. */
export function nearest(word: string, words: Iterable<string>): string {
  let best = "";
  let distance = Math.max(2, Math.floor(word.length / 3)) + 1;
  for (const candidate of words) {
    const away = edits(word.toLowerCase(), candidate.toLowerCase());
    if (away < distance) [best, distance] = [candidate, away];
  }
  return best;
}

function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      next[j] = Math.min(next[j - 1]! + 1, row[j]! + 1, row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return row[b.length]!;
}
