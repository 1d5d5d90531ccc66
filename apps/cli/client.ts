import os from "node:os";
import type { IdentityDoor } from "@kerege/identity";
import { formatInstant } from "@kerege/kernel/format";
import type { ReferenceDoor } from "@kerege/reference";
import type { Run, Terminal } from "./terminal.ts";
import { withState } from "./within.ts";

const MOST_NAME = 100;

/** `kerege client add BODY NAME | list | end ID`: systems of bodies that may ask over the network. */
export const client: Run = async ([verb = "", ...rest], terminal) => {
  if (verb === "list")
    return withState(terminal, ({ house }) => list(house.doors.identity as IdentityDoor, terminal, house.country.timeZone));
  const [first = "", ...words] = rest;
  const name = words.join(" ").trim();
  if (verb === "end" && first !== "") {
    return withState(terminal, async ({ house }) => {
      await (house.doors.identity as IdentityDoor).endClient(first);
      terminal.print(terminal.say("client.ended"));
      return 0;
    });
  }
  if (verb !== "add" || first === "" || name === "" || name.length > MOST_NAME) {
    terminal.complain(terminal.say("client.usage"));
    return 2;
  }
  return withState(terminal, async ({ house }) => {
    if (!(house.doors.reference as ReferenceDoor).body(first)) {
      terminal.complain(terminal.say("client.unknown-body", { body: first }));
      return 2;
    }
    const by = { kind: "system" as const, body: first, name: `kerege ${os.userInfo().username}` };
    const { client: added, secret } = await (house.doors.identity as IdentityDoor).addClient(by, { body: first, name });
    terminal.print(terminal.say("client.added", { name: added.name, id: added.id }));
    // Alone on its line, so that it may be taken over as it stands.
    terminal.print(secret);
    terminal.print(terminal.say("client.once"));
    return 0;
  });
};

async function list(identity: IdentityDoor, terminal: Terminal, timeZone: string): Promise<number> {
  const clients = await identity.clients();
  if (clients.length === 0) terminal.print(terminal.say("client.none"));
  for (const one of clients)
    terminal.print(`${one.id}  ${one.body}  ${one.name}  ${formatInstant(terminal.language, one.addedAt, timeZone)}`);
  return 0;
}
