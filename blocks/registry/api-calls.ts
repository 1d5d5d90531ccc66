import type { ApiCall, Parameter } from "@kerege/kernel/api";
import type { JsonSchema } from "@kerege/kernel/schema";
import { type CallBodies, REASON_HEADER } from "./api-body.ts";
import { daySchema, valueSchema } from "./api-values.ts";
import { kindsOfFiles } from "./content.ts";
import { sentType } from "./content-look.ts";
import type { CompiledRegister } from "./store-sql.ts";

const short: JsonSchema = { type: "string", minLength: 1, maxLength: 200 };
const documentSchema: JsonSchema = {
  anyOf: [
    { type: "string", minLength: 1, maxLength: 300 },
    {
      type: "object",
      additionalProperties: false,
      required: ["kind", "number"],
      properties: { kind: short, number: { type: "string", minLength: 1, maxLength: 300 }, on: daySchema },
    },
  ],
};

/** Media types of a file that brings many records. */
export const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
export const importTypes = {
  "text/csv": "csv",
  "application/jsonl": "jsonl",
  "application/x-ndjson": "jsonl",
  [XLSX]: "xlsx",
} as const;
/** Media types of an export. */
export const exportTypes = {
  csv: "text/csv; charset=utf-8; header=present",
  jsonl: "application/jsonl; charset=utf-8",
  xlsx: XLSX,
};

/** Their names, which no condition of a search takes. */
export const importNames = "event document document-kind document-on valid-from alike file preview verdict line".split(" ");

/** Parameters of an import, beside those of a reading. */
export function importParameters({ declaration }: CompiledRegister): Record<string, Parameter> {
  return {
    event: { schema: { enum: Object.keys(declaration.events) }, description: "What each line is", required: true },
    document: {
      schema: { type: "string", minLength: 1, maxLength: 300 },
      description: "Number of the document all rests on",
      required: true,
    },
    "document-kind": { schema: short, description: "Its declared kind" },
    "document-on": { schema: daySchema, description: "Its day" },
    "valid-from": { schema: daySchema, description: "For lines that do not say from which day they are true" },
    alike: {
      schema: short,
      description: "Search with the values of a line: one that finds another record is put aside. Needs a ground",
    },
    file: { schema: short, description: "Name of the file" },
    preview: { schema: { enum: ["true", "false"] }, description: "Only look at the first lines; start the import later" },
    verdict: { schema: { enum: ["bad", "alike", "same", "new"] }, description: "Lines with this verdict only" },
    line: { schema: { type: "string", pattern: "^[0-9]{1,10}$" }, description: "Last line of the page before" },
  };
}

/** What an event is sent as, with the key of its record where the address names none. Values are checked by the register itself, with the words of its fields. */
export function eventBody({ declaration }: CompiledRegister, keyed = false): JsonSchema {
  return {
    type: "object",
    additionalProperties: false,
    required: [...(keyed ? ["key"] : []), "event", "validFrom", "document"],
    properties: {
      ...(keyed && { key: short }),
      event: { enum: Object.keys(declaration.events) },
      validFrom: daySchema,
      values: { type: "object" },
      document: documentSchema,
      case: short,
      version: { type: "integer", minimum: 1 },
    },
  };
}

/** The same with the schemas of the fields, for the description. */
function describedBody(register: CompiledRegister, keyed = false): JsonSchema {
  const body = eventBody(register, keyed) as { properties: Record<string, JsonSchema> };
  const fields = Object.entries(register.expanded.declared.fields).map(([name, field]) => [
    name,
    { anyOf: [valueSchema(field), { type: "null" }], description: field.title.en },
  ]);
  return { ...body, properties: { ...body.properties, values: { type: "object", properties: Object.fromEntries(fields) } } };
}

const bytes = (types: string[]): Record<string, JsonSchema> =>
  Object.fromEntries(types.map((type) => [type, { type: "string", format: "binary" }]));
const fileCalls = (kinds: string[]): ApiCall[] => [
  {
    id: "bringFile",
    method: "PUT",
    path: "/files/:fingerprint",
    summary:
      "Brings the content of a file, by its SHA-256 in hex, before the event that names it with name, type and size; what no event names within a day goes",
    query: ["field"],
    body: bytes(kinds),
    answer: "KeptFile",
    success: { 201: "Kept" },
  },
  {
    id: "readFile",
    path: "/records/:record/files/:field",
    summary: "The file of a record, to be saved; written as a reading of its field",
    query: ["ground", "case", "on", "known-at"],
    headers: [REASON_HEADER],
    content: bytes(kinds.map((type) => sentType(type).split(";")[0]!)),
    validated: false,
  },
];

/** Parameters of searches: of all of them, and of those whose values may stand in an address. */
export interface SearchParameters {
  all: string[];
  open: string[];
}

