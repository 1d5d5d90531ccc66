/**
 * XAdES baseline signatures (ETSI EN 319 132-1): inside the XML they sign, or beside files, as ASiC-E has them. Everything is written
 * without white space and in the exclusive canonical form; what is hashed comes out of `canonical.ts` all the same, the one judge of form.
 */

import { parseCertificate } from "../certificate.ts";
import type { Signer } from "../signer.ts";
import { hashOf } from "./algorithm.ts";
import { canonical, escapeText, escapeValue } from "./canonical.ts";
import { collectMaterial, type Level, type LevelMeans, type Material, reaches } from "./means.ts";
import { readToken } from "./token.ts";
import { archiveBytes, type DetachedFiles, stampsInXml } from "./xades-check.ts";
import { DS, ECDSA_SHA256, ENVELOPED, EXCLUSIVE, SHA256, SIGNED_PROPERTIES, XADES, XADES141 } from "./xades-words.ts";
import { attributeIn, childrenOf, onlyChild, readXml, walk, type XmlElement, XmlFault } from "./xml.ts";

export type XadesSigning = { readonly at: Date; readonly level?: Level; readonly means?: LevelMeans };
export type SignedFile = { readonly name: string; readonly content: Uint8Array; readonly mediaType: string };

const FORM = { isExclusive: true } as const;
const C14N = `<ds:CanonicalizationMethod Algorithm="${EXCLUSIVE}"></ds:CanonicalizationMethod>`;
const DIGEST = `<ds:DigestMethod Algorithm="${SHA256}"></ds:DigestMethod>`;
const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString("base64");
const XML_TYPE = "text/xml";

/** The same XML with a signature as the last thing in its root. Throws XmlFault when it is none, or has a signature already. */
export async function signXml(xml: Uint8Array, signer: Signer, signing: XadesSigning): Promise<Buffer> {
  const root = readXml(xml);
  if ([...walk(root)].some(({ name, space }) => name === "Signature" && space === DS)) throw new XmlFault("signed already");
  const transforms = [ENVELOPED, EXCLUSIVE].map((one) => `<ds:Transform Algorithm="${one}"></ds:Transform>`).join("");
  const reference = { uri: "", transforms, digest: hashOf("sha256", canonical(root, FORM)), mediaType: XML_TYPE };
  const place = (signature: string): Buffer => insertBeforeEnd(xml, signature);
  return lifted(await writeSignature([reference], signer, { ...signing, place }), signing, { files: new Map() });
}

/** A document with the signature over the files, each under its name as it stands in the container. */
export async function signFiles(
  files: readonly SignedFile[],
  signer: Signer,
  signing: XadesSigning & { readonly wrap?: (signature: string) => string },
): Promise<Buffer> {
  const references = files.map(({ name, content, mediaType }) => {
    const uri = name.split("/").map(encodeURIComponent).join("/");
    return { uri, transforms: "", digest: hashOf("sha256", content), mediaType };
  });
  const { wrap = (text: string) => text } = signing;
  const place = (signature: string): Buffer => Buffer.from(`<?xml version="1.0" encoding="UTF-8"?>\n${wrap(signature)}`);
  const known = new Map(files.map(({ name, content }) => [name, content]));
  return lifted(await writeSignature(references, signer, { ...signing, place }), signing, { files: known });
}

async function lifted(
  signed: Buffer,
  { level = "B", means }: XadesSigning,
  { files }: { files: DetachedFiles },
): Promise<Buffer> {
  if (level === "B") return signed;
  if (!means) throw new RangeError("a level above B needs a time-stamping authority");
  return liftXades(signed, { level, files }, means);
}

function insertBeforeEnd(xml: Uint8Array, signature: string): Buffer {
  const text = Buffer.from(xml).toString("utf8");
  const end = text.lastIndexOf("</");
  // A root without content has no end tag to stand before.
  if (end < 0) throw new XmlFault("empty root");
  return Buffer.from(text.slice(0, end) + signature + text.slice(end));
}

type Reference = { uri: string; transforms: string; digest: Buffer; mediaType: string };
type Placing = XadesSigning & { readonly place: (signature: string) => Buffer };

/**
 * Written twice: first with an empty value, to see SignedProperties and SignedInfo in the place where they will stand, then with the
 * digest and the value in it.
 */
