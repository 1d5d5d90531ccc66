import type { IdentityDoor } from "@kerege/identity";
import { formatInstant } from "@kerege/kernel/format";
import type { Run } from "./terminal.ts";
import { withState } from "./within.ts";

/** `kerege keys rotate | list`: keys that sign what the OpenID provider gives out. */
export const keys: Run = async ([verb = "list", ...rest], terminal) => {
  if (rest.length > 0 || (verb !== "rotate" && verb !== "list")) {
    terminal.complain(terminal.say("keys.usage"));
    return 2;
  }
  return withState(terminal, async ({ house }) => {
    const identity = house.doors.identity as IdentityDoor;
    if (verb === "rotate") {
      await identity.keys.rotate();
      terminal.print(terminal.say("keys.rotated"));
    }
    for (const { kid, usedFrom } of await identity.keys.list())
      terminal.print(
        `${kid}  ${terminal.say("keys.from", { at: formatInstant(terminal.language, usedFrom, house.country.timeZone) })}`,
      );
    return 0;
  });
};
