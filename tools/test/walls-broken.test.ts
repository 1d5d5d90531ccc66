import assert from "node:assert/strict";
import { test } from "node:test";
import { untranslated } from "../walls/languages.ts";
import { memoryTree } from "../walls/tree.ts";
import { offencesAfter, soundHouse } from "./sound-house.ts";

type Case = { title: string; changes: Record<string, string | undefined>; found: string[] };

const manifest = (name: string, more: object) => JSON.stringify({ name, ...more }, undefined, 1);
const lower = soundHouse["blocks/lower/package.json"]!;
const openDoors = { ".": "./index.ts", "./block": "./block.ts" };
const lock = (folder: string, sections: object) => {
  const known = JSON.parse(soundHouse["package-lock.json"]!) as { packages: Record<string, object> };
  return JSON.stringify({ packages: { ...known.packages, [folder]: sections } });
};
const migration = (text: string) => ({ "blocks/lower/migrations/0003-more.sql": text });
const portability = (what: string, text: string): Case => ({
  title: `${what} in a migration`,
  changes: migration(text),
  found: ["blocks/lower/migrations/0003-more.sql:2 sql-portability"],
});
const code = (title: string, text: string): Case => ({
  title,
  changes: { "blocks/lower/record.ts": `\n${text}\n` },
  found: ["blocks/lower/record.ts:2 code"],
});

