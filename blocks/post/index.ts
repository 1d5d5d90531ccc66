export type { Letter, LetterSummary, PostDoor, SendRequest } from "./declaration.ts";
