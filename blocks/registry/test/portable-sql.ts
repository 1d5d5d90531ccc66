/**
 * Reads SQL and says what Citus or YugabyteDB would not take: B-trees only, keys that begin with the distribution column (the first
 * column of the primary key), no triggers, exclusion or temporal constraints, enums, generated or identity columns, keys into other
 * schemas, and no volatile function where rows are updated (Citus: "functions used in UPDATE queries on distributed tables must not
 * be VOLATILE").
 */

/** Words, quoted names (with their quotes), single signs; texts as `'`. Comments are left out. */
function scan(text: string): string[] {
  const pattern = /--[^\n]*|\/\*[\s\S]*?\*\/|\$([a-z_]*)\$[\s\S]*?\$\1\$|'(?:[^']|'')*'|"(?:[^"]|"")*"|\$?\w+|\S/gi;
  return [...text.matchAll(pattern)]
    .map(([token]) => token)
    .filter((token) => !token.startsWith("--") && !token.startsWith("/*"))
    .map((token) =>
      token.startsWith("'") || /^\$[a-z_]*\$/i.test(token) ? "'" : token.startsWith('"') ? token : token.toLowerCase(),
    );
}

function statements(tokens: string[]): string[][] {
  const made: string[][] = [[]];
  for (const token of tokens) {
    if (token === ";") made.push([]);
    else made.at(-1)!.push(token);
  }
  return made.filter((statement) => statement.length > 0);
}

const VOLATILE = new Set([
  "random", "gen_random_uuid", "uuidv4", "uuidv7", "clock_timestamp", "statement_timestamp", "timeofday", "nextval", "setval",
  "currval", "pg_sleep", "txid_current", "pg_current_xact_id",
]); // biome-ignore format: a list is read in rows

/** Words that no statement may hold, in a row; what they are. */
const FORBIDDEN: [string[], string][] = [
  [["create", "trigger"], "trigger"],
  [["create", "constraint", "trigger"], "trigger"],
  [["create", "function"], "function"],
  [["create", "or", "replace", "function"], "function"],
  [["create", "procedure"], "function"],
  [["create", "rule"], "rule"],
  [["as", "enum"], "enum"],
  [["generated", "always"], "generated column"],
  [["generated", "by", "default"], "generated column"],
  [["exclude", "using"], "exclusion constraint"],
  [["exclude", "("], "exclusion constraint"],
  [["without", "overlaps"], "temporal constraint"],
  [["using", "gist"], "index that is no B-tree"],
  [["using", "gin"], "index that is no B-tree"],
  [["using", "spgist"], "index that is no B-tree"],
  [["using", "brin"], "index that is no B-tree"],
  [["using", "hash"], "index that is no B-tree"],
  [["serial"], "generated column"],
  [["bigserial"], "generated column"],
  [["create", "sequence"], "generated column"],
  [["enable", "row", "level", "security"], "row level security"],
  [["inherits"], "inheritance"],
  [["unlogged"], "unlogged table"],
];

/** What is not portable in a text of one or more statements: a word for each thing found. */
export function unportable(text: string, known = new Map<string, string>()): string[] {
  return statements(scan(text)).flatMap((statement) => inStatement(statement, known));
}

function inStatement(tokens: string[], known: Map<string, string>): string[] {
  const found: string[] = [];
  for (const [words, what] of FORBIDDEN)
    if (tokens.some((_, index) => words.every((word, step) => tokens[index + step] === word))) found.push(what);
  // `period` alone may be a column; a temporal key has it inside the brackets: `(id, period valid)`.
  if (tokens.some((token, index) => token === "references" && tokens.slice(index, index + 8).includes("period")))
    found.push("temporal constraint");
  if (startsWith(tokens, "create", "table")) found.push(...inTable(tokens, known));
  if (startsWith(tokens, "create", "unique", "index")) found.push(...inUniqueIndex(tokens, known));
  if (startsWith(tokens, "alter", "table")) found.push(...inAlter(tokens, known));
  if (isVolatileUpdate(tokens)) found.push("volatile function in update");
  return found;
}

const startsWith = (tokens: string[], ...words: string[]) => words.every((word, index) => tokens[index] === word);
const bare = (name: string) => name.replaceAll('"', "");

