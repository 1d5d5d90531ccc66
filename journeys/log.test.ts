/** The log of the state as anyone sees it: the page, its witnesses, and a proof checked without the server. */
import assert from "node:assert/strict";
import { createHash, randomBytes } from "node:crypto";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { after, test } from "node:test";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { openInside } from "./inside.ts";
import { words } from "./words.ts";

let house: RunningHouse | undefined;
after(() => house?.stop());

/** What the log door of the house offers here. */
type Log = {
  leaf(salt: Uint8Array, content: string): Buffer;
  batch(kind: string, leaves: Buffer[]): { id: string };
  append(batches: { id: string }[]): Promise<Map<string, number>>;
};

/** Asks until the answer is the one waited for; at most half a minute. */
async function until<Answer>(ask: () => Promise<Answer | undefined>): Promise<Answer> {
  for (let tries = 0; tries < 150; tries++) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return assert.fail("it did not come");
}

const cosigned = (note: string) => note.split("\n").filter((line) => line.startsWith("— demo.kerege/witness/")).length;

test("M-A9: an act is proven to anyone by a file, checked without the server, also after a power cut", async () => {
  const dataFolder = temporaryFolder();
  house = await startHouse({ dataFolder });
  const fetchText = async (place: string) => {
    const answer = await fetch(`${house!.address}${place}`);
    return answer.ok ? answer.text() : undefined;
  };
  const salt = randomBytes(16);
  const content = JSON.stringify({ act: "a page of the register was read" });
  const inside = await openInside({ dataFolder, join: true });
  const { log } = inside.doors.trust as { log: Log };
  const batch = log.batch("journey.act", [log.leaf(salt, content), createHash("sha256").update("another").digest()]);
  await log.append([batch]);
  await inside.close();

  const bare = JSON.parse(await until(() => fetchText(`/log/proof?batch=${batch.id}&position=0`))) as Record<string, unknown>;
  const checkpoint = String(bare.checkpoint);
  assert.equal(cosigned(checkpoint), 2, "both witnesses stand under it");
  const proof = path.join(dataFolder, "act.kerege-proof.json");
  writeFileSync(proof, JSON.stringify({ ...bare, content, salt: salt.toString("base64") }));
  const anchors = path.join(dataFolder, "anchors-of-the-day.pem");
  writeFileSync(anchors, (await fetchText("/trust/anchors.pem"))!);

  for (const language of ["ky", "ru", "kk", "en"] as const) {
    const page = (await fetchText(`/${language}/log`))!;
    assert.ok(page.includes(words(language, "trust.log.title")));
    assert.ok(page.includes(words(language, "trust.log.states.agrees")), language);
  }

  await house.kill();
  const good = await kerege(["verify", proof, "--anchors", anchors], { dataFolder: temporaryFolder() });
  assert.equal(good.code, 0, good.text);
  assert.match(good.text, /^Genuine\./);
  assert.ok(good.text.includes(content) && good.text.includes("demo.kerege/witness/second"), good.text);
  writeFileSync(proof, JSON.stringify({ ...bare, content: content.replace("read", "not read"), salt: salt.toString("base64") }));
  const changed = await kerege(["verify", proof, "--anchors", anchors], { dataFolder: temporaryFolder() });
  assert.equal(changed.code, 1, changed.text);
  assert.match(changed.text, /\(content-mismatch\)/);

  // The witnesses ended with the server; the next start finds them as they were, and the log goes on from where it stood.
  house = await startHouse({ dataFolder });
  const next = await until(async () => {
    const note = await fetchText("/log/checkpoint");
    return note && cosigned(note) === 2 ? note : undefined;
  });
  assert.ok(Number(next.split("\n")[1]) >= Number(checkpoint.split("\n")[1]));
  assert.equal(next.split("\n")[0], checkpoint.split("\n")[0], "the same log");
});
