/** Abuse case 28: signatures taken off, made weaker, put on something else, or wrapped around something else. */
import assert from "node:assert/strict";
import { createHmac, sign as cryptoSign } from "node:crypto";
import { test } from "node:test";
import { context, encode, integer, octets, oid, read, sequence, setOf, TAG } from "../../der.ts";
import { toPem } from "../../issue.ts";
import { hashOf } from "../algorithm.ts";
import { addAsicSignature, signAsic } from "../asic.ts";
import { addArchiveStamp, liftCades, signCades } from "../cades.ts";
import { signJws } from "../jws.ts";
import { attribute, readSignedContent, TYPE, withAdditions } from "../signed-content.ts";
import { validate } from "../validate.ts";
import { signXml } from "../xades-sign.ts";
import { readZip, writeZip } from "../zip.ts";
import { certify, cmsOf, later, NOW, scene, tokenOf, wordAt } from "./scene.ts";

const CONTENT = Buffer.from("Pay 1200");

async function staged() {
  const stage = scene();
  const evidence = await wordAt(stage, NOW, stage.signer.certificate);
  const trusted = { ...stage.trusted, evidence };
  const ask = (bytes: Buffer | string, content?: Buffer) =>
    validate(Buffer.from(bytes), { trusted, at: NOW, ...(content && { content }) });
  return { ...stage, ask };
}

// CMS ---------------------------------------------------------------------------------------------------------------

test("abuse 28: CMS with another body, with signed attributes taken off, with a digest that is not the signature's", async () => {
  const { signer, signing, ask } = await staged();
  const detached = signCades(CONTENT, signer, { at: NOW });
  assert.equal(ask(detached, CONTENT).reason, "good");
  assert.equal(ask(detached, Buffer.from("Pay 9200")).reason, "content-changed");
  assert.equal(ask(detached).reason, "content-missing");
  const attached = signCades(CONTENT, signer, { at: NOW, isDetached: false });
  assert.equal(ask(attached, Buffer.from("Pay 9200")).reason, "content-changed");
  // The DER of the signed attributes presented as content, signed by the same key: the old trick against bare signatures.
  const part = readSignedContent(attached).signers[0]!;
  const set = Buffer.from(part.signedAttributes.bytes);
  set[0] = TAG.set;
  const [version, id, digest, , algorithm, value] = part.fixed.map(({ bytes }) => bytes);
  const bare = sequence(version!, id!, digest!, algorithm!, value!);
  const certificates = context(0, ...readSignedContent(attached).certificates.map(({ bytes }) => bytes));
  const stripped = sequence(
    oid(TYPE.signedContent),
    context(
      0,
      sequence(integer(1), setOf(digest!), sequence(oid(TYPE.plain), context(0, octets(set))), certificates, setOf(bare)),
    ),
  );
  assert.equal(ask(stripped).indication, "TOTAL-FAILED");
  const sha1 = sequence(oid("1.3.14.3.2.26"));
  const weak = Buffer.from(
    cmsOf(signing, CONTENT).toString("latin1").replaceAll(digest!.toString("latin1"), sha1.toString("latin1")),
    "latin1",
  );
  assert.notEqual(ask(weak).indication, "TOTAL-PASSED");
  const sha384 = sequence(oid("2.16.840.1.101.3.4.2.2"));
  const mixed = Buffer.from(
    attached.toString("latin1").replaceAll(digest!.toString("latin1"), sha384.toString("latin1")),
    "latin1",
  );
  assert.equal(ask(mixed).indication, "TOTAL-FAILED");
});

test("abuse 28: CMS whose signer has no name", async () => {
  const { signer, ask } = await staged();
  const signed = readSignedContent(signCades(CONTENT, signer, { at: NOW, isDetached: false }));
  const [one] = signed.signers;
  for (const name of [encode(0x47, Buffer.from("x")), encode(TAG.none), encode(0x81, Buffer.alloc(20))]) {
    const nameless = { ...one!, fixed: one!.fixed.with(1, read(name)) };
    assert.equal(ask(withAdditions({ ...signed, signers: [nameless] }, {})).reason, "malformed");
  }
});

