/**
 * What the long walks share: how long and with what seed, the dice, the invented people, and what a person does at the portal.
 * What a walker decides depends on the seed alone, so a walk can be gone again; how far it comes depends on the machine.
 */
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { type Answer, createVisitor, type Visitor } from "./visitor.ts";

export interface Walk {
  seed: number;
  minutes: number;
  /** How often the server is killed. */
  times: number;
  people: number;
  /** Blows against nodes and databases, and cases that run meanwhile. */
  kills: number;
  cases: number;
}

/** `--seed N --minutes M --times T --people P --kills K --cases C`, as `npm run soak` hands them on. */
export function readWalk(): Walk {
  const options = {
    seed: { type: "string" },
    minutes: { type: "string" },
    times: { type: "string" },
    people: { type: "string" },
    kills: { type: "string" },
    cases: { type: "string" },
  };
  const { values } = parseArgs({ args: process.argv.slice(2), strict: false, options: options as never });
  const number = (name: string, fallback: number) => {
    const given = (values as Record<string, unknown>)[name];
    const value = given === undefined ? fallback : Number(given);
    if (!(value > 0)) throw new RangeError(`--${name} must be a number above 0`);
    return value;
  };
  return {
    seed: number("seed", 20261122),
    minutes: number("minutes", 10),
    times: number("times", 50),
    people: number("people", 120),
    kills: number("kills", 200),
    cases: number("cases", 10_000),
  };
}

export interface Dice {
  /** A whole number from 0 up to, not with, the end. */
  below(end: number): number;
  pick<T>(list: readonly T[]): T;
}

/** The same names give the same throws (SHA-256 of the names and a running number). */
export function createDice(...names: (string | number)[]): Dice {
  let turn = 0;
  const below = (end: number) => {
    const hash = createHash("sha256")
      .update(JSON.stringify([...names, turn++]))
      .digest();
    return Math.floor((hash.readUIntBE(0, 6) / 2 ** 48) * end);
  };
  return { below, pick: (list) => list[below(list.length)]! };
}

export interface Home {
  place: string;
  street: string;
  house: string;
}

export interface Resident {
  pin: string;
  home: Home;
}

/** One application: what was sent and what was answered, written down as it happens, so that it is known after a crash. */
export interface Attempt {
  pin: string;
  service: string;
  case: string;
  /** The last request was sent. */
  sent: boolean;
  /** The server said that it has it. */
  acknowledged: boolean;
  /** Code of the address that was picked. */
  address?: string;
  /** SHA-256 of the PDF that was fetched, by the address of the file. */
  file?: { path: string; hash: string };
}

/** Keeps what was attempted. */
export type Book = Attempt[];

const caseIn = (path: string) => /\/cases\/([0-9a-f-]{36})/.exec(path)?.[1] ?? "";

/** A page that is not as it must be ends the walk: the path and the status are told, never what stood on it. */
function expectPage(answer: Answer, where: RegExp, step: string): Answer {
  if (answer.status !== 200 || !where.test(answer.path)) throw new RangeError(`${step}: ${answer.status} at ${answer.path}`);
  return answer;
}

/** Invented people by the search of the sign-in page, in the order of their numbers, each with the address the state has. */
export async function findResidents(address: string, count: number): Promise<Resident[]> {
  const visitor = createVisitor(address);
  const pins = new Set<string>();
  for (const letters of "абгдежзиклмнопрстуфхчшэюя") {
    const page = expectPage(await visitor.get(`/ky/sign-in?q=${encodeURIComponent(letters)}`), /sign-in/, "search of people");
    for (const [, pin = ""] of page.text.matchAll(/name="pin" value="(\d{14})"/g)) pins.add(pin);
  }
  const residents: Resident[] = [];
  for (const pin of [...pins].sort()) {
    if (residents.length === count) break;
    const home = await homeOf(address, pin);
    if (home) residents.push({ pin, home });
  }
  return residents;
}

async function homeOf(address: string, pin: string): Promise<Home | undefined> {
  const visitor = createVisitor(address);
  await visitor.pickFromList(pin);
  const { text, path } = await visitor.post("/ky/services/residence-certificate/start");
  const shown = [...text.matchAll(/<dt>([^<]+)<\/dt><dd>([^<]+)<\/dd>/g)].map(([, , value = ""]) => value);
  await visitor.post(path.replace(/form\/.*/, "withdraw"));
  const [place = "", street = "", house = ""] = shown.slice(-4, -1);
  // Who is not registered anywhere has fewer lines.
  return shown.length >= 7 && place && street && house ? { place, street, house } : undefined;
}

