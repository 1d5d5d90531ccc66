/**
 * The authorities of an installation and the folder they lie in. A demonstration has the key of its root here too and makes what is
 * missing when it is first asked for; where a ceremony was held, the root is a certificate and a list without a key, and what the
 * ceremony did not make is not there.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Clock } from "@kerege/kernel/clock";
import { type Certificate, isSignedBy } from "../certificate.ts";
import { issueCertificate } from "../issue.ts";
import { type KeyPair, listFolders, readCertificate, readOrMakePair, readPair } from "../key-store.ts";
import { trustProblem } from "../problems.ts";
import { ANY_POLICY, authorityInformation, permittedSubtree, policies } from "./extension.ts";
import {
  type AuthorityName,
  certify,
  type Kind,
  type Places,
  placeOfIssuer,
  placeOfList,
  policyOf,
  subtreeOf,
} from "./profile.ts";
import { type Subject, writeSubject } from "./subject.ts";

export type HierarchyMeans = {
  clock: Clock;
  folder: string;
  countryCode: string;
  stateName: string;
  places: Places;
};

export type OpenAuthority = KeyPair & {
  readonly name: AuthorityName;
  /** From the authority up to below the root. */
  readonly chain: readonly Certificate[];
};

/** `key` is undefined when the root lies elsewhere; then `list` is what the last ceremony left. */
export type Root = { readonly certificate: Certificate; readonly key: KeyObject | undefined; readonly listFile: string };

export type ServicePair = KeyPair & { readonly chain: readonly Certificate[] };

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const FIXED = ["bodies", "people", "companies"] as const;
const TITLES: Record<(typeof FIXED)[number], string> = {
  bodies: "authority for state bodies",
  people: "authority for people",
  companies: "authority for companies",
};
const YEARS = { root: 20, authority: 15 } as const;
const VIRTUAL_YEARS = 6;

export type Hierarchy = ReturnType<typeof openHierarchy>;

