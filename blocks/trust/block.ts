import { defineBlock } from "@kerege/kernel/block";
import { problems } from "./problems.ts";
import { addRoutes } from "./routes.ts";
import { createTrust, type Trust } from "./trust.ts";

export default defineBlock<Trust>({
  name: "trust",
  needs: [],
  problems,
  locales: new URL("./locales/", import.meta.url),
  open(means) {
    const trust = createTrust(means);
    return { door: trust, routes: (app) => addRoutes(app, trust) };
  },
});
