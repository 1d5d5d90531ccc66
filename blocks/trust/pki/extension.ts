/** Extensions of certificates beyond the plainest: written as our profiles need them, read as strictly as they are checked. */
import { type Certificate, OID } from "../certificate.ts";
import {
  boolean,
  contentOf,
  context,
  type Der,
  DerFault,
  encode,
  integer,
  oid,
  oidText,
  partsOf,
  read,
  sequence,
  TAG,
} from "../der.ts";
import { extension } from "../issue.ts";

/** A GeneralName as the checks need it: its tag in place, its content as it is encoded. */
export type GeneralName = { readonly tag: number; readonly content: Buffer; readonly bytes: Buffer };

export const NAME_TAG = { email: 0x81, dns: 0x82, directory: 0xa4, address: 0x86, ip: 0x87 } as const;
const OCSP = "1.3.6.1.5.5.7.48.1";
const CA_ISSUERS = "1.3.6.1.5.5.7.48.2";
export const ANY_POLICY = "2.5.29.32.0";

const addressName = (address: string): Buffer => encode(NAME_TAG.address, Buffer.from(address, "latin1"));

// Writing ----------------------------------------------------------------------------------------------------------

/** Where the status is asked and where the issuer's certificate lies (RFC 5280, 4.2.2.1). */
export function authorityInformation(places: { ocsp?: string | undefined; issuer: string }): Buffer {
  const place = (method: string, address: string): Buffer => sequence(oid(method), addressName(address));
  return extension(
    OID.authorityInformation,
    sequence(...(places.ocsp ? [place(OCSP, places.ocsp)] : []), place(CA_ISSUERS, places.issuer)),
  );
}

/** The distribution point that is one partition of the issuer's list. */
export const partitionPlace = (address: string): Buffer =>
  extension(OID.crlDistributionPoints, sequence(sequence(context(0, context(0, addressName(address))))));

export const policies = (...types: readonly string[]): Buffer =>
  extension(OID.certificatePolicies, sequence(...types.map((type) => sequence(oid(type)))));

/** Only names below this one may stand in certificates of the authority (RFC 5280, 4.2.1.10). */
export const permittedSubtree = (name: Buffer): Buffer =>
  extension(OID.nameConstraints, sequence(context(0, sequence(context(4, name)))), true);

export const dnsNames = (names: readonly string[]): Buffer =>
  extension(OID.subjectAlternativeName, sequence(...names.map((name) => encode(NAME_TAG.dns, Buffer.from(name, "latin1")))));

/**
 * Statements of ETSI EN 319 412-5. `compliance` says that the certificate is qualified under the law of the country, `device` that the key
 * lies in a device fit for that: only the state may decide on either.
 */
export function qualifiedStatements(given: { type: "esign" | "eseal"; compliance: boolean; device: boolean }): Buffer {
  const type = given.type === "esign" ? "0.4.0.1862.1.6.1" : "0.4.0.1862.1.6.2";
  return extension(
    OID.qcStatements,
    sequence(
      ...(given.compliance ? [sequence(oid("0.4.0.1862.1.1"))] : []),
      ...(given.device ? [sequence(oid("0.4.0.1862.1.4"))] : []),
      sequence(oid("0.4.0.1862.1.6"), sequence(oid(type))),
    ),
  );
}

/** An answer of this responder needs no proof about the responder (RFC 6960, 4.2.2.2.1). */
export const noCheck = (): Buffer => extension(OID.ocspNoCheck, encode(TAG.none));

export const policyConstraints = (requireExplicit: number): Buffer =>
  extension(OID.policyConstraints, sequence(encode(0x80, contentOf(read(integer(requireExplicit)), TAG.integer))), true);

export const basicConstraints = (pathLength?: number): Buffer =>
  extension(OID.basicConstraints, sequence(boolean(true), ...(pathLength === undefined ? [] : [integer(pathLength)])), true);

// Reading ----------------------------------------------------------------------------------------------------------

