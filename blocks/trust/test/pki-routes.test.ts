import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { after, before, test } from "node:test";
import { openTestDatabase } from "@kerege/kernel/testing";
import { parseCertificate } from "../certificate.ts";
import { parseRevocationList } from "../crl.ts";
import { read } from "../der.ts";
import { writeRequest } from "../pki/ocsp.ts";
import { believeOcsp, readOcsp } from "../pki/ocsp-read.ts";
import { writeStampRequest } from "../pki/time-stamp.ts";
import { migrateTrust } from "./log-scene.ts";
import { newKeyPair, OFFICER, PERSON, pkiOver, requestFor, serverOf } from "./pki-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

async function served(t: Parameters<typeof pkiOver>[0]) {
  const scene = pkiOver(t, shared.database);
  const app = await serverOf(t, scene);
  const request = requestFor(newKeyPair().privateKey);
  const issued = await scene.door.issue(OFFICER, { kind: "person-signing", holder: PERSON, request });
  const issuer = scene.hierarchy.authority("people").certificate;
  const post = (url: string, type: string, payload: Buffer) =>
    app.inject({ method: "POST", url, headers: { "content-type": type }, payload });
  return { ...scene, app, issued, issuer, post };
}

test("what certificates say of where things lie is where they lie", async (t) => {
  const { app, issued, issuer, hierarchy } = await served(t);
  const text = issued.certificate.der.toString("latin1");
  const addresses = [...text.matchAll(/http:\/\/127\.0\.0\.1:8080(\/trust\/[a-z0-9/.-]+\.(?:crl|cer))/g)].map((one) => one[1]!);
  assert.equal(addresses.length, 2);
  for (const address of addresses) {
    const answer = await app.inject(address);
    assert.equal(answer.statusCode, 200, address);
    assert.match(String(answer.headers["cache-control"]), /^public/);
    if (address.endsWith(".cer")) assert.ok(parseCertificate(answer.rawPayload).der.equals(issuer.der));
    else assert.ok(parseRevocationList(answer.rawPayload, { partial: true }).partition?.[0]?.endsWith(address));
  }
  assert.match(text, /http:\/\/127\.0\.0\.1:8080\/trust\/ocsp/);
  for (const name of ["root", "bodies"]) {
    const list = await app.inject(`/trust/crl/${name}.crl`);
    assert.equal(list.headers["content-type"], "application/pkix-crl");
    assert.equal(parseRevocationList(list.rawPayload).revoked.size, 0);
  }
  const root = await app.inject("/trust/authorities/root.cer");
  assert.ok(root.rawPayload.equals(hierarchy.root.certificate.der));
  for (const path of [
    "crl/other.crl",
    "crl/root",
    "crl/..%2f..%2froot%2fkey.pem",
    "authorities/ocsp.cer",
    "authorities/root.pem",
    "authorities/..%2froot.cer",
  ])
    assert.equal((await app.inject(`/trust/${path}`)).statusCode, 404, path);
});

test("the responder is asked by POST and by GET; only what was asked without a nonce by GET may be kept on the way", async (t) => {
  const { app, issued, issuer, post, door } = await served(t);
  const question = { certificate: issued.certificate, issuer, at: new Date(), oldest: 3_600_000 };
  const request = writeRequest(issued.certificate, issuer);
  const posted = await post("/trust/ocsp", "application/ocsp-request", request);
  assert.equal(posted.headers["content-type"], "application/ocsp-response");
  assert.equal(posted.headers["cache-control"], "no-store");
  assert.deepEqual(believeOcsp(posted.rawPayload, question), { state: "good" });
  for (const path of [encodeURIComponent(request.toString("base64")), request.toString("base64")]) {
    const got = await app.inject(`/trust/ocsp/${path}`);
    assert.equal(got.statusCode, 200);
    assert.match(String(got.headers["cache-control"]), /^public, max-age=\d+/);
    assert.deepEqual(believeOcsp(got.rawPayload, question), { state: "good" });
  }
  const nonce = randomBytes(32);
  const asked = await post("/trust/ocsp", "application/ocsp-request", writeRequest(issued.certificate, issuer, nonce));
  assert.ok(readOcsp(asked.rawPayload).nonce?.equals(Buffer.concat([Buffer.from([4, 32]), nonce])));
  await door.revoke(OFFICER, { serial: issued.serial, reason: "key-compromise" });
  const after = believeOcsp((await post("/trust/ocsp", "application/ocsp-request", request)).rawPayload, question);
  assert.equal(after.state === "revoked" && after.reason, "key-compromise");
});

