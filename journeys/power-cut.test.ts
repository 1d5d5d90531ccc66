/** The server dies in the middle of its work: what was handed in is finished by the next start, once. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { createVisitor, pdfLinks, readDemoPeople, type Visitor } from "./visitor.ts";

let house: RunningHouse | undefined;
after(() => house?.stop());

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Hands in a certificate and cuts the power after so many milliseconds; gives the path of the case. */
async function cut(visitor: Visitor, after: number): Promise<string> {
  const draft = await visitor.post("/ky/services/residence-certificate/start");
  const review = await visitor.post(draft.path, { whose: "me", document_language: "ky" });
  const submitted = visitor
    .send(review.path.replace(/review$/, "submit"), { method: "POST", body: new URLSearchParams() })
    .catch(() => undefined);
  await wait(after);
  await house!.kill();
  await submitted;
  return review.path.replace(/\/review$/, "");
}

test("M-A20 M-0.5: a server killed while it decides ends the case after its next start, with exactly one document", async () => {
  const dataFolder = temporaryFolder();
  house = await startHouse({ dataFolder });
  const people = await readDemoPeople(createVisitor(house.address));
  // Somewhere between the first byte and the last: which step it hits is not known, and must not matter.
  for (const [index, delay] of [3, 25].entries()) {
    const visitor = createVisitor(house.address);
    await visitor.signIn(people[index]!.pin);
    const path = await cut(visitor, delay);
    house = await startHouse({ dataFolder });
    const again = createVisitor(house.address);
    await again.signIn(people[index]!.pin);
    const session = await visitorAt(house.address, visitor).send("/ky/cabinet");
    assert.equal(session.status, 200, "whoever was signed in still is");
    let view = await again.get(path);
    // Not handed in before the cut: still a draft, nothing lost, and can be handed in now.
    if (!/class="outcome/.test(view.text)) view = await again.post(`${path}/submit`);
    for (let tries = 0; !/class="outcome good"/.test(view.text) && tries < 100; tries++) {
      await wait(200);
      view = await again.get(path);
    }
    assert.match(view.text, /class="outcome good"/, `after ${delay} ms: ${view.text.replaceAll(/<[^>]+>/g, " ").slice(0, 800)}`);
    const documents = pdfLinks(await again.get("/ky/cabinet/documents"));
    assert.equal(documents.length, 1, `after ${delay} ms`);
    assert.equal((await again.send(documents[0]!)).bytes.subarray(0, 5).toString(), "%PDF-");
  }
});

/** The same cookies at the new address of the server. */
function visitorAt(address: string, visitor: Visitor): Visitor {
  const moved = createVisitor(address);
  return { ...moved, send: (path, init) => moved.send(path, { ...init, headers: { cookie: visitor.cookies() } }) };
}
