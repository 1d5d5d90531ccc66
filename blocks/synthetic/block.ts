import { defineBlock } from "@kerege/kernel/block";
import type { ReferenceDoor } from "@kerege/reference";
import type { RegistryDoor } from "@kerege/registry";
import { checkPeople } from "./check.ts";
import type { SyntheticDoor } from "./declaration.ts";
import { problems } from "./problems.ts";
import { createSynthetic } from "./synthetic.ts";

/** Invented people for a demo country. */
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
  ],
  check: checkPeople,
  open(means, needs) {
    const { ensureAtStart, ...door } = createSynthetic(means, needs);
    return { door, prepare: ensureAtStart };
  },
});
