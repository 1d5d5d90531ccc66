/** The body's code and name inside a certificate's subject. */
import type { Certificate } from "./certificate.ts";
import type { SignerName } from "./verdict.ts";

/** organizationIdentifier with a local scheme: `GO:KG-<code>` (ETSI EN 319 412-1, 5.1.4). */
const IDENTIFIER = /^GO:[A-Z]{2}-(.+)$/;

export const identifierOf = (country: string, code: string): string => `GO:${country}-${code}`;

export function signerNameOf({ name, serial, fingerprint }: Certificate): SignerName {
  return { code: IDENTIFIER.exec(name.organizationId)?.[1] ?? "", name: name.organization, serial, fingerprint };
}
