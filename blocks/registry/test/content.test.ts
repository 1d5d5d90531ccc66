import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { request as httpRequest } from "node:http";
import type { AddressInfo } from "node:net";
import { after, before, test } from "node:test";
import type { Actor } from "@kerege/kernel/actor";
import { sql } from "@kerege/kernel/database";
import { checkRegister } from "../consistency.ts";
import { makePin } from "../pin.ts";
import { compileRegister } from "../store-sql.ts";
import { API, type ApiServer, type Ask, eventOf, openApiServer } from "./api-server.ts";
import { pdf, png } from "./content-files.ts";

const pins = Array.from({ length: 40 }, (_, serial) => makePin({ sex: "f", bornOn: "1980-02-03", serial: 300 + serial })).filter(
  (pin) => pin !== undefined,
);
let server: ApiServer;
let [office, bank]: Ask[] = [];
let used = 0;
const owner: Actor = { kind: "system", body: "office", name: "office system" };

before(async () => {
  server = await openApiServer({ packs: ["things", "papers"] });
  [office, bank] = [await server.system("office"), await server.system("bank")];
});
after(async () => {
  await server?.close();
});

const hashOf = (bytes: Buffer) => createHash("sha256").update(bytes).digest("hex");
const bring = (ask: Ask, bytes: Buffer, given: { type?: string; as?: string; field?: string } = {}) =>
  ask(`${API}/paper/files/${given.as ?? hashOf(bytes)}?field=${given.field ?? "scan"}`, {
    method: "PUT",
    headers: { "content-type": given.type ?? "application/pdf" },
    body: bytes,
  });
const fileValue = (bytes: Buffer, name = "deed.pdf", type = "application/pdf") => ({
  sha256: hashOf(bytes),
  name,
  type,
  size: bytes.length,
});
let made = 0;
const entry = async (scan: object, ask = office!) => {
  const [number, pin] = [`p-${++made}`, pins[used++]!];
  const answer = await ask(`${API}/paper/records/${number}/events`, eventOf("entry", { values: { holder: pin, scan } }));
  return { number, pin, answer };
};
const paper = async (bytes: Buffer, name?: string, type?: string) => {
  const brought = await bring(office!, bytes, type ? { type } : {});
  assert.equal(brought.status, 201, brought.text);
  const { number, pin, answer } = await entry(fileValue(bytes, name, type));
  assert.equal(answer.status, 201, answer.text);
  return { number, pin };
};
const get = (ask: Ask, number: string, more = "") => ask(`${API}/paper/records/${number}/files/scan?ground=papers${more}`);
const rows = (text: string, values: unknown[] = []) => server.house.database.rows<Record<string, unknown>>({ text, values });
const faultsOf = (answer: { body: { fields?: { pointer: string; detail: string }[] } }) =>
  (answer.body.fields ?? []).map(({ pointer }) => pointer);
const consistent = async () => {
  const declared = server.registry.registers().find(({ register }) => register === "paper")!;
  return (await checkRegister(server.house.database, compileRegister(declared), "2026-11-22")).faults;
};

test("M-A3: a file is brought, recorded, and given back byte for byte under the ground of its field; the person sees it read", async () => {
  const bytes = Buffer.concat([pdf("a".repeat(400_000))]);
  const { number, pin } = await paper(bytes, "Үй кагазы.pdf");
  const answer = await get(office!, number, "&case=c-1");
  assert.deepEqual([answer.status, answer.bytes.equals(bytes)], [200, true]);
  assert.equal(answer.headers["content-type"], "application/pdf");
  assert.equal(answer.headers["x-content-type-options"], "nosniff");
  assert.equal(answer.headers["cache-control"], "private, no-store");
  assert.match(answer.headers["content-security-policy"]!, /sandbox/);
  assert.match(answer.headers["content-disposition"]!, /^attachment; filename="[\x20-\x7e]+"; filename\*=UTF-8''%D2%AE/);
  assert.equal(answer.headers["repr-digest"], `sha-256=:${createHash("sha256").update(bytes).digest("base64")}:`);
  const reads = (await server.registry.readsAbout({ kind: "person", pin }, { pin })).rows;
  assert.deepEqual(
    reads.map(({ fields, ground, found, case: of }) => ({ fields, ground, found, of })),
    [{ fields: ["scan", "scan_name", "scan_type", "scan_size"], ground: "papers", found: true, of: "c-1" }],
  );
  const self = await server.person(pin);
  assert.equal((await get(self, number)).bytes.equals(bytes), true);
  assert.deepEqual(await consistent(), []);
});