test("abuse 28: CMS with another certificate over the same key", async () => {
  const { authority, signing, ask } = await staged();
  const twin = certify({ name: "somebody-else", use: "sign", issuer: authority, key: signing.key });
  const parts = readSignedContent(cmsOf(signing, CONTENT));
  const bytes = withAdditions({ ...parts, certificates: [read(twin.certificate.der)] }, {});
  assert.equal(ask(bytes).reason, "certificate-missing");
  // The signer named anew, too: the signed attribute still names the first certificate.
  const serial = integer(Buffer.from(twin.certificate.serial, "hex"));
  const fixed = parts.signers[0]!.fixed.with(1, read(sequence(twin.certificate.issuer, serial)));
  const renamed = withAdditions(
    { ...parts, certificates: [read(twin.certificate.der)], signers: [{ ...parts.signers[0]!, fixed }] },
    {},
  );
  assert.equal(ask(renamed).reason, "signature-mismatch");
});

test("abuse 28: a time stamp of another signature, one of an authority nobody knows, one that lies before the certificate", async () => {
  const { signer, means, tsa, ask, clock } = await staged();
  const attached = signCades(CONTENT, signer, { at: NOW, isDetached: false });
  const other = signCades(Buffer.from("other"), signer, { at: NOW, isDetached: false });
  const moved = readSignedContent(await liftCades(other, { level: "T" }, means)).signers[0]!.unsigned[0]!.der.bytes;
  const stolen = withAdditions(readSignedContent(attached), { unsigned: [moved] });
  assert.equal(ask(stolen).signatures[0]?.level, "CAdES-B-B");
  assert.equal(ask(stolen).signatures[0]?.provenAt, undefined);
  const stranger = scene();
  const foreign = await liftCades(attached, { level: "T" }, { ...means, stamper: stranger.means.stamper });
  assert.equal(ask(foreign).signatures[0]?.level, "CAdES-B-B");
  assert.equal(ask(foreign).signatures[0]?.timeSource, "claimed");
  clock.now = later(NOW, -2 * 365 * 86_400_000);
  const early = await liftCades(attached, { level: "T" }, means);
  assert.notEqual(ask(early).signatures[0]?.timeSource, "stamp");
  const part = readSignedContent(attached).signers[0]!;
  const wrong = tokenOf(tsa, part.signature.subarray(0, 32), NOW);
  const unfit = withAdditions(readSignedContent(attached), { unsigned: [attribute(TYPE.signatureTimeStamp, wrong)] });
  assert.equal(ask(unfit).signatures[0]?.timeSource, "claimed");
});

test("abuse 28: proofs taken out of an archived signature take the archive with them", async () => {
  const { signer, means, trusted, ask } = await staged();
  const attached = signCades(CONTENT, signer, { at: NOW, isDetached: false });
  const archived = await liftCades(attached, { level: "LTA" }, means);
  assert.equal(ask(archived).signatures[0]?.level, "CAdES-B-LTA");
  const content = readSignedContent(archived);
  const bare = withAdditions({ ...content, revocations: [] }, {});
  assert.equal(ask(bare).signatures[0]?.level, "CAdES-B-T");
  assert.notEqual(validate(bare, { trusted, at: NOW }).indication, "TOTAL-PASSED");
});

// XML ---------------------------------------------------------------------------------------------------------------

const XML = Buffer.from('<pay xmlns="urn:pay"><to>Айгүл</to><sum>1200</sum></pay>');

