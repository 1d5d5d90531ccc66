import type { Means } from "@kerege/kernel/block";
import type { App } from "@kerege/kernel/http";
import type { Addresses } from "./addresses.ts";
import { createAsking } from "./api-asking.ts";
import type { RegistryDoor } from "./door.ts";
import type { Published } from "./registers.ts";
import { alarmRoutes } from "./routes-alarms.ts";
import { consentRoutes } from "./routes-consents.ts";
import { eventRoutes } from "./routes-events.ts";
import { exportRoutes } from "./routes-export.ts";
import { fileRoutes } from "./routes-files.ts";
import { importRoutes } from "./routes-imports.ts";
import { listRoutes } from "./routes-list.ts";
import { proofRoutes } from "./routes-proofs.ts";
import { recordRoutes } from "./routes-records.ts";

/** The API of the registers. */
export function addRoutes(
  app: App,
  means: Pick<Means, "texts" | "country">,
  registry: { door: RegistryDoor; published: Published; addresses: Addresses },
): void {
  const asking = createAsking(app, registry);
  listRoutes(app, asking);
  recordRoutes(app, asking);
  proofRoutes(app, asking);
  consentRoutes(app, registry.door);
  alarmRoutes(app, registry.door);
  eventRoutes(app, asking);
  fileRoutes(app, asking);
  importRoutes(app, asking, { texts: means.texts, languages: means.country.languages });
  exportRoutes(app, asking);
}
