import { type Bound, bounded } from "@kerege/kernel/bound";
import type { App, Reply, Request } from "@kerege/kernel/http";
import { kernelProblem } from "@kerege/kernel/problem";
import { sendPublic } from "../routes.ts";
import { decodePath } from "./ocsp.ts";
import type { Pki } from "./pki.ts";

/** A request names a few certificates or one digest: more than this is none. */
const MOST_BYTES = 8192;
const OCSP_REQUEST = "application/ocsp-request";
const STAMP_REQUEST = "application/timestamp-query";

type Listed = { Params: { list: string } };

/** What checkers all over the world ask for: lists, certificates of authorities, statuses and time stamps. Open to all. */
export async function addPkiRoutes(app: App, pki: Pki, bounds: { status: Bound; stamp: Bound }): Promise<void> {
  app.get<Listed>("/trust/crl/:list", async (request, reply) => {
    const name = /^([a-z0-9-]{1,80})\.crl$/.exec(request.params.list)?.[1];
    const list = name === undefined ? undefined : await pki.lists.list(name);
    if (!list) throw kernelProblem("not-found");
    return sendPublic(request, reply.type("application/pkix-crl"), list);
  });
  app.get<{ Params: { file: string } }>("/trust/authorities/:file", async (request, reply) => {
    const name = /^([a-z0-9-]{1,64})\.cer$/.exec(request.params.file)?.[1];
    const certificate = name === undefined ? undefined : pki.authorityCertificate(name);
    if (!certificate) throw kernelProblem("not-found");
    return sendPublic(request, reply.type("application/pkix-cert"), certificate.der);
  });
  const lists = [
    ["/trust/list.xml", "application/vnd.etsi.tsl+xml", "xml"],
    ["/trust/list.jws", "application/jose", "jws"],
  ] as const;
  for (const [path, type, form] of lists) {
    app.get(path, async (request, reply) => {
      const list = await pki.services.trustedList();
      if (!list) throw kernelProblem("not-found");
      return sendPublic(request, reply.type(type), list[form]);
    });
  }
  // RFC 6960, appendix A.1: the request in the path, Base64 and percent-encoded. Base64 has slashes, so all that follows is taken.
  app.get("/trust/ocsp/*", bounded(bounds.status), async (request, reply) => {
    const bytes = decodePath(request.url.slice("/trust/ocsp/".length));
    return answerStatus(reply, bytes ?? Buffer.alloc(0), "GET");
  });
  // In a scope of its own: only here is the body of a request taken as bytes.
  await app.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    for (const type of [OCSP_REQUEST, STAMP_REQUEST])
      scope.addContentTypeParser(type, { parseAs: "buffer", bodyLimit: MOST_BYTES }, (_request, body, done) => done(null, body));
    scope.post("/trust/ocsp", bounded(bounds.status), async (request, reply) =>
      answerStatus(reply, bodyOf(request, OCSP_REQUEST), "POST"),
    );
    scope.post("/trust/tsa", bounded(bounds.stamp), async (request, reply) =>
      reply
        .type("application/timestamp-reply")
        .header("cache-control", "no-store")
        .send(pki.stamper().answer(bodyOf(request, STAMP_REQUEST))),
    );
  });

  async function answerStatus(reply: Reply, bytes: Buffer, method: "GET" | "POST"): Promise<Reply> {
    const { der, seconds } = await pki.status.answer(bytes);
    // RFC 5019, 6.2: an answer without a nonce, asked by GET, may be kept on the way.
    const kept = method === "GET" && seconds > 0 ? `public, max-age=${seconds}, no-transform, must-revalidate` : "no-store";
    return reply.type("application/ocsp-response").header("cache-control", kept).send(der);
  }
}

function bodyOf(request: Request, type: string): Buffer {
  const given = (request.headers["content-type"] ?? "").split(";")[0]!.trim().toLowerCase();
  if (given !== type || !Buffer.isBuffer(request.body)) throw kernelProblem("unsupported-media-type");
  return request.body;
}
