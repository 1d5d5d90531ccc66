/** Abuse cases 32, 33, 34 and 36: what untrusted XML, ZIP, DER, CBOR and JSON can do to who reads them. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { deflateRawSync } from "node:zlib";
import { CborFault, decodeCbor } from "../../cbor.ts";
import { context, DerFault, encode, read, sequence } from "../../der.ts";
import { missing } from "../../test/conformance/program.ts";
import { tempFolder } from "../../test/fixture.ts";
import { JsonFault, readJson } from "../json.ts";
import { validate } from "../validate.ts";
import { readXml, XmlFault } from "../xml.ts";
import { readZip, writeZip, ZipFault } from "../zip.ts";
import { NOW, scene } from "./scene.ts";

const MB = 1024 * 1024;
const refuses = (bytes: Buffer) => {
  const report = validate(bytes, { trusted: scene().trusted, at: NOW });
  assert.notEqual(report.indication, "TOTAL-PASSED");
  return report;
};

const LAUGHS = `<!DOCTYPE a [<!ENTITY l "ha">${Array.from({ length: 9 }, (_, i) => `<!ENTITY l${i} "${`&l${i || ""};`.repeat(10)}">`).join("")}]><a>&l8;</a>`;
const XML: Record<string, string> = {
  "a document type with entities that grow": LAUGHS,
  "an entity from a file": '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>',
  "an entity from an address": '<!DOCTYPE a [<!ENTITY x SYSTEM "http://127.0.0.1/">]><a>&x;</a>',
  "a document type alone": '<!DOCTYPE a SYSTEM "http://127.0.0.1/a.dtd"><a/>',
  "an entity nobody declared": "<a>&x;</a>",
  "a style sheet to be run": '<?xml-stylesheet href="x.xsl"?><a/>',
  "a processing instruction inside": "<a><?php x ?></a>",
  "100,000 levels": "<a>".repeat(100_000),
  "100,000 attributes": `<a ${Array.from({ length: 100_000 }, (_, i) => `a${i}="1"`).join(" ")}/>`,
  "200,000 elements": `<a>${"<b/>".repeat(200_000)}</a>`,
  "an attribute twice": '<a b="1" b="2"/>',
  "an attribute twice under two prefixes": '<a xmlns:p="urn:x" xmlns:q="urn:x" p:b="1" q:b="2"/>',
  "two roots": "<a/><b/>",
  "text behind the root": "<a/>x",
  "another encoding": '<?xml version="1.0" encoding="UTF-16"?><a/>',
  "a character that is none": "<a>&#0;</a>",
  "half a character": "<a>&#xD800;</a>",
  "a reference without an end": "<a>&amp</a>",
  "a prefix nobody declared": "<p:a/>",
  "tags that cross": "<a><b></a></b>",
};

for (const [what, text] of Object.entries(XML)) {
  test(`abuse 32: XML with ${what}`, () => {
    assert.throws(() => readXml(Buffer.from(text)), XmlFault);
    refuses(Buffer.from(text));
  });
}

test("abuse 32: XML that is not UTF-8", () => {
  assert.throws(() => readXml(Buffer.from([0x3c, 0x61, 0x3e, 0xc3, 0x28, 0x3c, 0x2f, 0x61, 0x3e])), XmlFault);
});

/** The archive with bytes written over, where `find` stands for the `nth` time. */
function patched(
  zip: Buffer,
  [find, replace]: readonly [string | Buffer, string | Buffer],
  which: "first" | "all" = "all",
): Buffer {
  const made = Buffer.from(zip);
  const [from, to] = [Buffer.from(find), Buffer.from(replace)];
  for (let at = made.indexOf(from); at >= 0; at = which === "all" ? made.indexOf(from, at + 1) : -1) to.copy(made, at);
  return made;
}

const one = writeZip([
  { name: "mimetype", content: Buffer.from("text/plain"), isStored: true },
  { name: "aa/bb.txt", content: Buffer.from("x".repeat(500)) },
]);

/** The same archive of one packed entry that says it is `size` long. */
function saying(zip: Buffer, size: number): Buffer {
  const made = Buffer.from(zip);
  const directory = made.readUInt32LE(made.length - 6);
  for (const at of [22, directory + 24]) made.writeUInt32LE(size, at);
  return made;
}

