import type { App, Request } from "@kerege/kernel/http";
import { languageOf } from "@kerege/kernel/http";
import type { Language, Texts } from "@kerege/kernel/locale";
import { kernelProblem } from "@kerege/kernel/problem";
import type { Asking } from "./api-asking.ts";
import { importTypes } from "./api-calls.ts";
import { API, type Query } from "./api-register.ts";
import type { GroundDocument } from "./door.ts";
import type { ImportLine, ImportState } from "./door-writing.ts";
import { MOST_XLSX_BYTES } from "./import-xlsx.ts";
import { problem } from "./problems.ts";

/** A register of seven million people as CSV has about as much. */
const MOST_BYTES = 2 * 1024 ** 3;
const LINES = 100;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Files with many records. */
export function importRoutes(app: App, asking: Asking, words: { texts: Texts; languages: Language[] }): void {
  const { door, apiOf, clerkOf } = asking;

  const answer = (request: Request, state: ImportState, lines: ImportLine[]) => ({
    import: { ...state, createdAt: state.createdAt.toISOString(), endedAt: state.endedAt?.toISOString() ?? null },
    lines: lines.map((line) => lineJson(line, { texts: words.texts, language: languageOf(request, words.languages) })),
  });
  /** An import of this very register. */
  const known = async (request: Request) => {
    const actor = await clerkOf(request);
    const { id } = request.params as { id: string };
    if (!UUID.test(id)) throw problem("unknown-import");
    const state = await door.readImport(actor, { id });
    if (state.register !== apiOf(request).register.declaration.register) throw problem("unknown-import");
    return { actor, id, state };
  };
  // Before a byte of the file is taken: who may not bring anything does not send it.
  const onRequest = async (request: Request) => void (await clerkOf(request));

  // In a scope of its own: only here is the body of a request a file that is read as it comes.
  app.register(async (scope) => {
    for (const type of Object.keys(importTypes))
      scope.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    scope.post(`${API}/:register/imports`, { onRequest }, async (request, reply) => {
      const actor = await clerkOf(request);
      const api = apiOf(request);
      const query = api.read("stageImport", request.query);
      const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase() as keyof typeof importTypes;
      const kind = importTypes[type];
      if (kind === undefined) throw kernelProblem("unsupported-media-type");
      const body = bounded(request.body as AsyncIterable<Uint8Array>, kind === "xlsx" ? MOST_XLSX_BYTES : MOST_BYTES);
      const staged = await door.stageImport(actor, {
        register: api.register.declaration.register,
        event: query.event!,
        format: kind,
        fileName: query.file ?? `import.${kind}`,
        source: body,
        document: documentOf(query),
        ...(query["valid-from"] !== undefined && { validFrom: query["valid-from"] }),
        ...(query.alike !== undefined && { alike: query.alike }),
        ...(query.ground !== undefined && { ground: query.ground }),
      });
      const { id } = staged;
      reply.header("location", `${API}/${staged.register}/imports/${id}`).header("cache-control", "private, no-store");
      if (query.preview === "true") {
        const { report, ...preview } = await door.previewImport(actor, { id });
        return reply.code(201).send({ ...answer(request, staged, report), preview });
      }
      return reply.code(202).send(answer(request, await door.runImport(actor, { id }), []));
    });
  });

  app.post(`${API}/:register/imports/:id/start`, { onRequest }, async (request, reply) => {
    const { actor, id } = await known(request);
    apiOf(request).read("startImport", request.query);
    const state = await door.runImport(actor, { id });
    return reply
      .code(202)
      .header("cache-control", "private, no-store")
      .send(answer(request, state, []));
  });

  app.get(`${API}/:register/imports/:id`, { onRequest }, async (request, reply) => {
    const { actor, id, state } = await known(request);
    const query = apiOf(request).read("readImport", request.query);
    const lines = await door.importLines(actor, {
      id,
      limit: Number(query.limit ?? LINES),
      ...(query.line !== undefined && { after: Number(query.line) }),
      ...(query.verdict !== undefined && { verdict: query.verdict as ImportLine["verdict"] }),
    });
    return reply.header("cache-control", "private, no-store").send(answer(request, state, lines));
  });

  app.post(`${API}/:register/imports/:id/lines/:line`, { onRequest }, async (request, reply) => {
    const { actor, id } = await known(request);
    const { line } = request.params as { line: string };
    const { same } = (request.body ?? {}) as { same?: unknown };
    if (typeof same !== "boolean" || Object.keys(request.body as object).length > 1)
      throw kernelProblem("invalid-input", { fields: [{ pointer: "/same", key: "kernel.fields.wrong" }] });
    if (!/^[1-9]\d{0,8}$/.test(line)) throw problem("not-found");
    await door.decideLine(actor, { id, line: Number(line), same });
    return reply.code(204).header("cache-control", "private, no-store").send();
  });
}

/** The bytes of a body, refused where there are more. */
async function* bounded(body: AsyncIterable<Uint8Array>, most: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  for await (const chunk of body) {
    bytes += chunk.length;
    if (bytes > most) throw kernelProblem("too-large");
    yield chunk;
  }
}

function documentOf(query: Query): GroundDocument {
  const { document = "", "document-kind": kind, "document-on": on } = query;
  return kind === undefined ? document : { kind, number: document, ...(on !== undefined && { on }) };
}

/** A line of the report in the reader's language. */
export function lineJson(line: ImportLine, { texts, language }: { texts: Texts; language: Language }) {
  const { code, params, faults, line: number, verdict, key, given, looksLike } = line;
  const [block, ...rest] = code.split(".");
  const title = code.startsWith("registry.import.") ? code : `${block}.problems.${rest.join(".")}.title`;
  return {
    line: number,
    verdict,
    key,
    given,
    code,
    title: texts.translate(language, title, params),
    faults: faults.map((fault) => ({ pointer: fault.pointer, detail: texts.translate(language, fault.key, fault.params) })),
    looksLike,
  };
}
