import assert from "node:assert/strict";
import { test } from "node:test";
import { flattenedVerify, importX509 } from "jose";
import { toPem } from "../../issue.ts";
import { signJws, signJwsFiles } from "../jws.ts";
import { validate } from "../validate.ts";
import { NOW, scene, wordAt } from "./scene.ts";

const BODY = Buffer.from('{"төлөм":1200}');
const FILES = [{ name: "a.txt", content: Buffer.from("a"), mediaType: "text/plain" }];
const CRIT = { crit: { sigT: true, sigD: true } };

for (const level of ["B", "T", "LT"] as const) {
  test(`a detached JWS of level ${level} passes, jose reads it too, and neither accepts another body`, async () => {
    const stage = scene();
    const { signer, means, trusted } = stage;
    const signed = await signJws(BODY, signer, { at: NOW, contentType: "application/json", level, means });
    const evidence = await wordAt(stage, NOW, signer.certificate);
    const ask = (content: Buffer) => validate(Buffer.from(signed), { trusted: { ...trusted, evidence }, at: NOW, content });
    const report = ask(BODY);
    assert.equal(report.reason, "good");
    assert.equal(report.signatures[0]?.level, `JAdES-B-${level}`);
    assert.deepEqual(report.signatures[0]?.claimedAt, NOW);
    assert.equal(ask(Buffer.from('{"төлөм":9200}')).indication, "TOTAL-FAILED");
    assert.equal(validate(Buffer.from(signed), { trusted, at: NOW }).reason, "content-missing");
    const key = await importX509(toPem("CERTIFICATE", signer.certificate.der), "ES256");
    const parts = level === "B" ? signed.split(".") : [JSON.parse(signed).protected, "", JSON.parse(signed).signature];
    const flat = (payload: Buffer) => flattenedVerify({ protected: parts[0], payload, signature: parts[2] }, key, CRIT);
    assert.equal((await flat(BODY)).protectedHeader?.alg, "ES256");
    await assert.rejects(flat(Buffer.from("{}")));
  });
}

test("a JWS over files by their digests passes with the files and fails with another one", async () => {
  const stage = scene();
  const { signer, trusted } = stage;
  const signed = await signJwsFiles(FILES, signer, { at: NOW });
  const evidence = await wordAt(stage, NOW, signer.certificate);
  const ask = (text: string) =>
    validate(Buffer.from(signed), { trusted: { ...trusted, evidence }, at: NOW, files: new Map([["a.txt", Buffer.from(text)]]) });
  assert.equal(ask("a").reason, "good");
  assert.equal(ask("b").reason, "content-changed");
  const key = await importX509(toPem("CERTIFICATE", signer.certificate.der), "ES256");
  const [header, , signature] = signed.split(".");
  const read = await flattenedVerify({ protected: header!, payload: "", signature: signature! }, key, CRIT);
  assert.equal((read.protectedHeader as { sigD?: { pars: string[] } }).sigD?.pars[0], "a.txt");
});
