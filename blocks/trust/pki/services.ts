/** The services of this installation and the list that says which of them are to be believed. */
import { createHash } from "node:crypto";
import type { Means } from "@kerege/kernel/block";
import type { Transaction } from "@kerege/kernel/database";
import type { Certificate } from "../certificate.ts";
import { createSigner, type Signer } from "../signer.ts";
import { signXml } from "../signing/xades-sign.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { type AuthorityName, type Kind, type Places, PROFILES } from "./profile.ts";
import type { PkiStore } from "./store.ts";
import { type ListedService, type ServiceKind, type TrustedList, writeListJws, writeTrustedList } from "./trusted-list.ts";

export type ServicesMeans = Pick<Means, "clock" | "country"> & {
  store: PkiStore;
  hierarchy: Hierarchy;
  places: Places;
  /** Hears of certificates of services as they are used. */
  used(certificate: Certificate, of: { kind: Kind; name: AuthorityName }): void;
};

const DAY = 86_400_000;
/** A list is made anew this often, and believed for so long (5.3.15 allows six months). */
const RENEWED_AFTER = 7 * DAY;
const LIFE = 90 * DAY;
const XML = "trusted-list";
const JWS = "trusted-list-jws";

export type Services = ReturnType<typeof createServices>;

export function createServices({ clock, country, store, hierarchy, places, used }: ServicesMeans) {
  function listSigner(): Signer {
    const pair = hierarchy.service("trusted-list", "bodies", PROFILES["trusted-list"].days);
    used(pair.certificate, { kind: "trusted-list", name: "bodies" });
    return createSigner(pair);
  }

  /** Everything that works here, and everything that did: a signature of last year is checked against a responder of last year. */
  function working(): { kind: ServiceKind; certificate: Certificate }[] {
    const names = hierarchy.present().filter((name) => !name.startsWith("org-"));
    for (const name of names) used(hierarchy.service("ocsp", name, PROFILES.ocsp.days).certificate, { kind: "ocsp", name });
    used(hierarchy.service("time-stamp", "bodies", PROFILES["time-stamp"].days).certificate, {
      kind: "time-stamp",
      name: "bodies",
    });
    const made = (kind: "ocsp" | "time-stamp") => hierarchy.servicesMade(kind).map((certificate) => ({ kind, certificate }));
    const authorities = names.map((name) => ({ kind: "authority" as const, certificate: hierarchy.authority(name).certificate }));
    return [...authorities, ...made("ocsp"), ...made("time-stamp")];
  }

  /** Notes what is new and what has ended; gives all services with their history. */
  async function listed(tx: Transaction): Promise<ListedService[]> {
    const services = working();
    const known = await store.serviceStatuses(tx);
    const now = clock.now();
    for (const { certificate } of services) {
      const own = known.filter(({ service }) => service === certificate.fingerprint);
      const add = (status: "granted" | "withdrawn", since: Date) =>
        store.addServiceStatus(tx, { service: certificate.fingerprint, since, status });
      if (own.length === 0) await add("granted", certificate.notBefore);
      if (certificate.notAfter < now && own[0]?.status !== "withdrawn") await add("withdrawn", certificate.notAfter);
    }
    const all = await store.serviceStatuses(tx);
    return services.map(({ kind, certificate }) => ({
      kind,
      certificate,
      history: all.filter(({ service }) => service === certificate.fingerprint),
    }));
  }

  /** Undefined where the installation has no address: then nobody could fetch it. */
  async function publish(): Promise<{ xml: Buffer; jws: Buffer } | undefined> {
    const { address } = places;
    if (!address) return undefined;
    return store.transaction(async (tx) => {
      const now = clock.now();
      const before = await store.hold(tx, XML, now);
      const services = await listed(tx);
      const said = services.map(({ kind, certificate, history }) => [kind, certificate.fingerprint, history]);
      const id = `TL-${createHash("sha256")
        .update(JSON.stringify([said, places]))
        .digest("hex")
        .slice(0, 24)}`;
      const isMade =
        !before.stale && now.getTime() - before.at.getTime() < RENEWED_AFTER && before.content?.includes(`Id="${id}"`);
      const other = isMade ? await store.hold(tx, JWS, now) : undefined;
      if (other?.content) return { xml: before.content!, jws: other.content };
      const list: TrustedList = {
        // As with revocation lists: a state from a backup goes on with greater numbers than it has ever shown.
        number: Math.max(before.number + 1, Math.floor(now.getTime() / 1000)),
        issuedAt: now,
        nextUpdate: new Date(now.getTime() + LIFE),
        territory: country.code,
        operator: country.name.en,
        address,
        qualified: places.qualified !== "no",
        services,
        id,
      };
      const signer = listSigner();
      const xml = await signXml(writeTrustedList(list), signer, { at: now });
      const jws = Buffer.from(writeListJws(list, signer));
      await store.hold(tx, JWS, now);
      await store.publish(tx, XML, { number: list.number, at: now, content: xml });
      await store.publish(tx, JWS, { number: list.number, at: now, content: jws });
      return { xml, jws };
    });
  }

  /** Looked at anew once a minute, so that a crowd that fetches it asks the database once. */
  let kept: { until: number; list: ReturnType<typeof publish> } | undefined;
  return {
    listSigner,
    trustedList(): ReturnType<typeof publish> {
      const now = clock.now().getTime();
      if (!kept || now >= kept.until) {
        const list = publish();
        kept = { until: now + 60_000, list };
        list.catch(() => {
          kept = undefined;
        });
      }
      return kept.list;
    },
    /** From now on the service is not to be believed; what it did before stays good. */
    async withdraw(fingerprint: string): Promise<void> {
      await store.transaction(async (tx) => {
        await store.spoil(tx, XML, clock.now());
        await store.addServiceStatus(tx, { service: fingerprint, since: clock.now(), status: "withdrawn" });
      });
      kept = undefined;
    },
  };
}
