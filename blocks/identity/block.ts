import { defineBlock } from "@kerege/kernel/block";
import { addCredentials } from "./credentials.ts";
import { createIdentity } from "./identity.ts";
import { problems } from "./problems.ts";
import type { IdentityDoor } from "./session.ts";

export default defineBlock<IdentityDoor>({
  name: "identity",
  needs: [],
  problems,
  migrations: new URL("./migrations/", import.meta.url),
  locales: new URL("./locales/", import.meta.url),
  open(means) {
    const door = createIdentity(means);
    return { door, routes: (app) => addCredentials(app, door) };
  },
});
