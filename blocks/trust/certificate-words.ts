/** What a page about certificates needs beside the use cases. */
import type { Reason } from "./crl.ts";
import { toPem } from "./issue.ts";

/** Reasons an officer may give for a revocation; those of authorities are for authorities. */
export const REVOCATION_REASONS = [
  "key-compromise",
  "affiliation-changed",
  "superseded",
  "cessation-of-operation",
  "privilege-withdrawn",
] as const satisfies readonly Reason[];

export const certificatePem = (der: Uint8Array): string => toPem("CERTIFICATE", Buffer.from(der));
