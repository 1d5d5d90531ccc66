import assert from "node:assert/strict";
import { cpSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { openTestDatabase } from "@kerege/kernel/testing";
import { parseRevocationList } from "../crl.ts";
import { toPem } from "../issue.ts";
import { checkCeremony, holdCeremony, renewAuthority, signRootList } from "../pki/ceremony.ts";
import { openKey } from "../pki/key-file.ts";
import { missing, run } from "./conformance/program.ts";
import { plainPdf, SIGNING, tempFolder } from "./fixture.ts";
import { migrateTrust } from "./log-scene.ts";
import { ceremonyWords, newKeyPair, OFFICER, PERSON, PLACES, pkiOver, requestFor } from "./pki-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

const phrase = "correct horse battery";
const participants = [
  { name: "Асанова Айгүл", role: "төрага" },
  { name: "Асанов Бакыт", role: "күбө" },
];
const whole = () => new Date(Math.floor(Date.now() / 1000) * 1000);

function held(t: Parameters<typeof tempFolder>[0]) {
  const folder = path.join(tempFolder(t), "ceremony");
  const at = whole();
  const act = { folder, participants, phrase, at, words: ceremonyWords };
  const record = holdCeremony({ ...act, country: "KG", stateName: "Үлгү мамлекети", places: PLACES });
  const read = (...names: string[]) => readFileSync(path.join(folder, ...names));
  return { folder, at, act, record, read };
}

test("M-A5: what a ceremony made is carried to a server that signs, issues and answers without the key of the root", async (t) => {
  const { folder, record } = held(t);
  const dataFolder = tempFolder(t);
  cpSync(path.join(folder, "servers"), dataFolder, { recursive: true });
  assert.deepEqual(
    readdirSync(dataFolder, { recursive: true, encoding: "utf8" }).filter((name) => /root.*key/.test(name)),
    [],
  );
  const scene = pkiOver(t, shared.database, { folder: dataFolder, at: new Date(Date.now() + 2000) });
  const { door, hierarchy, trust } = scene;
  assert.equal(hierarchy.root.certificate.fingerprint, record.fingerprints.root);
  const pdf = trust.signPdf(plainPdf(), trust.signer({ code: "registry", name: "Registry" }), {
    ...SIGNING,
    at: scene.clock.now(),
  });
  assert.ok(trust.checkPdf(pdf).valid);
  const issued = await door.issue(OFFICER, {
    kind: "person-signing",
    holder: PERSON,
    request: requestFor(newKeyPair().privateKey),
  });
  const path3 = [issued.certificate, ...door.status.issuers(issued.certificate)];
  assert.equal(path3.at(-1)!.fingerprint, record.fingerprints.root);
  assert.ok(door.stamper.stamp(Buffer.alloc(32)).length > 1000);
  rmSync(path.join(dataFolder, "authority", "people"), { recursive: true });
  const without = pkiOver(t, shared.database, { folder: dataFolder });
  const order = { kind: "person-signing" as const, holder: PERSON, request: requestFor(newKeyPair().privateKey) };
  await assert.rejects(without.door.issue(OFFICER, order), { code: "trust.unknown-authority" }, "nothing is made in silence");
  await scene.pki.close();
});

test("openssl accepts the paths of a ceremony with its list, opens its key with the phrase and checks its record", {
  skip: missing("openssl"),
}, (t) => {
  const { folder, read, at } = held(t);
  const file = (name: string, content: string | Buffer) => {
    writeFileSync(path.join(folder, name), content);
    return path.join(folder, name);
  };
  const place = (name: string) => path.join(folder, "servers", "authority", name, "certificate.pem");
  const list = file("list.pem", toPem("X509 CRL", read("servers", "authority", "root", "list.der")));
  for (const name of ["bodies", "people", "companies"]) {
    const at2 = String(Math.floor(at.getTime() / 1000) + 1);
    const said = run(
      "openssl",
      "verify",
      "-x509_strict",
      "-crl_check_all",
      "-attime",
      at2,
      "-CRLfile",
      list,
      "-CAfile",
      place("root"),
      place(name),
    );
    assert.ok(said.ok, said.said);
  }
  const keyFile = path.join(folder, "offline", "root-key.pem");
  const right = run(
    "openssl",
    "pkey",
    "-in",
    keyFile,
    "-passin",
    `pass:${phrase}`,
    "-pubout",
    "-out",
    path.join(folder, "root.pub"),
  );
  assert.ok(right.ok, right.said);
  assert.equal(run("openssl", "pkey", "-in", keyFile, "-passin", "pass:wrong", "-noout").ok, false);
  const json = readdirSync(path.join(folder, "record")).find((name) => name.endsWith(".json"))!;
  const record = path.join(folder, "record", json);
  const checked = run(
    "openssl",
    "dgst",
    "-sha256",
    "-verify",
    path.join(folder, "root.pub"),
    "-signature",
    record.replace(/json$/, "sig"),
    record,
  );
  assert.match(checked.said, /Verified OK/);
});

test("a record names people, steps, fingerprints and the hash of every file, and each names the one before", (t) => {
  const { folder, act, at, record, read } = held(t);
  assert.deepEqual(record.participants, participants);
  assert.equal(record.steps.length, 7);
  assert.equal(record.steps[0], "Тамырдын ачкычы жасалды.");
  assert.equal(Object.keys(record.files).length, 8);
  const later = (seconds: number) => new Date(at.getTime() + seconds * 1000);
  signRootList({ ...act, at: later(60) });
  renewAuthority({ ...act, at: later(120) }, "people");
  const revoked = signRootList({ ...act, at: later(180) }, [{ authority: "companies", reason: "authority-compromise" }]);
  const list = parseRevocationList(read("servers", "authority", "root", "list.der"));
  assert.deepEqual([...list.reasons.values()], ["authority-compromise"]);
  assert.equal(revoked.revoked.length, 1);
  const { records } = checkCeremony(folder);
  assert.deepEqual(
    records.map(({ act: one }) => one),
    ["ceremony", "list", "renewal", "list"],
  );
  assert.match(
    read("record", readdirSync(path.join(folder, "record")).find((name) => name.endsWith(".md"))!).toString(),
    /Асанова Айгүл/,
  );
  assert.equal(statSync(path.join(folder, "offline", "root-key.pem")).mode & 0o077, 0);
});

test("a ceremony of one person, with a short phrase, into a used folder, or with a wrong phrase makes nothing", (t) => {
  const folder = path.join(tempFolder(t), "ceremony");
  const plan = {
    folder,
    participants,
    words: ceremonyWords,
    phrase,
    at: whole(),
    country: "KG",
    stateName: "Үлгү",
    places: PLACES,
  };
  const unfit = (why: string) => ({ code: "trust.unfit-ceremony", params: { why } });
  assert.throws(() => holdCeremony({ ...plan, participants: participants.slice(0, 1) }), unfit("participants"));
  assert.throws(
    () => holdCeremony({ ...plan, participants: [participants[0]!, { ...participants[0]!, role: "күбө" }] }),
    unfit("participants"),
  );
  assert.throws(() => holdCeremony({ ...plan, participants: [...participants, { name: "C", role: "" }] }), unfit("participants"));
  assert.throws(() => holdCeremony({ ...plan, phrase: "short" }), unfit("phrase"));
  assert.throws(() => holdCeremony({ ...plan, country: "kg" }), unfit("country"));
  assert.deepEqual(readdirSync(path.dirname(folder)), []);
  holdCeremony(plan);
  assert.throws(() => holdCeremony(plan), unfit("folder"));
  const wrong = { ...plan, at: new Date(plan.at.getTime() + 60_000), phrase: "another phrase" };
  assert.throws(() => signRootList(wrong), { code: "trust.no-signing-key" });
  assert.equal(checkCeremony(folder).records.length, 1);
  assert.equal(openKey(readFileSync(path.join(folder, "offline", "root-key.pem"), "utf8"), "another phrase"), undefined);
});

for (const [what, spoil] of [
  ["a record with another name in it", (folder: string) => edit(folder, "json", (text) => text.replace("Бакыт", "Башка"))],
  ["a record without its signature", (folder: string) => rmSync(recordIn(folder, "sig"))],
  ["another certificate", (folder: string) => cpSync(authorityIn(folder, "people"), authorityIn(folder, "bodies"))],
  [
    "another key of an authority",
    (folder: string) => writeFileSync(authorityIn(folder, "bodies").replace("certificate", "key"), "x"),
  ],
] as const) {
  test(`a check of the folder finds ${what}`, (t) => {
    const { folder } = held(t);
    assert.equal(checkCeremony(folder).records.length, 1);
    spoil(folder);
    assert.throws(() => checkCeremony(folder), { code: "trust.unfit-ceremony" });
  });
}

test("a record that was taken out is missed", (t) => {
  const { folder, act, at } = held(t);
  signRootList({ ...act, at: new Date(at.getTime() + 60_000) });
  signRootList({ ...act, at: new Date(at.getTime() + 120_000) });
  const middle = readdirSync(path.join(folder, "record"))
    .filter((name) => name.endsWith(".json"))
    .sort()[1]!;
  rmSync(path.join(folder, "record", middle));
  assert.throws(() => checkCeremony(folder), { code: "trust.unfit-ceremony" });
});

const recordIn = (folder: string, kind: string): string =>
  path.join(folder, "record", readdirSync(path.join(folder, "record")).find((name) => name.endsWith(`.${kind}`))!);
const authorityIn = (folder: string, name: string): string => path.join(folder, "servers", "authority", name, "certificate.pem");

function edit(folder: string, kind: string, change: (text: string) => string): void {
  const file = recordIn(folder, kind);
  const text = readFileSync(file, "utf8");
  assert.notEqual(change(text), text);
  writeFileSync(file, change(text));
}
