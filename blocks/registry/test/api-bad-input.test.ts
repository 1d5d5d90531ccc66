/** Nasty text through every search of every register of the packs, and through every other door of the API: refused, never broken. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { languages } from "@kerege/kernel/locale";
import { isOpenSearch } from "../addresses.ts";
import { partsOf } from "../api-register.ts";
import { expandGround } from "../expand.ts";
import { compileRegister } from "../store-sql.ts";
import { checkedBy } from "./api-schema.ts";
import { type Answer, API, type ApiServer, type Ask, asking, eventOf, openApiServer } from "./api-server.ts";

const root = fileURLToPath(new URL("../../../", import.meta.url));
const nasty = [
  "'",
  "' or '1'='1",
  "'; drop table registry.person; --",
  '"; drop schema registry cascade; --',
  "1); delete from registry.act where (1=1",
  "\\",
  "$1",
  "$$",
  "%",
  "_",
  "*",
  "{{7*7}}",
  'if true then "x" else "y"',
  "function(a) a",
  "1..100000000",
  '<script>alert("1")</script>',
  "=cmd|' /C calc'!A0",
  "../../../../etc/passwd",
  "\u202e\u0301\ud83d\ude00",
  "İıſß",
  "0000-00-00",
  "2026-02-30",
  "0000-01-01",
  "-0",
  "1e400",
  "99999999999999999999",
  "NaN",
  "null",
  "true",
  "74,42,75,43",
  "181,91,-181,-91",
  "a".repeat(301),
  "Ыңжө".repeat(75),
  "\n\t\r",
  " ",
];
let server: ApiServer;

// What other blocks interpret in packs is none of ours.
before(async () => {
  server = await openApiServer({
    root,
    country: "demo",
    otherFiles: /^(?!registers|grounds|agreements|known-facts|reference|locales)([a-z-]+\/.+)$/,
  });
});
after(() => server?.close());

const count = async () => {
  const names = server.registry.registers().map(({ register }) => register);
  return Promise.all(names.map((name) => server.registry.count(name)));
};

/** Told in a language of the asker, and nothing of the inside. */
function assertSaid(answer: Answer, where: string): void {
  assert.ok(answer.status < 500, `${where}: ${answer.status} ${answer.text}\n${server.faults.at(-1)}`);
  if (answer.status < 400) return;
  assert.match(String(answer.headers["content-type"]), /^application\/problem\+json/, where);
  assert.ok(answer.body.title && answer.body.detail && !answer.body.title.includes("problems."), where);
  assert.doesNotMatch(answer.text, /syntax error|relation "|at .*\.ts:\d|SQLSTATE/i, where);
}

/** Who may search a register under a ground. */
async function readerOf(
  readers: { bodies?: string[]; agreements?: string[]; anyone?: boolean },
  asks: Map<string, Ask>,
): Promise<Ask> {
  const [body] = readers.bodies ?? [];
  if (body === undefined) return server.nobody;
  const ask = asks.get(body) ?? (await server.system(body));
  asks.set(body, ask);
  return ask;
}

test("M-A3: the description of every register of the packs is well-formed OpenAPI 3.1, made of its declaration", async () => {
  const { descriptions } = await checkedBy(server.nobody);
  const registers = server.registry.registers();
  assert.equal(descriptions.size, registers.length + 1);
  for (const { register, fields, search } of registers) {
    const { paths, components } = descriptions.get(`${API}/${register}/openapi.json`)!;
    assert.deepEqual(Object.keys(components.schemas.Values!.properties as object), Object.keys(fields));
    assert.equal("/records/search" in paths, Object.keys(search).length > 0, register);
    const { flat } = compileRegister(server.registry.registers().find((one) => one.register === register)!).expanded;
    assert.equal(
      paths["/records"] !== undefined,
      Object.keys(search).some((name) => isOpenSearch(flat, name)),
      `${register}: only what is open to all is searched by an address`,
    );
    const metadata = await server.nobody(`${API}/${register}`);
    assert.deepEqual(
      metadata.body.fields.map((field: { name: string }) => field.name),
      Object.keys(fields),
    );
    assert.ok(metadata.body.access.length > 0, `nobody may read ${register}`);
  }
});

test("M-0.7 M-A3: injection through every declared search of every register finds nothing and breaks nothing", async () => {
  const asks = new Map<string, Ask>();
  const before = await count();
  let tried = 0;
  const searched = new Set<string>();
  for (const declaration of server.registry.registers()) {
    const register = compileRegister(declaration);
    const expanded = new Map([[declaration.register, register.expanded]]);
    const grounds = server.registry.grounds().map((ground) => expandGround(ground, expanded));
    for (const [name, condition] of Object.entries(register.declaration.search)) {
      const ground = grounds.find(
        (one) => one.searches?.[declaration.register]?.includes(name) && (one.readers.bodies || one.readers.anyone),
      );
      const ask = await readerOf(ground?.readers ?? {}, asks);
      const parts = partsOf(condition);
      for (const [index, text] of nasty.entries()) {
        // One nasty value at a time beside good ones would need good ones of each type: here all are nasty, each another.
        const typed = parts.map(({ parameter }, place) => [parameter, nasty[(index + place) % nasty.length]!]);
        const query = { search: name, ground: ground?.ground ?? "none", ...Object.fromEntries(typed) };
        const language = languages[index % languages.length]!;
        const where = `${declaration.register} ${name} ${text}`;
        const open = isOpenSearch(register.declaration, name);
        const { headers, ...sent } = asking(query);
        const answer = await ask(
          `${API}/${declaration.register}/records${open ? `?${new URLSearchParams(query)}` : "/search"}`,
          open ? { headers: { "accept-language": language } } : { ...sent, headers: { ...headers, "accept-language": language } },
        );
        assertSaid(answer, where);
        if (answer.status === 200) assert.deepEqual(answer.body.records, [], where);
        if (answer.status >= 400) assert.equal(answer.headers["content-language"], language);
        if (answer.status === 200) searched.add(`${declaration.register} ${name}`);
        tried++;
      }
    }
  }
  assert.ok(tried > 1000, `${tried} questions`);
  assert.ok(searched.size > 20, `${searched.size} searches compared a nasty text`);
  assert.deepEqual(await count(), before);
  assert.deepEqual(server.faults, []);
});

test("M-0.7: nasty names, keys, grounds, days, marks and numbers of pages are refused in words", async () => {
  const ask = await server.system("civil-registry");
  for (const text of nasty) {
    const sent = encodeURIComponent(text);
    for (const path of [
      `/${sent}`,
      `/${sent}/openapi.json`,
      `/${sent}/records/1?ground=own-data`,
      `/person/records/${sent}?ground=own-data`,
      `/person/records/${sent}?ground=${sent}`,
      `/person/records/1?ground=own-data&fields=${sent}`,
      `/person/records/1?ground=own-data&on=${sent}`,
      `/person/records/1?ground=own-data&known-at=${sent}`,
      `/person/records/1?ground=own-data&case=${sent}&reason=${sent}`,
      `/person/records/1?ground=own-data&${sent}=1`,
      `/person/records/${sent}/history?ground=${sent}`,
      `/person/records/1/differences?ground=own-data&from=${sent}&to=${sent}`,
      `/person/records?search=${sent}&ground=own-data`,
      `/person/records?search=by_name&surname=a&ground=own-data&after=${sent}`,
      `/person/records?search=by_name&surname=a&ground=own-data&limit=${sent}`,
      `/person/changes?after=${sent}&limit=${sent}`,
      `/person/changes?after=${sent}`,
      `/person/imports/${sent}`,
      `/person/export?search=by_name&surname=a&ground=own-data&format=${sent}`,
    ]) {
      const answer = await ask(`${API}${path}`);
      assertSaid(answer, path);
      assert.ok(answer.status >= 400, `${path}: ${answer.status}`);
    }
    for (const [path, body] of [
      ["find", { key: text, ground: "own-data" }],
      ["find", { key: "1", ground: text }],
      ["find", { key: "1", ground: "own-data", fields: [text] }],
      ["find", { key: "1", ground: "own-data", on: text, "known-at": text }],
      ["find", { key: "1", ground: "own-data", [text]: 1 }],
      ["search", { search: text, ground: "own-data" }],
      ["search", { search: "by_name", surname: "a", ground: "own-data", after: text }],
      ["search", { search: "by_name", surname: "a", ground: "own-data", limit: text }],
    ] as const) {
      const answer = await ask(`${API}/person/records/${path}`, asking(body));
      assertSaid(answer, JSON.stringify(body));
      assert.ok(answer.status >= 400, `${JSON.stringify(body)}: ${answer.status}`);
    }
  }
  for (const broken of ["%", "%ff", "%00", "%ed%a0%80"]) {
    const answer = await ask(`${API}/person/records/1?ground=${broken}`);
    assert.equal(answer.status, 400, broken);
    assertSaid(answer, broken);
  }
  assert.equal((await ask(`${API}/person/records/1?ground=${"a".repeat(9000)}`)).status, 414);
  assert.equal((await ask(`${API}/person/records?${"a=1&".repeat(300)}`)).status, 400);
  assert.deepEqual(server.faults, []);
});

test("M-0.7: nasty events write nothing: unknown fields, wrong types, names twice, bad UTF-8, oversize, depth", async () => {
  const ask = await server.system("civil-registry");
  const before = await count();
  const path = `${API}/person/events`;
  const event = (body: object) => ({ ...eventOf("birth", {}), body: { key: "21205199001234", ...body } });
  const good = { event: "birth", validFrom: "2020-01-01", document: "1", values: {} };
  let deep: unknown = 1;
  for (let depth = 0; depth < 2000; depth++) deep = [deep];
  const bodies: object[] = [
    {},
    { ...good, colour: 1 },
    { ...good, event: "toString" },
    { ...good, event: ["birth"] },
    { ...good, validFrom: 20200101 },
    { ...good, validFrom: "0000-01-01" },
    { ...good, document: { kind: 1, number: {} } },
    { ...good, values: [] },
    { ...good, values: { surname: deep } },
    { ...good, values: { toString: "x", hasOwnProperty: "y" } },
    { ...good, values: Object.fromEntries(Array.from({ length: 3000 }, (_, index) => [`f${index}`, index])) },
    { ...good, values: { surname: { "": null }, given_name: [], sex: {}, born_on: true, mother: 1 } },
    { ...good, version: -1 },
    { ...good, version: 1e300 },
    ...nasty.map((text) => ({
      ...good,
      values: { surname: text, given_name: text, sex: text, born_on: text, birth_place: text, mother: text },
    })),
    ...nasty.map((text) => ({ ...good, document: text, validFrom: text, event: text })),
  ];
  for (const body of bodies) {
    const answer = await ask(path, event(body));
    assertSaid(answer, JSON.stringify(body).slice(0, 200));
    assert.ok(answer.status >= 400, JSON.stringify(body).slice(0, 200));
  }
  const raw = (body: string | Buffer) => ask(path, { ...eventOf("birth", {}), body });
  for (const body of [
    "",
    "null",
    "[]",
    '"x"',
    '{"event":"birth","event":"death","validFrom":"2020-01-01","document":"1"}',
    '{"__proto__":{"a":1}}',
    '{"event":"birth"',
    Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x7d]),
  ]) {
    const answer = await raw(body);
    assertSaid(answer, String(body));
    assert.ok(answer.status >= 400, String(body));
  }
  assert.equal((await raw(`{"values":{"surname":"${"a".repeat(2 * 1024 * 1024)}"}}`)).status, 413);
  for (const text of nasty) {
    const answer = await ask(path, event({ ...good, key: text, event: "death", values: { died_on: "2020-01-01" } }));
    assertSaid(answer, text);
    assert.ok(answer.status >= 400, text);
  }
  assert.deepEqual(await count(), before);
  assert.deepEqual(server.faults, []);
});
