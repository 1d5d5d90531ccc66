/** Many people at once for a long time: nothing breaks, nothing is lost, nothing grows without end. */
import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { kerege, type RunningHouse, startHouse, temporaryFolder } from "./house.ts";
import { type InsideHouse, openInside } from "./inside.ts";
import {
  type Book,
  changeOnesMind,
  createDice,
  type Dice,
  dayFromNow,
  findResidents,
  isGenuine,
  lookAt,
  moveHouse,
  type Resident,
  readWalk,
  takeCertificate,
  takeLibraryCard,
} from "./soak.ts";
import { countReads, examine, type Found } from "./soak-check.ts";
import { createVisitor, type Visitor } from "./visitor.ts";

const walk = readWalk();
const WALKERS = 8;
const SAMPLE = 10;
const MOST_MOVES = 28;
/** What a third may be heavier than the one before: the noise of a heap that is not collected yet. */
const GROWTH = 1.2;

const say = (line: string) => process.stdout.write(`${line}\n`);
const folder = temporaryFolder();
const dataFolder = temporaryFolder();
const book: Book = [];
const wrong: string[] = [];
const megabytes: number[] = [];
const done = new Map<string, number>();
let house: RunningHouse;
let inside: InsideHouse | undefined;
let residents: Resident[] = [];
let found: Found;
let readsBefore = new Map<string, number>();
/** How many readings about a person each kind of act writes down. */
const readsOf = new Map<string, number>();
/** What each person did. */
const acts = new Map<string, string[]>();

interface Walker {
  visitor: Visitor;
  dice: Dice;
  one: Resident;
  /** Moves so far. */
  moves: number;
}

const kinds: Record<string, (walker: Walker) => Promise<void>> = {
  async certificate({ visitor, dice, one }) {
    const pdf = await takeCertificate(visitor, book, one.pin);
    if (!pdf) return;
    if (!(await isGenuine(visitor, pdf))) throw new RangeError("a certificate just given is not genuine");
    const changed = Buffer.from(pdf);
    changed[dice.below(Math.floor(pdf.length / 2)) + 100]! ^= 1 << dice.below(8);
    if (await isGenuine(visitor, changed)) throw new RangeError("a changed certificate is genuine");
  },
  async move(walker) {
    const { visitor, dice, one } = walker;
    // Every fifth time the day of before: the rules refuse it, or the later word holds.
    if (dice.below(5) > 0) walker.moves++;
    await moveHouse(visitor, book, { pin: one.pin, to: dice.pick(residents).home, day: dayFromNow(walker.moves) });
  },
  card: ({ visitor, dice, one }) =>
    takeLibraryCard(visitor, book, { pin: one.pin, branch: dice.pick(["central", "children", "archive"]) }),
  mind: ({ visitor, one }) => changeOnesMind(visitor, one.pin),
  async me({ visitor }) {
    await lookAt(visitor, "/ky/cabinet/me");
  },
  async reads({ visitor }) {
    await lookAt(visitor, "/ky/cabinet/reads");
  },
  async search({ visitor, dice }) {
    const text = dice.pick(["маалымкат", "справка", "anyktama", "address", "жашаган жери", "жалбызтикен"]);
    await lookAt(visitor, `/ru/search?q=${encodeURIComponent(text)}`);
  },
  async cabinet({ visitor, dice, one }) {
    for (const page of ["", "/cases", "/documents", "/letters"]) await lookAt(visitor, `/ky/cabinet${page}`);
    const own = book.filter((attempt) => attempt.pin === one.pin && attempt.file);
    if (own.length > 0) await lookAt(visitor, dice.pick(own).file!.path);
  },
};
const shares = ["certificate", "certificate", "move", "move", "card", "mind", "me", "reads", "search", "search", "cabinet"];

/** One act of one person, counted; what goes wrong is kept and the walk goes on. */
async function act(kind: string, walker: Walker): Promise<void> {
  done.set(kind, (done.get(kind) ?? 0) + 1);
  acts.set(walker.one.pin, [...(acts.get(walker.one.pin) ?? []), kind]);
  await kinds[kind]!(walker).catch((error: unknown) => {
    wrong.push(`${kind}: ${error instanceof Error ? error.message : error}`);
  });
}

async function signedIn(one: Resident, dice: Dice): Promise<Walker> {
  const visitor = createVisitor(house.address);
  await visitor.pickFromList(one.pin);
  return { visitor, dice, one, moves: 0 };
}

/** Each walker has people of its own, so that nobody is in two places at once. */
async function wander(number: number, until: number): Promise<void> {
  const dice = createDice(walk.seed, "walker", number);
  const own = residents.slice(1).filter((_, index) => index % WALKERS === number);
  const moves = new Map<string, number>();
  while (performance.now() < until && wrong.length === 0) {
    const one = dice.pick(own);
    const walker = await signedIn(one, dice);
    walker.moves = moves.get(one.pin) ?? 0;
    for (let turns = 1 + dice.below(4); turns > 0; turns--) {
      const kind = dice.pick(shares);
      await act(kind === "move" && walker.moves >= MOST_MOVES ? "certificate" : kind, walker);
    }
    moves.set(one.pin, walker.moves);
    await walker.visitor.post("/ky/sign-out");
  }
}

/** The lock of the data folder names the server that holds it. */
const serverId = () => Number(readFileSync(join(dataFolder, "lock"), "utf8").split(" ")[0]);
const residentMegabytes = (pid: number) =>
  Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1]) / 1024;
const median = (values: number[]) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

