/** X.509 certificates (RFC 5280): what we read from one, and nothing we do not check. */
import { createHash, type KeyObject } from "node:crypto";
import { contentOf, type Der, DerFault, oidText, partsOf, read, readTime, TAG } from "./der.ts";
import { publicKeyOf } from "./ecdsa.ts";
import { readPublicKey, verifyBy } from "./pki/algorithm.ts";

export const OID = {
  commonName: "2.5.4.3",
  country: "2.5.4.6",
  organization: "2.5.4.10",
  surname: "2.5.4.4",
  serialNumber: "2.5.4.5",
  title: "2.5.4.12",
  givenName: "2.5.4.42",
  organizationIdentifier: "2.5.4.97",
  subjectKeyIdentifier: "2.5.29.14",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  authorityKeyIdentifier: "2.5.29.35",
  extendedKeyUsage: "2.5.29.37",
  crlNumber: "2.5.29.20",
  crlDistributionPoints: "2.5.29.31",
  subjectAlternativeName: "2.5.29.17",
  issuingDistributionPoint: "2.5.29.28",
  reasonCode: "2.5.29.21",
  nameConstraints: "2.5.29.30",
  certificatePolicies: "2.5.29.32",
  policyConstraints: "2.5.29.36",
  inhibitAnyPolicy: "2.5.29.54",
  authorityInformation: "1.3.6.1.5.5.7.1.1",
  qcStatements: "1.3.6.1.5.5.7.1.3",
  ocspNoCheck: "1.3.6.1.5.5.7.48.1.5",
  serverAuth: "1.3.6.1.5.5.7.3.1",
  clientAuth: "1.3.6.1.5.5.7.3.2",
  timeStamping: "1.3.6.1.5.5.7.3.8",
  ocspSigning: "1.3.6.1.5.5.7.3.9",
  trustedListSigning: "0.4.0.2231.3.0",
  emailProtection: "1.3.6.1.5.5.7.3.4",
  documentSigning: "1.3.6.1.5.5.7.3.36",
} as const;

/** Bits of KeyUsage as they stand in its first byte (RFC 5280, 4.2.1.3). */
export const KEY_USAGE = { digitalSignature: 0x80, nonRepudiation: 0x40, keyCertSign: 0x04, crlSign: 0x02 } as const;

export type Extension = { readonly type: string; readonly critical: boolean; readonly value: Buffer };

export type Certificate = {
  readonly der: Buffer;
  /** SHA-256 of the certificate, hex. */
  readonly fingerprint: string;
  /** Hex. */
  readonly serial: string;
  /** Names as they are encoded: they are compared byte for byte. */
  readonly issuer: Buffer;
  readonly subject: Buffer;
  readonly name: SubjectName;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** SubjectPublicKeyInfo as it is encoded. */
  readonly spki: Buffer;
  /** Undefined when it is of a kind that `pki/algorithm.ts` does not read. */
  readonly publicKey: KeyObject | undefined;
  readonly signed: Buffer;
  /** AlgorithmIdentifier of the signature, DER. */
  readonly algorithm: Buffer;
  /** As it stands in the certificate. */
  readonly signature: Buffer;
  readonly isAuthority: boolean;
  readonly pathLength: number | undefined;
  /** First byte of KeyUsage; 0 when the certificate does not say. */
  readonly keyUsage: number;
  readonly extendedKeyUsage: readonly string[] | undefined;
  readonly subjectKeyId: Buffer | undefined;
  readonly authorityKeyId: Buffer | undefined;
  /** All of them, for readers of one (`pki/extension.ts`). */
  readonly extensions: readonly Extension[];
  /** Extensions marked critical that this program does not know. */
  readonly unknownCritical: readonly string[];
};

/** Empty where the name does not say. */
export type SubjectName = {
  country: string;
  organization: string;
  organizationId: string;
  commonName: string;
  givenName: string;
  surname: string;
  /** `PNOKG-…` of a person (ETSI EN 319 412-1, 5.1.3). */
  serialNumber: string;
  title: string;
};

/** First 8 bytes of the certificate's SHA-256: how a sealed statement names its signer (COSE `kid`). */
export const kidOf = ({ fingerprint }: Certificate): Buffer => Buffer.from(fingerprint.slice(0, 16), "hex");

/** Throws DerFault when the bytes are not one certificate in strict DER. */
export function parseCertificate(bytes: Uint8Array): Certificate {
  const der = Buffer.from(bytes);
  const [signed, algorithm, signature] = partsOf(read(der), TAG.sequence, 3) as [Der, Der, Der];
  const fields = [...partsOf(signed, TAG.sequence)];
  const version = fields.shift();
  if (version?.tag !== 0xa0 || contentOf(partsOf(version, 0xa0, 1)[0], TAG.integer).toString("hex") !== "02") {
    throw new DerFault("certificate version 3 expected");
  }
  const [serial, innerAlgorithm, issuer, validity, subject, key, extensions] = fields;
  // Unique identifiers ([1], [2]) must not appear (RFC 5280, 4.1.2.8).
  if (fields.length !== 7 || !innerAlgorithm?.bytes.equals(algorithm.bytes)) throw new DerFault("unexpected certificate fields");
  const [notBefore, notAfter] = partsOf(validity, TAG.sequence, 2);
  partsOf(issuer, TAG.sequence);
  return {
    der,
    fingerprint: createHash("sha256").update(der).digest("hex"),
    serial: contentOf(serial, TAG.integer).toString("hex"),
    issuer: issuer!.bytes,
    subject: subject!.bytes,
    name: readName(subject!),
    notBefore: readTime(notBefore!),
    notAfter: readTime(notAfter!),
    spki: key!.bytes,
    publicKey: publicKeyOf(key!.bytes) ?? readPublicKey(key!.bytes),
    signed: signed.bytes,
    algorithm: algorithm.bytes,
    signature: wholeBits(signature),
    ...readExtensions(extensions!),
  };
}

