/**
 * Whether a certificate was good at a moment, by lists and answers that are at hand. Old proofs are refused: a list is believed until its
 * own end and never longer than `oldest`, and never when a later one of the same name has been seen.
 */
import { createHash } from "node:crypto";
import type { Certificate } from "../certificate.ts";
import { isListOf, type RevocationList } from "../crl.ts";
import { listAddressesOf } from "./extension.ts";
import { believeOcsp } from "./ocsp-read.ts";
import type { PathFault } from "./path.ts";

export type StatusEvidence = {
  readonly lists: readonly RevocationList[];
  /** OCSPResponse, DER. */
  readonly answers: readonly Buffer[];
  /** Milliseconds after which a proof is too old, whatever it says of itself. */
  readonly oldest: number;
  /** What was seen before, where a checker lives longer than one question. */
  readonly memory?: Memory;
};

const TOLERANCE = 5 * 60_000;

export function statusFault(
  certificate: Certificate,
  issuer: Certificate,
  { at, evidence }: { at: Date; evidence: StatusEvidence },
): PathFault | undefined {
  const { oldest, memory } = evidence;
  let stale = false;
  let good = false;
  for (const answer of evidence.answers) {
    const status = believeOcsp(answer, { certificate, issuer, at, oldest });
    if (status.state === "revoked" && status.at <= at) return "revoked";
    if (status.state === "refused" && status.why === "stale") stale = true;
    if (status.state === "good" || (status.state === "revoked" && status.at > at)) good = true;
  }
  for (const list of evidence.lists) {
    if (!speaksOf(list, certificate) || !isListOf(list, issuer)) continue;
    const revokedAt = list.revoked.get(certificate.serial);
    // An old list that names a certificate is still the issuer's word against it; but a hold may have been lifted since.
    if (revokedAt && revokedAt <= at && list.reasons.get(certificate.serial) !== "hold") return "revoked";
    const early = list.thisUpdate.getTime() > at.getTime() + TOLERANCE;
    const late = Math.min(list.nextUpdate.getTime(), list.thisUpdate.getTime() + oldest) < at.getTime();
    if (early || late || (memory && !memory.admitList(list))) stale = true;
    else if (revokedAt && revokedAt <= at) return "revoked";
    else good = true;
  }
  if (good) return undefined;
  return stale ? "status-stale" : "status-unknown";
}

/** A complete list speaks of all; a partition of those certificates that name its address as theirs (RFC 5280, 6.3.3, b). */
const speaksOf = ({ partition }: RevocationList, certificate: Certificate): boolean =>
  !partition || listAddressesOf(certificate).some((address) => partition.includes(address));

/** What a checker has seen of things whose number only grows: revocation lists and the trusted list. */
export type Memory = {
  /** False for a list with a lower number than one seen before, or another content under the same number. */
  admitList(list: RevocationList): boolean;
  admit(name: string, edition: { number: bigint; content: Uint8Array }): boolean;
  /** To keep over a restart; handed to `createMemory` again. */
  entries(): [name: string, number: string, digest: string][];
};

export function createMemory(kept: ReturnType<Memory["entries"]> = []): Memory {
  const seen = new Map(kept.map(([name, number, digest]) => [name, { number: BigInt(number), digest }]));
  const admit: Memory["admit"] = (name, { number, content }) => {
    const digest = createHash("sha256").update(content).digest("hex");
    const known = seen.get(name);
    if (known && (number < known.number || (number === known.number && digest !== known.digest))) return false;
    seen.set(name, { number, digest });
    return true;
  };
  return {
    admit,
    admitList({ issuer, partition, number, der }) {
      // A list without a number cannot be put in order; our own all have one.
      if (number === undefined) return true;
      const name = `${createHash("sha256").update(issuer).digest("hex")} ${(partition ?? []).join(" ")}`;
      return admit(name, { number, content: der });
    },
    entries: () => [...seen].map(([name, { number, digest }]) => [name, String(number), digest]),
  };
}
