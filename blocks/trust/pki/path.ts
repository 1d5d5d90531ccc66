/**
 * Path validation by RFC 5280, section 6: key usage, purposes, lengths of paths, name constraints, policies (without mappings: a policy
 * that is only mapped counts as absent), and the status of every certificate at a moment. Held against `openssl verify -x509_strict` by
 * `test/conformance/path-openssl.test.ts`. Nothing is ever fetched: addresses inside certificates are only compared.
 */
import { type Certificate, isSignedBy, KEY_USAGE, OID } from "../certificate.ts";
import { DerFault } from "../der.ts";
import { nameFault } from "./name-constraint.ts";
import { type PolicyState, policyFault, startPolicies } from "./policy.ts";
import { type StatusEvidence, statusFault } from "./revocation.ts";

export type Purpose = "any" | "sign" | "authenticate" | "server" | "stamp" | "ocsp" | "list";

export const PATH_FAULTS = [
  "unknown-issuer",
  "malformed",
  "not-yet-valid",
  "expired",
  "not-an-authority",
  "path-too-long",
  "misused",
  "unknown-critical",
  "name-not-permitted",
  "policy-not-valid",
  "revoked",
  "status-unknown",
  "status-stale",
] as const;
export type PathFault = (typeof PATH_FAULTS)[number];

export type PathVerdict =
  | {
      readonly valid: true;
      /** From the certificate to the root. */
      readonly path: readonly Certificate[];
      /** Policies that hold along the whole path; `any` when every certificate allowed any. */
      readonly policies: readonly string[] | "any";
    }
  | {
      readonly valid: false;
      readonly reason: PathFault;
      /** Which certificate of the path: 0 is the one asked about. */
      readonly position: number;
    };

export type PathQuestion = {
  readonly leaf: Certificate;
  /** Certificates that may help to find the way; they are trusted for nothing. */
  readonly companions: readonly Certificate[];
  readonly roots: readonly Certificate[];
  /** The moment for which everything is asked. */
  readonly at: Date;
  readonly purpose: Purpose;
  /** One of these must hold along the path. */
  readonly policies?: readonly string[];
  /** What is known of revocations. Left out, nobody asks; given, a certificate without a fresh proof is refused. */
  readonly status?: StatusEvidence;
};

const MAX_PATH = 6;
const MAX_TRIED = 64;

/** Tries the ways that names, key identifiers and signatures allow; the first that holds counts, else the fault of the first. */
export function validatePath(question: PathQuestion): PathVerdict {
  let first: PathVerdict | undefined;
  let tried = 0;
  for (const path of waysUp([question.leaf], question)) {
    tried += 1;
    const verdict = checkPath(path, question);
    if (verdict.valid) return verdict;
    first ??= verdict;
    if (tried >= MAX_TRIED) break;
  }
  return first ?? { valid: false, reason: "unknown-issuer", position: 0 };
}

function* waysUp(path: readonly Certificate[], question: PathQuestion): Generator<readonly Certificate[]> {
  const last = path.at(-1)!;
  // The certificate asked about may itself be a root; then it vouches for itself alone.
  if (question.roots.some((root) => root.der.equals(last.der))) return yield path;
  if (path.length >= MAX_PATH) return;
  const seen = new Set<string>();
  for (const issuer of [...question.roots, ...question.companions]) {
    if (seen.has(issuer.fingerprint) || path.some((one) => one.der.equals(issuer.der))) continue;
    seen.add(issuer.fingerprint);
    const { authorityKeyId } = last;
    if (authorityKeyId && issuer.subjectKeyId && !authorityKeyId.equals(issuer.subjectKeyId)) continue;
    if (isSignedBy(last, issuer)) yield* waysUp([...path, issuer], question);
  }
}

function checkPath(path: readonly Certificate[], question: PathQuestion): PathVerdict {
  const policies = startPolicies(path.length);
  for (let position = path.length - 1; position >= 0; position--) {
    const reason = attempt(() => certificateFault(path, { position, question, policies }));
    if (reason) return { valid: false, reason, position };
  }
  const held = policies.valid;
  const wanted = question.policies;
  if (wanted && !(held === "any" || wanted.some((one) => held.has(one))))
    return { valid: false, reason: "policy-not-valid", position: 0 };
  return { valid: true, path, policies: held === "any" ? "any" : [...held] };
}

