import { type ApiCall, describeApi, type Parameters } from "@kerege/kernel/api";
import type { JsonSchema } from "@kerege/kernel/schema";
import { API, type RegisterApi } from "./api-register.ts";
import { listSchemas, registerSchemas } from "./openapi-schemas.ts";

/** How one shows who one is. */
const security: Record<string, JsonSchema> = {
  client: { type: "http", scheme: "bearer", description: "Secret of a system of a body" },
  desk: { type: "apiKey", in: "cookie", name: "desk", description: "An official at a desk" },
  session: { type: "apiKey", in: "cookie", name: "session", description: "A person about himself or herself" },
};

const register: JsonSchema = { type: "string", pattern: "^[a-z][a-z0-9_]{0,62}$" };

export const listParameters: Parameters = {
  path: { register, id: { type: "string", format: "uuid" } },
  query: {
    after: { schema: { type: "string", format: "uuid" }, description: "The `next` of the page before" },
    limit: { schema: { type: "string", pattern: "^[1-9][0-9]{0,2}$" }, description: "Most of a page, 20 when left out" },
  },
};

/** The calls that are not about the records of one register, below `/api`. */
export const listCalls = {
  registers: {
    id: "listRegisters",
    path: "/registers/v1",
    summary: "All registers: owner, law, and where to go on",
    query: [],
    answer: "Heads",
  },
  register: {
    id: "readRegister",
    path: "/registers/v1/:register",
    summary: "What a register holds: fields with their classes, events, searches, and who may read what about whom",
    query: [],
    answer: "Register",
  },
  reads: {
    id: "listMyReads",
    path: "/me/reads",
    summary: "Who read about the person who is signed in, newest first, and the public rules by which some of it is shown later",
    query: ["after", "limit"],
    answer: "Reads",
    validated: false,
  },
  proof: {
    id: "readMyProof",
    path: "/me/reads/:id/proof",
    summary: "Proof that a read about the person stands in the log of the state: a file that is checked without this server",
    query: [],
    answer: "Proof",
    validated: false,
  },
} satisfies Record<string, ApiCall>;

/** OpenAPI 3.1 of all registers together. */
export function describeRegisters(): JsonSchema {
  return describeApi({
    base: "/api",
    title: "Registers",
    description: `What the state knows. Each register has a description of its own at ${API}/{register}/openapi.json.`,
    calls: Object.values(listCalls),
    parameters: listParameters,
    schemas: listSchemas,
    security,
  });
}

/** OpenAPI 3.1 of one register, made of its declaration. */
export function describeRegister({ register, calls, parameters }: RegisterApi): JsonSchema {
  const { declared } = register.expanded;
  return describeApi({
    base: `${API}/${declared.register}`,
    title: declared.title.en,
    description: `${declared.about?.en ?? declared.title.en} Every reading names its ground and is written; what no ground allows is denied.`,
    calls,
    parameters,
    schemas: registerSchemas(register),
    security,
  });
}
