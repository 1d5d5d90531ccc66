import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import readWorkbook from "read-excel-file/node";
import writeWorkbook from "write-excel-file/node";
import { writeZip, type ZipPart } from "../table-file-zip.ts";
import { type Checked, checkedBy } from "./api-schema.ts";
import { type Answer, API, type ApiServer, type Ask, asking, eventOf, openApiServer } from "./api-server.ts";

const XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
let server: ApiServer;
let office: Ask;
let checked: Checked;

before(async () => {
  server = await openApiServer();
  office = await server.system("office");
  checked = await checkedBy(server.nobody);
});
after(async () => {
  assert.deepEqual(server.faults, []);
  await server?.close();
});

const call = async (ask: Ask, path: string, given?: Parameters<Ask>[1]): Promise<Answer> => {
  const answer = await ask(`${API}${path}`, given);
  checked.answer(given?.method ?? "GET", path, answer);
  return answer;
};
const send = (type: string, body: string | Buffer, more = "") =>
  call(office, `/thing/imports?event=entry&document=List&valid-from=2020-01-01${more}`, {
    method: "POST",
    headers: { "content-type": type, "accept-language": "ru" },
    body,
  });
const finished = async (id: string) => {
  await server.house.jobs.drain();
  return call(office, `/thing/imports/${id}`, { headers: { "accept-language": "ru" } });
};
const labels = async (kind: string) => {
  const { body } = await call(office, `/thing/records?search=by_limit&limit-is=${kind}&ground=clerk`);
  return body.records
    .map((one: { key: string; values: { label: { ky: string } } }) => `${one.key} ${one.values.label.ky}`)
    .sort();
};

test("M-A3: a file of lines is taken in: good ones are written, bad ones reported in the reader's language, each with its line", async () => {
  const csv = "number,label_ky,limit,pieces\r\nc-1,Кумура,csv,3\r\nc-2,,csv,3\r\nc-3,Чака,csv,many\r\nc-4,Казан,csv,1\r\n";
  const sent = await send("text/csv", csv);
  assert.equal(sent.status, 202, sent.text);
  assert.equal(sent.headers.location, `${API}/thing/imports/${sent.body.import.id}`);
  const { body } = await finished(sent.body.import.id);
  assert.deepEqual([body.import.state, body.import.good, body.import.bad], ["done", 2, 2]);
  assert.deepEqual(
    body.lines.map((one: { line: number; faults: { pointer: string; detail: string }[] }) => [one.line, one.faults[0]?.pointer]),
    [
      [3, "/values/label_ky"],
      [4, "/values/pieces"],
    ],
  );
  assert.match(body.lines[1].faults[0].detail, /число/);
  assert.deepEqual(await labels("csv"), ["c-1 Кумура", "c-4 Казан"]);
  const page = await call(office, `/thing/imports/${sent.body.import.id}?line=3&limit=1&verdict=bad`);
  assert.deepEqual(
    page.body.lines.map((one: { line: number }) => one.line),
    [4],
  );
});

test("M-A3: a preview writes nothing; the import is started afterwards", async () => {
  const lines = [
    { number: "j-1", label: { ky: "Кумура" }, limit: "jsonl" },
    { number: "j-2", limit: "jsonl" },
  ];
  const looked = await send("application/jsonl", lines.map((line) => JSON.stringify(line)).join("\n"), "&preview=true");
  assert.deepEqual([looked.status, looked.body.preview], [201, { lines: 2, good: 1, bad: 1, looksLike: 0 }]);
  assert.deepEqual(await labels("jsonl"), []);
  const path = `/thing/imports/${looked.body.import.id}`;
  const started = await call(office, `${path}/start`, { method: "POST" });
  assert.equal(started.status, 202, started.text);
  assert.equal((await finished(looked.body.import.id)).body.import.good, 1);
  assert.deepEqual(await labels("jsonl"), ["j-1 Кумура"]);
});

test("M-A3: a workbook is read by its rows, with numbers and days", async () => {
  const cell = (value: string | number | boolean | Date) => ({ value, ...(value instanceof Date && { format: "yyyy-mm-dd" }) });
  const rows = [
    ["number", "label_ky", "limit", "pieces", "whole", "made_on", "made_on_precision"].map(cell),
    ["x-1", "Кумура, чоң", "xlsx", 3, true, new Date("1964-05-01T00:00:00Z"), "month"].map(cell),
    ["x-2", "=1+1", "xlsx", 2.5, true, new Date("1964-05-01T00:00:00Z"), "month"].map(cell),
  ];
  const file = await writeWorkbook(rows).toBuffer();
  const sent = await send(XLSX, file);
  assert.equal(sent.status, 202, sent.text);
  const { body } = await finished(sent.body.import.id);
  assert.deepEqual([body.import.good, body.lines.map((one: { line: number }) => one.line)], [1, [3]]);
  const found = await call(office, "/thing/records/x-1?ground=clerk");
  assert.deepEqual(found.body.values.label, { ky: "Кумура, чоң" });
  assert.deepEqual([found.body.values.pieces, found.body.values.whole, found.body.values.made_on], [3, true, "1964-05"]);
});

