/** The front door of the registers. */
export type {
  Found,
  Ground,
  Page,
  ReadEntry,
  ReadRequest,
  RecordRequest,
  RegisterDeclaration,
  RegisterField,
  RegistryDoor,
  SearchRequest,
  Value,
  Values,
} from "./declaration.ts";
export { isPin, makePin, readPin, type Sex } from "./pin.ts";
