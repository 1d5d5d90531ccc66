/**
 * The ceremony: the root and the authorities of a state are made on a machine without a network, before named people. Its folder has what
 * stays offline, what is carried to the servers, and a record of every act: people, steps, fingerprints and the hash of every file, as
 * JSON and Markdown, signed with the key of the root. Each record names the one before, so none can be taken out.
 */
import { createHash, createPublicKey, verify as cryptoVerify, type KeyObject } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { type Certificate, isSignedBy } from "../certificate.ts";
import { parseRevocationList, type Reason, type Revocation, writeRevocationList } from "../crl.ts";
import { issueCertificate, toPem } from "../issue.ts";
import { readCertificate, writePair } from "../key-store.ts";
import { trustProblem } from "../problems.ts";
import { writeRecord } from "./ceremony-record.ts";
import { issueAuthority, newKey } from "./hierarchy.ts";
import { openKey, sealKey } from "./key-file.ts";
import type { Places } from "./profile.ts";
import { type SigningKey, signingKey } from "./signing-key.ts";
import { isVisible, type Subject, writeSubject } from "./subject.ts";

export type Participant = { readonly name: string; readonly role: string };

export type Words = (key: string, params?: Record<string, string>) => string;

export type Act = {
  readonly folder: string;
  readonly participants: readonly Participant[];
  readonly at: Date;
  /** Opens the key of the root; not needed with a token. */
  readonly phrase?: string;
  /** The key of the root in hardware. */
  readonly token?: SigningKey;
  /** Texts of `trust.ceremony` in the language of the record, e.g. `steps.root-key-made`. */
  readonly words: Words;
  /** Hears each step as it is done. */
  readonly told?: (step: string) => void;
};

export type CeremonyPlan = Act & { readonly country: string; readonly stateName: string; readonly places: Places };

export type CeremonyRecord = {
  readonly act: "ceremony" | "list" | "renewal";
  readonly at: string;
  readonly country: string;
  readonly stateName: string;
  readonly places: Places;
  readonly participants: readonly Participant[];
  readonly steps: readonly string[];
  readonly fingerprints: Readonly<Record<string, string>>;
  /** SHA-256 by the path in the folder. The key of the root is not among them: a hash of it would help who guesses the phrase. */
  readonly files: Readonly<Record<string, string>>;
  readonly revoked: readonly { serial: string; at: string; reason: Reason }[];
  /** SHA-256 of the record before; absent in the first. */
  readonly before?: string;
};

export const AUTHORITIES = ["bodies", "people", "companies"] as const;
export type CeremonyAuthority = (typeof AUTHORITIES)[number];

const TITLES: Record<CeremonyAuthority | "root", string> = {
  root: "Root authority",
  bodies: "Authority for state bodies",
  people: "Authority for people",
  companies: "Authority for companies",
};
const YEARS = { root: 20, authority: 15 };
const LEAST_PHRASE = 12;
/** The root is taken out of its safe twice a year; the list lasts a little longer than that. */
const LIST_LIFE = 200 * 86_400_000;

const KEY = path.join("offline", "root-key.pem");
const SERVERS = path.join("servers", "authority");
const RECORDS = "record";

const unfit = (why: "participants" | "folder" | "phrase" | "country" | "record") =>
  trustProblem("unfit-ceremony", { params: { why } });

function checkPeople({ participants }: Act): void {
  const named = participants.filter(({ name, role }) => isVisible(name) && isVisible(role));
  // One person alone could make a second root that nobody knows of.
  if (named.length !== participants.length || new Set(named.map(({ name }) => name)).size < 2) throw unfit("participants");
}

