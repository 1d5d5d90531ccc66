import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openTestDatabase } from "@kerege/kernel/testing";
import { createMemory } from "../pki/revocation.ts";
import { checkTrustedList } from "../pki/trusted-list-check.ts";
import { canonical } from "../signing/canonical.ts";
import { readXml } from "../signing/xml.ts";
import { migrateTrust } from "./log-scene.ts";
import { PLACES, pkiOver, serverOf } from "./pki-scene.ts";

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

const DAY = 86_400_000;

test("M-A5: the trusted list names every service with its status; a withdrawn one keeps its history, and the number grows", async (t) => {
  const { pki, door, hierarchy, clock } = pkiOver(t, shared.database);
  const memory = createMemory();
  const check = (list: Buffer) => checkTrustedList(list, { roots: [hierarchy.root.certificate], at: clock.now(), memory });
  const first = (await pki.services.trustedList())!;
  const said = check(first.xml);
  assert.ok(said.valid);
  const text = first.xml.toString("utf8");
  for (const name of ["bodies", "people", "companies"] as const)
    assert.ok(text.includes(hierarchy.authority(name).certificate.der.toString("base64")), name);
  assert.equal(text.match(/<TSPService>/g)?.length, 7, "three authorities, their responders, the time stamper");
  const stamping = pki.stamper().certificate;
  clock.advance(60_000);
  await door.withdrawService(stamping.fingerprint);
  const second = (await pki.services.trustedList())!;
  const later = check(second.xml);
  assert.ok(later.valid && said.valid && later.number > said.number);
  assert.match(
    second.xml.toString("utf8"),
    /deprecatedatnationallevel<\/ServiceStatus>[\s\S]*<ServiceHistory>[\s\S]*recognisedatnationallevel/,
  );
  const services = JSON.parse(Buffer.from(second.jws.toString().split(".")[1]!, "base64url").toString()).services as {
    certificate: string;
    history: { status: string }[];
  }[];
  const own = services.find(({ certificate }) => certificate === stamping.der.toString("base64"));
  assert.deepEqual(
    own?.history.map(({ status }) => status),
    ["withdrawn", "granted"],
  );
});

test("the list is written in the form that is signed, and anyone may fetch it", async (t) => {
  const scene = pkiOver(t, shared.database, { places: { ...PLACES, qualified: "yes" } });
  const app = await serverOf(t, scene);
  const answer = await app.inject("/trust/list.xml");
  assert.equal(answer.headers["content-type"], "application/vnd.etsi.tsl+xml");
  assert.ok(
    canonical(readXml(answer.rawPayload), { isExclusive: true }).equals(answer.rawPayload),
    "nothing to be made canonical",
  );
  assert.match(answer.body, /Svctype\/CA\/QC/);
  assert.match(answer.body, /ForeSignatures/);
  const again = await app.inject("/trust/list.xml");
  assert.ok(again.rawPayload.equals(answer.rawPayload), "one edition until something changes");
  assert.equal((await app.inject("/trust/list.jws")).headers["content-type"], "application/jose");
});

test("abuse 30: an older edition, another content under one number, a foreign signer, a changed word are refused", async (t) => {
  const scene = pkiOver(t, shared.database);
  const { pki, hierarchy, clock } = scene;
  const roots = [hierarchy.root.certificate];
  const memory = createMemory();
  const reasonOf = (list: Buffer, at = clock.now()) => {
    const verdict = checkTrustedList(list, { roots, at, memory });
    return verdict.valid ? "good" : verdict.reason;
  };
  const older = (await pki.services.trustedList())!;
  clock.advance(8 * DAY);
  const newer = (await pki.services.trustedList())!;
  for (const form of ["xml", "jws"] as const) {
    assert.equal(reasonOf(older[form]), "good", "while nothing later is known");
    assert.equal(reasonOf(newer[form]), "good");
    assert.equal(reasonOf(older[form]), "rolled-back");
    assert.equal(reasonOf(newer[form], new Date(clock.now().getTime() + 100 * DAY)), "outdated");
  }
  assert.equal(
    reasonOf(Buffer.from(newer.xml.toString("utf8").replace("recognisedatnationallevel", "deprecatedatnationallevel"))),
    "signature",
  );
  const [header, body, signature] = newer.jws.toString().split(".") as [string, string, string];
  const changed = Buffer.from(Buffer.from(body, "base64url").toString().replace('"granted"', '"withdrawn"')).toString(
    "base64url",
  );
  assert.equal(reasonOf(Buffer.from(`${header}.${changed}.${signature}`)), "signature");
  const none = Buffer.from(JSON.stringify({ ...JSON.parse(Buffer.from(header, "base64url").toString()), alg: "none" })).toString(
    "base64url",
  );
  assert.equal(reasonOf(Buffer.from(`${none}.${body}.${signature}`)), "malformed");
  const stranger = pkiOver(t, shared.database);
  await shared.database.transaction(async (tx) => stranger.pki.store.spoil(tx, "trusted-list", clock.now()));
  const foreign = (await stranger.pki.services.trustedList())!;
  assert.equal(reasonOf(foreign.xml), "signer");
  assert.equal(reasonOf(foreign.jws), "signer");
  assert.equal(reasonOf(Buffer.from("<a/>")), "signature");
  assert.equal(reasonOf(Buffer.from("nonsense")), "malformed");
});
