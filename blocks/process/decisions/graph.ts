/** Files of decisions that know each other, and what in them requires what (DMN 1.5 chapter 6). */
import type { Document, DrgNode, Reference } from "./document.ts";
import { Faults } from "./fault.ts";
import { Types } from "./types.ts";

/** A file with those it imports. */
export interface Unit {
  readonly document: Document;
  readonly types: Types;
  /** Faults found in this file. */
  readonly faults: Faults;
  /** By namespace, with the name of the import. */
  readonly imports: ReadonlyMap<string, { readonly prefix: string; readonly unit: Unit }>;
}

/** An element and the file it stands in. */
export interface Located {
  readonly unit: Unit;
  readonly node: DrgNode;
}

/** Finds the file with a namespace, read. */
export type FindDocument = (namespace: string) => Document | undefined;

/** Brings a file together with those it imports; an import of a file that is not given, or is no file of decisions, is a fault. */
export function uniteDocuments(main: Document, find: FindDocument, faults: Faults): Unit {
  const made = new Map<string, Unit>();
  const unite = (document: Document, own: Faults): Unit => {
    const imports = new Map<string, { prefix: string; unit: Unit }>();
    const prefixes = new Map<string, Types>();
    const unit: Unit = { document, types: new Types(document, prefixes, own), faults: own, imports };
    made.set(document.namespace, unit);
    for (const { name, namespace, place } of document.imports) {
      const known = made.get(namespace);
      const other = known ? undefined : find(namespace);
      const imported = known ?? (other && unite(other, new Faults()));
      if (!imported) {
        own.add("import-missing", { element: name || document.name, place }, { namespace });
        continue;
      }
      imports.set(namespace, { prefix: name, unit: imported });
      prefixes.set(name, imported.types);
    }
    return unit;
  };
  return unite(main, faults);
}

/** Says of each import whether what it brings has faults of its own: they are told where that file is checked. */
export function sayFaultyImports(unit: Unit): void {
  for (const { name, namespace, place } of unit.document.imports) {
    const imported = unit.imports.get(namespace)?.unit;
    if (imported && imported !== unit && imported.faults.list.length > 0)
      unit.faults.add("import-faulty", { element: name || unit.document.name, place }, { namespace });
  }
}

/** The element a reference names: `#id` here, `namespace#id` in an imported file. */
export function locate(unit: Unit, { href }: Reference): Located | undefined {
  const hash = href.lastIndexOf("#");
  const namespace = hash < 0 ? "" : href.slice(0, hash);
  const id = href.slice(hash + 1);
  const where = namespace === "" || namespace === unit.document.namespace ? unit : unit.imports.get(namespace)?.unit;
  const node = where?.document.nodes.get(id);
  return where && node && { unit: where, node };
}

/** Whether a reference leads into a file that is not here: that is told at the import. */
function namesMissingImport(unit: Unit, { href }: Reference): boolean {
  const namespace = href.slice(0, Math.max(0, href.lastIndexOf("#")));
  return unit.document.imports.some((one) => one.namespace === namespace && !unit.imports.has(namespace));
}

/** What an element needs to be known before it. */
export function needsOf(node: DrgNode): readonly Reference[] {
  if (node.kind === "decision") return [...node.information, ...node.knowledge];
  if (node.kind === "knowledge") return node.knowledge;
  return node.kind === "service" ? node.outputs : [];
}

/**
 * Says which references name nothing and which elements need each other in a circle; false where a circle was found or a file is missing:
 * whatever else would be told follows from that.
 */
export function checkRequirements(unit: Unit): boolean {
  const done = new Set<DrgNode>();
  const path: DrgNode[] = [];
  let sound = unit.document.imports.every(({ namespace }) => unit.imports.has(namespace));
  const visit = ({ unit: where, node }: Located): void => {
    if (done.has(node)) return;
    if (path.includes(node)) {
      // A function may call itself.
      if (path.at(-1) === node && node.kind === "knowledge") return;
      const circle = [...path.slice(path.indexOf(node)), node].map(({ name }) => name).join(" → ");
      unit.faults.add("decisions-circle", { element: node.name, place: node.place }, { circle });
      sound = false;
      return;
    }
    path.push(node);
    for (const reference of needsOf(node)) {
      const found = locate(where, reference);
      if (found) visit(found);
      else if (!namesMissingImport(where, reference))
        where.faults.add("reference-missing", { element: node.name, place: reference.place }, { href: reference.href });
    }
    path.pop();
    done.add(node);
  };
  for (const node of unit.document.nodes.values()) visit({ unit, node });
  return sound;
}
