/**
 * The built-in demonstration authority: a root that signs nothing but the authority for state bodies and its own revocation
 * list; that authority, which gives each body a certificate to sign with when it first needs one. All keys lie in one folder of
 * this machine, which is right for a demonstration and wrong for a state.
 */
import type { KeyObject } from "node:crypto";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import type { Clock } from "@kerege/kernel/clock";
import { writeAnchors } from "./anchors.ts";
import { type Certificate, isSignedBy } from "./certificate.ts";
import { REASONS, type Reason, type Revocation, writeRevocationList } from "./crl.ts";
import { listFolders, readOrMakePair, readPair, writeOnce } from "./key-store.ts";
import { type Hierarchy, newKey, openHierarchy } from "./pki/hierarchy.ts";
import { certify, type Places, subjectOf } from "./pki/profile.ts";
import { writeSubject } from "./pki/subject.ts";
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
  /** What certificates say of where their status is found; nothing unless given. */
  places?: Places;
  /** Hears of each certificate for a body as it is made, after it lies on the disk. */
  issued?: (certificate: Certificate, body: Body) => void;
};

export type ListName = "root" | "bodies";

export type Authority = {
  /** The signer of a body: the newest certificate with this name that is good for a while yet, else a new one. */
  signer(body: Body): Signer;
  /** From now on no signature made with the certificate counts, whenever it was made. */
  revoke(serial: string, reason?: Reason): void;
  /** Takes a hold back; what was revoked for another reason stays so. */
  resume(serial: string): void;
  /** DER. */
  revocationList(name: ListName): Buffer;
  /** The bundle to publish: see anchors.ts. */
  anchors(): string;
  readonly hierarchy: Hierarchy;
  /** All certificates that bodies ever had here. */
  issuedToBodies(): readonly { certificate: Certificate; code: string }[];
  revocations(): readonly Revocation[];
};

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SIGNER_YEARS = 3;
/** A certificate is replaced this long before its end. */
const RENEWAL = 90 * DAY;
const LIST_LIFE = 7 * DAY;
const BODY_CODE = /^[a-z0-9][a-z0-9-]{0,62}$/;
const MAX_NAME = 200;
/** Names no address and no arc of its own: the arc for examples (ITU-T X.660). */
export const NOWHERE: Places = { address: undefined, arc: "2.999", qualified: "no" };

export function openAuthority(means: AuthorityMeans): Authority {
  const { clock, folder } = means;
  const { countryCode, places = NOWHERE } = means;
  const stateName = shorten(means.stateName, countryCode);
  const hierarchy = openHierarchy({ clock, folder, countryCode, stateName, places });
  const { root } = hierarchy;
  const bodies = hierarchy.authority("bodies");
  const signers = new Map<string, Signer>();
  const lists = new Map<ListName, { der: Buffer; key: string; until: number }>();

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
    const order = {
      kind: "body-seal",
      subject: writeSubject(subjectOf({ type: "body", code, name }, countryCode)),
      publicKey: key,
      issuer: { name: "bodies", subject: bodies.certificate.subject, key: bodies.key },
      notBefore: hierarchy.startOf(),
      notAfter: hierarchy.endOf(SIGNER_YEARS, bodies.certificate),
      list: "bodies",
    } as const;
    return { key, certificate: certify(order, places) };
  }

  function isGood({ certificate }: Signer, body: Body): boolean {
    const now = clock.now();
    // Near the end of the authority itself a certificate cannot last longer than the authority does.
    const isLasting =
      certificate.notAfter.getTime() - now.getTime() > RENEWAL || certificate.notAfter >= bodies.certificate.notAfter;
    return certificate.name.organization === body.name && certificate.notBefore <= now && now < certificate.notAfter && isLasting;
  }

  function revocations(): Revocation[] {
    return listFiles(path.join(folder, "revoked")).map((file) => {
      const [at = "", reason = ""] = readFileSync(file, "utf8").trim().split(" ");
      return {
        serial: path.basename(file),
        at: new Date(at),
        reason: Object.hasOwn(REASONS, reason) ? (reason as Reason) : "unspecified",
      };
    });
  }

  function revocationList(name: ListName): Buffer {
    if (name === "root" && !root.key) return hierarchy.carriedRootList();
    const now = clock.now();
    const revoked = name === "bodies" ? revocations() : [];
    const key = revoked.map(({ serial, reason }) => `${serial} ${reason}`).join(" ");
    const known = lists.get(name);
    if (known && known.key === key && now.getTime() < known.until) return known.der;
    const signing = name === "bodies" ? bodies.key : root.key!;
    const der = writeRevocationList({
      issuer: { subject: (name === "bodies" ? bodies : root).certificate.subject, key: signing },
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
        means.issued?.(made.certificate, body);
      }
      newest.set(key, signer);
      return signer;
    },
    revoke(serial, reason = "unspecified") {
      const file = path.join(folder, "revoked", checked(serial));
      const held = revocations().find((one) => one.serial === serial && one.reason === "hold");
      if (held) rmSync(file);
      writeOnce(file, `${(held?.at ?? clock.now()).toISOString()}${reason === "unspecified" ? "" : ` ${reason}`}\n`);
      for (const [key, signer] of newest) if (signer.certificate.serial === serial) newest.delete(key);
    },
    resume(serial) {
      if (revocations().some((one) => one.serial === serial && one.reason === "hold"))
        rmSync(path.join(folder, "revoked", checked(serial)));
    },
    revocationList,
    revocations,
    hierarchy,
    issuedToBodies: () =>
      listFolders(path.join(folder, "signers")).flatMap((home) =>
        listFolders(home).map((place) => ({ certificate: signerAt(place).certificate, code: path.basename(home) })),
      ),
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

function checked(serial: string): string {
  if (!/^[0-9a-f]{2,42}$/.test(serial)) throw trustProblem("broken-authority", { params: { folder: serial } });
  return serial;
}

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
