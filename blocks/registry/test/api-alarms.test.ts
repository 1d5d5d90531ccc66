import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { compileSchema, type JsonSchema } from "@kerege/kernel/schema";
import { makePin } from "../pin.ts";
import { API, type ApiServer, type Ask, asking, eventOf, openApiServer } from "./api-server.ts";

const ALARMS = "/api/alarms/v1";
const pin = makePin({ sex: "f", bornOn: "1990-05-12", serial: 701 })!;
const because = "Unconscious after an accident on the road";
let server: ApiServer;
let office: Ask;

before(async () => {
  server = await openApiServer();
  office = await server.system("office");
  const values = { surname: "Асанова", street: "Достук" };
  assert.equal((await office(`${API}/resident/events`, eventOf("birth", { key: pin, values }))).status, 201);
  for (let round = 0; round < 3; round++) {
    const read = await office(`${API}/resident/records/find`, asking({ key: pin, ground: "danger", reason: because }));
    assert.equal(read.status, 200, read.text);
  }
});
after(async () => {
  assert.deepEqual(server.faults, []);
  await server?.close();
});

test("M-A21 M-A3: a body's system sees its alarms page by page, as its description says", async () => {
  const description = (await server.nobody(`${ALARMS}/openapi.json`)).body;
  const schemaOf = (name: string) => {
    const all = JSON.stringify({ $ref: `#/$defs/${name}`, $defs: description.components.schemas });
    return compileSchema(JSON.parse(all.replaceAll("#/components/schemas/", "#/$defs/")) as JsonSchema);
  };
  const first = await office(`${ALARMS}?limit=2`);
  assert.deepEqual([first.status, first.body.alarms.length, first.headers["cache-control"]], [200, 2, "private, no-store"]);
  assert.deepEqual(schemaOf("Alarms")(first.body), []);
  const rest = await office(`${ALARMS}?after=${encodeURIComponent(first.body.next)}`);
  assert.deepEqual([rest.body.alarms.length, rest.body.next], [1, undefined]);
  const [alarm] = rest.body.alarms;
  assert.deepEqual(
    [alarm.kind, alarm.register, alarm.keys, alarm.reason, alarm.reader, alarm.acknowledged],
    ["glass-broken", "resident", [pin], because, { kind: "system", body: "office", name: "office system" }, null],
  );
  const one = await office(`${ALARMS}/${alarm.id}`);
  assert.deepEqual([one.status, one.body], [200, alarm]);
  assert.deepEqual(schemaOf("Alarm")(one.body), []);
  assert.deepEqual((await office(`${ALARMS}?state=acknowledged`)).body, { alarms: [] });
  for (const wrong of ["state=all", "limit=0", "limit=100", "colour=red", "after=nonsense"])
    assert.ok([400, 422].includes((await office(`${ALARMS}?${wrong}`)).status), wrong);
});

test("M-0.7: another body has none of them, officials have their desk, a person and nobody have nothing", async () => {
  const [{ id }] = (await office(ALARMS)).body.alarms;
  const bank = await server.system("bank");
  assert.deepEqual((await bank(ALARMS)).body, { alarms: [] });
  assert.equal((await bank(`${ALARMS}/${id}`)).status, 404);
  const clerk = await server.official({ official: "one", body: "office", post: "clerk" });
  for (const ask of [clerk, await server.person(pin)])
    for (const path of [ALARMS, `${ALARMS}/${id}`]) assert.equal((await ask(path)).status, 404);
  for (const path of [ALARMS, `${ALARMS}/${id}`, `${ALARMS}/nonsense`]) assert.equal((await server.nobody(path)).status, 401);
  assert.equal((await office(`${ALARMS}/nonsense`)).status, 404);
});
