import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { JsonSchema } from "./schema.ts";

/** A parameter of the query or a header of a request. Both come as text: the schema is one of a string. */
export interface Parameter {
  schema: JsonSchema;
  description: string;
  required?: boolean;
}

/** Everything a request may be asked with, by name. */
export interface Parameters {
  query: Record<string, Parameter>;
  path: Record<string, JsonSchema>;
  header?: Record<string, Parameter>;
}

/** One call of an API. Routes and the description are made of the same table, so that they cannot part. */
export interface ApiCall {
  /** `operationId`. */
  id: string;
  method?: "GET" | "POST" | "PUT";
  /** Below the base, with `:name` for a parameter. */
  path: string;
  summary: string;
  /** Names of parameters of the query and of headers. */
  query: string[];
  headers?: string[];
  /** Schemas of what may be sent, by media type. */
  body?: Record<string, JsonSchema>;
  /** Name of the schema of the answer in JSON; none where it is of another kind. */
  answer?: string;
  /** Schemas of answers that are not JSON, by media type. */
  content?: Record<string, JsonSchema>;
  /** Statuses of success with what each means; 200 when left out. */
  success?: Record<number, string>;
  /** Answers carry a validator, and who has them already gets 304. True for reading when left out. */
  validated?: boolean;
}

export interface ApiDescription {
  /** Address of the API. */
  base: string;
  title: string;
  description: string;
  calls: ApiCall[];
  parameters: Parameters;
  /** Schemas of the answers, by name. */
  schemas: Record<string, JsonSchema>;
  /** Security schemes by name; each call may be made with any of them, or with none. */
  security?: Record<string, JsonSchema>;
}

/** JSON Schemas of what a request may hold, for the router. */
export function requestSchema(
  call: Pick<ApiCall, "path" | "query">,
  parameters: Parameters,
): { params: JsonSchema; querystring: JsonSchema } {
  const names = pathNames(call.path);
  return {
    params: {
      type: "object",
      additionalProperties: false,
      required: names,
      properties: Object.fromEntries(names.map((name) => [name, parameters.path[name]])),
    },
    querystring: querySchema(call.query, parameters),
  };
}

/** A closed schema of a query with these parameters. */
export function querySchema(names: string[], { query }: Pick<Parameters, "query">): JsonSchema {
  const required = names.filter((name) => query[name]!.required);
  return {
    type: "object",
    additionalProperties: false,
    properties: Object.fromEntries(names.map((name) => [name, query[name]!.schema])),
    ...(required.length > 0 && { required }),
  };
}

const problemAnswer = {
  description: "A problem (RFC 9457)",
  content: { "application/problem+json": { schema: { $ref: "#/components/schemas/Problem" } } },
};
const etag = { schema: { type: "string" }, description: "Send it back as If-None-Match" };

/** The description of an API as OpenAPI 3.1. */
export function describeApi(api: ApiDescription): JsonSchema {
  const paths: Record<string, JsonSchema> = {};
  for (const call of api.calls) {
    const path = template(call.path);
    paths[path] = { ...paths[path], [(call.method ?? "GET").toLowerCase()]: describeCall(call, api.parameters) };
  }
  const { security } = api;
  return {
    openapi: "3.1.0",
    info: { title: api.title, version: "1", description: api.description },
    servers: [{ url: api.base }],
    paths,
    components: { schemas: { ...api.schemas, Problem: problemSchema }, ...(security && { securitySchemes: security }) },
    ...(security && { security: [{}, ...Object.keys(security).map((name) => ({ [name]: [] }))] }),
  };
}

function describeCall(call: ApiCall, parameters: Parameters): JsonSchema {
  const json = call.answer && { "application/json": { schema: { $ref: `#/components/schemas/${call.answer}` } } };
  const others = Object.entries(call.content ?? {}).map(([type, schema]) => [type, { schema }]);
  const content = { ...json, ...Object.fromEntries(others) };
  const validated = call.validated ?? (call.method ?? "GET") === "GET";
  const found = (description: string) => ({ description, ...(validated && { headers: { etag } }), content });
  const body = Object.entries(call.body ?? {}).map(([type, schema]) => [type, { schema }]);
  return {
    operationId: call.id,
    summary: call.summary,
    parameters: parametersOf(call, parameters),
    ...(call.body && { requestBody: { required: true, content: Object.fromEntries(body) } }),
    responses: {
      ...Object.fromEntries(
        Object.entries(call.success ?? { 200: "Found" }).map(([status, description]) => [status, found(description)]),
      ),
      ...(validated && { 304: { description: "You have it already" } }),
      "4XX": problemAnswer,
    },
  };
}

function parametersOf({ path, query, headers = [] }: ApiCall, parameters: Parameters): JsonSchema[] {
  const inPath = pathNames(path).map((name) => ({ name, in: "path", required: true, schema: parameters.path[name] }));
  const named = (at: "query" | "header", name: string) => {
    const { schema, description, required } = parameters[at]![name]!;
    return { name, in: at, ...(required && { required }), description, schema };
  };
  return [...inPath, ...query.map((name) => named("query", name)), ...headers.map((name) => named("header", name))];
}

function pathNames(path: string): string[] {
  return [...path.matchAll(/:([a-z]+)/g)].map(([, name]) => name!);
}

function template(path: string): string {
  return path.replace(/:([a-z]+)/g, "{$1}");
}

/** A problem as the server writes it (RFC 9457). */
const problemSchema: JsonSchema = {
  type: "object",
  required: ["type", "title", "status", "detail", "code"],
  properties: {
    type: { type: "string" },
    title: { type: "string" },
    status: { type: "integer" },
    detail: { type: "string" },
    code: { type: "string", description: "Stable for ever" },
    fields: {
      type: "array",
      items: {
        type: "object",
        additionalProperties: false,
        required: ["pointer", "detail"],
        properties: { pointer: { type: "string", description: "JSON Pointer (RFC 6901)" }, detail: { type: "string" } },
      },
    },
  },
};

// What is sent is made anew each time: a higher level takes longer than the bytes it saves are worth.
const GZIP_LEVEL = 1;
const SMALLEST = 1024;

export interface Answer {
  type: string;
  content: string;
  /** May anything on the way keep it: lists may, pages depend on the cookies of switches. */
  shared: boolean;
  /** Headers, besides `accept-encoding`, that the answer depends on where it is shared. */
  vary?: string;
}

/** Sends what is the same for everyone, with a validator; who has it already gets 304 (RFC 9110, 13.1.2). */
export function sendPublic(request: FastifyRequest, reply: FastifyReply, { type, content, shared, vary }: Answer): FastifyReply {
  const tag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  reply
    .header("cache-control", shared ? "public, max-age=300" : "private, no-cache")
    .header("vary", shared ? [vary, "accept-encoding"].filter(Boolean).join(", ") : "cookie, accept-encoding")
    .header("etag", tag);
  if (matchesTag(request.headers["if-none-match"], tag)) return reply.code(304).send();
  reply.type(type);
  const bytes = Buffer.from(content);
  if (bytes.length < SMALLEST || !(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(bytes);
  return reply.header("content-encoding", "gzip").send(gzipSync(bytes, { level: GZIP_LEVEL }));
}

/** If-None-Match is compared weakly: `W/` does not count. */
export function matchesTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === tag);
}
