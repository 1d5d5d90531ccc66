import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { cosign, writeCheckpoint } from "../../log/checkpoint.ts";
import { hashLeaf, treeRoot } from "../../log/merkle.ts";
import { noteKey, parseNote, parseSignatureLine, parseVerifierKey, signNote, writeVerifierKey } from "../../log/note.ts";
import { NOW, tempFolder } from "../fixture.ts";
import { missing, run } from "./program.ts";

const skip = missing("openssl");

test("openssl verifies the log's signature under a checkpoint and a witness's cosignature", { skip }, (t) => {
  const folder = tempFolder(t);
  const file = (name: string, content: string | Uint8Array): string => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  /** openssl is given nothing but the verifier key, the bytes signed and the signature. */
  const verify = (verifierKey: string, message: string, signature: Uint8Array) => {
    const pem = parseVerifierKey(verifierKey)!.key.export({ format: "pem", type: "spki" }) as string;
    const files = ["-inkey", file("key.pem", pem), "-in", file("message", message), "-sigfile", file("signature", signature)];
    return run("openssl", "pkeyutl", "-verify", "-pubin", "-rawin", ...files);
  };
  const log = generateKeyPairSync("ed25519");
  const key = noteKey("log.example/state", 1, log.publicKey);
  const root = treeRoot(Buffer.concat([hashLeaf(Buffer.from("a")), hashLeaf(Buffer.from("b"))]));
  const note = parseNote(signNote(writeCheckpoint({ origin: key.name, size: 2, root }), { key, secret: log.privateKey }))!;
  const good = verify(writeVerifierKey(key), note.text, note.signatures[0]!.bytes);
  assert.ok(good.ok, good.said);
  assert.equal(verify(writeVerifierKey(key), note.text.replace("\n2\n", "\n3\n"), note.signatures[0]!.bytes).ok, false);

  const witness = generateKeyPairSync("ed25519");
  const witnessKey = noteKey("witness.example/w", 4, witness.publicKey);
  const { bytes } = parseSignatureLine(cosign(note.text, NOW, { key: witnessKey, secret: witness.privateKey }).trimEnd())!;
  const message = `cosignature/v1\ntime ${NOW.getTime() / 1000}\n${note.text}`;
  const cosigned = verify(writeVerifierKey(witnessKey), message, bytes.subarray(8));
  assert.ok(cosigned.ok, cosigned.said);
  assert.equal(verify(writeVerifierKey(witnessKey), note.text, bytes.subarray(8)).ok, false);
});
