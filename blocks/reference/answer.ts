import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Reply, Request } from "@kerege/kernel/http";

// What is sent is made anew each time: a higher level takes longer than the bytes it saves are worth.
const GZIP_LEVEL = 1;
const SMALLEST = 1024;

export interface Answer {
  type: string;
  content: string;
  /** May anything on the way keep it: lists may, pages depend on the cookies of switches. */
  shared: boolean;
}

/** Sends what is the same for everyone, with a validator; who has it already gets 304 (RFC 9110, 13.1.2). */
export function sendPublic(request: Request, reply: Reply, { type, content, shared }: Answer): Reply {
  const etag = `"${createHash("sha256").update(content).digest("base64url").slice(0, 22)}"`;
  reply
    .header("cache-control", shared ? "public, max-age=300" : "private, no-cache")
    .header("vary", shared ? "accept-encoding" : "cookie, accept-encoding")
    .header("etag", etag);
  if (matches(request.headers["if-none-match"], etag)) return reply.code(304).send();
  reply.type(type);
  const bytes = Buffer.from(content);
  if (bytes.length < SMALLEST || !(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(bytes);
  return reply.header("content-encoding", "gzip").send(gzipSync(bytes, { level: GZIP_LEVEL }));
}

/** If-None-Match is compared weakly: `W/` does not count. */
function matches(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((one) => one.trim().replace(/^W\//, "") === etag);
}
