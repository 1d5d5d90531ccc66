import assert from "node:assert/strict";
import { test } from "node:test";
import { liftCades, signCades } from "../cades.ts";
import { LEVELS } from "../means.ts";
import { validate } from "../validate.ts";
import { certify, cmsOf, later, NOW, scene, tokenOf, wordAt, YEAR } from "./scene.ts";

const CONTENT = Buffer.from("Тиркелген документ\n");
const MINUTE = 60_000;

for (const level of LEVELS) {
  test(`a CAdES signature of level ${level} passes and says its level, signer and time`, async () => {
    const stage = scene();
    const { signer, means, trusted, clock } = stage;
    const basic = signCades(CONTENT, signer, { at: NOW });
    clock.now = later(NOW, MINUTE);
    const lifted = await liftCades(basic, { level, content: CONTENT }, means);
    // Level B and T carry no proofs: they come from what is at hand.
    const evidence = level === "B" || level === "T" ? await wordAt(stage, clock.now, signer.certificate) : [];
    const report = validate(lifted, { trusted: { ...trusted, evidence }, at: later(NOW, 2 * MINUTE), content: CONTENT });
    const [only] = report.signatures;
    assert.equal(report.indication, "TOTAL-PASSED", JSON.stringify(report, null, 1));
    assert.equal(only?.level, `CAdES-B-${level}`);
    assert.equal(only?.signer?.body, "Test state");
    assert.deepEqual(only?.claimedAt, NOW);
    assert.deepEqual(only?.provenAt, level === "B" ? undefined : later(NOW, MINUTE));
    assert.equal(only?.timeSource, level === "B" ? "claimed" : "stamp");
  });
}

test("M-A20: a signature stays good after its certificate ran out or was revoked, when a time stamp is older than that", async () => {
  const stage = scene();
  const { signer, means, trusted, clock, revoked } = stage;
  const basic = signCades(CONTENT, signer, { at: NOW });
  const lifted = await liftCades(basic, { level: "LTA", content: CONTENT }, means);
  const ask = async (bytes: Buffer, at: Date) => {
    const evidence = await wordAt(stage, at, signer.certificate);
    return validate(bytes, { trusted: { ...trusted, evidence }, at, content: CONTENT }).signatures[0]!;
  };
  assert.equal((await ask(lifted, later(NOW, 6 * YEAR))).indication, "TOTAL-PASSED");
  assert.equal((await ask(basic, later(NOW, 6 * YEAR))).reason, "certificate-expired");
  revoked.set(signer.certificate.serial, later(NOW, 30 * MINUTE));
  clock.now = later(NOW, 60 * MINUTE);
  const known = await ask(lifted, clock.now);
  assert.equal(known.indication, "TOTAL-PASSED");
  assert.deepEqual(known.status?.revokedAt, later(NOW, 30 * MINUTE));
  const late = await liftCades(basic, { level: "LT", content: CONTENT }, means);
  assert.equal((await ask(late, clock.now)).reason, "certificate-revoked");
  assert.equal((await ask(late, clock.now)).indication, "INDETERMINATE");
  const dishonest = await ask(signCades(CONTENT, signer, { at: later(NOW, 45 * MINUTE) }), clock.now);
  assert.equal(dishonest.reason, "signed-after-revocation");
  assert.equal(dishonest.indication, "TOTAL-FAILED");
});

test("M-A20: archive time stamps renewed before they age carry a signature over the life of several authorities", async () => {
  const stage = scene();
  const { signer, means, trusted, clock, authority } = stage;
  let file = await liftCades(signCades(CONTENT, signer, { at: NOW }), { level: "LTA", content: CONTENT }, means);
  const next = certify({
    name: "Time stamps 2",
    use: "stamp",
    issuer: authority,
    until: later(NOW, 12 * YEAR),
    kind: "p384",
  });
  const ask = async (bytes: Buffer, at: Date) => {
    const evidence = await wordAt(stage, at, next.certificate);
    return validate(bytes, { trusted: { ...trusted, evidence }, at, content: CONTENT });
  };
  const end = (await ask(file, NOW)).signatures[0]!.until!;
  assert.equal((await ask(file, later(end, -MINUTE))).indication, "TOTAL-PASSED");
  assert.equal((await ask(file, later(end, MINUTE))).indication, "INDETERMINATE");
  clock.now = later(end, -30 * 24 * 60 * MINUTE);
  const stamper = {
    ...means.stamper,
    certificate: next.certificate,
    stamp: (digest: Uint8Array) => tokenOf(next, digest, clock.now),
  };
  file = await liftCades(file, { level: "LTA", content: CONTENT }, { ...means, stamper });
  const renewed = await ask(file, later(end, MINUTE));
  assert.equal(renewed.indication, "TOTAL-PASSED");
  assert.equal(renewed.signatures[0]?.stamps.length, 3);
  assert.ok(renewed.signatures[0]!.until! > end);
});

for (const kind of ["p384", "rsa", "ed25519"] as const) {
  test(`a signature made elsewhere with a key of kind ${kind} is read`, async () => {
    const { authority, means, trusted } = scene();
    const holder = certify({ name: "elsewhere", use: "sign", issuer: authority, kind });
    const cms = cmsOf(holder, CONTENT);
    const evidence = [
      (await means.status.ocsp(holder.certificate, authority.certificate))!,
      (await means.status.revocationList(authority.certificate, trusted.roots[0]!))!,
    ];
    const ask = (bytes: Buffer) => validate(bytes, { trusted: { ...trusted, evidence }, at: NOW });
    assert.equal(ask(cms).reason, "good");
    const changed = Buffer.from(cms);
    changed[cms.indexOf(CONTENT) + 2]! ^= 1;
    assert.equal(ask(changed).reason, "content-changed");
  });
}
