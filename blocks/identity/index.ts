/** The front door of identity: who someone is, for how long, and how surely we know. */
export type { Client, DeskSession } from "./desk.ts";
export type { Assurance, IdentityDoor, Session } from "./session.ts";