/** Makes root and authorities. Throws `trust.unfit-ceremony` before anything is made. */
export function holdCeremony(plan: CeremonyPlan): CeremonyRecord {
  const { folder, phrase, token, country, stateName, places, at } = plan;
  checkPeople(plan);
  if (!/^[A-Z]{2}$/.test(country) || !isVisible(stateName)) throw unfit("country");
  if (!token && (phrase ?? "").length < LEAST_PHRASE) throw unfit("phrase");
  if (existsSync(folder) && readdirSync(folder).length > 0) throw unfit("folder");
  const work = openWork(plan);
  const common: Subject = [
    ["country", country],
    ["organization", stateName],
  ];
  const made = token ? undefined : newKey();
  const root = signingKey(token ?? made!);
  work.step(token ? "root-key-token" : "root-key-made");
  const subject = writeSubject([...common, ["commonName", TITLES.root]]);
  const notAfter = yearsOn(at, YEARS.root);
  const rootDer = issueCertificate({
    kind: "root",
    subject,
    key: root.publicKey,
    issuer: { subject, key: root },
    notBefore: at,
    notAfter,
  });
  work.write(path.join(SERVERS, "root", "certificate.pem"), toPem("CERTIFICATE", rootDer));
  work.step("root-certificate");
  if (made) {
    work.write(KEY, sealKey(made, phrase!));
    work.step("root-key-sealed");
  }
  for (const name of AUTHORITIES) {
    const key = newKey();
    const certificate = issueAuthority({
      name,
      title: TITLES[name],
      common,
      places,
      key,
      issuer: { subject, key: root },
      notBefore: at,
      notAfter: yearsOn(at, YEARS.authority),
    });
    writePair(path.join(folder, SERVERS, name), { key, certificate });
    work.step("authority-made", { authority: plan.words(`authorities.${name}`) });
  }
  return finish(work, { root, act: "ceremony", country, stateName, places, revoked: [] });
}

/** A new list of the root, with what is revoked from now on; every half year, and at once when an authority falls. */
export function signRootList(
  act: Act,
  revoking: readonly { authority: CeremonyAuthority; reason: Reason }[] = [],
): CeremonyRecord {
  checkPeople(act);
  const last = readRecords(act.folder).at(-1)!.record;
  const work = openWork(act);
  const root = rootKeyOf(act);
  const revoked = [...last.revoked];
  for (const { authority, reason } of revoking) {
    const { serial } = certificateIn(act.folder, authority);
    if (revoked.some((one) => one.serial === serial)) continue;
    revoked.push({ serial, at: act.at.toISOString(), reason });
    work.step("revoked", { authority: act.words(`authorities.${authority}`), serial, reason });
  }
  return finish(work, { root, act: "list", country: last.country, stateName: last.stateName, places: last.places, revoked });
}

/** A new certificate over the same key and name, so that everything the authority has signed stays good. */
export function renewAuthority(act: Act, name: CeremonyAuthority): CeremonyRecord {
  checkPeople(act);
  const last = readRecords(act.folder).at(-1)!.record;
  const work = openWork(act);
  const root = rootKeyOf(act);
  const old = certificateIn(act.folder, name);
  const above = certificateIn(act.folder, "root");
  const end = yearsOn(act.at, YEARS.authority);
  const common: Subject = [
    ["country", last.country],
    ["organization", last.stateName],
  ];
  const certificate = issueAuthority({
    name,
    title: TITLES[name],
    common,
    places: last.places,
    key: old.publicKey!,
    issuer: { subject: above.subject, key: root },
    notBefore: act.at,
    notAfter: new Date(Math.min(end.getTime(), above.notAfter.getTime())),
  });
  work.write(path.join(SERVERS, name, "certificate.pem"), toPem("CERTIFICATE", certificate));
  work.step("renewed", { authority: act.words(`authorities.${name}`), serial: old.serial });
  const { country, stateName, places, revoked } = last;
  return finish(work, { root, act: "renewal", country, stateName, places, revoked });
}

export type CheckedCeremony = {
  readonly records: readonly CeremonyRecord[];
  readonly root: Certificate;
  readonly listUntil: Date;
};

/** Throws `trust.unfit-ceremony` (`record`) when a record, a file or the chain of records is not what was signed. */
export function checkCeremony(folder: string): CheckedCeremony {
  const root = certificateIn(folder, "root");
  const records = readRecords(folder);
  for (const { bytes, signature, before, record } of records) {
    const isSigned = root.publicKey !== undefined && cryptoVerify("sha256", bytes, root.publicKey, signature);
    if (!isSigned || record.before !== before || !isSignedBy(root, root)) throw unfit("record");
  }
  const { files } = records.at(-1)!.record;
  for (const [file, hash] of Object.entries(files)) {
    const place = path.join(folder, file);
    // Keys of authorities are taken away to the servers; what is still here has to be what was made.
    if (existsSync(place) ? hashOf(readFileSync(place)) !== hash : !file.endsWith("key.pem")) throw unfit("record");
  }
  for (const name of AUTHORITIES) if (!isSignedBy(certificateIn(folder, name), root)) throw unfit("record");
  const list = parseRevocationList(readFileSync(path.join(folder, SERVERS, "root", "list.der")));
  return { records: records.map(({ record }) => record), root, listUntil: list.nextUpdate };
}

type Work = {
  readonly act: Act;
  readonly steps: string[];
  /** By its name in `trust.ceremony.steps`. */
  step(name: string, params?: Record<string, string>): void;
  write(file: string, content: string | Buffer): void;
};

