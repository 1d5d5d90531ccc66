/** A body's own system at the API of registers, and an operator at the terminal beside the server that runs. */
import assert from "node:assert/strict";
import { createHash, randomUUID } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { makePin } from "@kerege/registry";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { createVisitor } from "./visitor.ts";

const dataFolder = temporaryFolder();
const pins = [1, 2, 3].map((serial) => makePin({ sex: "f", bornOn: "1985-03-04", serial: 900 + serial })!);
let house: RunningHouse;
let id = "";
let secret = "";

before(async () => {
  house = await startHouse({ dataFolder });
});
after(() => house?.stop());

const ask = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${house.address}/api/registers/v1${path}`, { headers });
const bearer = () => ({ authorization: `Bearer ${secret}` });
/** The card of a reader, by a number that is sent. */
const find = (pin: string | undefined, headers: Record<string, string> = {}) =>
  fetch(`${house.address}/api/registers/v1/library_card/records/find`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ key: pin, ground: "library-card" }),
  });

test("M-A3: a system of a body is let in by the secret that the terminal shows once", async () => {
  assert.equal((await kerege(["client", "add", "nobody", "System"], { dataFolder })).code, 2);
  const added = await kerege(["client", "add", "library", "Library", "system"], { dataFolder });
  assert.equal(added.code, 0, added.text);
  secret = /^[\w-]{43}$/m.exec(added.text)?.[0] ?? "";
  id = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/.exec(added.text)?.[0] ?? "";
  const listed = await kerege(["client", "list"], { dataFolder });
  assert.match(listed.text, new RegExp(`${id} .*library .*Library system`));
  assert.equal(listed.text.includes(secret), false);
  assert.equal((await find(pins[0])).status, 401);
  assert.equal((await find(pins[0], bearer())).status, 404);
});

test("M-A3: a file is looked at, taken in with a report by line, read through the API, and written out again", async () => {
  const file = join(dataFolder, "cards.csv");
  const lines = [
    "reader,branch,takes_home,valid_until",
    ...pins.map((pin, index) => `${pin},${index === 1 ? "moon" : "central"},yes,2027-01-01`),
  ];
  writeFileSync(file, `${lines.join("\r\n")}\r\n`);
  const args = ["import", "library_card", file, "--event", "issue", "--document", "Order 7", "--from", "2026-01-01"];
  assert.equal((await kerege(["import", "library_card"], { dataFolder })).code, 2);
  const looked = await kerege([...args, "--preview"], { dataFolder });
  assert.deepEqual([looked.code, /good 2, bad 1/.test(looked.text)], [1, true], looked.text);
  assert.equal((await find(pins[0], bearer())).status, 404);
  const taken = await kerege(args, { dataFolder });
  assert.match(taken.text, /Line 3:[\s\S]*branch/);
  assert.match(taken.text, /written 2, bad 1/);
  const found = await find(pins[0], bearer());
  const record = (await found.json()) as { id: string; values: { branch: string; takes_home: boolean } };
  assert.deepEqual([found.status, record.values.branch, record.values.takes_home], [200, "central", true]);
  const named = await ask(`/library_card/records/${record.id}?ground=library-card`, bearer());
  assert.deepEqual([named.status, await named.json()], [200, record], "the address tells no number");
  assert.equal((await ask(`/library_card/records/${pins[0]}?ground=library-card`, bearer())).status, 400);
  const out = join(dataFolder, "out.jsonl");
  const exportIt = ["export", "library_card", out, "--ground", "library-card", "--search", "by_branch", "--by", "branch=central"];
  const written = await kerege(exportIt, { dataFolder });
  assert.equal(written.code, 0, written.text);
  const keys = readFileSync(out, "utf8")
    .trim()
    .split("\n")
    .map((line) => (JSON.parse(line) as { key: string }).key);
  assert.deepEqual(keys.sort(), [pins[0], pins[2]].sort());
  assert.equal((await kerege(exportIt, { dataFolder })).code, 2, "a file that is there is never written over");
  const denied = await kerege([...exportIt.with(2, join(dataFolder, "no.csv")), "--body", "tax"], { dataFolder });
  assert.deepEqual([denied.code, /There is no ground/.test(denied.text)], [1, true], denied.text);
});

test("M-A9: the ministry brings the text of a normative act, anybody gets it from its page without signing in", async () => {
  const added = await kerege(["client", "add", "justice", "Ministry", "system"], { dataFolder });
  const own = { authorization: `Bearer ${/^[\w-]{43}$/m.exec(added.text)?.[0] ?? ""}` };
  const bytes = Buffer.from("%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n");
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const api = `${house.address}/api/registers/v1/normative_act`;
  const bring = (of: string, headers: Record<string, string>) =>
    fetch(`${api}/files/${of}?field=text`, {
      method: "PUT",
      headers: { "content-type": "application/pdf", ...headers },
      body: new Uint8Array(bytes),
    });
  assert.equal((await bring(sha256, bearer())).status, 403, "another body brings nothing");
  assert.equal((await bring(sha256, own)).status, 201);
  const recorded = await fetch(`${api}/records/kg-law-journey/events`, {
    method: "POST",
    headers: { "content-type": "application/json", "idempotency-key": randomUUID(), ...own },
    body: JSON.stringify({
      event: "adoption",
      validFrom: "2026-01-05",
      document: { kind: "official-publication", number: "1" },
      values: {
        kind: "law",
        number: "1",
        adopted_on: "2026-01-05",
        adopted_by: "parliament",
        title: { ky: "Сыноо жөнүндө", ru: "О пробе" },
        text: { sha256, name: "law-1.pdf", type: "application/pdf", size: bytes.length },
      },
    }),
  });
  assert.equal(recorded.status, 201, await recorded.text());
  const page = await (await fetch(`${house.address}/ky/registers/normative_act/records/kg-law-journey`)).text();
  const href = /href="([^"]*\/files\/text[^"]*)"/.exec(page)?.[1]?.replaceAll("&amp;", "&") ?? "";
  const got = await fetch(`${house.address}${href}`);
  assert.equal(got.status, 200);
  assert.deepEqual(Buffer.from(await got.arrayBuffer()), bytes);
  assert.match(got.headers.get("content-disposition") ?? "", /^attachment; filename="law-1\.pdf"/);
});

test("M-A3: a system that was taken off the list is not let in any more", async () => {
  const ended = await kerege(["client", "end", id], { dataFolder });
  assert.equal(ended.code, 0, ended.text);
  const answer = await find(pins[0], bearer());
  assert.deepEqual([answer.status, answer.headers.get("www-authenticate")], [401, 'Bearer error="invalid_token"']);
  assert.equal((await kerege(["client", "end", id], { dataFolder })).code, 1);
});

test("M-A4: in a demo country anyone sits down at the desk of an invented official, and the header names the post", async () => {
  const visitor = createVisitor(house.address, "en");
  const page = await visitor.get("/en/desk/sign-in");
  const [, post = "", name = ""] = /name="post" value="([^"]+)".*?<b>([^<]+)<\/b>/s.exec(page.text) ?? [];
  assert.ok(post !== "" && name !== "");
  const desk = await visitor.post("/en/desk/sign-in", { post });
  assert.match(desk.text, new RegExp(`<header[\\s\\S]*${name}[\\s\\S]*</header>`));
  assert.match(visitor.cookies(), /desk=/);
  assert.equal(
    (await visitor.send("/en/desk/sign-in", { method: "POST", body: new URLSearchParams({ post: "no-such-post" }) })).status,
    404,
  );
  const { headers } = await visitor.send("/en/desk/sign-in", {
    method: "POST",
    body: new URLSearchParams({ post, return: "//evil.example" }),
  });
  assert.match(headers.get("location") ?? "", /^\/en\/desk\//);
  await visitor.post("/en/desk/sign-out");
  assert.equal(visitor.cookies(), "");
});
