import assert from "node:assert/strict";
import { test } from "node:test";
import { createLook, dispositionOf, passiveKinds, plainName, safeName, sentType } from "../content-look.ts";
import { emptyZip, jpeg, pdf, png } from "./content-files.ts";

const lookAt = (type: string, bytes: Buffer, step = bytes.length || 1) => {
  const look = createLook(type);
  for (let at = 0; at < bytes.length; at += step) look.take(bytes.subarray(at, at + step));
  return look.end()?.key;
};
const kinds = { pdf: "application/pdf", png: "image/png", jpeg: "image/jpeg", text: "text/plain", html: "text/html" };
const good: [string, string, Buffer][] = [
  ["a PDF", kinds.pdf, pdf()],
  ["a PNG", kinds.png, png(3, 2)],
  ["a JPEG", kinds.jpeg, jpeg(640, 480)],
  ["a text", kinds.text, Buffer.from("Кыргызстан: ң ө ү\n")],
  ["a page where pages may come", kinds.html, Buffer.from("<!doctype html><title>Мыйзам</title>")],
];
for (const [what, type, bytes] of good)
  test(`${what} is what it says, in one piece and byte by byte`, () => {
    assert.equal(lookAt(type, bytes), undefined);
    assert.equal(lookAt(type, bytes, 1), undefined);
  });

const eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS", "-TEST-FILE!$H+H*"].join("");
const bad: [string, string, Buffer, string][] = [
  ["a page that is said to be a PDF", kinds.pdf, Buffer.from("<!doctype html><script>alert(1)</script>"), "file-not-kind"],
  ["a PDF that is a page too", kinds.pdf, pdf("<script>alert(1)</script>"), "file-not-kind"],
  ["a page before a PDF", kinds.pdf, Buffer.concat([Buffer.from("<html>"), pdf()]), "file-not-kind"],
  ["a PDF with an archive behind it", kinds.pdf, Buffer.concat([pdf(), emptyZip]), "file-not-kind"],
  ["a PDF that was cut off", kinds.pdf, pdf().subarray(0, 60), "file-not-kind"],
  [
    "a picture with a page in it",
    kinds.png,
    Buffer.concat([png(), Buffer.from("<script>"), png().subarray(-12)]),
    "file-not-kind",
  ],
  ["a picture with bytes behind its end", kinds.png, Buffer.concat([png(), Buffer.from("MZ")]), "file-not-kind"],
  ["a PNG said to be a JPEG", kinds.jpeg, png(), "file-not-kind"],
  ["a drawing with a script", "image/svg+xml", Buffer.from("<svg onload='alert(1)'/>"), "file-not-kind"],
  ["a drawing said to be a text", kinds.text, Buffer.from("  <svg onload='alert(1)'/>"), "file-not-kind"],
  ["a program said to be a text", kinds.text, Buffer.from([0x4d, 0x5a, 0x90, 0, 3]), "file-not-kind"],
  ["a text that is not in UTF-8", kinds.text, Buffer.from([0xcf, 0xf0, 0xe8]), "file-not-kind"],
  ["a text cut inside a letter", kinds.text, Buffer.from("ңң").subarray(0, 3), "file-not-kind"],
  ["nothing", kinds.pdf, Buffer.alloc(0), "file-not-kind"],
  ["a kind nobody knows", "application/x-msdownload", Buffer.from("MZ"), "file-not-kind"],
  ["a name out of a prototype", "constructor", Buffer.from("x"), "file-not-kind"],
  ["a picture of 100,000 points on a side", kinds.png, png(100_000, 100_000, 1), "file-too-wide"],
  ["a picture of 60,000 points on a side", kinds.jpeg, jpeg(60_000, 100), "file-too-wide"],
  ["the test file of virus scanners", kinds.text, Buffer.from(eicar), "file-harmful"],
  ["the same inside a PDF", kinds.pdf, pdf(eicar), "file-harmful"],
];
for (const [what, type, bytes, key] of bad)
  test(`abuse 20: ${what} is refused`, () => {
    assert.equal(lookAt(type, bytes), key);
    assert.equal(lookAt(type, bytes, 7), key, "in small pieces");
  });

test("abuse 20: a file name is nothing but a name, and ends as its kind does", () => {
  const names: [string, string, string][] = [
    ["../../etc/passwd", kinds.pdf, "passwd.pdf"],
    ["C:\\Users\\a\\deed.pdf", kinds.pdf, "deed.pdf"],
    ["deed.pdf.exe", kinds.pdf, "deed.pdf.exe.pdf"],
    ["fdp.\u202eexe", kinds.pdf, "fdp.exe.pdf"],
    ["a\r\nset-cookie: x.png", kinds.png, "aset-cookie x.png"],
    [".htaccess", kinds.text, "htaccess.txt"],
    ["..", kinds.png, "file.png"],
    ["Чарба.JPG", kinds.jpeg, "Чарба.JPG"],
    ["a.svg", "image/svg+xml", "a.svg.bin"],
  ];
  for (const [given, type, wanted] of names) assert.equal(safeName(given, type), wanted, given);
  assert.equal(plainName("x".repeat(300)).length, 200);
});

test("abuse 20: a browser is never told a kind that it would run", () => {
  assert.equal(sentType(kinds.html), "application/octet-stream");
  assert.equal(sentType("image/svg+xml"), "application/octet-stream");
  assert.equal(sentType(kinds.pdf), "application/pdf");
  assert.equal(passiveKinds.includes(kinds.html), false);
});

test("abuse 20: the name in a header is ASCII beside the name as it is, and nothing of it ends the header", () => {
  assert.equal(dispositionOf('Үй "1".pdf'), "attachment; filename=\"__ _1_.pdf\"; filename*=UTF-8''%D2%AE%D0%B9%20%221%22.pdf");
  assert.match(dispositionOf("a\\'*().pdf"), /^attachment; filename="a_'\*\(\).pdf"; filename\*=UTF-8''a%5C%27%2A%28%29\.pdf$/);
});
