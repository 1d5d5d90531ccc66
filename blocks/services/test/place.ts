import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const home = fileURLToPath(new URL("../../../", import.meta.url));

/** A small installation of its own: a country with the packs a test is about, and files to add to them. */
export function makePlace(packs: string[], more: Record<string, string> = {}): { root: string; remove(): void } {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-services-"));
  for (const pack of packs) {
    cpSync(path.join(home, "packs", pack), path.join(root, "packs", pack), {
      recursive: true,
      // Invented people of a demo country are another block's affair.
      filter: (source) => path.basename(source) !== "people",
    });
  }
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
  writeFileSync(
    path.join(root, "countries", "test", "country.yaml"),
    `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: [${packs.join(", ")}]\n`,
  );
  for (const [file, text] of Object.entries(more)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}
