import { createHash } from "node:crypto";
import type { App, Reply, Request } from "@kerege/kernel/http";
import type { Trust } from "./trust.ts";

const PUBLIC = "public, max-age=300";

/** What anyone may fetch to check our signatures without us. */
export function addRoutes(app: App, trust: Trust): void {
  app.get("/trust/anchors.pem", (request, reply) => {
    reply.header("content-disposition", 'attachment; filename="anchors.pem"');
    return sendPublic(request, reply.type("application/x-pem-file"), trust.anchors());
  });
}

export function sendPublic(request: Request, reply: Reply, content: string | Buffer): Reply {
  const tag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  reply.header("cache-control", PUBLIC).header("etag", tag);
  return request.headers["if-none-match"] === tag ? reply.code(304).send() : reply.send(content);
}