test("what is no file of its kind is refused whole, and so is a workbook that unpacks without end", async () => {
  for (const [type, body, code] of [
    ["text/csv", "number,colour\r\n1,2\r\n", "registry.wrong-import"],
    ["text/csv", Buffer.from([0xff, 0xfe, 0x00]), "registry.wrong-import"],
    [XLSX, "no workbook", "registry.wrong-import"],
    [XLSX, Buffer.concat([Buffer.from("PK\u0005\u0006"), Buffer.alloc(18)]), "registry.wrong-import"],
    ["application/zip", "x", "kernel.unsupported-media-type"],
  ] as const) {
    const answer = await send(type, body);
    assert.ok(answer.status >= 400 && answer.status < 500, `${type}: ${answer.status}`);
    assert.equal(answer.body.code, code);
  }
  const bomb: Buffer[] = [];
  const zeros = "0".repeat(1024 * 1024);
  const content = Array.from({ length: 410 }, () => zeros);
  for await (const chunk of writeZip(once({ name: "xl/worksheets/sheet1.xml", content }))) bomb.push(chunk);
  assert.ok(Buffer.concat(bomb).length < 1024 * 1024);
  const answer = await send(XLSX, Buffer.concat(bomb));
  assert.deepEqual([answer.status, answer.body.code], [422, "registry.wrong-import"]);
  assert.equal(
    (await call(office, "/thing/imports?event=entry", { method: "POST", headers: { "content-type": "text/csv" }, body: "a" }))
      .status,
    422,
  );
  assert.equal(
    (
      await call(office, "/thing/imports?event=none&document=1", {
        method: "POST",
        headers: { "content-type": "text/csv" },
        body: "a",
      })
    ).status,
    422,
  );
});

test("M-0.7: an import is its owner's: others neither bring nor see nor start it", async () => {
  const sent = await send("text/csv", "number,label_ky\r\n", "&preview=true");
  const path = `/thing/imports/${sent.body.import.id}`;
  const [bank, person] = [await server.system("bank"), await server.person("21205199001234")];
  for (const [ask, status] of [
    [server.nobody, 401],
    [bank, 403],
    [person, 403],
  ] as const) {
    assert.equal((await call(ask, path)).status, status);
    assert.equal((await call(ask, `${path}/start`, { method: "POST" })).status, status);
    assert.equal(
      (
        await call(ask, `${path}/lines/1`, {
          method: "POST",
          headers: { "content-type": "application/json" },
          body: { same: true },
        })
      ).status,
      status,
    );
    const brought = await call(ask, "/thing/imports?event=entry&document=1", {
      method: "POST",
      headers: { "content-type": "text/csv" },
      body: "number\r\n",
    });
    assert.equal(brought.status, status);
  }
  assert.equal((await call(office, path.replace("/thing/", "/resident/"))).status, 404);
  assert.equal((await call(office, "/thing/imports/not-a-number")).status, 404);
});

test("M-A3: an export gives the same records in each format, and an import takes it back", async () => {
  for (let index = 0; index < 8; index++) {
    const values = {
      label: { ky: `Буюм "${index}"` },
      price: { amount: "1.50", currency: "KGS" },
      kind: "big",
      limit: index === 0 ? "=2+5" : "all",
      weight: "0.5",
      whole: index % 2 === 0,
    };
    const answer = await call(office, `/thing/records/e-${index}/events`, eventOf("entry", { values }));
    assert.equal(answer.status, 201, answer.text);
  }
  const file = (format: string) => server.nobody(`${API}/thing/export?search=by_kind&kind=big&ground=open&format=${format}`);
  const lines = (await file("jsonl")).text
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  assert.deepEqual(
    lines.map((one) => one.key).sort(),
    Array.from({ length: 8 }, (_, index) => `e-${index}`),
  );
  assert.deepEqual(lines.find((one) => one.key === "e-3").values.price, { amount: "1.50", currency: "KGS" });
  const csv = await file("csv");
  assert.match(csv.headers["content-disposition"]!, /filename="thing\.csv"/);
  const rows = csv.text.trim().split("\r\n");
  assert.deepEqual([rows.length, rows[0]!.split(",").slice(0, 3)], [9, ["number", "valid_from", "state"]]);
  const sheet = (await readWorkbook((await file("xlsx")).bytes))[0]!.data;
  assert.equal(sheet.length, 9);
  const [head, ...body] = sheet as unknown as string[][];
  const first = Object.fromEntries(head!.map((name, index) => [name, body.find((row) => row[0] === "e-0")![index]]));
  assert.deepEqual(
    [first.label_ky, first.price, first.price_currency, first.limit, first.whole],
    ['Буюм "0"', 150, "KGS", "=2+5", true],
  );
  // Taken back by another register of the same shape it would be the same: here every line says it is there already.
  const back = await send("text/csv", csv.text.replaceAll(/^([^,]*),([^,]*),[^,]*,/gm, "$1,$2,"), "&preview=true");
  assert.deepEqual(
    [back.status, back.body.preview.lines, new Set(back.body.lines.map((one: { code: string }) => one.code))],
    [201, 8, new Set(["registry.exists-already"])],
  );
  assert.equal(
    (await call(server.nobody, "/resident/export", asking({ search: "by_street", street: "a", ground: "clerk" }))).status,
    401,
  );
});

async function* once(part: ZipPart): AsyncGenerator<ZipPart> {
  yield part;
}
