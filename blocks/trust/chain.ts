/**
 * The way from a signer's certificate to a root of the anchors: the part of RFC 5280, section 6 that this authority's
 * certificates need. Anything it does not know and that is marked critical is refused.
 */
import { type Anchors, newestListOf } from "./anchors.ts";
import { type Certificate, isSignedBy, KEY_USAGE, OID } from "./certificate.ts";
import { DerFault } from "./der.ts";
import { ANY_POLICY, policiesOf } from "./pki/extension.ts";
import type { Refusal } from "./verdict.ts";

export type ChainResult =
  | { readonly path: readonly Certificate[]; readonly revocationKnownAt: Date | undefined }
  | { readonly reason: Refusal };

export type ChainQuestion = {
  readonly leaf: Certificate;
  /** Certificates that came with the signature: they may help to find the way, they are trusted for nothing. */
  readonly companions: readonly Certificate[];
  readonly signedAt: Date;
  /** The moment of checking. */
  readonly at: Date;
};

const MAX_PATH = 4;
/** Between the signer's clock and ours. */
const CLOCK_TOLERANCE = 5 * 60_000;

export function checkChain(question: ChainQuestion, anchors: Anchors): ChainResult {
  const { leaf, companions, signedAt, at } = question;
  const path = findPath([leaf], { authorities: [...anchors.authorities, ...companions], roots: anchors.roots });
  // Whoever sends certificates that are not part of the way sends something that nobody has vouched for.
  if (!path || !companions.every((one) => path.some((used) => used.der.equals(one.der)))) return { reason: "unknown-signer" };
  if (!speaksForBody(leaf, path[1]!)) return { reason: "certificate-misused" };
  if (signedAt.getTime() > at.getTime() + CLOCK_TOLERANCE) return { reason: "signed-in-the-future" };
  let revocationKnownAt: Date | undefined;
  for (const [position, certificate] of path.entries()) {
    const fault = faultOf(certificate, position) ?? validityFault(certificate, signedAt) ?? validityFault(certificate, at);
    if (fault) return { reason: fault };
    const issuer = path[position + 1];
    const list = issuer && newestListOf(anchors, issuer);
    const revokedAt = list?.revoked.get(certificate.serial);
    // Without an outside time stamp nobody can show that a signature is older than the revocation.
    if (revokedAt && revokedAt <= at) return { reason: "certificate-revoked" };
    if (position === 0) revocationKnownAt = list?.thisUpdate;
  }
  return { path, revocationKnownAt };
}

type Known = { readonly authorities: readonly Certificate[]; readonly roots: readonly Certificate[] };

/** Depth first over the few certificates whose name, key identifier and signature fit. */
function findPath(path: readonly Certificate[], known: Known): readonly Certificate[] | undefined {
  const last = path.at(-1)!;
  const root = known.roots.find((one) => fits(last, one));
  if (root) return last.der.equals(root.der) ? undefined : [...path, root];
  if (path.length >= MAX_PATH - 1) return undefined;
  const tried = new Set<string>();
  for (const issuer of known.authorities) {
    if (tried.has(issuer.fingerprint) || path.some((one) => one.der.equals(issuer.der)) || !fits(last, issuer)) continue;
    tried.add(issuer.fingerprint);
    const found = findPath([...path, issuer], known);
    if (found) return found;
  }
  return undefined;
}

function fits(certificate: Certificate, issuer: Certificate): boolean {
  const named = certificate.authorityKeyId;
  if (named && issuer.subjectKeyId && !named.equals(issuer.subjectKeyId)) return false;
  return isSignedBy(certificate, issuer);
}

/**
 * Whether the authority was allowed to make seals of state bodies (policy …1.1, see pki/profile.ts): those for people and companies are not,
 * and what they issue must never look like a document of the state. Certificates of the first version name no policies; then there was
 * no other authority.
 */
function speaksForBody(leaf: Certificate, issuer: Certificate): boolean {
  let [allowed, named]: (readonly string[] | undefined)[] = [];
  try {
    [allowed, named] = [policiesOf(issuer), policiesOf(leaf)];
  } catch (fault) {
    if (fault instanceof DerFault) return false;
    throw fault;
  }
  if (!allowed && !named) return true;
  return (named ?? []).some((one) => one.endsWith(".1.1") && (!allowed || allowed.includes(one) || allowed.includes(ANY_POLICY)));
}

function validityFault({ notBefore, notAfter }: Certificate, at: Date): Refusal | undefined {
  if (at < notBefore) return "certificate-not-yet-valid";
  return at > notAfter ? "certificate-expired" : undefined;
}

/** `position` 0 is the signer; an authority at position n has n − 1 authorities below it (pathLenConstraint, 4.2.1.9). */
function faultOf(certificate: Certificate, position: number): Refusal | undefined {
  const { isAuthority, keyUsage, pathLength, extendedKeyUsage, unknownCritical } = certificate;
  const purposes = extendedKeyUsage ?? [OID.documentSigning];
  const fit =
    position === 0
      ? !isAuthority &&
        keyUsage === KEY_USAGE.nonRepudiation &&
        (purposes.includes(OID.documentSigning) || purposes.includes(OID.emailProtection))
      : isAuthority && (keyUsage & KEY_USAGE.keyCertSign) !== 0 && (pathLength === undefined || pathLength >= position - 1);
  return fit && unknownCritical.length === 0 ? undefined : "certificate-misused";
}
