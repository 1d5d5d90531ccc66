/** A security key in software (WebAuthn 3, 6), for tests: answers as a device does, and wrongly where it is told to. */
import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from "node:crypto";

export interface Wrongly {
  origin?: string;
  party?: string;
  /** Without asking its holder. */
  unverified?: boolean;
  counter?: number;
  challenge?: string;
  userHandle?: string;
  /** Bytes of the signature are changed. */
  damaged?: boolean;
}

export interface SoftKey {
  id: string;
  create(options: Creation, wrongly?: Wrongly): string;
  get(options: { challenge: string }, wrongly?: Wrongly): string;
  counter: number;
}

interface Creation {
  challenge: string;
  user: { id: string };
}

const USER_PRESENT = 1;
const USER_VERIFIED = 4;
const ATTESTED = 64;

/** CBOR (RFC 8949) of the few kinds that are needed. */
function cbor(value: number | string | Buffer | Map<number | string, unknown> | unknown): Buffer {
  const head = (major: number, size: number) =>
    size < 24
      ? Buffer.from([(major << 5) | size])
      : size < 256
        ? Buffer.from([(major << 5) | 24, size])
        : Buffer.from([(major << 5) | 25, size >> 8, size & 255]);
  if (typeof value === "number") return value >= 0 ? head(0, value) : head(1, -1 - value);
  if (typeof value === "string") return Buffer.concat([head(3, Buffer.byteLength(value)), Buffer.from(value)]);
  if (Buffer.isBuffer(value)) return Buffer.concat([head(2, value.length), value]);
  const entries = [...(value as Map<number | string, unknown>)];
  return Buffer.concat([head(5, entries.length), ...entries.flatMap(([key, one]) => [cbor(key), cbor(one)])]);
}

export function createSoftKey(place: { origin: string; party: string }): SoftKey {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const id = randomBytes(16);
  let handle = "";
  const key: SoftKey = { id: id.toString("base64url"), counter: 0, create, get };
  const client = (type: string, challenge: string, wrongly: Wrongly) =>
    Buffer.from(
      JSON.stringify({
        type,
        // A browser reads the challenge as bytes and writes it anew.
        challenge: wrongly.challenge ?? Buffer.from(challenge, "base64url").toString("base64url"),
        origin: wrongly.origin ?? place.origin,
        crossOrigin: false,
      }),
    );
  const authenticator = (flags: number, wrongly: Wrongly, more = Buffer.alloc(0)) => {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(wrongly.counter ?? ++key.counter);
    const party = createHash("sha256")
      .update(wrongly.party ?? place.party)
      .digest();
    const asked = USER_PRESENT | (wrongly.unverified ? 0 : USER_VERIFIED);
    return Buffer.concat([party, Buffer.from([flags | asked]), counter, more]);
  };
  function create(options: Creation, wrongly: Wrongly = {}): string {
    handle = options.user.id;
    const { x, y } = publicKey.export({ format: "jwk" });
    const cose = cbor(
      new Map<number, unknown>([
        [1, 2],
        [3, -7],
        [-1, 1],
        [-2, Buffer.from(x!, "base64url")],
        [-3, Buffer.from(y!, "base64url")],
      ]),
    );
    const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, cose]);
    const attestation = new Map<string, unknown>([
      ["fmt", "none"],
      ["attStmt", new Map()],
      ["authData", authenticator(ATTESTED, wrongly, attested)],
    ]);
    return written({
      clientDataJSON: client("webauthn.create", options.challenge, wrongly),
      attestationObject: cbor(attestation),
    });
  }
  function get(options: { challenge: string }, wrongly: Wrongly = {}): string {
    const clientData = client("webauthn.get", options.challenge, wrongly);
    const authenticatorData = authenticator(0, wrongly);
    const signature = signed(privateKey, [authenticatorData, createHash("sha256").update(clientData).digest()]);
    if (wrongly.damaged) signature[signature.length - 1]! ^= 1;
    const userHandle = Buffer.from(wrongly.userHandle ?? handle, "base64url");
    return written({ clientDataJSON: clientData, authenticatorData, signature, userHandle });
  }
  const written = (response: Record<string, Buffer>) =>
    JSON.stringify({
      id: key.id,
      rawId: key.id,
      type: "public-key",
      response: Object.fromEntries(Object.entries(response).map(([name, bytes]) => [name, bytes.toString("base64url")])),
      clientExtensionResults: {},
    });
  return key;
}

function signed(key: KeyObject, parts: Buffer[]): Buffer {
  return sign("sha256", Buffer.concat(parts), key);
}
