import assert from "node:assert/strict";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, test } from "node:test";
import { connect, createServer, type TLSSocket } from "node:tls";
import { sql } from "@kerege/kernel/database";
import { openTestHouse, type TestHouse } from "@kerege/kernel/testing";
import block from "../block.ts";
import { toPem } from "../issue.ts";
import type { TrustDoor } from "../trust.ts";
import { COMPANY, newKeyPair, OFFICER, PERSON, requestFor } from "./pki-scene.ts";

let house: TestHouse;
let root: string;
before(async () => {
  root = mkdtempSync(path.join(tmpdir(), "kerege-trust-"));
  mkdirSync(path.join(root, "countries", "test"), { recursive: true });
  const name = "{ ky: Т, ru: Т, kk: Т, en: T }";
  const country = `country: test\ncode: KG\nname: ${name}\nportalName: ${name}\ndemo: true\nlanguages: [ky, ru, kk, en]\ntimeZone: Asia/Bishkek\ncurrency: KGS\npacks: []\n`;
  writeFileSync(path.join(root, "countries", "test", "country.yaml"), country);
  house = await openTestHouse([block], { root, country: "test", at: new Date().toISOString() });
  for (const { opened } of house.opened) await opened.prepare?.(() => {});
});
after(async () => {
  await house?.close();
  rmSync(root, { recursive: true, force: true });
});

const door = () => house.doors.trust as TrustDoor;

test("the block issues under its own role of the database, and its events leave with the act", async () => {
  const { pki } = door();
  const order = { kind: "person-signing" as const, holder: PERSON, request: requestFor(newKeyPair().privateKey) };
  const { serial } = await pki.issue(OFFICER, order);
  await pki.revoke(OFFICER, { serial, reason: "superseded" });
  const told = await house.database.rows<{ type: string; body: Record<string, unknown> }>(
    sql`select type, body from kernel.event where type like 'trust.certificate-%' order by id`,
  );
  assert.deepEqual(
    told.map(({ type, body }) => [type, body.serial, body.reason]),
    [
      ["trust.certificate-issued", serial, undefined],
      ["trust.certificate-revoked", serial, "superseded"],
    ],
  );
});

test("a seal that was made while the state runs is in the table soon, and falls with its file", async () => {
  const { certificate } = door().signer({ code: "house-seal", name: "Body" });
  const [bodies] = door().pki.status.issuers(certificate);
  door().revoke(certificate.serial);
  await house.opened[0]!.opened.close?.();
  assert.equal((await door().pki.find(certificate.serial))?.state, "revoked");
  assert.ok(await door().pki.status.ocsp(certificate, bodies!));
});

test("systems of an organisation speak TLS with each other by their certificates", async (t) => {
  const { pki } = door();
  await pki.openVirtual(OFFICER, COMPANY);
  const made = async (id: string) => {
    const { privateKey } = newKeyPair();
    const holder = { type: "system", id, name: `System ${id}`, owner: { type: "organization", ...COMPANY } } as const;
    const { certificate, chain } = await pki.issue(OFFICER, {
      kind: "system",
      holder,
      dns: [`${id}.example`],
      request: requestFor(privateKey),
    });
    const cert = [certificate, ...chain].map(({ der }) => toPem("CERTIFICATE", der)).join("");
    const ca = toPem("CERTIFICATE", pki.status.issuers(certificate).at(-1)!.der);
    return { key: privateKey.export({ format: "pem", type: "pkcs8" }), cert, ca };
  };
  const [server, client] = [await made("one"), await made("two")];
  const listener = createServer({ ...server, requestCert: true, rejectUnauthorized: true }, (socket) => socket.end("hello"));
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  t.after(() => listener.close());
  const { port } = listener.address() as { port: number };
  const accepted = once(listener, "secureConnection") as Promise<[TLSSocket]>;
  const socket = connect({ ...client, port, host: "127.0.0.1", servername: "one.example" });
  await once(socket, "secureConnect");
  assert.equal(socket.authorized, true);
  assert.equal((await accepted)[0].getPeerCertificate().subject.CN, "System two");
  socket.destroy();
});
