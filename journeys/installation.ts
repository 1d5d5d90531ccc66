import { cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { root, temporaryFolder } from "./house.ts";

/**
 * An installation of its own: a copy of everything of ours, with the packages of others as they are. Its declarations may be
 * changed without touching this project.
 * @param change gets the text of the demo country's declaration and gives the one of the installation
 */
export function makeInstallation(change: (country: string) => string): string {
  const folder = temporaryFolder();
  for (const part of ["apps", "blocks", "kernel", "packs", "countries", "package.json"])
    cpSync(join(root, part), join(folder, part), { recursive: true });
  const packages = join(folder, "node_modules");
  mkdirSync(join(packages, "@kerege"), { recursive: true });
  for (const name of readdirSync(join(root, "node_modules"))) {
    if (name !== "@kerege" && !name.startsWith(".")) symlinkSync(join(root, "node_modules", name), join(packages, name));
  }
  for (const part of ["kernel", ...list("blocks"), ...list("apps")]) {
    const { name } = JSON.parse(readFileSync(join(root, part, "package.json"), "utf8")) as { name: string };
    symlinkSync(join(folder, part), join(packages, name));
  }
  const file = join(folder, "countries", "demo", "country.yaml");
  writeFileSync(file, change(readFileSync(file, "utf8")));
  return folder;
}

const list = (folder: string) => readdirSync(join(root, folder)).map((name) => join(folder, name));
