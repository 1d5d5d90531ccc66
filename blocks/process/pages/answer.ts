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
  const bytes = Buffer.from(renderPage(page));
  reply.header("cache-control", "private, no-store").type("text/html; charset=utf-8");
  if (bytes.length < SMALLEST || !(request.headers["accept-encoding"] ?? "").includes("gzip")) return reply.send(bytes);
  return reply
    .header("content-encoding", "gzip")
    .header("vary", "cookie, accept-encoding")
    .send(gzipSync(bytes, { level: GZIP_LEVEL }));
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

/** @throws {Problem} `kernel.not-found` in a language that is not offered */
export function checkLanguage(request: Request, offered: Language[]): void {
  if (param(request, "language") !== languageOf(request, offered)) throw kernelProblem("not-found");
}
