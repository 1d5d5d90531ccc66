/**
 * The trusted list: which services of which provider a checker may believe, since when, and what they were before (ETSI TS 119 612,
 * version 5 of the list). The XML is written in its exclusive canonical form, so a signature over it needs no second writing; the same
 * as JSON is signed as a JWS (RFC 7515) for programs that read no XML.
 */
import type { Certificate } from "../certificate.ts";
import type { Signer } from "../signer.ts";
import { escapeText } from "../signing/canonical.ts";

export type ServiceKind = "authority" | "ocsp" | "time-stamp";
export type ListedStatus = { readonly status: "granted" | "withdrawn"; readonly since: Date };

export type ListedService = {
  readonly kind: ServiceKind;
  readonly certificate: Certificate;
  /** Newest first; the first is the one in force. */
  readonly history: readonly ListedStatus[];
};

export type TrustedList = {
  /** Grows with each edition. */
  readonly number: number;
  readonly issuedAt: Date;
  readonly nextUpdate: Date;
  /** ISO 3166-1 alpha-2. */
  readonly territory: string;
  readonly operator: string;
  /** Where the list and words about it lie. */
  readonly address: string;
  /** Whether the law of the country calls the services qualified. */
  readonly qualified: boolean;
  readonly services: readonly ListedService[];
  /** Names the content, so that a change of it is seen. */
  readonly id: string;
};

export const LIST_SPACE = "http://uri.etsi.org/02231/v2#";
const BASE = "http://uri.etsi.org/TrstSvc";

const TYPES: Record<ServiceKind, { qualified: string; other: string }> = {
  authority: { qualified: "Svctype/CA/QC", other: "Svctype/CA/PKC" },
  ocsp: { qualified: "Svctype/Certstatus/OCSP/QC", other: "Svctype/Certstatus/OCSP" },
  "time-stamp": { qualified: "Svctype/TSA/QTST", other: "Svctype/TSA" },
};
const STATUSES = {
  granted: { qualified: "granted", other: "recognisedatnationallevel" },
  withdrawn: { qualified: "withdrawn", other: "deprecatedatnationallevel" },
};

const element = (name: string, ...inside: string[]): string => `<${name}>${inside.join("")}</${name}>`;
const plain = (name: string, text: string): string => element(name, escapeText(text));
const worded = (name: string, text: string): string => `<${name} xml:lang="en">${escapeText(text)}</${name}>`;
const instant = (at: Date): string => `${at.toISOString().slice(0, 19)}Z`;

/** XML without a signature, in the form that is signed. */
export function writeTrustedList(list: TrustedList): Buffer {
  const { territory, operator, address } = list;
  const scheme = element(
    "SchemeInformation",
    plain("TSLVersionIdentifier", "5"),
    plain("TSLSequenceNumber", String(list.number)),
    plain("TSLType", `${BASE}/TrustedList/TSLType/${territory}generic`),
    element("SchemeOperatorName", worded("Name", operator)),
    element("SchemeOperatorAddress", addressOf(territory, address)),
    element("SchemeName", worded("Name", `${territory}: trusted list of ${operator}`)),
    element("SchemeInformationURI", worded("URI", address)),
    plain("StatusDeterminationApproach", `${BASE}/TrustedList/StatusDetn/${territory}determination`),
    element("SchemeTypeCommunityRules", worded("URI", `${BASE}/TrustedList/schemerules/${territory}`)),
    plain("SchemeTerritory", territory),
    element(
      "PolicyOrLegalNotice",
      worded("TSLLegalNotice", `Kept by ${operator} under the law of ${territory} on electronic signatures.`),
    ),
    // 65535: history is never dropped (5.3.12).
    plain("HistoricalInformationPeriod", "65535"),
    plain("ListIssueDateTime", instant(list.issuedAt)),
    element("NextUpdate", plain("dateTime", instant(list.nextUpdate))),
    element("DistributionPoints", plain("URI", `${address}/trust/list.xml`)),
  );
  const provider = element(
    "TrustServiceProvider",
    element(
      "TSPInformation",
      element("TSPName", worded("Name", operator)),
      element("TSPAddress", addressOf(territory, address)),
      element("TSPInformationURI", worded("URI", address)),
    ),
    element("TSPServices", ...list.services.map((service) => serviceOf(service, list))),
  );
  return Buffer.from(
    `<TrustServiceStatusList xmlns="${LIST_SPACE}" Id="${list.id}" TSLTag="http://uri.etsi.org/19612/TSLTag">${scheme}${element(
      "TrustServiceProviderList",
      provider,
    )}</TrustServiceStatusList>`,
  );
}