test("abuse 33: a ZIP of 300 KB that unfolds to 300 MB, whatever size it names", () => {
  const bomb = writeZip([{ name: "bomb", content: Buffer.alloc(300 * MB) }]);
  assert.ok(bomb.length < MB);
  for (const size of [300 * MB, 10, 0, MB, 0xffffffff]) assert.throws(() => readZip(saying(bomb, size)), ZipFault);
  refuses(bomb);
});

const ZIPS: Record<string, () => Buffer> = {
  "a name that leads out": () => patched(one, ["aa/bb.txt", "../bb.txt"]),
  "a name from the root": () => patched(one, ["aa/bb.txt", "/a/bb.txt"]),
  "a name with a drive": () => patched(one, ["aa/bb.txt", "C:\\bb.txt"]),
  "a name with NUL": () => patched(one, ["aa/bb.txt", "aa\0bb.txt"]),
  "a name that is not UTF-8": () =>
    patched(one, ["aa/bb.txt", Buffer.from([0x61, 0x61, 0x2f, 0xc3, 0x28, 0x2e, 0x74, 0x78, 0x74])]),
  "a name that hides its end": () => patched(one, ["aa/bb.txt", "aa/b\u202et.x".slice(0, 7)]),
  "another name in the directory than at the entry": () => patched(one, ["aa/bb.txt", "aa/cc.txt"], "first"),
  "a name twice": () =>
    writeZip([
      { name: "a", content: Buffer.from("1") },
      { name: "a", content: Buffer.from("2") },
    ]),
  "two names that differ by case": () =>
    writeZip([
      { name: "a", content: Buffer.from("1") },
      { name: "A", content: Buffer.from("2") },
    ]),
  "two names that differ by composition": () =>
    writeZip([
      { name: "й", content: Buffer.from("1") },
      { name: "\u0438\u0306", content: Buffer.from("2") },
    ]),
  "a wrong checksum": () => patched(one, ["text/plain", "text/pluin"]),
  "something before the first entry": () => Buffer.concat([Buffer.from("PK\x03\x04 more"), one]),
  "something behind the directory": () => Buffer.concat([one, Buffer.from("more")]),
  "a second directory": () => Buffer.concat([one, one]),
  "an end in the comment": () => {
    const made = Buffer.concat([one, one.subarray(-22)]);
    made.writeUInt16LE(22, one.length - 2);
    return made;
  },
  "more entries than there are": () => {
    const made = Buffer.from(one);
    made.writeUInt16LE(9, made.length - 12);
    made.writeUInt16LE(9, made.length - 14);
    return made;
  },
  "a ciphered entry": () => {
    const made = Buffer.from(one);
    made.writeUInt16LE(1, 6);
    made.writeUInt16LE(1, made.indexOf(Buffer.from("PK\x01\x02")) + 8);
    return made;
  },
  "an unknown way of packing": () => {
    const made = Buffer.from(one);
    made.writeUInt16LE(12, 8);
    made.writeUInt16LE(12, made.indexOf(Buffer.from("PK\x01\x02")) + 10);
    return made;
  },
  "nothing but its first bytes": () => one.subarray(0, 40),
};

for (const [what, make] of Object.entries(ZIPS)) {
  test(`abuse 33: a ZIP with ${what}`, () => {
    assert.equal(readZip(one).length, 2);
    const bad = make();
    assert.throws(() => readZip(bad), ZipFault);
    refuses(bad);
  });
}

test("abuse 33: bytes behind the packed content of an entry", () => {
  const content = Buffer.from("y".repeat(500));
  const made = writeZip([{ name: "bomb", content }]);
  const deflated = deflateRawSync(content);
  const more = Buffer.concat([
    made.subarray(0, 34 + deflated.length),
    Buffer.from("hidden"),
    made.subarray(34 + deflated.length),
  ]);
  const directory = more.indexOf(Buffer.from("PK\x01\x02"));
  for (const at of [18, directory + 20]) more.writeUInt32LE(deflated.length + 6, at);
  more.writeUInt32LE(directory, more.length - 6);
  assert.throws(() => readZip(more), ZipFault);
});