function openWork(act: Act): Work {
  const steps: string[] = [];
  return {
    act,
    steps,
    step(name, params) {
      const text = act.words(`steps.${name}`, params);
      steps.push(text);
      act.told?.(text);
    },
    write(file, content) {
      const place = path.join(act.folder, file);
      mkdirSync(path.dirname(place), { recursive: true, mode: 0o700 });
      writeFileSync(place, content, { mode: 0o600 });
    },
  };
}

type Finishing = Pick<CeremonyRecord, "act" | "country" | "stateName" | "places" | "revoked"> & { readonly root: SigningKey };

/** Signs the list of the root and the record; each act ends like this. */
function finish(work: Work, { root, ...said }: Finishing): CeremonyRecord {
  const { act } = work;
  const { folder, at } = act;
  const above = certificateIn(folder, "root");
  const list = writeRevocationList({
    issuer: { subject: above.subject, key: root },
    thisUpdate: at,
    nextUpdate: new Date(at.getTime() + LIST_LIFE),
    revoked: said.revoked.map((one): Revocation => ({ ...one, at: new Date(one.at) })),
  });
  work.write(path.join(SERVERS, "root", "list.der"), list);
  work.step("list", { until: new Date(at.getTime() + LIST_LIFE).toISOString().slice(0, 10) });
  const before = existsSync(path.join(folder, RECORDS)) ? readRecords(folder).at(-1) : undefined;
  const record: CeremonyRecord = {
    ...said,
    at: at.toISOString(),
    participants: act.participants,
    steps: work.steps,
    fingerprints: Object.fromEntries(
      (["root", ...AUTHORITIES] as const).map((name) => [name, certificateIn(folder, name).fingerprint]),
    ),
    files: hashesOf(folder),
    ...(before && { before: hashOf(before.bytes) }),
  };
  const json = `${JSON.stringify(record, undefined, 2)}\n`;
  const place = path.join(RECORDS, `${at.toISOString().slice(0, 19).replace(/[-:]/g, "")}-${said.act}`);
  if (existsSync(path.join(folder, `${place}.json`))) throw unfit("folder");
  work.write(`${place}.json`, json);
  work.write(`${place}.sig`, root.sign(Buffer.from(json)));
  work.write(`${place}.md`, writeRecord(record, act.words));
  return record;
}

function rootKeyOf({ folder, phrase, token }: Act): SigningKey {
  const above = certificateIn(folder, "root");
  const key: KeyObject | SigningKey | undefined =
    token ??
    (existsSync(path.join(folder, KEY)) ? openKey(readFileSync(path.join(folder, KEY), "utf8"), phrase ?? "") : undefined);
  const publicKey = key && ("sign" in key ? key.publicKey : createPublicKey(key));
  if (!key || !above.publicKey || !publicKey?.equals(above.publicKey))
    throw trustProblem("no-signing-key", { params: { place: KEY } });
  return signingKey(key);
}

const certificateIn = (folder: string, name: CeremonyAuthority | "root"): Certificate =>
  readCertificate(path.join(folder, SERVERS, name));

type Kept = { record: CeremonyRecord; bytes: Buffer; signature: Buffer; before: string | undefined };

function readRecords(folder: string): Kept[] {
  const place = path.join(folder, RECORDS);
  const names = existsSync(place)
    ? readdirSync(place)
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
  if (names.length === 0) throw unfit("record");
  let before: string | undefined;
  return names.map((name) => {
    try {
      const bytes = readFileSync(path.join(place, name));
      const signature = readFileSync(path.join(place, name.replace(/json$/, "sig")));
      const kept = { record: JSON.parse(bytes.toString("utf8")) as CeremonyRecord, bytes, signature, before };
      before = hashOf(bytes);
      return kept;
    } catch {
      throw unfit("record");
    }
  });
}

function hashesOf(folder: string): Record<string, string> {
  const names = readdirSync(path.join(folder, "servers"), { recursive: true, encoding: "utf8" }).map((name) =>
    path.join("servers", name),
  );
  const files = names.filter((name) => /\.(pem|der)$/.test(name)).sort();
  return Object.fromEntries(files.map((name) => [name.split(path.sep).join("/"), hashOf(readFileSync(path.join(folder, name)))]));
}

const hashOf = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");

function yearsOn(at: Date, years: number): Date {
  const end = new Date(at);
  end.setUTCFullYear(end.getUTCFullYear() + years);
  return end;
}
