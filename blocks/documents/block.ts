import { defineBlock } from "@kerege/kernel/block";
import type { TrustDoor } from "@kerege/trust";
import { createDocuments, type DocumentsDoor } from "./documents.ts";
import { checkKinds } from "./kind.ts";
import { problems } from "./problems.ts";
import { settings } from "./settings.ts";

/** What the state says: signed documents with a code that anyone can check. */
export default defineBlock<DocumentsDoor, { trust: TrustDoor }, typeof settings>({
  name: "documents",
  needs: ["trust"],
  problems,
  settings,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  packFiles: [
    {
      kind: "document",
      pattern: /^documents\/([a-z][a-z0-9-]*)\.yaml$/,
      schema: new URL("./pack/document.schema.json", import.meta.url),
    },
    { kind: "document-template", pattern: /^documents\/([a-z][a-z0-9-]*)\.html$/ },
  ],
  check: checkKinds,
  open: (means, { trust }) => ({ door: createDocuments(means, { trust }) }),
});
