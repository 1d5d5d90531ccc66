/** What neighbours and the command line may use. The checks are pure: they need no server, no network and no clock. */
export type { Anchors } from "./anchors.ts";
export { parseAnchors } from "./anchors.ts";
export type { Body } from "./authority.ts";
export type { Claims, ClaimValue } from "./cbor.ts";
export type { PdfSigning } from "./pades.ts";
export type { PdfVerdict } from "./pdf-check.ts";
export { checkPdf } from "./pdf-check.ts";
export { findSignature } from "./pdf-signature.ts";
export type { Signer } from "./signer.ts";
export type { StatementVerdict } from "./statement.ts";
export { openStatement as checkStatement } from "./statement.ts";
export type { Trust, TrustMeans } from "./trust.ts";
export type { Refusal, Refused, SignerName } from "./verdict.ts";
export { REFUSALS } from "./verdict.ts";
