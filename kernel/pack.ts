import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { type Document, isMap, isNode, isScalar, LineCounter, parseDocument, visit } from "yaml";
import { readKept } from "./kept.ts";
import { isMessage } from "./locale.ts";
import { digestAt, type JsonSchema, type Path, type SchemaFault, validatorAt } from "./schema.ts";

/** A kind of pack file, declared by the block that interprets it. The first group of the pattern is the file's own name. */
export interface PackFileKind {
  kind: string;
  pattern: RegExp;
  /** JSON Schema of a YAML file. A file that is not YAML is kept as text: whoever interprets it reports places as `[line, column]`. */
  schema?: URL;
}

/** Something wrong in a pack, for `kerege check`: where it stands and the text key of what it is and how to mend it. */
export interface Fault {
  file: string;
  line: number;
  column: number;
  /** `block.faults.<name>`; its locale texts are `<code>.message` and `<code>.remedy`. */
  code: string;
  params: Record<string, string | number>;
}

export interface PackFile<Value = unknown> {
  pack: string;
  kind: string;
  /** The file's own name, taken from its path: `person` of `registers/person.yaml`. */
  name: string;
  /** Path from the installation's root, for people. */
  file: string;
  path: string;
  value: Value;
  text: string;
  /** Where a part of the value stands (lines and columns from 1); of a text, where it was said to stand. */
  at(place: Path): { line: number; column: number };
}

export interface Pack {
  name: string;
  folder: string;
  manifest: PackManifest;
}

export interface PackManifest {
  pack: string;
  title: Record<string, string>;
  version: string;
  owner: string;
  needs?: string[];
  law?: { act: string; article?: string }[];
}

export interface Packs {
  list: Pack[];
  /** Files of a kind, packs in the order of their needs. */
  files<Value = unknown>(kind: string): PackFile<Value>[];
  faults: Fault[];
}

export type Report = (file: PackFile, place: Path, code: string, params?: Record<string, string | number>) => void;

const manifestKind: PackFileKind = {
  kind: "manifest",
  pattern: /^(pack)\.yaml$/,
  schema: new URL("./pack/pack.schema.json", import.meta.url),
};
const localeKind: PackFileKind = { kind: "locale", pattern: /^locales\/(ky|ru|kk|en)\.yaml$/ };
const ignored = /^(README\.md|LICENSE.*|SOURCES\.md|\..*)$|(^|\/)\.[^/]+$/;

/**
 * Reads packs from their folders: the folder is the registration. Every file must be of a known kind; all faults of all files are
 * gathered, none stops the others. `only` reads one file of each folder. A country's own folder may be given among them, with `countryKind` files in place of a manifest.
 */
