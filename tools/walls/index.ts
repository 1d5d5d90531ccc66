/** The walls of the house: each a pure function over a tree of files. `tools/test/walls.test.ts` keeps them. */
import { longFiles, manyParameters, refusedCode } from "./code.ts";
import { deepImports, exportLocks, relativeImports, undeclaredImports, unusedDependencies } from "./imports.ts";
import { fourLanguages, textsExist } from "./languages.ts";
import { migrationNumbers, sqlPortability } from "./migrations.ts";
import { refusedNames } from "./names.ts";
import { dependencyCycles, floorOrder } from "./order.ts";
import { blockNames, packCode, packNames } from "./packs.ts";
import { lockAgrees, machinePlaces } from "./places.ts";
import { readmeHeadings } from "./readme.ts";
import { foreignSchemas, sqlImports, sqlPlace } from "./sql.ts";
import type { Wall } from "./tree.ts";

/** What is kept, in words, and what keeps it. */
export const walls: Record<string, Wall> = {
  "a package is entered by its doors only": deepImports,
  "what is imported is declared": undeclaredImports,
  "relative imports stay inside their package": relativeImports,
  "what is declared is used": unusedDependencies,
  "every door leads to a file": exportLocks,
  "no package reaches itself": dependencyCycles,
  "each block stands only on those above it in the house": floorOrder,
  "only stores hold SQL": sqlPlace,
  "only the kernel holds the database driver": sqlImports,
  "no query names the schema of another block": foreignSchemas,
  "migrations stay in the portable subset of SQL": sqlPortability,
  "migrations are numbered without gap": migrationNumbers,
  "code names no pack": packNames,
  "the kernel names no block": blockNames,
  "packs and countries hold no program": packCode,
  "every block has its README with five headings": readmeHeadings,
  "every text stands in four languages": fourLanguages,
  "every problem and every text asked for exists": textsExist,
  "names say what is inside": refusedNames,
  "nothing loosens the checks": refusedCode,
  "no file is longer than 400 lines": longFiles,
  "no function takes more than three parameters": manyParameters,
  "nothing knows the machine it was written on": machinePlaces,
  "the lock agrees with the manifests": lockAgrees,
};
