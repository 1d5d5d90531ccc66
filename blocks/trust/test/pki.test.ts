import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Problem } from "@kerege/kernel/problem";
import { openTestDatabase } from "@kerege/kernel/testing";
import { parseRevocationList } from "../crl.ts";
import { listAddressesOf, policiesOf } from "../pki/extension.ts";
import { readOcsp } from "../pki/ocsp-read.ts";
import { validatePath } from "../pki/path.ts";
import type { Holder } from "../pki/profile.ts";
import { BODY, tempFolder } from "./fixture.ts";
import { migrateTrust } from "./log-scene.ts";
import { COMPANY, newKeyPair, OFFICER, PERSON, pkiOver, requestFor } from "./pki-scene.ts";

const codeIs = (code: string) => (fault: unknown) => fault instanceof Problem && fault.code === code;

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

const order = (holder: Holder = PERSON) => ({
  kind: "person-signing" as const,
  holder,
  request: requestFor(newKeyPair().privateKey),
});

test("M-A5: a person's certificate is given, suspended, taken up again, revoked; list, responder, acts and events say the same", async (t) => {
  const { door, told, hierarchy, clock } = pkiOver(t, shared.database);
  const people = hierarchy.authority("people").certificate;
  const { serial, certificate, chain } = await door.issue(OFFICER, order());
  assert.equal(certificate.name.serialNumber, "PNOKG-20503199001234");
  assert.deepEqual(chain, [people]);
  assert.deepEqual(policiesOf(certificate), ["2.999.1.4"]);
  const said = async () => {
    const list = parseRevocationList((await door.status.revocationList(certificate, people))!, { partial: true });
    const answer = readOcsp((await door.status.ocsp(certificate, people))!).answers[0]!.status;
    assert.deepEqual(list.partition, listAddressesOf(certificate));
    assert.equal(list.revoked.has(serial), answer.state === "revoked");
    assert.equal(
      list.reasons.get(serial),
      answer.state === "revoked" && answer.reason !== "unspecified" ? answer.reason : undefined,
    );
    return { number: list.number!, state: answer.state, row: (await door.find(serial))!.state };
  };
  const good = await said();
  assert.deepEqual([good.state, good.row], ["good", "good"]);
  clock.advance(1000);
  await door.suspend(OFFICER, { serial });
  const held = await said();
  assert.deepEqual([held.state, held.row], ["revoked", "held"]);
  await assert.rejects(door.suspend(OFFICER, { serial }), codeIs("trust.settled-certificate"));
  await door.resume(OFFICER, { serial });
  const again = await said();
  assert.deepEqual([again.state, again.row], ["good", "good"]);
  clock.advance(1000);
  await door.revoke(OFFICER, { serial, reason: "key-compromise" });
  const revoked = await said();
  assert.deepEqual([revoked.state, revoked.row], ["revoked", "revoked"]);
  const numbers = [good, held, again, revoked].map(({ number }) => number);
  assert.ok(
    numbers.every((one, i) => i === 0 || one > numbers[i - 1]!),
    `${numbers}`,
  );
  await assert.rejects(door.resume(OFFICER, { serial }), codeIs("trust.settled-certificate"));
  await assert.rejects(door.revoke(OFFICER, { serial: "4a4a" }), codeIs("trust.unknown-certificate"));
  const acts = await door.acts(serial);
  assert.deepEqual(
    acts.map(({ act }) => act),
    ["issued", "held", "resumed", "revoked"],
  );
  assert.deepEqual(
    told.map(({ type }) => type),
    acts.map(({ act }) => `trust.certificate-${act}`),
  );
  assert.ok(acts.every(({ actor }) => actor === "official:certification/officer/20101199001234"));
});

test("a new certificate comes with a new key; the old one stays good", async (t) => {
  const { door } = pkiOver(t, shared.database);
  const first = await door.issue(OFFICER, order());
  const second = await door.renew(OFFICER, { ...order(), serial: first.serial });
  assert.notEqual(second.serial, first.serial);
  const own = await door.ofHolder("20503199001234");
  assert.ok([first.serial, second.serial].every((serial) => own.some((one) => one.serial === serial && one.state === "good")));
  const other = { ...PERSON, pin: "10101198005678" } as Holder;
  await assert.rejects(door.renew(OFFICER, { ...order(other), serial: first.serial }), codeIs("trust.settled-certificate"));
});

test("a seal of a body is in the table too, and revoked in one place it is revoked in all", async (t) => {
  const scene = pkiOver(t, shared.database);
  const { trust, door, pki, authority } = scene;
  const seal = trust.signer({ ...BODY, code: "seal-in-table" });
  await pki.prepare();
  const bodies = scene.hierarchy.authority("bodies").certificate;
  assert.equal((await door.find(seal.certificate.serial))?.state, "good");
  await door.suspend(OFFICER, { serial: seal.certificate.serial });
  assert.equal(parseRevocationList(trust.revocationList("bodies")).reasons.get(seal.certificate.serial), "hold");
  await door.resume(OFFICER, { serial: seal.certificate.serial });
  assert.equal(parseRevocationList(trust.revocationList("bodies")).revoked.size, 0);
  authority.revoke(seal.certificate.serial);
  pki.sealRevoked(seal.certificate.serial);
  await pki.close();
  const answer = readOcsp((await door.status.ocsp(seal.certificate, bodies))!).answers[0]!.status;
  assert.equal(answer.state, "revoked");
});

