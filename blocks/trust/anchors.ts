/**
 * The published trust anchors: one text with the root, the authorities, the signing certificates of the bodies and the
 * revocation lists, as PEM (RFC 7468) that openssl and certutil read too. A root is a root only when the line above it says
 * `# Root` with its fingerprint; whoever is given the text decides by that to trust it.
 */
import { type Certificate, isSignedBy, KEY_USAGE, kidOf, parseCertificate } from "./certificate.ts";
import { isListOf, parseRevocationList, type RevocationList } from "./crl.ts";
import { DerFault } from "./der.ts";
import { toPem } from "./issue.ts";

export type Anchors = {
  readonly roots: readonly Certificate[];
  readonly authorities: readonly Certificate[];
  readonly signers: readonly Certificate[];
  /** By the fingerprint of the issuer; the newest where there are several. */
  readonly lists: ReadonlyMap<string, RevocationList>;
};

const HEADING = "# Kerege trust anchors";
const MAX_TEXT = 8_000_000;
const ROOT_MARK = /^# Root ([0-9a-f]{64})$/;
const BEGIN = /^-----BEGIN (CERTIFICATE|X509 CRL)-----$/;
const BASE64 = /^[A-Za-z0-9+/]{1,64}={0,2}$/;

export function writeAnchors(parts: {
  root: Certificate;
  authorities: readonly Certificate[];
  signers: readonly Certificate[];
  lists: readonly Buffer[];
}): string {
  const block = (heading: string, { der }: Certificate): string => `# ${heading}\n${toPem("CERTIFICATE", der)}`;
  return [
    `${HEADING}\n`,
    block(`Root ${parts.root.fingerprint}`, parts.root),
    ...parts.authorities.map((one) => block(`Authority ${one.name.commonName}`, one)),
    ...parts.signers.map((one) => block(`Signer ${kidOf(one).toString("hex")} ${one.name.organizationId}`, one)),
    ...parts.lists.map((list) => `# Revocation list\n${toPem("X509 CRL", list)}`),
  ].join("\n");
}

/** Undefined when the text is not a bundle of anchors with at least one marked, self-signed root. */
export function parseAnchors(text: string): Anchors | undefined {
  if (text.length > MAX_TEXT || !text.startsWith(HEADING)) return undefined;
  try {
    return sortBlocks(readBlocks(text));
  } catch (fault) {
    if (fault instanceof DerFault) return undefined;
    throw fault;
  }
}

/** The signing certificates that a statement's `kid` may mean: one, unless two hashes begin alike. */
export function findByKid(anchors: Anchors, kid: Uint8Array): readonly Certificate[] {
  const prefix = Buffer.from(kid).toString("hex");
  return anchors.signers.filter(({ fingerprint }) => fingerprint.startsWith(prefix));
}

export const newestListOf = (anchors: Anchors, issuer: Certificate): RevocationList | undefined =>
  anchors.lists.get(issuer.fingerprint);

type Block = { label: string; der: Buffer; rootMark: string | undefined };

function readBlocks(text: string): Block[] {
  const blocks: Block[] = [];
  let rootMark: string | undefined;
  const lines = text.split(/\r?\n/);
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!.trimEnd();
    const label = BEGIN.exec(line)?.[1];
    if (label) {
      const end = lines.findIndex((one, at) => at > i && one.trimEnd() === `-----END ${label}-----`);
      if (end < 0) throw new DerFault("block without an end");
      blocks.push({ label, der: decode(lines.slice(i + 1, end)), rootMark });
      rootMark = undefined;
      i = end;
    } else if (line.startsWith("#")) {
      rootMark = ROOT_MARK.exec(line)?.[1];
    } else if (line !== "") {
      throw new DerFault("line outside a block");
    }
  }
  return blocks;
}

function decode(lines: readonly string[]): Buffer {
  const trimmed = lines.map((line) => line.trimEnd());
  if (!trimmed.every((line) => BASE64.test(line))) throw new DerFault("not Base64");
  const der = Buffer.from(trimmed.join(""), "base64");
  if (der.toString("base64") !== trimmed.join("")) throw new DerFault("Base64 not in its one form");
  return der;
}

function sortBlocks(blocks: readonly Block[]): Anchors {
  const roots: Certificate[] = [];
  const authorities: Certificate[] = [];
  const signers: Certificate[] = [];
  for (const { label, der, rootMark } of blocks) {
    if (label !== "CERTIFICATE") continue;
    const certificate = parseCertificate(der);
    if (rootMark === undefined) (certificate.isAuthority ? authorities : signers).push(certificate);
    else if (certificate.fingerprint === rootMark && isRoot(certificate)) roots.push(certificate);
    else throw new DerFault("marked as root, but is none");
  }
  if (roots.length === 0) throw new DerFault("no root");
  const lists = new Map<string, RevocationList>();
  for (const { label, der } of blocks) {
    if (label !== "X509 CRL") continue;
    const list = parseRevocationList(der);
    const issuer = [...roots, ...authorities].find((one) => isListOf(list, one));
    // A list nobody signed must not be passed over in silence: it may be the real one, spoiled.
    if (!issuer) throw new DerFault("revocation list of nobody");
    const known = lists.get(issuer.fingerprint);
    if (!known || known.thisUpdate < list.thisUpdate) lists.set(issuer.fingerprint, list);
  }
  return { roots, authorities, signers, lists };
}

const isRoot = (certificate: Certificate): boolean =>
  certificate.isAuthority && (certificate.keyUsage & KEY_USAGE.keyCertSign) !== 0 && isSignedBy(certificate, certificate);