test("M-0.7: a file goes to nobody whom its ground does not let read it: stranger, other body, other person, another field's ground", async () => {
  const { number } = await paper(pdf("secret"));
  assert.equal((await get(server.nobody, number)).status, 401);
  assert.equal((await get(bank!, number)).status, 403);
  assert.equal((await get(await server.person(pins.at(-1)!), number)).status, 404);
  assert.equal((await bank!(`${API}/paper/records/${number}/files/scan?ground=numbers`)).status, 403);
  assert.equal((await office!(`${API}/paper/records/${number}/files/holder?ground=papers`)).status, 404);
  assert.equal((await get(office!, "no-such")).status, 404);
});

test("M-A3: an older version gives the file it had", async () => {
  const [first, second] = [pdf("first"), pdf("second")];
  const { number } = await paper(first);
  assert.equal((await bring(office!, second)).status, 201);
  const change = eventOf("renewal", { values: { scan: fileValue(second, "new.pdf") }, validFrom: "2022-01-01" });
  assert.equal((await office!(`${API}/paper/records/${number}/events`, change)).status, 200);
  assert.equal((await get(office!, number)).bytes.equals(second), true);
  assert.equal((await get(office!, number, "&on=2021-12-31")).bytes.equals(first), true);
});

test("a file is recorded only by who brought it, and only as what it is", async () => {
  const bytes = pdf("mine");
  const missing = await entry(fileValue(bytes));
  assert.deepEqual([missing.answer.status, faultsOf(missing.answer)], [422, ["/values/scan"]]);
  assert.equal((await bring(office!, bytes)).status, 201);
  for (const wrong of [
    { ...fileValue(bytes), size: bytes.length + 1 },
    { ...fileValue(bytes), type: "image/png" },
  ]) {
    const { answer } = await entry(wrong);
    assert.deepEqual([answer.status, faultsOf(answer)], [422, ["/values/scan"]], JSON.stringify(wrong));
  }
  // The bank may renew papers, but knows only the fingerprint of what the office brought: it gets nothing by it.
  const { number } = await paper(pdf("other"));
  const claim = eventOf("renewal", { values: { scan: fileValue(bytes) }, validFrom: "2021-01-01" });
  assert.equal((await bank!(`${API}/paper/records/${number}/events`, claim)).status, 422);
  assert.equal((await bring(bank!, bytes)).status, 201);
  assert.equal(
    (
      await bank!(
        `${API}/paper/records/${number}/events`,
        eventOf("renewal", { values: { scan: fileValue(bytes) }, validFrom: "2021-01-01" }),
      )
    ).status,
    200,
  );
});

test("who may not record it may not bring it, and not a byte is kept", async () => {
  const before = await rows("select count(*) as n from registry.content_piece");
  const person = await server.person(pins[0]!);
  assert.equal((await bring(server.nobody, pdf("x"))).status, 401);
  assert.equal((await bring(person, pdf("x"))).status, 403);
  assert.equal((await bring(bank!, pdf("x"), { field: "holder" })).status, 422);
  const stranger = await server.system("elsewhere");
  assert.equal((await bring(stranger, pdf("x"))).status, 403);
  assert.deepEqual(await rows("select count(*) as n from registry.content_piece"), before);
});

const refused: [string, Buffer, { type?: string; as?: string }][] = [
  ["a page said to be a PDF", Buffer.from("<!doctype html><script>alert(1)</script>"), {}],
  ["a PDF that is a page too", pdf("<script>alert(1)</script>"), {}],
  ["a drawing with a script", Buffer.from("<svg onload='alert(1)'/>"), { type: "image/svg+xml" }],
  ["a picture said to be a PDF", png(), {}],
  ["a picture of 100,000 points on a side", png(100_000, 100_000, 1), { type: "image/png" }],
  ["the test file of virus scanners", Buffer.from(["EICAR-STANDARD-ANTIVIRUS", "-TEST-FILE"].join("")), { type: "text/plain" }],
  ["other bytes than its fingerprint says", pdf("a"), { as: "0".repeat(64) }],
  ["more bytes than the field allows", pdf("a".repeat(600_001)), {}],
];
for (const [what, bytes, given] of refused)
  test(`abuse 20: ${what} is refused in words, and nothing of it stays`, async () => {
    const before = await rows("select count(*) as n from registry.content_piece");
    const answer = await bring(office!, bytes, given);
    assert.equal(answer.status, 422, answer.text);
    assert.deepEqual(faultsOf(answer), ["/values/scan"]);
    assert.doesNotMatch(answer.text, /registry\.fields/);
    assert.deepEqual(await rows("select count(*) as n from registry.content_piece"), before);
  });

