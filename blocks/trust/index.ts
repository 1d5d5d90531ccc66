/** What neighbours and the command line may use. The checks are pure: they need no server and no network. */
export type { Anchors } from "./anchors.ts";
export { parseAnchors } from "./anchors.ts";
export type { Body } from "./authority.ts";
export type { Claims, ClaimValue } from "./cbor.ts";
export { type Certificate, parseCertificate } from "./certificate.ts";
export { certificatePem, REVOCATION_REASONS, readSerial } from "./certificate-words.ts";
export type { Reason as RevocationReason } from "./crl.ts";
export { checkProof, isProofFile, type ProofRefusal, type ProofVerdict } from "./log/check-proof.ts";
export { type Checkpoint, cosignedAt, parseCheckpoint } from "./log/checkpoint.ts";
export type { LeafPlace, LogBatch, LogDoor, ProofFile, ProofRequest } from "./log/contract.ts";
export { openLogKeys } from "./log/keys.ts";
export { saltedLeaf } from "./log/leaf.ts";
export {
  compareSights,
  keptPath,
  type MonitorVerdict,
  provesSplit,
  recompute,
  type Sight,
  type SightState,
} from "./log/monitor.ts";
export { isSignedBy, type NoteKey, noteKey, parseNote, parseVerifierKey, signNote, writeVerifierKey } from "./log/note.ts";
export { verifyConsistency, verifyInclusion } from "./log/proof.ts";
export { logEntryColumns, logEntryInsert, logEntryStatement } from "./log/store.ts";
export { considerCheckpoint, type Witness, type WitnessAnswer } from "./log/witness.ts";
export { parseWitness } from "./log/witnesses.ts";
export type { PdfSigning } from "./pades.ts";
export type { PdfVerdict } from "./pdf-check.ts";
export { checkPdf } from "./pdf-check.ts";
export { findSignature } from "./pdf-signature.ts";
export type {
  FindName,
  RequestSettled,
  SignatureKind,
  SignaturesDoor,
  SignerName as PersonName,
  SigningOrder,
  SigningRequest,
} from "./personal/contract.ts";
export {
  type Act as CeremonyAct,
  AUTHORITIES,
  type CeremonyAuthority,
  type CeremonyPlan,
  type CeremonyRecord,
  checkCeremony,
  holdCeremony,
  renewAuthority,
  signRootList,
} from "./pki/ceremony.ts";
export type { StatusSource, TimeStamper } from "./pki/contract.ts";
export type { CertificateChanged } from "./pki/events.ts";
export type { Issue, Issued, Issuing } from "./pki/issuing.ts";
export { writeRequest as writeOcspRequest } from "./pki/ocsp.ts";
export { type PathQuestion, type PathVerdict, validatePath } from "./pki/path.ts";
export { openTokenKey, type TokenKey, type TokenPlace } from "./pki/pkcs11.ts";
export type { PkiDoor } from "./pki/pki.ts";
export type { Holder, Kind as CertificateKind } from "./pki/profile.ts";
export { createMemory, type Memory } from "./pki/revocation.ts";
export type { CertificateAct, CertificateRecord, CertificateState } from "./pki/store.ts";
export { checkTrustedList, type ListVerdict } from "./pki/trusted-list-check.ts";
export type { Signer } from "./signer.ts";
export { ASIC_TYPE, addAsicSignature, asicContents, liftAsic, signAsic } from "./signing/asic.ts";
export { ASIC_SIMPLE_TYPE, signAsicSimple } from "./signing/asic-simple.ts";
export { type CadesSigning, liftCades, signCades } from "./signing/cades.ts";
export { type JwsSigning, liftJws, signJws, signJwsFiles } from "./signing/jws.ts";
export { LEVELS, type Level, type LevelMeans } from "./signing/means.ts";
export { liftPades, type PdfLevelSigning, signPadesAt } from "./signing/pades-sign.ts";
export { type Trusted, trustedFrom } from "./signing/path.ts";
export { nextRenewal, RENEWAL_MARGIN, type Renewal, type Renewing, renew } from "./signing/renew.ts";
export {
  type CoveredPart,
  FORMATS,
  type Format,
  type Indication,
  NEXT_STEPS,
  type NextStep,
  REASONS,
  type Reason,
  type SignatureReport,
  type SignerReport,
  type StampReport,
  type Subindication,
  type ValidationReport,
} from "./signing/report.ts";
export type { Checking, KeptFile, SigningDoor, Walker } from "./signing/signing.ts";
export { type Validation, validate } from "./signing/validate.ts";
export { type SignedFile, signFiles, signXml, type XadesSigning } from "./signing/xades-sign.ts";
export type { StatementVerdict } from "./statement.ts";
export { openStatement as checkStatement } from "./statement.ts";
export type { Trust, TrustDoor, TrustMeans } from "./trust.ts";
export type { Refusal, Refused, SignerName } from "./verdict.ts";
export { REFUSALS } from "./verdict.ts";
