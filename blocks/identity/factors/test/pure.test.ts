import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { test } from "node:test";
import { newActivationCode, newRecoveryCode, readActivationCode, readRecoveryCode } from "../activation-code.ts";
import { toBase32 } from "../base32.ts";
import { readIdentifier, veil } from "../identifier.ts";
import { levelOf, type Method, reaches } from "../level.ts";
import { createPasswords, passwordFault } from "../password.ts";
import { acceptedStep, newTotpSecret, stepAt, totpAddress, totpAt } from "../totp.ts";

const noOathtool = spawnSync("oathtool", ["--version"]).error ? "oathtool is not installed (Debian package oathtool)" : false;

test("M-A4: codes of an app are those that oathtool makes (RFC 6238)", { skip: noOathtool }, () => {
  for (let round = 0; round < 25; round++) {
    const secret = newTotpSecret();
    const at = new Date(Date.UTC(2026, 0, 1) + round * 86_400_000 * 37);
    const said = execFileSync("oathtool", [
      "--totp",
      `--now=${at.toISOString().replace("T", " ").slice(0, 19)} UTC`,
      "-b",
      toBase32(secret),
    ]);
    assert.equal(totpAt(secret, stepAt(at)), said.toString().trim());
  }
});

test("M-A4: codes of an app as RFC 6238, appendix B, has them", () => {
  const secret = Buffer.from("12345678901234567890");
  for (const [seconds, code] of [
    [59, "94287082"],
    [1111111109, "07081804"],
    [20000000000, "65353130"],
  ] as const)
    assert.equal(totpAt(secret, stepAt(new Date(seconds * 1000))), code.slice(2));
});

test("abuse 9: a code of an app is accepted once, and none before it afterwards", () => {
  const secret = newTotpSecret();
  const at = new Date("2026-11-22T06:00:10Z");
  const now = stepAt(at);
  assert.equal(acceptedStep(secret, totpAt(secret, now), { at, last: 0 }), now);
  assert.equal(acceptedStep(secret, totpAt(secret, now), { at, last: now }), undefined);
  assert.equal(acceptedStep(secret, totpAt(secret, now - 1), { at, last: now }), undefined);
  assert.equal(acceptedStep(secret, totpAt(secret, now + 1), { at, last: now }), now + 1);
  for (const far of [-2, 2]) assert.equal(acceptedStep(secret, totpAt(secret, now + far), { at, last: 0 }), undefined);
  for (const none of ["", "12345", "1234567", "abcdef", "١٢٣٤٥٦"])
    assert.equal(acceptedStep(secret, none, { at, last: 0 }), undefined);
});

test("the address for an app holds its key and no personal number", () => {
  const address = totpAddress(randomBytes(20), { issuer: "Кереге", label: "ab12" });
  assert.match(address, /^otpauth:\/\/totp\/[^?]+\?secret=[A-Z2-7]{32}&issuer=/);
  assert.doesNotMatch(address, /\d{12}/);
});

test("abuse 11: a slip of the hand in an activation code is found before anything is looked up", () => {
  for (let round = 0; round < 200; round++) {
    const code = newActivationCode();
    const plain = readActivationCode(code);
    assert.equal(plain?.length, 13);
    assert.equal(readActivationCode(code.toLowerCase().replaceAll("-", " ")), plain);
    const at = round % 12;
    const other = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"].find((symbol) => symbol !== plain![at])!;
    assert.equal(readActivationCode(plain!.slice(0, at) + other + plain!.slice(at + 1)), undefined);
    const swapped =
      plain!.slice(0, at) +
      plain!
        .slice(at, at + 2)
        .split("")
        .reverse()
        .join("") +
      plain!.slice(at + 2);
    if (swapped !== plain && at < 11) assert.equal(readActivationCode(swapped), undefined);
  }
  assert.equal(readRecoveryCode(newRecoveryCode())?.length, 10);
  for (const none of ["", "x", "A".repeat(13), "0".repeat(40)]) assert.equal(readActivationCode(none), undefined);
});

test("M-A4: the level follows from what was shown and from how the identity was confirmed", () => {
  const of = (confirmed: boolean, ...methods: Method[]) => levelOf({ confirmed, methods });
  assert.equal(of(true, "pwd"), "simple");
  assert.equal(of(true, "otp"), "simple");
  assert.equal(of(true, "pwd", "otp", "mfa"), "substantial");
  assert.equal(of(true, "pwd", "kba", "mfa"), "substantial");
  assert.equal(of(true, "hwk"), "substantial");
  assert.equal(of(true, "hwk", "user", "mfa"), "high");
  for (const shown of [["pwd"], ["pwd", "otp", "mfa"], ["hwk", "user", "mfa"]] as Method[][])
    assert.equal(of(false, ...shown), "simple", "a claimed number stays simple, whatever is shown");
  assert.equal(reaches("demo", "substantial"), true);
  assert.equal(reaches("demo", "high"), false);
  assert.equal(reaches("simple", "substantial"), false);
});

test("M-A4: a password is measured by its length and by how many others use it", () => {
  const of = (password: string) => passwordFault(password, { words: ["Асанов", "21205199001234"] });
  for (const fine of ["three calm yaks", "тынч жайлоодо үч топоз", "x7#kd0_qPz", "🐎".repeat(5) + "бозоола"])
    assert.equal(of(fine), undefined, fine);
  for (const short of ["", "short", "ninechars"]) assert.equal(of(short), "too-short");
  assert.equal(of("yak ".repeat(60)), "too-long");
  for (const common of [
    "qwertyuiop",
    "bishkek2026",
    "Password123!",
    "1234567890",
    "aaaaaaaaaaaa",
    "abababababab",
    "парольпароль",
    "асанов1990",
    "21205199001234",
    "qwertyuiop[",
  ])
    assert.equal(of(common), "too-common", common);
});

test("M-A4: a password fits its own hash under its own pepper only, and no hash tells two equal passwords", async () => {
  const [passwords, others] = [createPasswords(randomBytes(32)), createPasswords(randomBytes(32))];
  const [one, two] = await Promise.all([passwords.hash("three calm yaks"), passwords.hash("three calm yaks")]);
  assert.notEqual(one, two);
  assert.equal(await passwords.fits("three calm yaks", one), true);
  assert.equal(await passwords.fits("three calm yak", one), false);
  assert.equal(await others.fits("three calm yaks", one), false);
  assert.equal(await passwords.fits("three calm yaks", undefined), false);
  // Composed and decomposed letters are one password.
  assert.equal(await passwords.fits("й".normalize("NFD").repeat(10), await passwords.hash("й".repeat(10))), true);
  await Promise.all([passwords.close(), others.close()]);
});

test("what names an account is read in one written form", () => {
  assert.deepEqual(readIdentifier(" 21205 1990 01234 "), { kind: "pin", pin: "21205199001234" });
  assert.deepEqual(readIdentifier("Aida@Example.ORG"), { kind: "mail", address: "aida@example.org" });
  assert.deepEqual(readIdentifier("+996 (700) 12-34-56"), { kind: "phone", address: "+996700123456" });
  for (const none of ["", "x", "123", "a@b", "a b@c.org", "@c.org", "+0123456789", "a@b.c\n", "'; --"])
    assert.equal(readIdentifier(none), undefined, none);
  assert.equal(veil({ kind: "mail", address: "aida@example.org" }), "a…@example.org");
  assert.equal(veil({ kind: "phone", address: "+996700123456" }), "+996…56");
});
