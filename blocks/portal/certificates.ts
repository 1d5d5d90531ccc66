import type { FindHolder } from "@kerege/identity";
import { parseAnchors, parseCertificate, type TrustDoor, validatePath } from "@kerege/trust";

/**
 * Tells whose certificate for signing in was shown: its path up to the root holds for that purpose, and it is one that this installation
 * gave to a person and has not taken back.
 */
export function createHolders(trust: TrustDoor, now: () => Date): FindHolder {
  return async ([der, ...rest]) => {
    const leaf = der && parsed(der);
    const anchors = parseAnchors(trust.anchors());
    if (!leaf || !anchors) return undefined;
    const { roots, authorities } = anchors;
    const companions = [...authorities, ...rest.flatMap((one) => parsed(one) ?? [])];
    const verdict = validatePath({ leaf, companions, roots, at: now(), purpose: "authenticate" });
    if (!verdict.valid) return undefined;
    const record = await trust.pki.find(leaf.serial);
    const good = record?.state === "good" && record.kind === "person-authentication" && record.der.equals(der);
    return good ? { pin: record.holder } : undefined;
  };
}

/** Undefined for what is no certificate in strict DER; why does not matter to who shows it. */
function parsed(der: Buffer) {
  try {
    return parseCertificate(der);
  } catch {
    return undefined;
  }
}
