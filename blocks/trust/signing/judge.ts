/**
 * From what a format's reader found to what it is worth (ETSI EN 319 102-1, 5.3, 5.5 and 5.6, the parts this state needs): time stamps
 * from the outermost inwards, each proving for the one inside it that it existed; then the signer's certificate at the moment proven so.
 */
import { type Certificate, KEY_USAGE } from "../certificate.ts";
import { signerNameOf } from "../name.ts";
import { keyName } from "./algorithm.ts";
import { type Evidence, readEvidence } from "./evidence.ts";
import { checkPath, type PathFault, type PathResult, type Trusted } from "./path.ts";
import { type CoveredPart, type Reason, type SignatureReport, type SignerReport, type StampReport, verdictOf } from "./report.ts";
import { sunsetOf } from "./sunset.ts";
import type { TimeStamp } from "./token.ts";

/** A signature as a reader hands it over. */
export type FoundSignature = {
  readonly name: string;
  readonly profile: "PAdES" | "CAdES" | "XAdES" | "JAdES";
  /** Something is wrong with the signature itself. */
  readonly fault?: Reason;
  readonly certificate?: Certificate;
  readonly companions: readonly Certificate[];
  /** Lists and answers inside the file, DER. */
  readonly evidence: readonly Buffer[];
  readonly claimedAt?: Date;
  /** From the innermost to the outermost. */
  readonly stamps: readonly FoundStamp[];
  readonly covers: { readonly scope: "whole-file" | "earlier-version" | "parts"; readonly parts: readonly CoveredPart[] };
  readonly statedReason?: string;
};

/** Cryptographically good; whether its authority may be believed is decided here. */
export type FoundStamp = TimeStamp & { readonly kind: StampReport["kind"] };

const CLOCK_TOLERANCE = 5 * 60_000;

type Judged = { readonly report: StampReport; readonly path: PathResult };

/** Thirty years of renewals need fewer; each costs a way to a root. */
const MOST = { stamps: 16, evidence: 128, companions: 128 } as const;

export function judge(given: FoundSignature, trusted: Trusted, at: Date): SignatureReport {
  const isTooMuch =
    given.stamps.length > MOST.stamps || given.evidence.length > MOST.evidence || given.companions.length > MOST.companions;
  const found: FoundSignature = isTooMuch
    ? { ...given, stamps: [], evidence: [], companions: [], fault: given.fault ?? "too-large" }
    : given;
  const evidence = readEvidence(found.evidence);
  const stamps = judgeStamps(found, { evidence, trusted, at });
  const first = stamps.find(({ report }) => report.isTrusted)?.report;
  const base = {
    name: found.name,
    stamps: stamps.map(({ report }) => report),
    covers: found.covers,
    ...(found.claimedAt && { claimedAt: found.claimedAt }),
    ...(found.statedReason !== undefined && { statedReason: found.statedReason }),
  };
  if (found.fault || !found.certificate) {
    const reason = found.fault ?? "certificate-missing";
    return { ...base, ...verdictOf(reason), timeSource: found.claimedAt ? "claimed" : "none", level: `${found.profile}-B-B` };
  }
  const { certificate, companions } = found;
  const moment = first?.at ?? at;
  const path = checkPath({ leaf: certificate, companions, evidence, purpose: "sign", at: moment }, trusted);
  const reason = reasonOf(found, { path, moment, stamps, at });
  const { status } = path;
  return {
    ...base,
    ...verdictOf(reason),
    signer: signerOf(certificate),
    certificate,
    ...(first && { provenAt: first.at }),
    timeSource: first ? "stamp" : found.claimedAt ? "claimed" : "none",
    level: `${found.profile}-B-${levelOf(found, { trusted, stamps, moment, evidence })}`,
    ...(status?.knownAt && {
      status: { source: status.source!, knownAt: status.knownAt, ...(status.since && { revokedAt: status.since }) },
    }),
    until: endOf(certificate, stamps),
  };
}

type Circumstances = { evidence: Evidence; trusted: Trusted; at: Date };

function judgeStamps({ stamps, companions }: FoundSignature, { evidence, trusted, at }: Circumstances): Judged[] {
  const judged: Judged[] = [];
  let moment = at;
  for (const { token, authority, kind } of stamps.toReversed()) {
    const path = checkPath(
      { leaf: authority, companions: [...token.certificates, ...companions], evidence, purpose: "stamp", at: moment },
      trusted,
    );
    const until = earlier(authority.notAfter, sunset(authority));
    const isInTime = token.at.getTime() <= moment.getTime() + CLOCK_TOLERANCE && authority.notBefore <= token.at;
    const isTrusted = !path.fault && isInTime && sunset(authority) >= moment;
    // A stamp on the signature covers the signature and no other stamp: it must not lend its time to one put beside it later.
    if (isTrusted && kind !== "signature" && token.at < moment) moment = token.at;
    judged.unshift({
      path,
      report: { at: token.at, kind, authority: authority.name.commonName, certificate: authority, isTrusted, until },
    });
  }
  return judged;
}