test("what was revoked by its file while no server ran is revoked in the table at the next start", async (t) => {
  const folder = tempFolder(t);
  const before = pkiOver(t, shared.database, { folder });
  const seal = before.trust.signer({ ...BODY, code: "revoked-by-file" });
  before.trust.revoke(seal.certificate.serial);
  const after = pkiOver(t, shared.database, { folder });
  await after.pki.prepare();
  assert.equal((await after.door.find(seal.certificate.serial))?.state, "revoked");
});

test("an organisation has an authority of its own that issues for its people and for nobody else", async (t) => {
  const { door } = pkiOver(t, shared.database);
  const official = {
    type: "official" as const,
    id: "m-1",
    surname: "Асанов",
    givenName: "Бакыт",
    post: "Директор",
    employer: { type: "organization" as const, ...COMPANY },
  };
  const issue = (holder: Holder) =>
    door.issue(OFFICER, { kind: "official-signing", holder, request: requestFor(newKeyPair().privateKey) });
  await assert.rejects(issue(official), codeIs("trust.unknown-authority"));
  const opened = await door.openVirtual(OFFICER, COMPANY);
  assert.equal((await door.openVirtual(OFFICER, COMPANY)).serial, opened.serial, "made once");
  const issued = await issue(official);
  assert.deepEqual(
    issued.chain.map(({ name }) => name.commonName),
    [COMPANY.name, "Demonstration authority for companies"],
  );
  assert.deepEqual(
    door.status.issuers(issued.certificate).map(({ pathLength }) => pathLength),
    [0, 1, undefined],
  );
  const renamed = { ...official, employer: { ...official.employer, name: "Other" } };
  await assert.rejects(issue(renamed), codeIs("trust.unfit-subject"));
  for (const code of ["../people", "", "a".repeat(70), "x\u0000"])
    await assert.rejects(door.openVirtual(OFFICER, { code, name: "A" }), codeIs("trust.unfit-subject"), code);
});

test("two machines at once publish lists whose numbers never meet", async (t) => {
  const folder = tempFolder(t);
  const [one, two] = [pkiOver(t, shared.database, { folder }), pkiOver(t, shared.database, { folder })];
  const issued = await one.door.issue(OFFICER, order());
  const people = one.hierarchy.authority("people").certificate;
  const seen = new Map<bigint, string>();
  for (let round = 0; round < 4; round++) {
    await (round % 2 === 0 ? one.door.suspend : one.door.resume)(OFFICER, { serial: issued.serial });
    for (const der of await Promise.all(
      [one, two, one, two].map(({ door }) => door.status.revocationList(issued.certificate, people)),
    )) {
      const { number } = parseRevocationList(der!, { partial: true });
      assert.ok((seen.get(number!) ?? der!.toString("hex")) === der!.toString("hex"), "one number, one list");
      seen.set(number!, der!.toString("hex"));
      const { revoked } = parseRevocationList(der!, { partial: true });
      assert.equal(revoked.has(issued.serial), round % 2 === 0, "nobody gives out the list before");
    }
  }
  assert.equal(seen.size, 4);
});

test("invented partitions are not signed for whoever asks", async (t) => {
  const { pki } = pkiOver(t, shared.database);
  for (const name of ["people-9-1", "people-16-16", "people-16-99", "org-1", "nobody", "people-0016-1"])
    assert.equal(await pki.lists.list(name), undefined, name);
  assert.ok(await pki.lists.list("people-16-15"));
});

test("without an address certificates name the one list of their authority and nothing on the network", async (t) => {
  const { door } = pkiOver(t, shared.database, { places: { address: undefined, arc: "2.999", qualified: "no" } });
  const { certificate, serial } = await door.issue(OFFICER, order());
  assert.deepEqual(listAddressesOf(certificate), []);
  assert.equal((await door.find(serial))?.list, "people");
});

test("certificates of the services of the installation stand in the table as well, and say what each service is for", async (t) => {
  const { door, pki, hierarchy } = pkiOver(t, shared.database);
  const people = hierarchy.authority("people").certificate;
  const { certificate } = await door.issue(OFFICER, order());
  const answer = readOcsp((await door.status.ocsp(certificate, people))!);
  const [responder] = answer.certificates;
  const stamping = door.stamper.certificate;
  await pki.close();
  for (const [one, kind, purpose] of [
    [responder!, "ocsp", "ocsp"],
    [stamping, "time-stamp", "stamp"],
    [pki.services.listSigner().certificate, "trusted-list", "list"],
  ] as const) {
    await pki.close();
    assert.equal((await door.find(one.serial))?.kind, kind);
    const roots = [hierarchy.root.certificate];
    const path = { leaf: one, companions: door.status.issuers(one), roots, at: new Date() };
    assert.ok(validatePath({ ...path, purpose }).valid, kind);
    assert.equal(validatePath({ ...path, purpose: "sign" }).valid, false, `${kind} signs no documents`);
  }
  assert.ok(responder!.notAfter.getTime() - Date.now() <= 90 * 86_400_000);
});
