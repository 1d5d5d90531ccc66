/** The server dies again and again under load: what was handed in ends once, nothing is half-written. */
import assert from "node:assert/strict";
import { after, test } from "node:test";
import { type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { openInside } from "./inside.ts";
import {
  type Book,
  createDice,
  dayFromNow,
  findResidents,
  moveHouse,
  type Resident,
  readWalk,
  takeCertificate,
  takeLibraryCard,
} from "./soak.ts";
import { examine } from "./soak-check.ts";
import { createVisitor } from "./visitor.ts";

const walk = readWalk();
const WALKERS = 8;
/** The longest a server lives, in milliseconds. */
const LONGEST = 2500;

const say = (line: string) => process.stdout.write(`${line}\n`);
const dataFolder = temporaryFolder();
const book: Book = [];
let house: RunningHouse | undefined;
let residents: Resident[] = [];
after(() => house?.stop());

interface Round {
  number: number;
  address: string;
  killed: boolean;
}

/** Applies for one thing after another until the server is gone; anything else that goes wrong is told. */
async function walkUntilKilled(round: Round, walker: number): Promise<string | undefined> {
  const dice = createDice(walk.seed, round.number, walker);
  const own = residents.filter((_, index) => index % WALKERS === walker);
  try {
    for (;;) {
      const { pin } = dice.pick(own);
      const visitor = createVisitor(round.address);
      await visitor.pickFromList(pin);
      const kind = dice.below(4);
      if (kind < 2) await takeCertificate(visitor, book, pin);
      else if (kind === 2) await takeLibraryCard(visitor, book, { pin, branch: dice.pick(["central", "children"]) });
      else {
        // Days of moves go forward with the walk, so that most are granted.
        const day = dayFromNow(Math.floor((28 * round.number) / walk.times));
        await moveHouse(visitor, book, { pin, to: dice.pick(residents).home, day });
      }
    }
  } catch (error) {
    if (round.killed) return undefined;
    return `round ${round.number}: ${error instanceof Error ? error.message : error}`;
  }
}

test("a server killed again and again starts again each time, and answers rightly until the next blow", async () => {
  say(`seed ${walk.seed}, ${walk.times} kills, ${walk.people} people, ${WALKERS} at once`);
  house = await startHouse({ dataFolder });
  residents = await findResidents(house.address, walk.people);
  assert.ok(residents.length > WALKERS, `only ${residents.length} people were found`);
  const dice = createDice(walk.seed, "blows");
  const wrong: string[] = [];
  for (let number = 0; number < walk.times; number++) {
    const round: Round = { number, address: house.address, killed: false };
    const walkers = Array.from({ length: WALKERS }, (_, walker) => walkUntilKilled(round, walker));
    await new Promise((resolve) => setTimeout(resolve, dice.below(LONGEST)));
    round.killed = true;
    await house.kill();
    for (const fault of await Promise.all(walkers)) if (fault !== undefined) wrong.push(fault);
    assert.doesNotMatch(house.said(), /"level":"fault"/);
    house = await startHouse({ dataFolder });
    if ((number + 1) % 10 === 0) say(`${number + 1} kills, ${book.length} applications`);
  }
  assert.deepEqual(wrong, [], `seed ${walk.seed}`);
  assert.equal(await house.stop(), 0, house.said());
  house = undefined;
});

test("afterwards each case that was handed in has ended once, with one document at most and numbers of their own", async () => {
  // Where the walk before was cut short its server still holds the folder.
  await house?.stop();
  house = undefined;
  const inside = await openInside({ dataFolder });
  try {
    const found = await examine(
      inside,
      book,
      residents.map(({ pin }) => pin),
    );
    const acknowledged = book.filter((attempt) => attempt.acknowledged).length;
    const open = book.filter((attempt) => attempt.sent && !attempt.acknowledged).length;
    say(`${book.length} begun, ${acknowledged} acknowledged, ${open} cut while handed in`);
    say(`${found.granted} granted, ${found.refused} refused, ${found.drafts} drafts, ${found.documents.length} documents`);
    assert.deepEqual(found.faults, [], `seed ${walk.seed}`);
    assert.ok(acknowledged > 0, "nothing was handed in");
    assert.ok(found.granted + found.refused >= acknowledged);
  } finally {
    await inside.close();
  }
});
