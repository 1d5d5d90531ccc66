import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";
import type * as Esbuild from "esbuild";
import type { FastifyInstance } from "fastify";
import { setAssetUrls } from "./asset-urls.ts";

const require = createRequire(import.meta.url);
const { version } = require("esbuild/package.json") as { version: string };

/** One file for the browser, packed beforehand. Its name holds its hash, so it may be kept for ever. */
export interface Asset {
  url: string;
  type: string;
  identity: Buffer;
  br: Buffer;
  gzip: Buffer;
}

const COLOURS: Record<string, string> = {
  ink: "--ink",
  lapis: "--lapis",
  lapisDark: "--lapis-dark",
  felt: "--felt",
  steppe: "--steppe",
  straw: "--straw",
  snow: "--snow",
  line: "--line",
  focus: "--focus",
};

/** Makes the style, the script and the mark; a country's colours are laid over ours. The result is kept in `cacheFolder`. */
export function compileAssets(given: { colours?: Record<string, string>; cacheFolder: string }): Asset[] {
  const here = (file: string) => readFileSync(new URL(file, import.meta.url), "utf8");
  const colours = Object.entries(given.colours ?? {})
    .map(([name, value]) => `${COLOURS[name]}:${value};`)
    .join("");
  const css = here("./style/page.css") + (colours ? `:root{${colours}}` : "");
  const sources = [
    { name: "page.css", type: "text/css; charset=utf-8", text: css, loader: "css" as const },
    { name: "page.js", type: "text/javascript; charset=utf-8", text: here("./islands/page.js"), loader: "js" as const },
    { name: "icon.svg", type: "image/svg+xml", text: here("./style/icon.svg"), loader: undefined },
  ];
  return sources.map((source) => pack(source, given.cacheFolder));
}

function pack(source: { name: string; type: string; text: string; loader?: "css" | "js" }, cacheFolder: string): Asset {
  const hash = createHash("sha256").update(version).update(source.text).digest("base64url").slice(0, 12);
  const [base, extension] = source.name.split(".") as [string, string];
  const url = `/assets/${base}-${hash}.${extension}`;
  const file = path.join(cacheFolder, `${base}-${hash}.${extension}`);
  const identity = kept(file, () => Buffer.from(source.loader ? minify(source.text, source.loader) : source.text));
  return {
    url,
    type: source.type,
    identity,
    br: kept(`${file}.br`, () => brotliCompressSync(identity, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } })),
    gzip: kept(`${file}.gz`, () => gzipSync(identity, { level: 9 })),
  };
}

/** The compiler is loaded only where something is to be made: after the first start nothing is. */
function minify(text: string, loader: "css" | "js"): string {
  const { transformSync } = require("esbuild") as typeof Esbuild;
  return transformSync(text, { loader, minify: true, target: ["es2020", "chrome90", "safari14", "firefox90"] }).code;
}

/** Reads a made file, or makes it; a cache that cannot be written costs time and nothing else. */
function kept(file: string, make: () => Buffer): Buffer {
  try {
    return readFileSync(file);
  } catch {
    const made = make();
    try {
      mkdirSync(path.dirname(file), { recursive: true });
      writeFileSync(`${file}.${process.pid}`, made);
      renameSync(`${file}.${process.pid}`, file);
    } catch {
      // Made again at the next start.
    }
    return made;
  }
}

/** Serves the files and tells the pages their names. */
export function publishAssets(app: FastifyInstance, assets: Asset[]): void {
  const byUrl = new Map(assets.map((asset) => [asset.url, asset]));
  const named = (start: string) => assets.find((asset) => asset.url.startsWith(`/assets/${start}-`))?.url ?? "";
  const page = assets.filter((asset) => asset.url.startsWith("/assets/page-"));
  setAssetUrls({
    css: page.find((asset) => asset.url.endsWith(".css"))?.url ?? "",
    js: page.find((asset) => asset.url.endsWith(".js"))?.url ?? "",
    icon: named("icon"),
  });
  app.get("/assets/:file", async (request, reply) => {
    const asset = byUrl.get(request.url.split("?")[0]!);
    if (!asset) return reply.callNotFound();
    reply.header("cache-control", "public, max-age=31536000, immutable").header("vary", "accept-encoding").type(asset.type);
    const accepted = request.headers["accept-encoding"] ?? "";
    if (accepted.includes("br")) return reply.header("content-encoding", "br").send(asset.br);
    if (accepted.includes("gzip")) return reply.header("content-encoding", "gzip").send(asset.gzip);
    return reply.send(asset.identity);
  });
  const icon = assets.find((asset) => asset.url === named("icon"))!;
  app.get("/favicon.ico", async (_request, reply) =>
    reply.type(icon.type).header("cache-control", "public, max-age=86400").send(icon.identity),
  );
}
