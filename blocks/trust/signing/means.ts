/** What the higher levels of all formats need besides the signer: time stamps, and the proofs that certificates were good. */
import type { Certificate } from "../certificate.ts";
import type { StatusSource, TimeStamper } from "../pki/contract.ts";

/**
 * Baseline levels of ETSI: B who signed; T and when at the latest; LT and all that is needed to check it later; LTA and a time stamp over
 * all of that, which is renewed before it ages.
 */
export const LEVELS = ["B", "T", "LT", "LTA"] as const;
export type Level = (typeof LEVELS)[number];

export type LevelMeans = { readonly stamper: TimeStamper; readonly status: StatusSource };

export const reaches = (level: Level, wanted: Level): boolean => LEVELS.indexOf(level) >= LEVELS.indexOf(wanted);

/** Everything with which a signature is still checkable when nobody answers any more. */
export type Material = {
  readonly certificates: readonly Buffer[];
  /** Revocation lists, DER. */
  readonly lists: readonly Buffer[];
  /** OCSPResponse, DER. */
  readonly answers: readonly Buffer[];
};

/**
 * For each certificate the way to its root and one proof of each step: an answer where the issuer gives one, else its list. Proofs for
 * certificates that are not of this installation cannot be had, and are left out.
 */
export async function collectMaterial(leaves: readonly Certificate[], status: StatusSource): Promise<Material> {
  const certificates = new Map<string, Buffer>();
  const lists = new Map<string, Buffer>();
  const answers: Buffer[] = [];
  const asked = new Set<string>();
  for (const leaf of leaves) {
    const path = [leaf, ...status.issuers(leaf)];
    for (const [position, certificate] of path.entries()) {
      certificates.set(certificate.fingerprint, certificate.der);
      const issuer = path[position + 1];
      if (!issuer || asked.has(certificate.fingerprint)) continue;
      asked.add(certificate.fingerprint);
      const answer = await status.ocsp(certificate, issuer);
      if (answer) answers.push(answer);
      const list = answer ? undefined : await status.revocationList(certificate, issuer);
      if (list) lists.set(list.toString("latin1"), list);
    }
  }
  return { certificates: [...certificates.values()], lists: [...lists.values()], answers };
}
