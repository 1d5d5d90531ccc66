import type { Means } from "@kerege/kernel/block";
import type { PortalNeeds } from "./needs.ts";
import type { settings } from "./settings.ts";
import type { Reception } from "./visit.ts";

/** What every group of routes stands on. */
export interface PortalMeans {
  means: Means<typeof settings>;
  needs: PortalNeeds;
  reception: Reception;
  /** Cookies only over HTTPS: set behind a balancer that speaks it. */
  secure: boolean;
}
