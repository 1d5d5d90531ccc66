/** The authorities as one thing: what the block opens, what neighbours may call, what the routes serve. */
import type { Means } from "@kerege/kernel/block";
import type { Authority, Body } from "../authority.ts";
import type { Certificate } from "../certificate.ts";
import type { StatusSource, TimeStamper } from "./contract.ts";
import { createIssuing, type Issuing, recordOf } from "./issuing.ts";
import { createLists } from "./lists.ts";
import { type AuthorityName, type Kind, type Places, PROFILES, stampPolicyOf } from "./profile.ts";
import { createServices } from "./services.ts";
import { createStatus, type StatusService } from "./status.ts";
import { createPkiStore } from "./store.ts";
import { createStamper, type Stamper } from "./time-stamp.ts";

/** What neighbours may call. */
export type PkiDoor = Issuing & {
  /** Stamps in this process. */
  readonly stamper: TimeStamper;
  /** `answer` is what the responder says over HTTP. */
  readonly status: StatusSource & Pick<StatusService, "answer">;
  /** A service of the trusted list (fingerprint of its certificate) is not to be believed from now on. */
  withdrawService(fingerprint: string): Promise<void>;
};

export type PkiMeans = Pick<Means, "database" | "clock" | "ids" | "events" | "country" | "log"> & {
  authority: Authority;
  places: Places;
  settings: { listPartitions: number; stampAccuracy: number };
};

export type Pki = ReturnType<typeof createPki>;

export function createPki(means: PkiMeans) {
  const { authority, clock, places, settings } = means;
  const { hierarchy } = authority;
  const store = createPkiStore(means.database);
  const lists = createLists({
    clock,
    store,
    hierarchy,
    places,
    partitions: settings.listPartitions,
    anchored: authority.revocationList,
  });
  const seen = new Set<string>();
  const pending = new Set<Promise<void>>();

  /** Work that nobody waits for. What fails is made up for at the next start (`takeOver`). */
  function later(work: Promise<unknown>, failed = () => {}): void {
    const done: Promise<void> = work
      .then(
        () => {},
        (fault: unknown) => {
          failed();
          means.log.fault("trust.certificate-not-recorded", fault);
        },
      )
      .finally(() => pending.delete(done));
    pending.add(done);
  }

  /** Writes a certificate of this installation's own services into the table, once. */
  function recordSoon(certificate: Certificate, { kind, name }: { kind: Kind; name: AuthorityName }): void {
    if (seen.has(certificate.serial)) return;
    seen.add(certificate.serial);
    const holder = kind === "ocsp" ? `ocsp-${name}` : kind;
    const one = recordOf({ der: certificate.der, kind, holder, authority: name, list: name, at: clock.now() });
    later(store.insertMissing([one]), () => seen.delete(certificate.serial));
  }

  const status = createStatus({
    clock,
    store,
    hierarchy,
    lists,
    used: ({ certificate }, name) => recordSoon(certificate, { kind: "ocsp", name }),
  });
  const issuing = createIssuing({ ...means, store, hierarchy, lists });

  const services = createServices({ ...means, store, hierarchy, used: recordSoon });

  let stamping: Stamper | undefined;
  /** The unit whose certificate lasts; a new one takes over before the old one ends. */
  function stamper(): Stamper {
    const pair = hierarchy.service("time-stamp", "bodies", PROFILES["time-stamp"].days);
    if (stamping?.certificate !== pair.certificate) {
      stamping = createStamper({ ...pair, clock, policy: stampPolicyOf(places), accuracy: settings.stampAccuracy });
      recordSoon(pair.certificate, { kind: "time-stamp", name: "bodies" });
    }
    return stamping;
  }

  /** What lies in the folder of the authority and is not in the table yet: seals of bodies, and what was revoked by a file. */
  async function takeOver(): Promise<void> {
    const at = clock.now();
    const seals = authority
      .issuedToBodies()
      .map(({ certificate, code }) =>
        recordOf({ der: certificate.der, kind: "body-seal", holder: code, authority: "bodies", list: "bodies", at }),
      );
    await store.insertMissing(seals);
    for (const { serial, at: since, reason = "unspecified" } of authority.revocations()) {
      const state = reason === "hold" ? "held" : "revoked";
      await store.transaction((tx) => store.move(tx, serial, { from: ["good"], state, at: since, reason }));
    }
  }

  const forgetting =
    <Order extends { serial: string }, Result>(act: (actor: Parameters<Issuing["revoke"]>[0], order: Order) => Promise<Result>) =>
    async (actor: Parameters<Issuing["revoke"]>[0], order: Order): Promise<Result> => {
      const result = await act(actor, order);
      status.forget(order.serial);
      return result;
    };

  const door: PkiDoor = {
    ...issuing,
    suspend: forgetting(issuing.suspend),
    resume: forgetting(issuing.resume),
    revoke: forgetting(issuing.revoke),
    stamper: {
      get certificate() {
        return stamper().certificate;
      },
      get chain() {
        return stamper().chain;
      },
      get longest() {
        return stamper().longest;
      },
      stamp: (digest) => stamper().stamp(digest),
    },
    status,
    withdrawService: services.withdraw,
  };

  return {
    door,
    store,
    hierarchy,
    places,
    stamper,
    status,
    lists,
    services,
    prepare: takeOver,
    /** Hears of a seal that a body was given while the state runs. */
    sealIssued(certificate: Certificate, body: Body): void {
      const one = { der: certificate.der, kind: "body-seal", holder: body.code, authority: "bodies", list: "bodies" } as const;
      later(store.insertMissing([recordOf({ ...one, at: clock.now() })]));
    },
    /** Hears of a seal that was revoked by its file alone. */
    sealRevoked(serial: string): void {
      const to = { from: ["good", "held"], state: "revoked", at: clock.now(), reason: "unspecified" } as const;
      // Its row may just be on the way into the table.
      const written = Promise.all(pending);
      later(written.then(() => store.transaction((tx) => store.move(tx, serial, to))).then(() => status.forget(serial)));
    },
    /** Waits for what nobody waited for. */
    async close(): Promise<void> {
      await Promise.all(pending);
    },
    /** Certificate of an authority by the name it is published under. */
    authorityCertificate(name: string): Certificate | undefined {
      if (name === "root") return hierarchy.root.certificate;
      const known = hierarchy.present().find((one) => one === name);
      return known && hierarchy.authority(known).certificate;
    },
  };
}
