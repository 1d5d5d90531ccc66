/**
 * Reads one XAdES signature for the judge. The structure is fixed: one SignedInfo, one value, one set of properties; each reference leads
 * to the whole document, to the properties of this very signature or to a file of the container, and to nothing else. What was not
 * signed is not handed out.
 */
import { type Certificate, parseCertificate } from "../certificate.ts";
import { DerFault } from "../der.ts";
import { digestsOf, hashOf, isRawSignature, UnsupportedFault } from "./algorithm.ts";
import { reasonOfFault, stampOf } from "./cades-check.ts";
import { type Canonical, canonical } from "./canonical.ts";
import type { FoundSignature, FoundStamp } from "./judge.ts";
import type { CoveredPart, Reason } from "./report.ts";
import {
  ASIC,
  canonicalNamed,
  DS,
  digestNamed,
  ENVELOPED,
  EXCLUSIVE,
  SIGNED_PROPERTIES,
  signatureNamed,
  XADES,
  XADES141,
} from "./xades-words.ts";
import { attributeIn, childrenOf, elementsOf, onlyChild, readXml, textOf, walk, type XmlElement, XmlFault } from "./xml.ts";

export type DetachedFiles = ReadonlyMap<string, Uint8Array>;

const MAX_REFERENCES = 1000;
const MAX_TRANSFORMS = 2;
const ID_NAMES = new Set(["id", "Id", "ID"]);

export type XadesQuestion = { readonly files: DetachedFiles; readonly name: string };

export function readXades(signature: XmlElement, { files, name }: XadesQuestion): FoundSignature {
  const empty: FoundSignature = {
    name,
    profile: "XAdES",
    companions: [],
    evidence: [],
    stamps: [],
    covers: { scope: "parts", parts: [] },
  };
  try {
    return { ...empty, ...readParts(signature, files) };
  } catch (thrown) {
    const fault =
      thrown instanceof XmlFault ? "malformed" : thrown instanceof Missing ? "content-missing" : reasonOfFault(thrown);
    if (!fault) throw thrown;
    return { ...empty, fault };
  }
}

/** A file that a reference names is not at hand. */
class Missing extends Error {}

type Found = Omit<FoundSignature, "name" | "profile">;

function readParts(signature: XmlElement, files: DetachedFiles): Found {
  const [info, value, ...rest] = elementsOf(signature);
  if (!isNamed(info, "SignedInfo") || !isNamed(value, "SignatureValue")) throw new XmlFault("signature structure");
  const keyInfo = isNamed(rest[0], "KeyInfo") ? rest.shift() : undefined;
  // One object with the properties and nothing beside: what else could stand there is signed by nobody.
  const [object, ...others] = rest;
  if (!keyInfo || !isNamed(object, "Object") || others.length > 0) throw new XmlFault("signature structure");
  const qualifying = onlyChild(object, XADES, "QualifyingProperties");
  if (elementsOf(object).length !== 1) throw new XmlFault("more than the properties");
  const properties = onlyChild(qualifying, XADES, "SignedProperties");
  const root = rootOf(signature);
  if (!hasUniqueIds(root)) return faulty("malformed");
  const certificates = certificatesFrom(keyInfo);
  const signed = onlyChild(properties, XADES, "SignedSignatureProperties");
  const certificate = certificates.find((one) => isNamedBy(signed, one));
  const base = { ...proofsFrom(qualifying), companions: certificates.filter((one) => one !== certificate), ...claimedIn(signed) };
  const references = readReferences(info, { signature, properties, files });
  const covers = { scope: "parts" as const, parts: references.parts };
  if (references.fault) return { ...faulty(references.fault), ...base, covers };
  if (!certificate) return { ...faulty("certificate-missing"), ...base, covers };
  if (!isValue(info, value, certificate)) return { ...faulty("signature-mismatch"), ...base, covers };
  const companions = [...base.companions, ...base.certificates];
  return { certificate, ...base, companions, covers, stamps: stampsOf(signature, files) };
}

const faulty = (fault: Reason): Found & { fault: Reason } => ({
  fault,
  companions: [],
  evidence: [],
  stamps: [],
  covers: { scope: "parts", parts: [] },
});

