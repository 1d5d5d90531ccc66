/**
 * What a witness remembers, in a folder of its own: its key, and for each log the last checkpoint it cosigned. Every file appears whole
 * and is on the disk before anyone is answered.
 */
import { createHash, createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes } from "node:crypto";
import { closeSync, fsyncSync, linkSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import path from "node:path";

export interface Memory {
  secret: KeyObject;
  /** The note kept for a log, by its origin. */
  seen(origin: string): string | undefined;
  /** The same by the hash of the origin, as monitors ask for it. */
  seenByHash(hash: string): string | undefined;
  keep(origin: string, note: string): void;
}

export function openMemory(folder: string): Memory {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const keyFile = path.join(folder, "key.pem");
  let pem = readIfThere(keyFile);
  if (pem === undefined) {
    const made = generateKeyPairSync("ed25519").privateKey.export({ format: "pem", type: "pkcs8" }) as string;
    writeWhole(keyFile, made, "first");
    pem = readFileSync(keyFile, "utf8");
  }
  const fileOf = (hash: string) => path.join(folder, `${hash}.checkpoint`);
  // Read anew each time: should two programs ever stand over one folder, each sees what the other cosigned.
  const seenByHash = (hash: string) => readIfThere(fileOf(hash));
  return {
    secret: createPrivateKey(pem),
    seen: (origin) => seenByHash(hashOf(origin)),
    seenByHash,
    keep: (origin, note) => writeWhole(fileOf(hashOf(origin)), note, "latest"),
  };
}

/** C2SP tlog-witness: hexadecimal SHA-256 of the origin. */
const hashOf = (origin: string): string => createHash("sha256").update(origin).digest("hex");

function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
}

/** "first" leaves a file alone that is there, "latest" takes its place. */
function writeWhole(file: string, text: string, which: "first" | "latest"): void {
  const beside = `${file}.${randomBytes(6).toString("hex")}`;
  const descriptor = openSync(beside, "wx", 0o600);
  try {
    writeSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  if (which === "latest") renameSync(beside, file);
  else {
    try {
      linkSync(beside, file);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    } finally {
      rmSync(beside, { force: true });
    }
  }
  if (process.platform === "win32") return;
  const parent = openSync(path.dirname(file), "r");
  try {
    fsyncSync(parent);
  } finally {
    closeSync(parent);
  }
}
