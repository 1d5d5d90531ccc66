/** Of the two forms of a signature over P-256 only the lower one leaves this house, in either encoding. */
import assert from "node:assert/strict";
import { createPublicKey, generateKeyPairSync, randomBytes, verify } from "node:crypto";
import { test } from "node:test";
import { derToRaw, isLow, rawToDer, signDer, signRaw, verifyRaw } from "../ecdsa.ts";

test("M-A5: four thousand signatures are strict DER, verify, and have s in the lower half; short numbers among them", () => {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = createPublicKey(privateKey);
  const lengths = new Set<number>();
  for (let nr = 0; nr < 4000; nr++) {
    const bytes = randomBytes(40);
    const der = signDer(privateKey, bytes);
    lengths.add(der.length);
    const raw = derToRaw(der);
    assert.ok(isLow(raw), der.toString("hex"));
    assert.ok(rawToDer(raw).equals(der), `in its one form: ${der.toString("hex")}`);
    assert.ok(verify("sha256", bytes, publicKey, der));
    assert.ok(verifyRaw(publicKey, bytes, raw));
  }
  assert.ok(lengths.size > 2, "numbers with zeros in front were among them");
  const bytes = randomBytes(40);
  assert.ok(isLow(signRaw(privateKey, bytes)));
});