const isNamed = (element: XmlElement | undefined, name: string): element is XmlElement =>
  element?.space === DS && element.name === name;

function rootOf(element: XmlElement): XmlElement {
  let root = element;
  while (root.parent) root = root.parent;
  return root;
}

/** Two elements with one name: which of them was signed cannot be said (XML signature wrapping). */
function hasUniqueIds(root: XmlElement): boolean {
  const seen = new Set<string>();
  for (const { attributes } of walk(root)) {
    for (const { name, value } of attributes) {
      if (!ID_NAMES.has(name)) continue;
      if (seen.has(value)) return false;
      seen.add(value);
    }
  }
  return true;
}

type Place = { signature: XmlElement; properties: XmlElement; files: DetachedFiles };

function readReferences(info: XmlElement, place: Place): { parts: CoveredPart[]; fault?: Reason } {
  const [method, algorithm, ...references] = elementsOf(info);
  if (!isNamed(method, "CanonicalizationMethod") || !isNamed(algorithm, "SignatureMethod")) throw new XmlFault("signed info");
  if (references.length > MAX_REFERENCES) throw new XmlFault("too many references");
  const parts: CoveredPart[] = [];
  let ownProperties = 0;
  const seen = new Set<string>();
  for (const reference of references) {
    if (!isNamed(reference, "Reference")) throw new XmlFault("reference expected");
    const uri = attributeIn(reference, "URI");
    if (uri === undefined || seen.has(uri)) throw new XmlFault("reference without a place of its own");
    seen.add(uri);
    const isOwn = attributeIn(reference, "Type") === SIGNED_PROPERTIES;
    const bytes = isOwn ? ownBytes(reference, uri, place) : coveredBytes(reference, uri, place);
    if (bytes.length === 0 && (isOwn || uri === "")) throw new XmlFault("nothing signed");
    const digest = digestNamed(attributeIn(onlyChild(reference, DS, "DigestMethod"), "Algorithm"));
    if (!hashOf(digest, bytes).equals(base64In(onlyChild(reference, DS, "DigestValue")))) {
      return { parts, fault: "content-changed" };
    }
    if (isOwn) ownProperties += 1;
    else parts.push({ name: uri === "" ? "" : decodeName(uri), sha256: hashOf("sha256", bytes).toString("hex") });
  }
  if (ownProperties !== 1) return { parts, fault: "unsigned-parts" };
  return parts.length === 0 ? { parts, fault: "unsigned-parts" } : { parts };
}

/** The properties of this very signature, by place and by name. */
function ownBytes(reference: XmlElement, uri: string, { properties }: Place): Buffer {
  if (uri !== `#${attributeIn(properties, "Id")}`) throw new XmlFault("properties of another signature");
  const [form, ...others] = transformsOf(reference);
  if (others.length > 0) throw new UnsupportedFault("transforms");
  return canonical(properties, form ?? canonicalNamed("http://www.w3.org/TR/2001/REC-xml-c14n-20010315"));
}

/** The whole document without this signature, or a file of the container. */
function coveredBytes(reference: XmlElement, uri: string, { signature, files }: Place): Uint8Array {
  if (uri === "") {
    if (signature.parent !== rootOf(signature)) throw new XmlFault("signature not in the root");
    const names = transformNames(reference);
    if (names[0] !== ENVELOPED || names.length !== 2) throw new UnsupportedFault("transforms");
    return canonical(rootOf(signature), { ...transformsOf(reference).at(-1)!, without: signature });
  }
  if (uri.startsWith("#") || transformNames(reference).length > 0) throw new UnsupportedFault("reference to a part");
  const file = files.get(decodeName(uri));
  if (!file) throw new Missing(uri);
  return file;
}

function decodeName(uri: string): string {
  try {
    return decodeURIComponent(uri);
  } catch {
    throw new XmlFault("name of a file");
  }
}

