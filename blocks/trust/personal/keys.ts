/** A person's own key and certificate: made, used with the phrase, put on another phrase, given up. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import type { Actor } from "@kerege/kernel/actor";
import type { Means } from "@kerege/kernel/block";
import { parseCertificate } from "../certificate.ts";
import type { PkiDoor } from "../pki/pki.ts";
import type { CertificateRecord } from "../pki/store.ts";
import { trustProblem } from "../problems.ts";
import { createSigner, type Signer } from "../signer.ts";
import type { SignaturesDoor } from "./contract.ts";
import type { PersonalStore } from "./store.ts";
import { createWrapping } from "./wrapping.ts";

export type Person = Extract<Actor, { kind: "person" }>;

/** A person known surely enough, in his or her own name: nobody signs with the key of another. */
export const maySign = (actor: Actor): actor is Person =>
  actor.kind === "person" && actor.behalf === undefined && actor.assurance !== "simple";

/** Characters of a phrase. */
export const PHRASE = { least: 8, most: 100 } as const;
/** Wrong phrases in a row until the key can no longer be used. */
export const MOST_TRIES = 5;

export type PhraseFault = "short" | "long" | "plain" | "different";

/** Too short, too long, one sign over and over, or the person's own number. */
export function phraseFault(phrase: string, again: string, pin: string): PhraseFault | undefined {
  const characters = [...phrase.normalize("NFKC")];
  if (characters.length < PHRASE.least) return "short";
  if (characters.length > PHRASE.most) return "long";
  if (new Set(characters).size < 4 || phrase.includes(pin) || "01234567890".includes(phrase)) return "plain";
  return phrase === again ? undefined : "different";
}

export type OwnKey = {
  readonly id: string;
  readonly certificate: CertificateRecord;
  readonly isBlocked: boolean;
  readonly triesLeft: number;
};

export type Keys = ReturnType<typeof createKeys>;

export function createKeys(
  means: Pick<Means, "clock" | "ids" | "dataFolder">,
  given: {
    store: PersonalStore;
    pki: Pick<PkiDoor, "issue" | "revoke" | "find" | "ofHolder" | "status">;
    names: SignaturesDoor["names"];
  },
) {
  const { store, pki, names } = given;
  const wrapping = createWrapping(`${means.dataFolder}/authority`);

  /** The key, where the phrase is right. Throws `trust.wrong-phrase`, `trust.key-blocked`, `trust.no-key`. */
  async function open(actor: Person, phrase: string): Promise<{ id: string; key: KeyObject; serial: string }> {
    const row = await store.takeTry(actor.pin, MOST_TRIES);
    if (!row) throw trustProblem((await store.liveKey(actor.pin)) ? "key-blocked" : "no-key");
    const key = await wrapping.unwrap(row, { id: row.id, phrase });
    if (!key) {
      const { left } = await store.phraseWasWrong(actor.pin, row.id, { most: MOST_TRIES, at: means.clock.now() });
      throw left === 0 ? trustProblem("key-blocked") : trustProblem("wrong-phrase", { params: { left } });
    }
    await store.phraseWasRight(actor.pin, row.id);
    return { id: row.id, key, serial: row.serial };
  }

  return {
    /** Undefined where the person has none. */
    async own(actor: Person): Promise<OwnKey | undefined> {
      const row = await store.liveKey(actor.pin);
      const certificate = row && (await pki.find(row.serial));
      return row && certificate
        ? { id: row.id, certificate, isBlocked: row.blocked_at !== null, triesLeft: MOST_TRIES - row.tries }
        : undefined;
    },
    /** All certificates the person ever had here, newest first. */
    async certificates(actor: Person): Promise<CertificateRecord[]> {
      return pki.ofHolder(actor.pin);
    },
    /**
     * Makes a key and its certificate; a key there was before is given up and its certificate revoked as superseded.
     * Throws `trust.unknown-person` where nobody knows the name, and what `issue` throws.
     */
    async make(actor: Person, phrase: string): Promise<void> {
      const name = await names.find?.(actor.pin, actor);
      if (!name) throw trustProblem("unknown-person");
      const id = means.ids.next();
      const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
      const kept = await wrapping.wrap(privateKey, { id, phrase });
      const holder = { type: "person", pin: actor.pin, ...name } as const;
      const { serial } = await pki.issue(actor, { kind: "person-signing", holder, publicKey });
      const before = await store.replaceKey({ ...kept, holder: actor.pin, id, serial, at: means.clock.now() });
      if (before) await pki.revoke(actor, { serial: before, reason: "superseded" });
    },
    /** Throws as `open`. */
    async changePhrase(actor: Person, phrase: { old: string; new: string }): Promise<void> {
      const { id, key } = await open(actor, phrase.old);
      await store.rewrap(actor.pin, id, await wrapping.wrap(key, { id, phrase: phrase.new }));
    },
    /** For ever: the certificate is revoked, the wrapped key cannot be used any more. What was signed before stays good. */
    async giveUp(actor: Person): Promise<void> {
      const serial = await store.endKey(actor.pin, means.clock.now());
      if (!serial) throw trustProblem("no-key");
      await pki.revoke(actor, { serial, reason: "cessation-of-operation" });
    },
    /** Throws as `open`, and `trust.certificate-not-good`. */
    async signer(actor: Person, phrase: string): Promise<Signer> {
      const { key, serial } = await open(actor, phrase);
      const record = await pki.find(serial);
      const now = means.clock.now();
      if (record?.state !== "good" || record.notAfter <= now) throw trustProblem("certificate-not-good");
      const certificate = parseCertificate(record.der);
      return createSigner({ certificate, chain: pki.status.issuers(certificate).slice(0, -1), key });
    },
  };
}
