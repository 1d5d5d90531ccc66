/**
 * Keys in hardware, by PKCS#11 (OASIS, version 2.40). The package pkcs11js is optional and loaded only here. It runs in this thread:
 * a caller of a synchronous `sign` would wait for a worker just the same, and what signs here is a ceremony in a process of its own, or an
 * authority a few times a second. Responder and time stamper sign thousands of times a second and have keys in files.
 */
import { createHash, createPublicKey, type KeyObject } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { bits, contentOf, oid, read, sequence, TAG } from "../der.ts";
import { ECDSA_SHA256, lowered, rawToDer } from "../ecdsa.ts";
import { trustProblem } from "../problems.ts";
import type { SigningKey } from "./signing-key.ts";

export type TokenPlace = {
  /** The library of the maker, e.g. /usr/lib/softhsm/libsofthsm2.so. */
  readonly module: string;
  /** Label of the token. */
  readonly token: string;
  readonly pin: string;
  /** Label of the key on it. */
  readonly key: string;
  /** Folder of the package pkcs11js where it does not lie beside this program. */
  readonly package?: string | undefined;
};

export type TokenKey = SigningKey & { close(): void };

/** The few calls of pkcs11js that are used; handles are opaque. */
type Attribute = { type: number; value?: unknown };
type Library = {
  load(file: string): void;
  close(): void;
  C_Initialize(): void;
  C_Finalize(): void;
  C_GetSlotList(present: boolean): Buffer[];
  C_GetTokenInfo(slot: Buffer): { label: string };
  C_OpenSession(slot: Buffer, flags: number): Buffer;
  C_CloseSession(session: Buffer): void;
  C_Login(session: Buffer, user: number, pin: string): void;
  C_FindObjectsInit(session: Buffer, template: Attribute[]): void;
  C_FindObjects(session: Buffer, most: number): Buffer[];
  C_FindObjectsFinal(session: Buffer): void;
  C_GetAttributeValue(session: Buffer, object: Buffer, template: Attribute[]): { type: number; value: Buffer }[];
  C_GenerateKeyPair(
    session: Buffer,
    mechanism: { mechanism: number },
    publicTemplate: Attribute[],
    privateTemplate: Attribute[],
  ): { publicKey: Buffer; privateKey: Buffer };
  C_SignInit(session: Buffer, mechanism: { mechanism: number }, key: Buffer): void;
  C_Sign(session: Buffer, bytes: Buffer, into: Buffer): Buffer;
};

/** Numbers of PKCS#11, pkcs11t.h. */
const CK = { rw: 2, serial: 4, user: 1, publicKey: 2, privateKey: 3, ecKeyPairGen: 0x1040, ecdsa: 0x1041 } as const;
const CKA = {
  class: 0,
  token: 1,
  private: 2,
  label: 3,
  id: 0x102,
  sensitive: 0x103,
  sign: 0x108,
  verify: 0x10a,
  extractable: 0x162,
  ecParams: 0x180,
  ecPoint: 0x181,
} as const;
const P256 = oid("1.2.840.10045.3.1.7");

/** Throws `trust.no-pkcs11` when the package is not installed. */
async function loadLibrary(folder: string | undefined): Promise<Library> {
  // By a name that is no literal: the package is none of our dependencies.
  const name = folder ? pathToFileURL(path.resolve(folder, "index.js")).href : ["pkcs11", "js"].join("");
  try {
    const loaded = (await import(name)) as { PKCS11?: new () => Library; default?: { PKCS11: new () => Library } };
    const Maker = loaded.PKCS11 ?? loaded.default?.PKCS11;
    if (Maker) return new Maker();
  } catch (cause) {
    throw trustProblem("no-pkcs11", { cause });
  }
  throw trustProblem("no-pkcs11");
}

/**
 * The P-256 key of that label on the token, made there when `make` says so and there is none; it cannot be taken out. Throws
 * `trust.no-pkcs11`, `trust.no-signing-key`.
 */
export async function openTokenKey(place: TokenPlace, { make = false } = {}): Promise<TokenKey> {
  const library = await loadLibrary(place.package);
  try {
    library.load(place.module);
    library.C_Initialize();
    const slot = library.C_GetSlotList(true).find((one) => library.C_GetTokenInfo(one).label.trim() === place.token);
    if (!slot) throw new RangeError("no such token");
    const session = library.C_OpenSession(slot, CK.rw | CK.serial);
    library.C_Login(session, CK.user, place.pin);
    const found = find(library, session, place.key) ?? (make ? generate(library, session, place.key) : undefined);
    if (!found) throw new RangeError("no such key");
    return keyOver(library, session, found);
  } catch (cause) {
    library.close();
    // What a token says may hold the PIN: the cause is for the log of a developer, the sentence names the place only.
    throw trustProblem("no-signing-key", { params: { place: `${place.token}/${place.key}` }, cause });
  }
}

type Pair = { publicKey: Buffer; privateKey: Buffer };

function find(library: Library, session: Buffer, label: string): Pair | undefined {
  const one = (kind: number): Buffer | undefined => {
    library.C_FindObjectsInit(session, [
      { type: CKA.class, value: kind },
      { type: CKA.label, value: label },
    ]);
    const objects = library.C_FindObjects(session, 2);
    library.C_FindObjectsFinal(session);
    if (objects.length > 1) throw new RangeError("two keys of one label");
    return objects[0];
  };
  const [publicKey, privateKey] = [one(CK.publicKey), one(CK.privateKey)];
  return publicKey && privateKey && { publicKey, privateKey };
}

function generate(library: Library, session: Buffer, label: string): Pair {
  const named = [
    { type: CKA.token, value: true },
    { type: CKA.label, value: label },
    { type: CKA.id, value: createHash("sha256").update(label).digest().subarray(0, 8) },
  ];
  return library.C_GenerateKeyPair(
    session,
    { mechanism: CK.ecKeyPairGen },
    [...named, { type: CKA.verify, value: true }, { type: CKA.ecParams, value: P256 }],
    [
      ...named,
      { type: CKA.private, value: true },
      { type: CKA.sensitive, value: true },
      { type: CKA.extractable, value: false },
      { type: CKA.sign, value: true },
    ],
  );
}

function keyOver(library: Library, session: Buffer, { publicKey, privateKey }: Pair): TokenKey {
  const [point] = library.C_GetAttributeValue(session, publicKey, [{ type: CKA.ecPoint }]);
  return {
    publicKey: pointKey(point!.value),
    algorithm: ECDSA_SHA256,
    sign(bytes) {
      library.C_SignInit(session, { mechanism: CK.ecdsa }, privateKey);
      const digest = createHash("sha256").update(bytes).digest();
      return rawToDer(lowered(Buffer.from(library.C_Sign(session, digest, Buffer.alloc(64)))));
    },
    close() {
      library.C_CloseSession(session);
      library.C_Finalize();
      library.close();
    },
  };
}

/** CKA_EC_POINT is an OCTET STRING around the uncompressed point. */
function pointKey(value: Buffer): KeyObject {
  const point = contentOf(read(value), TAG.octets);
  const spki = sequence(sequence(oid("1.2.840.10045.2.1"), P256), bits(point));
  return createPublicKey({ key: spki, format: "der", type: "spki" });
}