export function openHierarchy(means: HierarchyMeans) {
  const { clock, folder, places, countryCode } = means;
  const common: Subject = [
    ["country", countryCode],
    ["organization", means.stateName],
  ];
  const root = openRoot();
  const opened = new Map<AuthorityName, OpenAuthority>();
  const services = new Map<string, ServicePair>();

  function openRoot(): Root {
    const place = path.join(folder, "root");
    const listFile = path.join(place, "list.der");
    if (existsSync(path.join(place, "certificate.pem")) && !existsSync(path.join(place, "key.pem")))
      return { certificate: readCertificate(place), key: undefined, listFile };
    const pair = readOrMakePair(place, () => {
      const key = newKey();
      const subject = writeSubject([...common, ["commonName", "Demonstration root authority"]]);
      const notAfter = endOf(YEARS.root);
      return {
        key,
        certificate: issueCertificate({
          kind: "root",
          subject,
          key,
          issuer: { subject, key },
          notBefore: startOf(),
          notAfter,
        }),
      };
    });
    return { ...pair, listFile };
  }

  /** An hour ago, so that a checker whose clock is a little behind does not refuse the first signatures. */
  function startOf(): Date {
    return new Date(clock.now().getTime() - HOUR);
  }

  function endOf(years: number, issuer?: Certificate): Date {
    const end = new Date(clock.now());
    end.setUTCFullYear(end.getUTCFullYear() + years);
    return issuer && issuer.notAfter < end ? issuer.notAfter : end;
  }

  /** Throws `trust.unknown-authority` when it is not here and cannot be made here. */
  function authority(name: AuthorityName): OpenAuthority {
    const known = opened.get(name);
    if (known) return known;
    const made = isFixed(name) ? openFixed(name) : openVirtual(name);
    opened.set(name, made);
    return made;
  }

  function openFixed(name: (typeof FIXED)[number]): OpenAuthority {
    const place = path.join(folder, name);
    const { key: rootKey, certificate: above } = root;
    if (!rootKey && !existsSync(place)) throw trustProblem("unknown-authority", { params: { authority: name } });
    const pair = rootKey
      ? readOrMakePair(place, () => {
          const key = newKey();
          return {
            key,
            certificate: issueAuthority({
              name,
              title: `Demonstration ${TITLES[name]}`,
              common,
              places,
              key,
              issuer: { subject: above.subject, key: rootKey },
              notBefore: startOf(),
              notAfter: endOf(YEARS.authority, above),
            }),
          };
        })
      : readPair(place);
    return belongs({ ...pair, name, chain: [pair.certificate] }, above, place);
  }

  function openVirtual(name: AuthorityName): OpenAuthority {
    const home = path.join(folder, "virtual", name);
    const place = listFolders(home).at(-1);
    if (!place || !/^org-[a-z0-9][a-z0-9-]{0,58}$/.test(name))
      throw trustProblem("unknown-authority", { params: { authority: name } });
    const pair = readPair(place);
    const above = authority("companies");
    return belongs({ ...pair, name, chain: [pair.certificate, ...above.chain] }, above.certificate, place);
  }

  /** Makes the virtual authority of an organisation: it can issue only for names that begin with the organisation's. */
  function makeVirtual(organization: { code: string; name: string }): OpenAuthority {
    const name = virtualName(organization.code);
    const above = authority("companies");
    const home = path.join(folder, "virtual", name);
    readOrMakePair(path.join(home, String(listFolders(home).length + 1).padStart(4, "0")), () => {
      const key = newKey();
      return {
        key,
        certificate: issueAuthority({
          name,
          virtual: subtreeOf(organization, countryCode),
          title: organization.name,
          common: [
            ["country", countryCode],
            ["organization", organization.name],
          ],
          places,
          key,
          issuer: { subject: above.certificate.subject, key: above.key },
          notBefore: startOf(),
          notAfter: endOf(VIRTUAL_YEARS, above.certificate),
        }),
      };
    });
    opened.delete(name);
    return authority(name);
  }

  /** The newest pair of a service that lasts a while yet, else a new one by its authority. */
  function service(kind: Kind & ("ocsp" | "time-stamp" | "trusted-list"), name: AuthorityName, validDays: number): ServicePair {
    const known = services.get(`${kind} ${name}`);
    const by = authority(name);
    const now = clock.now();
    const lasts = ({ certificate }: KeyPair): boolean =>
      certificate.notBefore <= now &&
      (certificate.notAfter.getTime() - now.getTime() > (validDays * DAY) / 3 || certificate.notAfter >= by.certificate.notAfter);
    if (known && lasts(known)) return known;
    const home = path.join(folder, "services", kind, name);
    const found = listFolders(home)
      .map(readPair)
      .findLast((pair) => isSignedBy(pair.certificate, by.certificate) && lasts(pair));
    const notAfter = new Date(Math.min(now.getTime() + validDays * DAY, by.certificate.notAfter.getTime()));
    const made =
      found ??
      readOrMakePair(path.join(home, String(listFolders(home).length + 1).padStart(4, "0")), () => {
        const key = newKey();
        const subject = writeSubject([
          ...common,
          ["commonName", SERVICE_TITLES[kind](TITLES[name as (typeof FIXED)[number]] ?? name)],
        ]);
        const issuer = { name, subject: by.certificate.subject, key: by.key };
        return {
          key,
          certificate: certify({ kind, subject, publicKey: key, issuer, notBefore: startOf(), notAfter, list: name }, places),
        };
      });
    const opened = { ...made, chain: by.chain };
    services.set(`${kind} ${name}`, opened);
    return opened;
  }

  return {
    root,
    authority,
    makeVirtual,
    service,
    startOf,
    endOf,
    /** Certificates of services that were ever made here, by the kind of service: a trusted list keeps them with their history. */
    servicesMade(kind: string): Certificate[] {
      return listFolders(path.join(folder, "services", kind))
        .flatMap(listFolders)
        .map(readCertificate);
    },
    /** Names of the authorities that are there, made or not needed yet. */
    present(): AuthorityName[] {
      const fixed = FIXED.filter((name) => root.key !== undefined || existsSync(path.join(folder, name)));
      return [...fixed, ...listFolders(path.join(folder, "virtual")).map((one) => path.basename(one) as AuthorityName)];
    },
    /** The list that the ceremony signed, where the key of the root is not here. Throws `trust.broken-authority` when it is missing. */
    carriedRootList(): Buffer {
      try {
        return readFileSync(root.listFile);
      } catch (cause) {
        throw trustProblem("broken-authority", { params: { folder: path.dirname(root.listFile) }, cause });
      }
    },
  };
}

