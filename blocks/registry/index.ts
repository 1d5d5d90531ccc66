/** The front door of the registers. */
export type { Confidentiality, Ground, KnownFact, RegisterDeclaration, RegisterField, Value, Values } from "./declaration.ts";
export type {
  AffectedUse,
  Contest,
  Difference,
  FeedEntry,
  Found,
  GroundDocument,
  HistoryEntry,
  Page,
  ReadEntry,
  ReadRequest,
  RecordRequest,
  RegistryDoor,
  SearchRequest,
} from "./door.ts";
export { isPin, makePin, readPin, type Sex } from "./pin.ts";
