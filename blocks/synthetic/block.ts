import { defineBlock } from "@kerege/kernel/block";
import type { ReferenceDoor } from "@kerege/reference";
import type { RegistryDoor } from "@kerege/registry";
import { checkPeople } from "./check.ts";
import type { SyntheticDoor } from "./declaration.ts";
import { problems } from "./problems.ts";
import { checkRecords } from "./records-check.ts";
import { createRecords } from "./records-load.ts";
import { createSynthetic } from "./synthetic.ts";

/** First records of packs, and invented people for a demo country. */
export default defineBlock<SyntheticDoor, { reference: ReferenceDoor; registry: RegistryDoor }>({
  name: "synthetic",
  needs: ["reference", "registry"],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    {
      kind: "people",
      pattern: /^people\/([a-z][a-z0-9-]*)\.yaml$/,
      schema: new URL("./pack/people.schema.json", import.meta.url),
    },
    { kind: "people-model", pattern: /^synthetic\/(model)\.yaml$/, schema: new URL("./pack/model.schema.json", import.meta.url) },
    { kind: "people-names", pattern: /^synthetic\/(names)\.csv$/ },
    {
      kind: "records",
      pattern: /^records\/([a-z][a-z0-9_-]*)\.yaml$/,
      schema: new URL("./pack/records.schema.json", import.meta.url),
    },
    { kind: "records-table", pattern: /^records\/([a-z][a-z0-9_-]*)\.csv$/ },
  ],
  check(packs, report) {
    checkPeople(packs, report);
    checkRecords(packs, report);
  },
  open(means, needs) {
    const { ensureAtStart, ...door } = createSynthetic(means, needs);
    const records = createRecords(means, needs);
    return {
      door,
      async prepare(progress) {
        await records.load(progress);
        await ensureAtStart(progress);
      },
    };
  },
});
