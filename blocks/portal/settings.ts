import { requestBounds } from "@kerege/kernel/bound";
import type { Setting } from "@kerege/kernel/settings";

const yesOrNo = (text: string): boolean | undefined => (text === "yes" ? true : text === "no" ? false : undefined);

export const settings = {
  secure: {
    env: "KEREGE_SECURE",
    about: "Write yes where people reach the portal over HTTPS (cookies are then sent over HTTPS only), else no.",
    parse: yesOrNo,
    default: false as boolean,
  } satisfies Setting<boolean>,
  searchBounds: requestBounds("KEREGE_SEARCH_BOUNDS", "searches over services", { each: 600, all: 60_000 }),
};
