import { createPrivateKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Clock } from "@kerege/kernel/clock";
import type { KeptKey, KeyStore } from "./store-keys.ts";
import { digest, type Vault } from "./vault.ts";

const HOUR = 3_600_000;
/** Programs keep the list of keys for an hour; a key is published longer than that before it signs anything. */
const PUBLISHED_BEFORE = 24 * HOUR;
/** The longest that something signed is good for is a day. */
const KEPT_AFTER = 48 * HOUR;
const USED_FOR = 90 * 24 * HOUR;

export type SigningJwk = JsonWebKey & { kid: string; alg: "ES256"; use: "sig" };

export interface KeyRing {
  /** Private keys, the one that signs now first: what it signed and what it will sign can be checked by all of them. */
  keys: SigningJwk[];
  /** Changes when the ring does. */
  edition: string;
}

/** What has to change so that one key signs now, one is ready where a change is near, and old ones leave. */
export function planKeys(
  kept: Pick<KeptKey, "kid" | "usedFrom">[],
  given: { now: Date; rotate: boolean },
): { add: { usedFrom: Date }[]; end: string[] } {
  const now = given.now.getTime();
  const used = kept.filter(({ usedFrom }) => usedFrom.getTime() <= now);
  const ready = kept.length > used.length;
  const signing = used.at(-1);
  // What follows an old key began when the next came into use: from then on the old one only checks.
  const end = used.flatMap(({ kid }, at) => {
    const next = used[at + 1];
    return next && next.usedFrom.getTime() + KEPT_AFTER <= now ? [kid] : [];
  });
  const next = { usedFrom: new Date(now + PUBLISHED_BEFORE) };
  if (!signing) return { add: [{ usedFrom: given.now }, ...(given.rotate && !ready ? [next] : [])], end };
  const due = signing.usedFrom.getTime() + USED_FOR - PUBLISHED_BEFORE <= now;
  return { add: !ready && (given.rotate || due) ? [next] : [], end };
}

export function createKeys(means: { store: KeyStore; vault: Vault; clock: Clock }) {
  const { store, vault, clock } = means;
  const place = (kid: string) => `provider_key ${kid}`;
  const make = (usedFrom: Date): KeptKey => {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const publicJwk = publicKey.export({ format: "jwk" });
    // RFC 7638: the name of a key follows from the key.
    const { crv, kty, x, y } = publicJwk;
    const kid = digest(JSON.stringify({ crv, kty, x, y }));
    const pkcs8 = privateKey.export({ format: "der", type: "pkcs8" });
    return { kid, publicKey: publicJwk, sealed: vault.seal(pkcs8, place(kid)), madeAt: clock.now(), usedFrom };
  };
  const jwkOf = (kept: KeptKey): SigningJwk => {
    const key: KeyObject = createPrivateKey({
      key: vault.open(kept.sealed, place(kept.kid)),
      format: "der",
      type: "pkcs8",
    });
    return { ...key.export({ format: "jwk" }), kid: kept.kid, alg: "ES256", use: "sig" };
  };
  const tend = async (rotate: boolean) => {
    const now = clock.now();
    await store.change((kept) => {
      const { add, end } = planKeys(kept, { now, rotate });
      return { add: add.map(({ usedFrom }) => make(usedFrom)), end };
    }, now);
  };
  return {
    /** Makes the first key, the next one in time, and lets old ones go. Once a day, and at each start. */
    tend: () => tend(false),
    /** Makes the next key now; it signs from tomorrow on. */
    rotate: () => tend(true),
    list: () => store.all(),
    async ring(): Promise<KeyRing> {
      const kept = await store.all();
      const now = clock.now().getTime();
      const used = kept.filter(({ usedFrom }) => usedFrom.getTime() <= now);
      const later = kept.filter(({ usedFrom }) => usedFrom.getTime() > now);
      // The library signs with the first that fits.
      const ordered = [...used.reverse(), ...later];
      return { keys: ordered.map(jwkOf), edition: ordered.map(({ kid }) => kid).join(" ") };
    },
  };
}

export type Keys = ReturnType<typeof createKeys>;