const ATTACKS: Record<string, (xml: string) => string> = {
  "the content is changed": (xml) => xml.replace("1200", "9200"),
  "the signature is taken off": (xml) => xml.replace(/<ds:Signature .*<\/ds:Signature>/s, ""),
  "a second SignedInfo stands before the first": (xml) =>
    xml.replace(
      /(<ds:SignedInfo>.*?<\/ds:SignedInfo>)/s,
      (one) => one.replace(/<ds:DigestValue>[^<]*/, "<ds:DigestValue>AAAA") + one,
    ),
  "a second SignedInfo stands after the first": (xml) => xml.replace(/(<ds:SignedInfo>.*?<\/ds:SignedInfo>)/s, "$1$1"),
  "a comment splits the digest": (xml) => xml.replace(/<ds:DigestValue>(....)/, "<ds:DigestValue><!--x-->$1"),
  "a comment splits the sum": (xml) => xml.replace("1200", "12<!---->00"),
  "the canonical form is an unknown one": (xml) => xml.replaceAll("http://www.w3.org/2001/10/xml-exc-c14n#", "urn:nothing"),
  "the canonical form is empty": (xml) => xml.replaceAll('Algorithm="http://www.w3.org/2001/10/xml-exc-c14n#"', 'Algorithm=""'),
  "an XPath transform leaves the sum out": (xml) =>
    xml.replace(
      "<ds:Transforms>",
      '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xpath-19991116"><ds:XPath>not(self::sum)</ds:XPath></ds:Transform>',
    ),
  "an XSLT transform": (xml) =>
    xml.replace("<ds:Transforms>", '<ds:Transforms><ds:Transform Algorithm="http://www.w3.org/TR/1999/REC-xslt-19991116"/>'),
  "the signed content is moved into an object, another one takes its place": (xml) => {
    const signature = /<ds:Signature .*<\/ds:Signature>/s.exec(xml)![0];
    const wrapped = signature.replace("</ds:Signature>", `<ds:Object>${XML.toString()}</ds:Object></ds:Signature>`);
    return `<pay xmlns="urn:pay"><to>Other</to><sum>9200</sum>${wrapped}</pay>`;
  },
  "the signed document is wrapped into another one": (xml) => `<pays>${xml}<pay xmlns="urn:pay"><sum>9200</sum></pay></pays>`,
  "the properties are given twice under one name": (xml) =>
    xml.replace(
      /(<xades:SignedProperties .*?<\/xades:SignedProperties>)/s,
      (one) => `${one.replace("2026-03-02", "2020-03-02")}${one}`,
    ),
  "the time of signing is changed": (xml) => xml.replace("2026-03-02T09:30:00Z", "2020-03-02T09:30:00Z"),
  "the reference to the properties is taken off": (xml) =>
    xml.replace(/<ds:Reference Type="http:\/\/uri\.etsi\.org\/01903#SignedProperties".*?<\/ds:Reference>/s, ""),
  "the algorithm is one with SHA-1": (xml) => xml.replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#ecdsa-sha1"),
  "the algorithm is one with a shared key": (xml) => xml.replace("xmldsig-more#ecdsa-sha256", "xmldsig-more#hmac-sha256"),
  "the digest is one with SHA-1": (xml) =>
    xml.replace("http://www.w3.org/2001/04/xmlenc#sha256", "http://www.w3.org/2000/09/xmldsig#sha1"),
  "a second signature stands beside": (xml) => xml.replace(/(<ds:Signature .*<\/ds:Signature>)/s, "$1$1"),
  "the prefix of the signature means something else": (xml) =>
    xml.replace(`xmlns:ds="http://www.w3.org/2000/09/xmldsig#"`, `xmlns:ds="urn:other"`),
};

for (const [what, attack] of Object.entries(ATTACKS)) {
  test(`abuse 28: XML where ${what}`, async () => {
    const { signer, ask } = await staged();
    const signed = (await signXml(XML, signer, { at: NOW })).toString();
    assert.equal(ask(signed).reason, "good");
    const attacked = attack(signed);
    assert.notEqual(attacked, signed);
    const report = ask(attacked);
    assert.notEqual(report.indication, "TOTAL-PASSED");
    assert.ok(report.signatures.every(({ indication }) => indication !== "TOTAL-PASSED"));
  });
}

