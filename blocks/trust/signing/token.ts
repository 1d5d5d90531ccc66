/** TimeStampToken (RFC 3161, 2.4.2): CMS SignedData over TSTInfo. Reading and checking; the authority makes them (`pki/`). */
import type { Certificate } from "../certificate.ts";
import { contentOf, type Der, DerFault, oidText, partsOf, read, TAG } from "../der.ts";
import { readInstant } from "../pki/instant.ts";
import { type DigestName, digestOf, hashOf } from "./algorithm.ts";
import {
  attributeOf,
  certificatesIn,
  checkSigner,
  readSignedContent,
  type SignedContent,
  type SignerPart,
  saysType,
  TYPE,
} from "./signed-content.ts";

export type Token = {
  readonly der: Buffer;
  readonly at: Date;
  readonly digest: DigestName;
  readonly imprint: Buffer;
  readonly content: SignedContent;
  readonly signer: SignerPart;
  /** Sent inside the token. */
  readonly certificates: readonly Certificate[];
};

/** A time stamp as the checks go on with it: its own signature is good, its authority not yet judged. */
export type TimeStamp = { readonly token: Token; readonly authority: Certificate };

/** Throws DerFault, UnsupportedFault. */
export function readToken(der: Buffer): Token {
  const content = readSignedContent(der);
  const [signer, ...others] = content.signers;
  if (content.contentType !== TYPE.tokenContent || !content.content || !signer || others.length > 0) {
    throw new DerFault("no time stamp token");
  }
  const [version, policy, imprint, serial, time] = partsOf(read(content.content), TAG.sequence);
  if (contentOf(version, TAG.integer).toString("hex") !== "01") throw new DerFault("time stamp version");
  oidText(policy!);
  contentOf(serial, TAG.integer);
  const [algorithm, value] = partsOf(imprint, TAG.sequence, 2);
  const digest = digestOf(algorithm);
  const found = contentOf(value, TAG.octets);
  if (found.length !== hashOf(digest).length) throw new DerFault("imprint of another length");
  return { der, at: readInstant(time), digest, imprint: found, content, signer, certificates: certificatesIn(content) };
}

export type TokenFault = "imprint-mismatch" | "signature-mismatch" | "malformed";

/** Whether the token stamps these very bytes and is signed by the authority it names. */
export function checkToken(
  token: Token,
  digest: (name: DigestName) => Buffer,
  known: readonly Certificate[] = [],
): TimeStamp | { readonly fault: TokenFault } {
  if (!digest(token.digest).equals(token.imprint)) return { fault: "imprint-mismatch" };
  if (!saysType(token.signer, TYPE.tokenContent)) return { fault: "malformed" };
  const signed = hashOf(token.signer.digest, token.content.content!);
  const checked = checkSigner(token.signer, signed, [...token.certificates, ...known]);
  return "fault" in checked ? { fault: "signature-mismatch" } : { token, authority: checked.certificate };
}

export const hashIndexOf = (token: Token): Der | undefined => attributeOf(token.signer.unsigned, TYPE.hashIndexV3);
