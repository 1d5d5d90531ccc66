import type { Actor } from "@kerege/kernel/actor";
import { type ApiCall, describeApi, type Parameters } from "@kerege/kernel/api";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { compileSchema, type JsonSchema } from "@kerege/kernel/schema";
import { daySchema } from "./api-values.ts";
import type { ConsentRequest, RegistryDoor } from "./door.ts";

const API = "/api/consents/v1";
const askBody: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["subject", "ground"],
  properties: {
    subject: { type: "string", pattern: "^[0-9]{6,20}$", description: "Personal number of the one who is asked" },
    ground: { type: "string", pattern: "^[a-z][a-z0-9-]{1,60}$", description: "Declared ground that needs consent" },
    until: { ...daySchema, description: "First day without it; no end where it is left out" },
  },
};
const parameters: Parameters = { path: { id: { type: "string", format: "uuid" } }, query: {} };
const calls = {
  ask: {
    id: "askConsent",
    method: "POST",
    path: "/requests",
    summary: "Asks a person to agree; the person answers in the cabinet. Asked again while it is open it is the same request",
    query: [],
    body: { "application/json": askBody },
    answer: "ConsentRequest",
    success: { 201: "What was asked" },
  },
  read: {
    id: "readConsentRequest",
    path: "/requests/:id",
    summary: "What became of a request of this system. Whether a number is anybody’s is never told",
    query: [],
    answer: "ConsentRequest",
    validated: false,
  },
} satisfies Record<string, ApiCall>;
const requestSchema: JsonSchema = {
  type: "object",
  additionalProperties: false,
  required: ["id", "ground", "askedAt", "until", "state"],
  properties: {
    id: { type: "string", format: "uuid" },
    ground: { type: "string" },
    askedAt: { type: "string", format: "date-time" },
    until: { anyOf: [daySchema, { type: "null" }] },
    state: {
      enum: ["open", "agreed", "declined", "withdrawn", "over"],
      description: "`withdrawn`: agreed and taken back since, nothing is read any more; `over`: the day has come",
    },
  },
};

/** By which systems of bodies ask people to agree (M-A21). */
export function consentRoutes(app: App, door: RegistryDoor): void {
  const check = compileSchema(askBody);
  const systemOf = async (request: Request): Promise<Actor> => {
    const actor = await app.askers.need(request);
    // A person agrees on the page, and an official asks for nothing here.
    if (actor.kind !== "system") throw kernelProblem("not-found");
    return actor;
  };

  app.get(`${API}/openapi.json`, async (_request, reply) => {
    reply.header("cache-control", "public, max-age=300");
    return describeApi({
      base: API,
      title: "Consents",
      description:
        "A system of a body, or of a partner with an agreement, asks a person to agree that it reads under a declared ground.",
      calls: Object.values(calls),
      parameters,
      schemas: { ConsentRequest: requestSchema },
      security: { client: { type: "http", scheme: "bearer", description: "Secret or access token of a system" } },
    });
  });

  app.post(`${API}/requests`, async (request, reply) => {
    const actor = await systemOf(request);
    const [fault] = check(request.body);
    if (fault)
      throw kernelProblem("invalid-input", { fields: [{ pointer: `/${fault.path.join("/")}`, key: "kernel.fields.wrong" }] });
    const asked = await door.askConsent(actor, request.body as { subject: string; ground: string; until?: string });
    return reply.code(201).header("cache-control", "private, no-store").send(toJson(asked));
  });

  app.get(`${API}/requests/:id`, async (request, reply) => {
    const actor = await systemOf(request);
    const found = await door.consentRequest(actor, (request.params as { id: string }).id);
    return reply.header("cache-control", "private, no-store").send(toJson(found));
  });
}

function toJson({ id, ground, askedAt, until, state }: ConsentRequest) {
  return { id, ground, askedAt: askedAt.toISOString(), until, state };
}
