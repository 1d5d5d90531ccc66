import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

const require = createRequire(import.meta.url);
const manifest = require.resolve("yaml/package.json");
const marks = path.join(path.dirname(path.dirname(manifest)), ".cache", "kerege-checked");
/** Neither checks anything nor is declared. */
const PASSED_OVER = new Set(["node_modules", "test", "docs"]);

/**
 * Remembers that declarations were found sound, so that a start need not check again what nobody has touched since: neither a file of the
 * packs nor one of the code that checks them. Names, sizes and times of change are looked at, which takes some hundredths of a second
 * where the check takes most of one. `kerege check` never asks here.
 */
export function createChecked(folders: string[]): { isSound(): boolean; remember(): void } {
  const digest = createHash("sha256").update(process.version);
  for (const folder of folders) addFolder(folder);
  const mark = path.join(marks, digest.digest("hex"));

  function addFolder(folder: string): void {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const place = path.join(folder, entry.name);
      if (PASSED_OVER.has(entry.name) || entry.name.startsWith(".")) continue;
      if (entry.isDirectory()) addFolder(place);
      else {
        const { size, mtimeMs } = statSync(place);
        digest.update(`${place}\n${size}\n${mtimeMs}\n`);
      }
    }
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
