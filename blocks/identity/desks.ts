import { createHash, randomBytes } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Client, DeskSession } from "./desk.ts";
import { gather } from "./gather.ts";
import { problem } from "./problems.ts";
import { type Assurance, describeDevice, isToken } from "./session.ts";
import { createDeskStore } from "./store-desk.ts";

/** A working day with its lunch and its end. */
const DESK_HOURS = 10;

/** Somebody at a desk: the official's own id, the body, the post, the name. */
export type Sitting = Pick<DeskSession, "official" | "body" | "post" | "name">;

export interface Desks {
  /** Opens a desk for an invented official; a Problem `identity.not-a-demo` in a real country. The token is given once. */
  openDemoDesk(
    official: { official: string; body: string; post: string; name: string },
    userAgent: string,
  ): Promise<{ token: string; desk: DeskSession }>;
  findDesk(token: string): Promise<DeskSession | undefined>;
  closeDesk(token: string): Promise<void>;
  /** Open desks of a person who came to them through the provider, newest first. */
  listDesks(pin: string): Promise<DeskSession[]>;
  /** Lets a system of a body ask over the network. The secret is given once. */
  addClient(actor: Actor, client: { body: string; name: string }): Promise<{ client: Client; secret: string }>;
  /** The client of a secret sent as `Authorization: Bearer …` (RFC 6750). */
  findClient(secret: string): Promise<Client | undefined>;
  clients(): Promise<Client[]>;
  /** Throws `identity.no-such-client`. */
  endClient(id: string): Promise<void>;
}

/** How an official came to a desk through the provider. */
export interface Came {
  pin: string;
  assurance: Assurance;
  methods: string[];
  /** The session at the provider that the desk ends with. */
  providerSession: string;
}

/** For the block alone. */
export interface DeskKeeping {
  /** Whoever calls it has found out that the person is this official. */
  openDesk(official: Sitting, userAgent: string, came?: Came): Promise<{ token: string; desk: DeskSession }>;
  /** The sessions at the provider that the desks ended by it were opened under; empty text for a desk of the demo list. */
  endDesk(by: { tokenHash: string } | { pin: string; id?: string } | { providerSession: string }): Promise<string[]>;
}

/** Officials at their desks and systems of bodies. */
export function createDesks(means: Means): Desks & DeskKeeping {
  const store = createDeskStore(means.database);
  const hash = (token: string) => createHash("sha256").update(token).digest("base64url");
  const makeToken = () => randomBytes(32).toString("base64url");
  const findDesk = gather((hashes) => store.findDesks(hashes, means.clock.now()));
  const findClient = gather((hashes) => store.findClients(hashes));
  const openDesk: DeskKeeping["openDesk"] = async (official, userAgent, came) => {
    const token = makeToken();
    const openedAt = means.clock.now();
    const expiresAt = new Date(openedAt.getTime() + DESK_HOURS * 3_600_000);
    const desk = { ...official, id: means.ids.next(), device: describeDevice(userAgent), openedAt, expiresAt };
    await store.insertDesk(desk, { tokenHash: hash(token), came });
    return { token, desk };
  };
  const endDesk: DeskKeeping["endDesk"] = (by) => store.endDesks(by, means.clock.now());
  return {
    openDesk,
    endDesk,
    listDesks: (pin) => store.listDesks(pin, means.clock.now()),
    async openDemoDesk(official, userAgent) {
      if (!means.country.demo) throw problem("not-a-demo");
      return openDesk(official, userAgent);
    },
    async findDesk(token) {
      return isToken(token) ? findDesk(hash(token)) : undefined;
    },
    async closeDesk(token) {
      if (isToken(token)) await endDesk({ tokenHash: hash(token) });
    },
    async addClient(actor, { body, name }) {
      const secret = makeToken();
      const client = { id: means.ids.next(), body, name, addedAt: means.clock.now() };
      const by = actor.kind === "person" ? "person" : `${actor.kind}:${actor.body}`;
      await store.insertClient({ ...client, by }, hash(secret));
      return { client, secret };
    },
    async findClient(secret) {
      return isToken(secret) ? findClient(hash(secret)) : undefined;
    },
    clients: store.clients,
    async endClient(id) {
      if (!/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id) || !(await store.endClient(id, means.clock.now())))
        throw problem("no-such-client");
    },
  };
}
