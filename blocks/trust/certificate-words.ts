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

/** A serial number as programs print it, with colons, spaces, capitals or without its leading zero; undefined where it is none. */
export function readSerial(typed: string): string | undefined {
  const digits = typed.toLowerCase().replaceAll(/[\s:]|^\s*0x/g, "");
  const even = digits.length % 2 === 0 ? digits : `0${digits}`;
  return /^[0-9a-f]{2,42}$/.test(even) ? even : undefined;
}
