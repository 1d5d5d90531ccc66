import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createIds } from "@kerege/kernel/id";
import { createJobs } from "@kerege/kernel/jobs";
import { silentLog } from "@kerege/kernel/log";
import { openTestDatabase } from "@kerege/kernel/testing";
import { createSigner } from "../../signer.ts";
import { BODY, plainPdf } from "../../test/fixture.ts";
import { migrateTrust } from "../../test/log-scene.ts";
import { newKeyPair, OFFICER, PERSON, pkiOver, requestFor } from "../../test/pki-scene.ts";
import { signAsic } from "../asic.ts";
import { liftCades, signCades } from "../cades.ts";
import { signJws } from "../jws.ts";
import { signPadesAt } from "../pades-sign.ts";
import { nextRenewal } from "../renew.ts";
import { createSigning, type KeptFile } from "../signing.ts";
import { signXml } from "../xades-sign.ts";

const DAY = 86_400_000;
const CONTENT = Buffer.from("Өтүнмө");

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

async function opened(t: Parameters<typeof pkiOver>[0]) {
  const { door, trust, clock } = pkiOver(t, shared.database);
  const { database } = shared;
  const jobs = createJobs({ database, clock, ids: createIds(() => clock.now().getTime()), log: silentLog });
  const signing = createSigning({
    ...{ clock, jobs, database, log: silentLog },
    anchors: trust.anchors,
    stamper: () => door.stamper,
    status: door.status,
  });
  const { privateKey } = newKeyPair();
  const order = { kind: "person-signing" as const, holder: PERSON, request: requestFor(privateKey) };
  const { serial, certificate, chain } = await door.issue(OFFICER, order);
  const person = createSigner({ certificate, chain, key: privateKey });
  return { pki: door, trust, clock, serial, person, signing: signing.door };
}

test("M-A5: a person's signature of any format and level is good here, and says who, when and how surely", async (t) => {
  const { person, signing, clock, trust } = await opened(t);
  const means = signing.levels;
  const at = clock.now();
  const pdf = { at, reason: "Өтүнмө", name: "Айгүл Асанова", means };
  const files = [{ name: "a.txt", content: CONTENT, mediaType: "text/plain" }];
  const made: [string, Buffer | string, Uint8Array?][] = [
    ["PAdES-B-B", await signPadesAt(plainPdf(), person, pdf)],
    ["PAdES-B-LTA", await signPadesAt(plainPdf(), person, { ...pdf, level: "LTA" })],
    ["CAdES-B-B", signCades(CONTENT, person, { at }), CONTENT],
    ["CAdES-B-LTA", await liftCades(signCades(CONTENT, person, { at }), { level: "LTA", content: CONTENT }, means), CONTENT],
    ["XAdES-B-LTA", await signXml(Buffer.from("<act>1</act>"), person, { at, level: "LTA", means })],
    ["XAdES-B-LT", await signAsic(files, person, { at, level: "LT", means })],
    ["JAdES-B-T", await signJws(CONTENT, person, { at, level: "T", means }), CONTENT],
    ["PAdES-B-T", await signPadesAt(plainPdf(), trust.signer(BODY), { ...pdf, level: "T" })],
  ];
  for (const [level, file, content] of made) {
    const report = await signing.validate(Buffer.from(file), content && { content });
    const [only] = report.signatures;
    assert.equal(report.reason, "good", level);
    assert.equal(only?.level, level);
    assert.deepEqual(only?.claimedAt?.getTime(), Math.floor(at.getTime() / 1000) * 1000);
    assert.equal(only?.timeSource, level.endsWith("-B") ? "claimed" : "stamp");
    assert.equal(only?.signer?.kind, level === "PAdES-B-T" ? "body" : "person");
    assert.equal(only?.signer?.name, level === "PAdES-B-T" ? BODY.name : "Айгүл Асанова");
  }
});

test("M-A5: a revoked certificate spoils what is not stamped, and nothing that was stamped before", async (t) => {
  const { person, signing, clock, serial, pki } = await opened(t);
  const basic = signCades(CONTENT, person, { at: clock.now(), isDetached: false });
  const stamped = await liftCades(basic, { level: "T" }, signing.levels);
  clock.advance(60_000);
  await pki.revoke(OFFICER, { serial, reason: "key-compromise" });
  clock.advance(60_000);
  assert.equal((await signing.validate(basic)).reason, "certificate-revoked");
  const kept = await signing.validate(stamped);
  assert.equal(kept.reason, "good");
  assert.ok(kept.signatures[0]?.status?.revokedAt);
});

test("M-A20: the walk over kept files renews those whose proof ends, each once, and tells when to look again", async (t) => {
  const { person, signing, clock } = await opened(t);
  const at = clock.now();
  const basic = await signPadesAt(plainPdf(), person, { at, reason: "", name: "A", means: signing.levels });
  const cms = await liftCades(signCades(CONTENT, person, { at }), { level: "LT" }, signing.levels);
  const changed = Buffer.from(basic);
  changed[30]! ^= 1;
  const kept = [
    { file: basic, due: at, renewals: 0 },
    { file: cms, content: CONTENT, due: at, renewals: 0 },
    { file: changed, due: at, renewals: 0 },
  ];
  signing.renewing.register({
    name: "kept",
    next: async (before) =>
      kept
        .filter(({ due }) => due <= before)
        .map(
          (one): KeptFile => ({
            ...one,
            done: async ({ renewed, lookAgain }) => {
              if (renewed) Object.assign(one, { file: renewed, renewals: one.renewals + 1 });
              one.due = lookAgain ?? new Date(8.64e15);
            },
          }),
        ),
  });
  assert.equal(await signing.renewing.walk(), 0);
  assert.equal(await signing.renewing.walk(), 0);
  const [first] = (await signing.validate(basic)).signatures;
  const end = first!.until!;
  while (clock.now().getTime() < end.getTime() - 120 * DAY) {
    clock.advance(80 * DAY);
    await signing.renewing.walk();
  }
  assert.equal(kept[0]!.renewals, 1);
  assert.equal(kept[2]!.renewals, 0);
  // Past the end of the signer's certificate the renewed file is still good, the one as it was is not.
  clock.advance(end.getTime() - clock.now().getTime() + DAY);
  assert.equal((await signing.validate(kept[0]!.file)).reason, "good");
  assert.equal((await signing.validate(basic)).reason, "certificate-expired");
  assert.ok(nextRenewal(await signing.validate(kept[0]!.file))!.until > end);
});
