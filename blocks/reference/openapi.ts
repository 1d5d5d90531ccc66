import { readFileSync } from "node:fs";
import { type ApiCall, describeApi, type Parameter } from "@kerege/kernel/api";
import type { JsonSchema } from "@kerege/kernel/schema";
import { API } from "./api.ts";

const code = { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" };
const day = { type: "string", format: "date" };

/** Parameters of the query, by name. */
const queryParameters: Record<string, Parameter> = {
  on: { schema: day, description: "Day on which it must be in force; today when left out" },
  edition: { schema: day, description: "Day of an edition, instead of a day in force" },
  q: {
    schema: { type: "string", minLength: 1, maxLength: 200 },
    description: "Code, or beginnings of words in any language or script",
  },
  parent: {
    schema: { type: "string", maxLength: 64 },
    description: "Only what lies right under this code (anywhere below it with q); empty for the top",
  },
  language: { schema: { enum: ["ky", "ru", "kk", "en"] }, description: "Language that what was found is sorted in" },
  after: { schema: code, description: "Code of the last item of the page before" },
  limit: {
    schema: { type: "string", pattern: "^[1-9][0-9]{0,3}$" },
    description: "Most of a page, 100 when left out, 1000 at most",
  },
  from: { schema: day, description: "Day of the older edition", required: true },
  to: { schema: day, description: "Day of the newer edition", required: true },
  since: { schema: { type: "string", pattern: "^[0-9]{1,9}$" }, description: "Number of the last publication you have" },
  first: { schema: day, description: "First day" },
  until: { schema: day, description: "First day left out" },
};

const pathParameters: Record<string, JsonSchema> = {
  name: { type: "string", pattern: "^[a-z][a-z0-9-]{0,40}$" },
  code,
  body: code,
};

export const parameters = { query: queryParameters, path: pathParameters };

/** JSON Schemas of the answers, by name. */
export function readAnswerSchemas(): Record<string, JsonSchema> {
  return JSON.parse(readFileSync(new URL("./openapi.schemas.json", import.meta.url), "utf8")) as Record<string, JsonSchema>;
}

/** All items of an edition as a file: the one call that does not answer in JSON. */
export const csvCall: ApiCall = {
  id: "downloadItems",
  path: "/classifiers/:name/items.csv",
  summary: "All items of an edition as CSV (RFC 4180)",
  query: ["edition"],
  content: { "text/csv": { type: "string" } },
};

/** The description of the API (OpenAPI 3.1), made of the same table as its routes. */
export function describeReference(routes: ApiCall[], title: string): JsonSchema {
  return describeApi({
    base: API,
    title,
    description: "Classifiers, working calendars and posts. Open to everyone, no key is needed.",
    calls: [...routes, csvCall],
    parameters,
    schemas: readAnswerSchemas(),
  });
}
