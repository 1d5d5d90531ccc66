/**
 * ASiC-S containers with CAdES (ETSI EN 319 162-1, 4.3): one file and the signatures over it in one archive. Nothing else stands inside:
 * what nobody signed makes the whole container refused.
 */
import type { Signer } from "../signer.ts";
import { liftCades, signCades } from "./cades.ts";
import { readCades } from "./cades-check.ts";
import type { Level, LevelMeans } from "./means.ts";
import type { FoundSignatures } from "./validate.ts";
import { writeZip, type ZipEntry, ZipFault } from "./zip.ts";

export const ASIC_SIMPLE_TYPE = "application/vnd.etsi.asic-s+zip";
const SIGNATURE = "META-INF/signature.p7s";
const MIMETYPE = "mimetype";

/** At the level asked for. The name of the file is without a leading slash and not under META-INF. Throws ZipFault. */
export async function signAsicSimple(
  { name, content }: { name: string; content: Uint8Array },
  signer: Signer,
  { at, level, means }: { at: Date; level: Level; means: LevelMeans },
): Promise<Buffer> {
  if (/^(META-INF(\/|$)|mimetype$)/i.test(name)) throw new ZipFault("name of a file");
  const signature = await liftCades(signCades(content, signer, { at }), { level, content }, means);
  return writeZip([
    { name: MIMETYPE, content: Buffer.from(ASIC_SIMPLE_TYPE), isStored: true },
    { name, content: Buffer.from(content) },
    { name: SIGNATURE, content: signature },
  ]);
}

export const isSimple = (entries: readonly ZipEntry[]): boolean =>
  entries[0]?.name === MIMETYPE && entries[0].content.toString("latin1") === ASIC_SIMPLE_TYPE;

/** The one file and its signature; undefined where there is more, or less. */
function partsOf(entries: readonly ZipEntry[]): { file: ZipEntry; signature: ZipEntry } | undefined {
  const signature = entries.find(({ name }) => name === SIGNATURE);
  const [file, ...more] = entries.filter(({ name }) => name !== MIMETYPE && name !== SIGNATURE);
  // A file in a folder would be no file at the root of the container (4.3.3.1); under META-INF it would be something else.
  return signature && file && more.length === 0 && !file.name.includes("/") ? { file, signature } : undefined;
}

export function readSimple(entries: readonly ZipEntry[]): FoundSignatures {
  const signed = entries.some(({ name }) => name === SIGNATURE);
  // Signatures of the other kind (META-INF/signatures.xml) and bare time stamps are read by nobody here.
  if (!signed) return { signatures: [], fault: "unsupported" };
  const parts = partsOf(entries);
  if (!parts) return { signatures: [], fault: "unsigned-parts" };
  const { name, content } = parts.file;
  const signatures = readCades(parts.signature.content, { content });
  return {
    signatures: signatures.map((one, nr) => ({
      ...one,
      name: signatures.length === 1 ? SIGNATURE : `${SIGNATURE}#${nr + 1}`,
      covers: { ...one.covers, parts: one.covers.parts.map((part) => ({ ...part, name })) },
    })),
    ...(signatures.length === 0 && { fault: "no-signature" as const }),
  };
}

/** LTA again renews it. Throws ZipFault where it is no container with one file and one signature. */
export async function liftSimple(entries: readonly ZipEntry[], level: Level, means: LevelMeans): Promise<Buffer> {
  const parts = partsOf(entries);
  if (!parts) throw new ZipFault("one file and its signature");
  const content = await liftCades(parts.signature.content, { level, content: parts.file.content }, means);
  return writeZip(entries.map((entry) => (entry.name === SIGNATURE ? { ...entry, content } : entry)));
}
