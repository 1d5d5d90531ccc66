/**
 * What each kind of certificate says (RFC 5280; ETSI EN 319 412-1 to -5; EN 319 422 for time stamps; RFC 6960 for responders). The table
 * was accepted by OpenSSL with -x509_strict, by NSS (pdfsig) and by libdigidocpp at once: change it only with all three at hand.
 */
import type { KeyObject } from "node:crypto";
import { KEY_USAGE, OID } from "../certificate.ts";
import { bits, oid, sequence } from "../der.ts";
import { extension, keyExtensions, listPlace, writeCertificate } from "../issue.ts";
import { authorityInformation, dnsNames, noCheck, partitionPlace, policies, qualifiedStatements } from "./extension.ts";
import type { SigningKey } from "./signing-key.ts";
import { fitting, type Subject, writeSubject } from "./subject.ts";

/** Kinds of certificates for holders; authorities are of none of them. */
export const KINDS = [
  "body-seal",
  "official-signing",
  "official-authentication",
  "person-signing",
  "person-authentication",
  "organization-seal",
  "system",
  "ocsp",
  "time-stamp",
  "trusted-list",
] as const;
export type Kind = (typeof KINDS)[number];

/** Authorities that every installation has; virtual ones are named `org-<code of the organisation>`. */
export type AuthorityName = "bodies" | "people" | "companies" | `org-${string}`;

export type Profile = {
  readonly keyUsage: number;
  readonly purposes: readonly string[];
  /** RFC 3161, 2.3: the purpose of a time stamper is critical and the only one. */
  readonly criticalPurpose?: boolean;
  /** Last arc of the policy under the arc of the installation. */
  readonly policy: number;
  readonly days: number;
  readonly qualified?: "esign" | "eseal";
  readonly noCheck?: boolean;
  /** Needs dNSName in the alternative names. */
  readonly dns?: boolean;
};

const YEAR = 365;
const signing = { keyUsage: KEY_USAGE.nonRepudiation, purposes: [OID.emailProtection, OID.documentSigning], days: 3 * YEAR };
const login = { keyUsage: KEY_USAGE.digitalSignature, purposes: [OID.clientAuth], days: 3 * YEAR };

export const PROFILES: Record<Kind, Profile> = {
  "body-seal": { ...signing, policy: 1, qualified: "eseal" },
  "official-signing": { ...signing, policy: 2, qualified: "esign", days: YEAR },
  "official-authentication": { ...login, policy: 3, days: YEAR },
  "person-signing": { ...signing, policy: 4, qualified: "esign" },
  "person-authentication": { ...login, policy: 5 },
  "organization-seal": { ...signing, policy: 6, qualified: "eseal" },
  system: { ...login, purposes: [OID.serverAuth, OID.clientAuth], policy: 7, days: YEAR, dns: true },
  ocsp: { keyUsage: KEY_USAGE.digitalSignature, purposes: [OID.ocspSigning], policy: 8, days: 90, noCheck: true },
  "time-stamp": {
    keyUsage: KEY_USAGE.digitalSignature,
    purposes: [OID.timeStamping],
    criticalPurpose: true,
    policy: 9,
    days: 5 * YEAR,
  },
  "trusted-list": { keyUsage: KEY_USAGE.nonRepudiation, purposes: [OID.trustedListSigning], policy: 10, days: 2 * YEAR },
};

/** Where people find what stands in a certificate: on the address of the installation. Without one, nothing of it is written. */
export type Places = {
  /** `https://portal.example`, without a slash at the end. */
  readonly address: string | undefined;
  /** Arc under which the installation names its policies. */
  readonly arc: string;
  /** Whether the law of the country calls its certificates for signing qualified, and whether keys lie in devices fit for that. */
  readonly qualified: "no" | "yes" | "device";
};

export const policyOf = (kind: Kind, { arc }: Pick<Places, "arc">): string => `${arc}.1.${PROFILES[kind].policy}`;
/** Policy under which the time stamper of this installation stamps. */
export const stampPolicyOf = ({ arc }: Pick<Places, "arc">): string => `${arc}.2.1`;

export const placeOfList = (address: string, list: string): string => `${address}/trust/crl/${list}.crl`;
export const placeOfIssuer = (address: string, authority: string): string => `${address}/trust/authorities/${authority}.cer`;
export const placeOfOcsp = (address: string): string => `${address}/trust/ocsp`;

/** Where the status of a certificate of an authority is found; also for authorities themselves, whose issuer answers by list only. */
export function statusExtensions(given: {
  places: Places;
  issuer: { name: string; subject: Buffer };
  list: string;
  ocsp: boolean;
}): Buffer[] {
  const { places, issuer, list, ocsp } = given;
  const { address } = places;
  if (!address) return [listPlace(issuer.subject)];
  const partitioned = list !== issuer.name;
  return [
    authorityInformation({ ocsp: ocsp ? placeOfOcsp(address) : undefined, issuer: placeOfIssuer(address, issuer.name) }),
    partitioned ? partitionPlace(placeOfList(address, list)) : listPlace(issuer.subject, placeOfList(address, list)),
  ];
}

