/** The authorities over a real database, with real time: outside programs look at the clock of the machine. */
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import type { TestContext } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { createBound } from "@kerege/kernel/bound";
import { createManualClock } from "@kerege/kernel/clock";
import type { Database } from "@kerege/kernel/database";
import { createServer } from "@kerege/kernel/http";
import { createIds } from "@kerege/kernel/id";
import { addLocales, createTexts, languages } from "@kerege/kernel/locale";
import { silentLog } from "@kerege/kernel/log";
import { bits, context, integer, sequence } from "../der.ts";
import { spkiOf, toPem } from "../issue.ts";
import { createPki } from "../pki/pki.ts";
import type { Holder, Places } from "../pki/profile.ts";
import { addPkiRoutes } from "../pki/routes.ts";
import { signingKey } from "../pki/signing-key.ts";
import { type Subject, writeSubject } from "../pki/subject.ts";
import { createTrust, openTrustAuthority } from "../trust.ts";
import { tempFolder } from "./fixture.ts";
import { country } from "./log-scene.ts";

export const OFFICER: Actor = { kind: "official", body: "certification", post: "officer", person: "20101199001234" };
export const PERSON: Holder = { type: "person", pin: "20503199001234", surname: "Асанова", givenName: "Айгүл" };
export const COMPANY = { code: "31234567", name: "Үлгү жоопкерчилиги чектелген коому" };
export const PLACES: Places = { address: "http://127.0.0.1:8080", arc: "2.999", qualified: "no" };

/** What was told, in place of the queue of the house: the queue has tests of its own. */
export type Told = { type: string; body: Record<string, unknown> };

export type SceneOptions = { at?: Date; folder?: string; places?: Places; partitions?: number };

export function pkiOver(t: Pick<TestContext, "after">, database: Database, options: SceneOptions = {}) {
  const folder = options.folder ?? tempFolder(t);
  const clock = createManualClock(options.at ?? new Date());
  const ids = createIds(() => clock.now().getTime());
  const told: Told[] = [];
  const events = { tell: async (_tx: unknown, one: Told) => void told.push(one) } as never;
  const places = options.places ?? PLACES;
  const authority = openTrustAuthority({ clock, dataFolder: folder, country }, { places });
  const trust = createTrust({ clock, dataFolder: folder, country }, authority);
  const pki = createPki({
    database,
    clock,
    ids,
    events,
    country,
    log: silentLog,
    authority,
    places,
    settings: { listPartitions: options.partitions ?? 16, stampAccuracy: 1 },
  });
  const file = (name: string, content: string | Buffer): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const pem = (name: string, certificates: readonly { der: Buffer }[]): string =>
    file(name, certificates.map(({ der }) => toPem("CERTIFICATE", der)).join(""));
  return { folder, clock, told, authority, trust, pki, door: pki.door, hierarchy: pki.hierarchy, file, pem };
}

export type Scene = ReturnType<typeof pkiOver>;

/** @param each requests a minute from one address; 0 is without a bound */
export async function serverOf(t: Pick<TestContext, "after">, { pki, clock }: Pick<Scene, "pki" | "clock">, each = 0) {
  const texts = createTexts();
  addLocales(texts, "kernel", new URL("../../../kernel/locales/", import.meta.url));
  addLocales(texts, "trust", new URL("../locales/", import.meta.url));
  const app = await createServer({ log: silentLog, texts, languages: [...languages] });
  const bound = () => createBound({ each, all: 0 }, clock);
  await addPkiRoutes(app, pki, { status: bound(), stamp: bound() });
  t.after(() => app.close());
  return app;
}

export const newKeyPair = (): { publicKey: KeyObject; privateKey: KeyObject } =>
  generateKeyPairSync("ec", { namedCurve: "P-256" });

/** PKCS#10 in DER; `signedBy` another key is a request without possession. */
export function requestFor(
  key: KeyObject,
  given: { subject?: Subject; signedBy?: KeyObject; attributes?: readonly Buffer[]; rawSubject?: Buffer } = {},
): Buffer {
  const subject = given.rawSubject ?? writeSubject(given.subject ?? []);
  const body = sequence(integer(0), subject, spkiOf(key), context(0, ...(given.attributes ?? [])));
  const signer = signingKey(given.signedBy ?? key);
  return sequence(body, signer.algorithm, bits(signer.sign(body)));
}

const words = createTexts();
addLocales(words, "trust", new URL("../locales/", import.meta.url));
/** Texts of a ceremony in Kyrgyz. */
export const ceremonyWords = (key: string, params?: Record<string, string>): string =>
  words.translate("ky", `trust.ceremony.${key}`, params);
