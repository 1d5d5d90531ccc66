/** A sealed statement: what a body says, in a text that a QR code holds: `KRG1:` and COSE_Sign1 in Base45. */
import { type Anchors, findByKid, parseAnchors } from "./anchors.ts";
import { decodeBase45, encodeBase45 } from "./base45.ts";
import type { Claims } from "./cbor.ts";
import { CborFault } from "./cbor.ts";
import { checkChain } from "./chain.ts";
import { isSealedBy, readCose, signCose } from "./cose.ts";
import { signerNameOf } from "./name.ts";
import type { Signer } from "./signer.ts";
import { type Refused, refuse, type Signed } from "./verdict.ts";

export type StatementVerdict = (Signed & { readonly claims: Claims }) | Refused;

const PREFIX = "KRG1:";
/** Characters. The largest QR code holds 4,296. */
export const MAX_STATEMENT = 4096;

/** `at` is the signer's clock. Throws CborFault when the claims are not whole numbers, text, bytes, lists and maps, or too many. */
export function seal(signer: Signer, claims: Claims, at: Date): string {
  const text = PREFIX + encodeBase45(signCose(signer, claims, at));
  if (text.length > MAX_STATEMENT) throw new CborFault("statement longer than a QR code can hold");
  return text;
}

/** Opens a statement; the claims are handed out only when the signature and the way to the root are good. */
export function openStatement(text: string, anchors: string | Anchors, at: Date): StatementVerdict {
  const trusted = typeof anchors === "string" ? parseAnchors(anchors) : anchors;
  if (!trusted) return refuse("malformed-anchors");
  if (!text.startsWith(PREFIX)) return refuse("not-a-statement");
  if (text.length > MAX_STATEMENT) return refuse("too-large");
  const bytes = decodeBase45(text.slice(PREFIX.length));
  const message = bytes && readCose(bytes);
  if (!message) return refuse("malformed");
  const candidates = findByKid(trusted, message.kid);
  if (candidates.length === 0) return refuse("unknown-key");
  const certificate = candidates.find((one) => isSealedBy(message, one));
  if (!certificate) return refuse("signature-mismatch");
  const chain = checkChain({ leaf: certificate, companions: [], signedAt: message.signedAt, at }, trusted);
  if ("reason" in chain) return refuse(chain.reason);
  return {
    valid: true,
    signer: signerNameOf(certificate),
    signedAt: message.signedAt,
    timeSource: "signer",
    revocationKnownAt: chain.revocationKnownAt,
    claims: message.claims,
  };
}
