import { Readable } from "node:stream";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { type Asking, orSignIn, readingOf } from "./api-asking.ts";
import { API } from "./api-register.ts";
import { hasFiles } from "./content.ts";
import { dispositionOf, safeName, sentType } from "./content-look.ts";
import type { OpenedFile } from "./door-content.ts";
import { problem } from "./problems.ts";
import { instantOf } from "./routes-records.ts";

const FINGERPRINT = /^[0-9a-f]{64}$/;
/** Of any file; what its field allows is looked at while the bytes come. */
const MOST_BYTES = 200_000_000;

/** Content of files: brought before the event that names it, given out under the ground of its field. */
export function fileRoutes(app: App, asking: Asking): void {
  const { door, published, apiOf, askerOf, clerkOf, queryOf, keyIn } = asking;
  // Before a byte is taken: who may not bring anything does not send it.
  const onRequest = async (request: Request) => void (await clerkOf(request));

  // In a scope of its own: only here is the body of a request a file of any kind that is read as it comes.
  app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser("*", (_request, payload, done) => done(null, payload));
    scope.put(`${API}/:register/files/:fingerprint`, { onRequest, bodyLimit: MOST_BYTES }, async (request, reply) => {
      const actor = await clerkOf(request);
      const api = apiOf(request);
      const name = api.register.declaration.register;
      if (!hasFiles(api.register)) throw problem("unknown-field", { params: { register: name, field: "" } });
      const query = api.read("bringFile", request.query);
      const { fingerprint } = request.params as { fingerprint: string };
      const type = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
      if (type === "") throw kernelProblem("unsupported-media-type");
      if (!FINGERPRINT.test(fingerprint))
        throw kernelProblem("invalid-input", { fields: [{ pointer: "/fingerprint", key: "kernel.fields.wrong" }] });
      const kept = await door.keepFile(actor, {
        register: name,
        field: query.field!,
        type,
        source: request.body as AsyncIterable<Uint8Array>,
        sha256: fingerprint,
      });
      return reply.code(201).header("cache-control", "private, no-store").send(kept);
    });
  });

  app.get(`${API}/:register/records/:record/files/:field`, async (request, reply) => {
    const api = apiOf(request);
    const asker = await askerOf(request);
    // Who may not read the record at all hears that, and not which files there are.
    const query = queryOf(request, api, hasFiles(api.register) ? "readFile" : "readRecord");
    const { field } = request.params as { field: string };
    const key = keyIn(request, api, asker);
    const knownAt = query["known-at"];
    const { fields: _, ...reading } = readingOf(published, api, { query, asker });
    const file = await orSignIn(asker, () =>
      door.openFile(asker.actor, {
        ...reading,
        key,
        field,
        ...(query.on !== undefined && { trueOn: query.on }),
        ...(knownAt !== undefined && { knownAt: instantOf(knownAt) }),
      }),
    );
    if (!file) throw problem("not-found");
    return sendFile(reply, file);
  });
}

export function sendFile(reply: Reply, file: OpenedFile): Reply {
  return reply.headers(headersOf(file)).send(Readable.from(file.content()));
}

/** It is saved and never shown: not guessed at, not run, not put into a page of anyone. */
function headersOf(file: OpenedFile): Record<string, string | number> {
  return {
    "content-type": sentType(file.type),
    "content-length": file.size,
    "content-disposition": dispositionOf(safeName(file.name, file.type)),
    "content-security-policy": "default-src 'none'; sandbox",
    "x-content-type-options": "nosniff",
    "cross-origin-resource-policy": "same-origin",
    "cache-control": "private, no-store",
    "repr-digest": `sha-256=:${Buffer.from(file.sha256, "hex").toString("base64")}:`,
  };
}
