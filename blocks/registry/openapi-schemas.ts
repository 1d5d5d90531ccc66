import type { JsonSchema } from "@kerege/kernel/schema";
import { multilingualSchema, valueSchema } from "./api-values.ts";
import type { CompiledRegister } from "./store-sql.ts";

const text: JsonSchema = { type: "string" };
const day: JsonSchema = { type: "string", format: "date" };
const instant: JsonSchema = { type: "string", format: "date-time" };
const count: JsonSchema = { type: "integer", minimum: 0 };
const flag: JsonSchema = { type: "boolean" };
const ref = (name: string): JsonSchema => ({ $ref: `#/components/schemas/${name}` });
const list = (items: JsonSchema): JsonSchema => ({ type: "array", items });
const maybe = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: "null" }] });

/** A closed object; names that end in `?` may be left out. */
function object(properties: Record<string, JsonSchema>): JsonSchema {
  const named = Object.entries(properties).map(([name, schema]) => [name.replace(/\?$/, ""), schema]);
  return {
    type: "object",
    additionalProperties: false,
    required: Object.keys(properties).filter((name) => !name.endsWith("?")),
    properties: Object.fromEntries(named),
  };
}

const anything: JsonSchema = {};
const law = object({ act: ref("Multilingual"), "article?": text, "edition?": text });

/** A `.kerege-proof.json` file, as block trust makes it. */
const proof = object({
  kerege: { const: "proof/1" },
  "content?": text,
  "salt?": text,
  leaf: text,
  batch: object({ id: text, position: count, leaves: count, path: list(text) }),
  log: object({ place: count, path: list(text) }),
  checkpoint: text,
  keys: text,
});

/** What the API of one register answers. */
export function registerSchemas({ expanded }: CompiledRegister): Record<string, JsonSchema> {
  const { declared } = expanded;
  const fields = Object.entries(declared.fields).map(([name, field]) => [
    name,
    { ...maybe(valueSchema(field)), title: field.title.en, description: `${field.type}, ${field.class}` },
  ]);
  const values: JsonSchema = { type: "object", additionalProperties: false, properties: Object.fromEntries(fields) };
  const id = { type: "string", description: "Names the record in addresses; the key itself where that is no personal data" };
  const record = {
    id,
    key: text,
    version: { type: "integer", minimum: 1 },
    validFrom: day,
    recordedAt: instant,
    "state?": declared.states ? { enum: Object.keys(declared.states) } : text,
    values: ref("Values"),
  };
  const difference = object({ field: { enum: Object.keys(declared.fields) }, before: anything, after: anything });
  const importLine = object({
    line: count,
    verdict: { enum: ["bad", "alike", "same", "new"] },
    key: maybe(text),
    given: { type: "object" },
    code: text,
    title: text,
    faults: list(object({ pointer: text, detail: text })),
    looksLike: list(text),
  });
  return {
    Multilingual: multilingualSchema,
    Values: values,
    Record: object(record),
    Records: object({ records: list(ref("Record")), "next?": text }),
    History: object({
      versions: list(
        object({
          ...record,
          validTo: maybe(day),
          event: text,
          ended: flag,
          "document?": text,
          "actor?": text,
          "act?": text,
        }),
      ),
    }),
    Differences: object({ differences: list(difference) }),
    Proof: proof,
    Recorded: object({ id, key: text, version: { type: "integer", minimum: 1 } }),
    KeptFile: object({
      sha256: { type: "string", pattern: "^[0-9a-f]{64}$" },
      type: text,
      size: { type: "integer", minimum: 1 },
    }),
    Changes: object({
      changes: list(object({ mark: text, key: text, event: text, version: count, recordedAt: instant })),
      "next?": text,
    }),
    Import: object({
      import: object({
        id: text,
        register: text,
        event: text,
        format: { enum: ["csv", "jsonl", "xlsx"] },
        fileName: text,
        sha256: text,
        bytes: count,
        bytesDone: count,
        lines: count,
        good: count,
        bad: count,
        looksLike: count,
        state: { enum: ["waiting", "running", "done", "stopped"] },
        fault: maybe(text),
        createdAt: instant,
        endedAt: maybe(instant),
      }),
      "preview?": object({ lines: count, good: count, bad: count, looksLike: count }),
      lines: list(importLine),
    }),
  };
}

/** What the API of all registers answers. */
export const listSchemas: Record<string, JsonSchema> = {
  Multilingual: multilingualSchema,
  Law: law,
  Links: { type: "object", additionalProperties: text },
  Head: object({
    register: text,
    title: ref("Multilingual"),
    "about?": ref("Multilingual"),
    owner: text,
    law: list(ref("Law")),
    "sources?": list(object({ title: ref("Multilingual"), "register?": text })),
    links: ref("Links"),
  }),
  Heads: object({ registers: list(ref("Head")) }),
  Titled: object({ name: text, title: ref("Multilingual") }),
  Register: object({
    register: text,
    title: ref("Multilingual"),
    "about?": ref("Multilingual"),
    owner: text,
    law: list(ref("Law")),
    "sources?": list(object({ title: ref("Multilingual"), "register?": text })),
    links: ref("Links"),
    key: text,
    "subject?": { anyOf: [text, list(text)] },
    "contestDays?": count,
    "retention?": object({ after: text, law }),
    fields: list(
      object({
        name: text,
        type: text,
        class: { enum: ["public", "official", "personal", "special", "biometric"] },
        title: ref("Multilingual"),
        required: flag,
        "classifier?": text,
        "register?": text,
        "values?": list(text),
      }),
    ),
    states: list(ref("Titled")),
    events: list(
      object({
        name: text,
        title: ref("Multilingual"),
        creates: flag,
        ends: flag,
        corrects: flag,
        sets: list(text),
        requires: list(text),
        by: list(text),
        documents: list(ref("Titled")),
      }),
    ),
    searches: list(object({ name: text, title: ref("Multilingual"), parameters: list(text), limit: count })),
    access: list(
      object({
        ground: text,
        title: ref("Multilingual"),
        purpose: ref("Multilingual"),
        reader: { type: "object" },
        fields: list(text),
        searches: list(text),
        rows: { type: "object" },
        law,
        consent: { enum: [true, false, "any"] },
        breakGlass: flag,
        "deferred?": object({ for: text, law, title: ref("Multilingual") }),
      }),
    ),
  }),
  Reads: object({
    reads: list(
      object({
        id: text,
        at: instant,
        reader: object({ kind: { enum: ["person", "official", "system"] }, "body?": text, "post?": text, "name?": text }),
        register: object({ name: text, title: ref("Multilingual") }),
        fields: list(ref("Titled")),
        ground: object({ name: text, "title?": ref("Multilingual"), "purpose?": ref("Multilingual"), "law?": law }),
        case: maybe(text),
        service: maybe(text),
        found: flag,
        reason: maybe(text),
      }),
    ),
    deferrals: list(object({ ground: text, of: ref("Multilingual"), for: text, law, title: ref("Multilingual") })),
    "next?": text,
  }),
  Proof: proof,
};