export function loadPacks(options: { root: string; folders: string[]; kinds: PackFileKind[]; only?: string }): Packs {
  const kinds = [manifestKind, localeKind, ...options.kinds];
  const faults: Fault[] = [];
  const files: PackFile[] = [];
  const list: Pack[] = [];
  for (const folder of options.folders) {
    const name = path.basename(folder);
    let manifest: PackFile<PackManifest> | undefined;
    for (const relative of walk(folder)) {
      if (ignored.test(relative) || (options.only !== undefined && relative !== options.only)) continue;
      const shown = path.relative(options.root, path.join(folder, relative)).split(path.sep).join("/");
      const kind = kinds.find((candidate) => candidate.pattern.test(relative));
      if (!kind) {
        faults.push({ file: shown, line: 1, column: 1, code: "kernel.faults.unknown-file", params: { file: relative } });
        continue;
      }
      const own = kind.pattern.exec(relative)![1] ?? name;
      const text = readText(path.join(folder, relative));
      if (text === undefined) {
        faults.push({ file: shown, line: 1, column: 1, code: "kernel.faults.not-utf-8", params: { file: relative } });
        continue;
      }
      const yaml = /\.yaml$/.test(relative);
      const parsed = yaml ? parseYamlFile(text, shown, faults) : { value: text, at: placeInText };
      if (!parsed) continue;
      const file: PackFile = {
        pack: name,
        kind: kind.kind,
        name: own,
        file: shown,
        path: path.join(folder, relative),
        text,
        ...parsed,
      };
      const found = kind.schema ? faultsOf(file, kind.schema) : [];
      for (const fault of found)
        faults.push({ file: shown, ...file.at(fault.path), code: `kernel.faults.${fault.code}`, params: fault.params });
      if (found.length > 0) continue;
      files.push(file);
      if (kind === localeKind) faults.push(...wrongTexts(file));
      if (kind === manifestKind) manifest = file as PackFile<PackManifest>;
    }
    const said = manifest?.value.pack ?? name;
    if (manifest && said !== name) reporter(faults)(manifest, ["pack"], "kernel.faults.name-differs", { name, said });
    if (manifest) list.push({ name, folder, manifest: manifest.value });
    else if (!existsSync(path.join(folder, "pack.yaml")) && !existsSync(path.join(folder, "country.yaml"))) {
      faults.push({
        file: path.relative(options.root, folder),
        line: 1,
        column: 1,
        code: "kernel.faults.no-manifest",
        params: { name },
      });
    }
  }
  const ordered = inOrder(list, files, faults);
  const rank = new Map(ordered.map((pack, index) => [pack.name, index]));
  files.sort((a, b) => (rank.get(a.pack) ?? 999) - (rank.get(b.pack) ?? 999) || (a.file < b.file ? -1 : 1));
  return {
    list: ordered,
    faults,
    files: <Value>(kind: string) => files.filter((file) => file.kind === kind) as PackFile<Value>[],
  };
}

/**
 * What a schema says against a file. That it says nothing is kept under the digest of both texts: making a schema into code takes longer
 * than all it checks, and most starts meet nothing new.
 */
function faultsOf(file: PackFile, schema: URL): SchemaFault[] {
  let found: SchemaFault[] = [];
  const read = () => {
    found = validatorAt(schema)(file.value);
    if (found.length > 0) throw new Faulty();
    return true;
  };
  try {
    readKept({ name: `sound ${digestAt(schema)}`, read }, file.text);
  } catch (error) {
    if (!(error instanceof Faulty)) throw error;
  }
  return found;
}

/** Adds a fault found by a block's own check, with the place in the file. */
export function reporter(faults: Fault[]): Report {
  return (file, place, code, params = {}) => faults.push({ file: file.file, ...file.at(place), code, params });
}

/** Texts that could not be shown: no text at all, or no ICU message. */
function wrongTexts(file: PackFile): Fault[] {
  const faults: Fault[] = [];
  const walkTexts = (value: unknown, place: Path) => {
    if (typeof value === "object" && value !== null) {
      for (const [key, inner] of Object.entries(value)) walkTexts(inner, [...place, key]);
    } else if (typeof value !== "string" || !isMessage(value)) {
      reporter(faults)(file, place, "kernel.faults.wrong-text", { key: place.join(".") });
    }
  };
  walkTexts(file.value, []);
  return faults;
}

function inOrder(list: Pack[], files: PackFile[], faults: Fault[]): Pack[] {
  const byName = new Map(list.map((pack) => [pack.name, pack]));
  const ordered: Pack[] = [];
  const state = new Map<string, "open" | "done">();
  const place = (pack: Pack, way: string[]) => {
    if (state.get(pack.name) === "done") return;
    const manifest = files.find((file) => file.pack === pack.name && file.kind === "manifest")!;
    state.set(pack.name, "open");
    for (const [index, need] of (pack.manifest.needs ?? []).entries()) {
      const other = byName.get(need);
      if (!other) reporter(faults)(manifest, ["needs", index], "kernel.faults.unknown-pack", { name: need });
      else if (state.get(need) === "open") {
        reporter(faults)(manifest, ["needs", index], "kernel.faults.circle", { way: [...way, pack.name, need].join(" → ") });
      } else place(other, [...way, pack.name]);
    }
    state.set(pack.name, "done");
    ordered.push(pack);
  };
  for (const pack of [...list].sort((a, b) => (a.name < b.name ? -1 : 1))) place(pack, []);
  return ordered;
}