function addressOf(territory: string, address: string): string {
  const post = `<PostalAddress xml:lang="en">${plain("StreetAddress", "-")}${plain("Locality", "-")}${plain("CountryName", territory)}</PostalAddress>`;
  return element("PostalAddresses", post) + element("ElectronicAddress", worded("URI", address));
}

function serviceOf({ kind, certificate, history }: ListedService, { qualified, address }: TrustedList): string {
  const level = qualified ? "qualified" : "other";
  const type = plain("ServiceTypeIdentifier", `${BASE}/${TYPES[kind][level]}`);
  const name = element("ServiceName", worded("Name", certificate.name.commonName));
  const statusOf = ({ status, since }: ListedStatus): string =>
    plain("ServiceStatus", `${BASE}/TrustedList/Svcstatus/${STATUSES[status][level]}`) +
    plain("StatusStartingTime", instant(since));
  const [now, ...before] = history;
  const whole = element("DigitalId", plain("X509Certificate", certificate.der.toString("base64")));
  const key = element("DigitalId", plain("X509SKI", certificate.subjectKeyId?.toString("base64") ?? ""));
  const point = kind === "time-stamp" ? "/trust/tsa" : kind === "ocsp" ? "/trust/ocsp" : undefined;
  const past = before.map((one) =>
    element("ServiceHistoryInstance", type, name, element("ServiceDigitalIdentity", key), statusOf(one)),
  );
  return element(
    "TSPService",
    element(
      "ServiceInformation",
      type,
      name,
      element("ServiceDigitalIdentity", whole),
      now ? statusOf(now) : "",
      point ? element("ServiceSupplyPoints", plain("ServiceSupplyPoint", `${address}${point}`)) : "",
      // What an authority issues is for signatures of people and for seals (5.5.9.4).
      kind === "authority" && qualified ? forWhat("ForeSignatures", "ForeSeals") : "",
    ),
    past.length > 0 ? element("ServiceHistory", ...past) : "",
  );
}

function forWhat(...uses: string[]): string {
  const extension = (use: string): string =>
    `<Extension Critical="true">${element("AdditionalServiceInformation", worded("URI", `${BASE}/TrustedList/SvcInfoExt/${use}`))}</Extension>`;
  return element("ServiceInformationExtensions", ...uses.map(extension));
}

/** The same as a signed JSON text, compact form. The header carries the certificates, so anchors are enough to check it. */
export function writeListJws(list: TrustedList, signer: Signer): string {
  const url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const header = {
    alg: "ES256",
    typ: "trusted-list+jwt",
    x5c: [signer.certificate, ...signer.chain].map(({ der }) => der.toString("base64")),
  };
  const { number, territory, operator, address, qualified } = list;
  const body = {
    number,
    issuedAt: instant(list.issuedAt),
    nextUpdate: instant(list.nextUpdate),
    territory,
    operator,
    address,
    qualified,
    services: list.services.map(({ kind, certificate, history }) => ({
      kind,
      name: certificate.name.commonName,
      certificate: certificate.der.toString("base64"),
      history: history.map(({ status, since }) => ({ status, since: instant(since) })),
    })),
  };
  const signed = `${url(header)}.${url(body)}`;
  return `${signed}.${signer.sign(Buffer.from(signed)).toString("base64url")}`;
}
