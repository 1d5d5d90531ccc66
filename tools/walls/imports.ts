import { posix } from "node:path";
import { declaredOn, type Package, packageAt, packageName, packagesOf, subpath, type Use, usesOf } from "./packages.ts";
import { isProduct } from "./source.ts";
import type { Offence, Tree } from "./tree.ts";

// Packages that run at nobody's: they may use what the root declares for development.
const workshop = /^(tools|journeys|conformance|bench)$/;

/** Another package is entered by the doors of its `exports` only, and `block.ts` only by the apps. */
export function deepImports(tree: Tree): Offence[] {
  const own = new Map(packagesOf(tree).map((each) => [each.name, each]));
  const offences: Offence[] = [];
  for (const use of usesOf(tree)) {
    const name = packageName(use.specifier);
    const target = name === undefined ? undefined : own.get(name);
    if (!target) continue;
    const door = subpath(use.specifier);
    const place = { file: use.file, line: use.line, wall: "deep-import" };
    if (!isExported(target, door)) {
      const doors = Object.keys(target.exports ?? {}).join(", ") || "none yet";
      offences.push({
        ...place,
        reason: `${use.specifier} is not a door of ${target.name}`,
        remedy: `use one of its doors (${doors}), or open a door in ${target.manifest} if neighbours truly need it`,
      });
    } else if (door === "./block" && target.folder.startsWith("blocks/") && !use.test && use.from.folder.startsWith("blocks/")) {
      offences.push({
        ...place,
        reason: `the wiring of ${target.name} is opened by the apps only`,
        remedy: `import the front door "${target.name}" and receive the block among your needs`,
      });
    }
  }
  return offences;
}

function isExported(target: Package, door: string): boolean {
  return Object.keys(target.exports ?? {}).some((key) => {
    if (!key.includes("*")) return key === door;
    const [start = "", end = ""] = key.split("*");
    return door.startsWith(start) && door.endsWith(end) && door.length > start.length + end.length;
  });
}

/** What a package imports stands in its own manifest. */
export function undeclaredImports(tree: Tree): Offence[] {
  const root = packagesOf(tree).find((each) => each.folder === "");
  return usesOf(tree).flatMap((use) => {
    const name = packageName(use.specifier);
    if (name === undefined || isDeclared(use, name, root)) return [];
    const remedy = `declare "${name}" under "dependencies" of ${use.from.manifest}, or do without it`;
    return [
      { file: use.file, line: use.line, wall: "undeclared-import", reason: `${use.from.name} does not declare ${name}`, remedy },
    ];
  });
}

function isDeclared(use: Use, name: string, root: Package | undefined): boolean {
  const { from } = use;
  if (name === from.name || from.dependencies.includes(name) || from.optionalDependencies.includes(name)) return true;
  const free = use.test || use.typeOnly || !isProduct(use.file);
  if (free && from.devDependencies.includes(name)) return true;
  return (use.test || workshop.test(from.folder)) && (root?.devDependencies.includes(name) ?? false);
}

/** Relative paths stay inside their package. */
export function relativeImports(tree: Tree): Offence[] {
  return usesOf(tree).flatMap((use) => {
    // The launcher at the root runs before any package is installed; all folders are inside the root.
    if (!use.specifier.startsWith(".") || use.from.folder === "") return [];
    const target = posix.normalize(posix.join(posix.dirname(use.file), use.specifier));
    const owner = packageAt(tree, target);
    if (owner?.folder === use.from.folder) return [];
    return [
      {
        file: use.file,
        line: use.line,
        wall: "relative-import",
        reason: `${use.specifier} leaves ${use.from.name}`,
        remedy: owner ? `import ${owner.name} by its name and through its exports` : "move the file into the package",
      },
    ];
  });
}

/** What a manifest declares is used: named in a source, a style sheet or a script of the package. */
export function unusedDependencies(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const each of packagesOf(tree).filter((candidate) => candidate.folder !== "")) {
    const files = tree.files.filter((path) => /\.(ts|tsx|mjs|js|scss|css)$/.test(path) && packageAt(tree, path) === each);
    const written = files.map((path) => tree.read(path) ?? "").join("\n");
    for (const name of [...each.dependencies, ...each.devDependencies]) {
      if (isNamed(written, name) || (name.startsWith("@types/") && isNamed(written, name.slice("@types/".length)))) continue;
      offences.push({
        file: each.manifest,
        line: declaredOn(tree, each.manifest, name),
        wall: "unused-dependency",
        reason: `${each.name} declares ${name} and never imports it`,
        remedy: "remove the line, or use it",
      });
    }
  }
  return offences;
}

function isNamed(written: string, name: string): boolean {
  const escaped = name.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  return new RegExp(`["'\`/]${escaped}["'\`/]`).test(written);
}

/** Every door of a manifest leads to a file, and a block has its two doors and no more than its manifest says. */
export function exportLocks(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const each of packagesOf(tree)) {
    if (!/^(kernel|blocks\/[^/]+)$/.test(each.folder)) continue;
    const place = { file: each.manifest, wall: "exports" };
    const sources = tree.files.some((path) => isProduct(path) && packageAt(tree, path) === each);
    if (sources && each.exports === undefined) {
      offences.push({
        ...place,
        reason: `${each.name} has no "exports", so every file of it is a door`,
        remedy: 'add "exports" with its doors',
      });
    }
    for (const [door, target] of Object.entries(each.exports ?? {})) {
      const line = declaredOn(tree, each.manifest, door);
      if (door.includes("*")) {
        offences.push({ ...place, line, reason: `${door} opens a whole folder`, remedy: "name each door" });
      } else if (typeof target !== "string" || !tree.files.includes(posix.normalize(`${each.folder}/${target}`))) {
        offences.push({
          ...place,
          line,
          reason: `the door ${door} leads to no file`,
          remedy: "write the file, or remove the door",
        });
      }
    }
  }
  return offences;
}
