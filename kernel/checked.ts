import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const manifest = require.resolve("yaml/package.json");
const marks = path.join(path.dirname(path.dirname(manifest)), ".cache", "kerege-checked");
/** What of the code checks nothing. In packs every file counts, whatever its folder is called. */
const PASSED_OVER = new Set(["node_modules", "test"]);

/**
 * Remembers that declarations were found sound, so that a start need not check again what nobody has touched since: neither a file of the
 * packs nor one of the code that checks them, nor which libraries are installed. Names, sizes and times of change are looked at, which takes some hundredths of a second
 * where the check takes most of one. `kerege check` never asks here.
 */
export function createChecked(given: {
  /** Folders of packs and of the country. */
  declared: string[];
  /** Folders and files of what checks them. */
  code: string[];
}): { isSound(): boolean; remember(): void } {
  const digest = createHash("sha256").update(process.version);
  for (const place of given.declared) add(place, false);
  for (const place of given.code) add(place, true);
  const mark = path.join(marks, digest.digest("hex"));

  function add(place: string, isCode: boolean): void {
    const stats = statSync(place);
    if (!stats.isDirectory()) {
      digest.update(`${place}\n${stats.size}\n${stats.mtimeMs}\n`);
      return;
    }
    for (const name of readdirSync(place).sort()) if (!(isCode && PASSED_OVER.has(name))) add(path.join(place, name), isCode);
  }

  return {
    isSound: () => statSync(mark, { throwIfNoEntry: false }) !== undefined,
    remember() {
      try {
        mkdirSync(marks, { recursive: true });
        writeFileSync(mark, "");
      } catch {
        // A folder that cannot be written costs time and nothing else.
      }
    },
  };
}
