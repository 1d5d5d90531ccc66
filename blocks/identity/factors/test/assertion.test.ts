/** What an authenticator says is believed exactly where the library believes it, and never more. */
import assert from "node:assert/strict";
import { createHash, generateKeyPairSync, type KeyObject, sign } from "node:crypto";
import { test } from "node:test";
import { verifyAuthenticationResponse } from "@simplewebauthn/server";
import { believeAssertion } from "../assertion.ts";
import { readCoseKey } from "../cose-key.ts";

const ORIGIN = "https://portal.example";
const RP = "portal.example";
const CHALLENGE = Buffer.from("a challenge of some bytes").toString("base64url");
const sha = (bytes: Buffer | string) => createHash("sha256").update(bytes).digest();
const ID = "AAAAAAAAAAAAAAAAAAAAAA";

interface SoftKey {
  cose: Buffer;
  privateKey: KeyObject;
  hash: "sha256" | null;
}

const bytesOf = (text: string | undefined) => Buffer.from(text ?? "", "base64url");
/** A byte string of CBOR. */
const string = (bytes: Buffer) => {
  const { length } = bytes;
  const head = length < 24 ? [0x40 + length] : length < 256 ? [0x58, length] : [0x59, length >> 8, length & 255];
  return Buffer.concat([Buffer.from(head), bytes]);
};

const keys: Record<string, () => SoftKey> = {
  ES256() {
    const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const { x, y } = publicKey.export({ format: "jwk" });
    const parts = [
      Buffer.from("a5010203262001", "hex"),
      Buffer.from("21", "hex"),
      string(bytesOf(x)),
      Buffer.from("22", "hex"),
      string(bytesOf(y)),
    ];
    return { cose: Buffer.concat(parts), privateKey, hash: "sha256" };
  },
  EdDSA() {
    const { publicKey, privateKey } = generateKeyPairSync("ed25519");
    const { x } = publicKey.export({ format: "jwk" });
    return {
      cose: Buffer.concat([Buffer.from("a4010103272006", "hex"), Buffer.from("21", "hex"), string(bytesOf(x))]),
      privateKey,
      hash: null,
    };
  },
  RS256() {
    const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const { n, e } = publicKey.export({ format: "jwk" });
    const parts = [Buffer.from("a401030339010020", "hex"), string(bytesOf(n)), Buffer.from("21", "hex"), string(bytesOf(e))];
    return { cose: Buffer.concat(parts), privateKey, hash: "sha256" };
  },
};

interface Made {
  client?: Record<string, unknown>;
  flags?: number;
  counter?: number;
  rp?: string;
  /** Behind the 37 bytes that are always there. */
  tail?: Buffer;
  /** Changes the answer after it was signed. */
  spoil?(answer: Answer): void;
}

interface Answer {
  id: unknown;
  rawId: unknown;
  type: unknown;
  response: Record<string, unknown>;
  clientExtensionResults: object;
}

function answerOf({ privateKey, hash }: SoftKey, made: Made = {}): Answer {
  const client = Buffer.from(JSON.stringify({ type: "webauthn.get", challenge: CHALLENGE, origin: ORIGIN, ...made.client }));
  const counter = Buffer.alloc(4);
  counter.writeUInt32BE(made.counter ?? 7);
  const device = Buffer.concat([sha(made.rp ?? RP), Buffer.from([made.flags ?? 5]), counter, made.tail ?? Buffer.alloc(0)]);
  const signature = sign(hash, Buffer.concat([device, sha(client)]), privateKey);
  const response = { clientDataJSON: client, authenticatorData: device, signature };
  const answer: Answer = {
    ...{ id: ID, rawId: ID, type: "public-key", clientExtensionResults: {} },
    response: Object.fromEntries(Object.entries(response).map(([name, part]) => [name, part.toString("base64url")])),
  };
  made.spoil?.(answer);
  return answer;
}

const byUs = (soft: SoftKey, answer: Answer, counter: number) => {
  const key = readCoseKey(soft.cose);
  assert.ok(key);
  const believed = believeAssertion(answer, { challenge: CHALLENGE, origin: ORIGIN, siteHash: sha(RP), key, counter });
  return believed && { counter: believed.counter, backedUp: believed.backedUp };
};
async function byLibrary(soft: SoftKey, answer: Answer, counter: number) {
  try {
    const { verified, authenticationInfo } = await verifyAuthenticationResponse({
      response: answer as never,
      ...{ expectedChallenge: CHALLENGE, expectedOrigin: ORIGIN, expectedRPID: RP, requireUserVerification: true },
      credential: { id: ID, publicKey: new Uint8Array(soft.cose), counter },
    });
    return verified ? { counter: authenticationInfo.newCounter, backedUp: authenticationInfo.credentialBackedUp } : undefined;
  } catch {
    return undefined;
  }
}

