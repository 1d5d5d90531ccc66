/** The front door of reference data. */
export { type CsvFault, type CsvRow, readCsv } from "./csv.ts";
export type { CalendarDay, FeatureCollection, Ground, Item, Source } from "./declaration.ts";
export type {
  Appointment,
  BodyUnit,
  Change,
  CodeState,
  Edition,
  EditionHead,
  HistoryEntry,
  Holder,
  Of,
  Pair,
  Post,
  Publication,
  ReferenceDoor,
  SearchOptions,
  StaffAct,
} from "./door.ts";
