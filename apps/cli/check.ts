import { faultLines } from "@kerege/server/faults";
import { placeOf, readAll } from "@kerege/server/open";
import type { Run } from "./terminal.ts";

/** `kerege check`: every fault of every pack and of the country, with file, line and remedy; exit code 1 when there is one. */
export const check: Run = async (args, terminal) => {
  const place = placeOf({ ...process.env, ...(args[0] && { KEREGE_COUNTRY: args[0] }) });
  const declared = readAll(place);
  terminal.print(faultLines(declared, terminal.language));
  return declared.faults.length === 0 ? 0 : 1;
};
