import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { languageOf, type Reply, type Request } from "@kerege/kernel/http";
import type { Language } from "@kerege/kernel/locale";
import { renderPage } from "@kerege/kernel/page";
import { kernelProblem } from "@kerege/kernel/problem";
import type { VNode } from "preact";

// Made anew each time: a higher level takes longer than the bytes it saves are worth.
const GZIP_LEVEL = 1;
const SMALLEST = 1024;

/** Sends a page made for one reader: nothing on the way keeps it. */
export function sendOwn(request: Request, reply: Reply, page: VNode): Reply {
  reply.header("cache-control", "private, no-store").type("text/html; charset=utf-8");
  return sendBytes(request, reply, Buffer.from(renderPage(page)));
}

/** Sends a page that is the same for everyone with these switches, with a validator (RFC 9110, 13.1.2). */
export function sendOpen(request: Request, reply: Reply, page: VNode): Reply {
  const bytes = Buffer.from(renderPage(page));
  const etag = `"${createHash("sha256").update(bytes).digest("base64url").slice(0, 22)}"`;
  reply.header("cache-control", "private, no-cache").header("vary", "cookie, accept-encoding").header("etag", etag);
  if (request.headers["if-none-match"] === etag) return reply.code(304).send();
  return sendBytes(request, reply.type("text/html; charset=utf-8"), bytes);
}

function sendBytes(request: Request, reply: Reply, bytes: Buffer): Reply {
  if (bytes.length < SMALLEST || !(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(bytes);
  return reply
    .header("content-encoding", "gzip")
    .header("vary", "cookie, accept-encoding")
    .send(gzipSync(bytes, { level: GZIP_LEVEL }));
}

/** Language of the address; `/xx/…` in a language that is not offered is no page. */
export function languageIn(request: Request, offered: Language[]): Language {
  const language = languageOf(request, offered);
  if ((request.params as { language: string }).language !== language) throw kernelProblem("not-found");
  return language;
}

/** One parameter of the address; what is not there is empty. */
export function param(request: Request, name: string): string {
  return (request.params as Record<string, string | undefined>)[name] ?? "";
}

/** An address with a query; what is empty is left out. */
export function withQuery(path: string, query: Record<string, string | undefined>): string {
  const given = Object.entries(query).flatMap(([name, value]) => (value ? [`${name}=${encodeURIComponent(value)}`] : []));
  return given.length === 0 ? path : `${path}?${given.join("&")}`;
}