async function writeSignature(references: readonly Reference[], signer: Signer, { at, place }: Placing): Promise<Buffer> {
  const id = `S-${hashOf(
    "sha256",
    ...references.map(({ digest }) => digest),
    Buffer.from(at.toISOString()),
    signer.certificate.der,
  )
    .toString("hex")
    .slice(0, 24)}`;
  const properties = signedProperties(references, signer, { id, at });
  const draft = (digest: Buffer, value: Buffer): Buffer =>
    place(signatureText(references, signer, { id, properties, digest, value }));
  const empty = Buffer.alloc(0);
  const first = signatureIn(readXml(draft(empty, empty)), id);
  const digest = hashOf("sha256", canonical(propertiesIn(first), FORM));
  const second = signatureIn(readXml(draft(digest, empty)), id);
  const value = signer.sign(canonical(onlyChild(second, DS, "SignedInfo"), FORM));
  return draft(digest, value);
}

function signedProperties(references: readonly Reference[], signer: Signer, { id, at }: { id: string; at: Date }): string {
  const certificate = hashOf("sha256", signer.certificate.der);
  const formats = references.map(
    ({ mediaType }, i) =>
      `<xades:DataObjectFormat ObjectReference="#${id}-r${i}"><xades:MimeType>${escapeText(mediaType)}</xades:MimeType></xades:DataObjectFormat>`,
  );
  return (
    `<xades:SignedProperties Id="${id}-p"><xades:SignedSignatureProperties>` +
    `<xades:SigningTime>${at.toISOString().slice(0, 19)}Z</xades:SigningTime>` +
    `<xades:SigningCertificateV2><xades:Cert><xades:CertDigest>${DIGEST}<ds:DigestValue>${base64(certificate)}</ds:DigestValue>` +
    "</xades:CertDigest></xades:Cert></xades:SigningCertificateV2></xades:SignedSignatureProperties>" +
    `<xades:SignedDataObjectProperties>${formats.join("")}</xades:SignedDataObjectProperties></xades:SignedProperties>`
  );
}

type Parts = { id: string; properties: string; digest: Buffer; value: Buffer };

function signatureText(references: readonly Reference[], signer: Signer, { id, properties, digest, value }: Parts): string {
  const listed = references.map(
    ({ uri, transforms, digest: own }, i) =>
      `<ds:Reference Id="${id}-r${i}" URI="${escapeValue(uri)}">` +
      `${transforms ? `<ds:Transforms>${transforms}</ds:Transforms>` : ""}${DIGEST}<ds:DigestValue>${base64(own)}</ds:DigestValue></ds:Reference>`,
  );
  const certificates = [signer.certificate, ...signer.chain].map(
    ({ der }) => `<ds:X509Certificate>${base64(der)}</ds:X509Certificate>`,
  );
  return (
    `<ds:Signature xmlns:ds="${DS}" Id="${id}"><ds:SignedInfo>${C14N}<ds:SignatureMethod Algorithm="${ECDSA_SHA256}"></ds:SignatureMethod>` +
    `${listed.join("")}<ds:Reference Type="${SIGNED_PROPERTIES}" URI="#${id}-p"><ds:Transforms><ds:Transform Algorithm="${EXCLUSIVE}">` +
    `</ds:Transform></ds:Transforms>${DIGEST}<ds:DigestValue>${base64(digest)}</ds:DigestValue></ds:Reference></ds:SignedInfo>` +
    `<ds:SignatureValue Id="${id}-v">${base64(value)}</ds:SignatureValue>` +
    `<ds:KeyInfo><ds:X509Data>${certificates.join("")}</ds:X509Data></ds:KeyInfo>` +
    `<ds:Object><xades:QualifyingProperties xmlns:xades="${XADES}" Target="#${id}">${properties}` +
    "</xades:QualifyingProperties></ds:Object></ds:Signature>"
  );
}

function signatureIn(root: XmlElement, id?: string): XmlElement {
  const found = [...walk(root)].filter(
    (one) => one.space === DS && one.name === "Signature" && (id === undefined || attributeIn(one, "Id") === id),
  );
  if (found.length !== 1) throw new XmlFault("one signature expected");
  return found[0]!;
}

