/** Reads a JWS for the judge. A header whose meaning is not known whole is refused, and so is an algorithm that is no signature. */
import { type Certificate, parseCertificate } from "../certificate.ts";
import { kindOf } from "../pki/algorithm.ts";
import { digestsOf, hashOf, isRawSignature, type RawKind, UnsupportedFault } from "./algorithm.ts";
import { reasonOfFault, stampOf } from "./cades-check.ts";
import { isList, isObject, JsonFault, type JsonObject, type JsonValue, readJson } from "./json.ts";
import type { FoundSignature } from "./judge.ts";
import { BY_HASH } from "./jws.ts";
import type { CoveredPart } from "./report.ts";

export type JwsQuestion = {
  readonly content?: Uint8Array | undefined;
  readonly files?: ReadonlyMap<string, Uint8Array> | undefined;
  /** Certificates at hand, for headers that name theirs by digest only. */
  readonly known?: readonly Certificate[];
};

/** RFC 7518, 3.1, RFC 8037 and RFC 9864. `none` and the codes with a shared key are no signatures. */
const ALGORITHMS: ReadonlyMap<string, RawKind> = new Map<string, RawKind>([
  ["ES256", { digest: "sha256", kinds: ["p256"] }],
  ["ES384", { digest: "sha384", kinds: ["p384"] }],
  ["ES512", { digest: "sha512", kinds: ["p521"] }],
  ["RS256", { digest: "sha256", kinds: ["rsa"] }],
  ["RS384", { digest: "sha384", kinds: ["rsa"] }],
  ["RS512", { digest: "sha512", kinds: ["rsa"] }],
  ["EdDSA", { digest: undefined, kinds: ["ed25519"] }],
  ["Ed25519", { digest: undefined, kinds: ["ed25519"] }],
]);
const UNDERSTOOD = new Set(["b64", "sigT", "sigD"]);
const MAX_CERTIFICATES = 16;

type Parts = {
  readonly header: string;
  readonly payload: string;
  readonly signature: string;
  readonly beside?: JsonObject | undefined;
};

export function readJws(bytes: Buffer, question: JwsQuestion): FoundSignature[] {
  const empty: FoundSignature = {
    name: "1",
    profile: "JAdES",
    companions: [],
    evidence: [],
    stamps: [],
    covers: { scope: "whole-file", parts: [] },
  };
  try {
    return [{ ...empty, ...readOne(partsIn(bytes.toString("latin1").trim()), question) }];
  } catch (thrown) {
    const fault = thrown instanceof JsonFault ? "malformed" : reasonOfFault(thrown);
    if (!fault) throw thrown;
    return [{ ...empty, fault }];
  }
}

function partsIn(text: string): Parts {
  if (!text.startsWith("{")) {
    const [header, payload, signature, ...rest] = text.split(".");
    if (!header || payload === undefined || !signature || rest.length > 0) throw new JsonFault("three parts expected");
    return { header, payload, signature };
  }
  const whole = readJson(text);
  if (!isObject(whole)) throw new JsonFault("object expected");
  const beside = whole.get("header");
  if ([...whole.keys()].some((key) => !["payload", "protected", "signature", "header"].includes(key))) {
    throw new UnsupportedFault("several signatures");
  }
  if (beside !== undefined && !isObject(beside)) throw new JsonFault("header expected");
  // Only words that add proofs may stand unsigned; one that steers the check may not (TS 119 182-1, 5.1.2).
  if (beside && [...beside.keys()].some((key) => key !== "etsiU")) throw new UnsupportedFault("unsigned header");
  return {
    header: stringIn(whole, "protected"),
    payload: stringIn(whole, "payload"),
    signature: stringIn(whole, "signature"),
    beside,
  };
}

const stringIn = (object: JsonObject, name: string): string => {
  const value = object.get(name);
  if (typeof value !== "string") throw new JsonFault(`${name} expected`);
  return value;
};

/** Base64url in its one form: no padding, no white space, no free bits (RFC 7515, 2). */
function fromUrl(text: string): Buffer {
  const bytes = Buffer.from(text, "base64url");
  if (bytes.toString("base64url") !== text) throw new JsonFault("not Base64");
  return bytes;
}

function fromBase64(value: JsonValue | undefined): Buffer {
  const bytes = Buffer.from(typeof value === "string" ? value : "", "base64");
  if (bytes.length === 0 || bytes.toString("base64") !== value) throw new JsonFault("not Base64");
  return bytes;
}

function readOne(parts: Parts, question: JwsQuestion): Omit<FoundSignature, "name" | "profile"> {
  const header = readJson(new TextDecoder("utf-8", { fatal: false }).decode(fromUrl(parts.header)));
  if (!isObject(header)) throw new JsonFault("header expected");
  checkCritical(header);
  const kind = ALGORITHMS.get(stringIn(header, "alg"));
  if (!kind) throw new UnsupportedFault("algorithm");
  const proofs = proofsIn(parts.beside);
  const certificates = [...listOf(header, "x5c").map(fromBase64).map(parseCertificate), ...proofs.certificates];
  const digest = stringIn(header, "x5t#S256");
  const named = Buffer.from(fromUrl(digest)).toString("hex");
  const certificate = [...certificates, ...(question.known ?? [])].find(({ fingerprint }) => fingerprint === named);
  const companions = certificates.filter((one) => one !== certificate);
  const base = {
    companions,
    evidence: proofs.evidence,
    stamps: [],
    covers: { scope: "whole-file" as const, parts: [] },
    ...timeIn(header),
  };
  const covered = coveredBy(header, parts, question);
  if (!covered) return { ...base, fault: "content-missing" };
  if (!certificate) return { ...base, fault: "certificate-missing" };
  const key = certificate.publicKey;
  if (!key || !kindOf(key)) throw new UnsupportedFault("key");
  const input = Buffer.concat([Buffer.from(`${parts.header}.`, "latin1"), covered.bytes]);
  // A signature over another body and one by another key look the same here; where digests are listed, they tell.
  if (!isRawSignature(key, kind, { bytes: input, signature: fromUrl(parts.signature) }))
    return { ...base, fault: "signature-mismatch" };
  if (!covered.isSame) return { ...base, fault: "content-changed" };
  const value = digestsOf(Buffer.from(parts.signature, "latin1"));
  const stamps = proofs.tokens.flatMap((token) => stampOf(token, "signature", value));
  return { ...base, certificate, stamps, covers: { scope: covered.scope, parts: covered.parts } };
}

