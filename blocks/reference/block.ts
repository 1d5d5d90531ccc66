import { defineBlock } from "@kerege/kernel/block";
import { checkReference } from "./check.ts";
import type { ReferenceDoor } from "./door.ts";
import { problems } from "./problems.ts";
import { createReference } from "./reference.ts";
import { addRoutes } from "./routes.ts";

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
    const reference = createReference(means);
    return {
      door: reference.door,
      routes: (app) => addRoutes(app, means, reference),
      async prepare(progress) {
        const { editions, officials } = await reference.keep();
        if (editions > 0) progress("reference.progress.kept", { count: editions });
        if (officials > 0) progress("reference.progress.officials", { count: officials });
      },
    };
  },
});
