/** Certificates as use cases: given, renewed, suspended, taken up again, revoked. Each act leaves a row and tells an event. */
import { createHash, type KeyObject } from "node:crypto";
import { type Actor, actorKey } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import type { Transaction } from "@kerege/kernel/database";
import type { Authority } from "../authority.ts";
import { type Certificate, parseCertificate } from "../certificate.ts";
import type { Reason } from "../crl.ts";
import { newSerial, spkiOf } from "../issue.ts";
import { trustProblem } from "../problems.ts";
import type { CertificateChanged } from "./events.ts";
import { nameConstraintsOf } from "./extension.ts";
import { type Hierarchy, type OpenAuthority, virtualName } from "./hierarchy.ts";
import type { Lists } from "./lists.ts";
import {
  type AuthorityName,
  certify,
  type Holder,
  type Kind,
  type Places,
  PROFILES,
  profileExtensions,
  referenceOf,
  subjectOf,
  subtreeOf,
} from "./profile.ts";
import { contradictionOf, isCertifiable, type RequestFault, readCertificateRequest } from "./request.ts";
import type { CertificateAct, CertificateRecord, CertificateState, NewCertificate, PkiStore } from "./store.ts";
import { relativeNames, writeSubject } from "./subject.ts";
import { weaknessOf } from "./weak-key.ts";

export type Issue = {
  readonly kind: Kind;
  readonly holder: Holder;
  /** PKCS#10, DER or PEM: proves that who asks has the key. */
  readonly request?: Uint8Array | string;
  /** Only for keys that were made inside this installation; everyone else proves possession by a request. */
  readonly publicKey?: KeyObject;
  /** Names of a system, for TLS. */
  readonly dns?: readonly string[];
};

export type Issued = { readonly serial: string; readonly certificate: Certificate; readonly chain: readonly Certificate[] };

/** Reasons that a person may give; a hold is given by `suspend`. */
export type FinalReason = Exclude<Reason, "hold">;

export type Issuing = {
  /** Throws `trust.refused-request`, `trust.unfit-subject`, `trust.unknown-authority`. */
  issue(actor: Actor, order: Issue): Promise<Issued>;
  /** A new certificate for the holder of a good one, over a new key. The old one stays good until its end or until it is revoked. */
  renew(actor: Actor, order: Issue & { serial: string }): Promise<Issued>;
  /** Until `resume`, nothing made with it counts. Throws `trust.unknown-certificate`, `trust.settled-certificate`, as do the next two. */
  suspend(actor: Actor, order: { serial: string }): Promise<CertificateRecord>;
  resume(actor: Actor, order: { serial: string }): Promise<CertificateRecord>;
  /** For ever. */
  revoke(actor: Actor, order: { serial: string; reason?: FinalReason }): Promise<CertificateRecord>;
  /** The virtual authority of an organisation, made when it has none. */
  openVirtual(actor: Actor, organization: { code: string; name: string }): Promise<Issued>;
  find(serial: string): Promise<CertificateRecord | undefined>;
  /** Newest first. */
  ofHolder(reference: string): Promise<CertificateRecord[]>;
  acts(serial: string): Promise<CertificateAct[]>;
};

export type IssuingMeans = Pick<Means, "clock" | "ids" | "events" | "country"> & {
  store: PkiStore;
  authority: Authority;
  hierarchy: Hierarchy;
  lists: Lists;
  places: Places;
};

const DAY = 86_400_000;

