/**
 * Reads a detached CAdES signature of the kind that `cms.ts` writes. One form is accepted: one signer, SHA-256 and ECDSA, the
 * three signed attributes, nothing unsigned. What else CMS allows is refused as unsupported rather than passed over.
 */
import { type Certificate, parseCertificate } from "./certificate.ts";
import { CMS_OID } from "./cms.ts";
import { contentOf, type Der, DerFault, isSorted, oidText, partsOf, read, TAG } from "./der.ts";
import { derToRaw, ECDSA_SHA256, verifyRaw } from "./ecdsa.ts";
import { type Refused, refuse } from "./verdict.ts";

export type CmsSignature = {
  readonly valid: true;
  readonly signer: Certificate;
  /** The other certificates that were sent along. */
  readonly companions: readonly Certificate[];
};

const MAX_CERTIFICATES = 4;

/** Well-formed, but not of the kind this program checks. */
class Unsupported extends Error {
  override readonly name = "Unsupported";
}

/**
 * Checks that `signature` is a signature over bytes whose SHA-256 is `digest`, made with the key of a certificate it carries.
 * Whether that certificate may be believed is the business of `chain.ts`.
 */
export function checkCms(signature: Uint8Array, digest: Uint8Array): CmsSignature | Refused {
  try {
    return check(readSignedContent(signature), digest);
  } catch (fault) {
    if (fault instanceof Unsupported) return refuse("unsupported");
    if (fault instanceof DerFault) return refuse("malformed");
    throw fault;
  }
}

type SignedContent = {
  readonly certificates: readonly Certificate[];
  readonly signerId: readonly Der[];
  readonly attributes: Der;
  readonly signature: Buffer;
};

function readSignedContent(bytes: Uint8Array): SignedContent {
  const [type, wrapped] = partsOf(read(bytes), TAG.sequence, 2);
  if (oidText(type!) !== CMS_OID.signedContent) throw new Unsupported("not signed content");
  const parts = partsOf(partsOf(wrapped, 0xa0, 1)[0], TAG.sequence);
  const [version, digests, content, certificates, signers] = parts;
  supported(isOne(version) && parts.length === 5 && certificates?.tag === 0xa0);
  const [algorithm, ...others] = partsOf(digests, TAG.set);
  supported(others.length === 0 && isSha256(algorithm));
  const contentParts = partsOf(content, TAG.sequence);
  supported(contentParts.length === 1 && oidText(contentParts[0]!) === CMS_OID.content);
  const sent = partsOf(certificates, 0xa0);
  supported(sent.length > 0 && sent.length <= MAX_CERTIFICATES && isSorted(sent));
  return { certificates: sent.map(({ bytes: der }) => parseCertificate(der)), ...readSigner(signers) };
}

function readSigner(signers: Der | undefined): Omit<SignedContent, "certificates"> {
  const infos = partsOf(signers, TAG.set);
  supported(infos.length === 1);
  const info = partsOf(infos[0], TAG.sequence);
  const [version, signerId, digestAlgorithm, attributes, algorithm, signature] = info;
  // Six parts: no unsigned attributes, which would be words nobody signed.
  supported(info.length === 6 && isOne(version) && isSha256(digestAlgorithm) && attributes?.tag === 0xa0);
  supported(algorithm?.bytes.equals(ECDSA_SHA256) === true);
  return {
    signerId: partsOf(signerId, TAG.sequence, 2),
    attributes: attributes!,
    signature: derToRaw(contentOf(signature, TAG.octets)),
  };
}

function check(content: SignedContent, digest: Uint8Array): CmsSignature | Refused {
  const { certificates, signerId, signature } = content;
  const attributes = readAttributes(content.attributes);
  const [issuer, serial] = signerId as [Der, Der];
  const serialText = contentOf(serial, TAG.integer).toString("hex");
  const fitting = certificates.filter((one) => one.issuer.equals(issuer.bytes) && one.serial === serialText);
  const signer = fitting[0];
  if (!signer || fitting.length > 1) return refuse("malformed");
  if (!attributes.digest.equals(digest)) return refuse("digest-mismatch");
  // Binds the signature to this very certificate, not to another one over the same key (ESS, RFC 5035).
  if (attributes.certificateHash.toString("hex") !== signer.fingerprint) return refuse("signature-mismatch");
  if (!signer.publicKey) return refuse("unsupported");
  const signedSet = Buffer.from(content.attributes.bytes);
  signedSet[0] = TAG.set;
  if (!verifyRaw(signer.publicKey, signedSet, signature)) return refuse("signature-mismatch");
  return { valid: true, signer, companions: certificates.filter((one) => one !== signer) };
}

function readAttributes(list: Der): { digest: Buffer; certificateHash: Buffer } {
  if (!isSorted(list.children)) throw new DerFault("attributes not sorted");
  const found = new Map<string, Der>();
  for (const attribute of list.children) {
    const [type, values] = partsOf(attribute, TAG.sequence, 2);
    const name = oidText(type!);
    if (found.has(name)) throw new DerFault("attribute given twice");
    found.set(name, partsOf(values, TAG.set, 1)[0]!);
  }
  const contentType = found.get(CMS_OID.contentType);
  const certificates = found.get(CMS_OID.signingCertificateV2);
  supported(found.size === 3 && contentType !== undefined && certificates !== undefined);
  supported(oidText(contentType!) === CMS_OID.content);
  const lists = partsOf(certificates, TAG.sequence);
  const ids = partsOf(lists[0], TAG.sequence);
  supported(lists.length === 1 && ids.length === 1);
  const id = partsOf(ids[0], TAG.sequence);
  supported(id.length === 1);
  return {
    digest: contentOf(found.get(CMS_OID.messageDigest), TAG.octets),
    certificateHash: contentOf(id[0], TAG.octets),
  };
}

function supported(condition: boolean): void {
  if (!condition) throw new Unsupported("another form of CMS");
}

const isOne = (value: Der | undefined): boolean => contentOf(value, TAG.integer).toString("hex") === "01";

function isSha256(value: Der | undefined): boolean {
  const parts = partsOf(value, TAG.sequence);
  return parts.length === 1 && oidText(parts[0]!) === CMS_OID.sha256;
}
