/** Time stamps (RFC 3161 with RFC 5816; profile of ETSI EN 319 422): requests are read, tokens and answers are written. */
import { createHash, type KeyObject, randomBytes } from "node:crypto";
import type { Clock } from "@kerege/kernel/clock";
import { type Certificate, extensionList } from "../certificate.ts";
import {
  bits,
  boolean,
  contentOf,
  context,
  DerFault,
  encode,
  integer,
  octets,
  oid,
  oidText,
  partsOf,
  read,
  sequence,
  setOf,
  TAG,
} from "../der.ts";
import { trustProblem } from "../problems.ts";
import type { TimeStamper } from "./contract.ts";
import { moment } from "./instant.ts";
import { type SigningKey, signingKey } from "./signing-key.ts";

export const TST_INFO = "1.2.840.113549.1.9.16.1.4";
const SIGNED_DATA = "1.2.840.113549.1.7.2";
const SHA256 = sequence(oid("2.16.840.1.101.3.4.2.1"));

/** Bits of PKIFailureInfo that we use (RFC 3161, 2.4.2). */
export const FAILURES = {
  badAlg: 0,
  badRequest: 2,
  badDataFormat: 5,
  timeNotAvailable: 14,
  unacceptedPolicy: 15,
  unacceptedExtension: 16,
} as const;
export type Failure = keyof typeof FAILURES;

/** Hashes that may be stamped, with their lengths. MD5 and SHA-1 can be collided and are not among them. */
const LENGTHS: Record<string, number> = {
  "2.16.840.1.101.3.4.2.1": 32,
  "2.16.840.1.101.3.4.2.2": 48,
  "2.16.840.1.101.3.4.2.3": 64,
};

export type StampPlan = {
  /** MessageImprint, DER. */
  readonly imprint: Buffer;
  /** INTEGER, DER. */
  readonly nonce?: Buffer | undefined;
  readonly withCertificates: boolean;
};

export type StamperMeans = {
  readonly clock: Clock;
  readonly certificate: Certificate;
  readonly chain: readonly Certificate[];
  readonly key: KeyObject | SigningKey;
  /** Policy under which stamps are given. */
  readonly policy: string;
  /** Seconds by which the clock may be wrong. */
  readonly accuracy: number;
};

export type Stamper = TimeStamper & {
  /** TimeStampResp in DER for the bytes of a TimeStampReq; a request that is not granted gets an answer that says why. */
  answer(request: Uint8Array): Buffer;
};

/** Reads a request as far as it can be granted. Throws Refused with the failure to be told. */
function readRequest(bytes: Uint8Array, policy: string): StampPlan {
  const fields = [...partsOf(read(bytes), TAG.sequence)];
  if (contentOf(fields.shift(), TAG.integer).toString("hex") !== "01") throw new Refused("badRequest");
  const imprint = fields.shift();
  const [algorithm, digest] = partsOf(imprint, TAG.sequence, 2);
  const [type, ...parameters] = partsOf(algorithm, TAG.sequence);
  const length = LENGTHS[oidText(type!)];
  const plain = parameters.length === 0 || (parameters.length === 1 && parameters[0]!.tag === TAG.none);
  if (length === undefined || !plain) throw new Refused("badAlg");
  if (contentOf(digest, TAG.octets).length !== length) throw new Refused("badDataFormat");
  if (fields[0]?.tag === TAG.oid && oidText(fields.shift()!) !== policy) throw new Refused("unacceptedPolicy");
  const nonce = fields[0]?.tag === TAG.integer ? fields.shift() : undefined;
  if (nonce && nonce.content.length > 64) throw new Refused("badRequest");
  const wants = fields[0]?.tag === TAG.boolean ? fields.shift() : undefined;
  if (fields[0]?.tag === 0xa0 && extensionList(encodedList(fields.shift()!.bytes)).length > 0)
    throw new Refused("unacceptedExtension");
  if (fields.length > 0) throw new Refused("badRequest");
  return { imprint: imprint!.bytes, nonce: nonce?.bytes, withCertificates: wants?.content[0] === 0xff };
}

/** `[0] IMPLICIT Extensions`: the tag stands in place of that of the sequence. */
function encodedList(bytes: Buffer) {
  const plain = Buffer.from(bytes);
  plain[0] = TAG.sequence;
  return read(plain);
}

class Refused extends Error {
  override readonly name = "Refused";
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure);
    this.failure = failure;
  }
}