// Containers --------------------------------------------------------------------------------------------------------

const FILE = { name: "letter.txt", content: CONTENT, mediaType: "text/plain" };

test("abuse 28: a container with a changed file, an unsigned file, a signature over less, another type, a file to be run", async () => {
  const { signer, ask } = await staged();
  const one = await signAsic([FILE], signer, { at: NOW });
  const two = await signAsic([FILE, { ...FILE, name: "second.txt" }], signer, { at: NOW });
  assert.equal(ask(one).reason, "good");
  const entries = readZip(one);
  const swap = (name: string, content: string | Buffer) =>
    writeZip(entries.map((entry) => (entry.name === name ? { ...entry, content: Buffer.from(content) } : entry)));
  assert.equal(ask(swap("letter.txt", "Pay 9200")).reason, "content-changed");
  assert.equal(ask(writeZip([...entries, { name: "unsigned.txt", content: CONTENT }])).reason, "unsigned-parts");
  assert.equal(ask(writeZip([...entries, { name: "META-INF/run.js", content: CONTENT }])).reason, "unsigned-parts");
  const manifest = entries.find(({ name }) => name === "META-INF/manifest.xml")!.content.toString();
  assert.equal(ask(swap("META-INF/manifest.xml", manifest.replace("text/plain", "text/html"))).reason, "unsigned-parts");
  assert.notEqual(ask(swap("mimetype", "application/zip")).indication, "TOTAL-PASSED");
  // The signature over one file in a container of two.
  const less = readZip(two).map((entry) =>
    /signatures/.test(entry.name) ? entries.find(({ name }) => name === entry.name)! : entry,
  );
  assert.equal(ask(writeZip(less)).reason, "unsigned-parts");
  // A good second signature does not hide a bad first one.
  const again = await addAsicSignature(swap("letter.txt", "Pay 9200"), signer, { at: NOW });
  assert.equal(ask(again).indication, "TOTAL-FAILED");
  assert.notEqual(ask(writeZip(entries.filter(({ name }) => !/signatures/.test(name)))).indication, "TOTAL-PASSED");
});

// JWS ---------------------------------------------------------------------------------------------------------------

test("abuse 28: JWS without an algorithm, with a shared key, with an unknown crit, with another body, with spaces and padding", async () => {
  const { signer, signing, ask } = await staged();
  const signed = await signJws(CONTENT, signer, { at: NOW });
  assert.equal(ask(signed, CONTENT).reason, "good");
  const [header, , signature] = signed.split(".") as [string, string, string];
  const known = JSON.parse(Buffer.from(header, "base64url").toString());
  const url = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const resigned = (value: unknown, raw?: string): string => {
    const text = raw ? Buffer.from(raw).toString("base64url") : url(value);
    const input = Buffer.concat([Buffer.from(`${text}.`), CONTENT]);
    const made = cryptoSign("sha256", input, { key: signing.key, dsaEncoding: "ieee-p1363" });
    return `${text}..${made.toString("base64url")}`;
  };
  assert.equal(ask(resigned(known), CONTENT).reason, "good");
  const refused: Record<string, string> = {
    none: `${url({ ...known, alg: "none" })}..`,
    "none with a signature": `${url({ ...known, alg: "none" })}..${signature}`,
    shared: `${url({ ...known, alg: "HS256" })}..${createHmac("sha256", toPem("CERTIFICATE", signer.certificate.der)).update("x").digest("base64url")}`,
    "unknown crit": resigned({ ...known, crit: [...known.crit, "exp"], exp: 1 }),
    "crit of nothing": resigned({ ...known, crit: [...known.crit, "sigD"] }),
    "empty crit": resigned({ ...known, crit: [] }),
    "b64 not in crit": resigned({ ...known, crit: ["sigT"] }),
    "a name twice": resigned(known, `{"alg":"none",${JSON.stringify(known).slice(1)}`),
    "another algorithm": resigned({ ...known, alg: "ES384" }),
    "another certificate": resigned({ ...known, "x5t#S256": Buffer.alloc(32).toString("base64url") }),
    padding: `${header}..${signature}=`,
    spaces: `${header.slice(0, 9)} ${header.slice(9)}..${signature}`,
    "free bits": `${header}..${signature.slice(0, -1)}${String.fromCharCode(signature.charCodeAt(signature.length - 1) + 1)}`,
    "a header beside that steers": JSON.stringify({ payload: "", protected: header, signature, header: { alg: "none" } }),
    "two signatures": JSON.stringify({ payload: "", signatures: [{ protected: header, signature }] }),
  };
  for (const [what, text] of Object.entries(refused)) assert.notEqual(ask(text, CONTENT).indication, "TOTAL-PASSED", what);
  assert.equal(ask(signed, Buffer.from("Pay 9200")).indication, "TOTAL-FAILED");
  assert.equal(ask(`${header}.${CONTENT.toString("base64url")}.${signature}`, CONTENT).indication, "INDETERMINATE");
});

