/** A proof in hand: of a reading and of an event, checked with the server gone; and a hand laid on the database, found. */
import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { silentLog } from "@kerege/kernel/log";
import { openState, placeOf, readAll } from "@kerege/server/open";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { createVisitor, readDemoPeople, type Visitor } from "./visitor.ts";
import { words } from "./words.ts";

const dataFolder = temporaryFolder();
const anchors = path.join(dataFolder, "anchors-of-the-day.pem");
const files = { read: path.join(dataFolder, "read.json"), event: path.join(dataFolder, "event.json") };
let house: RunningHouse | undefined;
let visitor: Visitor;
let one: { pin: string };
let eventPath = "";
const proofs: Record<string, string> = {};

before(async () => {
  house = await startHouse({ dataFolder });
  visitor = createVisitor(house.address, "en");
  [one] = (await readDemoPeople(visitor)) as [{ pin: string; name: string }];
  eventPath = "/api/registers/v1/person/records/mine/versions/1/proof?ground=own-data";
  await visitor.signIn(one.pin);
});
after(() => house?.stop());

/** Asks until witnesses stand over it; the server says each time that it is a matter of seconds. */
async function proofAt(place: string) {
  for (let tries = 0; tries < 600; tries++) {
    const answer = await visitor.send(place, { headers: { accept: "application/json" } });
    if (answer.status === 200) return answer;
    assert.deepEqual([answer.status, JSON.parse(answer.text).code], [409, "registry.not-witnessed"], answer.text);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return assert.fail(`no proof of ${place}`);
}

const verify = (file: string) => kerege(["verify", file, "--anchors", anchors], { dataFolder: temporaryFolder() });

test("M-A21 M-A9: the person saves the proof of a reading from the page of readings, and the proof of an event", async () => {
  await visitor.get("/en/cabinet/me");
  const page = await visitor.get("/en/cabinet/reads");
  assert.ok(page.text.includes(words("en", "portal.reads.proof-what")));
  // "About me" reads every register the person is named in; here it is the one of people.
  const { reads } = JSON.parse((await visitor.send("/api/me/reads")).text) as {
    reads: { id: string; register: { name: string } }[];
  };
  const id = reads.find(({ register }) => register.name === "person")?.id ?? "";
  const link = `/api/me/reads/${id}/proof`;
  assert.ok(page.text.includes(`href="${link}"`), page.text);
  const read = await proofAt(link);
  assert.equal(read.headers.get("content-disposition"), `attachment; filename="kerege-proof-${id}.json"`);
  assert.match(read.headers.get("cache-control") ?? "", /no-store/);
  const content = JSON.parse(JSON.parse(read.text).content);
  assert.deepEqual([content.id, content.key, content.reader], [id, one.pin, `person:${one.pin}`]);
  const event = await proofAt(eventPath);
  assert.deepEqual(JSON.parse(JSON.parse(event.text).content).values.pin, one.pin);
  assert.equal((await visitor.send(eventPath.replace("/1/", "/99/"))).status, 404);
  assert.equal((await visitor.send(eventPath.replace("/1/", "/x/"))).status, 404);
  [proofs.read, proofs.event] = [read.text, event.text];
  writeFileSync(anchors, (await visitor.get("/trust/anchors.pem")).bytes);
});

test("M-A9: both are good to anyone with the server stopped, and with one sign changed they are not", async () => {
  await house!.stop();
  house = undefined;
  for (const kind of ["read", "event"] as const) {
    const proof = proofs[kind]!;
    writeFileSync(files[kind], proof);
    const good = await verify(files[kind]);
    assert.equal(good.code, 0, good.text);
    assert.match(good.text, /^Genuine\./);
    assert.ok(good.text.includes(one.pin) && good.text.includes("demo.kerege/witness/second"), good.text);
    writeFileSync(files[kind], proof.replace(one.pin, `${one.pin.slice(0, -1)}${(Number(one.pin.at(-1)) + 1) % 10}`));
    const changed = await verify(files[kind]);
    assert.deepEqual([changed.code, /\(content-mismatch\)/.test(changed.text)], [1, true], changed.text);
    const { checkpoint } = JSON.parse(proof) as { checkpoint: string };
    const bare = checkpoint.replace(/^— demo\.kerege\/witness\/.*\n/gm, "");
    writeFileSync(files[kind], JSON.stringify({ ...JSON.parse(proof), checkpoint: bare }));
    const unseen = await verify(files[kind]);
    assert.deepEqual([unseen.code, /\(not-witnessed\)/.test(unseen.text)], [1, true], unseen.text);
  }
});

test("M-A9: a row changed in the database past the register gets no proof, and the operator is told", async () => {
  house = await startHouse({ dataFolder });
  visitor = createVisitor(house.address, "en");
  await visitor.signIn(one.pin);
  const before = await proofAt(eventPath);
  assert.equal(JSON.parse(before.text).content, JSON.parse(proofs.event!).content, "the same after a new start");
  const place = placeOf({ KEREGE_DATA: dataFolder });
  const given = { place, declared: readAll(place), env: {}, log: silentLog, progress: () => {}, join: true };
  const state = await openState(given);
  await state.database.run({ text: "update registry.person_version set citizenship = 'FR' where pin = $1", values: [one.pin] });
  await state.close();
  const refused = await visitor.send(eventPath, { headers: { accept: "application/json" } });
  assert.deepEqual([refused.status, JSON.parse(refused.text).code], [409, "registry.tampered"], refused.text);
  assert.ok(JSON.parse(refused.text).title.includes(words("en", "registry.problems.tampered.title")), refused.text);
  assert.match(house.said(), /differs from the log/);
});