/** `schema.table`, and where it ends. */
function nameAt(tokens: string[], start: number): { schema: string; table: string; end: number } {
  if (tokens[start + 1] === ".") return { schema: bare(tokens[start]!), table: bare(tokens[start + 2]!), end: start + 3 };
  return { schema: "", table: bare(tokens[start]!), end: start + 1 };
}

/** The parts between the outer commas of a bracket that opens at `start`. */
function partsOf(tokens: string[], start: number): string[][] {
  const parts: string[][] = [[]];
  let depth = 0;
  for (let at = start; at < tokens.length; at++) {
    const token = tokens[at]!;
    if (token === "(" && depth++ === 0) continue;
    if (token === ")" && --depth === 0) break;
    if (token === "," && depth === 1) parts.push([]);
    else parts.at(-1)!.push(token);
  }
  return parts;
}

function inTable(tokens: string[], known: Map<string, string>): string[] {
  const start = tokens.indexOf("table") + 1 + (tokens.includes("exists") ? 3 : 0);
  const { schema, table, end } = nameAt(tokens, start);
  if (tokens[end] !== "(") return [];
  const parts = partsOf(tokens, end);
  const found: string[] = [];
  const primary = parts.flatMap((part) => keyOf(part, "primary", "key"))[0];
  if (primary) known.set(`${schema}.${table}`, primary[0]!);
  for (const part of parts) {
    for (const unique of keyOf(part, "unique"))
      if (primary && unique[0] !== primary[0]) found.push("unique key off the distribution column");
    found.push(...foreign(part, { schema, first: primary?.[0] }));
  }
  return found;
}

/** The columns of a key in a part of a table: `primary key (a, b)` or `a int primary key`. */
function keyOf(part: string[], ...words: string[]): string[][] {
  const at = part.findIndex((_, index) => words.every((word, step) => part[index + step] === word));
  if (at < 0) return [];
  const open = at + words.length;
  return part[open] === "(" ? [partsOf(part, open).map((column) => bare(column[0]!))] : [[bare(part[0]!)]];
}

function foreign(part: string[], { schema, first }: { schema: string; first: string | undefined }): string[] {
  const at = part.indexOf("references");
  if (at < 0) return [];
  const target = nameAt(part, at + 1);
  const key = part.indexOf("foreign");
  const columns = key < 0 ? [bare(part[0]!)] : partsOf(part, key + 2).map((column) => bare(column[0]!));
  if (target.schema !== "" && target.schema !== schema) return ["foreign key across schemas"];
  return first !== undefined && columns[0] !== first ? ["foreign key off the distribution column"] : [];
}

function inUniqueIndex(tokens: string[], known: Map<string, string>): string[] {
  const { schema, table, end } = nameAt(tokens, tokens.indexOf("on") + 1);
  const open = tokens.indexOf("(", end);
  const first = known.get(`${schema}.${table}`);
  const column = bare(partsOf(tokens, open)[0]![0]!);
  return first !== undefined && column !== first ? ["unique key off the distribution column"] : [];
}

function inAlter(tokens: string[], known: Map<string, string>): string[] {
  const { schema, table } = nameAt(tokens, 2);
  const first = known.get(`${schema}.${table}`);
  const added = tokens.slice(tokens.indexOf("add") + 1);
  if (!tokens.includes("add")) return [];
  const unique = [...keyOf(added, "unique"), ...keyOf(added, "primary", "key")].some(
    (key) => first !== undefined && key[0] !== first,
  );
  return [...(unique ? ["unique key off the distribution column"] : []), ...foreign(added, { schema, first: undefined })];
}

function isVolatileUpdate(tokens: string[]): boolean {
  for (const [index, token] of tokens.entries()) {
    const updates = token === "update" && tokens[index - 1] !== "for" && tokens.indexOf("set", index) > 0;
    if (!updates) continue;
    const set = tokens.indexOf("set", index);
    let depth = 0;
    for (let at = set; at < tokens.length && depth >= 0; at++) {
      if (tokens[at] === "(") depth++;
      if (tokens[at] === ")") depth--;
      if (VOLATILE.has(tokens[at]!) && tokens[at + 1] === "(") return true;
    }
  }
  return false;
}