/** Each word in `crit` is understood and is there; the words that change the meaning of the body are in `crit` (RFC 7797, 6). */
function checkCritical(header: JsonObject): void {
  const critical = listOf(header, "crit");
  if (header.has("crit") && critical.length === 0) throw new JsonFault("empty crit");
  if (new Set(critical).size !== critical.length) throw new JsonFault("crit with a name twice");
  for (const name of critical) {
    if (typeof name !== "string" || !UNDERSTOOD.has(name)) throw new UnsupportedFault("crit");
    if (!header.has(name)) throw new JsonFault("crit names what is not there");
  }
  for (const name of ["b64", "sigD"]) if (header.has(name) && !critical.includes(name)) throw new JsonFault("not in crit");
}

function listOf(object: JsonObject, name: string): readonly JsonValue[] {
  const value = object.get(name);
  if (value === undefined) return [];
  if (!isList(value) || value.length > MAX_CERTIFICATES * 64) throw new JsonFault("list expected");
  return value;
}

function timeIn(header: JsonObject): { claimedAt?: Date } {
  if (!header.has("sigT")) return {};
  const text = stringIn(header, "sigT");
  const at = new Date(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) || Number.isNaN(at.getTime())) throw new JsonFault("time");
  return { claimedAt: at };
}

type Covered = { bytes: Buffer; isSame: boolean; scope: "whole-file" | "parts"; parts: CoveredPart[] };

function coveredBy(header: JsonObject, { payload }: Parts, { content, files }: JwsQuestion): Covered | undefined {
  const listed = header.get("sigD");
  if (listed !== undefined) return payload === "" ? coveredFiles(listed, files) : undefined;
  const isPlain = header.get("b64") === false;
  if (header.has("b64") && typeof header.get("b64") !== "boolean") throw new JsonFault("b64");
  if (payload !== "" && isPlain) throw new UnsupportedFault("plain body inside");
  const inside = payload === "" ? undefined : fromUrl(payload);
  const body = inside ?? content;
  if (!body) return undefined;
  const isSame = !inside || !content || inside.equals(content);
  const bytes = isPlain ? Buffer.from(body) : Buffer.from(Buffer.from(body).toString("base64url"), "latin1");
  return { bytes, isSame, scope: "whole-file", parts: [{ name: "", sha256: hashOf("sha256", body).toString("hex") }] };
}

function coveredFiles(listed: JsonValue, files: JwsQuestion["files"]): Covered | undefined {
  if (!isObject(listed) || listed.get("mId") !== BY_HASH || listed.get("hashM") !== "S256") throw new UnsupportedFault("sigD");
  const [names, digests] = [listOf(listed, "pars"), listOf(listed, "hashV")];
  if (names.length === 0 || names.length !== digests.length || new Set(names).size !== names.length) throw new JsonFault("sigD");
  const parts = names.map((name, i) => {
    const digest = digests[i];
    if (typeof name !== "string" || typeof digest !== "string") throw new JsonFault("sigD");
    return { name, sha256: fromUrl(digest).toString("hex") };
  });
  if (!files || parts.some(({ name }) => !files.has(name))) return undefined;
  const isSame = parts.every(({ name, sha256 }) => hashOf("sha256", files.get(name)!).toString("hex") === sha256);
  return { bytes: Buffer.alloc(0), isSame, scope: "parts", parts };
}

type Proofs = { tokens: Buffer[]; certificates: Certificate[]; evidence: Buffer[] };

function proofsIn(beside: JsonObject | undefined): Proofs {
  const proofs: Proofs = { tokens: [], certificates: [], evidence: [] };
  for (const one of beside ? listOf(beside, "etsiU") : []) {
    if (!isObject(one)) throw new UnsupportedFault("etsiU");
    const [stamps, certificates, revocations] = ["sigTst", "xVals", "rVals"].map((name) => one.get(name));
    if (isObject(stamps)) proofs.tokens.push(...listOf(stamps, "tstTokens").map(valueIn));
    if (isList(certificates)) {
      const found = certificates
        .map((item) => (isObject(item) ? item.get("x509Cert") : undefined))
        .map((item) => valueIn(item ?? null));
      proofs.certificates.push(...found.map(parseCertificate));
    }
    if (isObject(revocations)) {
      proofs.evidence.push(...["crlVals", "ocspVals"].flatMap((name) => listOf(revocations, name)).map(valueIn));
    }
  }
  return proofs;
}

const valueIn = (value: JsonValue): Buffer => {
  if (!isObject(value)) throw new JsonFault("value expected");
  return fromBase64(value.get("val"));
};