test("abuse 28: a stamp that is backdated with a key that leaked later is not carried by an honest one beside it", async () => {
  const { signer, means, authority, trusted, clock, revoked } = await staged();
  const attached = signCades(CONTENT, signer, { at: later(NOW, -86_400_000), isDetached: false });
  const leaked = certify({ name: "Leaked", use: "stamp", issuer: authority });
  const honest = await liftCades(attached, { level: "T" }, means);
  revoked.set(leaked.certificate.serial, later(NOW, 60_000));
  clock.now = later(NOW, 120_000);

  const answers = [leaked.certificate, signer.certificate, means.stamper.certificate].map((one) =>
    means.status.ocsp(one, authority.certificate),
  );
  const lists = means.status.revocationList(authority.certificate, trusted.roots[0]!);
  const evidence = (await Promise.all([...answers, lists])).filter((one) => one !== undefined);
  const judge = (bytes: Buffer) => validate(bytes, { trusted: { ...trusted, evidence }, at: clock.now }).signatures[0]!;
  assert.deepEqual(judge(honest).provenAt, NOW);
  const part = readSignedContent(honest).signers[0]!;
  const forged = tokenOf(leaked, hashOf("sha256", part.signature), later(NOW, -3_600_000));
  const both = withAdditions(readSignedContent(honest), { unsigned: [attribute(TYPE.signatureTimeStamp, forged)] });
  assert.deepEqual(judge(both).provenAt, NOW);
  assert.equal(judge(both).stamps.filter(({ isTrusted }) => isTrusted).length, 1);
  // The same with an archive in between: it covers what was there, not what was put in afterwards.
  clock.now = NOW;
  const archived = await liftCades(attached, { level: "LTA" }, means);
  clock.now = later(NOW, 120_000);
  const older = {
    ...means,
    stamper: { ...means.stamper, stamp: (digest: Uint8Array) => tokenOf(leaked, digest, later(NOW, -3_600_000)) },
  };
  const inserted = addArchiveStamp(archived, undefined, older);
  assert.ok(judge(inserted).stamps.every(({ at, isTrusted }) => !isTrusted || at >= NOW));
});

test("abuse 28: more stamps, proofs and certificates than any honest file has", async () => {
  const { signer, means, ask, tsa } = await staged();
  const attached = signCades(CONTENT, signer, { at: NOW, isDetached: false });
  const part = readSignedContent(attached).signers[0]!;
  const many = Array.from({ length: 40 }, () =>
    attribute(TYPE.signatureTimeStamp, tokenOf(tsa, hashOf("sha256", part.signature), NOW)),
  );
  assert.equal(ask(withAdditions(readSignedContent(attached), { unsigned: many })).reason, "too-large");
  const answers = await Promise.all(Array.from({ length: 200 }, () => means.status.ocsp(signer.certificate, signer.chain[0]!)));
  assert.equal(ask(withAdditions(readSignedContent(attached), { answers: answers.map((one) => one!) })).reason, "too-large");
});
