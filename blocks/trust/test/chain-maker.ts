/** Chains of certificates, good and broken in known ways, for judging them by our rules and by those of other programs. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { type Certificate, KEY_USAGE, OID, parseCertificate } from "../certificate.ts";
import { type Reason, writeRevocationList } from "../crl.ts";
import { bits, boolean, context, encode, integer, octets, oid, sequence } from "../der.ts";
import { extension, keyExtensions, writeCertificate } from "../issue.ts";
import { ANY_POLICY, basicConstraints, partitionPlace, policies, policyConstraints } from "../pki/extension.ts";
import { type Subject, writeSubject } from "../pki/subject.ts";

export type Made = { readonly certificate: Certificate; readonly key: KeyObject };

/** How one certificate of a chain differs from a good one. */
export type Quirks = {
  authority?: boolean;
  basicConstraints?: "absent" | "not-critical";
  pathLength?: number;
  keyUsage?: number | "absent";
  purposes?: readonly string[];
  policies?: readonly string[] | "absent";
  requireExplicit?: number;
  inhibitAny?: number;
  permitted?: Subject;
  excluded?: Subject;
  permittedDns?: string;
  dns?: string;
  organization?: string;
  unknownCritical?: boolean;
  notBefore?: Date;
  notAfter?: Date;
  listAddress?: string;
  spoiltSignature?: boolean;
};

const DAY = 86_400_000;
const pool = new Map<string, KeyObject[]>();

/** Keys are taken from a small pool: RSA keys take long to make. */
export function keyOfKind(kind: "p256" | "p384" | "ed25519" | "rsa", nr: number): KeyObject {
  const keys = pool.get(kind) ?? [];
  pool.set(kind, keys);
  const place = kind === "rsa" ? nr % 3 : nr;
  keys[place] ??=
    kind === "rsa"
      ? generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey
      : kind === "ed25519"
        ? generateKeyPairSync("ed25519").privateKey
        : generateKeyPairSync("ec", { namedCurve: kind === "p256" ? "P-256" : "P-384" }).privateKey;
  return keys[place];
}

const subtree = (tag: number, base: Buffer): Buffer => encode(0xa0 | tag, sequence(base));

function constraints({ permitted, excluded, permittedDns }: Quirks): Buffer[] {
  if (!permitted && !excluded && permittedDns === undefined) return [];
  const parts = [
    ...(permitted ? [subtree(0, context(4, writeSubject(permitted)))] : []),
    ...(permittedDns === undefined ? [] : [subtree(0, encode(0x82, Buffer.from(permittedDns)))]),
    ...(excluded ? [subtree(1, context(4, writeSubject(excluded)))] : []),
  ];
  return [extension(OID.nameConstraints, sequence(...parts), true)];
}

export function make(name: string, given: { key: KeyObject; issuer?: Made; quirks?: Quirks; now: Date }): Made {
  const { key, issuer, quirks = {}, now } = given;
  const { authority = false, organization = "Test" } = quirks;
  const subject = writeSubject([
    ["country", "KG"],
    ["organization", organization],
    ["commonName", name],
  ]);
  const usual = authority ? KEY_USAGE.keyCertSign | KEY_USAGE.crlSign : KEY_USAGE.nonRepudiation;
  const usage = quirks.keyUsage ?? usual;
  const constrained =
    quirks.basicConstraints === "not-critical"
      ? [extension(OID.basicConstraints, sequence(boolean(true)))]
      : authority && quirks.basicConstraints !== "absent"
        ? [basicConstraints(quirks.pathLength)]
        : [];
  const named = quirks.policies ?? (authority ? [ANY_POLICY] : ["2.999.1.4"]);
  const purposes = quirks.purposes ?? (authority ? [] : [OID.emailProtection]);
  const der = writeCertificate({
    subject,
    publicKey: key,
    issuer: issuer ? { subject: issuer.certificate.subject, key: issuer.key } : { subject, key },
    notBefore: quirks.notBefore ?? new Date(now.getTime() - DAY),
    notAfter: quirks.notAfter ?? new Date(now.getTime() + 30 * DAY),
    extensions: [
      ...keyExtensions(issuer?.key ?? key, key),
      ...constrained,
      ...(usage === "absent" ? [] : [extension(OID.keyUsage, bits(Buffer.from([usage]), trailingZeros(usage)), true)]),
      ...(purposes.length > 0 ? [extension(OID.extendedKeyUsage, sequence(...purposes.map(oid)))] : []),
      ...(named === "absent" ? [] : [policies(...named)]),
      ...(quirks.requireExplicit === undefined ? [] : [policyConstraints(quirks.requireExplicit)]),
      ...(quirks.inhibitAny === undefined ? [] : [extension(OID.inhibitAnyPolicy, integer(quirks.inhibitAny), true)]),
      ...constraints(quirks),
      ...(quirks.dns ? [extension(OID.subjectAlternativeName, sequence(encode(0x82, Buffer.from(quirks.dns))))] : []),
      ...(quirks.listAddress ? [partitionPlace(quirks.listAddress)] : []),
      ...(quirks.unknownCritical ? [extension("2.999.77", octets(Buffer.from([1])), true)] : []),
    ],
  });
  if (quirks.spoiltSignature) der[der.length - 1]! ^= 1;
  return { key, certificate: parseCertificate(der) };
}

function trailingZeros(usage: number): number {
  let count = 0;
  while (count < 7 && ((usage >> count) & 1) === 0) count++;
  return count;
}

export type ListQuirks = {
  revoked?: readonly Made[];
  reason?: Reason;
  nextUpdate?: Date;
  thisUpdate?: Date;
  partition?: string;
  key?: KeyObject;
};

export function makeList(issuer: Made, { now, quirks = {} }: { now: Date; quirks?: ListQuirks }): Buffer {
  return writeRevocationList({
    issuer: { subject: issuer.certificate.subject, key: quirks.key ?? issuer.key },
    thisUpdate: quirks.thisUpdate ?? new Date(now.getTime() - 3_600_000),
    nextUpdate: quirks.nextUpdate ?? new Date(now.getTime() + DAY),
    revoked: (quirks.revoked ?? []).map(({ certificate }) => ({
      serial: certificate.serial,
      at: new Date(now.getTime() - 7_200_000),
      ...(quirks.reason && { reason: quirks.reason }),
    })),
    ...(quirks.partition && { partition: [quirks.partition] }),
  });
}