test("abuse 20: a path in a file name is refused by the register, and what was recorded otherwise is saved under a plain name", async () => {
  const bytes = pdf("named");
  assert.equal((await bring(office!, bytes)).status, 201);
  for (const name of ["../../etc/passwd", "a\\b.pdf", "a\r\nb.pdf", "\u202efdp.exe"])
    assert.equal((await entry(fileValue(bytes, name))).answer.status, 422, JSON.stringify(name));
  const { number } = await paper(bytes, "deed.pdf.exe");
  assert.match((await get(office!, number)).headers["content-disposition"]!, /filename="deed\.pdf\.exe\.pdf"/);
});

test("abuse 20: a page that a field allows goes out as bytes to be saved, never as a page", async () => {
  const { number } = await paper(Buffer.from("<!doctype html><script>alert(1)</script>"), "law.html", "text/html");
  const { headers } = await get(office!, number);
  assert.equal(headers["content-type"], "application/octet-stream");
  assert.match(headers["content-disposition"]!, /^attachment/);
});

test("bytes changed by hand are found, and never given out whole", async () => {
  const { number } = await paper(pdf(`to be changed ${"a".repeat(400_000)}`));
  const held = await rows(
    "select c.content from registry.content c join registry.content_use u on u.sha256 = c.sha256 and u.register = c.register where u.key = $1",
    [number],
  );
  const change = (from: string, to: string) =>
    rows(
      "update registry.content_piece set bytes = convert_to(replace(convert_from(bytes, 'UTF8'), $2, $3), 'UTF8') where content = $1",
      [held[0]!.content, from, to],
    );
  await change("to be changed", "to be CHANGED");
  assert.deepEqual(await consistent(), [{ what: "file-content", at: number }]);
  const file = await server.registry.openFile(owner, { register: "paper", key: number, field: "scan", ground: "papers" });
  await assert.rejects(async () => {
    for await (const _ of file!.content());
  }, /tampered/);
  // Over a real connection the answer breaks off: its length was said before.
  await server.app.listen({ port: 0, host: "127.0.0.1" });
  const { secret } = await server.identity.addClient(
    { kind: "system", body: "office", name: "t" },
    { body: "office", name: "p" },
  );
  const { port } = server.app.server.address() as AddressInfo;
  await assert.rejects(
    new Promise((resolve, reject) => {
      const asked = httpRequest(
        {
          port,
          agent: false,
          path: `${API}/paper/records/${number}/files/scan?ground=papers`,
          headers: { authorization: `Bearer ${secret}` },
        },
        (answer) => {
          answer.on("error", reject).on("end", resolve).resume();
        },
      );
      asked.on("error", reject).end();
    }),
    /aborted|hang up/,
  );
  await change("to be CHANGED", "to be changed");
  await rows("delete from registry.content where content = $1", [held[0]!.content]);
  assert.deepEqual(await consistent(), [{ what: "file-missing", at: number }]);
  const { house } = server;
  await house.database.run(sql`insert into registry.content (sha256, register, body, content, type, size, kept_at)
    select u.sha256, u.register, 'office', ${held[0]!.content as string}::uuid, 'application/pdf', (select sum(length(bytes)) from registry.content_piece where content = ${held[0]!.content as string}::uuid), now()
    from registry.content_use u where u.key = ${number}`);
  assert.deepEqual(await consistent(), []);
});

test("M-0.8: erasing takes the content along, unless another record has it too", async () => {
  const [alone, shared] = [pdf(`alone ${randomUUID()}`), pdf(`shared ${randomUUID()}`)];
  const [one, two, three] = [await paper(alone), await paper(shared), await paper(shared)];
  const end = async (number: string) => {
    const answer = await office!(`${API}/paper/records/${number}/events`, eventOf("end", { validFrom: "2025-01-01" }));
    assert.equal(answer.status, 200, answer.text);
  };
  await end(one.number);
  await end(two.number);
  assert.equal(await server.registry.erase("paper"), 2);
  const left = async (bytes: Buffer) => (await rows("select 1 from registry.content where sha256 = $1", [hashOf(bytes)])).length;
  assert.deepEqual([await left(alone), await left(shared)], [0, 1]);
  assert.deepEqual(
    await rows(
      "select p.content from registry.content_piece p left join registry.content c using (content) where c.content is null",
    ),
    [],
  );
  assert.equal((await get(office!, three.number)).bytes.equals(shared), true);
  assert.deepEqual(await consistent(), []);
});