const cases: Case[] = [
  {
    title: "an import past the doors of another package",
    changes: { "blocks/upper/record.ts": '\nimport { find } from "@kerege/lower/store";\nfind("1");\n' },
    found: ["blocks/upper/record.ts:2 deep-import"],
  },
  {
    title: "a block that opens the wiring of its neighbour",
    changes: { "blocks/upper/record.ts": 'import lower from "@kerege/lower/block";\nlower.one;\n' },
    found: ["blocks/upper/record.ts:1 deep-import"],
  },
  {
    title: "an import that no manifest declares, static and dynamic",
    changes: { "blocks/lower/record.ts": 'import { x } from "leftpad";\nawait import(\n  "rightpad"\n);\nx;\n' },
    found: ["blocks/lower/record.ts:1 undeclared-import", "blocks/lower/record.ts:3 undeclared-import"],
  },
  {
    title: "a product file that lives on a dependency for development",
    changes: { "blocks/lower/record.ts": 'import { parse } from "yaml";\nparse("");\n' },
    found: ["blocks/lower/record.ts:1 undeclared-import"],
  },
  {
    title: "a relative import out of the package",
    changes: { "blocks/upper/record.ts": 'export * from "../lower/index.ts";\n' },
    found: ["blocks/upper/record.ts:1 relative-import"],
  },
  {
    title: "a declared dependency that nothing imports",
    changes: {
      "blocks/lower/package.json": manifest("@kerege/lower", {
        exports: openDoors,
        dependencies: { "@kerege/kernel": "*", qr: "1.0.0" },
      }),
      "package-lock.json": lock("blocks/lower", { dependencies: { "@kerege/kernel": "*", qr: "1.0.0" } }),
    },
    found: ["blocks/lower/package.json:9 unused-dependency"],
  },
  {
    title: "a door that leads nowhere, a door that opens a folder, a block without a lock on its doors",
    changes: {
      "blocks/lower/package.json": lower.replace('"./block":', '"./gone":"./gone.ts","./pages/*":"./pages/*.tsx","./block":'),
      "blocks/upper/package.json": soundHouse["blocks/upper/package.json"]!.replace(/"exports":\{[^}]*\},/, ""),
    },
    found: [
      "apps/server/house.ts:2 deep-import",
      "blocks/lower/package.json:1 exports",
      "blocks/lower/package.json:1 exports",
      "blocks/upper/package.json exports",
    ],
  },
  {
    title: "two packages that need each other",
    changes: {
      "blocks/lower/package.json": lower.replace('"@kerege/kernel":"*"', '"@kerege/kernel":"*","@kerege/upper":"*"'),
      "blocks/lower/record.ts": 'import type { Upper } from "@kerege/upper";\nexport type Record = Upper;\n',
      "package-lock.json": lock("blocks/lower", { dependencies: { "@kerege/kernel": "*", "@kerege/upper": "*" } }),
    },
    found: ["blocks/upper/package.json:1 cycle", "blocks/lower/package.json:1 floor"],
  },
  {
    title: "a block that stands on one below it in the list of the house",
    changes: { "apps/server/house.ts": soundHouse["apps/server/house.ts"]!.replace("  lower,\n  upper,", "  upper,\n  lower,") },
    found: ["blocks/upper/package.json:1 floor"],
  },
  {
    title: "a block that is in no house",
    changes: { "apps/server/house.ts": soundHouse["apps/server/house.ts"]!.replace("  upper,\n", "") },
    found: ["apps/server/house.ts floor"],
  },
  {
    title: "a kernel that stands on a block and names it",
    changes: {
      "kernel/package.json": soundHouse["kernel/package.json"]!.replace('"pg":"8.0.0"', '"pg":"8.0.0","@kerege/lower":"*"'),
      "kernel/log.ts": 'import type { Lower } from "@kerege/lower";\nexport type Log = Lower;\nexport const first = "lower";\n',
      "package-lock.json": lock("kernel", { dependencies: { pg: "8.0.0", "@kerege/lower": "*" } }),
    },
    found: [
      "kernel/package.json:1 cycle",
      "kernel/package.json:1 floor",
      "kernel/log.ts:1 block-name",
      "kernel/log.ts:3 block-name",
    ],
  },
  {
    title: "SQL outside a store: by its tag and as plain text",
    changes: {
      "blocks/lower/record.ts": 'import { sql } from "@kerege/kernel/database";\nexport const all = sql`select 1`;\n',
      "blocks/lower/routes.ts": '\nexport const text = "insert into lower.record values (1)";\n',
    },
    found: ["blocks/lower/record.ts:2 sql-place", "blocks/lower/routes.ts:2 sql-place"],
  },
  {
    title: "the database driver outside the kernel",
    changes: {
      "blocks/lower/package.json": lower.replace('"@kerege/kernel":"*"', '"@kerege/kernel":"*","pg":"8.0.0"'),
      "blocks/lower/routes.ts": 'import pg from "pg";\nexport const pool = new pg.Pool();\n',
      "package-lock.json": lock("blocks/lower", { dependencies: { "@kerege/kernel": "*", pg: "8.0.0" } }),
    },
    found: ["blocks/lower/routes.ts:1 sql-place"],
  },
  {
    title: "a query that names the schema of another block",
    changes: {
      "blocks/upper/store.ts":
        'import { sql } from "@kerege/kernel/database";\nexport const all = sql`select count(*)\n  from lower.record`;\n',
      "blocks/upper/migrations/0001-total.sql": "create table upper.total as select * from lower.record;\n",
    },
    found: ["blocks/upper/migrations/0001-total.sql:1 foreign-schema", "blocks/upper/store.ts:3 foreign-schema"],
  },
  portability("a trigger", "\ncreate trigger t before update on lower.record execute function f();"),
  portability("an exclusion constraint", "\nalter table lower.record add exclude using gist (id with =);"),
  portability("an enum", "\ncreate type lower.kind as enum ('a');"),
  portability("row level security", "\nalter table lower.record enable row level security;"),
  portability("a serial", "\ncreate table lower.more (id bigserial);"),
  portability("an identity", "\ncreate table lower.more (id int generated always as identity);"),
  portability("a default that is a new identifier", "\ncreate table lower.more (id uuid default gen_random_uuid());"),
  portability("a default that is the time", "\ncreate table lower.more (at timestamptz default now());"),
  portability("a time without zone", "\ncreate table lower.more (at timestamp);"),
  portability("a sequence", "\ncreate sequence lower.number;"),
  {
    title: "a foreign key into another schema",
    changes: { "blocks/upper/migrations/0001-total.sql": "create table upper.total (id uuid references lower.record (id));\n" },
    found: [
      "blocks/upper/migrations/0001-total.sql:1 foreign-schema",
      "blocks/upper/migrations/0001-total.sql:1 sql-portability",
    ],
  },
  {
    title: "a gap between migrations",
    changes: { "blocks/lower/migrations/0004-more.sql": "create table lower.more (id uuid primary key);" },
    found: ["blocks/lower/migrations/0004-more.sql migration-number"],
  },
  {
    title: "a number given twice, and a file that is no migration",
    changes: { "blocks/lower/migrations/0002-other.sql": "", "blocks/lower/migrations/notes.txt": "" },
    found: ["blocks/lower/migrations/notes.txt migration-number", "blocks/lower/migrations/0002-other.sql migration-number"],
  },
  {
    title: "code that names a pack, by its name or its folder",
    changes: {
      "blocks/lower/record.ts": 'export const pack = "fishing";\nexport const b = `packs/fishing/\u0024{pack}`;\n',
      "apps/server/main.ts": 'export const c = "library-card"; export const noun = "fishing";\n',
    },
    found: ["apps/server/main.ts:1 pack-name", "blocks/lower/record.ts:1 pack-name", "blocks/lower/record.ts:2 pack-name"],
  },
  {
    title: "an engine test that names another pack than the fixture",
    changes: { "blocks/lower/test/record.test.ts": 'export const packs = ["library-card", "fishing"];\n' },
    found: ["blocks/lower/test/record.test.ts:1 pack-name"],
  },
  {
    title: "programs in a pack and in a country",
    changes: { "packs/fishing/rule.mjs": "", "countries/here/start.sh": "" },
    found: ["countries/here/start.sh pack-code", "packs/fishing/rule.mjs pack-code"],
  },
  {
    title: "a README without one of its headings, with headings out of order, with nothing under one; and none at all",
    changes: {
      "blocks/lower/README.md": "## Owns\nA.\n## Does\n\n## Offers\nB.\n## Needs\nC.\n",
      "blocks/upper/README.md": undefined,
    },
    found: [
      "blocks/lower/README.md:3 readme",
      "blocks/lower/README.md:1 readme",
      "blocks/lower/README.md readme",
      "blocks/upper/README.md readme",
    ],
  },
  {
    title: "a language that is missing, a text that is missing, a placeholder and a plural form that are missing",
    changes: {
      "blocks/lower/locales/kk.yaml": undefined,
      "blocks/lower/locales/en.yaml":
        "problems: { taken: taken }\nlist: { title: titles, count: '{n, plural, one {#} other {#}}' }\n",
      "blocks/lower/locales/ru.yaml":
        "problems: { taken: занято }\nlist:\n  title: заглавия\n  count: '{n, plural, one {#} few {#} other {#}}'\n",
      "kernel/locales/ky.yaml": "problems:\n  not-found: '{file} жок'\n",
    },
    found: [
      "blocks/lower/locales/kk.yaml language",
      "blocks/lower/locales/ky.yaml language",
      "blocks/lower/locales/ru.yaml:4 language",
      "kernel/locales/ru.yaml:1 language",
      "kernel/locales/kk.yaml:1 language",
      "kernel/locales/en.yaml:1 language",
    ],
  },
  {
    title: "a text that is no message, one that is empty, and a file that is no YAML",
    changes: {
      "kernel/locales/ky.yaml": "problems:\n  not-found: '{page'\n",
      "blocks/lower/locales/ky.yaml": "problems: { taken: '' }\nlist: { title: a }\n",
      "blocks/lower/locales/kk.yaml": "problems: { taken: '\n",
    },
    found: [
      "blocks/lower/locales/ky.yaml:1 language",
      "blocks/lower/locales/kk.yaml:2 language",
      "kernel/locales/ky.yaml:2 language",
    ],
  },
  {
    title: "a problem and a text that no locale has",
    changes: {
      "blocks/lower/problems.ts": 'export const problems = {\n  taken: { status: 409 },\n  "not-yours": { status: 403 },\n};\n',
      "blocks/lower/pages/list.tsx":
        'export const List = ({ t }: { t(key: string): string }) => (\n  <p title={t(`lower.words.\u0024{t.name}`)}>{t("lower.list.gone")} {t(`lower.list.\u0024{t.name}`)}</p>\n);\n',
    },
    found: ["blocks/lower/pages/list.tsx:2 text", "blocks/lower/pages/list.tsx:2 text", "blocks/lower/problems.ts:3 text"],
  },
  {
    title: "names that say nothing, and a name in capitals",
    changes: {
      "blocks/lower/utils/sum.ts": "",
      "blocks/lower/store-helper.ts": "",
      "docs/shared/page.md": "",
      "docs/new-page.md": "",
      "blocks/lower/openData.ts": "",
      "docs/open-data.md": "",
    },
    found: ["blocks/lower/openData.ts name", "blocks/lower/store-helper.ts name", "blocks/lower/utils name", "docs/shared name"],
  },
  code("the type any", "export const a: any = 1;"),
  code("a cast to any", "export const a = 1 as any;"),
  code("a check that is switched off", `// @ts-${"ignore"}`),
  code("console in the product", 'console.log("a");'),
  code("markup that is not escaped", "export const a = { dangerouslySetInnerHTML: { __html: '' } };"),
  code("a mark of unfinished work", `// ${"TO"}${"DO"} later`),
  code("a swallowed fault", "try { a(); } catch {}"),
  code("an enum", "export enum A { B }"),
  {
    title: "a test that shuts out the others",
    changes: { "blocks/lower/test/record.test.ts": '\ntest.only("a", () => {});\n' },
    found: ["blocks/lower/test/record.test.ts:2 code"],
  },
  {
    title: "a file of more than 400 lines",
    changes: { "blocks/lower/record.ts": "export {};\n".repeat(401), "blocks/upper/record.ts": "export {};\n".repeat(400) },
    found: ["blocks/lower/record.ts length"],
  },
  {
    title: "a function of four parameters",
    changes: {
      "blocks/lower/record.ts":
        "\nexport function a(b: Map<string, number>, c: (d: string, e: string) => void, f = [1, 2], g: { h: 1 }) {}\n",
    },
    found: ["blocks/lower/record.ts:2 parameters"],
  },
  {
    title: "a path of one machine and the host of a registry",
    changes: { "docs/how-to/start.md": `cd /${"home"}/aida/kerege\ncurl https://${"registry"}.npmjs.org/yaml\n` },
    found: ["docs/how-to/start.md:1 place", "docs/how-to/start.md:2 place"],
  },
  {
    title: "a lock that does not know what a manifest declares",
    changes: { "package-lock.json": lock("apps/server", { dependencies: { "@kerege/lower": "*" } }) },
    found: ["apps/server/package.json lock"],
  },
];

test("in a sound house every wall holds", () => {
  assert.deepEqual(offencesAfter({}), []);
});

for (const { title, changes, found } of cases) {
  test(`found: ${title}`, () => {
    assert.deepEqual(offencesAfter(changes), found);
  });
}

test("told, not refused: a long Kyrgyz text that equals the Russian one", () => {
  const long = "Это длинный текст, который кто-то забыл перевести на кыргызский язык.";
  const tree = memoryTree({
    ...soundHouse,
    "kernel/locales/ky.yaml": `a: ${long}\nb: Жок\n`,
    "kernel/locales/ru.yaml": `a: ${long}\nb: Жок\n`,
  });
  assert.deepEqual(
    untranslated(tree).map(({ file, line }) => `${file}:${line}`),
    ["kernel/locales/ky.yaml:1"],
  );
});
