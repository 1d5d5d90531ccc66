/** The front door of identity: who someone is, for how long, and how surely we know. */
export { DESK_COOKIE, SESSION_COOKIE } from "./credentials.ts";
export type { Client, DeskSession } from "./desk.ts";
export { type AtDesk, createDeskReception, type DeskReception } from "./desk-reception.ts";
export type { Assurance, IdentityDoor, Session } from "./session.ts";