const SERVICE_TITLES: Record<"ocsp" | "time-stamp" | "trusted-list", (authority: string) => string> = {
  ocsp: (authority) => `OCSP responder, ${authority}`.slice(0, 64),
  "time-stamp": () => "Time-stamping unit",
  "trusted-list": () => "Trusted list",
};

const VIRTUAL = /^org-[a-z0-9][a-z0-9-]{0,58}$/;

/** Name of the virtual authority of an organisation. Throws `trust.unfit-subject` for a code that is no plain number or word. */
export function virtualName(code: string): AuthorityName {
  const name: AuthorityName = `org-${code.toLowerCase()}`;
  if (!VIRTUAL.test(name)) throw trustProblem("unfit-subject", { params: { part: "organizationIdentifier" } });
  return name;
}

export const isFixed = (name: AuthorityName): name is (typeof FIXED)[number] => (FIXED as readonly string[]).includes(name);

/** The certificate of an authority below the root or, for a virtual one, below the authority for companies. */
export function issueAuthority(given: {
  name: AuthorityName;
  title: string;
  common: Subject;
  /** The names under which a virtual authority issues. */
  virtual?: Buffer;
  places: Places;
  key: KeyObject;
  issuer: Parameters<typeof issueCertificate>[0]["issuer"];
  notBefore: Date;
  notAfter: Date;
}): Buffer {
  const { name, places, virtual } = given;
  const { address } = places;
  const above = virtual ? "companies" : "root";
  return issueCertificate({
    ...given,
    kind: "authority",
    subject: writeSubject([...given.common, ["commonName", [...given.title].slice(0, 64).join("")]]),
    // Companies have virtual authorities below them; nothing stands below the others.
    pathLength: name === "companies" ? 1 : 0,
    more: [
      policies(...policiesUnder(name, places)),
      ...(virtual ? [permittedSubtree(virtual)] : []),
      ...(address ? [authorityInformation({ issuer: placeOfIssuer(address, above) })] : []),
    ],
    ...(address && { listAddress: placeOfList(address, above) }),
  });
}

/** What an authority may issue: one for people can never make a seal of a state body (chain.ts looks at it). */
function policiesUnder(name: AuthorityName, places: Places): string[] {
  const of = (...kinds: Kind[]): string[] => kinds.map((kind) => policyOf(kind, places));
  const qualified = (...levels: number[]): string[] =>
    places.qualified === "no" ? [] : levels.map((one) => `0.4.0.194112.1.${one}`);
  if (name === "bodies") return [ANY_POLICY];
  if (name === "people") return [...of("person-signing", "person-authentication", "ocsp"), ...qualified(0, 2)];
  const company = of("organization-seal", "official-signing", "official-authentication", "system", "ocsp");
  return [...company, ...qualified(0, 1, 2, 3)];
}

function belongs(authority: OpenAuthority, above: Certificate, place: string): OpenAuthority {
  if (!isSignedBy(authority.certificate, above)) throw trustProblem("broken-authority", { params: { folder: place } });
  return authority;
}

export const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
