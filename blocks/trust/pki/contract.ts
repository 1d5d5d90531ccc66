/**
 * What signing asks of the authorities: time stamps, and the proofs that a certificate was good. Both are in-process: nothing here
 * opens a connection, and no address that stands inside a certificate is ever called.
 */
import type { Certificate } from "../certificate.ts";

/** A time-stamping authority (RFC 3161; ETSI EN 319 422). */
export type TimeStamper = {
  /** Whose key stamps; its only purpose is id-kp-timeStamping, marked critical. It is sent inside each token. */
  readonly certificate: Certificate;
  /** The authorities between the certificate and the root; the root is not among them. They are sent inside each token too. */
  readonly chain: readonly Certificate[];
  /**
   * A TimeStampToken in DER: ContentInfo with CMS SignedData over TSTInfo, ready to be put into an attribute or a DocTimeStamp.
   * @param digest SHA-256, 32 bytes, of what is to be stamped. Throws `trust.unfit-imprint` when it has another length.
   */
  stamp(digest: Uint8Array): Buffer;
  /** No token is longer, in bytes: so much room must be left for one. */
  readonly longest: number;
};

/** What is known about certificates of this installation. Reads the table of certificates; answers are at most a minute old. */
export type StatusSource = {
  /**
   * A complete OCSPResponse in DER (RFC 6960), signed by the responder that `issuer` appointed, whose certificate is inside it
   * (id-pkix-ocsp-nocheck, so it needs no proof of its own). Made anew for each call: `producedAt` is now.
   * Undefined when `issuer` is not an authority of this installation that answers by OCSP: the root answers by its list only.
   */
  ocsp(certificate: Certificate, issuer: Certificate): Promise<Buffer | undefined>;
  /**
   * The current CertificateList in DER that speaks of `certificate`: the partition named by its distribution point, or the one list of
   * an authority without partitions. Undefined when `issuer` is not of this installation.
   */
  revocationList(certificate: Certificate, issuer: Certificate): Promise<Buffer | undefined>;
  /** The way up from a certificate, nearest authority first, the root last; empty when it is not of this installation. */
  issuers(certificate: Certificate): readonly Certificate[];
};
