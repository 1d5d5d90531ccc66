// A load hook: Node strips types from .ts by itself, but JSX needs esbuild. Compiled text is kept on disk by the
// hash of its source, so a second start compiles nothing. Use: node --import ./kernel/tsx.mjs apps/server/main.ts
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { createRequire, enableCompileCache, registerHooks } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const require = createRequire(import.meta.url);
const esbuildManifest = require.resolve("esbuild/package.json");
const esbuildVersion = require(esbuildManifest).version;
const cacheFolder = join(dirname(dirname(esbuildManifest)), ".cache", "kerege-tsx");
// Part of the cache key: a change of these settings must not meet text compiled with the old ones.
const settings = {
  loader: "tsx",
  format: "esm",
  target: "node24",
  jsx: "automatic",
  jsxImportSource: "preact",
  sourcemap: "inline",
  sourcesContent: false,
};
const settingsKey = `${esbuildVersion}\n${JSON.stringify(settings)}\n`;

// What Node itself makes of the sources (types stripped, code compiled) is kept as well: half a second and 15 MB of each start.
enableCompileCache(join(dirname(dirname(esbuildManifest)), ".cache", "kerege-node"));

let esbuild;
let cacheWritable = true;

function compile(source, path) {
  esbuild ??= require("esbuild");
  return esbuild.transformSync(source, { ...settings, sourcefile: path }).code;
}

function remember(file, code) {
  if (!cacheWritable) return;
  // Written beside and renamed: two processes that start together never read half a file.
  const draft = `${file}.${process.pid}`;
  try {
    mkdirSync(cacheFolder, { recursive: true });
    writeFileSync(draft, code);
    renameSync(draft, file);
  } catch {
    cacheWritable = false;
    rmSync(draft, { force: true });
  }
}

function transformed(path) {
  const source = readFileSync(path, "utf8");
  const key = createHash("sha256").update(settingsKey).update(path).update("\0").update(source).digest("hex");
  const file = join(cacheFolder, `${key}.js`);
  try {
    return readFileSync(file, "utf8");
  } catch {
    const code = compile(source, path);
    remember(file, code);
    return code;
  }
}

registerHooks({
  load(url, context, nextLoad) {
    const bare = url.split("?", 1)[0];
    if (!bare.startsWith("file:") || !bare.endsWith(".tsx")) return nextLoad(url, context);
    return { format: "module", shortCircuit: true, source: transformed(fileURLToPath(bare)) };
  },
});
