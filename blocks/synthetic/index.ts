/** The front door of invented people. */
export type { DemoPerson, Progress, Role, SyntheticDoor } from "./declaration.ts";
