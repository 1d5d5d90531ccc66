/**
 * The built-in demonstration authority: a root that signs nothing but the authority for state bodies and its own revocation
 * list; that authority, which gives each body a certificate to sign with when it first needs one. All keys lie in one folder of
 * this machine, which is right for a demonstration and wrong for a state.
 */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Clock } from "@kerege/kernel/clock";
import { writeAnchors } from "./anchors.ts";
import { type Certificate, isSignedBy } from "./certificate.ts";
import { type Revocation, writeRevocationList } from "./crl.ts";
import { issueCertificate, type NameParts, writeName } from "./issue.ts";
import { type KeyPair, listFolders, readOrMakePair, readPair, writeOnce } from "./key-store.ts";
import { identifierOf } from "./name.ts";
import { trustProblem } from "./problems.ts";
import { createSigner, type Signer } from "./signer.ts";

export type Body = {
  /** Small Latin letters, digits and hyphens, at most 63. */
  code: string;
  /** As it shall stand in the certificate; at most 200 characters. */
  name: string;
};

export type AuthorityMeans = {
  clock: Clock;
  /** Where keys and certificates are kept; made when missing. */
  folder: string;
  /** ISO 3166-1 alpha-2. */
  countryCode: string;
  stateName: string;
};

export type ListName = "root" | "bodies";