const transformElements = (reference: XmlElement): XmlElement[] => {
  const lists = childrenOf(reference, DS, "Transforms");
  const transforms = lists.flatMap(elementsOf);
  if (lists.length > 1 || transforms.length > MAX_TRANSFORMS) throw new UnsupportedFault("transforms");
  return transforms;
};
const transformNames = (reference: XmlElement): (string | undefined)[] =>
  transformElements(reference).map((one) => attributeIn(one, "Algorithm"));

/** Canonical forms only; XPath, XSLT and Base64 are refused. */
const transformsOf = (reference: XmlElement): Canonical[] =>
  transformElements(reference)
    .filter((one) => attributeIn(one, "Algorithm") !== ENVELOPED)
    .map(formOf);

function formOf(element: XmlElement): Canonical {
  const form = canonicalNamed(attributeIn(element, "Algorithm"));
  const [list, ...others] = elementsOf(element);
  if (!list) return form;
  const prefixes = attributeIn(list, "PrefixList");
  if (others.length > 0 || list.space !== EXCLUSIVE || list.name !== "InclusiveNamespaces" || prefixes === undefined) {
    throw new UnsupportedFault("canonical form");
  }
  return { ...form, inclusive: new Set(prefixes.split(/\s+/).map((one) => (one === "#default" ? "" : one))) };
}

function isValue(info: XmlElement, value: XmlElement, { publicKey }: Certificate): boolean {
  if (!publicKey) throw new UnsupportedFault("key");
  const bytes = canonical(info, formOf(onlyChild(info, DS, "CanonicalizationMethod")));
  const kind = signatureNamed(attributeIn(onlyChild(info, DS, "SignatureMethod"), "Algorithm"));
  return isRawSignature(publicKey, kind, { bytes, signature: base64In(value) });
}

/** Base64 in its one form but for white space. */
export function base64In(element: XmlElement): Buffer {
  const text = textOf(element).replace(/[ \t\r\n]+/g, "");
  const bytes = Buffer.from(text, "base64");
  if (bytes.toString("base64") !== text) throw new XmlFault("not Base64");
  return bytes;
}

function certificatesFrom(keyInfo: XmlElement): Certificate[] {
  const found = childrenOf(keyInfo, DS, "X509Data").flatMap((one) => childrenOf(one, DS, "X509Certificate"));
  if (found.length > 16) throw new XmlFault("too many certificates");
  return found.map((one) => parseCertificate(base64In(one)));
}

/** SigningCertificateV2, or the first version of it; the digest in it is signed, KeyInfo is not (EN 319 132-1, 5.2.2). */
function isNamedBy(signed: XmlElement, certificate: Certificate): boolean {
  const list = ["SigningCertificateV2", "SigningCertificate"].flatMap((name) => childrenOf(signed, XADES, name));
  if (list.length !== 1) throw new XmlFault("signing certificate");
  const digest = onlyChild(childrenOf(list[0]!, XADES, "Cert")[0] ?? list[0]!, XADES, "CertDigest");
  const name = digestNamed(attributeIn(onlyChild(digest, DS, "DigestMethod"), "Algorithm"));
  return hashOf(name, certificate.der).equals(base64In(onlyChild(digest, DS, "DigestValue")));
}

function claimedIn(signed: XmlElement): { claimedAt?: Date } {
  const [time] = childrenOf(signed, XADES, "SigningTime");
  if (!time) return {};
  const text = textOf(time);
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at.getTime()))
    throw new XmlFault("time");
  return { claimedAt: at };
}

function unsignedIn(signature: XmlElement): XmlElement[] {
  const qualifying = onlyChild(onlyChild(signature, DS, "Object"), XADES, "QualifyingProperties");
  const [list] = childrenOf(qualifying, XADES, "UnsignedProperties");
  return list ? elementsOf(onlyChild(list, XADES, "UnsignedSignatureProperties")) : [];
}

function proofsFrom(qualifying: XmlElement): { evidence: Buffer[]; certificates: Certificate[] } {
  const evidence: Buffer[] = [];
  const certificates: Certificate[] = [];
  for (const list of childrenOf(qualifying, XADES, "UnsignedProperties")) {
    for (const one of walk(list)) {
      if (one.space !== XADES) continue;
      if (one.name === "EncapsulatedOCSPValue" || one.name === "EncapsulatedCRLValue") evidence.push(base64In(one));
      if (one.name === "EncapsulatedX509Certificate") certificates.push(...readable(base64In(one)));
    }
  }
  return { evidence, certificates };
}

