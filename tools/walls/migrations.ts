import { schemaOf, withoutComments } from "./sql.ts";
import { lineAt, type Offence, type Tree } from "./tree.ts";

const migration = /^(.*\/migrations)\/([^/]+)$/;

/** Migrations are numbered 0001, 0002, … without gap or repetition, and named by a noun. */
export function migrationNumbers(tree: Tree): Offence[] {
  const folders = new Map<string, string[]>();
  const offences: Offence[] = [];
  for (const file of tree.files) {
    const [, folder, name] = migration.exec(file) ?? [];
    if (!folder || !name || !/^(kernel|blocks)\//.test(folder)) continue;
    if (!/^\d{4}-[a-z0-9]+(-[a-z0-9]+)*\.sql$/.test(name)) {
      const remedy = "name it 0001-noun.sql: four digits, a dash, kebab-case";
      offences.push({ file, wall: "migration-number", reason: `${name} is no name of a migration`, remedy });
      continue;
    }
    folders.set(folder, [...(folders.get(folder) ?? []), name]);
  }
  for (const [folder, names] of folders) {
    for (const [index, name] of names.sort().entries()) {
      const expected = String(index + 1).padStart(4, "0");
      if (name.startsWith(`${expected}-`)) continue;
      const reason = `${name} stands where ${expected} is expected`;
      offences.push({
        file: `${folder}/${name}`,
        wall: "migration-number",
        reason,
        remedy: "number without gap or repetition; never renumber what was released",
      });
      break;
    }
  }
  return offences;
}

type Rule = { pattern: RegExp; reason: string; remedy: string };

const portable: Rule[] = [
  {
    pattern: /\bcreate\s+(?:or\s+replace\s+)?(?:constraint\s+)?trigger\b/gi,
    reason: "a trigger",
    remedy: "do it in the use case, in the same transaction",
  },
  {
    pattern: /\bcreate\s+(?:or\s+replace\s+)?(?:function|procedure)\b/gi,
    reason: "a stored procedure",
    remedy: "do it in the use case",
  },
  { pattern: /\bcreate\s+rule\b/gi, reason: "a rewrite rule", remedy: "do it in the store" },
  {
    pattern: /\bexclude\s+(?:using\b|\()/gi,
    reason: "an exclusion constraint",
    remedy: "a unique key on scalar columns, and a row lock where two may race",
  },
  { pattern: /\bas\s+enum\b/gi, reason: "an enum type", remedy: "text with a check constraint, or a classifier" },
  {
    pattern: /\b(?:enable|force)\s+row\s+level\s+security\b|\bcreate\s+policy\b/gi,
    reason: "row level security",
    remedy: "grounds are checked in one place, in code",
  },
  { pattern: /\b(?:small|big)?serial\b/gi, reason: "a serial column", remedy: "a UUIDv7 or a number from the application" },
  {
    pattern: /\bgenerated\s+(?:always|by\s+default)\s+as\s+identity\b/gi,
    reason: "an identity column",
    remedy: "a UUIDv7 or a number from the application",
  },
  {
    pattern: /\bcreate\s+(?:temp\w*\s+|unlogged\s+)?sequence\b|\bnextval\s*\(/gi,
    reason: "a sequence",
    remedy: "a UUIDv7, or a counter row per key",
  },
  {
    pattern:
      /\bdefault\s+\(?\s*(?:now\s*\(|clock_timestamp|statement_timestamp|transaction_timestamp|current_(?:timestamp|date|time|user)|localtime\w*|gen_random_uuid|uuid\w*\s*\(|random\s*\()/gi,
    reason: "a volatile default",
    remedy: "time and identifiers come from the application (clock, ids)",
  },
  {
    pattern: /\btimestamp\b(?!\s*tz|\s+with\s+time\s+zone|\s*\(\d\)\s+with)/gi,
    reason: "a time without zone",
    remedy: "timestamptz for an instant, date for a day",
  },
  {
    pattern: /\b(?:create|alter)\s+(?:\w+\s+)*materialized\s+view\b/gi,
    reason: "a materialized view",
    remedy: "a table kept by a reaction",
  },
  { pattern: /\binherits\s*\(/gi, reason: "table inheritance", remedy: "a table of its own" },
  {
    pattern: /\bmoney\b(?=\s*(?:,|\)|not|null|default|check))/gi,
    reason: "the type money",
    remedy: "minor units as bigint with a currency",
  },
];

/** Migrations stay in the subset that distributed PostgreSQL also runs (design.md, "Growing"). */
export function sqlPortability(tree: Tree): Offence[] {
  const offences: Offence[] = [];
  for (const file of tree.files.filter((path) => /^(kernel|blocks)\/.*\/?migrations\/[^/]+\.sql$/.test(path))) {
    const text = withoutComments(tree.read(file) ?? "");
    for (const { pattern, reason, remedy } of portable) {
      for (const match of text.matchAll(pattern)) {
        offences.push({
          file,
          line: lineAt(text, match.index),
          wall: "sql-portability",
          reason: `${reason} (${match[0].trim()})`,
          remedy,
        });
      }
    }
    offences.push(...foreignKeys(file, text));
  }
  return offences;
}

function foreignKeys(file: string, text: string): Offence[] {
  const own = schemaOf(/^blocks\/([^/]+)\//.exec(file)?.[1] ?? "kernel");
  return [...text.matchAll(/\breferences\s+"?([a-z_][\w]*)"?\./gi)]
    .filter((match) => match[1] !== own)
    .map((match) => ({
      file,
      line: lineAt(text, match.index),
      wall: "sql-portability",
      reason: `a foreign key into the schema ${match[1]}`,
      remedy: "keep the identifier without a key; the other block answers whether it exists",
    }));
}
