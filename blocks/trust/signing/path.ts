/**
 * A certificate at one moment, past or present: the way to a trusted root (`pki/path.ts`), and what is known of revocations on it
 * (ETSI EN 319 102-1, 5.2.6).
 */
import type { Anchors } from "../anchors.ts";
import type { Certificate } from "../certificate.ts";
import { validatePath, type PathFault as WayFault } from "../pki/path.ts";
import { type Evidence, readEvidence, type Status, statusOf } from "./evidence.ts";

export type Trusted = {
  readonly roots: readonly Certificate[];
  readonly authorities: readonly Certificate[];
  /** Lists and answers that are at hand, DER. */
  readonly evidence: readonly Buffer[];
};

/** The published anchors as what is trusted; `more` are lists and answers that were fetched besides. */
export function trustedFrom(anchors: Anchors, more: readonly Buffer[] = []): Trusted {
  const lists = [...anchors.lists.values()].map(({ der }) => der);
  return { roots: anchors.roots, authorities: [...anchors.authorities, ...anchors.signers], evidence: [...lists, ...more] };
}

/** What a certificate has to be for. */
export type Purpose = "sign" | "stamp";

export type PathFault =
  | "unknown-signer"
  | "certificate-misused"
  | "certificate-not-yet-valid"
  | "certificate-expired"
  | "certificate-revoked"
  | "authority-revoked"
  | "status-unknown";

export type PathQuestion = {
  readonly leaf: Certificate;
  /** Certificates that came along: they may help to find the way, they are trusted for nothing. */
  readonly companions: readonly Certificate[];
  readonly evidence: Evidence;
  readonly purpose: Purpose;
  /** The moment at which the signature is known to have existed: validity and revocation are asked for it. */
  readonly at: Date;
};

export type PathResult = { readonly fault?: PathFault /** Of the certificate itself. */; readonly status?: Status };

const FAULTS: Partial<Record<WayFault, PathFault>> = {
  "unknown-issuer": "unknown-signer",
  "not-yet-valid": "certificate-not-yet-valid",
  expired: "certificate-expired",
};

const kept = new WeakMap<readonly Buffer[], Evidence>();

/** Read once for as long as the same list of pieces is handed in. */
function evidenceAtHand(pieces: readonly Buffer[]): Evidence {
  const known = kept.get(pieces);
  if (known) return known;
  const evidence = readEvidence(pieces);
  kept.set(pieces, evidence);
  return evidence;
}

export function checkPath({ leaf, companions, evidence: sent, purpose, at }: PathQuestion, trusted: Trusted): PathResult {
  const authorities = [...trusted.authorities, ...companions].filter(({ isAuthority }) => isAuthority);
  const way = validatePath({ leaf, companions: authorities, roots: trusted.roots, at, purpose });
  if (!way.valid) return { fault: FAULTS[way.reason] ?? "certificate-misused" };
  const hand = evidenceAtHand(trusted.evidence);
  const evidence = { lists: [...sent.lists, ...hand.lists], answers: [...sent.answers, ...hand.answers] };
  const statuses = way.path.slice(0, -1).map((one, i) => statusOf(one, way.path[i + 1]!, { evidence, at }));
  const [status] = statuses;
  const revoked = statuses.findIndex(({ state }) => state === "revoked");
  if (revoked >= 0) return { status, fault: revoked === 0 ? "certificate-revoked" : "authority-revoked" };
  return statuses.some(({ state }) => state === "unknown") ? { status, fault: "status-unknown" } : { status };
}
