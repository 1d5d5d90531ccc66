/** What neighbours and the command line may use. The check is pure: it needs no server, no network and no clock. */
export type { Check, CheckName, DocumentInput, DocumentVerdict, Reason, SignedContent, SignedFact } from "./check.ts";
export { checkDocument, REASONS } from "./check.ts";
export type { DocumentDeclaration, FactDeclaration, FactType } from "./declaration.ts";
export type { DocumentEntry, DocumentsDoor, IssuedDocument, IssueRequest } from "./documents.ts";
export type { DocumentIssued, DocumentWithdrawn } from "./events.ts";
