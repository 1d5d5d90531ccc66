/** The front door of the registers. */
export type {
  Agreement,
  Confidentiality,
  Ground,
  KnownFact,
  RegisterDeclaration,
  RegisterField,
  Value,
  Values,
} from "./declaration.ts";
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
export { expand } from "./expand.ts";
export { checkScalar } from "./field-types.ts";
export { toMinor } from "./field-types-parts.ts";
export { isPin, makePin, readPin, type Sex } from "./pin.ts";
export { planText } from "./plan-text.ts";
export { applyPlan, makePlan, type Plan } from "./planning.ts";
export { type AccessRow, accessTable, accessText, accessWords } from "./who.ts";
