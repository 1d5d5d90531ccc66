import { wholeSubjectOf } from "@kerege/kernel/actor";
import { querySchema, sendPublic } from "@kerege/kernel/api";
import type { App, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { compileSchema } from "@kerege/kernel/schema";
import type { Asking } from "./api-asking.ts";
import { headOf, metadataOf } from "./api-metadata.ts";
import { API } from "./api-register.ts";
import type { ReadEntry } from "./door.ts";
import { describeRegister, describeRegisters, listCalls, listParameters } from "./openapi.ts";
import type { Published } from "./registers.ts";

/** What all may know of the registers, and what a person may know of who read about him. */
export function listRoutes(app: App, asking: Asking): void {
  const { door, published, apiOf } = asking;
  // Declarations stand still while the server runs.
  const texts = new Map<string, string>();
  const open = (path: string, make: (request: Request) => unknown) =>
    app.get(path, async (request, reply) => {
      const key = request.url.split("?", 1)[0]!;
      const content = texts.get(key) ?? JSON.stringify(make(request));
      texts.set(key, content);
      return sendPublic(request, reply, { type: "application/json; charset=utf-8", content, shared: true });
    });

  open(API, () => ({ registers: published.registers.map(headOf) }));
  open(`${API}/openapi.json`, describeRegisters);
  open(`${API}/:register`, (request) => metadataOf(published, (request.params as { register: string }).register));
  open(`${API}/:register/openapi.json`, (request) => describeRegister(apiOf(request)));

  const personOf = async (request: Request) => {
    const actor = await app.askers.need(request);
    // What was read about an official or a system is nobody's own.
    if (actor.kind !== "person") throw kernelProblem("sign-in-needed");
    return actor;
  };
  const check = compileSchema(querySchema(listCalls.reads.query, listParameters));

  app.get("/api/me/reads", async (request, reply) => {
    const actor = await personOf(request);
    const [fault] = check(request.query);
    if (fault)
      throw kernelProblem("invalid-input", { fields: [{ pointer: `/${fault.path.join("/")}`, key: "kernel.fields.wrong" }] });
    const { after, limit } = request.query as { after?: string; limit?: string };
    const page = await door.readsAbout(actor, {
      pin: wholeSubjectOf(actor),
      ...(after !== undefined && { after }),
      ...(limit !== undefined && { limit: Number(limit) }),
    });
    reply.header("cache-control", "private, no-store");
    return {
      reads: page.rows.map((entry) => readJson(published, entry)),
      deferrals: door.deferrals(),
      ...(page.next !== undefined && { next: page.next }),
    };
  });
}

/** A read with its register, fields, purpose and law by their names. */
function readJson({ registers, grounds }: Published, entry: ReadEntry) {
  const { id, at, reader, register: name, fields, ground: on, case: of, service, found, reason } = entry;
  const register = registers.find((one) => one.register === name);
  const ground = grounds.find((one) => one.ground === on);
  const unnamed = (text: string) => ({ ky: text, ru: text, kk: text, en: text });
  const who =
    reader.kind === "person"
      ? { kind: reader.kind }
      : reader.kind === "official"
        ? { kind: reader.kind, body: reader.body, post: reader.post }
        : { kind: reader.kind, body: reader.body, name: reader.name };
  return {
    id,
    at: at.toISOString(),
    reader: who,
    register: { name, title: register?.title ?? unnamed(name) },
    fields: fields.map((field) => ({ name: field, title: register?.fields[field]?.title ?? unnamed(field) })),
    ground: { name: on, ...(ground && { title: ground.title, purpose: ground.purpose, law: ground.law }) },
    case: of,
    service,
    found,
    reason,
  };
}
