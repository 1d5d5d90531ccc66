import type { Reason } from "../crl.ts";

/** Told in the transaction of the act; `type` is `trust.certificate-issued`, `-held`, `-resumed` or `-revoked`. */
export interface CertificateChanged {
  /** Serial number, hex. */
  serial: string;
  kind: string;
  authority: string;
  /** Code, PIN or id of the holder. */
  holder: string;
  reason?: Reason;
}