/** How many readings stand on a person's page, page after page. */
async function readsShown(visitor: Visitor): Promise<number> {
  let count = 0;
  for (let path: string | undefined = "/ky/cabinet/reads"; path !== undefined; ) {
    const { text } = await lookAt(visitor, path);
    count += (/<tbody>(.*?)<\/tbody>/s.exec(text)?.[1]?.match(/<tr>/g) ?? []).length;
    path = /href="(\/ky\/cabinet\/reads\?after=[^"]+)"/.exec(text)?.[1]?.replaceAll("&amp;", "&");
  }
  return count;
}

before(async () => {
  say(`seed ${walk.seed}, ${walk.minutes} minutes, ${walk.people} people, ${WALKERS} at once`);
  house = await startHouse({ dataFolder });
  residents = await findResidents(house.address, walk.people);
  assert.ok(residents.length > WALKERS * 2, `only ${residents.length} people were found`);
  // The first of them shows, while nobody else is there, what each act writes down.
  const walker = await signedIn(residents[0]!, createDice(walk.seed, "first"));
  for (const kind of Object.keys(kinds)) {
    const before = await readsShown(walker.visitor);
    await act(kind, walker);
    readsOf.set(kind, (await readsShown(walker.visitor)) - before);
  }
  acts.clear();
  await house.stop();
  inside = await openInside({ dataFolder });
  const pins = residents.map(({ pin }) => pin);
  readsBefore = await countReads(inside, pins);
  await inside.close();
  inside = undefined;
  house = await startHouse({ dataFolder });
});
after(async () => {
  await inside?.close();
  await house?.stop();
});

test("people come and go for the whole time, and every page is as it must be", async () => {
  const begun = performance.now();
  const until = begun + walk.minutes * 60_000;
  const pid = serverId();
  const weigh = setInterval(() => {
    megabytes.push(residentMegabytes(pid));
    if (megabytes.length % 60 === 0) say(`${megabytes.length} s: ${summary()}`);
  }, 1000);
  await Promise.all(Array.from({ length: WALKERS }, (_, number) => wander(number, until)));
  clearInterval(weigh);
  say(`walked ${((performance.now() - begun) / 1000).toFixed(0)} s: ${summary()}`);
  assert.deepEqual(wrong, [], `seed ${walk.seed}`);
});

const summary = () =>
  `${[...done].map(([kind, count]) => `${count} ${kind}`).join(", ")}; ${(megabytes.at(-1) ?? 0).toFixed(0)} MB`;

test("the memory of the server does not grow without end", (context) => {
  const third = Math.floor(megabytes.length / 3);
  const [first, second, last] = [0, 1, 2].map((index) => median(megabytes.slice(index * third, (index + 1) * third)));
  say(`median of the thirds: ${[first, second, last].map((value) => `${value!.toFixed(0)} MB`).join(", ")}`);
  // In its first minute a server only gets warm.
  if (third < 20) return context.skip("the walk is too short to tell: needs --minutes 1 or more");
  assert.ok(last! <= second! * GROWTH, `${second} MB, then ${last} MB`);
});

test("the server has logged no fault and ends in order", async () => {
  const code = await house.stop();
  assert.doesNotMatch(house.said(), /"level":"fault"/);
  assert.equal(code, 0);
});

test("exactly what was read is written down, for everyone", async () => {
  inside = await openInside({ dataFolder });
  say(`readings an act writes down: ${[...readsOf].map(([kind, count]) => `${kind} ${count}`).join(", ")}`);
  for (const kind of ["certificate", "move", "card", "mind", "me"]) assert.ok(readsOf.get(kind)! > 0, `${kind} reads nothing`);
  for (const kind of ["reads", "search", "cabinet"]) assert.equal(readsOf.get(kind), 0, `${kind} reads something`);
  const counts = await countReads(
    inside,
    residents.map(({ pin }) => pin),
  );
  let total = 0;
  for (const { pin } of residents.slice(1)) {
    // How much somebody reads about himself depends on what he owns, and husband and wife see each other's looks at what is theirs.
    const counted = (acts.get(pin) ?? []).filter((kind) => kind !== "me");
    const expected = counted.reduce((sum, kind) => sum + readsOf.get(kind)!, readsBefore.get(pin)!);
    assert.equal(counts.get(pin), expected, `seed ${walk.seed}: ${(acts.get(pin) ?? []).join(", ")}`);
    total += expected;
  }
  say(`${total} readings of ${residents.length - 1} people are written down`);
});

test("every case ended once, every number is unique, every record has its whole history", async () => {
  found = await examine(
    inside!,
    book,
    residents.map(({ pin }) => pin),
  );
  say(`${found.granted} granted, ${found.refused} refused, ${found.documents.length} documents`);
  assert.deepEqual(found.faults, [], `seed ${walk.seed}`);
  assert.equal(found.drafts, 0);
  assert.equal(found.granted + found.refused, book.length);
  assert.ok(found.documents.length > 0);
});

test("kerege verify takes a sample of the certificates for genuine", async () => {
  const documents = inside!.doors.documents as { read(actor: object, id: string): Promise<{ pdf: Buffer }> };
  const dice = createDice(walk.seed, "sample");
  const anchors = join(dataFolder, "blocks", "trust", "anchors.pem");
  for (let turn = 0; turn < SAMPLE; turn++) {
    const { pin, id, number } = dice.pick(found.documents);
    const file = join(folder, "sample.pdf");
    writeFileSync(file, (await documents.read({ kind: "person", pin }, id)).pdf);
    const { code, text } = await kerege(["verify", file, "--anchors", anchors]);
    assert.equal(code, 0, text);
    assert.ok(text.includes(number), text);
  }
});