const EMPTY_EXTENSIONS = Buffer.from([0xa0]);
const cases: [name: string, made: Made, kept?: number][] = [
  ["as it should be", {}],
  ["no counter on either side", { counter: 0 }, 0],
  ["a counter that goes on", { counter: 8 }, 7],
  ["the same counter", { counter: 7 }, 7],
  ["a lower counter", { counter: 6 }, 7],
  ["no counter where there was one", { counter: 0 }, 7],
  ["the highest counter", { counter: 0xffffffff }, 7],
  ["made for a registration", { client: { type: "webauthn.create" } }],
  ["another challenge", { client: { challenge: "AAAA" } }],
  ["a challenge that is no text", { client: { challenge: 1 } }],
  ["another page", { client: { origin: "https://portal.example.evil" } }],
  ["a page with a port", { client: { origin: `${ORIGIN}:444` } }],
  ["another site", { rp: "evil.example" }],
  ["a top page where there is no frame", { client: { topOrigin: "https://evil.example" } }],
  ["a frame of another page", { client: { crossOrigin: true, topOrigin: "https://evil.example" } }],
  ["extensions", { flags: 5 | 128, tail: EMPTY_EXTENSIONS }],
  ["extensions that are not there", { flags: 5 | 128 }],
  ["bytes behind the end", { tail: Buffer.from([0]) }],
  ["an id written otherwise", { spoil: (answer) => Object.assign(answer, { rawId: "AAAA" }) }],
  ["no id", { spoil: (answer) => Object.assign(answer, { id: "", rawId: "" }) }],
  ["another type", { spoil: (answer) => Object.assign(answer, { type: "password" }) }],
  ["a handle that is no text", { spoil: ({ response }) => Object.assign(response, { userHandle: 5 }) }],
  ["no signature", { spoil: ({ response }) => Object.assign(response, { signature: "" }) }],
  ["data that are none", { spoil: ({ response }) => Object.assign(response, { authenticatorData: 5 }) }],
  ["a client that is no text", { spoil: ({ response }) => Object.assign(response, { clientDataJSON: {} }) }],
  ["no answer inside", { spoil: (answer) => Object.assign(answer, { response: undefined }) }],
];

for (const [name, make] of Object.entries(keys)) {
  test(`M-A4: ${name}: each answer is believed exactly where the library believes it`, async () => {
    const soft = make();
    let believed = 0;
    const same = async (what: string, made: Made, kept = 3) => {
      const answer = answerOf(soft, made);
      const [ours, theirs] = [byUs(soft, answer, kept), await byLibrary(soft, answer, kept)];
      assert.deepEqual(ours, theirs, what);
      if (ours) believed++;
    };
    for (const [what, made, kept] of cases) await same(what, made, kept);
    assert.ok(believed >= 4, "good answers are believed");
    // Every combination of flags; those that say that more bytes follow come with none and with an empty map.
    for (let flags = 0; flags < 256; flags++)
      for (const tail of [Buffer.alloc(0), EMPTY_EXTENSIONS]) await same(`flags ${flags}, ${tail.length}`, { flags, tail });
  });

  test(`M-A4: ${name}: a bit changed anywhere after the signature is refused, as is a key of somebody else`, () => {
    const soft = make();
    const good = answerOf(soft);
    assert.ok(byUs(soft, good, 3));
    for (const part of ["clientDataJSON", "authenticatorData", "signature"]) {
      const bytes = Buffer.from(String(good.response[part]), "base64url");
      for (let bit = 0; bit < bytes.length * 8; bit++) {
        const changed = Buffer.from(bytes);
        changed[bit >> 3]! ^= 1 << (bit & 7);
        const answer = { ...good, response: { ...good.response, [part]: changed.toString("base64url") } };
        assert.equal(byUs(soft, answer, 3), undefined, `${part} ${bit}`);
      }
    }
    assert.equal(byUs(make(), good, 3), undefined);
  });

  test(`${name}: a key with a byte changed, cut or added is another key or none, and ends nothing`, () => {
    const { cose } = make();
    const whole = readCoseKey(cose)!;
    for (let at = 0; at < cose.length; at++) {
      for (const change of [1, 0x80, 0xff]) {
        const changed = Buffer.from(cose);
        changed[at]! ^= change;
        const read = readCoseKey(changed);
        assert.ok(read === undefined || !read.key.equals(whole.key), `${at} ${change}`);
      }
      assert.equal(readCoseKey(cose.subarray(0, at)), undefined);
    }
    assert.equal(readCoseKey(Buffer.concat([cose, Buffer.from([0])])), undefined);
  });
}

test("M-A4: in two things more is asked than the library asks: no frame of another page, and one way of writing", async () => {
  const soft = keys.EdDSA!();
  // 64 bytes are 86 letters and two signs that say nothing.
  const padded: Made = { spoil: ({ response }) => Object.assign(response, { signature: `${response.signature}==` }) };
  for (const made of [{ client: { crossOrigin: true } }, padded]) {
    const answer = answerOf(soft, made);
    assert.ok(await byLibrary(soft, answer, 3));
    assert.equal(byUs(soft, answer, 3), undefined);
  }
});

test("what is no answer at all is refused and ends nothing", () => {
  const soft = keys.EdDSA!();
  const key = readCoseKey(soft.cose)!;
  const expected = { challenge: CHALLENGE, origin: ORIGIN, siteHash: sha(RP), key, counter: 0 };
  for (const nonsense of [undefined, null, 1, "", [], {}, { response: [] }, { id: ID, rawId: ID, type: "public-key" }])
    assert.equal(believeAssertion(nonsense, expected), undefined);
  const client = Buffer.from("[1]").toString("base64url");
  const answer = answerOf(soft, { spoil: ({ response }) => Object.assign(response, { clientDataJSON: client }) });
  assert.equal(believeAssertion(answer, expected), undefined);
});