export const extensionOf = (certificate: Certificate, type: string): Der | undefined => {
  const found = certificate.extensions.find((one) => one.type === type);
  return found && read(found.value);
};

/** Policies of a certificate; undefined when it names none. */
export function policiesOf(certificate: Certificate): readonly string[] | undefined {
  const value = extensionOf(certificate, OID.certificatePolicies);
  if (!value) return undefined;
  const found = partsOf(value, TAG.sequence).map((one) => oidText(partsOf(one, TAG.sequence)[0]!));
  if (found.length === 0 || new Set(found).size !== found.length) throw new DerFault("policy given twice");
  return found;
}

export type NameConstraints = { readonly permitted: readonly GeneralName[]; readonly excluded: readonly GeneralName[] };

export function nameConstraintsOf(certificate: Certificate): NameConstraints | undefined {
  const value = extensionOf(certificate, OID.nameConstraints);
  if (!value) return undefined;
  const lists = partsOf(value, TAG.sequence);
  if (lists.length === 0 || lists.some(({ tag }) => tag !== 0xa0 && tag !== 0xa1)) throw new DerFault("name constraints");
  const subtrees = (tag: number): GeneralName[] =>
    lists
      .filter((one) => one.tag === tag)
      .flatMap(({ children }) => children)
      // Minimum and maximum must not be given (4.2.1.10).
      .map((one) => nameOf(partsOf(one, TAG.sequence, 1)[0]!));
  return { permitted: subtrees(0xa0), excluded: subtrees(0xa1) };
}

const nameOf = ({ tag, content, bytes }: Der): GeneralName => ({ tag, content, bytes });

export function alternativeNamesOf(certificate: Certificate): readonly GeneralName[] {
  const value = extensionOf(certificate, OID.subjectAlternativeName);
  return value ? partsOf(value, TAG.sequence).map(nameOf) : [];
}

/** Addresses of the distribution points; never called by anything here, only compared. */
export function listAddressesOf(certificate: Certificate): readonly string[] {
  const value = extensionOf(certificate, OID.crlDistributionPoints);
  return value ? partsOf(value, TAG.sequence).flatMap((point) => addressesOf(pointName(partsOf(point, TAG.sequence)))) : [];
}

/** What an issuing distribution point says: its addresses. One that speaks of a kind of certificates or of some reasons is refused. */
export function readPoint(value: Buffer): readonly string[] {
  const parts = partsOf(read(value), TAG.sequence);
  if (parts.length !== 1 || parts[0]!.tag !== 0xa0) throw new DerFault("unexpected distribution point");
  return addressesOf(pointName(parts));
}

const pointName = (parts: readonly Der[]): Der | undefined => parts.find(({ tag }) => tag === 0xa0)?.children[0];

const addressesOf = (names: Der | undefined): string[] =>
  (names?.children ?? []).filter(({ tag }) => tag === NAME_TAG.address).map(({ content }) => content.toString("latin1"));

/** `skipCerts` of requireExplicitPolicy, if the certificate asks for it. */
export function explicitPolicyOf(certificate: Certificate): number | undefined {
  const value = extensionOf(certificate, OID.policyConstraints);
  const found = value && partsOf(value, TAG.sequence).find(({ tag }) => tag === 0x80);
  if (found && (found.content.length !== 1 || found.content[0]! > 0x7f)) throw new DerFault("policy constraints");
  return found?.content[0];
}

/** Types of QcStatements, and the purposes inside QcType. */
export function qualifiedStatementsOf(certificate: Certificate): readonly string[] {
  const value = extensionOf(certificate, OID.qcStatements);
  if (!value) return [];
  return partsOf(value, TAG.sequence).flatMap((one) => {
    const [type, info] = partsOf(one, TAG.sequence);
    const name = oidText(type!);
    return name === "0.4.0.1862.1.6" && info ? [name, ...partsOf(info, TAG.sequence).map(oidText)] : [name];
  });
}
