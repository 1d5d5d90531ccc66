/** Whoever runs the server says at the machine which person the first official is. */
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { makeInstallation } from "./installation.ts";
import { createVisitor, readDemoPeople } from "./visitor.ts";

const dataFolder = temporaryFolder();
let root = "";
let house: RunningHouse;
before(async () => {
  root = makeInstallation((country) => country.replace(/^people:.*$/m, "people: { count: 40, seed: 20261122 }"));
  house = await startHouse({ root, dataFolder });
});
after(() => house?.stop());

const link = (words: string[], input?: string) =>
  kerege(["official", "link", ...words], { root, dataFolder, ...(input !== undefined && { input }) });
const why = ["--reason", "Order 12"];

test("M-A4: an operator links the first official beside the running server; who is not there is refused, and no number is printed", async () => {
  const [person] = await readDemoPeople(createVisitor(house.address));
  const { pin } = person!;
  const usage = await link(["o-1001", "-"], pin);
  assert.equal(usage.code, 2, "without a reason");
  const nobodyThere = await link(["o-none", "-", ...why], pin);
  assert.equal(nobodyThere.code, 2, nobodyThere.text);
  assert.match(nobodyThere.text, /o-none holds no post/);
  for (const number of ["29999199000000", "", "x"]) {
    const nobody = await link(["o-1001", "-", ...why], `${number}\n`);
    assert.equal(nobody.code, 1, nobody.text);
    assert.match(nobody.text, /Nobody living has this number/);
  }
  const linked = await link(["o-1001", "-", ...why], `${pin}\n`);
  assert.equal(linked.code, 0, linked.text);
  const again = await link(["o-1001", pin, ...why]);
  assert.equal(again.code, 1, again.text);
  assert.match(again.text, /linked already/);
  for (const { text } of [usage, nobodyThere, linked, again]) assert.ok(!text.includes(pin), text);
});