export type Authority = {
  /** The signer of a body: the newest certificate with this name that is good for a while yet, else a new one. */
  signer(body: Body): Signer;
  /** From now on no signature made with the certificate counts, whenever it was made. */
  revoke(serial: string): void;
  /** DER. */
  revocationList(name: ListName): Buffer;
  /** The bundle to publish: see anchors.ts. */
  anchors(): string;
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const YEARS = { root: 20, bodies: 15, signer: 3 } as const;
/** A certificate is replaced this long before its end. */
const RENEWAL = 90 * DAY;
const LIST_LIFE = 7 * DAY;
const BODY_CODE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_NAME = 200;
/** Upper bound of a common name (RFC 5280, appendix A.1). */
const MAX_COMMON_NAME = 64;

export function openAuthority(means: AuthorityMeans): Authority {
  const { clock, folder } = means;
  const stateName = shorten(means.stateName, means.countryCode);
  const common = { country: means.countryCode, organization: stateName };
  const root = authorityPair("root", "Demonstration root authority");
  const bodies = authorityPair("bodies", "Demonstration authority for state bodies", root);
  if (!isSignedBy(bodies.certificate, root.certificate)) throw trustProblem("broken-authority", { params: { folder } });
  const signers = new Map<string, Signer>();
  const lists = new Map<ListName, { der: Buffer; key: string; until: number }>();

  function authorityPair(kind: "root" | "bodies", commonName: string, issuer?: KeyPair): KeyPair {
    return readOrMakePair(path.join(folder, kind), () => {
      const key = newKey();
      const subject = writeName({ ...common, commonName });
      const by = issuer ? { subject: issuer.certificate.subject, key: issuer.key } : { subject, key };
      const notAfter = endOf(YEARS[kind], issuer);
      return {
        key,
        certificate: issueCertificate({
          kind: issuer ? "authority" : "root",
          subject,
          key,
          issuer: by,
          notBefore: startOf(),
          notAfter,
        }),
      };
    });
  }

  /** An hour ago, so that a checker whose clock is a little behind does not refuse the first signatures. */
  function startOf(): Date {
    return new Date(clock.now().getTime() - HOUR);
  }

  function endOf(years: number, issuer?: KeyPair): Date {
    const end = new Date(clock.now());
    end.setUTCFullYear(end.getUTCFullYear() + years);
    return issuer && issuer.certificate.notAfter < end ? issuer.certificate.notAfter : end;
  }

  function signerAt(place: string, make?: () => { key: KeyObject; certificate: Buffer }): Signer {
    const known = signers.get(place);
    if (known) return known;
    const pair = make ? readOrMakePair(place, make) : readPair(place);
    if (!isSignedBy(pair.certificate, bodies.certificate)) throw trustProblem("broken-authority", { params: { folder: place } });
    const signer = createSigner({ ...pair, chain: [bodies.certificate] });
    signers.set(place, signer);
    return signer;
  }

  function issueSigner({ code, name }: Body): { key: KeyObject; certificate: Buffer } {
    const key = newKey();
    const parts: NameParts = {
      country: means.countryCode,
      organization: name,
      organizationId: identifierOf(means.countryCode, code),
      commonName: name.length <= MAX_COMMON_NAME ? name : code,
    };
    const issuer = { subject: bodies.certificate.subject, key: bodies.key };
    const subject = writeName(parts);
    const notAfter = endOf(YEARS.signer, bodies);
    return { key, certificate: issueCertificate({ kind: "signer", subject, key, issuer, notBefore: startOf(), notAfter }) };
  }

  function isGood({ certificate }: Signer, body: Body): boolean {
    const now = clock.now();
    // Near the end of the authority itself a certificate cannot last longer than the authority does.
    const isLasting =
      certificate.notAfter.getTime() - now.getTime() > RENEWAL || certificate.notAfter >= bodies.certificate.notAfter;
    return certificate.name.organization === body.name && certificate.notBefore <= now && now < certificate.notAfter && isLasting;
  }

  function revocations(): Revocation[] {
    return listFiles(path.join(folder, "revoked")).map((file) => ({
      serial: path.basename(file),
      at: new Date(readFileSync(file, "utf8").trim()),
    }));
  }

  function revocationList(name: ListName): Buffer {
    const now = clock.now();
    const revoked = name === "bodies" ? revocations() : [];
    const key = revoked.map(({ serial }) => serial).join(" ");
    const known = lists.get(name);
    if (known && known.key === key && now.getTime() < known.until) return known.der;
    const { certificate, key: signing } = name === "bodies" ? bodies : root;
    const der = writeRevocationList({
      issuer: { subject: certificate.subject, key: signing },
      thisUpdate: now,
      nextUpdate: new Date(now.getTime() + LIST_LIFE),
      revoked,
    });
    // Made anew every hour, so that a copy is never much older than it says.
    lists.set(name, { der, key, until: now.getTime() + HOUR });
    return der;
  }

  const newest = new Map<string, Signer>();

  return {
    signer(body) {
      checkBody(body);
      const key = `${body.code} ${body.name}`;
      const recent = newest.get(key);
      if (recent && isGood(recent, body)) return recent;
      const home = path.join(folder, "signers", body.code);
      const revoked = new Set(revocations().map(({ serial }) => serial));
      const places = listFolders(home);
      const usable = (signer: Signer): boolean => isGood(signer, body) && !revoked.has(signer.certificate.serial);
      let signer = places.map((place) => signerAt(place)).findLast(usable);
      // Another start may take the next place for the same body under another name; then ours is the one after.
      for (let number = places.length + 1; !signer; number++) {
        const made = signerAt(path.join(home, String(number).padStart(4, "0")), () => issueSigner(body));
        if (usable(made)) signer = made;
      }
      newest.set(key, signer);
      return signer;
    },
    revoke(serial) {
      if (!/^[0-9a-f]{2,40}$/.test(serial)) throw trustProblem("broken-authority", { params: { folder: serial } });
      writeOnce(path.join(folder, "revoked", serial), `${clock.now().toISOString()}\n`);
      for (const [key, signer] of newest) if (signer.certificate.serial === serial) newest.delete(key);
    },
    revocationList,
    anchors() {
      const places = listFolders(path.join(folder, "signers")).flatMap(listFolders);
      const certificates: Certificate[] = places.map((place) => signerAt(place).certificate);
      return writeAnchors({
        root: root.certificate,
        authorities: [bodies.certificate],
        signers: certificates,
        lists: [revocationList("root"), revocationList("bodies")],
      });
    },
  };
}

const newKey = (): KeyObject => generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;

/** Control and invisible characters could make one body's name look like another's. */
function checkBody({ code, name }: Body): void {
  const isFit =
    BODY_CODE.test(code) && name.trim() !== "" && name.length <= MAX_NAME && !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(name);
  if (!isFit) throw trustProblem("unfit-body", { params: { code: code.slice(0, 80) } });
}

const shorten = (name: string, fallback: string): string => (name.length <= MAX_NAME && name !== "" ? name : fallback);

function listFiles(folder: string): string[] {
  try {
    return readdirSync(folder)
      .filter((name) => !name.startsWith("."))
      .sort()
      .map((name) => path.join(folder, name));
  } catch (fault) {
    if ((fault as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw fault;
  }
}
