import { defineBlock } from "@kerege/kernel/block";
import { checkReference } from "./check.ts";
import type { ReferenceDoor } from "./declaration.ts";
import { problems } from "./problems.ts";
import { createReference } from "./reference.ts";

/** Reference data: classifiers with dated editions, the working calendar, boundaries, bodies. */
export default defineBlock<ReferenceDoor, Record<never, never>>({
  name: "reference",
  needs: [],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    {
      kind: "reference",
      pattern: /^reference\/([a-z][a-z0-9-]*)\.yaml$/,
      schema: new URL("./pack/reference.schema.json", import.meta.url),
    },
    { kind: "reference-table", pattern: /^reference\/([a-z][a-z0-9-]*)\.csv$/ },
    { kind: "reference-shapes", pattern: /^reference\/([a-z][a-z0-9-]*)\.geojson$/ },
  ],
  check: checkReference,
  open(means) {
    const { door, keepEditions } = createReference(means);
    return {
      door,
      async prepare(progress) {
        const kept = await keepEditions();
        if (kept > 0) progress("reference.progress.kept", { count: kept });
      },
    };
  },
});
