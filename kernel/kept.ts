import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { isDeepStrictEqual } from "node:util";

// Beside the installed packages, as the compiled code is: it belongs to the installation and not to anybody's data.
const require = createRequire(import.meta.url);
const manifest = require.resolve("yaml/package.json");
const folder = path.join(path.dirname(path.dirname(manifest)), ".cache", "kerege-yaml");
const { version } = require(manifest) as { version: string };
let writable = true;

/** Says the same for the same text for ever, or throws. `name` tells readers with different rules apart. */
export interface Reader {
  name: string;
  read(text: string): unknown;
}

/**
 * What a text of YAML means. Reading YAML takes most of a start, so what was read is kept as JSON under the digest of the text;
 * what JSON cannot say, and what throws, is read anew each time. A folder that cannot be written costs time and nothing else.
 */
export function readKept({ name, read }: Reader, text: string): unknown {
  const key = createHash("sha256").update(`${version}\n${name}\n`).update(text).digest("hex");
  const file = path.join(folder, `${key}.json`);
  try {
    return JSON.parse(readFileSync(file, "utf8")) as unknown;
  } catch {
    const value = read(text);
    keep(file, value);
    return value;
  }
}

function keep(file: string, value: unknown): void {
  if (!writable) return;
  const json = JSON.stringify(value) ?? "";
  if (json === "" || !isDeepStrictEqual(JSON.parse(json), value)) return;
  try {
    mkdirSync(folder, { recursive: true });
    // Written beside and renamed: two processes that start together never read half a file.
    writeFileSync(`${file}.${process.pid}`, json);
    renameSync(`${file}.${process.pid}`, file);
  } catch {
    writable = false;
  }
}
