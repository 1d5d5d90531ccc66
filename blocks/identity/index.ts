/** The front door of identity: who someone is, for how long, and how surely we know. */
export {
  type Apart,
  type Circumstances,
  DEFAULT_LEVEL,
  type Decision,
  type Deed,
  decide,
  type Level,
  levelOf,
  levels,
  type Refused,
  refusals,
  type Target,
  unscoped,
  type Whom,
  whomOf,
  whoms,
} from "./access/decide.ts";
export { refusalOf } from "./access/refusal.ts";
export { DESK_COOKIE, SESSION_COOKIE } from "./credentials.ts";
export type { Client, DeskSession } from "./desk.ts";
export { type AtDesk, createDeskReception, type DeskReception } from "./desk-reception.ts";
export type { KnownPerson, PeopleDeclaration } from "./factors/account.ts";
export type { FindHolder } from "./factors/certificate.ts";
export { reaches, seesRegisters, wrongPost } from "./factors/level.ts";
export { SignInWays, type Ways } from "./factors/pages/ways.tsx";
export type { Arrival, Arrivals, Login } from "./login.ts";
export { ACTING_COOKIE, type Acting, type PersonAt } from "./mandates/acting.ts";
export {
  type Fallen,
  isDerived,
  type Mandate,
  type MandateEvent,
  type MandateKind,
  type MandateScope,
  mandateKinds,
  type Offer,
} from "./mandates/mandate.ts";
export type { Mandates, SeenMandate } from "./mandates/mandates.ts";
export { type DeskArrivals, type DeskProgram, deskProgramOf, deskPrograms, type Seat } from "./provider/desk-arrivals.ts";
export { providerRoutes } from "./provider/mount.ts";
export { type OwnProgramId, ownPrograms } from "./provider/own-programs.ts";
export { type Program, type ProgramDeclaration, profiles, scopes } from "./provider/program.ts";
export type { ClaimSources, ProviderDoor } from "./provider/provider.ts";
export type { Assurance, IdentityDoor, Session } from "./session.ts";
