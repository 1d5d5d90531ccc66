import { readFileSync } from "node:fs";
import os from "node:os";
import type { IdentityDoor } from "@kerege/identity";
import type { Actor } from "@kerege/kernel/actor";
import { formatInstant } from "@kerege/kernel/format";
import type { ReferenceDoor } from "@kerege/reference";
import { fromCaller, type Run, type Terminal } from "./terminal.ts";
import { withState } from "./within.ts";

const MOST_NAME = 100;
const MOST_FILE = 64 * 1024;
const CLIENT_ID = /^[0-9a-f]{8}-/;

/**
 * `kerege client …`: systems of bodies that ask with a secret (add, end), and programs that sign people in or ask with tokens
 * (register, suspend, resume, end).
 */
export const client: Run = async ([verb = "", ...rest], terminal) => {
  const [first = "", ...words] = rest;
  const name = words.join(" ").trim();
  if (verb === "list") return withIdentity(terminal, (identity, timeZone) => list(identity, terminal, timeZone));
  if (verb === "register" && first !== "" && name === "") return register(first, terminal);
  const change = changes[verb];
  if (change && first !== "" && name === "") {
    return withIdentity(terminal, async (identity) => {
      await change(identity, first);
      terminal.print(terminal.say(`client.${verb}-done`));
      return 0;
    });
  }
  if (verb !== "add" || first === "" || name === "" || name.length > MOST_NAME) {
    terminal.complain(terminal.say("client.usage"));
    return 2;
  }
  return withState(terminal, async ({ house }) => {
    if (!knowsBody(house.doors, first, terminal)) return 2;
    const { client: added, secret } = await (house.doors.identity as IdentityDoor).addClient(by(first), { body: first, name });
    terminal.print(terminal.say("client.added", { name: added.name, id: added.id }));
    printSecret(secret, terminal);
    return 0;
  });
};

/** Whoever runs the server acts for no body. */
const changes: Record<string, (identity: IdentityDoor, id: string) => Promise<void>> = {
  end: (identity, id) => (CLIENT_ID.test(id) ? identity.endClient(id) : identity.programs.end(by(""), id)),
  suspend: (identity, id) => identity.programs.suspend(by(""), id),
  resume: (identity, id) => identity.programs.resume(by(""), id),
};

async function register(file: string, terminal: Terminal): Promise<number> {
  let declared: { body?: unknown } | null;
  try {
    const text = readFileSync(fromCaller(file), "utf8");
    if (text.length > MOST_FILE) throw new RangeError("too long");
    declared = JSON.parse(text);
  } catch {
    terminal.complain(terminal.say("client.no-file", { file }));
    return 2;
  }
  return withState(terminal, async ({ house }) => {
    const body = String(declared?.body ?? "");
    if (!knowsBody(house.doors, body, terminal)) return 2;
    const { program, secret } = await (house.doors.identity as IdentityDoor).programs.register(by(body), declared);
    terminal.print(terminal.say("client.registered", { name: program.name, id: program.id }));
    if (secret) printSecret(secret, terminal);
    return 0;
  });
}

function knowsBody(doors: Record<string, unknown>, body: string, terminal: Terminal): boolean {
  if ((doors.reference as ReferenceDoor).body(body)) return true;
  terminal.complain(terminal.say("client.unknown-body", { body }));
  return false;
}

/** Alone on its line, so that it may be taken over as it stands. */
function printSecret(secret: string, terminal: Terminal): void {
  terminal.print(secret);
  terminal.print(terminal.say("client.once"));
}

function by(body: string): Actor {
  return { kind: "system", body, name: `kerege ${os.userInfo().username}` };
}

function withIdentity(terminal: Terminal, work: (identity: IdentityDoor, timeZone: string) => Promise<number>): Promise<number> {
  return withState(terminal, ({ house }) => work(house.doors.identity as IdentityDoor, house.country.timeZone));
}

async function list(identity: IdentityDoor, terminal: Terminal, timeZone: string): Promise<number> {
  const [clients, programs] = [await identity.clients(), await identity.programs.list()];
  if (clients.length + programs.length === 0) terminal.print(terminal.say("client.none"));
  const when = (at: Date) => formatInstant(terminal.language, at, timeZone);
  for (const one of clients) terminal.print(`${one.id}  ${one.body}  ${one.name}  ${when(one.addedAt)}`);
  for (const one of programs) {
    const state = one.suspendedAt ? `  ${terminal.say("client.suspended", { at: when(one.suspendedAt) })}` : "";
    terminal.print(`${one.id}  ${one.body}  ${one.name}  ${one.profile}  ${when(one.addedAt)}${state}`);
  }
  return 0;
}
