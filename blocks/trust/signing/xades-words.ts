/** Names of XML signatures (W3C XMLDSIG 1.1; ETSI EN 319 132-1; RFC 9231), and which algorithms stand behind them. */

import { type DigestName, type RawKind, UnsupportedFault, WeakFault } from "./algorithm.ts";
import type { Canonical } from "./canonical.ts";

export const DS = "http://www.w3.org/2000/09/xmldsig#";
export const XADES = "http://uri.etsi.org/01903/v1.3.2#";
export const XADES141 = "http://uri.etsi.org/01903/v1.4.1#";
export const ASIC = "http://uri.etsi.org/02918/v1.2.1#";
export const SIGNED_PROPERTIES = "http://uri.etsi.org/01903#SignedProperties";
export const EXCLUSIVE = "http://www.w3.org/2001/10/xml-exc-c14n#";
export const ENVELOPED = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
export const SHA256 = "http://www.w3.org/2001/04/xmlenc#sha256";
export const ECDSA_SHA256 = "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256";

const DIGESTS: ReadonlyMap<string, DigestName> = new Map([
  [SHA256, "sha256"],
  ["http://www.w3.org/2001/04/xmldsig-more#sha384", "sha384"],
  ["http://www.w3.org/2001/04/xmlenc#sha512", "sha512"],
]);
const EC = ["p256", "p384", "p521"] as const;
const SIGNATURES: ReadonlyMap<string, RawKind> = new Map<string, RawKind>([
  [ECDSA_SHA256, { digest: "sha256", kinds: EC }],
  ["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", { digest: "sha384", kinds: EC }],
  ["http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha512", { digest: "sha512", kinds: EC }],
  ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", { digest: "sha256", kinds: ["rsa"] }],
  ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha384", { digest: "sha384", kinds: ["rsa"] }],
  ["http://www.w3.org/2001/04/xmldsig-more#rsa-sha512", { digest: "sha512", kinds: ["rsa"] }],
  ["http://www.w3.org/2021/04/xmldsig-more#eddsa-ed25519", { digest: undefined, kinds: ["ed25519"] }],
]);
const CANONICALS: ReadonlyMap<string, Canonical> = new Map([
  [EXCLUSIVE, { isExclusive: true }],
  ["http://www.w3.org/TR/2001/REC-xml-c14n-20010315", { isExclusive: false }],
  ["http://www.w3.org/2006/12/xml-c14n11", { isExclusive: false }],
]);

const found = <Value>(table: ReadonlyMap<string, Value>, name: string | undefined): Value => {
  const value = name === undefined ? undefined : table.get(name);
  if (value !== undefined) return value;
  throw /sha1|md5/i.test(name ?? "") ? new WeakFault(name) : new UnsupportedFault(name);
};

export const digestNamed = (name: string | undefined): DigestName => found(DIGESTS, name);
export const signatureNamed = (name: string | undefined): RawKind => found(SIGNATURES, name);
/** The forms with comments are not among them: there are no comments here. */
export const canonicalNamed = (name: string | undefined): Canonical => found(CANONICALS, name);