test("abuse 33: a link in a ZIP that another program made", { skip: missing("zip") }, (t) => {
  const folder = tempFolder(t);
  mkdirSync(path.join(folder, "in"));
  writeFileSync(path.join(folder, "in", "plain.txt"), "plain\n".repeat(100));
  const make = (name: string): Buffer => {
    execFileSync("zip", ["-q", "-y", "-X", "-r", `../${name}`, "."], { cwd: path.join(folder, "in") });
    return readFileSync(path.join(folder, name));
  };
  assert.deepEqual(
    readZip(make("plain.zip")).map(({ name }) => name),
    ["plain.txt"],
  );
  symlinkSync("/etc/passwd", path.join(folder, "in", "link.txt"));
  assert.throws(() => readZip(make("link.zip")), ZipFault);
});

test("abuse 34: DER and CBOR that nest, have no end or are written in a second way", () => {
  let nested = sequence();
  for (let i = 0; i < 200; i++) nested = sequence(nested);
  for (const bytes of [
    nested,
    Buffer.from("3080020101", "hex"),
    Buffer.from("30800201010000", "hex"),
    Buffer.from("308103020101", "hex"),
    Buffer.from("30050202000100", "hex"),
    Buffer.from("30847fffffff0201", "hex"),
    context(0, ...Array.from({ length: 21_000 }, () => encode(0x05))),
  ]) {
    assert.throws(() => read(bytes), DerFault);
    refuses(bytes);
  }
  for (const hex of [
    "9f01ff",
    "bf6161016161 02ff".replace(" ", ""),
    "a2616101616102",
    "1801",
    `${"81".repeat(50)}00`,
    "9b7fffffffffffffff",
    "5b7fffffffffffffff00",
  ]) {
    assert.throws(() => decodeCbor(Buffer.from(hex, "hex")), CborFault);
  }
});

test("abuse 36: names that mean something to the language are names like any other, and reach nothing", () => {
  const value = readJson('{"__proto__":{"isTrusted":true},"constructor":{"prototype":{"isTrusted":true}},"a":1}');
  assert.ok(value instanceof Map);
  assert.equal(({} as { isTrusted?: boolean }).isTrusted, undefined);
  assert.equal(Object.getPrototypeOf(value), Map.prototype);
  assert.throws(() => readJson('{"a":1,"a":2}'), JsonFault);
  assert.throws(() => readJson("[".repeat(10_000)), JsonFault);
  const root = readXml(
    Buffer.from('<__proto__ constructor="x" xmlns:toString="urn:x" toString:valueOf="y"><hasOwnProperty/></__proto__>'),
  );
  assert.equal(root.name, "__proto__");
  assert.equal(root.declared.get("toString"), "urn:x");
  assert.equal(Object.getPrototypeOf(root), Object.prototype);
  const entries = readZip(
    writeZip([
      { name: "__proto__", content: Buffer.from("1") },
      { name: "constructor", content: Buffer.from("2") },
    ]),
  );
  assert.deepEqual(
    entries.map(({ name }) => name),
    ["__proto__", "constructor"],
  );
  assert.throws(() => decodeCbor(Buffer.from("a1695f5f70726f746f5f5f01", "hex")), CborFault);
});

test("abuse 32: namespaces that every element inherits are few", () => {
  const deep = Array.from({ length: 60 }, (_, i) => `<a xmlns:p${i}a="urn:${i}" xmlns:p${i}b="urn:${i}b">`).join("");
  assert.throws(() => readXml(Buffer.from(`${deep}${"</a>".repeat(60)}`)), XmlFault);
});

test("abuse 36: a string of megabytes in JSON is read or refused, and nothing else", () => {
  const text = `{"a":"${"x".repeat(3 * MB)}"}`;
  assert.equal((readJson(text) as ReadonlyMap<string, string>).get("a")?.length, 3 * MB);
  assert.throws(() => readJson(text.slice(0, -2)), JsonFault);
  assert.throws(() => readJson(`{"a":"${"\\u0041".repeat(500_000)}`), JsonFault);
});
