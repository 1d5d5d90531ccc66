/**
 * Detached CMS SignedData with the signed attributes of CAdES-BES (RFC 5652; ETSI EN 319 122-1) as PAdES baseline B-B wants
 * it: signing-certificate-v2 is there, signing-time is not (ETSI EN 319 142-1, table 1: the time stands in the PDF).
 */
import { contentOf, context, encode, integer, octets, oid, read, sequence, setOf, TAG } from "./der.ts";
import { ECDSA_SHA256, rawToDer } from "./ecdsa.ts";
import type { Signer } from "./signer.ts";

export const CMS_OID = {
  content: "1.2.840.113549.1.7.1",
  signedContent: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
  signingTime: "1.2.840.113549.1.9.5",
  signingCertificateV2: "1.2.840.113549.1.9.16.2.47",
  sha256: "2.16.840.1.101.3.4.2.1",
} as const;

/** AlgorithmIdentifier; parameters are absent (RFC 5754, 2). */
const SHA256 = sequence(oid(CMS_OID.sha256));
const CONTENT_TYPE = attribute(CMS_OID.contentType, oid(CMS_OID.content));

/** The parts that are the same under every signature of one signer. */
type Frame = { signingCertificate: Buffer; certificates: Buffer; signerId: Buffer; longest: number };
const frames = new WeakMap<Signer, Frame>();

/** `digest` is the SHA-256 of the signed bytes. Returns a ContentInfo in DER. */
export function signCms(digest: Uint8Array, signer: Signer): Buffer {
  const frame = frameOf(signer);
  const attributes = [CONTENT_TYPE, attribute(CMS_OID.messageDigest, octets(digest)), frame.signingCertificate];
  // The signature is over the SET OF, what is sent carries [0] in its place (RFC 5652, 5.4).
  const set = setOf(...attributes);
  const sent = Buffer.from(set);
  sent[0] = 0xa0;
  return assemble(frame, { sent, signature: rawToDer(signer.sign(set)) });
}

/** No signature of this signer is longer, in bytes: so much room must be left for it. */
export const longestCms = (signer: Signer): number => frameOf(signer).longest;

function frameOf(signer: Signer): Frame {
  const known = frames.get(signer);
  if (known) return known;
  const { certificate, chain } = signer;
  const hash = octets(Buffer.from(certificate.fingerprint, "hex"));
  const frame: Frame = {
    // SHA-256 is the default of ESSCertIDv2 and so is left out (RFC 5035, 3).
    signingCertificate: attribute(CMS_OID.signingCertificateV2, sequence(sequence(sequence(hash)))),
    certificates: context(0, ...[certificate, ...chain].map(({ der }) => der).sort(Buffer.compare)),
    signerId: sequence(certificate.issuer, serialOf(certificate.der)),
    longest: 0,
  };
  const attributes = setOf(CONTENT_TYPE, attribute(CMS_OID.messageDigest, octets(Buffer.alloc(32))), frame.signingCertificate);
  frame.longest = assemble(frame, { sent: attributes, signature: Buffer.alloc(72) }).length;
  frames.set(signer, frame);
  return frame;
}

/** The serial number exactly as the certificate has it. */
function serialOf(certificate: Buffer): Buffer {
  const serial = read(certificate).children[0]?.children[1];
  contentOf(serial, TAG.integer);
  return serial!.bytes;
}

function attribute(type: string, value: Buffer): Buffer {
  return sequence(oid(type), setOf(value));
}

function assemble({ certificates, signerId }: Frame, { sent, signature }: { sent: Buffer; signature: Buffer }): Buffer {
  const signerInfo = sequence(integer(1), signerId, SHA256, sent, ECDSA_SHA256, octets(signature));
  const signedContent = sequence(
    integer(1),
    setOf(SHA256),
    sequence(oid(CMS_OID.content)),
    certificates,
    encode(TAG.set, signerInfo),
  );
  return sequence(oid(CMS_OID.signedContent), context(0, signedContent));
}
