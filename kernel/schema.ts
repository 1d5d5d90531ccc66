import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv2020, type ErrorObject, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";

export type JsonSchema = Record<string, unknown>;
export type Path = (string | number)[];

/** One thing wrong in a value that was checked against a schema: what (`code`), where (`path`), and what the words of the message need. */
export interface SchemaFault {
  code:
    | "unknown-field"
    | "missing-field"
    | "wrong-type"
    | "not-one-of"
    | "wrong-form"
    | "too-short"
    | "too-long"
    | "out-of-range"
    | "not-unique"
    | "not-allowed";
  path: Path;
  params: Record<string, string | number>;
}

const ajv = new Ajv2020({
  allErrors: true,
  strict: true,
  allowUnionTypes: true,
  discriminator: true,
  // Errors then carry the part of the schema they come from, also out of a `$ref`.
  verbose: true,
  strictRequired: false,
  // Each schema checks a handful of files once: making its code smaller takes longer than running it.
  code: { optimize: false },
});
addFormats.default(ajv);

/** Compiles a JSON Schema (draft 2020-12) into a function that gives all faults at once. */
export function compileSchema(schema: JsonSchema): (value: unknown) => SchemaFault[] {
  const validate: ValidateFunction = ajv.compile(schema);
  return (value) => (validate(value) ? [] : explain(validate.errors ?? [], schema));
}

const compiled = new Map<string, (value: unknown) => SchemaFault[]>();

/** The check of a schema file, compiled once: compiling costs more than all the checking. */
export function validatorAt(file: URL): (value: unknown) => SchemaFault[] {
  let validate = compiled.get(file.href);
  if (!validate) {
    validate = compileSchema(readSchema(file));
    compiled.set(file.href, validate);
  }
  return validate;
}

const ajvVersion = (createRequire(import.meta.url)("ajv/package.json") as { version: string }).version;
const digests = new Map<string, string>();

/** Digest of a schema file, with the program that reads it. */
export function digestAt(file: URL): string {
  let digest = digests.get(file.href);
  if (!digest) {
    digest = createHash("sha256").update(ajvVersion).update(readFileSync(file)).digest("hex");
    digests.set(file.href, digest);
  }
  return digest;
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
  const params = error.params as Record<string, unknown>;
  // A rule for names speaks of the name itself, which stands one step deeper than the map it was found in.
  const path = [...toPath(error.instancePath), ...(error.propertyName === undefined ? [] : [error.propertyName])];
  const name = String(path.at(-1) ?? "");
  switch (error.keyword) {
    case "additionalProperties":
    case "unevaluatedProperties": {
      const field = String(params.additionalProperty ?? params.unevaluatedProperty);
      return unknownField([...path, field], Object.keys((error.parentSchema as SchemaPart).properties ?? {}));
    }
    case "required":
    case "dependentRequired":
      return { code: "missing-field", path, params: { field: String(params.missingProperty) } };
    case "type":
      return { code: "wrong-type", path, params: { field: name, wanted: [params.type].flat().join(", ") } };
    case "discriminator":
      return wrongTag([...path, String(params.tag)], (error.parentSchema as SchemaPart).oneOf ?? [], schema);
    case "enum":
      if (error.propertyName !== undefined) return unknownField(path, params.allowedValues as string[]);
      return { code: "not-one-of", path, params: { field: name, allowed: (params.allowedValues as unknown[]).join(", ") } };
    case "const":
      return { code: "not-one-of", path, params: { field: name, allowed: String(params.allowedValue) } };
    case "pattern":
    case "format":
      return { code: "wrong-form", path, params: { field: name, wanted: String(params.pattern ?? params.format) } };
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
    // So does the rule for names.
    case "propertyNames":
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

function unknownField(path: Path, known: string[]): SchemaFault {
  const field = String(path.at(-1));
  return { code: "unknown-field", path, params: { field, near: nearest(field, known) || "none" } };
}

/** The tag tells which branch is meant; it fits none of them. */
function wrongTag(path: Path, branches: SchemaPart[], schema: JsonSchema): SchemaFault {
  const field = String(path.at(-1));
  const allowed = branches.flatMap((branch) => {
    const tag = resolved(branch, schema).properties?.[field];
    return tag?.enum ?? tag?.const ?? [];
  });
  return { code: "not-one-of", path, params: { field, allowed: allowed.join(", ") } };
}

interface SchemaPart extends JsonSchema {
  $ref?: string;
  properties?: Record<string, SchemaPart>;
  oneOf?: SchemaPart[];
}

function resolved(part: SchemaPart, schema: JsonSchema): SchemaPart {
  if (!part.$ref?.startsWith("#/$defs/")) return part;
  return (schema.$defs as Record<string, SchemaPart>)[part.$ref.slice(8)] ?? part;
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
