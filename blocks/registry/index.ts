/** The front door of the registers. */
export { checkWhole, type WholeCheck } from "./consistency-reads.ts";
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
  Consent,
  Contest,
  CorrectionNotice,
  Deferral,
  Difference,
  Explanation,
  FactFound,
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
export type { Alarm, AlarmDoor, AlarmKind, SupervisedAlarm, SupervisedBody, SupervisionDoor } from "./door-alarm.ts";
export type {
  ImportLine,
  ImportListed,
  ImportPreview,
  ImportRequest,
  ImportState,
  Merge,
  WritingDoor,
} from "./door-writing.ts";
export { expand } from "./expand.ts";
export type { StateLog } from "./feed.ts";
export { checkScalar } from "./field-types.ts";
export { toMinor } from "./field-types-parts.ts";
export { asksWhatIsKnown, type Known, type Question } from "./known-facts.ts";
export { isPin, makePin, readPin, type Sex } from "./pin.ts";
export { planText } from "./plan-text.ts";
export { applyPlan, makePlan, type Plan } from "./planning.ts";
export { exportFile, type Format, readSearch } from "./table-file-export.ts";
export { type AccessRow, accessTable, accessText, accessWords } from "./who.ts";
