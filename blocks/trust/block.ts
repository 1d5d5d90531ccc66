import { defineBlock } from "@kerege/kernel/block";
import { createLog } from "./log/log.ts";
import { addLogRoutes } from "./log/routes.ts";
import { problems } from "./problems.ts";
import { addRoutes } from "./routes.ts";
import { settings } from "./settings.ts";
import { createTrust, type TrustDoor } from "./trust.ts";

export default defineBlock<TrustDoor, Record<never, never>, typeof settings>({
  name: "trust",
  needs: [],
  problems,
  settings,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  open(means) {
    const trust = createTrust(means);
    const log = createLog({ means, trust, witnesses: means.settings.witnesses });
    return {
      door: { ...trust, log: log.door },
      prepare: log.begin,
      routes(app) {
        addRoutes(app, trust);
        addLogRoutes(app, { means, log });
        // A command that opens the state for a moment leaves the log to the server.
        log.start();
      },
      close: log.stop,
    };
  },
});
