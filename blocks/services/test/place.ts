import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import type { Actor } from "@kerege/kernel/actor";
import type { Language } from "@kerege/kernel/locale";
import type { ServicesDoor } from "../index.ts";

const home = fileURLToPath(new URL("../../../", import.meta.url));

/** A small installation of its own: a country with the packs a test is about, and files to add to them. */
export function makePlace(packs: string[], more: Record<string, string> = {}): { root: string; remove(): void } {
  const root = mkdtempSync(path.join(tmpdir(), "kerege-services-"));
  for (const pack of packs) {
    cpSync(path.join(home, "packs", pack), path.join(root, "packs", pack), {
      recursive: true,
      // Invented people of a demo country and who they are to sign in are other blocks' affairs.
      filter: (source) => !["people", "identity"].includes(path.basename(source)),
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

/** Hands a case in and looks at what came of it, as a person does. */
export function handerIn(door: ServicesDoor) {
  return async (actor: Actor, request: { case: string; language: Language }) => {
    const result = await door.submit(actor, request);
    return result.kind === "case" ? { ...result, case: await door.view(actor, request) } : result;
  };
}
