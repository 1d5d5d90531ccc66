import assert from "node:assert/strict";
import { walls } from "../walls/index.ts";
import { memoryTree } from "../walls/tree.ts";

const manifest = (name: string, more: object = {}) => JSON.stringify({ name, type: "module", ...more });
const readme =
  "# A block\n\n## Does\nThis.\n\n## Owns\nThat.\n\n## Offers\nA door.\n\n## Needs\nNothing.\n\n## Standards\nNone.\n";
const locked = { dependencies: { "@kerege/kernel": "*" } };
const doors = { exports: { ".": "./index.ts", "./block": "./block.ts" } };

/** A small house in which every wall holds: a kernel, two blocks, an app, a pack. */
export const soundHouse: Record<string, string> = {
  "package.json": manifest("house", { devDependencies: { yaml: "2.0.0" } }),
  "package-lock.json": JSON.stringify({
    packages: {
      "": { devDependencies: { yaml: "2.0.0" } },
      kernel: { dependencies: { pg: "8.0.0" } },
      "blocks/lower": locked,
      "blocks/upper": { dependencies: { "@kerege/kernel": "*", "@kerege/lower": "*" } },
      "apps/server": { dependencies: { "@kerege/lower": "*", "@kerege/upper": "*" } },
    },
  }),
  "kernel/package.json": manifest("@kerege/kernel", {
    exports: { "./database": "./database.ts", "./problem": "./problem.ts" },
    dependencies: { pg: "8.0.0" },
  }),
  "kernel/database.ts": 'import pg from "pg";\nexport const one = (pool: pg.Pool) => pool.query("select 1 from kernel.job");\n',
  "kernel/problem.ts": 'export const kernelProblems = {\n  "not-found": { status: 404 },\n};\n',
  "kernel/migrations/0001-job.sql": "create table kernel.job (id uuid primary key, due_at timestamptz not null);\n",
  "blocks/lower/package.json": manifest("@kerege/lower", { ...doors, ...locked }),
  "blocks/lower/README.md": readme,
  "blocks/lower/index.ts": "export type Lower = { read(id: string): Promise<string> };\n",
  "blocks/lower/block.ts": 'import { one } from "@kerege/kernel/database";\nexport default { name: "lower", one };\n',
  "blocks/lower/store.ts":
    'import { sql } from "@kerege/kernel/database";\nexport const find = (id: string) => sql`select r.name from lower.record r where r.id = \u0024{id}`;\n',
  "blocks/lower/problems.ts": "export const problems = {\n  taken: { status: 409 },\n};\n",
  "blocks/lower/migrations/0001-record.sql":
    "create table lower.record (id uuid primary key, kind text not null check (kind in ('a', 'b')));\n",
  "blocks/lower/migrations/0002-note.sql":
    "-- a trigger would not do\ncreate table lower.note (record uuid not null references lower.record (id));\n",
  "blocks/lower/pages/list.tsx":
    'export const List = ({ t }: { t(key: string): string }) => <p>Don\'t {t("lower.list.title")}</p>;\n',
  "blocks/upper/package.json": manifest("@kerege/upper", {
    ...doors,
    dependencies: { "@kerege/kernel": "*", "@kerege/lower": "*" },
  }),
  "blocks/upper/README.md": readme,
  "blocks/upper/index.ts": "export type Upper = { total: number };\n",
  "blocks/upper/block.ts":
    'import type { Lower } from "@kerege/lower";\nimport { one } from "@kerege/kernel/database";\nexport default { name: "upper", needs: ["lower"], one, lower: undefined as Lower | undefined };\n',
  "apps/server/package.json": manifest("@kerege/server", { dependencies: { "@kerege/lower": "*", "@kerege/upper": "*" } }),
  "apps/server/house.ts":
    'import lower from "@kerege/lower/block";\nimport upper from "@kerege/upper/block";\n\nexport const house = [\n  lower,\n  upper,\n];\n',
  "packs/fishing/pack.yaml": "name: fishing\n",
  "packs/library-card/pack.yaml": "name: library-card\n",
  ...locales("kernel", { problems: { "not-found": "{page} is not here" } }),
  ...locales("blocks/lower", { problems: { taken: "taken" }, list: { title: "titles" } }),
};

function locales(folder: string, texts: object): Record<string, string> {
  return Object.fromEntries(
    ["ky", "ru", "kk", "en"].map((language) => [`${folder}/locales/${language}.yaml`, JSON.stringify(texts)]),
  );
}

/**
 * Changes the sound house and says what every wall finds, as `file:line wall`. A file set to undefined is taken away.
 */
export function offencesAfter(changes: Record<string, string | undefined>): string[] {
  const texts = Object.entries({ ...soundHouse, ...changes }).filter(
    (entry): entry is [string, string] => entry[1] !== undefined,
  );
  const tree = memoryTree(Object.fromEntries(texts));
  const offences = Object.values(walls).flatMap((wall) => wall(tree));
  for (const offence of offences)
    assert.ok(offence.reason !== "" && offence.remedy !== "", "an offence says what and what to do");
  return offences.map(({ file, line, wall }) => `${file}${line === undefined ? "" : `:${line}`} ${wall}`);
}
