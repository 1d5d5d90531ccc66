/** The portal stands on top of the house: nobody calls it. */
export type { PortalNeeds } from "./needs.ts";
