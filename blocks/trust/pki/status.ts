/** The responder: what it says is read from the table of certificates and signed by the responder of the certificate's authority. */
import type { Clock } from "@kerege/kernel/clock";
import { type Certificate, isSignedBy } from "../certificate.ts";
import { DerFault, read } from "../der.ts";
import type { StatusSource } from "./contract.ts";
import { listAddressesOf } from "./extension.ts";
import type { Hierarchy, OpenAuthority, ServicePair } from "./hierarchy.ts";
import type { Lists } from "./lists.ts";
import {
  type CertId,
  issuerHashes,
  type OcspRequest,
  readCertId,
  readRequest,
  type Status,
  writeAnswer,
  writeCertId,
  writeFault,
} from "./ocsp.ts";
import { type AuthorityName, PROFILES } from "./profile.ts";
import type { PkiStore, StatusRow } from "./store.ts";

/** How long an answer may be shown on: it is as old as this when a checker last believes it. */
export const ANSWER_LIFE = 60 * 60_000;
/** An answer without a nonce is signed once and given to all who ask within this time. */
const KEPT_FOR = 60_000;
const MOST_KEPT = 20_000;

export type StatusMeans = {
  clock: Clock;
  store: Pick<PkiStore, "statuses">;
  hierarchy: Hierarchy;
  lists: Lists;
  /** Hears of responder certificates as they are used, so that each stands in the table. */
  used(pair: ServicePair, authority: AuthorityName): void;
};

export type StatusService = StatusSource & {
  /** OCSPResponse in DER for the bytes of an OCSPRequest, and for how long it may be kept. */
  answer(request: Uint8Array): Promise<{ der: Buffer; seconds: number }>;
  /** After a change on this machine; others learn of it within a minute. */
  forget(serial: string): void;
};

export function createStatus({ clock, store, hierarchy, lists, used }: StatusMeans): StatusService {
  const kept = new Map<string, { der: Buffer; until: number; serial: string }>();
  const hashes = new Map<string, AuthorityName>();

  /** Which authority the hashes mean. Virtual ones come and go, so names are looked at anew when one is not known. */
  function authorityOf(id: CertId): OpenAuthority | undefined {
    const key = (hash: string, found: { nameHash: Buffer; keyHash: Buffer }) =>
      `${hash} ${found.nameHash.toString("latin1")} ${found.keyHash.toString("latin1")}`;
    const asked = key(id.hash, id);
    if (!hashes.has(asked)) {
      for (const name of hierarchy.present())
        for (const hash of ["sha1", "sha256"])
          hashes.set(key(hash, issuerHashes(hierarchy.authority(name).certificate, hash)), name);
    }
    const name = hashes.get(asked);
    return name && hierarchy.authority(name);
  }

  const gathered = gatherStatuses(store.statuses);

  async function respond({ ids, nonce }: OcspRequest): Promise<Buffer> {
    const authority = authorityOf(ids[0]!);
    // One answer is signed by one responder: questions about certificates of two authorities are two requests.
    if (!authority || ids.slice(1).some((id) => authorityOf(id)?.name !== authority.name)) return writeFault("unauthorized");
    const rows = await gathered(ids.map(({ serial }) => serial));
    const now = clock.now();
    const statuses = ids.map((id) => ({ id, status: statusOf(rows, id.serial, authority.name) }));
    return sign(authority.name, { statuses, nonce, now });
  }

  function sign(
    name: AuthorityName,
    { statuses, nonce, now }: { statuses: { id: { bytes: Buffer }; status: Status }[]; nonce?: Buffer | undefined; now: Date },
  ): Buffer {
    const responder = hierarchy.service("ocsp", name, PROFILES.ocsp.days);
    used(responder, name);
    return writeAnswer(responder, { statuses, nonce, thisUpdate: now, nextUpdate: new Date(now.getTime() + ANSWER_LIFE) });
  }

  const issuersOf = (certificate: Certificate): readonly Certificate[] => {
    for (const name of hierarchy.present()) {
      const authority = hierarchy.authority(name);
      if (isSignedBy(certificate, authority.certificate)) return [...authority.chain, hierarchy.root.certificate];
    }
    const { certificate: root } = hierarchy.root;
    return isSignedBy(certificate, root) && !certificate.der.equals(root.der) ? [root] : [];
  };

  const authorityNamed = (issuer: Certificate): AuthorityName | undefined =>
    hierarchy.present().find((name) => hierarchy.authority(name).certificate.der.equals(issuer.der));

  return {
    async answer(bytes) {
      let request: OcspRequest;
      try {
        request = readRequest(bytes);
      } catch (fault) {
        if (fault instanceof DerFault) return { der: writeFault("malformed-request"), seconds: 0 };
        throw fault;
      }
      const [id] = request.ids;
      const key = request.nonce || request.ids.length > 1 ? undefined : id!.bytes.toString("base64");
      const now = clock.now().getTime();
      const known = key === undefined ? undefined : kept.get(key);
      if (known && now < known.until) return { der: known.der, seconds: Math.ceil((known.until - now) / 1000) };
      const der = await respond(request);
      if (key === undefined) return { der, seconds: 0 };
      if (kept.size >= MOST_KEPT) kept.clear();
      kept.set(key, { der, until: now + KEPT_FOR, serial: id!.serial });
      return { der, seconds: KEPT_FOR / 1000 };
    },
    forget(serial) {
      for (const [key, one] of kept) if (one.serial === serial) kept.delete(key);
    },
    async ocsp(certificate, issuer) {
      const name = authorityNamed(issuer);
      if (!name || !isSignedBy(certificate, issuer)) return undefined;
      const id = readCertId(read(writeCertId(certificate, issuer)));
      const rows = await gathered([certificate.serial]);
      return sign(name, { statuses: [{ id, status: statusOf(rows, certificate.serial, name) }], now: clock.now() });
    },
    async revocationList(certificate, issuer) {
      if (!isSignedBy(certificate, issuer)) return undefined;
      if (issuer.der.equals(hierarchy.root.certificate.der)) return lists.list("root");
      const name = authorityNamed(issuer);
      if (!name) return undefined;
      const named = listAddressesOf(certificate).map((address) => /\/trust\/crl\/([a-z0-9-]+)\.crl$/.exec(address)?.[1]);
      return lists.list(named.find((one) => one !== undefined) ?? name);
    },
    issuers: issuersOf,
  };
}

/** Questions that come together are one statement; each still sees what was committed before it was asked. */
function gatherStatuses(ask: PkiStore["statuses"]): PkiStore["statuses"] {
  let waiting: { serials: Set<string>; rows: Promise<StatusRow[]> } | undefined;
  return (serials) => {
    if (!waiting) {
      const asked = new Set<string>();
      const rows = new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
        waiting = undefined;
        return ask([...asked]);
      });
      waiting = { serials: asked, rows };
    }
    for (const serial of serials) waiting.serials.add(serial);
    return waiting.rows;
  };
}

/** Good only when this very authority issued it: that a number is in no list says nothing (RFC 6960, 2.2). */
function statusOf(rows: readonly StatusRow[], serial: string, authority: AuthorityName): Status {
  const row = rows.find((one) => one.serial === serial && one.authority === authority);
  if (!row) return { state: "unknown" };
  if (row.state === "good" || !row.revokedAt) return { state: "good" };
  return { state: "revoked", at: row.revokedAt, reason: row.reason ?? "unspecified" };
}