export function createStamper(means: StamperMeans): Stamper {
  const { clock, certificate, chain, accuracy } = means;
  const key = signingKey(means.key);
  const policy = oid(means.policy);
  const given = sequence(integer(accuracy));
  const frame = frameOf(certificate, chain);
  const version = integer(1);
  const contentId = oid(TST_INFO);
  let latest = 0;

  /** The time of the house's clock. A clock that was put back is not believed: a later stamp must never look like an earlier one. */
  function timeNow(): Date {
    const now = clock.now();
    if (now.getTime() < latest - accuracy * 1000) throw new Refused("timeNotAvailable");
    if (now < certificate.notBefore || now > certificate.notAfter) throw new Refused("timeNotAvailable");
    latest = Math.max(latest, now.getTime());
    return now;
  }

  function token({ imprint, nonce, withCertificates }: StampPlan): Buffer {
    const info = sequence(version, policy, imprint, newSerial(), moment(timeNow()), given, ...(nonce ? [nonce] : []));
    const digest = createHash("sha256").update(info).digest();
    const attributes = setOf(
      frame.contentType,
      sequence(oid("1.2.840.113549.1.9.4"), setOf(octets(digest))),
      frame.signingCertificate,
    );
    const signature = key.sign(attributes);
    // The signature is over the SET OF, what is sent carries [0] in its place (RFC 5652, 5.4).
    attributes[0] = 0xa0;
    const signer = sequence(version, frame.signerId, SHA256, attributes, key.algorithm, octets(signature));
    const signed = sequence(
      integer(3),
      encode(TAG.set, SHA256),
      sequence(contentId, context(0, octets(info))),
      ...(withCertificates ? [frame.certificates] : []),
      encode(TAG.set, signer),
    );
    return sequence(oid(SIGNED_DATA), context(0, signed));
  }

  function stamp(digest: Uint8Array): Buffer {
    if (digest.length !== 32) throw trustProblem("unfit-imprint");
    try {
      return token({ imprint: sequence(SHA256, octets(digest)), withCertificates: true });
    } catch (cause) {
      if (cause instanceof Refused) throw trustProblem("untrusted-clock", { cause });
      throw cause;
    }
  }

  return {
    certificate,
    chain,
    stamp,
    // Shorter forms of time and signature exist, longer ones do not: three digits of a fraction, two numbers with a leading zero.
    longest: stamp(Buffer.alloc(32)).length + 16,
    answer(request) {
      try {
        return sequence(sequence(integer(0)), token(readRequest(request, means.policy)));
      } catch (fault) {
        if (fault instanceof Refused) return writeFailure(fault.failure);
        if (fault instanceof DerFault) return writeFailure("badDataFormat");
        throw fault;
      }
    },
  };
}

/** The parts that are the same in every token. */
function frameOf(certificate: Certificate, chain: readonly Certificate[]) {
  const attribute = (type: string, value: Buffer): Buffer => sequence(oid(type), setOf(value));
  // SHA-256 is the default of ESSCertIDv2 and so is left out (RFC 5816; RFC 5035, 3).
  const hash = octets(Buffer.from(certificate.fingerprint, "hex"));
  return {
    contentType: attribute("1.2.840.113549.1.9.3", oid(TST_INFO)),
    signingCertificate: attribute("1.2.840.113549.1.9.16.2.47", sequence(sequence(sequence(hash)))),
    certificates: context(0, ...[certificate, ...chain].map(({ der }) => der).sort(Buffer.compare)),
    signerId: sequence(certificate.issuer, encode(TAG.integer, Buffer.from(certificate.serial, "hex"))),
  };
}

/**
 * Unique for ever without asking anyone: 158 random bits, so that two machines, or one after a restart, meet never (RFC 3161 2.4.2 wants
 * it and allows up to 160 bits).
 */
let pool = Buffer.alloc(0);
function newSerial(): Buffer {
  if (pool.length < 20) pool = randomBytes(20 * 256);
  const serial = Buffer.from(pool.subarray(0, 20));
  pool = pool.subarray(20);
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return integer(serial);
}

/** rejection with one failure bit. */
export function writeFailure(failure: Failure): Buffer {
  const at = FAILURES[failure];
  const bytes = Buffer.alloc((at >> 3) + 1);
  bytes[at >> 3] = 0x80 >> (at & 7);
  return sequence(sequence(integer(2), bits(bytes, 7 - (at & 7))));
}

/** TimeStampReq in DER, for tests and for checks of our own service. */
export const writeStampRequest = (digest: Uint8Array, nonce?: Buffer): Buffer =>
  sequence(integer(1), sequence(SHA256, octets(digest)), ...(nonce ? [integer(nonce)] : []), boolean(true));