async function handIn(visitor: Visitor, attempt: Attempt, review: string): Promise<Answer> {
  attempt.sent = true;
  const submitted = await visitor.send(review.replace(/review$/, "submit"), { method: "POST", body: new URLSearchParams() });
  if (submitted.status !== 303) throw new RangeError(`hand in ${attempt.service}: ${submitted.status}`);
  attempt.acknowledged = true;
  return expectPage(await visitor.get(submitted.headers.get("location") ?? ""), /\/cases\/[0-9a-f-]+$/, "the case");
}

async function begin(visitor: Visitor, book: Book, given: { pin: string; service: string }): Promise<[Attempt, Answer]> {
  const form = expectPage(await visitor.post(`/ky/services/${given.service}/start`), /\/form\//, `begin ${given.service}`);
  const attempt: Attempt = { ...given, case: caseIn(form.path), sent: false, acknowledged: false };
  book.push(attempt);
  return [attempt, form];
}

/** A certificate for oneself, and its PDF where it was given at once. */
export async function takeCertificate(visitor: Visitor, book: Book, pin: string): Promise<Buffer | undefined> {
  const [attempt, form] = await begin(visitor, book, { pin, service: "residence-certificate" });
  const review = expectPage(
    await visitor.post(form.path, { whose: "me", document_language: "ky" }),
    /review$/,
    "certificate form",
  );
  const decided = await handIn(visitor, attempt, review.path);
  const path = /href="(\/ky\/documents\/[^"?]+\.pdf)"/.exec(decided.text)?.[1];
  if (path === undefined) return undefined;
  const pdf = expectPage(await visitor.get(path), /\.pdf$/, "the PDF").bytes;
  attempt.file = { path, hash: createHash("sha256").update(pdf).digest("hex") };
  return pdf;
}

/** Tells that the person lives at another address since a day, without children. */
export async function moveHouse(
  visitor: Visitor,
  book: Book,
  { pin, to, day }: { pin: string; to: Home; day: string },
): Promise<void> {
  const [attempt, form] = await begin(visitor, book, { pin, service: "change-of-address" });
  const words = { "new_home.place": to.place, "new_home.street": to.street, "new_home.house": to.house };
  const found = await visitor.post(form.path, words);
  const code = /name="new_home" value="([^"]+)"/.exec(found.text)?.[1];
  if (code === undefined) throw new RangeError(`no address was found: ${found.status}`);
  attempt.address = code;
  const next = expectPage(await visitor.post(form.path, { ...words, new_home: code }), /\/form\/day$/, "the address picked");
  const [year = "", month = "", date = ""] = day.split("-");
  const answers = { "moved_on.day": date, "moved_on.month": month, "moved_on.year": year, with_children: "no" };
  const review = expectPage(await visitor.post(next.path, answers), /review$/, "the day of the move");
  await handIn(visitor, attempt, review.path);
}

export async function takeLibraryCard(visitor: Visitor, book: Book, given: { pin: string; branch: string }): Promise<void> {
  const [attempt, form] = await begin(visitor, book, { pin: given.pin, service: "library-card" });
  const review = expectPage(await visitor.post(form.path, { where: given.branch, home: "no" }), /review$/, "card form");
  await handIn(visitor, attempt, review.path);
}

/** Begins an application and leaves it. */
export async function changeOnesMind(visitor: Visitor, pin: string): Promise<void> {
  const [, form] = await begin(visitor, [], { pin, service: "residence-certificate" });
  expectPage(await visitor.post(form.path.replace(/form\/.*/, "withdraw")), /cabinet$/, "withdraw");
}

export async function lookAt(visitor: Visitor, path: string): Promise<Answer> {
  return expectPage(await visitor.get(path), new RegExp(path.split("?")[0]!), "look");
}

/** True where the page of checking takes the file for genuine. */
export async function isGenuine(visitor: Visitor, pdf: Buffer): Promise<boolean> {
  const body = new FormData();
  body.set("file", new Blob([new Uint8Array(pdf)], { type: "application/pdf" }), "paper.pdf");
  const page = expectPage(await visitor.send("/ky/verify", { method: "POST", body }), /verify/, "verify");
  return /class="outcome good/.test(page.text);
}

/** A day of the demo country, so many days from now. */
export function dayFromNow(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toLocaleDateString("en-CA", { timeZone: "Asia/Bishkek" });
}
