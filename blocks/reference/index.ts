/** The front door of reference data. */
export { type CsvFault, type CsvRow, readCsv } from "./csv.ts";
export type { CalendarDay, Edition, FeatureCollection, Item, ReferenceDoor, SearchOptions } from "./declaration.ts";
