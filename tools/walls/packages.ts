import { posix } from "node:path";
import { type Import, importsOf, isSource, isTest, sourceOf } from "./source.ts";
import { lineAt, type Tree } from "./tree.ts";

/** A package of the house, as its manifest declares it. */
export type Package = {
  /** From the root, `""` for the root itself. */
  folder: string;
  name: string;
  manifest: string;
  dependencies: string[];
  devDependencies: string[];
  optionalDependencies: string[];
  /** Subpath to file as in the manifest; undefined when the package has no `exports`. */
  exports: Record<string, unknown> | undefined;
};

type Manifest = {
  name?: string;
  dependencies?: Record<string, string>;
  devDependencies?: Record<string, string>;
  optionalDependencies?: Record<string, string>;
  exports?: Record<string, unknown> | string;
};

const known = new WeakMap<Tree, Package[]>();

/** The packages of a tree, inner folders first, so that the first whose folder holds a file is the file's own. */
export function packagesOf(tree: Tree): Package[] {
  let packages = known.get(tree);
  if (packages) return packages;
  packages = tree.files
    .filter((path) => /(^|\/)package\.json$/.test(path))
    .map((manifest) => readPackage(tree, manifest))
    .sort((a, b) => b.folder.length - a.folder.length);
  known.set(tree, packages);
  return packages;
}

function readPackage(tree: Tree, manifest: string): Package {
  const declared = JSON.parse(tree.read(manifest) ?? "{}") as Manifest;
  const folder = posix.dirname(manifest) === "." ? "" : posix.dirname(manifest);
  return {
    folder,
    name: declared.name ?? folder,
    manifest,
    dependencies: Object.keys(declared.dependencies ?? {}),
    devDependencies: Object.keys(declared.devDependencies ?? {}),
    optionalDependencies: Object.keys(declared.optionalDependencies ?? {}),
    exports: typeof declared.exports === "string" ? { ".": declared.exports } : declared.exports,
  };
}

/** The package a file belongs to. */
export function packageAt(tree: Tree, path: string): Package | undefined {
  return packagesOf(tree).find((candidate) => candidate.folder === "" || path.startsWith(`${candidate.folder}/`));
}

/** The names of the blocks: folders under `blocks/` with a manifest. */
export function blocksOf(tree: Tree): string[] {
  return packagesOf(tree).flatMap((each) => /^blocks\/([^/]+)$/.exec(each.folder)?.[1] ?? []);
}

/** An import with the file and the package it stands in. */
export type Use = Import & { file: string; from: Package; test: boolean };

const knownUses = new WeakMap<Tree, Use[]>();

/** Every import of every source of the tree. */
export function usesOf(tree: Tree): Use[] {
  let uses = knownUses.get(tree);
  if (uses) return uses;
  uses = [];
  for (const file of tree.files.filter(isSource)) {
    const from = packageAt(tree, file);
    if (!from) continue;
    for (const one of importsOf(sourceOf(tree, file))) uses.push({ ...one, file, from, test: isTest(file) });
  }
  knownUses.set(tree, uses);
  return uses;
}

/** `@kerege/trust/log` → `@kerege/trust`; `yaml` → `yaml`; undefined for relative paths and Node's own modules. */
export function packageName(specifier: string): string | undefined {
  if (/^(\.|\/|node:|file:|data:|#)/.test(specifier)) return undefined;
  const parts = specifier.split("/");
  return specifier.startsWith("@") ? parts.slice(0, 2).join("/") : parts[0];
}

/** `@kerege/trust/log` → `./log`; `@kerege/trust` → `.`. */
export function subpath(specifier: string): string {
  const name = packageName(specifier) ?? "";
  return specifier === name ? "." : `.${specifier.slice(name.length)}`;
}

/** The line of a manifest on which a name is declared. */
export function declaredOn(tree: Tree, manifest: string, name: string): number {
  const text = tree.read(manifest) ?? "";
  return lineAt(text, Math.max(0, text.indexOf(`"${name}"`)));
}