export function createIssuing(means: IssuingMeans): Issuing {
  const { clock, ids, events, country, store, hierarchy, lists, places } = means;

  async function issue(actor: Actor, order: Issue): Promise<Issued> {
    const { kind, holder, dns } = order;
    checkKind(kind, holder);
    const by = hierarchy.authority(authorityFor(holder));
    const subject = subjectOf(holder, country.code);
    checkSubtree(by, writeSubject(subject));
    const publicKey = keyOf(order, { subject, extensions: profileExtensions(kind, places, dns) });
    const serial = newSerial();
    const list = lists.listOf(by.name, serial.toString("hex"));
    const now = clock.now();
    const end = now.getTime() + PROFILES[kind].days * DAY;
    const der = certify(
      {
        kind,
        subject: writeSubject(subject),
        publicKey,
        issuer: { name: by.name, subject: by.certificate.subject, key: by.key },
        notBefore: hierarchy.startOf(),
        notAfter: new Date(Math.min(end, by.certificate.notAfter.getTime())),
        list,
        dns,
        serial,
      },
      places,
    );
    return keep(actor, recordOf({ der, kind, holder: referenceOf(holder), authority: by.name, list, at: now }), by);
  }

  async function keep(actor: Actor, one: NewCertificate, by: OpenAuthority): Promise<Issued> {
    await store.transaction(async (tx) => {
      if (!(await store.insert(tx, one))) throw refused("reused_key");
      await note(tx, actor, { one, act: "issued" });
    });
    return { serial: one.serial, certificate: parseCertificate(one.der), chain: by.chain };
  }

  async function note(
    tx: Transaction,
    actor: Actor,
    { one, act, reason }: { one: Omit<NewCertificate, "keyHash">; act: CertificateAct["act"]; reason?: Reason },
  ): Promise<void> {
    const { serial, kind, authority, holder } = one;
    const why = reason && { reason };
    await store.record(tx, { serial, id: ids.next(), at: clock.now(), act, actor: actorKey(actor), ...why });
    const body: CertificateChanged = { serial, kind, authority, holder, ...why };
    await events.tell(tx, { type: `trust.certificate-${act}`, body: { ...body } });
  }

  async function change(
    actor: Actor,
    serial: string,
    to: { from: readonly CertificateState[]; state: CertificateState; reason: Reason | null; act: CertificateAct["act"] },
  ): Promise<CertificateRecord> {
    return store.transaction(async (tx) => {
      const now = clock.now();
      const moved = await store.move(tx, serial, { ...to, at: to.state === "good" ? null : now });
      if (!moved) throw trustProblem((await store.find(serial, tx)) ? "settled-certificate" : "unknown-certificate");
      await note(tx, actor, { one: moved, act: to.act, ...(to.reason && { reason: to.reason }) });
      // The list of bodies is made from files, so that documents are checked without the database. A file without its row is taken over
      // at the next start.
      if (moved.authority !== "bodies") await store.spoil(tx, moved.list, now);
      else if (to.state === "good") means.authority.resume(serial);
      else means.authority.revoke(serial, to.reason ?? "unspecified");
      return moved;
    });
  }

  return {
    issue,
    async renew(actor, order) {
      const before = await store.find(order.serial);
      if (!before) throw trustProblem("unknown-certificate");
      const isSame = before.kind === order.kind && before.holder === referenceOf(order.holder);
      if (!isSame || before.state !== "good") throw trustProblem("settled-certificate");
      return issue(actor, order);
    },
    suspend: (actor, { serial }) => change(actor, serial, { from: ["good"], state: "held", reason: "hold", act: "held" }),
    resume: (actor, { serial }) => change(actor, serial, { from: ["held"], state: "good", reason: null, act: "resumed" }),
    revoke: (actor, { serial, reason = "unspecified" }) =>
      change(actor, serial, { from: ["good", "held"], state: "revoked", reason, act: "revoked" }),
    async openVirtual(actor, organization) {
      const name = virtualName(organization.code);
      const open = hierarchy.present().includes(name) ? hierarchy.authority(name) : undefined;
      // After a new name of the organisation its old authority could not issue for it any more.
      if (open && nameConstraintsOf(open.certificate)?.permitted[0]?.content.equals(subtreeOf(organization, country.code)))
        return { serial: open.certificate.serial, certificate: open.certificate, chain: open.chain.slice(1) };
      const by = hierarchy.makeVirtual(organization);
      const one = recordOf({
        der: by.certificate.der,
        kind: "authority",
        holder: organization.code,
        authority: "companies",
        list: "companies",
        at: clock.now(),
      });
      return keep(actor, one, hierarchy.authority("companies"));
    },
    find: (serial) => store.find(serial),
    ofHolder: (reference) => store.ofHolder(reference),
    acts: (serial) => store.acts(serial),
  };
}

/** A row for a certificate that was just made. */
export function recordOf(given: {
  der: Buffer;
  kind: string;
  holder: string;
  authority: AuthorityName;
  list: string;
  at: Date;
}): NewCertificate {
  const { serial, spki, notBefore, notAfter } = parseCertificate(given.der);
  const { at, ...others } = given;
  const keyHash = createHash("sha256").update(spki).digest();
  return { ...others, serial, keyHash, notBefore, notAfter, issuedAt: at };
}

const refused = (why: RequestFault) => trustProblem("refused-request", { params: { why } });

/** The key to certify, proven to be the asker's. */
function keyOf(order: Issue, expected: Parameters<typeof contradictionOf>[1]): KeyObject {
  if (order.request === undefined) {
    const { publicKey } = order;
    if (!publicKey) throw refused("malformed");
    if (!isCertifiable(publicKey) || weaknessOf(publicKey)) throw refused("weak_key");
    // A private key handed in by mistake goes no further than this line.
    spkiOf(publicKey);
    return publicKey;
  }
  const request = readCertificateRequest(order.request);
  if (typeof request === "string") throw refused(request);
  if (!isCertifiable(request.publicKey)) throw refused("weak_key");
  const fault = contradictionOf(request, expected);
  if (fault) throw refused(fault);
  return request.publicKey;
}

/** A virtual authority issues only below the name it was made for; outside checkers would refuse the rest. */
function checkSubtree({ certificate }: OpenAuthority, subject: Buffer): void {
  const base = nameConstraintsOf(certificate)?.permitted[0];
  if (!base) return;
  const names = relativeNames(subject);
  if (!relativeNames(base.content).every((one, i) => names[i]?.equals(one)))
    throw trustProblem("unfit-subject", { params: { part: "organization" } });
}

const ALLOWED: Record<Holder["type"], readonly Kind[]> = {
  body: ["body-seal"],
  organization: ["organization-seal"],
  person: ["person-signing", "person-authentication"],
  official: ["official-signing", "official-authentication"],
  system: ["system"],
};

function checkKind(kind: Kind, holder: Holder): void {
  if (!ALLOWED[holder.type].includes(kind)) throw trustProblem("unfit-subject", { params: { part: kind } });
}

/** Who certifies whom. People and systems of an organisation are certified by its virtual authority. */
function authorityFor(holder: Holder): AuthorityName {
  if (holder.type === "person") return "people";
  if (holder.type === "body") return "bodies";
  if (holder.type === "organization") return "companies";
  const { type, code } = holder.type === "official" ? holder.employer : holder.owner;
  return type === "body" ? "bodies" : virtualName(code);
}
