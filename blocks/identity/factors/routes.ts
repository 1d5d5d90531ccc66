import type { Entrance } from "./entrance.ts";
import { activateRoutes, recoverRoutes } from "./routes-activate.ts";
import { certificateRoutes } from "./routes-certificate.ts";
import { deskRoutes } from "./routes-desk.ts";
import { registerRoutes } from "./routes-register.ts";
import { securityRoutes } from "./routes-security.ts";
import { signInRoutes } from "./routes-sign-in.ts";

/** Every page on which people show who they are, and change with what. */
export function addFactorRoutes(entrance: Entrance): void {
  signInRoutes(entrance);
  certificateRoutes(entrance);
  registerRoutes(entrance);
  activateRoutes(entrance);
  recoverRoutes(entrance);
  securityRoutes(entrance);
  deskRoutes(entrance);
}