test("what was brought and never recorded goes after two days, what was recorded stays", async () => {
  const [kept, left] = [pdf("kept"), pdf("left")];
  const { number } = await paper(kept);
  assert.equal((await bring(office!, left)).status, 201);
  await server.house.database.run(
    sql`insert into registry.content_piece (content, piece, bytes) values ('019a0000-0000-7000-8000-000000000000', 0, 'cut')`,
  );
  const { createContents } = await import("../content.ts");
  const at = new Date("2026-11-22T06:00:00Z");
  const cleaner = (now: Date) =>
    createContents(
      { database: server.house.database, clock: { now: () => now }, ids: { next: randomUUID } },
      { published: undefined as never, read: server.registry.read },
    );
  await cleaner(at).clean();
  assert.equal((await rows("select 1 from registry.content where sha256 = $1", [hashOf(left)])).length, 1);
  const late = await entryLater(left);
  assert.equal(late, 422, "after a day it has to be brought again");
  await cleaner(new Date("2026-11-25T06:00:00Z")).clean();
  assert.equal((await rows("select 1 from registry.content where sha256 = $1", [hashOf(left)])).length, 0);
  assert.deepEqual(await rows("select 1 from registry.content_piece where bytes = 'cut'"), []);
  assert.equal((await get(office!, number)).bytes.equals(kept), true);
});

async function entryLater(bytes: Buffer): Promise<number> {
  server.house.clock.set("2026-11-23T07:00:00Z");
  const { answer } = await entry(fileValue(bytes));
  server.house.clock.set("2026-11-22T06:00:00Z");
  return answer.status;
}

const boundary = "----part";
/** A form as a browser sends it, with a file. */
function formOf(fields: Record<string, string>, file?: { input: string; name: string; type: string; bytes: Buffer }): Buffer {
  const parts: Buffer[] = Object.entries(fields).map(([name, value]) =>
    Buffer.from(`--${boundary}\r\ncontent-disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`),
  );
  if (file)
    parts.push(
      Buffer.from(
        `--${boundary}\r\ncontent-disposition: form-data; name="${file.input}"; filename="${file.name}"\r\ncontent-type: ${file.type}\r\n\r\n`,
      ),
      file.bytes,
      Buffer.from("\r\n"),
    );
  return Buffer.concat([...parts, Buffer.from(`--${boundary}--\r\n`)]);
}
const hidden = (text: string) =>
  Object.fromEntries(
    [...text.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name!, value!]),
  );

test("M-A3: an official adds a file to the form of an event, looks at it, records it and gets it from the card", async () => {
  const clerk = await server.official({ official: "one", body: "office", post: "clerk" });
  const [number, pin] = [`p-${++made}`, pins[used++]!];
  const path = "/en/desk/registers/paper/new/entry";
  const send = (fields: Record<string, string>, file?: Parameters<typeof formOf>[1]) =>
    clerk(path, {
      method: "POST",
      headers: { "content-type": `multipart/form-data; boundary=${boundary}`, accept: "text/html" },
      body: formOf(fields, file),
    });
  const fields = { act: randomUUID(), key: number, "v.holder": pin, document: "Form 1", valid_from: "01.01.2020" };
  const bytes = pdf("from the desk");
  const wrong = await send({ ...fields, do: "check" }, { input: "v.scan", name: "a.pdf", type: "application/pdf", bytes: png() });
  assert.equal(wrong.status, 422);
  assert.match(wrong.text, /What the file holds is not PDF/);
  const look = await send(
    { ...fields, do: "check" },
    { input: "v.scan", name: "C:\\scans\\deed.pdf", type: "application/pdf", bytes },
  );
  assert.equal(look.status, 200, look.text);
  assert.match(look.text, /deed\.pdf/);
  assert.equal(hidden(look.text)["v.scan.sha256"], hashOf(bytes));
  const done = await send({ ...hidden(look.text), do: "record" });
  assert.equal(done.status, 303, done.text);
  const card = await clerk(`/en/desk/registers/paper/records/${number}?ground=papers`, { headers: { accept: "text/html" } });
  const href = /href="([^"]*\/files\/scan[^"]*)"/.exec(card.text)![1]!.replaceAll("&amp;", "&");
  const saved = await clerk(href);
  assert.deepEqual([saved.status, saved.bytes.equals(bytes)], [200, true]);
  assert.match(saved.headers["content-disposition"]!, /filename="deed\.pdf"/);
});
