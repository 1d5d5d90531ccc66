/**
 * A small authority for tests that can do what a real one must not: certificates of any time and kind of key, time stamps of any moment,
 * answers of any age. Written with nothing but the DER writer, so it shares no profile code with the authorities it stands for.
 */
import { createHash, createPublicKey, sign as cryptoSign, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { type Certificate, parseCertificate } from "../../certificate.ts";
import { bits, boolean, context, encode, integer, octets, oid, printable, sequence, setOf, TAG, time, utf8 } from "../../der.ts";
import { createSigner, type Signer } from "../../signer.ts";
import type { LevelMeans } from "../means.ts";
import type { Trusted } from "../path.ts";

export type Kind = "p256" | "p384" | "rsa" | "ed25519";
export type Holder = { certificate: Certificate; key: KeyObject; chain: readonly Certificate[] };

export const NOW = new Date("2026-03-02T09:30:00Z");
export const YEAR = 365 * 86_400_000;
export const later = (at: Date, by: number): Date => new Date(at.getTime() + by);

const ALGORITHMS: Record<Kind, { identifier: Buffer; hash: string | null }> = {
  p256: { identifier: sequence(oid("1.2.840.10045.4.3.2")), hash: "sha256" },
  p384: { identifier: sequence(oid("1.2.840.10045.4.3.3")), hash: "sha384" },
  rsa: { identifier: sequence(oid("1.2.840.113549.1.1.11"), encode(TAG.none)), hash: "sha256" },
  ed25519: { identifier: sequence(oid("1.3.101.112")), hash: null },
};
const DIGEST: Record<Kind, string> = {
  p256: "2.16.840.1.101.3.4.2.1",
  p384: "2.16.840.1.101.3.4.2.2",
  rsa: "2.16.840.1.101.3.4.2.1",
  ed25519: "2.16.840.1.101.3.4.2.3",
};

export function newKey(kind: Kind): KeyObject {
  if (kind === "rsa") return generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey;
  if (kind === "ed25519") return generateKeyPairSync("ed25519").privateKey;
  return generateKeyPairSync("ec", { namedCurve: kind === "p256" ? "P-256" : "P-384" }).privateKey;
}

const kindOfKey = (key: KeyObject): Kind => {
  if (key.asymmetricKeyType === "rsa" || key.asymmetricKeyType === "ed25519") return key.asymmetricKeyType;
  return key.asymmetricKeyDetails?.namedCurve === "secp384r1" ? "p384" : "p256";
};
const spkiOf = (key: KeyObject): Buffer => createPublicKey(key).export({ format: "der", type: "spki" });
export function sealed(body: Buffer, key: KeyObject): Buffer {
  const { identifier, hash } = ALGORITHMS[kindOfKey(key)];
  return sequence(body, identifier, bits(cryptoSign(hash, body, key)));
}

type Plan = {
  name: string;
  kind?: Kind;
  issuer?: Holder;
  use: "root" | "authority" | "sign" | "stamp" | "answer" | "login";
  from?: Date;
  until?: Date;
  key?: KeyObject;
  serial?: Buffer;
};

const extension = (type: string, value: Buffer, critical = false): Buffer =>
  sequence(oid(type), ...(critical ? [boolean(true)] : []), octets(value));
const EKU = {
  sign: ["1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.36"],
  stamp: ["1.3.6.1.5.5.7.3.8"],
  answer: ["1.3.6.1.5.5.7.3.9"],
  login: ["1.3.6.1.5.5.7.3.2"],
} as const;

export function certify({ name, kind = "p256", issuer, use, ...rest }: Plan): Holder {
  const key = rest.key ?? newKey(kind);
  const rdn = (type: string, value: Buffer): Buffer => setOf(sequence(oid(type), value));
  const subject = sequence(
    rdn("2.5.4.6", printable("KG")),
    rdn("2.5.4.10", utf8("Test state")),
    ...(use === "sign" ? [rdn("2.5.4.97", utf8(`GO:KG-${name}`))] : []),
    rdn("2.5.4.3", utf8(name)),
  );
  const spki = spkiOf(key);
  const id = (one: Buffer): Buffer => createHash("sha256").update(one).digest().subarray(0, 20);
  const issuerSpki = issuer ? issuer.certificate.spki : spki;
  const isAuthority = use === "root" || use === "authority";
  const extensions = [
    extension("2.5.29.35", sequence(encode(0x80, id(issuerSpki)))),
    extension("2.5.29.14", octets(id(spki))),
    // NSS, and pdfsig with it, asks for a distribution point.
    ...(issuer
      ? [extension("2.5.29.31", sequence(sequence(context(0, context(0, context(4, issuer.certificate.subject))))))]
      : []),
    ...(isAuthority
      ? [extension("2.5.29.19", sequence(boolean(true)), true), extension("2.5.29.15", bits(Buffer.from([0x06]), 1), true)]
      : [
          extension("2.5.29.15", use === "sign" ? bits(Buffer.from([0x40]), 6) : bits(Buffer.from([0x80]), 7), true),
          extension("2.5.29.37", sequence(...EKU[use].map((one) => oid(one))), use === "stamp"),
          ...(use === "answer" ? [extension("1.3.6.1.5.5.7.48.1.5", encode(TAG.none))] : []),
        ]),
  ];
  const signing = issuer?.key ?? key;
  const body = sequence(
    context(0, integer(2)),
    integer(rest.serial ?? Buffer.concat([Buffer.from([0x41]), randomBytes(12)])),
    ALGORITHMS[kindOfKey(signing)].identifier,
    issuer?.certificate.subject ?? subject,
    sequence(time(rest.from ?? later(NOW, -YEAR)), time(rest.until ?? later(NOW, 3 * YEAR))),
    subject,
    spki,
    context(3, sequence(...extensions)),
  );
  const chain = issuer && use !== "authority" ? [issuer.certificate] : [];
  return { key, chain, certificate: parseCertificate(sealed(body, signing)) };
}

const generalized = (at: Date): Buffer => encode(0x18, Buffer.from(`${at.toISOString().slice(0, 19).replace(/[-:T]/g, "")}Z`));

/** A CMS over any content with any kind of key; time stamps and foreign signatures are made with it. */
export function cmsOf(
  holder: Holder,
  content: Buffer,
  options: { type?: string; isDetached?: boolean; extra?: readonly Buffer[] } = {},
): Buffer {
  const { type = "1.2.840.113549.1.7.1", isDetached = false, extra = [] } = options;
  const kind = kindOfKey(holder.key);
  const digest = sequence(oid(DIGEST[kind]));
  const hash = kind === "p384" ? "sha384" : kind === "ed25519" ? "sha512" : "sha256";
  const attribute = (name: string, value: Buffer): Buffer => sequence(oid(name), setOf(value));
  const set = setOf(
    attribute("1.2.840.113549.1.9.3", oid(type)),
    attribute("1.2.840.113549.1.9.4", octets(createHash(hash).update(content).digest())),
    attribute(
      "1.2.840.113549.1.9.16.2.47",
      sequence(sequence(sequence(octets(createHash("sha256").update(holder.certificate.der).digest())))),
    ),
    ...extra,
  );
  const sent = Buffer.from(set);
  sent[0] = 0xa0;
  const { identifier, hash: signingHash } = ALGORITHMS[kind];
  const serial = integer(Buffer.from(holder.certificate.serial, "hex"));
  const info = sequence(
    integer(1),
    sequence(holder.certificate.issuer, serial),
    digest,
    sent,
    identifier,
    octets(cryptoSign(signingHash, set, holder.key)),
  );
  const certificates = [holder.certificate, ...holder.chain].map(({ der }) => der).sort(Buffer.compare);
  const isPlain = type === "1.2.840.113549.1.7.1";
  return sequence(
    oid("1.2.840.113549.1.7.2"),
    context(
      0,
      sequence(
        integer(isPlain ? 1 : 3),
        setOf(digest),
        sequence(oid(type), ...(isDetached ? [] : [context(0, octets(content))])),
        context(0, ...certificates),
        setOf(info),
      ),
    ),
  );
}

export function tokenOf(holder: Holder, digest: Uint8Array, at: Date): Buffer {
  const body = sequence(
    integer(1),
    oid("1.3.6.1.4.1.99999.1"),
    sequence(sequence(oid("2.16.840.1.101.3.4.2.1")), octets(digest)),
    integer(Buffer.concat([Buffer.from([0x41]), randomBytes(7)])),
    generalized(at),
  );
  return cmsOf(holder, body, { type: "1.2.840.113549.1.9.16.1.4" });
}

export type Answering = { at: Date; revokedAt?: Date | undefined; life?: number };

export function answerOf(
  responder: Holder,
  [certificate, issuer]: readonly [Certificate, Certificate],
  { at, revokedAt, life = 7 * 86_400_000 }: Answering,
): Buffer {
  const sha1 = (bytes: Uint8Array): Buffer => createHash("sha1").update(bytes).digest();
  const id = sequence(
    sequence(oid("1.3.14.3.2.26"), encode(TAG.none)),
    octets(sha1(issuer.subject)),
    octets(sha1(keyBitsOf(issuer.spki))),
    integer(Buffer.from(certificate.serial, "hex")),
  );
  const status = revokedAt ? context(1, generalized(revokedAt)) : encode(0x80);
  const single = sequence(id, status, generalized(at), context(0, generalized(later(at, life))));
  const body = sequence(context(1, responder.certificate.subject), generalized(at), sequence(single));
  const { identifier, hash } = ALGORITHMS[kindOfKey(responder.key)];
  const basic = sequence(
    body,
    identifier,
    bits(cryptoSign(hash, body, responder.key)),
    context(0, sequence(responder.certificate.der)),
  );
  return sequence(encode(0x0a, Buffer.from([0])), context(0, sequence(oid("1.3.6.1.5.5.7.48.1.1"), octets(basic))));
}

function keyBitsOf(spki: Buffer): Buffer {
  // P-256: 65 bytes; P-384: 97; Ed25519: 32; RSA: from the inner SEQUENCE.
  const size = { 91: 65, 120: 97, 44: 32 }[spki.length];
  return size ? spki.subarray(spki.length - size) : spki.subarray(spki.indexOf(Buffer.from("0003", "hex")));
}

export function listOf(
  issuer: Holder,
  revoked: readonly { serial: string; at: Date }[],
  at: Date,
  life = 7 * 86_400_000,
): Buffer {
  const entries = revoked.map((one) => sequence(integer(Buffer.from(one.serial, "hex")), time(one.at)));
  const body = sequence(
    integer(1),
    ALGORITHMS[kindOfKey(issuer.key)].identifier,
    issuer.certificate.subject,
    time(at),
    time(later(at, life)),
    ...(entries.length > 0 ? [sequence(...entries)] : []),
    context(0, sequence(extension("2.5.29.20", integer(Math.floor(at.getTime() / 1000))))),
  );
  return sealed(body, issuer.key);
}

export type Scene = {
  root: Holder;
  authority: Holder;
  signer: Signer;
  signing: Holder;
  tsa: Holder;
  responder: Holder;
  /** Set to move the time of stamps and answers. */
  clock: { now: Date };
  revoked: Map<string, Date>;
  means: LevelMeans;
  trusted: Trusted;
};

export function scene({ rootKind = "p384", ...options }: { kind?: Kind; rootKind?: Kind } = {}): Scene {
  const root = certify({ name: "Root", use: "root", kind: rootKind, until: later(NOW, 30 * YEAR) });
  const authority = certify({ name: "Authority", use: "authority", issuer: root, until: later(NOW, 20 * YEAR) });
  const signing = certify({ name: "registry-body", use: "sign", issuer: authority, ...options });
  const tsa = certify({ name: "Time stamps", use: "stamp", issuer: authority, until: later(NOW, 8 * YEAR) });
  const responder = certify({ name: "Answers", use: "answer", issuer: authority, until: later(NOW, 20 * YEAR) });
  const clock = { now: NOW };
  const revoked = new Map<string, Date>();
  const made = { root, authority, signing, tsa, responder, clock, revoked };
  return {
    ...made,
    signer: createSigner({ certificate: signing.certificate, chain: signing.chain, key: signing.key }),
    means: meansOf(made),
    trusted: { roots: [root.certificate], authorities: [authority.certificate], evidence: [] },
  };
}

function meansOf({ root, authority, tsa, responder, clock, revoked }: Omit<Scene, "signer" | "means" | "trusted">): LevelMeans {
  return {
    stamper: {
      certificate: tsa.certificate,
      chain: tsa.chain,
      longest: 4000,
      stamp: (digest) => tokenOf(tsa, digest, clock.now),
    },
    status: {
      ocsp: async (certificate, issuer) =>
        issuer === authority.certificate
          ? answerOf(responder, [certificate, issuer], { at: clock.now, revokedAt: revoked.get(certificate.serial) })
          : undefined,
      revocationList: async (_, issuer) => (issuer === root.certificate ? listOf(root, [], clock.now) : undefined),
      issuers: (certificate) =>
        certificate.issuer.equals(authority.certificate.subject)
          ? [authority.certificate, root.certificate]
          : certificate === authority.certificate
            ? [root.certificate]
            : [],
    },
  };
}

/** What the authorities say at a moment about the given certificates, the authority and whoever stamps. */
export async function wordAt(
  { clock, means, authority, root, tsa }: Scene,
  at: Date,
  ...certificates: readonly Certificate[]
): Promise<Buffer[]> {
  const before = clock.now;
  clock.now = at;
  const asked = [tsa.certificate, ...certificates].map((one) => means.status.ocsp(one, authority.certificate));
  const said = await Promise.all([...asked, means.status.revocationList(authority.certificate, root.certificate)]);
  clock.now = before;
  return said.filter((one) => one !== undefined);
}
