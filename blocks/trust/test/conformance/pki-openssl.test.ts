import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, test } from "node:test";
import { openTestDatabase } from "@kerege/kernel/testing";
import { writeRevocationList } from "../../crl.ts";
import { toPem } from "../../issue.ts";
import type { Holder, Kind } from "../../pki/profile.ts";
import { migrateTrust } from "../log-scene.ts";
import { COMPANY, newKeyPair, OFFICER, PERSON, pkiOver, requestFor, type Scene, serverOf } from "../pki-scene.ts";
import { missing, run, runAsync } from "./program.ts";

const skip = missing("openssl");

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

const employer = { type: "organization", ...COMPANY } as const;
const body = { type: "body", code: "civil-registry", name: "Каттоо кызматы" } as const;
const who = { surname: "Асанов", givenName: "Бакыт", post: "Адис" };
const HOLDERS: [Kind, Holder][] = [
  ["body-seal", body],
  ["official-signing", { type: "official", id: "o-1", ...who, employer: body }],
  ["official-authentication", { type: "official", id: "o-1", ...who, employer: body }],
  ["person-signing", PERSON],
  ["person-authentication", PERSON],
  ["organization-seal", employer],
  ["official-signing", { type: "official", id: "m-1", ...who, employer }],
  ["system", { type: "system", id: "s-1", name: "Exchange", owner: employer }],
];

const issue = async ({ door }: Scene, kind: Kind, holder: Holder) => {
  if (holder === HOLDERS[6]![1] || holder === HOLDERS[7]![1]) await door.openVirtual(OFFICER, COMPANY);
  const dns = kind === "system" ? ["exchange.example"] : undefined;
  return door.issue(OFFICER, { kind, holder, request: requestFor(newKeyPair().privateKey), ...(dns && { dns }) });
};

/** Every list that the checker needs for a way to the root, as PEM. */
async function listsFor(
  { door, hierarchy, file }: Scene,
  certificate: Parameters<typeof door.status.issuers>[0],
): Promise<string> {
  const path = [certificate, ...door.status.issuers(certificate)];
  const lists = await Promise.all(path.slice(0, -1).map((one, i) => door.status.revocationList(one, path[i + 1]!)));
  assert.ok(hierarchy.root.key);
  return file("lists.pem", lists.map((der) => toPem("X509 CRL", der!)).join(""));
}

test("M-A5: openssl accepts every kind of certificate by the letter of RFC 5280, partitioned lists and all", {
  skip,
}, async (t) => {
  const scene = pkiOver(t, shared.database);
  const root = scene.pem("root.pem", [scene.hierarchy.root.certificate]);
  for (const [kind, holder] of HOLDERS) {
    const { serial, certificate, chain } = await issue(scene, kind, holder);
    const leaf = scene.pem("leaf.pem", [certificate]);
    const chained = scene.pem("chain.pem", chain);
    const verify = async (...more: string[]) =>
      run(
        "openssl",
        "verify",
        "-x509_strict",
        "-crl_check_all",
        ...more,
        "-CRLfile",
        await listsFor(scene, certificate),
        "-CAfile",
        root,
        "-untrusted",
        chained,
        leaf,
      );
    const good = await verify("-policy_check");
    assert.ok(good.ok, `${kind}: ${good.said}`);
    await scene.door.revoke(OFFICER, { serial, reason: "superseded" });
    const revoked = await verify();
    assert.ok(!revoked.ok && /certificate revoked/.test(revoked.said), `${kind}: ${revoked.said}`);
  }
});