export type Order = {
  readonly kind: Kind;
  /** DER. */
  readonly subject: Buffer;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly subject: Buffer; readonly key: KeyObject | SigningKey };
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Name of the list in which a revocation would stand; that of the authority when it has one list only. */
  readonly list: string;
  readonly dns?: readonly string[] | undefined;
  /** Given where the list depends on it. */
  readonly serial?: Buffer;
};

/** The extensions that the profile of a kind asks for, without those about keys and status. */
export function profileExtensions(kind: Kind, places: Places, dns: readonly string[] = []): Buffer[] {
  const profile = PROFILES[kind];
  const { qualified } = places;
  // QCP-n and QCP-l, with -qscd where the key lies in a device (EN 319 411-2, 5.3).
  const level = (profile.qualified === "esign" ? 0 : 1) + (qualified === "device" ? 2 : 0);
  const named = [policyOf(kind, places), ...(profile.qualified && qualified !== "no" ? [`0.4.0.194112.1.${level}`] : [])];
  return [
    extension(OID.keyUsage, bits(Buffer.from([profile.keyUsage]), profile.keyUsage === KEY_USAGE.digitalSignature ? 7 : 6), true),
    extension(OID.extendedKeyUsage, sequence(...profile.purposes.map(oid)), profile.criticalPurpose === true),
    policies(...named),
    ...(profile.qualified
      ? [
          qualifiedStatements({
            type: profile.qualified,
            compliance: qualified !== "no",
            device: qualified === "device",
          }),
        ]
      : []),
    ...(profile.noCheck ? [noCheck()] : []),
    ...(profile.dns && dns.length > 0 ? [dnsNames(dns)] : []),
  ];
}

/** A certificate by the profile of its kind, DER. */
export function certify(order: Order, places: Places): Buffer {
  const { kind, issuer, list, publicKey } = order;
  const status = PROFILES[kind].noCheck ? [] : statusExtensions({ places, issuer, list, ocsp: true });
  return writeCertificate({
    ...order,
    extensions: [...keyExtensions(issuer.key, publicKey), ...profileExtensions(kind, places, order.dns), ...status],
  });
}

/** Who holds a certificate. `reference` of the table is `code`, `pin` or `id`. */
export type Holder =
  | { readonly type: "body"; readonly code: string; readonly name: string }
  | { readonly type: "organization"; readonly code: string; readonly name: string }
  | { readonly type: "person"; readonly pin: string; readonly surname: string; readonly givenName: string }
  | {
      readonly type: "official";
      readonly id: string;
      readonly surname: string;
      readonly givenName: string;
      readonly post: string;
      readonly employer: { readonly type: "body" | "organization"; readonly code: string; readonly name: string };
    }
  | {
      readonly type: "system";
      readonly id: string;
      readonly name: string;
      readonly owner: { readonly type: "body" | "organization"; readonly code: string; readonly name: string };
    };

export const referenceOf = (holder: Holder): string =>
  holder.type === "person" ? holder.pin : holder.type === "body" || holder.type === "organization" ? holder.code : holder.id;

/** GO: government organisation, a local scheme; NTR: number in the register of companies (ETSI EN 319 412-1, 5.1.4). */
function owner(country: string, { type, code, name }: { type: "body" | "organization"; code: string; name: string }): Subject {
  return [
    ["country", country],
    ["organization", name],
    ["organizationIdentifier", type === "body" ? `GO:${country}-${code}` : `NTR${country}-${code}`],
  ];
}

/** The name in the certificate of a holder. */
export function subjectOf(holder: Holder, country: string): Subject {
  if (holder.type === "person") {
    return [
      ["country", country],
      ["commonName", fitting("commonName", `${holder.surname} ${holder.givenName}`)],
      ["surname", fitting("surname", holder.surname)],
      ["givenName", fitting("givenName", holder.givenName)],
      // PNO: national personal number (ETSI EN 319 412-1, 5.1.3).
      ["serialNumber", `PNO${country}-${holder.pin}`],
    ];
  }
  if (holder.type === "official") {
    return [
      ...owner(country, holder.employer),
      ["commonName", fitting("commonName", `${holder.surname} ${holder.givenName}`)],
      ["surname", fitting("surname", holder.surname)],
      ["givenName", fitting("givenName", holder.givenName)],
      ["title", fitting("title", holder.post)],
      ["serialNumber", `OF:${country}-${holder.id}`],
    ];
  }
  if (holder.type === "system") {
    return [
      ...owner(country, holder.owner),
      ["commonName", fitting("commonName", holder.name)],
      ["serialNumber", `SY:${country}-${holder.id}`],
    ];
  }
  return [...owner(country, holder), ["commonName", holder.name.length <= 64 ? holder.name : holder.code]];
}

/** The beginning of every name under a virtual authority. */
export const subtreeOf = (organization: { code: string; name: string }, country: string): Buffer =>
  writeSubject(owner(country, { type: "organization", ...organization }));
