/**
 * Pairs of private key and certificate in a folder. A pair is a folder of two files that appears whole or not at all: it is
 * written beside its place and renamed into it. Renaming onto a pair that is there already fails, so of two starts at the
 * same time the first wins and the second reads what the first made; a start that was cut off leaves nothing behind but a
 * folder whose name begins with a dot.
 */
import { type KeyObject, randomBytes } from "node:crypto";
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import path from "node:path";
import { type Certificate, parseCertificate } from "./certificate.ts";
import { DerFault } from "./der.ts";
import { toPem } from "./issue.ts";
import { trustProblem } from "./problems.ts";
import { keyFor } from "./signer.ts";

export type KeyPair = { readonly certificate: Certificate; readonly key: KeyObject };

const KEY_FILE = "key.pem";
const CERTIFICATE_FILE = "certificate.pem";
const LEFT_OVER = 60 * 60_000;

/** Reads the pair in `folder`, or has `make` make it and keeps it there. What is returned is what is on the disk. */
export function readOrMakePair(folder: string, make: () => { key: KeyObject; certificate: Buffer }): KeyPair {
  if (!existsSync(folder)) writePair(folder, make());
  return readPair(folder);
}

/** Throws the problem `trust.broken-authority` naming the folder. */
export function readPair(folder: string): KeyPair {
  try {
    const certificate = parseCertificate(pemContent(readFileSync(path.join(folder, CERTIFICATE_FILE), "utf8")));
    const key = keyFor(certificate, readFileSync(path.join(folder, KEY_FILE), "utf8"));
    if (!key) throw new DerFault("the key is not the certificate's");
    return { certificate, key };
  } catch (cause) {
    throw trustProblem("broken-authority", { params: { folder }, cause });
  }
}

/** The certificate of a pair, or of one whose key lies elsewhere. Throws the problem `trust.broken-authority` naming the folder. */
export function readCertificate(folder: string): Certificate {
  try {
    return parseCertificate(pemContent(readFileSync(path.join(folder, CERTIFICATE_FILE), "utf8")));
  } catch (cause) {
    throw trustProblem("broken-authority", { params: { folder }, cause });
  }
}

/** Folders of pairs inside a folder, without those that are being written. */
export function listFolders(folder: string): string[] {
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith("."),
  );
  return names.map(({ name }) => path.join(folder, name)).sort();
}

/** Writes a small file that appears whole; leaves it alone when it is there. */
export function writeOnce(file: string, text: string): void {
  const beside = path.join(path.dirname(file), `.new-${randomBytes(8).toString("hex")}`);
  makeFolder(path.dirname(file));
  if (existsSync(file)) return;
  writeSafely(beside, text);
  renameSync(beside, file);
  syncFolder(path.dirname(file));
}

export function writePair(folder: string, { key, certificate }: { key: KeyObject; certificate: Buffer }): void {
  const parent = path.dirname(folder);
  makeFolder(parent);
  sweep(parent);
  const beside = path.join(parent, `.new-${randomBytes(8).toString("hex")}`);
  mkdirSync(beside, { mode: 0o700 });
  writeSafely(path.join(beside, KEY_FILE), key.export({ format: "pem", type: "pkcs8" }) as string);
  writeSafely(path.join(beside, CERTIFICATE_FILE), toPem("CERTIFICATE", certificate));
  syncFolder(beside);
  try {
    renameSync(beside, folder);
  } catch (fault) {
    // Someone else was first: a folder that is not empty is never replaced.
    rmSync(beside, { recursive: true, force: true });
    if (!existsSync(folder)) throw fault;
  }
  syncFolder(parent);
}

const makeFolder = (folder: string): void => void mkdirSync(folder, { recursive: true, mode: 0o700 });

function writeSafely(file: string, text: string): void {
  const descriptor = openSync(file, "wx", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Makes the names in a folder durable; a system that cannot open folders does without. */
function syncFolder(folder: string): void {
  if (process.platform === "win32") return;
  const descriptor = openSync(folder, "r");
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Half-written pairs of starts that were cut off; young ones may belong to a start under way. */
function sweep(folder: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(".new-")) continue;
    const left = path.join(folder, name);
    const age = Date.now() - (statSync(left, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
    if (age > LEFT_OVER) rmSync(left, { recursive: true, force: true });
  }
}

function pemContent(pem: string): Buffer {
  const body = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----\n$/.exec(pem)?.[1];
  if (!body) throw new DerFault("no certificate");
  return Buffer.from(body, "base64");
}
