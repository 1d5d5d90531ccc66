/**
 * ASiC-E containers with XAdES (ETSI EN 319 162-1): any files and the signatures over all of them in one archive. Each signature has to
 * name each file; what nobody signed makes the whole container refused.
 */
import type { Signer } from "../signer.ts";
import { isSimple, liftSimple, readSimple } from "./asic-simple.ts";
import { escapeValue } from "./canonical.ts";
import type { FoundSignature } from "./judge.ts";
import type { Level, LevelMeans } from "./means.ts";
import type { FoundSignatures } from "./validate.ts";
import { readXades } from "./xades-check.ts";
import { liftXades, type SignedFile, signFiles, type XadesSigning } from "./xades-sign.ts";
import { ASIC, DS, XADES } from "./xades-words.ts";
import { attributeIn, childrenOf, elementsOf, readXml, textOf, walk, type XmlElement, XmlFault } from "./xml.ts";
import { readZip, writeZip, type ZipEntry, ZipFault } from "./zip.ts";

export const ASIC_TYPE = "application/vnd.etsi.asic-e+zip";
const MANIFEST_SPACE = "urn:oasis:names:tc:opendocument:xmlns:manifest:1.0";
const MANIFEST = "META-INF/manifest.xml";
const MAX_SIGNATURES = 32;
const SIGNATURE_NAME = /^META-INF\/[^/]*signatures[^/]*\.xml$/;

/** A new container with one signature. Names of files are unique, without a leading slash and not under META-INF. */
export async function signAsic(files: readonly SignedFile[], signer: Signer, signing: XadesSigning): Promise<Buffer> {
  if (files.length === 0 || files.some(({ name }) => /^(META-INF(\/|$)|mimetype$)/i.test(name)))
    throw new ZipFault("name of a file");
  const signature = await signFiles(files, signer, { ...signing, wrap });
  return writeZip([
    { name: "mimetype", content: Buffer.from(ASIC_TYPE), isStored: true },
    ...files,
    { name: MANIFEST, content: manifestOf(files) },
    { name: "META-INF/signatures0.xml", content: signature },
  ]);
}

/** One more signature over the same files; those that are there stay as they are. Throws ZipFault, XmlFault. */
export async function addAsicSignature(container: Buffer, signer: Signer, signing: XadesSigning): Promise<Buffer> {
  const entries = readZip(container);
  const types = mediaTypes(entries);
  const files = contentsOf(entries).map(({ name, content }) => ({
    name,
    content,
    mediaType: types.get(name) ?? "application/octet-stream",
  }));
  const taken = new Set(entries.map(({ name }) => name));
  let number = 0;
  while (taken.has(`META-INF/signatures${number}.xml`)) number += 1;
  const signature = await signFiles(files, signer, { ...signing, wrap });
  return writeZip([...entries, { name: `META-INF/signatures${number}.xml`, content: signature }]);
}

/** Lifts every signature of the container; LTA again renews them. */
export async function liftAsic(container: Buffer, level: Level, means: LevelMeans): Promise<Buffer> {
  const entries = readZip(container);
  if (isSimple(entries)) return liftSimple(entries, level, means);
  const files = filesOf(entries);
  const lifted = await Promise.all(
    entries.map(async (entry) =>
      SIGNATURE_NAME.test(entry.name) ? { ...entry, content: await liftXades(entry.content, { level, files }, means) } : entry,
    ),
  );
  return writeZip(lifted);
}

/** The files that are signed, for showing. */
export const asicContents = (container: Buffer): ZipEntry[] => contentsOf(readZip(container));

const wrap = (signature: string): string => `<asic:XAdESSignatures xmlns:asic="${ASIC}">${signature}</asic:XAdESSignatures>`;

function manifestOf(files: readonly SignedFile[]): Buffer {
  const entry = (place: string, type: string): string =>
    `<manifest:file-entry manifest:full-path="${escapeValue(place)}" manifest:media-type="${escapeValue(type)}"></manifest:file-entry>`;
  const list = files.map(({ name, mediaType }) => entry(name, mediaType)).join("");
  return Buffer.from(
    `<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest xmlns:manifest="${MANIFEST_SPACE}" manifest:version="1.2">` +
      `${entry("/", ASIC_TYPE)}${list}</manifest:manifest>`,
  );
}

const contentsOf = (entries: readonly ZipEntry[]): ZipEntry[] =>
  entries.filter(({ name }) => name !== "mimetype" && !name.startsWith("META-INF/"));

const filesOf = (entries: readonly ZipEntry[]): ReadonlyMap<string, Uint8Array> =>
  new Map(contentsOf(entries).map(({ name, content }) => [name, content]));