const qualifyingIn = (signature: XmlElement): XmlElement => {
  const object = childrenOf(signature, DS, "Object").find((one) => childrenOf(one, XADES, "QualifyingProperties").length === 1);
  if (!object) throw new XmlFault("qualifying properties expected");
  return onlyChild(object, XADES, "QualifyingProperties");
};
const propertiesIn = (signature: XmlElement): XmlElement => onlyChild(qualifyingIn(signature), XADES, "SignedProperties");

// Higher levels ----------------------------------------------------------------------------------------------------

export type XadesLift = { readonly level: Level; readonly files: DetachedFiles };

/** Lifts the one signature of a document; LTA on what is LTA already renews it. */
export async function liftXades(document: Buffer, { level, files }: XadesLift, means: LevelMeans): Promise<Buffer> {
  let made = document;
  const stamps = (): Buffer[] => stampsInXml(signatureIn(readXml(made)));
  if (reaches(level, "T") && stamps().length === 0) {
    const value = onlyChild(signatureIn(readXml(made)), DS, "SignatureValue");
    const token = means.stamper.stamp(hashOf("sha256", canonical(value, FORM)));
    made = withProperty(made, `<xades:SignatureTimeStamp>${stampText(token)}</xades:SignatureTimeStamp>`);
  }
  if (reaches(level, "LT")) made = withProperty(made, materialText(await materialFor(made, means)));
  if (reaches(level, "LTA")) {
    const token = means.stamper.stamp(hashOf("sha256", archiveBytes(signatureIn(readXml(made)), { files, how: FORM })));
    made = withProperty(
      made,
      `<xades141:ArchiveTimeStamp xmlns:xades141="${XADES141}">${stampText(token)}</xades141:ArchiveTimeStamp>`,
    );
  }
  return made;
}

const stampText = (token: Buffer): string => `${C14N}<xades:EncapsulatedTimeStamp>${base64(token)}</xades:EncapsulatedTimeStamp>`;

async function materialFor(document: Buffer, { status }: LevelMeans): Promise<Material> {
  const signature = signatureIn(readXml(document));
  const sent = [...walk(onlyChild(signature, DS, "KeyInfo"))].filter(
    ({ space, name }) => space === DS && name === "X509Certificate",
  );
  const certificates = sent.map(({ children }) => parseCertificate(Buffer.from(String(children[0] ?? ""), "base64")));
  const stampers = stampsInXml(signature).flatMap((token) => readToken(token).certificates);
  return collectMaterial(
    [...certificates, ...stampers].filter(({ isAuthority }) => !isAuthority),
    status,
  );
}

/** The first time as the standard's own values, later ones as the data of a renewal (EN 319 132-1, 5.4 and 5.5). */
function materialText({ certificates, lists, answers }: Material): string {
  const list = (name: string, values: readonly Buffer[]): string =>
    values.map((one) => `<xades:${name}>${base64(one)}</xades:${name}>`).join("");
  const revocations =
    (lists.length > 0 ? `<xades:CRLValues>${list("EncapsulatedCRLValue", lists)}</xades:CRLValues>` : "") +
    (answers.length > 0 ? `<xades:OCSPValues>${list("EncapsulatedOCSPValue", answers)}</xades:OCSPValues>` : "");
  return (
    `<xades:CertificateValues>${list("EncapsulatedX509Certificate", certificates)}</xades:CertificateValues>` +
    `<xades:RevocationValues>${revocations}</xades:RevocationValues>`
  );
}

/** Appends to the unsigned properties; nothing that is signed or stamped moves. */
function withProperty(document: Buffer, property: string): Buffer {
  const text = document.toString("utf8");
  const qualifying = qualifyingIn(signatureIn(readXml(document)));
  const [unsigned] = childrenOf(qualifying, XADES, "UnsignedProperties");
  const list = unsigned && onlyChild(unsigned, XADES, "UnsignedSignatureProperties");
  const at = (list ?? qualifying).end;
  // The end tag of what we append to is the last thing before its end.
  const close = text.lastIndexOf("</", at - 1);
  const open = "<xades:UnsignedProperties><xades:UnsignedSignatureProperties>";
  const wrapped = list ? property : `${open}${property}</xades:UnsignedSignatureProperties></xades:UnsignedProperties>`;
  return Buffer.from(text.slice(0, close) + wrapped + text.slice(close));
}
