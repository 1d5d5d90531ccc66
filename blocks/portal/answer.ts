import { createHash } from "node:crypto";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type { Reply, Request } from "@kerege/kernel/http";
import { renderPage } from "@kerege/kernel/page";
import type { VNode } from "preact";

// A page is sent once and not kept: a higher level takes longer than the bytes it saves are worth. Most pages have less than 8 KB and
// shrink to less than 4: a window and tables of that size are made faster than the larger ones they would not fill.
const QUICK = { level: 1, windowBits: 13, memLevel: 6, chunkSize: 4096 };
const SMALLEST = 1024;

/** Sends a page made for one person: never kept by anything on the way. */
export function sendPage(request: Request, reply: Reply, page: VNode): Reply {
  const html = Buffer.from(renderPage(page));
  reply.header("cache-control", "private, no-store").type("text/html; charset=utf-8");
  if (html.length < SMALLEST || !accepts(request, "gzip")) return reply.send(html);
  return reply.header("content-encoding", "gzip").header("vary", "accept-encoding").send(gzipSync(html, QUICK));
}

interface Kept {
  identity: Buffer;
  br: Buffer;
  gzip: Buffer;
  etag: string;
}

const MOST_KEPT = 2000;

/**
 * Pages that are the same for everyone who is not signed in are drawn and packed once for each address, language and set of
 * switches. `edition` changes when what they show changes (another day, another set of packs).
 */
export function createPublicPages() {
  const pages = new Map<string, Kept>();
  return (request: Request, reply: Reply, given: { key: string; draw: () => VNode }): Reply => {
    let page = pages.get(given.key);
    if (!page) {
      const identity = Buffer.from(renderPage(given.draw()));
      page = {
        identity,
        br: brotliCompressSync(identity, {
          params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT },
        }),
        gzip: gzipSync(identity, { level: 9 }),
        etag: `"${createHash("sha256").update(identity).digest("base64url").slice(0, 22)}"`,
      };
      // The oldest goes first: a map keeps the order in which keys came.
      if (pages.size >= MOST_KEPT) pages.delete(pages.keys().next().value as string);
      pages.set(given.key, page);
    }
    reply.header("cache-control", "private, no-cache").header("vary", "cookie, accept-encoding").header("etag", page.etag);
    if (request.headers["if-none-match"] === page.etag) return reply.code(304).send();
    reply.type("text/html; charset=utf-8");
    if (accepts(request, "br")) return reply.header("content-encoding", "br").send(page.br);
    if (accepts(request, "gzip")) return reply.header("content-encoding", "gzip").send(page.gzip);
    return reply.send(page.identity);
  };
}

export type PublicPages = ReturnType<typeof createPublicPages>;

function accepts(request: Request, encoding: "br" | "gzip"): boolean {
  return (request.headers["accept-encoding"] ?? "").includes(encoding);
}
