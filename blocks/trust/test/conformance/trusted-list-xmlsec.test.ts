import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { openTestDatabase } from "@kerege/kernel/testing";
import { migrateTrust } from "../log-scene.ts";
import { pkiOver } from "../pki-scene.ts";
import { missing, run } from "./program.ts";

const skip = missing("xmlsec1");

let shared: Awaited<ReturnType<typeof openTestDatabase>>;
before(async () => {
  shared = await openTestDatabase();
  await migrateTrust(shared.database);
});
after(() => shared?.close());

test("M-A5: xmlsec1 finds the signature of the trusted list good, and of a changed one not", { skip }, async (t) => {
  const scene = pkiOver(t, shared.database);
  const { xml } = (await scene.pki.services.trustedList())!;
  const signer = scene.pem("signer.pem", [scene.pki.services.listSigner().certificate]);
  const verify = (list: string) =>
    run(
      "xmlsec1",
      "--verify",
      "--pubkey-cert-pem",
      signer,
      "--id-attr:Id",
      "http://uri.etsi.org/01903/v1.3.2#:SignedProperties",
      list,
    );
  const good = verify(scene.file("list.xml", xml));
  assert.ok(good.ok, good.said);
  const changed = xml.toString("utf8").replace("<TSLVersionIdentifier>5", "<TSLVersionIdentifier>4");
  assert.equal(verify(scene.file("changed.xml", changed)).ok, false);
});