test("openssl refuses a name that a virtual authority may not issue for", { skip }, async (t) => {
  const scene = pkiOver(t, shared.database);
  await scene.door.openVirtual(OFFICER, COMPANY);
  const by = scene.hierarchy.authority(`org-${COMPANY.code}`);
  const { certify, subjectOf } = await import("../../pki/profile.ts");
  const { writeSubject } = await import("../../pki/subject.ts");
  const { parseCertificate } = await import("../../certificate.ts");
  const order = {
    kind: "person-signing" as const,
    publicKey: newKeyPair().publicKey,
    issuer: { name: by.name, subject: by.certificate.subject, key: by.key },
    notBefore: scene.hierarchy.startOf(),
    notAfter: by.certificate.notAfter,
    list: by.name,
  };
  const foreign = parseCertificate(certify({ ...order, subject: writeSubject(subjectOf(PERSON, "KG")) }, scene.pki.places));
  const said = run(
    "openssl",
    "verify",
    "-x509_strict",
    "-CAfile",
    scene.pem("root.pem", [scene.hierarchy.root.certificate]),
    "-untrusted",
    scene.pem("chain.pem", by.chain),
    scene.pem("leaf.pem", [foreign]),
  );
  assert.ok(!said.ok && /permitted subtree violation/.test(said.said), said.said);
});

test("openssl asks our responder over HTTP: good, held, revoked, unknown, with nonce", { skip }, async (t) => {
  const scene = pkiOver(t, shared.database);
  const app = await serverOf(t, scene);
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const root = scene.pem("root.pem", [scene.hierarchy.root.certificate]);
  const { serial, certificate } = await issue(scene, "person-signing", PERSON);
  const issuer = scene.pem("issuer.pem", [scene.hierarchy.authority("people").certificate]);
  const leaf = scene.pem("leaf.pem", [certificate]);
  const ask = (...which: string[]) =>
    runAsync(
      "openssl",
      "ocsp",
      "-issuer",
      issuer,
      ...which,
      "-url",
      `${address}/trust/ocsp`,
      "-CAfile",
      root,
      "-verify_other",
      issuer,
      "-nonce",
    );
  for (const hash of ["-sha1", "-sha256"]) {
    const good = await ask(hash, "-cert", leaf);
    assert.match(good.said, /Response verify OK/);
    assert.match(good.said, /leaf.pem: good/);
    assert.doesNotMatch(good.said, /no nonce|Nonce Verify error/);
  }
  await scene.door.suspend(OFFICER, { serial });
  assert.match((await ask("-cert", leaf)).said, /revoked\s[\s\S]*certificateHold/);
  await scene.door.revoke(OFFICER, { serial, reason: "key-compromise" });
  assert.match((await ask("-cert", leaf)).said, /revoked\s[\s\S]*keyCompromise/);
  assert.match((await ask("-serial", "0x4a4b4c")).said, /0x4a4b4c: unknown/);
});

test("openssl verifies our time stamps by data and by query, over HTTP", { skip }, async (t) => {
  const scene = pkiOver(t, shared.database);
  const app = await serverOf(t, scene);
  const address = await app.listen({ host: "127.0.0.1", port: 0 });
  const content = scene.file("content", "stamped");
  const query = `${content}.tsq`;
  const root = scene.pem("root.pem", [scene.hierarchy.root.certificate]);
  const chain = scene.pem("chain.pem", scene.pki.stamper().chain);
  const ask = async (...options: string[]) => {
    const made = run("openssl", "ts", "-query", "-data", content, ...options, "-out", query);
    assert.ok(made.ok, made.said);
    const reply = await fetch(`${address}/trust/tsa`, {
      method: "POST",
      headers: { "content-type": "application/timestamp-query" },
      body: readFileSync(query),
    });
    assert.equal(reply.headers.get("content-type"), "application/timestamp-reply");
    return scene.file("reply.tsr", Buffer.from(await reply.arrayBuffer()));
  };
  const verify = (reply: string, ...by: string[]) =>
    run("openssl", "ts", "-verify", "-in", reply, ...by, "-CAfile", root, "-untrusted", chain);
  for (const hash of ["-sha256", "-sha384", "-sha512"]) {
    const reply = await ask(hash, "-cert", "-tspolicy", "2.999.2.1");
    for (const by of [
      ["-data", content],
      ["-queryfile", query],
    ]) {
      const said = verify(reply, ...by);
      assert.match(said.said, /Verification: OK/, `${hash} ${by[0]}`);
    }
    const other = verify(reply, "-data", scene.file("other", "another"));
    assert.match(other.said, /Verification: FAILED/);
  }
  const text = run("openssl", "ts", "-reply", "-in", await ask("-sha256", "-cert"), "-text");
  assert.match(text.said, /Accuracy: 0x01 seconds/);
  for (const [options, failure] of [
    [["-md5"], /unrecognized or unsupported algorithm/],
    [["-sha1"], /unrecognized or unsupported algorithm/],
    [["-sha256", "-tspolicy", "1.2.3.4"], /requested TSA policy is not supported/],
  ] as const) {
    const said = run("openssl", "ts", "-reply", "-in", await ask(...options), "-text");
    assert.match(said.said, failure, said.said);
  }
});

