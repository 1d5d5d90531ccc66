import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** A folder of its own with these files; texts may be given as bytes. `remove` takes it away. */
export function makeFolder(files: Record<string, string | Buffer>): { root: string; remove(): void } {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-folder-"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    writeFileSync(path.join(root, file), text);
  }
  return { root, remove: () => rmSync(root, { recursive: true, force: true }) };
}

const title = "title: { ky: Сыноо, ru: Проба, kk: Сынақ, en: Trial }";

/** A manifest that has nothing wrong with it. */
export function manifest(name: string, more = ""): string {
  return `pack: ${name}\n${title}\nversion: 1.0.0\nowner: gov\nlaw:\n  - act: constitution\n${more}`;
}

/** A country that has nothing wrong with it. */
export function country(more: { packs?: string; languages?: string; rest?: string } = {}): string {
  return [
    "country: trial",
    "code: KG",
    "name: { ky: Сыноо, ru: Проба, kk: Сынақ, en: Trial }",
    "portalName: { ky: Портал, ru: Портал, kk: Портал, en: Portal }",
    "demo: true",
    `languages: [${more.languages ?? "ky, ru, kk, en"}]`,
    "timeZone: Asia/Bishkek",
    "currency: KGS",
    `packs: [${more.packs ?? ""}]`,
    more.rest ?? "",
  ].join("\n");
}
