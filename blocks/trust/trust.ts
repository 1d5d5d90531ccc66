/** The use cases of trust: who signs, signing, and checking what was signed. */
import { renameSync, writeFileSync } from "node:fs";
import path from "node:path";
import type { Means } from "@kerege/kernel/block";
import type { Bound } from "@kerege/kernel/bound";
import { type Anchors, parseAnchors } from "./anchors.ts";
import { type Authority, type AuthorityMeans, type Body, type ListName, openAuthority } from "./authority.ts";
import { CborFault, type Claims } from "./cbor.ts";
import type { LogDoor } from "./log/contract.ts";
import { type PdfSigning, type SignedPdf, signAndDigest, signPades } from "./pades.ts";
import { checkPdf, type PdfVerdict } from "./pdf-check.ts";
import { PdfFault } from "./pdf-value.ts";
import type { SignaturesDoor } from "./personal/contract.ts";
import type { PkiDoor } from "./pki/pki.ts";
import { trustProblem } from "./problems.ts";
import type { Signer } from "./signer.ts";
import type { SigningDoor } from "./signing/signing.ts";
import { openStatement, type StatementVerdict, seal } from "./statement.ts";

export type Trust = {
  /** Makes the body's key and certificate when it has none yet. Throws `trust.unfit-body`, `trust.broken-authority`. */
  signer(body: Body): Signer;
  /** Returns a new file that begins with the given one. Throws `trust.unsignable-pdf`. */
  signPdf(pdf: Uint8Array, signer: Signer, signing: PdfSigning): Buffer;
  /** The same, with the SHA-256 of the new file. Throws `trust.unsignable-pdf`. */
  signPdfAndDigest(pdf: Uint8Array, signer: Signer, signing: PdfSigning): SignedPdf;
  /** A text for a QR code. Throws `trust.unsealable-claims`. */
  sealStatement(signer: Signer, claims: Claims): string;
  /** The published bundle, PEM. */
  anchors(): string;
  /** DER. */
  revocationList(name: ListName): Buffer;
  revoke(serial: string): void;
  /** `anchors` are this authority's own and `at` is now unless said otherwise. */
  checkPdf(pdf: Uint8Array, anchors?: string, at?: Date): PdfVerdict;
  checkStatement(text: string, anchors?: string, at?: Date): StatementVerdict;
};

/** What the block offers to its neighbours. */
export type TrustDoor = Trust & {
  /** The tamper-evident log of the state; how to write into it stands in log/contract.ts. */
  readonly log: LogDoor;
  /** Authorities, certificates, their status, and time stamps. */
  readonly pki: PkiDoor;
  /** Levels above B, checking of any format, and keeping signatures checkable. */
  readonly signing: SigningDoor;
  /** Signatures by people: what they are asked to sign, and the names their certificates need. */
  readonly signatures: SignaturesDoor;
  /** One bound for every page where anyone may have a file or a document checked. */
  readonly checkBound: Bound;
};

export type TrustMeans = Pick<Means, "clock" | "dataFolder" | "country">;

/** The authority in the data folder, made at the first start. */
export const openTrustAuthority = (
  { clock, dataFolder, country }: TrustMeans,
  more: Pick<AuthorityMeans, "places" | "issued"> = {},
): Authority =>
  openAuthority({
    clock,
    folder: path.join(dataFolder, "authority"),
    countryCode: country.code,
    stateName: country.name.en,
    ...more,
  });

export function createTrust(means: TrustMeans, authority: Authority = openTrustAuthority(means)): Trust {
  const { clock, dataFolder } = means;
  let parsed: { text: string; anchors: Anchors | undefined } | undefined;

  /** The parsed bundle is kept as long as its text stays the same. */
  function readAnchors(text: string): Anchors | string {
    if (parsed?.text !== text) parsed = { text, anchors: parseAnchors(text) };
    return parsed.anchors ?? text;
  }

  const published = new Set<string>();
  /** Keeps the published anchors as a file too, so that `kerege verify` on this machine finds them without a server. */
  function publish(kid: string): void {
    if (published.has(kid)) return;
    const file = path.join(dataFolder, "anchors.pem");
    writeFileSync(`${file}.${process.pid}`, authority.anchors());
    renameSync(`${file}.${process.pid}`, file);
    published.add(kid);
  }

  return {
    signer: (body) => {
      const signer = authority.signer(body);
      publish(signer.kid.toString("hex"));
      return signer;
    },
    signPdf: (pdf, signer, signing) => orProblem("unsignable-pdf", () => signPades(pdf, signer, signing)),
    signPdfAndDigest: (pdf, signer, signing) => orProblem("unsignable-pdf", () => signAndDigest(pdf, signer, signing)),
    sealStatement: (signer, claims) => orProblem("unsealable-claims", () => seal(signer, claims, clock.now())),
    anchors: authority.anchors,
    revocationList: authority.revocationList,
    revoke: authority.revoke,
    checkPdf: (pdf, anchors = authority.anchors(), at = clock.now()) => checkPdf(pdf, readAnchors(anchors), at),
    checkStatement: (text, anchors = authority.anchors(), at = clock.now()) => openStatement(text, readAnchors(anchors), at),
  };
}

function orProblem<Result>(name: "unsignable-pdf" | "unsealable-claims", act: () => Result): Result {
  try {
    return act();
  } catch (cause) {
    if (cause instanceof PdfFault || cause instanceof CborFault)
      throw trustProblem(name, { params: { cause: cause.message }, cause });
    throw cause;
  }
}
