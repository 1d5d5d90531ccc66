/**
 * What speaks for or against a certificate: revocation lists (RFC 5280, 5) and OCSP answers (RFC 6960), wherever they were found: in
 * the signature itself, in the anchors, in an answer fetched just now. None is believed before its own signature leads to the issuer.
 */
import { type Certificate, isSignedBy, KEY_USAGE, OID } from "../certificate.ts";
import { isListOf, parseRevocationList, type RevocationList } from "../crl.ts";
import { DerFault, TAG } from "../der.ts";
import { verifyBy } from "../pki/algorithm.ts";
import { listAddressesOf } from "../pki/extension.ts";
import { isResponder, issuerHashes } from "../pki/ocsp.ts";
import { type OcspAnswer, readOcsp, type SingleAnswer } from "../pki/ocsp-read.ts";

const HOUR = 3_600_000;
/** An OCSP answer that names no next one is believed for so long. */
const ANSWER_LIFE = 24 * HOUR;
const CLOCK_TOLERANCE = 5 * 60_000;

type Answer = OcspAnswer & { readonly der: Buffer };
export type Evidence = { readonly lists: readonly RevocationList[]; readonly answers: readonly Answer[] };

/** Sorts pieces in DER into lists and answers; what is neither, or cannot be read, is left out and so proves nothing. */
export function readEvidence(pieces: readonly Buffer[]): Evidence {
  const lists: RevocationList[] = [];
  const answers: Answer[] = [];
  for (const der of pieces) {
    try {
      if (isAnswer(der)) answers.push({ ...readOcsp(der), der });
      else lists.push(parseRevocationList(der, { partial: true }));
    } catch (fault) {
      if (!(fault instanceof DerFault)) throw fault;
    }
  }
  return { lists, answers };
}

/** An OCSPResponse begins with its status, a list with a sequence; a long list is not read twice for that. */
function isAnswer(der: Buffer): boolean {
  const head = (der[1] ?? 0) < 0x80 ? 2 : 2 + ((der[1] ?? 0) & 0x7f);
  return der[head] === TAG.enumerated;
}

export type Status = {
  readonly state: "good" | "revoked" | "unknown";
  /** When revoked. */
  readonly since?: Date;
  /** When the evidence was made that says so. */
  readonly knownAt?: Date;
  readonly source?: "ocsp" | "list";
};

type Word = {
  readonly revokedAt: Date | undefined;
  /** Suspended: a later word may lift it. */
  readonly isHold: boolean;
  readonly isUnknown: boolean;
  readonly knownAt: Date;
  readonly until: Date;
  readonly source: "ocsp" | "list";
};

/**
 * What is known about a certificate for the moment `at`. A revocation counts from its day on, wherever it is said; that a certificate is
 * good must be said by evidence that was still in force at `at` or was made later.
 */
export function statusOf(
  certificate: Certificate,
  issuer: Certificate,
  { evidence, at }: { evidence: Evidence; at: Date },
): Status {
  const words = [...answersOn(certificate, issuer, evidence), ...listsOn(certificate, issuer, evidence)];
  words.sort((a, b) => b.knownAt.getTime() - a.knownAt.getTime());
  const revoked = words.find(({ revokedAt, isHold }, i) => revokedAt !== undefined && (!isHold || i === 0));
  const since = revoked?.revokedAt;
  if (revoked && since && since <= at) return { state: "revoked", since, knownAt: revoked.knownAt, source: revoked.source };
  const good = words.find(({ until, isUnknown }) => !isUnknown && until >= at);
  if (!good) return { state: "unknown" };
  return { state: "good", knownAt: good.knownAt, source: good.source, ...(since && { since }) };
}

function answersOn(certificate: Certificate, issuer: Certificate, { answers }: Evidence): Word[] {
  return answers.flatMap((answer) => {
    const single = answer.answers.find(({ id }) => isAbout(id, certificate, issuer));
    if (!single || !isAnswerOf(answer, issuer)) return [];
    const { status, thisUpdate, nextUpdate } = single;
    return [
      {
        revokedAt: status.state === "revoked" ? status.at : undefined,
        isHold: status.state === "revoked" && status.reason === "hold",
        isUnknown: status.state === "unknown",
        knownAt: thisUpdate,
        until: nextUpdate ?? new Date(thisUpdate.getTime() + ANSWER_LIFE),
        source: "ocsp" as const,
      },
    ];
  });
}

function isAbout(
  { serial, hash, nameHash, keyHash }: SingleAnswer["id"],
  certificate: Certificate,
  issuer: Certificate,
): boolean {
  if (serial !== certificate.serial) return false;
  const known = issuerHashes(issuer, hash);
  return known.nameHash.equals(nameHash) && known.keyHash.equals(keyHash);
}

/** Signed by the issuer itself, or by a responder that the issuer appointed with a certificate for that (4.2.2.2). */
function isAnswerOf(answer: OcspAnswer, issuer: Certificate): boolean {
  if (isNamed(answer.responder, issuer) && isSealed(answer, issuer)) return true;
  return answer.certificates.some(
    (certificate) =>
      isNamed(answer.responder, certificate) &&
      isResponder(certificate) &&
      // Without it the responder would need a proof of its own, which nobody sends.
      certificate.extensions.some(({ type }) => type === OID.ocspNoCheck) &&
      certificate.notBefore.getTime() <= answer.producedAt.getTime() + CLOCK_TOLERANCE &&
      answer.producedAt <= certificate.notAfter &&
      isSignedBy(certificate, issuer) &&
      isSealed(answer, certificate),
  );
}

const isNamed = (responder: OcspAnswer["responder"], certificate: Certificate): boolean =>
  "name" in responder
    ? responder.name.equals(certificate.subject)
    : issuerHashes(certificate, "sha1").keyHash.equals(responder.keyHash);

const isSealed = ({ algorithm, signed, signature }: OcspAnswer, { publicKey }: Certificate): boolean =>
  publicKey !== undefined && verifyBy(publicKey, algorithm, { bytes: signed, signature });

function listsOn(certificate: Certificate, issuer: Certificate, { lists }: Evidence): Word[] {
  if ((issuer.keyUsage & KEY_USAGE.crlSign) === 0) return [];
  return lists
    .filter((list) => list.issuer.equals(certificate.issuer) && speaksOf(list, certificate) && isListOf(list, issuer))
    .map((list) => ({
      revokedAt: list.revoked.get(certificate.serial),
      isHold: list.reasons.get(certificate.serial) === "hold",
      isUnknown: false,
      knownAt: list.thisUpdate,
      until: list.nextUpdate,
      source: "list" as const,
    }));
}

/** A complete list speaks of all; a partition of those certificates that name its address as theirs (RFC 5280, 6.3.3, b). */
const speaksOf = ({ partition }: RevocationList, certificate: Certificate): boolean =>
  !partition || listAddressesOf(certificate).some((address) => partition.includes(address));
