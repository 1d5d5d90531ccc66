import os from "node:os";
import { text } from "node:stream/consumers";
import { parseArgs } from "node:util";
import type { IdentityDoor } from "@kerege/identity";
import { dayOf, systemClock } from "@kerege/kernel/clock";
import type { ReferenceDoor } from "@kerege/reference";
import { askHidden } from "./hidden.ts";
import type { Run, Terminal } from "./terminal.ts";
import { withState } from "./within.ts";

const MOST_REASON = 500;

/**
 * `kerege official link OFFICIAL PIN|- --reason WORDS`: which person an official is. At a desk it is said by a post with the right for it;
 * who holds that post first can sign in only once somebody at the machine has said it.
 */
export const official: Run = async (args, terminal) => {
  // A number among the arguments is personal data, and everybody on the machine may list processes: Node writes over them.
  process.title = "kerege official";
  const { values, positionals } = parseArgs({
    args,
    options: { reason: { type: "string" } },
    strict: false,
    allowPositionals: true,
  });
  const [verb, who = "", pin = "", ...more] = positionals;
  const reason = String(values.reason === true ? "" : (values.reason ?? "")).trim();
  if (verb !== "link" || who === "" || pin === "" || more.length > 0 || reason === "" || reason.length > MOST_REASON) {
    terminal.complain(terminal.say("official.usage"));
    return 2;
  }
  const number = pin === "-" ? await readNumber(terminal) : pin;
  return withState(terminal, async ({ house }) => {
    const { doors, country } = house;
    const holders = await (doors.reference as ReferenceDoor).officials({ on: dayOf(systemClock.now(), country.timeZone) });
    const holder = holders.find((one) => one.official === who);
    if (!holder) {
      terminal.complain(terminal.say("official.unknown", { official: who }));
      return 2;
    }
    const actor = { kind: "system", body: holder.body, name: `kerege ${os.userInfo().username}` } as const;
    await (doors.identity as IdentityDoor).factors.linkOfficial(actor, { official: who, pin: number, reason });
    terminal.print(terminal.say("official.linked", { official: who }));
    return 0;
  });
};

/** Typed without being shown, or the first line of what is piped in. */
async function readNumber(terminal: Terminal): Promise<string> {
  const typed = process.stdin.isTTY ? await askHidden(terminal.say("official.pin")) : await text(process.stdin);
  return (typed.split("\n")[0] ?? "").trim();
}