function attempt(act: () => PathFault | undefined): PathFault | undefined {
  try {
    return act();
  } catch (fault) {
    if (fault instanceof DerFault) return "malformed";
    throw fault;
  }
}

type Place = { readonly position: number; readonly question: PathQuestion; readonly policies: PolicyState };

function certificateFault(path: readonly Certificate[], { position, question, policies }: Place): PathFault | undefined {
  const certificate = path[position]!;
  const { at, purpose, status } = question;
  const issuer = path[position + 1];
  if (at < certificate.notBefore) return "not-yet-valid";
  if (at > certificate.notAfter) return "expired";
  if (!certificate.unknownCritical.every((type) => KNOWN.has(type))) return "unknown-critical";
  if (!purposeFits(certificate, purpose, position)) return "misused";
  if (position > 0) {
    const fault = authorityFault(path, position);
    if (fault) return fault;
  }
  // Names are checked against the constraints of everything above (4.2.1.10), but not those of an authority's own other certificate.
  if (!(position > 0 && isSelfIssued(certificate)) && nameFault(certificate, path.slice(position + 1)))
    return "name-not-permitted";
  if (policyFault(policies, certificate, { isLast: position === 0, isSelfIssued: isSelfIssued(certificate), isRoot: !issuer }))
    return "policy-not-valid";
  return issuer && status ? statusFault(certificate, issuer, { at, evidence: status }) : undefined;
}

/** Extensions that this file and those beside it look at. */
const KNOWN = new Set<string>([
  OID.subjectAlternativeName,
  OID.nameConstraints,
  OID.certificatePolicies,
  OID.policyConstraints,
  OID.inhibitAnyPolicy,
  OID.crlDistributionPoints,
]);

const isSelfIssued = ({ issuer, subject }: Certificate): boolean => issuer.equals(subject);

function authorityFault(path: readonly Certificate[], position: number): PathFault | undefined {
  const certificate = path[position]!;
  const constraints = certificate.extensions.find(({ type }) => type === OID.basicConstraints);
  if (!certificate.isAuthority || !constraints?.critical || (certificate.keyUsage & KEY_USAGE.keyCertSign) === 0)
    return "not-an-authority";
  // An authority at position n has n − 1 authorities below it, less those that only changed their key (4.2.1.9).
  const below = path.slice(1, position).filter((one) => !isSelfIssued(one)).length;
  return certificate.pathLength !== undefined && below > certificate.pathLength ? "path-too-long" : undefined;
}

const PURPOSES: Record<Exclude<Purpose, "any">, { usages: number; purposes: readonly string[]; strict: boolean }> = {
  sign: { usages: KEY_USAGE.nonRepudiation, purposes: [OID.emailProtection, OID.documentSigning], strict: false },
  authenticate: { usages: KEY_USAGE.digitalSignature, purposes: [OID.clientAuth], strict: true },
  server: { usages: KEY_USAGE.digitalSignature, purposes: [OID.serverAuth], strict: true },
  stamp: { usages: KEY_USAGE.digitalSignature | KEY_USAGE.nonRepudiation, purposes: [OID.timeStamping], strict: true },
  ocsp: { usages: KEY_USAGE.digitalSignature, purposes: [OID.ocspSigning], strict: true },
  list: { usages: KEY_USAGE.nonRepudiation | KEY_USAGE.digitalSignature, purposes: [OID.trustedListSigning], strict: true },
};

/** A purpose named by an authority bounds what stands below it, as checkers everywhere read it. */
function purposeFits(certificate: Certificate, purpose: Purpose, position: number): boolean {
  if (purpose === "any") return true;
  const { usages, purposes, strict } = PURPOSES[purpose];
  const named = certificate.extendedKeyUsage;
  const allowed = named ? purposes.some((one) => named.includes(one)) : position > 0 || !strict;
  if (position > 0) return allowed;
  const stamps = purpose !== "stamp" || isStampCertificate(certificate);
  return allowed && stamps && !certificate.isAuthority && (certificate.keyUsage & usages) !== 0;
}

/** RFC 3161, 2.3: the purpose is critical and the only one. */
function isStampCertificate({ extensions, extendedKeyUsage }: Certificate): boolean {
  const purpose = extensions.find(({ type }) => type === OID.extendedKeyUsage);
  return purpose?.critical === true && extendedKeyUsage?.length === 1;
}
