import { type ApiCall, describeApi, type Parameters, querySchema } from "@kerege/kernel/api";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { compileSchema, type JsonSchema } from "@kerege/kernel/schema";
import type { RegistryDoor } from "./door.ts";
import type { Alarm } from "./door-alarm.ts";

const API = "/api/alarms/v1";

const parameters: Parameters = {
  path: { id: { type: "string", format: "uuid" } },
  query: {
    state: { schema: { enum: ["open", "acknowledged"] }, description: "`open` when left out: those nobody has looked at" },
    after: { schema: { type: "string", minLength: 1, maxLength: 200 }, description: "The `next` of the page before" },
    limit: { schema: { type: "string", pattern: "^[1-9][0-9]?$" }, description: "Most of a page, 20 when left out" },
  },
};
const calls = {
  list: {
    id: "listAlarms",
    path: "",
    summary: "Alarms of the registers of this body, newest first. Somebody at a desk says what came of each, never a program",
    query: ["state", "after", "limit"],
    answer: "Alarms",
    validated: false,
  },
  read: {
    id: "readAlarm",
    path: "/:id",
    summary: "One alarm of a register of this body",
    query: [],
    answer: "Alarm",
    validated: false,
  },
} satisfies Record<string, ApiCall>;

const text: JsonSchema = { type: "string" };
const instant: JsonSchema = { type: "string", format: "date-time" };
const maybe = (schema: JsonSchema): JsonSchema => ({ anyOf: [schema, { type: "null" }] });
const closed = (properties: Record<string, JsonSchema>, optional: string[] = []): JsonSchema => ({
  type: "object",
  additionalProperties: false,
  required: Object.keys(properties).filter((name) => !optional.includes(name)),
  properties,
});

const schemas: Record<string, JsonSchema> = {
  Alarm: closed({
    id: { type: "string", format: "uuid" },
    kind: {
      enum: ["bulk-read", "glass-broken", "tampered"],
      description: "Very many reads in a day; a read for danger to life; what is held is not what was logged",
    },
    at: instant,
    register: text,
    keys: { type: "array", items: text, description: "Records read; a search that found nothing stands as `?` with its name" },
    ground: maybe(text),
    reason: maybe(text),
    reader: closed({ kind: { enum: ["person", "official", "system"] }, body: text, post: text, name: text }, [
      "body",
      "post",
      "name",
    ]),
    reads: maybe(
      closed({
        subjects: { type: "integer" },
        bound: { type: "integer" },
        day: { type: "string", format: "date" },
        refused: { type: "boolean" },
      }),
    ),
    differs: maybe(closed({ version: maybe({ type: "integer" }), read: maybe(text) })),
    acknowledged: maybe(closed({ at: instant, remark: text })),
  }),
  Alarms: closed({ alarms: { type: "array", items: { $ref: "#/components/schemas/Alarm" } }, next: text }, ["next"]),
};

/** By which a system of a body sees alarms come, to tell whoever is on duty. */
export function alarmRoutes(app: App, door: RegistryDoor): void {
  const check = compileSchema(querySchema(calls.list.query, parameters));
  const systemOf = async (request: Request) => {
    const actor = await app.askers.need(request);
    // Officials have their desk, where it is seen that somebody looked.
    if (actor.kind !== "system") throw kernelProblem("not-found");
    return actor;
  };

  app.get(`${API}/openapi.json`, async (_request, reply) => {
    reply.header("cache-control", "public, max-age=300");
    return describeApi({
      base: API,
      title: "Alarms",
      description: "What a body must look at in its registers.",
      calls: Object.values(calls),
      parameters,
      schemas,
      security: { client: { type: "http", scheme: "bearer", description: "Secret or access token of a system of a body" } },
    });
  });

  app.get(API, async (request, reply) => {
    const actor = await systemOf(request);
    const [fault] = check(request.query);
    if (fault)
      throw kernelProblem("invalid-input", { fields: [{ pointer: `/${fault.path.join("/")}`, key: "kernel.fields.wrong" }] });
    const { state, after, limit } = request.query as { state?: string; after?: string; limit?: string };
    const page = await door.alarms(actor, {
      acknowledged: state === "acknowledged",
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit: Number(limit) }),
    });
    reply.header("cache-control", "private, no-store");
    return { alarms: page.rows.map(alarmJson), ...(page.next !== undefined && { next: page.next }) };
  });

  app.get(`${API}/:id`, async (request, reply) => {
    const actor = await systemOf(request);
    const alarm = await door.readAlarm(actor, request.params as { id: string });
    return reply.header("cache-control", "private, no-store").send(alarmJson(alarm));
  });
}

/** Who of the people at a post it was, and who looked, is for the desk. */
function alarmJson({ id, kind, at, register, keys, ground, reason, reader, reads, differs, acknowledged }: Alarm) {
  const who =
    reader.kind === "person"
      ? { kind: reader.kind }
      : reader.kind === "official"
        ? { kind: reader.kind, body: reader.body, post: reader.post }
        : { kind: reader.kind, body: reader.body, name: reader.name };
  return {
    ...{ id, kind, at: at.toISOString(), register, keys, ground, reason, reader: who, reads, differs },
    acknowledged: acknowledged && { at: acknowledged.at.toISOString(), remark: acknowledged.remark },
  };
}
