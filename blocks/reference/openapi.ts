import { readFileSync } from "node:fs";
import { API, type ApiRoute } from "./api.ts";

type Schema = Record<string, unknown>;

const code = { type: "string", pattern: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$" };
const day = { type: "string", format: "date" };

/** Parameters of the query, by name. */
export const queryParameters: Record<string, { schema: Schema; description: string; required?: boolean }> = {
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

const pathParameters: Record<string, Schema> = {
  name: { type: "string", pattern: "^[a-z][a-z0-9-]{0,40}$" },
  code,
  body: code,
};

/** JSON Schemas of what a request may hold, for the router. */
export function requestSchema(route: Pick<ApiRoute, "path" | "query">): { params: Schema; querystring: Schema } {
  const names = pathNames(route.path);
  const required = route.query.filter((name) => queryParameters[name]!.required);
  return {
    params: {
      type: "object",
      additionalProperties: false,
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, pathParameters[name]])),
    },
    querystring: {
      type: "object",
      additionalProperties: false,
      properties: Object.fromEntries(route.query.map((name) => [name, queryParameters[name]!.schema])),
      ...(required.length > 0 && { required }),
    },
  };
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/:([a-z]+)/g)].map(([, name]) => name!);
}

/** JSON Schemas of the answers, by name. */
export function readAnswerSchemas(): Record<string, Schema> {
  return JSON.parse(readFileSync(new URL("./openapi.schemas.json", import.meta.url), "utf8")) as Record<string, Schema>;
}

const problemAnswer = {
  description: "A problem (RFC 9457)",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
const headers = { etag: { schema: { type: "string" }, description: "Send it back as If-None-Match" } };
const notModified = { description: "You have it already" };

/** The description of the API (OpenAPI 3.1), made of the same table as its routes. */
export function describeApi(routes: ApiRoute[], title: string): Schema {
  const paths = routes.map((route) => [
    template(route.path),
    {
      get: {
        operationId: route.id,
        summary: route.summary,
        parameters: parametersOf(route),
        responses: {
          200: {
            description: "Found",
            headers,
            content: { "application/json": { schema: { $ref: `#/components/schemas/${route.answer}` } } },
          },
          304: notModified,
          "4XX": problemAnswer,
        },
      },
    },
  ]);
  const csv = {
    get: {
      operationId: "downloadItems",
      summary: "All items of an edition as CSV (RFC 4180)",
      parameters: parametersOf({ path: "/classifiers/:name/items.csv", query: ["edition"] }),
      responses: {
        200: { description: "Found", headers, content: { "text/csv": { schema: { type: "string" } } } },
        304: notModified,
        "4XX": problemAnswer,
      },
    },
  };
  return {
    openapi: "3.1.0",
    info: { title, version: "1", description: "Classifiers, working calendars and posts. Open to everyone, no key is needed." },
    servers: [{ url: API }],
    paths: Object.fromEntries([...paths, [template("/classifiers/:name/items.csv"), csv]]),
    components: { schemas: readAnswerSchemas() },
  };
}

function template(path: string): string {
  return path.replace(/:([a-z]+)/g, "{$1}");
}

function parametersOf({ path, query }: Pick<ApiRoute, "path" | "query">): Schema[] {
  const inPath = pathNames(path).map((name) => ({ name, in: "path", required: true, schema: pathParameters[name] }));
  const inQuery = query.map((name) => {
    const { schema, description, required } = queryParameters[name]!;
    return { name, in: "query", ...(required && { required }), description, schema };
  });
  return [...inPath, ...inQuery];
}