const sunset = ({ publicKey }: Certificate): Date => (publicKey ? sunsetOf(keyName(publicKey)) : new Date(0));

const earlier = (one: Date, other: Date): Date => new Date(Math.min(one.getTime(), other.getTime()));

type Situation = { path: PathResult; moment: Date; stamps: readonly Judged[]; at: Date };

const FROM_PATH: Readonly<Record<PathFault, Reason>> = {
  "unknown-signer": "unknown-signer",
  "certificate-misused": "certificate-misused",
  "certificate-not-yet-valid": "certificate-not-yet-valid",
  "certificate-expired": "certificate-expired",
  "certificate-revoked": "certificate-revoked",
  "authority-revoked": "authority-revoked",
  "status-unknown": "status-unknown",
};

function reasonOf(found: FoundSignature, { path, moment, stamps, at }: Situation): Reason {
  const { claimedAt, certificate } = found;
  if (path.fault === "certificate-revoked" && claimedAt && claimedAt >= path.status!.since!) return "signed-after-revocation";
  if (path.fault) return FROM_PATH[path.fault];
  // Without a stamp the only time is the signer's own: the certificate must have been valid then, too.
  if (claimedAt && claimedAt < certificate!.notBefore) return "certificate-not-yet-valid";
  if (claimedAt && claimedAt.getTime() > Math.min(moment.getTime(), at.getTime()) + CLOCK_TOLERANCE)
    return "signed-in-the-future";
  const times = stamps.filter(({ report }) => report.isTrusted).map(({ report }) => report.at.getTime());
  if (times.some((time, i) => i > 0 && time + CLOCK_TOLERANCE < times[i - 1]!)) return "stamps-out-of-order";
  return sunset(certificate!) < moment ? "algorithm-aged" : "good";
}

type Reached = { trusted: Trusted; stamps: readonly Judged[]; moment: Date; evidence: Evidence };

/** T with a trusted stamp; LT when the file itself brings the proofs; LTA when a trusted stamp covers them. */
function levelOf(
  { certificate, companions, stamps: found }: FoundSignature,
  { trusted, stamps, moment, evidence }: Reached,
): string {
  const [first] = stamps.filter(({ report }) => report.isTrusted);
  if (!first) return "B";
  const alone = { ...trusted, evidence: [] };
  const proofs = { leaf: certificate!, companions, evidence, purpose: "sign" as const, at: moment };
  if (checkPath(proofs, alone).fault) return "T";
  const { token, authority } = found[stamps.indexOf(first)]!;
  const stampProofs = {
    leaf: authority,
    companions: [...token.certificates, ...companions],
    evidence,
    purpose: "stamp" as const,
  };
  if (checkPath({ ...stampProofs, at: token.at }, alone).fault) return "T";
  return stamps.some((one) => one !== first && one.report.isTrusted && one.report.kind !== "signature") ? "LTA" : "LT";
}

/** The end of what carries the proof now: of the outermost trusted stamp, or of the signer's certificate where there is none. */
function endOf(certificate: Certificate, stamps: readonly Judged[]): Date {
  const last = stamps.findLast(({ report }) => report.isTrusted)?.report;
  if (last) return last.until;
  return earlier(certificate.notAfter, sunset(certificate));
}

function signerOf(certificate: Certificate): SignerReport {
  const { name, serial, fingerprint, keyUsage } = certificate;
  const person = [name.givenName, name.surname].filter((part) => part !== "").join(" ");
  const kind = person === "" ? "body" : name.organization === "" ? "person" : "official";
  const { code } = signerNameOf(certificate);
  const shown =
    kind === "body" && (keyUsage & KEY_USAGE.nonRepudiation) !== 0 && name.organization ? name.organization : name.commonName;
  return {
    kind,
    name: clean(kind === "body" ? shown : person),
    body: clean(name.organization),
    bodyCode: clean(code),
    title: clean(name.title),
    serial,
    fingerprint,
  };
}

/** Control and invisible characters could make one name look like another's. */
const clean = (text: string): string => text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, "").slice(0, 300);