/** The calls of a register, below its address. Which of them there are depends on nothing but its declaration. */
export function eventCalls(register: CompiledRegister, searches: SearchParameters, bodies: CallBodies): ApiCall[] {
  const why = ["ground", "fields", "case"];
  const kinds = kindsOfFiles(register);
  const files = Object.fromEntries(Object.keys(importTypes).map((type) => [type, { type: "string", format: "binary" }]));
  const content = Object.fromEntries(
    Object.values(exportTypes).map((type) => [type.split(";")[0]!, { type: "string", format: "binary" }]),
  );
  // Only what may stand in an address is asked for by GET.
  const searched: ApiCall[] = [
    {
      id: "searchRecords",
      path: "/records",
      summary: "Records by a declared search of public fields, a page at a time",
      query: ["search", ...searches.open, ...why, "closed", "after", "limit"],
      headers: [REASON_HEADER],
      answer: "Records",
      validated: false,
    },
    {
      id: "exportRecords",
      path: "/export",
      summary: "All records that a search of public fields finds, as a file; each is written as read",
      query: ["search", ...searches.open, ...why, "closed", "format"],
      headers: [REASON_HEADER],
      content,
      validated: false,
    },
  ];
  const sent: ApiCall[] = [
    {
      id: "postSearch",
      method: "POST",
      path: "/records/search",
      summary: "Records by any declared search, a page at a time; what is looked for stands in the body",
      query: [],
      body: { "application/json": bodies.postSearch! },
      answer: "Records",
    },
    {
      id: "postExport",
      method: "POST",
      path: "/export",
      summary: "All records that any declared search finds, as a file; each is written as read",
      query: [],
      body: { "application/json": bodies.postExport! },
      content,
    },
  ];
  return [
    ...(searches.open.length > 0 ? searched : []),
    ...(searches.all.length > 0 ? sent : []),
    {
      id: "findRecord",
      method: "POST",
      path: "/records/find",
      summary: "A record by its key, as it is, or as it was on a day and known at an instant. Its `id` stands in addresses",
      query: [],
      body: { "application/json": bodies.findRecord! },
      answer: "Record",
    },
    {
      id: "readRecord",
      path: "/records/:record",
      summary: "A record by its `id`, as it is, or as it was on a day and known at an instant",
      query: [...why, "on", "known-at"],
      headers: [REASON_HEADER],
      answer: "Record",
    },
    {
      id: "readHistory",
      path: "/records/:record/history",
      summary: "All versions of a record, newest first, each with its event and document",
      query: why,
      headers: [REASON_HEADER],
      answer: "History",
      validated: false,
    },
    {
      id: "compareVersions",
      path: "/records/:record/differences",
      summary: "What differs between two versions, field by field",
      query: ["from", "to", ...why],
      headers: [REASON_HEADER],
      answer: "Differences",
      validated: false,
    },
    {
      id: "proveVersion",
      path: "/records/:record/versions/:version/proof",
      summary: "Proof that a version was recorded as it is held: a file that is checked without this server. It shows all fields",
      query: ["ground", "case"],
      headers: [REASON_HEADER],
      answer: "Proof",
      validated: false,
    },
    {
      id: "recordEvent",
      method: "POST",
      path: "/records/:record/events",
      summary:
        "Records an event: the only way to make or change a record. With a ground the answer to a conflict shows the difference",
      query: ["ground"],
      headers: ["Idempotency-Key", "If-Match", REASON_HEADER],
      body: { "application/json": describedBody(register) },
      answer: "Recorded",
      success: { 200: "Recorded", 201: "Recorded; the record is new" },
    },
    {
      id: "postEvent",
      method: "POST",
      path: "/events",
      summary: "The same with the key in the body: so a record is made whose key may not stand in an address",
      query: ["ground"],
      headers: ["Idempotency-Key", "If-Match", REASON_HEADER],
      body: { "application/json": describedBody(register, true) },
      answer: "Recorded",
      success: { 200: "Recorded", 201: "Recorded; the record is new" },
    },
    ...(kinds.length > 0 ? fileCalls(kinds) : []),
    {
      id: "listChanges",
      path: "/changes",
      summary: "Changes in the order of the log: keep `next` and ask from it again, nothing is skipped or repeated",
      query: ["ground", "case", "after", "limit"],
      headers: [REASON_HEADER],
      answer: "Changes",
      validated: false,
    },
    {
      id: "stageImport",
      method: "POST",
      path: "/imports",
      summary: "Takes in a file with many records: good lines are written, bad ones reported",
      query: ["event", "document", "document-kind", "document-on", "valid-from", "alike", "ground", "file", "preview"],
      body: files,
      answer: "Import",
      success: { 201: "Looked at; nothing is written before it is started", 202: "Taken in; being written" },
    },
    {
      id: "startImport",
      method: "POST",
      path: "/imports/:id/start",
      summary: "Writes an import that was looked at before, or goes on after a fault",
      query: [],
      answer: "Import",
      success: { 202: "Being written" },
    },
    {
      id: "readImport",
      path: "/imports/:id",
      summary: "How far an import is, with its report line by line",
      query: ["verdict", "line", "limit"],
      answer: "Import",
      validated: false,
    },
    {
      id: "decideLine",
      method: "POST",
      path: "/imports/:id/lines/:line",
      summary: "Decides about a line that looks like a record that is there",
      query: [],
      body: {
        "application/json": {
          type: "object",
          additionalProperties: false,
          required: ["same"],
          properties: { same: { type: "boolean", description: "The same record (left out), or a new one (written now)" } },
        },
      },
      success: { 204: "Decided" },
    },
  ];
}
