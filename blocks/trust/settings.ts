import type { Setting } from "@kerege/kernel/settings";
import { type KnownWitness, parseWitnesses } from "./log/witnesses.ts";

export const settings = {
  witnesses: {
    env: "KEREGE_WITNESSES",
    about: "Outside witnesses of the log: for each its verifier key, a space and its address; several with commas between.",
    parse: parseWitnesses,
    default: [] as KnownWitness[],
    otherwise: "none; a demo country starts two of its own",
  } satisfies Setting<KnownWitness[]>,
};