function* walk(folder: string, prefix = ""): Generator<string> {
  for (const entry of readdirSync(path.join(folder, prefix), { withFileTypes: true }).sort((a, b) =>
    a.name < b.name ? -1 : 1,
  )) {
    const relative = prefix ? `${prefix}/${entry.name}` : entry.name;
    if (entry.isDirectory()) yield* walk(folder, relative);
    else if (entry.isFile()) yield relative;
  }
}

function readText(file: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
  } catch {
    return undefined;
  }
}

function placeInText([line, column]: Path): { line: number; column: number } {
  return { line: typeof line === "number" ? line : 1, column: typeof column === "number" ? column : 1 };
}

function openYaml(text: string) {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, uniqueKeys: true, version: "1.2" });
  return { document, lines };
}

// A bounded number of aliases: a document must not grow when it is read.
const LIMITS = { maxAliasCount: 20 };

/** Thrown where a file has faults to be told: it is then read by the slow way, which finds their places. */
class Faulty extends Error {}

const packReader = {
  name: "pack",
  read(text: string): unknown {
    const { document } = openYaml(text);
    if (document.errors.length > 0 || document.warnings.length > 0) throw new Faulty();
    return document.toJS(LIMITS);
  },
};

function parseYamlFile(text: string, file: string, faults: Fault[]): { value: unknown; at: PackFile["at"] } | undefined {
  let opened: ReturnType<typeof openYaml> | undefined;
  const at: PackFile["at"] = (place) => {
    opened ??= openYaml(text);
    return locate(opened.document, opened.lines, place);
  };
  try {
    return { value: readKept(packReader, text), at };
  } catch {
    // Told below, with the places.
  }
  opened = openYaml(text);
  const { document, lines } = opened;
  const places = new Set<number>();
  const notYaml = (offset: number, reason: string) => {
    // After the first fault of a place the parser only stumbles over it again.
    if (places.has(offset)) return;
    places.add(offset);
    const { line, col } = lines.linePos(offset);
    faults.push({ file, line, column: col, code: "kernel.faults.not-yaml", params: { reason: reason.split("\n")[0]! } });
  };
  for (const error of [...document.errors, ...document.warnings]) notYaml(error.pos[0], error.message);
  if (document.errors.length > 0) return undefined;
  try {
    return { value: document.toJS(LIMITS), at };
  } catch (error) {
    notYaml(findAlias(document), error instanceof ReferenceError ? error.message : "too deep");
    return undefined;
  }
}

/** Where the first alias stands that means nothing, or else the first one. */
function findAlias(document: Document): number {
  let found: number | undefined;
  visit(document, {
    Alias(_key, alias) {
      const lost = !alias.resolve(document);
      if (lost || found === undefined) found = alias.range?.[0];
      return lost ? visit.BREAK : undefined;
    },
  });
  return found ?? 0;
}

function locate(document: Document, lines: LineCounter, place: Path): { line: number; column: number } {
  for (let depth = place.length; depth >= 0; depth--) {
    const parent = depth === 0 ? document.contents : document.getIn(place.slice(0, depth - 1), true);
    const key = place[depth - 1];
    // The key of a map is a better place to point at than its value, which may begin lines below.
    const pair =
      depth > 0 && isMap(parent)
        ? parent.items.find((item) => isScalar(item.key) && String(item.key.value) === String(key))
        : undefined;
    const node = pair?.key ?? (depth === 0 ? document.contents : document.getIn(place.slice(0, depth), true));
    if (isNode(node) && node.range) {
      const { line, col } = lines.linePos(node.range[0]);
      return { line, column: col };
    }
  }
  return { line: 1, column: 1 };
}

export type { JsonSchema };