test("what is no request gets the answer of the standard, and other types none at all", async (t) => {
  const { app, issued, issuer, post, hierarchy } = await served(t);
  const status = (der: Buffer) => read(der).children[0]!.content[0];
  const malformed = await post("/trust/ocsp", "application/ocsp-request", Buffer.from("3003020100", "hex"));
  assert.deepEqual([malformed.statusCode, status(malformed.rawPayload)], [200, 1]);
  assert.equal((await app.inject("/trust/ocsp/%zz")).statusCode, 400);
  assert.equal(status((await app.inject("/trust/ocsp/***")).rawPayload), 1);
  // The root answers by its list only.
  const aboutAuthority = writeRequest(issuer, hierarchy.root.certificate);
  assert.equal(status((await post("/trust/ocsp", "application/ocsp-request", aboutAuthority)).rawPayload), 6);
  const unknown = writeRequest({ ...issued.certificate, serial: "4a4b" }, issuer);
  const answer = readOcsp((await post("/trust/ocsp", "application/ocsp-request", unknown)).rawPayload).answers[0]!;
  assert.equal(answer.status.state, "unknown");
  for (const nonce of [0, 33])
    assert.equal(
      status(
        (await post("/trust/ocsp", "application/ocsp-request", writeRequest(issued.certificate, issuer, randomBytes(nonce))))
          .rawPayload,
      ),
      1,
      `nonce of ${nonce}`,
    );
  assert.equal((await post("/trust/ocsp", "application/json", Buffer.from("{}"))).statusCode, 415);
  assert.equal((await post("/trust/tsa", "application/ocsp-request", Buffer.alloc(4))).statusCode, 415);
  assert.equal((await post("/trust/tsa", "application/timestamp-query", Buffer.alloc(20_000))).statusCode, 413);
});

test("every time stamp has a number of its own, on any machine and after any restart", async (t) => {
  const { post, pki, clock, folder } = await served(t);
  const other = pkiOver(t, shared.database, { folder });
  const digest = createHash("sha256").update("x").digest();
  const serials = new Set<string>();
  for (let i = 0; i < 300; i++) {
    const stamped = i % 2 ? pki.stamper() : other.pki.stamper();
    serials.add(serialOf(stamped.stamp(digest)));
  }
  assert.equal(serials.size, 300);
  const reply = await post("/trust/tsa", "application/timestamp-query", writeStampRequest(digest, Buffer.from([5])));
  assert.equal(reply.headers["content-type"], "application/timestamp-reply");
  clock.advance(-60_000);
  const back = read((await post("/trust/tsa", "application/timestamp-query", writeStampRequest(digest))).rawPayload).children[0]!;
  assert.equal(
    back.children[1]!.bytes.toString("hex"),
    "030301" + "0002",
    "timeNotAvailable: a clock that was put back stamps nothing",
  );
  assert.throws(() => pki.stamper().stamp(digest), { code: "trust.untrusted-clock" });
});

/** serialNumber of TSTInfo inside a TimeStampToken. */
function serialOf(token: Buffer): string {
  const signed = read(token).children[1]!.children[0]!;
  const info = read(signed.children[2]!.children[1]!.children[0]!.content);
  return info.children[3]!.content.toString("hex");
}