/** Throws ZipFault, XmlFault: the manifest names each file once, with its media type. */
function mediaTypes(entries: readonly ZipEntry[]): ReadonlyMap<string, string> {
  const manifest = entries.find(({ name }) => name === MANIFEST);
  if (!manifest) throw new ZipFault("no manifest");
  const types = new Map<string, string>();
  for (const { space, name, attributes } of elementsOf(readXml(manifest.content))) {
    const value = (key: string): string | undefined =>
      attributes.find((one) => one.space === MANIFEST_SPACE && one.name === key)?.value;
    const [place, type] = [value("full-path"), value("media-type")];
    if (space !== MANIFEST_SPACE || name !== "file-entry" || place === undefined || type === undefined || types.has(place)) {
      throw new XmlFault("manifest");
    }
    types.set(place, type);
  }
  return types;
}

export function readAsic(bytes: Buffer): FoundSignatures {
  try {
    return readContainer(bytes);
  } catch (fault) {
    if (fault instanceof ZipFault || fault instanceof XmlFault) return { signatures: [], fault: "malformed" };
    throw fault;
  }
}

function readContainer(bytes: Buffer): FoundSignatures {
  const entries = readZip(bytes);
  const [first] = entries;
  if (first?.name !== "mimetype" || !first.isStored) return { signatures: [], fault: "no-signature" };
  if (isSimple(entries)) return readSimple(entries);
  if (first.content.toString("latin1") !== ASIC_TYPE) return { signatures: [], fault: "unsupported" };
  const lists = entries.filter(({ name }) => SIGNATURE_NAME.test(name));
  if (lists.length > MAX_SIGNATURES) throw new ZipFault("too many signatures");
  const known = new Set(["mimetype", MANIFEST, ...lists.map(({ name }) => name)]);
  const files = filesOf(entries);
  // Beside files, manifest and signatures nothing: a reader that knows more would see what this one did not check.
  const strangers = entries.filter(({ name }) => !known.has(name) && !files.has(name));
  const types = mediaTypes(entries);
  const listed = [...types.keys()].filter((name) => name !== "/");
  const isListed = listed.length === files.size && listed.every((name) => files.has(name)) && types.get("/") === ASIC_TYPE;
  const fault = strangers.length > 0 || !isListed ? ("unsigned-parts" as const) : undefined;
  const signatures = lists.flatMap((list) => readList(list, { files, types }));
  if (signatures.length === 0) return { signatures, fault: fault ?? "no-signature" };
  return { signatures: signatures.map((one) => (fault && !one.fault ? { ...one, fault } : one)), ...(fault && { fault }) };
}

type Container = { files: ReadonlyMap<string, Uint8Array>; types: ReadonlyMap<string, string> };

function readList({ name, content }: ZipEntry, { files, types }: Container): FoundSignature[] {
  const root = readXml(content);
  if (root.space !== ASIC || root.name !== "XAdESSignatures") throw new XmlFault("list of signatures");
  const signatures = elementsOf(root);
  const isClean = signatures.every((one) => one.space === DS && one.name === "Signature");
  if (
    !isClean ||
    signatures.length > MAX_SIGNATURES ||
    [...walk(root)].filter((one) => one.space === DS && one.name === "Signature").length !== signatures.length
  ) {
    throw new XmlFault("list of signatures");
  }
  return signatures.map((signature, i) => {
    const found = readXades(signature, { files, name: signatures.length === 1 ? name : `${name}#${i + 1}` });
    if (found.fault) return found;
    const covered = new Set(found.covers.parts.map((part) => part.name));
    const coversAll = covered.size === files.size && [...files.keys()].every((file) => covered.has(file));
    if (!coversAll || !namesTypes(signature, types)) return { ...found, fault: "unsigned-parts" as const };
    return { ...found, covers: { ...found.covers, scope: "whole-file" as const } };
  });
}

/** The media type a signature gives a file is the one the manifest gives it: else it would be opened as something else. */
function namesTypes(signature: XmlElement, types: ReadonlyMap<string, string>): boolean {
  const references = new Map(
    [...walk(signature)]
      .filter(({ space, name }) => space === DS && name === "Reference")
      .map((one) => [`#${attributeIn(one, "Id") ?? ""}`, attributeIn(one, "URI") ?? ""]),
  );
  return [...walk(signature)]
    .filter(({ space, name }) => space === XADES && name === "DataObjectFormat")
    .every((one) => {
      const file = references.get(attributeIn(one, "ObjectReference") ?? "");
      const [type] = childrenOf(one, XADES, "MimeType");
      return file !== undefined && (!type || textOf(type) === types.get(decodeURIComponent(file)));
    });
}