export function wholeBits(value: Der): Buffer {
  const content = contentOf(value, TAG.bits);
  if (content[0] !== 0) throw new DerFault("whole bytes expected");
  return content.subarray(1);
}

function readName(name: Der): SubjectName {
  const found = new Map<string, string>();
  for (const set of partsOf(name, TAG.sequence)) {
    for (const attribute of partsOf(set, TAG.set)) {
      const [type, value] = partsOf(attribute, TAG.sequence, 2);
      const known = oidText(type!);
      if (!found.has(known)) found.set(known, value!.content.toString("utf8"));
    }
  }
  const text = (type: string): string => found.get(type) ?? "";
  return {
    country: text(OID.country),
    organization: text(OID.organization),
    organizationId: text(OID.organizationIdentifier),
    commonName: text(OID.commonName),
    givenName: text(OID.givenName),
    surname: text(OID.surname),
    serialNumber: text(OID.serialNumber),
    title: text(OID.title),
  };
}

type Extensions = Pick<
  Certificate,
  | "isAuthority"
  | "pathLength"
  | "keyUsage"
  | "extendedKeyUsage"
  | "subjectKeyId"
  | "authorityKeyId"
  | "extensions"
  | "unknownCritical"
>;

function readExtensions(wrapped: Der): Extensions {
  const found: { -readonly [Key in keyof Extensions]: Extensions[Key] } = {
    isAuthority: false,
    pathLength: undefined,
    keyUsage: 0,
    extendedKeyUsage: undefined,
    subjectKeyId: undefined,
    authorityKeyId: undefined,
    extensions: extensionList(partsOf(wrapped, 0xa3, 1)[0]),
    unknownCritical: [],
  };
  const unknown: string[] = [];
  for (const { type, critical, value } of found.extensions) {
    if (type === OID.basicConstraints) Object.assign(found, readConstraints(read(value)));
    else if (type === OID.keyUsage) found.keyUsage = contentOf(read(value), TAG.bits)[1] ?? 0;
    else if (type === OID.extendedKeyUsage) found.extendedKeyUsage = partsOf(read(value), TAG.sequence).map(oidText);
    else if (type === OID.subjectKeyIdentifier) found.subjectKeyId = contentOf(read(value), TAG.octets);
    else if (type === OID.authorityKeyIdentifier) {
      found.authorityKeyId = partsOf(read(value), TAG.sequence).find(({ tag }) => tag === 0x80)?.content;
    } else if (critical) unknown.push(type);
  }
  return { ...found, unknownCritical: unknown };
}

/** The same list stands in certificates and revocation lists; an extension may stand in it once (RFC 5280, 4.2). */
export function extensionList(list: Der | undefined): Extension[] {
  const seen = new Set<string>();
  return partsOf(list, TAG.sequence).map((extension) => {
    const parts = partsOf(extension, TAG.sequence);
    const [id, flag] = parts;
    const critical = flag?.tag === TAG.boolean;
    // DER leaves a default out, so a written FALSE is a second form of the same thing.
    if (critical && flag.content[0] !== 0xff) throw new DerFault("default value written out");
    if (parts.length !== (critical ? 3 : 2)) throw new DerFault("unexpected extension fields");
    const type = oidText(id!);
    if (seen.has(type)) throw new DerFault("extension given twice");
    seen.add(type);
    return { type, critical, value: contentOf(parts.at(-1), TAG.octets) };
  });
}

function readConstraints(value: Der): Pick<Extensions, "isAuthority" | "pathLength"> {
  const parts = [...partsOf(value, TAG.sequence)];
  const isAuthority = parts[0]?.tag === TAG.boolean;
  if (isAuthority && parts.shift()?.content[0] !== 0xff) throw new DerFault("default value written out");
  const length = parts.shift();
  if (parts.length > 0 || (length && (!isAuthority || length.tag !== TAG.integer || length.content.length > 1))) {
    throw new DerFault("unexpected basic constraints");
  }
  return { isAuthority, pathLength: length?.content[0] };
}

/** Whether `issuer`'s key made the signature under `certificate`; says nothing about whether it was allowed to. */
export function isSignedBy(certificate: Certificate, issuer: Certificate): boolean {
  if (!certificate.issuer.equals(issuer.subject) || issuer.publicKey === undefined) return false;
  // One validation asks for the same pair again and again; what was true of these very bytes stays true.
  const pair = `${certificate.fingerprint}${issuer.fingerprint}`;
  const known = tried.get(pair);
  if (known !== undefined) return known;
  const { algorithm, signed, signature } = certificate;
  const isSigned = verifyBy(issuer.publicKey, algorithm, { bytes: signed, signature });
  if (tried.size >= MOST_TRIED) tried.delete(tried.keys().next().value!);
  tried.set(pair, isSigned);
  return isSigned;
}

const tried = new Map<string, boolean>();
const MOST_TRIED = 1024;