function readable(der: Buffer): Certificate[] {
  try {
    return [parseCertificate(der)];
  } catch (fault) {
    if (fault instanceof DerFault) return [];
    throw fault;
  }
}

const isStamp = ({ space, name }: XmlElement): boolean =>
  (space === XADES && name === "SignatureTimeStamp") || (space === XADES141 && name === "ArchiveTimeStamp");

const tokenIn = (stamp: XmlElement): Buffer => base64In(onlyChild(stamp, XADES, "EncapsulatedTimeStamp"));

/** All tokens of a signature, unchecked. */
export const stampsInXml = (signature: XmlElement): Buffer[] => unsignedIn(signature).filter(isStamp).map(tokenIn);

function stampsOf(signature: XmlElement, files: DetachedFiles): FoundStamp[] {
  return unsignedIn(signature).flatMap((stamp, i, all) => {
    if (!isStamp(stamp)) return [];
    const how = formOf(onlyChild(stamp, DS, "CanonicalizationMethod"));
    if (stamp.name === "SignatureTimeStamp") {
      return stampOf(tokenIn(stamp), "signature", digestsOf(canonical(onlyChild(signature, DS, "SignatureValue"), how)));
    }
    return stampOf(tokenIn(stamp), "archive", digestsOf(archiveBytes(signature, { files, how, before: all.slice(0, i) })));
  });
}

export type ArchiveQuestion = { readonly files: DetachedFiles; readonly how: Canonical; readonly before?: readonly XmlElement[] };

/** What an archive time stamp covers: all that is referenced, the signature, and the properties before it (EN 319 132-1, 5.5.2.2). */
export function archiveBytes(signature: XmlElement, { files, how, before = unsignedIn(signature) }: ArchiveQuestion): Buffer {
  const info = onlyChild(signature, DS, "SignedInfo");
  const properties = onlyChild(
    onlyChild(onlyChild(signature, DS, "Object"), XADES, "QualifyingProperties"),
    XADES,
    "SignedProperties",
  );
  const referenced = childrenOf(info, DS, "Reference").map((reference) => {
    const uri = attributeIn(reference, "URI") ?? "";
    const isOwn = attributeIn(reference, "Type") === SIGNED_PROPERTIES;
    const place = { signature, properties, files };
    return isOwn ? ownBytes(reference, uri, place) : coveredBytes(reference, uri, place);
  });
  const parts = [info, onlyChild(signature, DS, "SignatureValue"), onlyChild(signature, DS, "KeyInfo"), ...before];
  return Buffer.concat([...referenced, ...parts.map((one) => canonical(one, how))]);
}

/** XML with a signature in it, or a signature beside files that are handed in. */
export function readSignedXml(bytes: Buffer, files: DetachedFiles): { signatures: FoundSignature[]; fault?: Reason } {
  try {
    const root = readXml(bytes);
    const [signature, ...others] = [...walk(root)].filter(({ space, name }) => space === DS && name === "Signature");
    if (!signature) return { signatures: [], fault: "no-signature" };
    // Each signature inside a document would change what the other has signed; several go into a container.
    if (others.length > 0) return { signatures: [], fault: "unsigned-parts" };
    const found = readXades(signature, { files, name: attributeIn(signature, "Id") ?? "1" });
    const isWhole = signature.parent !== undefined && found.covers.parts.some(({ name }) => name === "");
    const isBeside = signature.parent === undefined || signature.parent.space === ASIC;
    if (!found.fault && !isWhole && !isBeside)
      return { signatures: [{ ...found, fault: "unsigned-parts" }], fault: "unsigned-parts" };
    return { signatures: [isWhole ? { ...found, covers: { ...found.covers, scope: "whole-file" } } : found] };
  } catch (fault) {
    if (fault instanceof XmlFault) return { signatures: [], fault: "malformed" };
    throw fault;
  }
}
