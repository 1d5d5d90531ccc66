/**
 * Revocation lists as they are published: one per authority, or partitions by the hash of the serial number, so that a list of a country
 * stays small. A list is made when somebody asks and it is an hour old or no longer true; its number only grows, on any machine.
 */
import { createHash } from "node:crypto";
import type { Clock } from "@kerege/kernel/clock";
import { writeRevocationList } from "../crl.ts";
import type { Hierarchy } from "./hierarchy.ts";
import { type AuthorityName, type Places, placeOfList } from "./profile.ts";
import type { PkiStore } from "./store.ts";

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A checker refuses a list after this: so long may publishing be out of order. */
export const LIST_LIFE = 7 * DAY;

export type ListsMeans = {
  clock: Clock;
  store: PkiStore;
  hierarchy: Hierarchy;
  places: Places;
  /** Partitions of the authorities for people and companies, for certificates issued from now on. */
  partitions: number;
  /** The lists of bodies and of the root: they stand in the published anchors as well. */
  anchored(name: "root" | "bodies"): Buffer;
};

export type Lists = ReturnType<typeof createLists>;

export function createLists({ clock, store, hierarchy, places, partitions, anchored }: ListsMeans) {
  const kept = new Map<string, { number: number; der: Buffer }>();

  /** The list in which a certificate would stand: its name is in the certificate, so it stays when the number of partitions changes. */
  function listOf(authority: AuthorityName, serial: string): string {
    if (partitions === 1 || !places.address || (authority !== "people" && authority !== "companies")) return authority;
    const place = createHash("sha256").update(serial, "hex").digest().readUInt32BE() % partitions;
    return `${authority}-${partitions}-${place}`;
  }

  /** Undefined when no authority of this installation has a list of that name. */
  async function list(name: string): Promise<Buffer | undefined> {
    if (name === "root" || name === "bodies") return anchored(name);
    const authority = authorityOf(name);
    // Whoever asks for invented partitions must not make us sign and keep them.
    if (!authority || !(await isUsed(name, authority))) return undefined;
    const now = clock.now();
    const state = await store.publication(name);
    const fresh = state && !state.stale && now.getTime() - state.at.getTime() < HOUR;
    const known = kept.get(name);
    if (fresh && known?.number === state.number) return known.der;
    const der = fresh ? await store.published(name) : undefined;
    const content = der?.content ? { number: der.number, der: der.content } : await make(name, authority);
    kept.set(name, content);
    return content.der;
  }

  const used = new Set<string>();
  async function isUsed(name: string, authority: string): Promise<boolean> {
    const current = name === authority || name.startsWith(`${authority}-${partitions}-`) || used.has(name);
    if (!current && (await store.hasList(name))) used.add(name);
    return current || used.has(name);
  }

  function authorityOf(list: string): AuthorityName | undefined {
    const partition = /^(people|companies)-(\d{1,4})-(\d{1,4})$/.exec(list);
    const name = (partition ? partition[1] : list) as AuthorityName;
    if (partition && Number(partition[3]) >= Number(partition[2])) return undefined;
    return hierarchy.present().includes(name) ? name : undefined;
  }

  async function make(name: string, authority: AuthorityName): Promise<{ number: number; der: Buffer }> {
    const { certificate, key } = hierarchy.authority(authority);
    return store.transaction(async (tx) => {
      const now = clock.now();
      const before = await store.hold(tx, name, now);
      const isMade = before.content && !before.stale && now.getTime() - before.at.getTime() < HOUR;
      if (isMade) return { number: before.number, der: before.content! };
      // Seconds since 1970 or more: a state brought back from a backup goes on with greater numbers than it has ever shown.
      const number = Math.max(before.number + 1, Math.floor(now.getTime() / 1000));
      const der = writeRevocationList({
        issuer: { subject: certificate.subject, key },
        thisUpdate: now,
        nextUpdate: new Date(now.getTime() + LIST_LIFE),
        revoked: await store.revokedIn(tx, name, now),
        number,
        ...(name !== authority && places.address && { partition: [placeOfList(places.address, name)] }),
      });
      await store.publish(tx, name, { number, at: now, content: der });
      return { number, der };
    });
  }

  return { listOf, list };
}