test("openssl reads a token made in this process as it lies in a signature", { skip }, async (t) => {
  const scene = pkiOver(t, shared.database);
  const { createHash } = await import("node:crypto");
  const token = scene.door.stamper.stamp(createHash("sha256").update("stamped").digest());
  assert.ok(token.length <= scene.door.stamper.longest);
  const said = run(
    "openssl",
    "ts",
    "-verify",
    "-token_in",
    "-in",
    scene.file("token.der", token),
    "-data",
    scene.file("content", "stamped"),
    "-CAfile",
    scene.pem("root.pem", [scene.hierarchy.root.certificate]),
    "-untrusted",
    scene.pem("chain.pem", scene.door.stamper.chain),
  );
  assert.match(said.said, /Verification: OK/);
});

test("openssl makes requests that we read, and checks those that we make", { skip }, async (t) => {
  const scene = pkiOver(t, shared.database);
  const ours = scene.file("ours.csr", requestFor(newKeyPair().privateKey, { subject: [["commonName", "Асанова Айгүл"]] }));
  const checked = run("openssl", "req", "-inform", "DER", "-in", ours, "-verify", "-noout");
  assert.ok(checked.ok, checked.said);
  for (const key of ["ec:P-256", "ec:P-384", "ed25519", "rsa:2048"]) {
    const [type, curve] = key.split(":") as [string, string?];
    const options =
      type === "ec"
        ? ["-algorithm", "EC", "-pkeyopt", `ec_paramgen_curve:${curve}`]
        : type === "rsa"
          ? ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"]
          : ["-algorithm", "ED25519"];
    const keyFile = scene.file("key.pem", "");
    assert.ok(run("openssl", "genpkey", ...options, "-out", keyFile).ok, key);
    const csr = `${keyFile}.csr`;
    const made = run("openssl", "req", "-new", "-utf8", "-key", keyFile, "-subj", "/C=KG/CN=Асанова Айгүл", "-out", csr);
    assert.ok(made.ok, made.said);
    const issued = await scene.door.issue(OFFICER, {
      kind: "person-signing",
      holder: PERSON,
      request: readFileSync(csr, "utf8"),
    });
    const said = run(
      "openssl",
      "verify",
      "-x509_strict",
      "-CAfile",
      scene.pem("root.pem", [scene.hierarchy.root.certificate]),
      "-untrusted",
      scene.pem("chain.pem", issued.chain),
      scene.pem("leaf.pem", [issued.certificate]),
    );
    assert.ok(said.ok, `${key}: ${said.said}`);
  }
});

test("openssl reads a list of 350,000 entries and finds its signature good", { skip }, (t) => {
  const scene = pkiOver(t, shared.database);
  const { certificate, key } = scene.hierarchy.authority("people");
  const at = new Date();
  function* entries() {
    for (let i = 0; i < 350_000; i++)
      yield {
        serial: `4${i.toString(16).padStart(31, "0")}`,
        at,
        reason: i % 2 ? ("superseded" as const) : ("unspecified" as const),
      };
  }
  const list = writeRevocationList({
    issuer: { subject: certificate.subject, key },
    thisUpdate: at,
    nextUpdate: new Date(at.getTime() + 86_400_000),
    revoked: entries(),
  });
  const said = run(
    "openssl",
    "crl",
    "-inform",
    "DER",
    "-in",
    scene.file("big.crl", list),
    "-CAfile",
    scene.pem("people.pem", [certificate]),
    "-noout",
  );
  assert.match(said.said, /verify OK/);
});
